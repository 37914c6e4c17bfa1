"""Labelled files as examples in the prompt: the lines where their values stand, and the answer that is right for them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..datamodel.schema import Field
from .alignment import locate
from .candidates import candidate_kinds
from .reading import Reading
from .truths import EXACTLY, Truth

_MOST_WORDS = 400
"""Words of a file that say what it is like; its beginning tells the most."""
_MOST_CHARS = 900
"""Characters of excerpts in a prompt: about 250 tokens, three seconds of a small model on two cores."""
_LINE_CHARS = 160
_HEAD_LINES = 4
_MOST_ITEMS = 6
_WORD = re.compile(r"[^\W\d_]{3,}")


@dataclass(frozen=True, slots=True)
class Shown:
    """A value of a labelled file: as it stands there, and the lines around it."""

    answer: Any
    first: int
    """Numbers of the first and of the last line; -1 where it stands nowhere."""
    last: int = -1


@dataclass(frozen=True, slots=True)
class ShownExample:
    """What can be shown of one labelled file; plain data."""

    file: int
    """Its number among the labelled files."""
    words: frozenset[str]
    lines: Mapping[int, str]
    """The lines that are worth showing, by number, cut to a length that can be shown."""
    values: Mapping[str, Shown]


def example_of(number: int, reading: Reading, fields: Sequence[Field], labels: Mapping[str, Any]) -> ShownExample:
    """What a labelled file shows of the fields that its label names; None among the labels says that there is no value."""
    values: dict[str, Shown] = {}
    for each in fields:
        if each.expression is None and each.name in labels and (shown := _shown(reading, each, labels[each.name])):
            values[each.name] = shown
    wanted = set(range(min(_HEAD_LINES, len(reading.lines))))
    for shown in values.values():
        wanted.update(
            range(max(0, shown.first - 1), min(len(reading.lines), shown.last + 2)) if shown.first >= 0 else ()
        )
    return ShownExample(
        file=number,
        words=words_of(reading.content.text),
        lines={at: reading.lines[at].text.strip()[:_LINE_CHARS] for at in sorted(wanted)},
        values=values,
    )


def words_of(text: str) -> frozenset[str]:
    """The words at the beginning of a file, in lower case."""
    found: dict[str, None] = {}
    for match in _WORD.finditer(text):
        found[match[0].casefold()] = None
        if len(found) >= _MOST_WORDS:
            break
    return frozenset(found)


def most_alike(examples: Sequence[ShownExample], text: str, fields: Sequence[Field]) -> ShownExample | None:
    """The labelled file that has most words in common with a text, of those that show a value of one of the fields."""
    words = words_of(text)
    names = {each.name for each in fields}
    useful = [
        each
        for each in examples
        if any(shown.answer is not None for name, shown in each.values.items() if name in names)
    ]
    return max(useful, key=lambda each: (_alike(each.words, words), -each.file), default=None)


def prompt_of(example: ShownExample, fields: Sequence[Field]) -> tuple[str, str]:
    """(excerpt, answer as JSON) for the fields that are asked, as many as there is room for; empty where nothing can be shown."""
    shown_lines: set[int] = set()
    answer: dict[str, Any] = {}
    for each in fields:
        shown = example.values.get(each.name)
        if shown is None:
            continue
        near = range(shown.first - 1, shown.last + 2) if shown.first >= 0 else range(_HEAD_LINES)
        more = shown_lines | ({at for at in near if at in example.lines} if shown.answer is not None else set())
        if sum(len(example.lines[at]) for at in more) + len(json.dumps(answer)) > _MOST_CHARS:
            continue
        shown_lines, answer[each.name] = more, shown.answer
    if not any(value is not None for value in answer.values()):
        return "", ""
    parts: list[str] = []
    before = -1
    for at in sorted(shown_lines):
        parts.append(("…\n" if parts and at > before + 1 else "") + example.lines[at])
        before = at
    return "\n".join(part for part in parts if part), json.dumps(answer, ensure_ascii=False)


def _alike(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / (len(one | other) or 1)


def _shown(reading: Reading, each: Field, value: Any) -> Shown | None:
    if value is None:
        return Shown(None, -1)
    if isinstance(value, list):
        inner = each.items
        if inner is None or not inner.is_leaf:
            return None  # rows are shown by the form of the answer
        found = [_shown(reading, inner, one) for one in value[:_MOST_ITEMS]]
        items = [one for one in found if one is not None]
        if len(items) < len(found):
            return None  # a list with gaps would teach to leave things out
        lines = [one for one in items if one.first >= 0]
        first, last = (min(one.first for one in lines), max(one.last for one in lines)) if lines else (-1, -1)
        return Shown([one.answer for one in items], first, min(last, first + _HEAD_LINES)) if items else None
    if isinstance(value, dict) or not str(value).strip():
        return None
    if each.kind != "extracted":
        return Shown(value, -1)
    span = _place(reading, each, value)
    if span is None:
        return None  # to copy what does not stand there would be the wrong lesson
    top, bottom = reading.line_at(span[0]), reading.line_at(span[1] - 1)
    if top is None or bottom is None:
        return None
    return Shown(" ".join(reading.content.text[span[0] : span[1]].split()), top.number, bottom.number)


def _place(reading: Reading, each: Field, value: Any) -> tuple[int, int] | None:
    if each.type in ("string", "boolean"):
        places = locate(reading.index, str(value))
        return (places[0].start, places[0].end) if places else None
    truth = Truth(value, each)
    same = (c for c in reading.candidates(candidate_kinds(each)) if truth.fit(c.value) == EXACTLY)
    found = next(same, None)
    return (found.start, found.end) if found is not None else None
