"""Reads check boxes with the words beside them: yes or no, one of several options, several of them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from ..datamodel.schema import Field
from .candidates import Candidate
from .proposals import Proposal
from .reading import Line, Reading
from .values import read_boolean

_GROUP = re.compile(r"[:?：？]\s*")
_NOT = re.compile(r"(?<![^\W_])(?:not|no|non|nicht|kein\w*|ohne|without|pas|sans|sin|niet|geen)\W+$", re.IGNORECASE)
_MAX_LABEL = 80
_MOST_BOXES = 3000
_LINES_BELOW = 6
"""Lines of options that can stand below what they answer."""


class TickBox(NamedTuple):
    """A box and the words it ticks."""

    start: int
    end: int
    is_ticked: bool
    label: tuple[int, int]
    """Where its words stand; empty where there are none."""
    group: tuple[int, int]
    """Where the words stand that its row of boxes answers, `Paid:`; empty where there are none."""
    line: int


def boxes_of(reading: Reading) -> list[TickBox]:
    """Every check box of a text, by start.

    The words of a box stand behind it (`☒ yes ☐ no`) or before it (`yes ☒ no ☐`), the same for all boxes of a line.
    """
    by_line: dict[int, list[Candidate]] = {}
    for each in reading.candidates(frozenset({"checkbox"}))[:_MOST_BOXES]:
        line = reading.line_at(each.start)
        if line is not None:
            by_line.setdefault(line.number, []).append(each)
    return [
        box for number, members in by_line.items() for box in _boxes_of_line(reading, reading.lines[number], members)
    ]


def _boxes_of_line(reading: Reading, line: Line, members: Sequence[Candidate]) -> list[TickBox]:
    text = reading.content.text
    first, last = members[0], members[-1]
    group = line.start, line.start
    begin = line.start
    colon = None
    for colon in _GROUP.finditer(text, line.start, first.start):
        group, begin = (line.start, colon.start()), colon.end()
    is_behind = bool(text[last.end : line.end].strip()) or (
        len(members) == 1 and not text[line.start : first.start].strip()
    )
    if is_behind and colon is None and text[line.start : first.start].strip():
        group = line.start, first.start  # `Paid ☒ yes ☐ no`
    out = []
    for position, each in enumerate(members):
        if is_behind:
            after = members[position + 1].start if position + 1 < len(members) else line.end
            label = _stripped(text, each.end, after)
        else:
            before = members[position - 1].end if position else begin
            label = _stripped(text, before, each.start)
        out.append(TickBox(each.start, each.end, bool(each.value), label, _stripped(text, *group), line.number))
    return out


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip(" \t.:;,|"))
    return start, max(start, end - (len(piece) - len(piece.rstrip(" \t:;,|"))))


def by_boxes(reading: Reading, field: Field, labels: Sequence[tuple[int, int]]) -> list[Proposal] | None:
    """What boxes say of a yes-or-no field, or which option of an enum they tick; None when no boxes are about the field.

    An empty list says that there are boxes and that they decide nothing: none is ticked, or two that exclude each other.

    Args:
        labels: where the field is named, by start.
    """
    if field.type != "boolean" and not field.enum:
        return None
    boxes = boxes_of(reading)
    if not boxes:
        return None
    if field.type == "boolean":
        return _yes_or_no(reading, boxes, labels)
    options = _options(reading, field, boxes, labels)
    if not options:
        return None
    ticked = [(value, box) for value, box in options if box.is_ticked]
    if len({value for value, _ in ticked}) != 1:
        return []
    return [_proposal(value, box) for value, box in ticked]


def ticked_options(reading: Reading, field: Field, labels: Sequence[tuple[int, int]]) -> list[Proposal] | None:
    """Every option of an enum that is ticked; None when the options have no boxes."""
    options = _options(reading, field, boxes_of(reading), labels) if field.enum else []
    return [_proposal(value, box) for value, box in options if box.is_ticked] if options else None


def _yes_or_no(reading: Reading, boxes: Sequence[TickBox], labels: Sequence[tuple[int, int]]) -> list[Proposal] | None:
    text = reading.content.text
    out: list[Proposal] = []
    is_known = False
    for start, end in labels:
        answers = []
        for box in _answering(boxes, reading, start, end):
            said = read_boolean(text[slice(*box.label)]) if box.label[0] < box.label[1] else None
            if said is not None:
                answers.append((said, box))
        if answers:
            is_known = True
            ticked = [(said, box) for said, box in answers if box.is_ticked]
            if len(ticked) == 1:
                out.append(_proposal(*ticked[0]))
            continue
        own = [box for box in boxes if box.label[0] <= start < box.label[1] <= start + _MAX_LABEL]
        own = own or [box for box in boxes if box.group[0] <= start < box.group[1] and box.label[0] == box.label[1]]
        for box in own[:1]:
            is_known = True
            words = box.label if box.label[0] <= start < box.label[1] else box.group
            is_denied = _NOT.search(text, max(words[0], start - 20), start) is not None
            out.append(_proposal(box.is_ticked != is_denied, box))
    return out if is_known else None


def _answering(boxes: Sequence[TickBox], reading: Reading, start: int, end: int) -> list[TickBox]:
    """The boxes of the row that a label opens, or of the lines right below a label that stands alone."""
    beside = [box for box in boxes if box.group[0] <= start < box.group[1]]
    if beside:
        return beside
    line = reading.line_at(start)
    if line is None or reading.content.text[end : line.end].strip(" .:?："):
        return []
    first = bisect_left(boxes, line.number + 1, key=lambda box: box.line)
    below: list[TickBox] = []
    for box in boxes[first : first + 4 * _LINES_BELOW]:
        if box.line > (below[-1].line if below else line.number) + 1 or box.group[0] < box.group[1]:
            break
        below.append(box)
    return below


def _options(
    reading: Reading, field: Field, boxes: Sequence[TickBox], labels: Sequence[tuple[int, int]]
) -> list[tuple[str, TickBox]]:
    """The boxes whose words name a value of the enum, those that the field's label opens before all others."""
    text = reading.content.text
    near = [box for start, end in labels for box in _answering(boxes, reading, start, end)]
    for among in (near, boxes):
        named = [(value, box) for box in among if (value := _named(field, text[slice(*box.label)])) is not None]
        if len({value for value, _ in named}) >= min(2, len(field.enum)):
            return named
    return []


def _named(field: Field, label: str) -> str | None:
    """The value of an enum that the words of a box are or begin with; None when they name none, or two."""
    words = " ".join(re.findall(r"[^\W_]+", label.casefold()))
    if not words or len(label) > _MAX_LABEL:
        return None
    exact = [value for value in field.enum if _plain(value) == words]
    described = dict(field.enum_descriptions)
    found = exact or [
        value
        for value in field.enum
        if f" {_plain(value)} " in f" {words} " or (described.get(value) and _plain(described[value]) == words)
    ]
    return found[0] if len(found) == 1 else None


def _plain(value: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", value.casefold()))


def _proposal(value: str | bool, box: TickBox) -> Proposal:
    """A value with the box and its words as its place."""
    has_words = box.label[0] < box.label[1]
    start = min(box.start, box.label[0]) if has_words else box.start
    end = max(box.end, box.label[1]) if has_words else box.end
    return Proposal(start=start, end=end, value=value, finder="label")
