"""Lines by colour: the stroke of each colour in the plot, traced column by column to a part of a pixel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..datamodel.figure import Box
from .ink import Ink, colour_bins, components, saturation
from .patches import Patch
from .texts import Text

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MOST_STROKES = 8
_LEAST_SPAN = 0.1
"""Of the plot's width, that a line spans."""
_FAINT = 12
"""As of a grid."""
_CLEAR = 45
"""Difference from the ground from which a pixel is drawn on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stroke:
    """What is drawn in one colour with a thin pen."""

    colour: tuple[int, int, int]
    share: NDArray[np.float32]
    """How much of each pixel is of the colour, shape of the picture; 0 outside of the plot."""
    box: Box
    span: float
    """Of the plot's width, in [0, 1]: columns that hold some of it."""


def find_strokes(
    ink: Ink, plot: Box, patches: Sequence[Patch], texts: Sequence[Text], free: Sequence[Box]
) -> list[Stroke]:
    """Strokes in the plot, those with most pixels first; axes, grids and text are left out.

    Args:
        patches: filled areas, whose edges are no lines.
        free: boxes that are kept free, as the legend.
    """
    height, width = ink.distance.shape
    open_ = np.zeros((height, width), bool)
    x0, y0, x1, y1 = (round(v) for v in plot)
    open_[max(y0, 0) : y1, max(x0, 0) : x1] = True
    for box in [*(text.box for text in texts), *free]:
        open_[max(int(box[1]) - 1, 0) : int(box[3]) + 2, max(int(box[0]) - 1, 0) : int(box[2]) + 2] = False
    for index in {patch.colour for patch in patches if min(patch.width, patch.height) >= 12 and patch.area >= 150}:
        open_ &= ~_thick(ink.mask(ink.colours[index]))
    drawn = open_ & (ink.distance > _CLEAR)
    ruled = _ruled(open_ & (ink.distance > _FAINT), plot)
    drawn &= ~_ruled(drawn, plot)
    found: list[Stroke] = []
    left = drawn.copy()
    for _ in range(24):
        if int(left.sum()) < 20 or len(found) >= _MOST_STROKES:
            break
        colour = _usual(ink.pixels[left])
        share, is_blend = ink.blend(colour)
        mine = left & is_blend
        if not mine.any():
            break
        left &= ~(is_blend & (share > 0.1))
        everywhere = np.where(open_ & is_blend, share, 0).astype(np.float32)
        if saturation(colour) < 24:
            everywhere[_ruled(open_ & is_blend & (share > 0.3), plot)] = 0
        strong = everywhere > 0.45
        if 24 <= saturation(colour) < 60 and int((strong & ruled).sum()) > 0.6 * int(strong.sum()):
            continue  # a grid that shimmers
        columns = np.flatnonzero(strong.any(axis=0))
        if saturation(colour) < 24 and len(columns) and len(np.flatnonzero(strong.any(axis=1))) <= 2:
            continue
        if int(strong.sum()) < 12 or not len(columns):
            continue
        rows = np.flatnonzero(strong.any(axis=1))
        found.append(
            Stroke(
                colour=colour,
                share=everywhere,
                box=(float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1)),
                span=len(columns) / max(1.0, plot[2] - plot[0]),
            )
        )
    return found


def _thick(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """What of a colour is thicker than a line, and its edge."""
    import cv2

    core = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, np.ones((11, 11), np.uint8))
    return np.asarray(cv2.dilate(core, np.ones((5, 5), np.uint8)) > 0)


def _ruled(drawn: NDArray[np.bool_], plot: Box) -> NDArray[np.bool_]:
    """Pixels of rows and columns that are drawn on over most of the plot: axes and grids."""
    x0, y0, x1, y1 = (round(v) for v in plot)
    part = drawn[max(y0, 0) : y1, max(x0, 0) : x1]
    ruled = np.zeros_like(drawn)
    if not part.size:
        return ruled
    rows = part.mean(axis=1) > 0.5
    columns = part.mean(axis=0) > 0.5
    if rows.mean() < 0.3:
        ruled[max(y0, 0) : y1][rows] = True
    if columns.mean() < 0.3:
        ruled[:, max(x0, 0) : x1][:, columns] = True
    return ruled


def _usual(pixels: NDArray[np.int16]) -> tuple[int, int, int]:
    keys = colour_bins(pixels)
    best = int(np.bincount(keys, minlength=4096).argmax())
    colour = np.median(pixels[keys == best], axis=0)
    return int(colour[0]), int(colour[1]), int(colour[2])


def pieces_of(stroke: Stroke) -> list[Box]:
    """Boxes of the connected pieces of a stroke, those of a few pixels left out."""
    _, stats = components(stroke.share > 0.4)
    return [
        (float(x), float(y), float(x + w), float(y + h))
        for x, y, w, h, area in stats[1:].tolist()
        if area >= 5 or w * h >= 9
    ]


def trace(stroke: Stroke) -> NDArray[np.float32]:
    """Row of the line in each column of the picture (middle of a pixel is .5), NaN where there is none."""
    share = np.where(stroke.share > 0.25, stroke.share, 0)
    _height, width = share.shape
    path = np.full(width, np.nan, np.float32)
    before: float | None = None
    for column in range(int(stroke.box[0]), int(stroke.box[2])):
        values = share[:, column]
        rows = np.flatnonzero(values)
        if not len(rows):
            continue
        runs = np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1)
        runs = [run for run in runs if values[run].max() > 0.45] or runs
        if before is None:
            run = max(runs, key=lambda r: float(values[r].sum()))
        else:
            run = min(
                runs, key=lambda r: max(0.0, float(r[0]) - before, before - float(r[-1])) if before is not None else 0.0
            )
        weight = values[run]
        middle = float((weight * (run + 0.5)).sum() / weight.sum())
        path[column] = middle
        before = middle
    return path


def markers(stroke: Stroke) -> list[tuple[float, float, float]]:
    """(column, row, size) of the markers on a line, left to right: blots of one size that are thicker than it. Empty without them."""
    import cv2

    mask = (stroke.share > 0.4).astype(np.uint8)
    heights = mask.sum(axis=0)
    used = heights[heights > 0]
    if len(used) < 12:
        return []
    pen = int(np.percentile(used, 15))
    for size in (pen + 2, pen + 3, pen + 1):
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
        blots = cv2.morphologyEx(mask, cv2.MORPH_OPEN, kernel)
        _, stats = components(blots > 0)
        pieces = [(x, y, w, h, a) for x, y, w, h, a in stats[1:].tolist() if a >= 0.5 * w * h]
        if len(pieces) < 3:
            continue
        usual = sorted(max(p[2], p[3]) for p in pieces)[len(pieces) // 2]
        alike = [p for p in pieces if abs(p[2] - usual) <= 2 and abs(p[3] - usual) <= 2]
        covered = sum(p[2] for p in alike) / len(used)
        if len(alike) >= 3 and len(alike) >= 0.7 * len(pieces) and usual >= pen + 2 and covered < 0.75:
            return sorted((x + w / 2, y + h / 2, float(usual)) for x, y, w, h, _ in alike)
    return []


def is_smooth(path: NDArray[np.float32]) -> bool:
    """A drawn line goes on from column to column; what is left of grids and letters jumps."""
    steps = np.abs(np.diff(path))
    steps = steps[np.isfinite(steps)]
    if len(steps) < 8:
        return False
    bend = np.abs(np.diff(path, n=2))
    bend = bend[np.isfinite(bend)]
    return float((steps > 12).mean()) < 0.12 and float((bend > 3.0).mean()) < 0.22
