"""Segments: words that stand together in one row of a page with a gap on both sides; what forms and letter heads are made of."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from statistics import median

from ..datamodel.boxes import hull
from ..datamodel.content import Box, Content, PageBox, Word

_GAP = 0.85
"""Gap that parts two segments, in heights of the line; between words it is about a third."""
_CELL_GAP = 0.45
"""The same where the reader has found two cells of a table, which may be the words of one by mistake."""
_CELL_END = re.compile(r"\t|\n| {3,}")
_MAX_BLOCK = 8
_REACH_BELOW = 2.6
"""How far below a label its value may stand, in heights of the label, from edge to edge."""
_LEAST_ROWS = 5
"""Rows of several segments from which it is told how the rows of a photographed page lie."""
_MOST_ROWS = 60
_ASKEW = 0.2
"""Line heights by which a row must be off its level at its ends for the page to be askew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A run of words of `Content.text`."""

    number: int
    line: int
    """Counts the lines of the text."""
    start: int
    end: int
    text: str
    page: int | None = None
    box: Box | None = None
    """On a page that was photographed askew as it would stand if its rows were level."""


class Segments:
    """Every segment of a content in the order of its text, and which stands beside which."""

    def __init__(self, content: Content) -> None:
        self._content = content
        self.all = (
            _levelled(tuple(self._split()))
            if any(word.score is not None for word in content.words)
            else tuple(self._split())
        )
        self._starts = [segment.start for segment in self.all]
        self._by_page: dict[int, list[Segment]] = {}
        for segment in self.all:
            if segment.page is not None:
                self._by_page.setdefault(segment.page, []).append(segment)
        for page in self._by_page.values():
            page.sort(key=_top)
        self._tops = {number: [_top(segment) for segment in page] for number, page in self._by_page.items()}

    def at(self, offset: int) -> Segment | None:
        """The segment that holds the character, or the one before it."""
        found = bisect_right(self._starts, offset) - 1
        return self.all[found] if found >= 0 else None

    def right_of(self, segment: Segment) -> tuple[Segment, float] | None:
        """The next segment of the row, and the gap between the two in heights of the row (1 where there are no boxes)."""
        if segment.box is None or segment.page is None:
            after = self.all[segment.number + 1] if segment.number + 1 < len(self.all) else None
            return (after, 1.0) if after is not None and after.line == segment.line and after.box is None else None
        _, top, right, bottom = segment.box
        height = max(1e-6, bottom - top)
        best: tuple[float, Segment] | None = None
        for other in self._between(segment.page, top - 2 * height, bottom):
            box = other.box
            if box is None or other.number == segment.number or box[0] < right - 0.2 * height:
                continue
            shared = min(bottom, box[3]) - max(top, box[1])
            if shared > 0.5 * min(height, box[3] - box[1]) and (best is None or box[0] < best[0]):
                best = (box[0], other)
        return (best[1], (best[0] - right) / height) if best else None

    def below(self, segment: Segment) -> tuple[Segment, ...]:
        """The segments right under it, nearest first, those that begin where it begins before others; at most three rows down."""
        if segment.box is None or segment.page is None:
            return self._next_cell(segment)
        left, top, right, bottom = segment.box
        height = max(1e-6, bottom - top)
        found = []
        for other in self._between(segment.page, top + 0.6 * height, bottom + _REACH_BELOW * height):
            box = other.box
            if box is None or other.number == segment.number or box[1] < bottom - 0.35 * height:
                continue
            shared = min(right, box[2]) - max(left, box[0])
            if shared > 0.25 * min(right - left, box[2] - box[0]):
                aligned = min(abs(box[0] - left), abs(box[2] - right), abs(box[0] + box[2] - left - right) / 2) / height
                found.append((round((box[1] - bottom) / height, 1) + 0.25 * min(4.0, aligned), other.number, other))
        return tuple(other for _, _, other in sorted(found, key=lambda item: item[:2])[:3])

    def block_of(self, segment: Segment) -> tuple[Segment, ...]:
        """The segments that stand close above and below one another with it and begin where it begins, from top to bottom."""
        block = [segment]
        while (above := self._close(block[0], up=True)) is not None and above not in block and len(block) < _MAX_BLOCK:
            block.insert(0, above)
        while (
            (below := self._close(block[-1], up=False)) is not None and below not in block and len(block) < _MAX_BLOCK
        ):
            block.append(below)
        return tuple(block)

    def _close(self, segment: Segment, *, up: bool) -> Segment | None:
        """The segment of the next row of a block."""
        if segment.box is None or segment.page is None:
            at = segment.number + (-1 if up else 1)
            other = self.all[at] if 0 <= at < len(self.all) else None
            return other if other is not None and abs(other.line - segment.line) == 1 else None
        left, top, _, bottom = segment.box
        height = max(1e-6, bottom - top)
        low, high = (top - 2.5 * height, top) if up else (top + 0.5 * height, bottom + height)
        best: tuple[float, Segment] | None = None
        for other in self._between(segment.page, low, high):
            box = other.box
            if box is None or other.number == segment.number or abs(box[0] - left) > 0.6 * height:
                continue
            gap = top - box[3] if up else box[1] - bottom
            if -0.4 * height < gap < 0.9 * height and (best is None or gap < best[0]):
                best = (gap, other)
        return best[1] if best else None

    def _next_cell(self, segment: Segment) -> tuple[Segment, ...]:
        """Without places: the cell of the same number in the next line."""
        column, at = 0, segment.number
        while at > 0 and self.all[at - 1].line == segment.line:
            column, at = column + 1, at - 1
        at = segment.number
        while at < len(self.all) and self.all[at].line == segment.line:
            at += 1
        row = []
        while at < len(self.all) and self.all[at].line == segment.line + 1:
            row.append(self.all[at])
            at += 1
        return (row[column],) if column < len(row) else ()

    def _between(self, page: int, top: float, bottom: float) -> Iterator[Segment]:
        segments, tops = self._by_page[page], self._tops[page]
        for at in range(bisect_right(tops, top), len(segments)):
            if tops[at] > bottom:
                return
            yield segments[at]

    def _split(self) -> Iterator[Segment]:
        words, text = self._content.words, self._content.text
        number = 0
        for line, (first, last) in enumerate(self._content.lines()):
            height = _height(words[first:last])
            begin = first
            for at in range(first + 1, last + 1):
                if at < last and not self._parts(words[at - 1], words[at], height):
                    continue
                start, end = words[begin].offset, words[at - 1].offset + len(words[at - 1].text)
                page, box = _hull(words[begin:at])
                yield Segment(number=number, line=line, start=start, end=end, text=text[start:end], page=page, box=box)
                number, begin = number + 1, at

    def _parts(self, before: Word, after: Word, height: float) -> bool:
        a, b = before.place, after.place
        is_cell_end = bool(_CELL_END.search(self._content.text[before.offset + len(before.text) : after.offset]))
        if not isinstance(a, PageBox) or not isinstance(b, PageBox):
            return is_cell_end
        if a.page != b.page:
            return True
        gap = b.box[0] - a.box[2]
        is_other_row = min(a.box[3], b.box[3]) - max(a.box[1], b.box[1]) <= 0
        return gap > (_CELL_GAP if is_cell_end else _GAP) * height or gap < -3 * height or is_other_row


def _levelled(segments: tuple[Segment, ...]) -> tuple[Segment, ...]:
    """The segments of pages whose rows the reader has found to rise or fall, moved up or down onto the level of their rows."""
    rows: dict[int, dict[int, list[tuple[Segment, Box]]]] = {}
    for segment in segments:
        if segment.page is not None and segment.box is not None:
            rows.setdefault(segment.page, {}).setdefault(segment.line, []).append((segment, segment.box))
    moved: dict[int, Segment] = {}
    for page in rows.values():
        boxes = [[box for _, box in row] for row in page.values() if len(row) > 1]
        lie = _lie_of(boxes)
        for segment, box in (each for row in page.values() for each in row) if lie is not None else ():
            middle, slope, change = lie or (0.0, 0.0, 0.0)
            right = (box[0] + box[2]) / 2 - middle
            high = (box[1] + box[3]) / 2
            up = (high - slope * right) / (1 + change * right) - high
            moved[segment.number] = replace(segment, box=(box[0], box[1] + up, box[2], box[3] + up))
    return tuple(moved.get(segment.number, segment) for segment in segments)


def _lie_of(rows: Sequence[Sequence[Box]]) -> tuple[float, float, float] | None:
    """(x at which a row is on its level, slope of a row at the top of the page, its change down the page); None: the rows are level."""
    if len(rows) < _LEAST_ROWS:
        return None
    middle = median((box[0] + box[2]) / 2 for row in rows for box in row)
    height = median(box[3] - box[1] for row in rows for box in row)
    told = []
    for row in rows:
        (x1, y1), (x2, y2) = (((box[0] + box[2]) / 2, (box[1] + box[3]) / 2) for box in (row[0], row[-1]))
        if x2 - x1 > 4 * height:
            slope = (y2 - y1) / (x2 - x1)
            told.append((y1 + slope * (middle - x1), slope, x2 - x1))
    if len(told) < _LEAST_ROWS:
        return None
    told = told[:: 1 + len(told) // _MOST_ROWS]
    reach = max(high for high, _, _ in told) - min(high for high, _, _ in told)
    changes = [(b[1] - a[1]) / (b[0] - a[0]) for a, b in combinations(told, 2) if abs(b[0] - a[0]) > reach / 4]
    change = median(changes) if len(changes) >= _LEAST_ROWS else 0.0
    slope = median(each - change * high for high, each, _ in told)
    off = median(abs(slope + change * high) * wide for high, _, wide in told)
    return (middle, slope, change) if off > _ASKEW * height else None


def _top(segment: Segment) -> float:
    return segment.box[1] if segment.box else 0.0


def _height(words: tuple[Word, ...]) -> float:
    """The height of the middle word of a line by height."""
    heights = sorted(word.place.box[3] - word.place.box[1] for word in words if isinstance(word.place, PageBox))
    return heights[len(heights) // 2] if heights else 0.0


def _hull(words: tuple[Word, ...]) -> tuple[int | None, Box | None]:
    boxes = [word.place.box for word in words if isinstance(word.place, PageBox)]
    if len(boxes) < len(words) or not boxes:
        return None, None
    place = words[0].place
    return (place.page, hull(*boxes)) if isinstance(place, PageBox) else (None, None)
