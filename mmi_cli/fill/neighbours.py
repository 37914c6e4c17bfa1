"""What stands around a segment of a page: left of it, right of it, above, below; looked up once a segment."""

from __future__ import annotations

from bisect import bisect_left

from .reading import Reading
from .segments import Segment

_REACH_ABOVE = 3.2
"""How far above a value its heading may stand, in heights of the value, from edge to edge."""
_SAME_ROW = 0.5


class Neighbours:
    """The neighbours of the segments of one reading."""

    def __init__(self, reading: Reading) -> None:
        self._segments = reading.segments
        self._pages: dict[int, list[Segment]] = {}
        for segment in reading.segments.all:
            if segment.page is not None:
                self._pages.setdefault(segment.page, []).append(segment)
        for page in self._pages.values():
            page.sort(key=_top)
        self._tops = {number: [_top(segment) for segment in page] for number, page in self._pages.items()}
        self._left: dict[int, Segment | None] = {}
        self._above: dict[int, tuple[Segment, ...]] = {}
        self._below: dict[int, Segment | None] = {}
        self._right: dict[int, Segment | None] = {}

    def left(self, segment: Segment) -> Segment | None:
        """The nearest segment before it in its row."""
        if segment.number not in self._left:
            self._left[segment.number] = self._find_left(segment)
        return self._left[segment.number]

    def right(self, segment: Segment) -> Segment | None:
        """The nearest segment behind it in its row."""
        if segment.number not in self._right:
            found = self._segments.right_of(segment)
            self._right[segment.number] = found[0] if found else None
        return self._right[segment.number]

    def above(self, segment: Segment) -> tuple[Segment, ...]:
        """At most two segments over it, the nearest first."""
        if segment.number not in self._above:
            self._above[segment.number] = self._find_above(segment)
        return self._above[segment.number]

    def below(self, segment: Segment) -> Segment | None:
        """The nearest segment under it."""
        if segment.number not in self._below:
            self._below[segment.number] = next(iter(self._segments.below(segment)), None)
        return self._below[segment.number]

    def _find_left(self, segment: Segment) -> Segment | None:
        if segment.box is None or segment.page is None:
            before = self._segments.all[segment.number - 1] if segment.number else None
            return before if before is not None and before.line == segment.line else None
        left, top, _, bottom = segment.box
        height = max(1e-6, bottom - top)
        best: Segment | None = None
        for other in self._between(segment.page, top - height, bottom):
            box = other.box
            if box is None or other.number == segment.number or box[2] > left + 0.2 * height:
                continue
            shared = min(bottom, box[3]) - max(top, box[1])
            is_beside = shared > _SAME_ROW * min(height, box[3] - box[1])
            if is_beside and (best is None or best.box is None or box[2] > best.box[2]):
                best = other
        return best

    def _find_above(self, segment: Segment) -> tuple[Segment, ...]:
        if segment.box is None or segment.page is None:
            return self._lines_above(segment)
        left, top, right, bottom = segment.box
        height = max(1e-6, bottom - top)
        found = []
        for other in self._between(segment.page, top - (_REACH_ABOVE + 1.5) * height, top):
            box = other.box
            if box is None or other.number == segment.number or box[3] > top + 0.35 * height:
                continue
            shared = min(right, box[2]) - max(left, box[0])
            if shared > 0.25 * min(right - left, box[2] - box[0]) and top - box[3] < _REACH_ABOVE * height:
                found.append((round((top - box[3]) / height, 1), abs(box[0] - left), other.number, other))
        return tuple(other for *_, other in sorted(found, key=lambda item: item[:3])[:2])

    def _lines_above(self, segment: Segment) -> tuple[Segment, ...]:
        """Without places: the first segments of the lines before."""
        out: list[Segment] = []
        at = segment.number - 1
        while at >= 0 and len(out) < 2:
            other = self._segments.all[at]
            if other.line != segment.line and (at == 0 or self._segments.all[at - 1].line != other.line):
                out.append(other)
            at -= 1
        return tuple(out)

    def _between(self, page: int, top: float, bottom: float) -> list[Segment]:
        tops = self._tops[page]
        return self._pages[page][bisect_left(tops, top) : bisect_left(tops, bottom)]


def _top(segment: Segment) -> float:
    return segment.box[1] if segment.box else 0.0
