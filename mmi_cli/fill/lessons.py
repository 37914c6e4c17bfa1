"""What a few labelled files teach: for each field, by which signs its value is told from everything else in a file.

A labelled file is looked through once (`study`): every place that can hold a field's value, its signs, and whether the label names it.
Weights are fitted on what was found in all of them, and again without a file that is itself to be filled: a file never learns from
its own label.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ..datamodel.content import Content
from ..datamodel.schema import Field, Schema
from .agreements import by_clauses
from .issuers import at_head
from .label_hits import find_labels
from .labels import by_labels
from .lesson_places import GENERAL, KNOWN, LINES, Spot, opening_phrases, spots_of
from .lesson_signs import SignReader, Signs
from .lesson_weights import Choice, Weights, by_value, fit
from .picture_lessons import PictureLessons, learn_pictures
from .proposals import Proposal
from .reading import Reading
from .shown_examples import ShownExample, example_of, most_alike, prompt_of
from .titles import by_heading
from .truths import EXACTLY, Truth, key_of, likeness

MOST_FILES = 100
"""Labelled files that are learned from; more teach no more and take long to weigh."""
_MOST_PLACES = 200
"""Places of a file and field that are kept for the fitting, beside the right ones and those that others propose."""
_MOST_OTHERS = 20
_UNSEEN, _UNSEEN_SLIPS = 0.3, 1.5
"""Files that speak against every lesson before any was seen: no chance is above 1 - 0.3 / (files + 1). A text on a scan may be misread
however clear its place is."""
_MOST_LINES = 7
_SHARED = 0.15
"""Share of the files in which a phrase opens segments, from which it is taken for part of the form."""
_BEST = 5
_LEAST_MISREAD, _MISREAD = 10, 0.9
"""Letters and likeness from which a name on a scan is one that is known, with a letter misread in ten."""
_LOOKED_AT = frozenset({"label", "head", "clause"})
_TRUST = 3.0
"""Labelled files that a confidence outweighs which was fitted on other kinds of files."""
_TAUGHT_TYPES = frozenset({"string", "date", "time", "number", "integer"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A labelled file, read."""

    uri: str
    sha256: str
    content: Content
    fields: Mapping[str, Any]
    """Its values; None says that it has none, a missing name that nobody looked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """What one labelled file shows of one field."""

    truth: str | None
    """The labelled value as `key_of` has it, as it was read; None: there is none."""
    text: str
    """The labelled value as it stands in the file, else as it is labelled."""
    places: tuple[Signs, ...]
    values: tuple[str, ...]
    origins: tuple[int, ...]
    lines: tuple[int, ...]
    right: tuple[bool, ...]
    """Where the label's value stands; nowhere, where the file has none or it was misread."""
    others_are_right: bool
    """Whether the finders that need no labels find it."""
    is_read: bool
    """Whether what stands at the right places is the labelled value to the letter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What is known of one field."""

    weights: Weights
    known: Mapping[str, tuple[str, int]]
    """Values of the labelled files: as they are written, and in how many."""
    most_lines: int
    others_right: int
    """Files in which the finders that need no labels are right."""
    files: int
    """That showed something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lessons:
    """What all fields of a schema learned; plain data."""

    files: tuple[tuple[str, str], ...]
    """(address, SHA-256) of each labelled file."""
    openings: frozenset[str]
    studies: Mapping[str, tuple[Study | None, ...]]
    """By field, one a file; None where it shows nothing."""
    lessons: Mapping[str, Lesson] = field(default_factory=dict)
    examples: tuple[ShownExample, ...] = ()
    """What of each file can be shown to a language model."""
    pictures: PictureLessons = field(default_factory=PictureLessons)
    """What the labelled pictures show."""
    digest: str = ""
    """Of the files and their labels."""
    left_out: int = 0
    """How many of the files these lessons do without."""

    @property
    def name(self) -> str:
        """For the engines of a record: `30 files/1f0c…`."""
        return f"{max(len(self.files) - self.left_out, len(self.pictures.files))} files/{self.digest[:12]}"

    def without(self, *, uri: str | None, sha256: str | None) -> Lessons:
        """What is known without a file and its copies; the same object when it is none of the labelled ones."""
        left_out = frozenset(
            number for number, (address, digest) in enumerate(self.files) if address == uri or digest == sha256
        )
        pictures = self.pictures.without(uri=uri, sha256=sha256)
        taught = self if pictures is self.pictures else replace(self, pictures=pictures)
        return _fitted(taught, left_out) if left_out else taught


def learn(examples: Sequence[Example], schema: Schema) -> Lessons:
    """What labelled files teach of the schema's extracted leaves; the same files give the same lessons, in whatever order they come."""
    pictures = learn_pictures([(each.uri, each.sha256, each.content, each.fields) for each in examples], schema)
    examples = sorted(examples, key=lambda each: (each.sha256, each.uri))[:MOST_FILES]
    taught = taught_fields(schema)
    readings = [Reading(example.content, schema.locale) for example in examples]
    openings = _shared_openings(readings)
    truths = [{each.name: _truth(each, example) for each in taught} for example in examples]
    studies: dict[str, list[Study | None]] = {each.name: [] for each in taught}
    for number, (example, reading) in enumerate(zip(examples, readings, strict=True)):
        signs = SignReader(reading)
        others = others_of(reading, taught)
        for each in taught:
            truth = truths[number][each.name]
            if truth is None and example.fields.get(each.name, 0) is not None:
                studies[each.name].append(None)
                continue
            known = {
                text: None for at, other in enumerate(truths) if at != number and (text := _text(other[each.name]))
            }
            spots = spots_of(reading, each, others[each.name], openings=openings, known=known, most_lines=_MOST_LINES)
            studies[each.name].append(_study(reading, each, signs, spots, truth))
    digest = hashlib.sha256(
        json.dumps(
            [[each.sha256, {name: each.fields[name] for name in sorted(each.fields)}] for each in examples],
            sort_keys=True, default=str,
        ).encode("utf-8", "replace")
    ).hexdigest()  # fmt: skip
    unfitted = Lessons(
        files=tuple((example.uri, example.sha256) for example in examples),
        openings=openings,
        studies={name: tuple(found) for name, found in studies.items()},
        examples=tuple(
            example_of(number, reading, schema.fields, example.fields)
            for number, (example, reading) in enumerate(zip(examples, readings, strict=True))
        ),
        pictures=pictures,
        digest=digest,
    )
    return _fitted(unfitted, frozenset())


