"""Where a traced line bends, and its height at a place, from the straight pieces on both sides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BEND = 1.3
"""Pixels that a line may leave the straight way between two vertices."""


def bends(path: NDArray[np.float32], tolerance: float = _BEND) -> list[float]:
    """Columns of the vertices of a path, its ends included, left to right (Douglas and Peucker)."""
    columns = np.flatnonzero(~np.isnan(path))
    if len(columns) < 2:
        return []
    kept = {0, len(columns) - 1}
    stack = [(0, len(columns) - 1)]
    while stack:
        first, last = stack.pop()
        if last - first < 3:
            continue
        xs, ys = columns[first : last + 1].astype(float), path[columns[first : last + 1]].astype(float)
        run, rise = xs[-1] - xs[0], ys[-1] - ys[0]
        away = np.abs((xs - xs[0]) * rise - (ys - ys[0]) * run) / max(np.hypot(run, rise), 1e-6)
        at = int(away.argmax())
        if away[at] > tolerance:
            kept.add(first + at)
            stack += [(first, first + at), (first + at, last)]
    return [float(columns[i]) + 0.5 for i in sorted(kept)]


def heights(path: NDArray[np.float32], places: Sequence[float], thickness: float) -> list[float | None]:
    """Row of the line at each column of `places`, taken from the pieces to the left and right of it; None where there is no line."""
    answer: list[float | None] = []
    margin = max(1.0, 0.6 * thickness)
    for number, place in enumerate(places):
        before = places[number - 1] if number else place - 40
        after = places[number + 1] if number + 1 < len(places) else place + 40
        sides = [
            guess
            for low, high in (
                (max(before, place - 60) + margin, place - margin),
                (place + margin, min(after, place + 60) - margin),
            )
            if (guess := _ahead(path, low, high, place)) is not None
        ]
        near = path[max(0, int(place - 2)) : int(place + 3)]
        here = float(np.nanmedian(near)) if near.size and not np.isnan(near).all() else None
        if not sides:
            answer.append(here)
        elif here is None:
            reach = int(max(5.0, 1.5 * thickness))  # a marker covers its line
            gap = path[max(0, int(place) - reach) : int(place) + reach + 1]
            answer.append(
                sum(sides) / len(sides)
                if (len(sides) == 2 and abs(sides[0] - sides[1]) < 6) or np.isfinite(gap).any()
                else None
            )
        elif len(sides) == 2 and abs(sides[0] - sides[1]) > 8 + 0.1 * abs(sides[0] - here):
            answer.append(min(sides, key=lambda side: abs(side - (here or 0.0))))
        else:
            answer.append(sum(sides) / len(sides))
    return answer


def _ahead(path: NDArray[np.float32], low: float, high: float, place: float) -> float | None:
    """A straight line through the path from `low` to `high`, at `place`."""
    first, last = max(0, int(np.ceil(low))), min(len(path), int(np.floor(high)) + 1)
    xs = np.arange(first, last)
    if not len(xs):
        return None
    ys = path[first:last]
    usable = ~np.isnan(ys)
    if usable.sum() < 4 or usable.mean() < 0.5:
        return None
    at, ys = xs[usable] + 0.5 - place, ys[usable].astype(float)
    slope, offset = np.polyfit(at, ys, 1)
    away = np.abs(ys - (slope * at + offset))
    limit = max(1.0, 2.5 * float(np.median(away)))
    if (away <= limit).sum() >= 4:
        slope, offset = np.polyfit(at[away <= limit], ys[away <= limit], 1)
    return float(offset)
