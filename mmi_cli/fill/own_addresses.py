"""Postal addresses over several lines: under their label, in the boxes of a form, or under the name of the one who lives there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ..datamodel.schema import Field
from .address_blocks import POSTAL, STREET
from .label_hits import LabelHit
from .pairs import is_address_label, looks_like_label
from .proposals import Proposal, proposal_of_span
from .reading import Reading
from .segments import Segment

_LABELLED, _UNDER_NAME = 0.92, 0.88
_MIN_STRENGTH = 0.9
_MAX_LINES = 6
_MOST_HITS = 20
_INDENT = 2.0
"""How far from the left edge of the first line the others may begin, in heights of a line."""
_MAX_LINE = 70
_SEPARATOR = re.compile(r"[\s.:：=#/|()_-]*")


def by_own_addresses(reading: Reading, field: Field, hits: Sequence[LabelHit], name: Proposal | None) -> list[Proposal]:
    """The address that a label or a name stands over, best first.

    Args:
        hits: where the field is named.
        name: where the name stands of the one whose address it is.
    """
    for hit in hits[:_MOST_HITS]:
        if hit.strength >= _MIN_STRENGTH:
            for first in _behind_label(reading, hit):
                if (found := _address_from(reading, field, first, _LABELLED)) is not None:
                    return [found]
    if name is not None and (segment := reading.segments.at(name.start)) is not None:
        for below in reading.segments.below(segment)[:1]:
            if (found := _address_from(reading, field, below, _UNDER_NAME)) is not None:
                return [found]
    return []


def _behind_label(reading: Reading, hit: LabelHit) -> Iterator[Segment]:
    """Where an address may begin: behind its label in the segment, right of it, under it."""
    segment = reading.segments.at(hit.end - 1)
    if segment is None:
        return
    text = reading.content.text
    rest = text[hit.end : segment.end]
    skipped = _SEPARATOR.match(rest)
    start = hit.end + (skipped.end() if skipped else 0)
    if start < segment.end and not is_address_label(rest):
        yield replace(segment, start=start, text=text[start : segment.end])
        return
    beside = reading.segments.right_of(segment)
    if beside is not None:
        yield beside[0]
    yield from reading.segments.below(segment)[:1]


def _address_from(reading: Reading, field: Field, first: Segment, strength: float) -> Proposal | None:
    """The lines from one on, down to that of the town."""
    lines: list[Segment] = []
    at: Segment | None = first
    for _ in range(_MAX_LINES):
        if at is None or (lines and POSTAL.search(lines[-1].text)):
            break
        if not is_address_label(at.text):
            if len(at.text) > _MAX_LINE or looks_like_label(at.text) or at.text.rstrip().endswith(":"):
                break
            lines.append(at)
        at = _next_line(reading, first, at)
    if not lines or not POSTAL.search(lines[-1].text):
        return None
    while lines and not STREET.search(lines[0].text):
        lines.pop(0)
    return _joined(reading, field, lines, strength)


def _next_line(reading: Reading, first: Segment, at: Segment) -> Segment | None:
    for below in reading.segments.below(at):
        if below.box is None or first.box is None or at.box is None:
            return below
        height = max(1e-6, at.box[3] - at.box[1])
        left = at.box[0] if at is not first else min(first.box[0], below.box[0])
        if abs(below.box[0] - left) < _INDENT * height or below.box[0] <= first.box[0] + _INDENT * height:
            return below
    return None


def _joined(reading: Reading, field: Field, lines: Sequence[Segment], strength: float) -> Proposal | None:
    if not lines:
        return None
    text = reading.content.text
    start, end = lines[0].start, lines[-1].end
    whole = " ".join(" ".join(text[line.start : line.end] for line in lines).split())
    if text[start:end].split() == whole.split():
        return proposal_of_span(reading, field, start, end, "clause", strength=strength)
    proposal = proposal_of_span(reading, field, start, lines[0].end, "clause", strength=strength)
    if proposal is None:
        return None  # another column or a label stands between the lines: each is a place of its own
    return replace(proposal, value=whole, rest=tuple((line.start, line.end) for line in lines[1:]))
