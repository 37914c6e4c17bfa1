"""Points of a scatter chart: small pieces of one colour, filled or hollow; those that touch are taken apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

from ..datamodel.figure import Box
from .bar_reading import Measured, Table, neat, rounded, series_name
from .frame import Frame
from .legends import Entry
from .line_reading import axis_names
from .scales import Scale, iso_day
from .strokes import Stroke

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Dot(NamedTuple):
    x: float
    y: float
    box: Box
    is_split: bool


def find_dots(stroke: Stroke, plot: Box) -> list[Dot] | None:
    """The points of one colour; None where it is no such thing (a line, a grid, some letters)."""
    mask = (stroke.share > 0.35).astype(np.uint8)
    # A ring is one point, with what is inside of it.
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = np.zeros_like(mask)
    cv2.drawContours(filled, outlines, -1, 1, cv2.FILLED)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(filled, connectivity=8)
    pieces = [(i, *map(int, row)) for i, row in enumerate(stats.tolist()) if i and row[4] >= 6]
    if not pieces:
        return None
    sizes = sorted(max(w, h) for _, _, _, w, h, _ in pieces)
    usual = sizes[int(0.4 * len(sizes))]
    most = 0.12 * max(plot[2] - plot[0], plot[3] - plot[1])
    if usual < 3 or usual > max(most, 8):
        return None
    dots: list[Dot] = []
    odd = 0
    for index, x, y, w, h, area in pieces:
        if max(w, h) < 0.55 * usual:
            continue
        if max(w, h) <= 1.3 * usual and min(w, h) >= 0.6 * usual:
            if area < 0.55 * w * h:
                odd += 1
            dots.append(Dot(x + w / 2, y + h / 2, (x, y, x + w, y + h), False))
        elif max(w, h) <= 6 * usual:
            split = _apart(labels[y : y + h, x : x + w] == index, usual)
            if not split:
                odd += 1
            dots += [
                Dot(
                    x + cx,
                    y + cy,
                    (x + cx - usual / 2, y + cy - usual / 2, x + cx + usual / 2, y + cy + usual / 2),
                    True,
                )
                for cx, cy in split
            ]
        else:
            return None
    return dots if dots and odd <= 0.34 * len(dots) else None


def _apart(mask: NDArray[np.bool_], usual: int) -> list[tuple[float, float]]:
    """Middles of the disks of a usual size that make up a piece: the places farthest from its edge."""
    padded = np.pad(mask.astype(np.uint8), 1)
    distance = cv2.distanceTransform(padded, cv2.DIST_L2, 5)
    found: list[tuple[float, float]] = []
    for _ in range(8):
        at = int(distance.argmax())
        row, column = divmod(at, distance.shape[1])
        if distance[row, column] < 0.36 * usual:
            break
        found.append((column - 0.5, row - 0.5))
        cv2.circle(distance, (column, row), max(2, round(0.62 * usual)), 0.0, -1)
    return found


def read_dots(
    groups: Sequence[tuple[tuple[int, int, int], list[Dot]]], frame: Frame, legend: Sequence[Entry]
) -> Table | None:
    """A mark for each point; its x is a number, a date, or the nearest name."""
    scale = frame.y_scale
    names, used = axis_names(frame, legend)
    if frame.x_scale is None and not names and scale is None:
        return None
    many = len(legend) >= 2 or len(groups) > 1
    order = [entry.name for entry in legend]
    rows: list[tuple[int, list[Measured]]] = []
    for number, (colour, dots) in enumerate(groups):
        name = series_name(colour, legend)
        mine = []
        for dot in sorted(dots, key=lambda d: d.x):
            x = _x(dot, frame.x_scale, names)
            y = scale.value(dot.y) if scale else None
            if y is not None and scale:
                y = rounded(y, abs(scale.value(dot.y + 0.25) - y))
            mine.append(
                Measured(
                    series=(name or f"colour {number + 1}") if many else None, x=x, y=y, box=dot.box, measured=y,
                    size_px=abs(y / scale.slope) if scale and y is not None and not scale.is_log else 50.0,
                    x_score=0.4 if dot.is_split else 0.9,
                )
            )  # fmt: skip
        rows.append((order.index(name) if name in order else len(order), mine))
    rows.sort(key=lambda row: row[0])
    marks = [mark for _, mine in rows for mark in mine]
    ticks = [tick[2] for s in (frame.x_scale, frame.y_scale) if s for tick in s.ticks]
    return Table(
        marks=tuple(marks),
        used=(*used, *ticks, *(entry.text for entry in legend)),
        series=tuple(dict.fromkeys(mark.series for mark in marks if mark.series)),
        scale=scale,
        residual=scale.residual if scale else 0.0,
    )


def _x(dot: Dot, scale: Scale | None, names: Sequence[tuple[str, float, float]]) -> str | float | None:
    if scale is not None:
        value = scale.value(dot.x)
        if scale.kind == "date":
            return iso_day(value)
        return neat(value, 0.6 * abs(scale.slope)) if not scale.is_log else rounded(value, 0.01 * abs(value))
    near = min(names, key=lambda name: abs(name[1] - dot.x), default=None)
    return near[0] if near else None
