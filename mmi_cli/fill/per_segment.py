"""Arrays with one item for each segment of a recording (`per: scene`): each segment is looked at, and filled, as a file of its own."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby
from typing import NamedTuple

from .. import progress
from ..datamodel.content import Content, Notice
from ..datamodel.filled import Filled, put_back
from ..datamodel.record import ArrayValue, FieldValue, LeafValue, ObjectValue
from ..datamodel.schema import Field, Schema
from ..scenes.dividing import divide
from ..scenes.slices import slice_of_segment
from ..scenes.time_line import Segment
from .kinds_of_segments import Kind, kinds_of_segments
from .media_evidence import of_time
from .media_fields import WRITTEN, media_value, nothing, role_of
from .proposals import cited
from .recording import Recording
from .task import Task

FillPart = Callable[[Content, Schema], Filled]
"""Fills a schema from a part of a content, as from a file."""
_LEAST_WORDS = 12
"""A segment with fewer has nothing that a language model could say more of than a program."""


def fill_segments(task: Task, recording: Recording, fill: FillPart, *, most_asked: int) -> None:
    """Decides every field that asks for segments.

    Args:
        most_asked: segments of a field about which `fill` may ask a language model; 0 where there is none.
    """
    for each in task.schema.fields:
        if each.per and each.name not in task.decided and each.items is not None:
            filler = _Filler(task, recording, fill, each.items, most_asked=most_asked)
            task.decided[each.name] = filler.array(each)


class _Part(NamedTuple):
    """A segment and, where it was classified by its neighbours' like, its kind."""

    segment: Segment
    kind: tuple[str, Kind] | None = None


class _Filler:
    def __init__(self, task: Task, recording: Recording, fill: FillPart, items: Field, *, most_asked: int) -> None:
        self._task = task
        self._recording = recording
        self._fill = fill
        self._items = items
        self._most_asked = most_asked

    def array(self, each: Field) -> ArrayValue:
        parts = self._parts(each.per)
        words = [sum(last - first for first, last in self._recording.line.words_in(part.segment)) for part in parts]
        asked = set(sorted(range(len(parts)), key=lambda number: (-words[number], number))[: self._most_asked])
        kinds = {
            option.name: kinds_of_segments(option, self._recording, [part.segment for part in parts])
            for option in self._items.properties
            if option.enum and option.name != each.per and role_of(option, in_segment=True) is None
        }
        rows = []
        for number, part in enumerate(parts):
            progress.step()
            given = {name: found[number] for name, found in kinds.items()}
            is_asked = number in asked and words[number] >= _LEAST_WORDS
            rows.append(self._row(part, given, is_asked=is_asked))
        if 0 < self._most_asked < sum(count >= _LEAST_WORDS for count in words):
            said = f"{each.name}: the language model was asked about {self._most_asked} of {len(parts)} segments, those with most words; "
            said += "max_segment_questions sets the limit"
            self._task.warnings.append(Notice(code="segments_not_asked", message=said))
        return ArrayValue(items=tuple(rows))

    def _parts(self, per: str) -> list[_Part]:
        recording = self._recording
        kind_field = next((each for each in self._items.properties if each.name == per and each.enum), None)
        if kind_field is None:
            return [_Part(segment) for segment in divide(recording.content, per, recording.embedder)]
        scenes = divide(recording.content, "scene", recording.embedder)
        kinds = kinds_of_segments(kind_field, recording, scenes)
        # A scene of which nothing is known goes on with the one before it.
        told: list[Kind | None] = []
        for kind in kinds:
            told.append(kind if kind is not None or not told else told[-1])
        parts = []
        for number, (name, run) in enumerate(groupby(zip(scenes, told, strict=True), key=_kind_name), start=1):
            members = list(run)
            segment = Segment(number, members[0][0].start_s, members[-1][0].end_s)
            sure = [kind.probability for _, kind in members if kind is not None]
            parts.append(_Part(segment, (per, Kind(name, round(sum(sure) / len(sure), 4))) if name and sure else None))
        return parts

    def _row(self, part: _Part, kinds: dict[str, Kind | None], *, is_asked: bool) -> ObjectValue:
        segment = part.segment
        values: dict[str, FieldValue] = {}
        left: list[Field] = []
        for each in self._items.properties:
            role = role_of(each, in_segment=True)
            kind = part.kind[1] if part.kind is not None and part.kind[0] == each.name else None
            if kind is None and not is_asked:
                kind = kinds.get(each.name)
            if kind is not None:
                times = of_time(segment.start_s, segment.end_s)
                values[each.name] = cited(each, kind.name, kind.probability, times)
            elif role is None or (is_asked and self._is_for_model(each, role, segment)):
                left.append(each)
            else:
                values[each.name] = media_value(each, role, self._recording, segment) or nothing(each)
        values.update(self._filled(tuple(left), segment))
        for each in left:
            if _is_empty(values.get(each.name)):
                values[each.name] = self._without_model(each, kinds.get(each.name), segment)
        return ObjectValue(members=tuple((each.name, values[each.name]) for each in self._items.properties))

    def _is_for_model(self, each: Field, role: str, segment: Segment) -> bool:
        """What stands on the screen as a title is the title."""
        return role in WRITTEN and not (role == "title" and self._recording.title_shown(segment) is not None)

    def _without_model(self, each: Field, kind: Kind | None, segment: Segment) -> FieldValue:
        if kind is not None:
            return cited(each, kind.name, kind.probability, of_time(segment.start_s, segment.end_s))
        role = role_of(each, in_segment=True)
        return (media_value(each, role, self._recording, segment) if role is not None else None) or nothing(each)

    def _filled(self, fields: tuple[Field, ...], segment: Segment) -> dict[str, FieldValue]:
        if not fields:
            return {}
        content, offset = slice_of_segment(self._recording.content, segment)
        if not content.words:
            return {}
        schema = self._task.schema
        part = Schema(
            name=schema.name, version=schema.version, description=self._items.description or schema.description, locale=schema.locale,
            vocabulary=schema.vocabulary, fields=fields,
        )  # fmt: skip
        filled = put_back(self._fill(content, part), offset)
        task = self._task
        task.usage += filled.usage
        task.engines.update(filled.engines)
        known = {(notice.code, notice.message) for notice in task.warnings}
        task.warnings.extend(
            notice
            for notice in filled.warnings
            if notice.code != "missing_engine" and (notice.code, notice.message) not in known
        )
        return dict(filled.fields)


def _kind_name(pair: tuple[Segment, Kind | None]) -> str:
    return pair[1].name if pair[1] is not None else ""


def _is_empty(value: FieldValue | None) -> bool:
    if value is None or (isinstance(value, LeafValue) and value.value is None):
        return True
    return isinstance(value, ArrayValue) and not value.items
