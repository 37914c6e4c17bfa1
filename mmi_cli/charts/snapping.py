"""Scales made exact: labels tell the values, tick marks and grid lines beside them tell the pixel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..datamodel.boxes import hull
from ..datamodel.figure import Box
from .ink import Ink
from .scales import Scale, fitted

if TYPE_CHECKING:
    from numpy.typing import NDArray

_REACH = 3.5
"""Pixels from the middle of a label to its tick."""
_DRAWN = 18


def snapped(scale: Scale, ink: Ink, plot: Box) -> Scale:
    """The scale through the tick marks and grid lines next to its labels; the same scale where there are none."""
    drawn = ink.distance > _DRAWN if scale.is_vertical else (ink.distance > _DRAWN).T
    labels = hull(*(tick[2].box for tick in scale.ticks))
    across = (labels[0], labels[2]) if scale.is_vertical else (labels[1], labels[3])
    inside = (plot[0], plot[2]) if scale.is_vertical else (plot[1], plot[3])
    strips: list[NDArray[np.float64]] = []
    if across[1] <= (inside[0] + inside[1]) / 2:
        bands = [(across[1] + 1, across[1] + 5), (across[1] + 3, across[1] + 9), inside]
    else:
        bands = [(across[0] - 5, across[0] - 1), (across[0] - 9, across[0] - 3), inside]
    for low, high in bands:
        part = drawn[:, max(0, int(low)) : max(0, int(high))]
        if part.shape[1] >= 3:
            strips.append(_sharpness(part.mean(axis=1)))
    if not strips:
        return _trimmed(scale)
    best = np.max(np.stack(strips), axis=0)
    points = []
    for at, value, text in scale.ticks:
        low, high = max(0, int(at - _REACH)), min(len(best), int(at + _REACH) + 1)
        window = best[low:high]
        if not window.size or window.max() < 0.3:
            continue
        near = window - 0.02 * np.abs(np.arange(low, high) + 0.5 - at)
        row = low + int(near.argmax())
        # A tick of two rows lies between them.
        first, last = max(0, row - 1), min(len(best), row + 2)
        weights = np.clip(best[first:last], 0, None) ** 2
        middle = float((weights * (np.arange(first, last) + 0.5)).sum() / weights.sum())
        points.append((middle, float(np.log10(value)) if scale.is_log else value, text))
    if len(points) < max(3, 0.5 * len(scale.ticks)):
        return _trimmed(scale)
    exact = fitted(points, scale.is_log, scale.is_vertical, scale.kind)
    while exact is not None and exact.residual > 1.2 and len(points) > max(3, 0.5 * len(scale.ticks)):
        worst = max(points, key=lambda p: abs((p[1] - exact.offset) / exact.slope - p[0]))  # type: ignore[union-attr]
        points.remove(worst)
        exact = fitted(points, scale.is_log, scale.is_vertical, scale.kind)
    rough = _trimmed(scale)
    if exact is None or exact.residual > max(1.2, rough.residual):
        return rough
    return _with_ticks(exact, scale, is_exact=True)


def ruled_right(ink: Ink, plot: Box) -> float | None:
    """Column where the long level lines of a plot end: grid lines, the axis, its frame."""
    drawn = ink.distance > 8
    x0, y0, x1, y1 = (int(v) for v in plot)
    part = drawn[max(0, y0) : y1, max(0, x0) : x1]
    if part.shape[1] < 40:
        return None
    ends = []
    filled = part.sum(axis=1)
    for number, row in enumerate(part):
        columns = np.flatnonzero(row)
        around = min(filled[max(0, number - 5)], filled[min(len(filled) - 1, number + 5)])
        if len(columns) < 0.35 * part.shape[1] or around > 0.6 * len(columns):  # a line is thin, bars are not
            continue
        runs = np.split(columns, np.flatnonzero(np.diff(columns) > 3) + 1)
        longest = max(runs, key=len)
        if len(longest) >= 0.35 * part.shape[1]:
            ends.append(int(longest[-1]) + 1)
    if len(ends) < 4:
        return None
    usual = int(np.median(ends))
    return float(max(0, x0) + usual) if sum(abs(end - usual) <= 2 for end in ends) >= 0.6 * len(ends) else None


def _sharpness(profile: NDArray[np.float64]) -> NDArray[np.float64]:
    """How much a row stands out from those two away."""
    padded = np.pad(profile, 3, mode="edge")
    around = np.maximum(padded[: len(profile)], padded[6:])
    near = np.minimum(padded[1 : 1 + len(profile)], padded[5 : 5 + len(profile)])
    return np.asarray(profile - np.minimum(around, np.maximum(near, around)))


def _trimmed(scale: Scale) -> Scale:
    """The fit without the labels that lie off it, whose boxes are cut badly."""
    points = [(at, float(np.log10(value)) if scale.is_log else value, text) for at, value, text in scale.ticks]
    best: Scale = scale
    while best.residual > 0.8 and len(points) > max(3, 0.6 * len(scale.ticks)):
        worst = max(points, key=lambda p: abs((p[1] - best.offset) / best.slope - p[0]))
        points.remove(worst)
        better = fitted(points, scale.is_log, scale.is_vertical, scale.kind)
        if better is None:
            break
        best = better
    return _with_ticks(best, scale)


def _with_ticks(exact: Scale, scale: Scale, *, is_exact: bool = False) -> Scale:
    """All labels stay known as ticks, at the places where the exact scale has them."""
    from dataclasses import replace

    ticks = tuple((exact.position(value), value, text) for _, value, text in scale.ticks)
    return replace(exact, ticks=ticks, is_exact=is_exact)