def taught_fields(schema: Schema) -> tuple[Field, ...]:
    """The fields that learn from labels: leaves that are copied from the file."""
    return tuple(
        each
        for each in schema.fields
        if each.is_leaf and each.kind == "extracted" and each.expression is None and each.type in _TAUGHT_TYPES
    )


class Taught:
    """The lessons at work on one file."""

    def __init__(self, lessons: Lessons, reading: Reading) -> None:
        self._lessons = lessons
        self._reading = reading
        self._signs = SignReader(reading)
        self.pictures = lessons.pictures

    def by_lessons(self, field: Field, labelled: Sequence[Proposal]) -> list[Proposal]:
        """What the lessons make of a file, best first; strength is the probability to be right as the labelled files have it.

        Args:
            labelled: what stands beside the field's labels.
        """
        lesson = self._lessons.lessons.get(field.name)
        if lesson is None:
            return []
        spots = spots_of(
            self._reading, field, _others(self._reading, field, labelled), openings=self._lessons.openings,
            known=[text for text, _ in lesson.known.values()], most_lines=lesson.most_lines,
        )  # fmt: skip
        if not spots:
            return []
        values = [spot.key for spot in spots]
        places = [
            (*signs, *_known_signs(lesson.known.get(value, ("", 0))[1]))
            for signs, value in zip(self._signs.signs_of(field, spots), values, strict=True)
        ]
        ranked = by_value(values, lesson.weights.chances(places))[:_BEST]
        strengths = [
            min(self._most(lesson, field, spots[at]), lesson.weights.calibrated(chance)) for chance, at in ranked
        ]
        found = [
            Proposal(
                start=spots[at].start, end=spots[at].end, value=spots[at].value, finder="learned", strength=round(strength, 4),
                margin=round(strength - (strengths[rank + 1] if rank + 1 < len(strengths) else 0.0), 4),
                is_ambiguous=spots[at].is_ambiguous,
            )
            for rank, ((_, at), strength) in enumerate(zip(ranked, strengths, strict=True))
        ]  # fmt: skip
        return [self._as_labelled(lesson, each) for each in found] if field.type == "string" else found

    def example_for(self, fields: Sequence[Field]) -> tuple[str, str]:
        """(excerpt of the labelled file that is most like this one, its right answer as JSON) for what is asked; both may be empty."""
        example = most_alike(self._lessons.examples, self._reading.content.text, fields)
        return prompt_of(example, fields) if example is not None else ("", "")

    def _most(self, lesson: Lesson, field: Field, spot: Spot) -> float:
        """The highest chance that so few files can speak for."""
        is_scanned_text = field.type == "string" and bool(self._reading.source_scores(spot.start, spot.end))
        return 1 - (_UNSEEN_SLIPS if is_scanned_text else _UNSEEN) / (lesson.files + 1)

    def _as_labelled(self, lesson: Lesson, found: Proposal) -> Proposal:
        """A value that other labelled files have, in their spelling: where only signs and spaces differ, or what a scan misread."""
        value = str(found.value)
        key = key_of(value)
        if key in lesson.known:
            text = lesson.known[key][0]
            return found if text == value else replace(found, value=text, match="normalized")
        if not self._reading.source_scores(found.start, found.end) or len(key) < _LEAST_MISREAD:
            return found
        alike = [
            (likeness(key, other), text) for other, (text, _) in lesson.known.items() if _digits(other) == _digits(key)
        ]
        best, text = max(alike, default=(0.0, ""))
        return replace(found, value=text, match="fuzzy") if best >= _MISREAD else found

    def trust(self, field: Field, other: Proposal, confidence: float) -> float:
        """The confidence of a value that is found without labels, corrected by how its finder does on the labelled files.

        Only of finders that were looked at there: the mistakes of one say nothing of another.
        """
        lesson = self._lessons.lessons.get(field.name)
        if lesson is None or other.finder not in _LOOKED_AT:
            return confidence
        return (_TRUST * confidence + lesson.others_right) / (_TRUST + lesson.files)


