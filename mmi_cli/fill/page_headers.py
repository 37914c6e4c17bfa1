"""Rows of segments on a page, and the rows among them that head columns, where no table was drawn or the reader broke it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..datamodel.boxes import hull
from ..datamodel.content import Box, PageBox
from .column_headers import Header, match_header
from .column_names import NUMERIC, senses
from .members import Member, Path
from .reading import Reading
from .segments import Segment

_HEADER_LINES = 4
_CLEAR = 0.85
_MAX_HEADING_WORDS = 6


@dataclass(frozen=True, slots=True)
class PageRow:
    """Segments at one height, from left to right."""

    segments: tuple[Segment, ...]
    top: float
    bottom: float

    @property
    def height(self) -> float:
        return max(1e-6, self.bottom - self.top)


@dataclass(frozen=True, slots=True)
class Columns:
    """What a header says of the columns below it."""

    boxes: tuple[Box, ...]
    header: Header[int]

    @property
    def signature(self) -> frozenset[Path]:
        """The members that it names."""
        return frozenset(member.path for member in self.header.columns.values())


def rows_of_page(segments: Sequence[Segment]) -> list[PageRow]:
    """Segments in rows from top to bottom, each from left to right."""
    rows: list[list[Segment]] = []
    middle = -1e9
    for segment in sorted(segments, key=lambda each: _middle(each)):
        if rows and _middle(segment) - middle <= 0.5 * min(_height(segment), _height(rows[-1][0])):
            rows[-1].append(segment)
        else:
            rows.append([segment])
            middle = _middle(segment)
    return [
        PageRow(
            tuple(sorted(row, key=lambda each: box_of(each)[0])),
            min(box_of(each)[1] for each in row),
            max(box_of(each)[3] for each in row),
        )
        for row in rows
    ]


def next_header(
    reading: Reading, rows: Sequence[PageRow], start: int, members: Sequence[Member]
) -> tuple[int, tuple[int, Columns] | None]:
    """(row behind the header, (its first row, columns)) of the next header, one to four lines high."""
    for at in range(start, len(rows)):
        best: tuple[float, int, Columns] | None = None
        if len(rows[at].segments) < 2 and at + 1 < len(rows) and len(rows[at + 1].segments) < 2:
            continue
        for lines in range(1, _HEADER_LINES + 1):
            band = rows[at : at + lines]
            if len(band) < lines or any(_has_number(segment) for row in band for segment in row.segments):
                break
            if lines > 1 and band[-1].top - band[-2].bottom > 0.9 * band[-1].height:
                break
            cells = _joined([part for row in band for segment in row.segments for part in _parted(reading, segment)])
            header = match_header([(key, text) for key, (_, text) in enumerate(cells)], members)
            has_numbers = any(sense in NUMERIC for sense in header.senses.values())
            if header.columns and has_numbers and (best is None or header.score > best[0] + 0.1):
                best = (header.score, at + lines, Columns(tuple(box for box, _ in cells), header))
        if best is not None:
            better = _starting_lower(reading, rows, at, best, members)
            return (better or best)[1], (at, (better or best)[2])
    return len(rows), None


def _starting_lower(
    reading: Reading, rows: Sequence[PageRow], at: int, best: tuple[float, int, Columns], members: Sequence[Member]
) -> tuple[float, int, Columns] | None:
    """The header without its first line, when it says more without it."""
    end, found = (
        next_header(reading, rows[: best[1] + _HEADER_LINES], at + 1, members) if best[1] > at + 1 else (0, None)
    )
    return (found[1].header.score, end, found[1]) if found and found[1].header.score > best[0] else None


def _has_number(segment: Segment) -> bool:
    return sum(character.isdigit() for character in segment.text) > 1


def _parted(reading: Reading, segment: Segment) -> list[tuple[Box, str]]:
    """A heading, or two that stand so close that they were taken for one: `MwSt-% Nettowert`."""
    words = [reading.content.words[index] for index in reading.content.words_of_span(segment.start, segment.end)]
    boxes = [word.place.box for word in words if isinstance(word.place, PageBox)]
    whole = [(box_of(segment), segment.text)]
    if len(boxes) != len(words) or not 2 <= len(words) <= _MAX_HEADING_WORDS:
        return whole
    after_rate = [at for at, word in enumerate(words[:-1], start=1) if word.text.endswith("%")]
    if not after_rate and any(score >= _CLEAR for score in senses(segment.text).values()):
        return whole
    for at in after_rate or range(1, len(words)):
        parts = [" ".join(word.text for word in side) for side in (words[:at], words[at:])]
        left, right = (_clear_sense(part) for part in parts)
        if left is not None and right is not None and left != right:
            return [(hull(*boxes[:at]), parts[0]), (hull(*boxes[at:]), parts[1])]
    return whole


def _clear_sense(text: str) -> str | None:
    found = senses(text)
    best = max(found, key=lambda sense: found[sense], default=None)
    return best if best is not None and found[best] >= 0.8 else None


def _joined(parts: Sequence[tuple[Box, str]]) -> list[tuple[Box, str]]:
    """Headings of several lines that stand over one another as one, from left to right."""
    cells: list[list[tuple[Box, str]]] = []
    for box, text in sorted(parts, key=lambda each: (each[0][0], each[0][1])):
        for cell in cells:
            known = hull(*[each for each, _ in cell])
            shared = min(known[2], box[2]) - max(known[0], box[0])
            if shared > 0.3 * min(known[2] - known[0], box[2] - box[0]):
                cell.append((box, text))
                break
        else:
            cells.append([(box, text)])
    joined = [
        (hull(*[box for box, _ in cell]), " ".join(text for _, text in sorted(cell, key=lambda each: each[0][1])))
        for cell in cells
    ]
    return sorted(joined, key=lambda each: each[0][0])


def box_of(segment: Segment) -> Box:
    """Where a segment stands; an empty box where that is unknown."""
    return segment.box or (0.0, 0.0, 0.0, 0.0)


def _middle(segment: Segment) -> float:
    box = box_of(segment)
    return (box[1] + box[3]) / 2


def _height(segment: Segment) -> float:
    box = box_of(segment)
    return max(1e-6, box[3] - box[1])
