"""Where a label says that a value stands, and whether the evidence of a record lies there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from ..datamodel.content import Box

LabelUnit = Literal["record", "pt", "px", "inch", "share", "service"]
"""`record`: that of the record; `share`: of the page's width and height; `service`: inches where the record has points, else pixels."""

POINTS_PER_INCH = 72.0
COVERED = 0.5
"""Share of a piece of evidence that must lie in labelled places: a labelled box may be tighter than that of the reader."""
TIME_SLACK_S = 0.25
"""Two people do not mark the beginning of a word closer than this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A page, a box on it, or a stretch of time."""

    page: int | None = None
    box: Box | None = None
    unit: LabelUnit = "record"
    start_s: float | None = None
    end_s: float | None = None

    def box_in(self, unit: str | None, page_size: Sequence[float] | None) -> Box | None:
        """The box in the unit of a piece of evidence; None when the two cannot be compared."""
        if self.box is None:
            return None
        if self.unit == "share":
            if page_size is None:
                return None
            width, height = page_size
            return (self.box[0] * width, self.box[1] * height, self.box[2] * width, self.box[3] * height)
        is_in_inches = self.unit == "inch" or (self.unit == "service" and unit == "pt")
        if is_in_inches:
            return _times(self.box, POINTS_PER_INCH) if unit == "pt" else None
        return self.box if self.unit in ("record", "service", unit) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """How the evidence of a value lies to the labelled places."""

    kind: Literal["box", "time"]
    is_on_place: bool
    """Each piece of it lies, for its greater part, in labelled places."""
    iou: float | None
    """Intersection over union of all its boxes, or stretches, with the labelled ones; None for a label that names only a page."""


def overlap_of(evidence: Sequence[Mapping[str, Any]], places: Sequence[Place]) -> Overlap | None:
    """Holds the evidence of one value against its labelled places; None when there is nothing to compare."""
    stretches = [(place.start_s, place.end_s) for place in places if place.start_s is not None]
    if stretches:
        return _in_time(evidence, [(start, end if end is not None else start) for start, end in stretches])
    if not any(place.page is not None or place.box is not None for place in places):
        return None
    if any("box" not in piece for piece in evidence):
        return None  # found in a cell, a paragraph, a recording: no place that a box can be held against
    return _on_pages(evidence, places)


def _on_pages(evidence: Sequence[Mapping[str, Any]], places: Sequence[Place]) -> Overlap | None:
    of_pages = [place.page for place in places if place.box is None]
    boxes: list[tuple[int | None, Box]] = []
    common, own, is_on_place = 0.0, 0.0, bool(evidence)
    for piece in evidence:
        page, box = piece.get("page"), _box(piece["box"])
        size = _area(box)
        labelled = [
            (place.page, converted)
            for place in places
            if place.box is not None and (converted := place.box_in(piece.get("unit"), piece.get("page_size"))) is not None
        ]  # fmt: skip
        if not labelled and not of_pages:
            return None
        boxes = labelled or boxes
        inside = sum(_area(_cut(box, other)) for on_page, other in labelled if on_page in (None, page))
        own += size
        common += min(inside, size)
        is_on_place = is_on_place and (page in of_pages or (inside >= COVERED * size if size else False))
    known = sum(_area(box) for _, box in boxes)
    total = own + known - common
    return Overlap(kind="box", is_on_place=is_on_place, iou=common / total if boxes and total > 0 else None)


def _in_time(evidence: Sequence[Mapping[str, Any]], stretches: list[tuple[float, Any]]) -> Overlap | None:
    if any("start_s" not in piece for piece in evidence):
        return None
    common, own, is_on_place = 0.0, 0.0, bool(evidence)
    for piece in evidence:
        start, end = piece["start_s"], piece["end_s"]
        own += end - start
        common += sum(max(0.0, min(end, until) - max(start, since)) for since, until in stretches)
        near = sum(
            max(0.0, min(end, until + TIME_SLACK_S) - max(start, since - TIME_SLACK_S)) for since, until in stretches
        )
        is_on_place = is_on_place and near >= COVERED * (end - start) and near > 0
    known = sum(until - since for since, until in stretches)
    total = own + known - common
    return Overlap(kind="time", is_on_place=is_on_place, iou=common / total if known > 0 and total > 0 else None)


_SOURCE = re.compile(r"\s*(D|AV)\(\s*([-+\d.eE,\s]*)\)\s*")


def places_of_source(text: str, unit: LabelUnit = "service") -> tuple[Place, ...]:
    """`D(page,x1,y1,…)` and `AV(time_ms[,x,y,w,h])`, several joined by `;`.

    Raises:
        ValueError: it is none.
    """
    found = []
    for part in text.split(";"):
        match = _SOURCE.fullmatch(part)
        if match is None:
            raise ValueError(f"{part!r} is no D(page,x1,y1,…) and no AV(time_ms)")
        numbers = [float(number) for number in match[2].split(",")]
        if match[1] == "AV":
            found.append(Place(start_s=numbers[0] / 1000, end_s=numbers[0] / 1000))
        else:
            found.append(Place(page=int(numbers[0]), box=hull(numbers[1:]), unit=unit))
    return tuple(found)


def hull(polygon: Sequence[float]) -> Box | None:
    """The upright box around x1,y1,x2,y2,…; None for no point.

    Raises:
        ValueError: an odd number of numbers.
    """
    if len(polygon) % 2 or len(polygon) == 2:
        raise ValueError("a polygon is pairs of x and y")
    if not polygon:
        return None
    across, down = polygon[::2], polygon[1::2]
    return (min(across), min(down), max(across), max(down))


def in_shares(places: Iterable[Place]) -> bool:
    """Whether boxes that a service wrote are shares of the page: converters write them so, and a page has more than one inch or pixel."""
    boxes = [place.box for place in places if place.box is not None]
    return bool(boxes) and all(max(box) <= 1 for box in boxes)


def _box(value: Sequence[float]) -> Box:
    x0, y0, x1, y1 = value
    return (x0, y0, x1, y1)


def _times(box: Box, factor: float) -> Box:
    return (box[0] * factor, box[1] * factor, box[2] * factor, box[3] * factor)


def _cut(a: Box, b: Box) -> Box:
    return (max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3]))


def _area(box: Box) -> float:
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])