def _digits(text: str) -> str:
    return "".join(character for character in text if character.isdecimal())


def others_of(reading: Reading, fields: Sequence[Field]) -> dict[str, list[Proposal]]:
    """What the finders say that need no labelled files."""
    hits = find_labels(reading, fields)
    every_hit = sorted((hit for found in hits.values() for hit in found), key=lambda hit: hit.start)
    return {each.name: _others(reading, each, by_labels(reading, each, hits[each.name], every_hit)) for each in fields}


def _others(reading: Reading, field: Field, labelled: Sequence[Proposal]) -> list[Proposal]:
    more = (by_heading(reading, field), at_head(reading, field))
    return [*by_clauses(reading, field), *labelled[:_MOST_OTHERS], *(each for each in more if each is not None)]


def _shared_openings(readings: Sequence[Reading]) -> frozenset[str]:
    counts = Counter(phrase for reading in readings for phrase in opening_phrases(reading))
    least = max(2, math.ceil(_SHARED * len(readings)))
    return frozenset(phrase for phrase, count in counts.items() if count >= least)


def _truth(each: Field, example: Example) -> Truth | None:
    value = example.fields.get(each.name)
    if value is None or isinstance(value, list | dict) or not str(value).strip():
        return None
    return Truth(value, each)


def _text(truth: Truth | None) -> str:
    return truth.text if truth is not None else ""


def _study(reading: Reading, each: Field, signs: SignReader, spots: list[Spot], truth: Truth | None) -> Study | None:
    if not spots:
        return None
    fits = [truth.fit(spot.value) if truth is not None else 0 for spot in spots]
    best = max(fits)
    right = [bool(best) and fit == best for fit in fits]
    kept = _kept(spots, right)
    text = reading.content.text
    stands = next((spot for spot, is_right in zip(spots, right, strict=True) if is_right), None)
    return Study(
        truth=stands.key if stands is not None else truth.key if truth is not None else None,
        text=truth.text if truth is not None else "",
        places=tuple(signs.signs_of(each, spots, only=kept)),
        values=tuple(spots[at].key for at in kept),
        origins=tuple(spots[at].origin for at in kept),
        lines=tuple(text.count("\n", spots[at].start, spots[at].end) + 1 for at in kept),
        right=tuple(right[at] for at in kept),
        others_are_right=_others_are_right(spots, fits, has_value=truth is not None),
        is_read=truth is None or best == EXACTLY,
    )


def _others_are_right(spots: Sequence[Spot], fits: Sequence[int], *, has_value: bool) -> bool:
    proposed = [at for at, spot in enumerate(spots) if spot.other is not None]
    if not proposed:
        return not has_value
    strongest = max(proposed, key=lambda at: (other.strength if (other := spots[at].other) else 0.0, -at))
    return fits[strongest] == EXACTLY


def _kept(spots: Sequence[Spot], right: Sequence[bool]) -> list[int]:
    """Numbers of the places that are kept for the fitting: what is told apart with difficulty, and a sample of the rest."""
    must = [at for at, spot in enumerate(spots) if right[at] or spot.other is not None or spot.origin == KNOWN]
    rest = [at for at, spot in enumerate(spots) if not (right[at] or spot.other is not None or spot.origin == KNOWN)]
    if len(rest) > _MOST_PLACES:  # which of them are kept must not hang on the labels of other files
        rest = [rest[at * len(rest) // _MOST_PLACES] for at in range(_MOST_PLACES)]
    return sorted([*must, *rest])


def _known_signs(count: int) -> Signs:
    """That other labelled files have this value."""
    if not count:
        return ()
    return (("known", 1.0), *((("known often", 1.0),) if count > 1 else ()))


def _fitted(lessons: Lessons, left_out: frozenset[int]) -> Lessons:
    kept = [number for number in range(len(lessons.files)) if number not in left_out]
    fitted = {name: _lesson([studies[number] for number in kept]) for name, studies in lessons.studies.items()}
    return replace(
        lessons,
        lessons={name: lesson for name, lesson in fitted.items() if lesson is not None},
        examples=tuple(each for each in lessons.examples if each.file not in left_out),
        left_out=len(left_out),
    )


def _lesson(studies: Sequence[Study | None]) -> Lesson | None:
    shown = [study for study in studies if study is not None]
    if not any(study.truth is not None for study in shown):
        return None
    texts: dict[str, str] = {}
    for study in shown:
        if study.truth is not None:
            texts.setdefault(study.truth, study.text)
    counts = Counter(study.truth for study in shown if study.truth is not None)
    most_lines = _lines_of(shown)
    choices = [_choice(study, counts, most_lines) for study in shown]
    return Lesson(
        weights=fit(choices),
        known={key: (text, counts[key]) for key, text in texts.items()},
        most_lines=most_lines,
        others_right=sum(study.others_are_right for study in shown),
        files=len(shown),
    )


def _lines_of(studies: Sequence[Study]) -> int:
    """Lines that a value may go over: as many as in two files at least."""
    lines = sorted(
        max((study.lines[at] for at, is_right in enumerate(study.right) if is_right), default=1) for study in studies
    )
    return lines[-1] if len(lines) > 1 and lines[-2] > 1 else 1


def _choice(study: Study, counts: Counter[str], most_lines: int) -> Choice:
    """The places of a file as they are found knowing what the other files teach, and not its own label."""
    kept = []
    for at, (value, origin) in enumerate(zip(study.values, study.origins, strict=True)):
        others = counts[value] - (value == study.truth)
        if origin == GENERAL or (origin == KNOWN and others) or (origin == LINES and study.lines[at] <= most_lines):
            kept.append((at, others))
    return Choice(
        places=tuple((*study.places[at], *_known_signs(others)) for at, others in kept),
        values=tuple(study.values[at] for at, _ in kept),
        right=tuple(study.right[at] for at, _ in kept),
        has_value=study.truth is not None,
        is_read=study.is_read,
    )
