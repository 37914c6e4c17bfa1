"""Charts of lines and points, and charts with an axis along which nothing can be read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..datamodel.boxes import hull
from ..datamodel.figure import Box, Chart
from .blobs import by_colour, round_blobs
from .building import build, unread
from .frame import Frame
from .ink import saturation
from .legends import Entry, matched
from .line_reading import read_lines
from .points import Dot, find_dots, read_dots
from .scene import Scene, scales_of
from .shapes import find_dashes, has_row_of_disks
from .strokes import Stroke, find_strokes, is_smooth, pieces_of, trace

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LEAST_BLOBS = 3
_SHORT = 0.35
"""Of the plot's width: a line whose longest piece is shorter is one only where there are no points."""


def thin_chart(scene: Scene) -> Chart | None:
    """Lines and points; a chart without a table where there is an axis with its ticks but nothing that could be read along it."""
    plot, frame = scene.plot, scene.frame
    free = [entry.swatch for entry in scene.legend]
    scales = scales_of(frame)
    sure = [s for s in scales if len(s.ticks) >= (4 if s.is_exact else 5) and s.residual < 1.3]
    if sure and frame.y_scale is not None and (dashes := find_dashes(scene.patches, scene.ink, plot)):
        groups = [(scene.ink.colours[index], each) for index, each in dashes.items()]
        if (table := read_dots(groups, frame, scene.legend)) is not None:
            return build("scatter", table, frame)
    if not sure and not (len(scales) == 2 and any(scale.is_exact for scale in scales)):
        is_scatter = has_row_of_disks(scene.patches, frame.texts) or _are_points(scene)
        return unread("scatter", frame, plot) if is_scatter else None
    strokes = find_strokes(scene.ink, plot, scene.patches, frame.texts, free)
    legend: Sequence[Entry] = scene.legend
    if legend:
        legend = matched(legend, scene.ink, [s.colour for s in strokes])
        named = {entry.colour for entry in legend}
        strokes = [s for s in strokes if s.colour in named] or strokes
    lines: list[Stroke] = []
    widest = 0.0
    dots: list[tuple[tuple[int, int, int], list[Dot]]] = []
    for stroke in strokes:
        if saturation(stroke.colour) < 24 and all(p[3] - p[1] <= 2 for p in pieces_of(stroke)):
            continue  # ticks, and what is left of an axis
        longest = max((p[2] - p[0] for p in pieces_of(stroke)), default=0.0)
        found = find_dots(stroke, plot)
        if found is not None and len(found) >= 2 and longest < 0.3 * (plot[2] - plot[0]):
            dots.append((stroke.colour, found))
        elif (
            longest >= 0.1 * (plot[2] - plot[0])
            and is_smooth(path := trace(stroke))
            and (saturation(stroke.colour) >= 24 or _is_on_scale(path, frame))
        ):
            lines.append(stroke)
            widest = max(widest, longest)
    blobs = round_blobs(scene.ink, plot, frame.texts, free) if widest < _SHORT * (plot[2] - plot[0]) else []
    if len(blobs) > _LEAST_BLOBS:
        lines = []  # pieces of letters and grids between points
    if lines and (table := read_lines(lines, frame, legend)) is not None and len(table.marks) >= 2:
        return build("line", table, frame)
    if len(blobs) >= _LEAST_BLOBS and len(blobs) > sum(len(found) for _, found in dots):
        dots = by_colour(blobs, scene.ink)
    if dots and (table := read_dots(dots, frame, legend)) is not None:
        return build("scatter", table, frame)
    if len(blobs) >= _LEAST_BLOBS:
        return unread("scatter", frame, plot)
    clear = [s for s in sure if s.is_exact and len(s.ticks) >= 5 and s.residual < 0.7]
    if (len(sure) == 2 and clear) or (clear and strokes):
        return unread("line" if lines else "scatter" if dots else "other", frame, plot)
    is_scatter = has_row_of_disks(scene.patches, frame.texts) or _are_points(scene)
    return unread("scatter", frame, plot) if is_scatter else None


def _are_points(scene: Scene) -> bool:
    """Many round marks beside a column or a row of names or numbers, where no scale could be made of them."""
    whole: Box = (0.0, 0.0, float(scene.frame.width), float(scene.frame.height))
    blobs = round_blobs(scene.ink, whole, scene.frame.texts, [entry.swatch for entry in scene.legend])
    if len(blobs) < _LEAST_BLOBS + 1 or len(scene.frame.texts) > 4 * len(blobs) + 20:
        return False
    around = hull(*(dot.box for dot in blobs))
    beside = [t for t in scene.frame.texts if t.box[2] <= around[0] + 4 or t.box[1] >= around[3] - 4]
    columns = len({round(dot.x / 4) for dot in blobs}), len({round(dot.y / 4) for dot in blobs})
    return len(beside) >= 3 and max(columns) >= 3 and len({dot.box[1] for dot in blobs}) >= 3


def _is_on_scale(path: NDArray[np.float32], frame: Frame) -> bool:
    """A line keeps to what its axis shows; the line of the axis itself and its ticks do not."""
    if frame.y_scale is None:
        return True
    rows = path[np.isfinite(path)]
    low, high = frame.y_scale.bounds
    slack = max(3.0, 0.6 * (high - low) / max(1, len(frame.y_scale.ticks) - 1))
    outside = float(((rows < low - slack) | (rows > high + slack)).mean())
    on_edge = float(((np.abs(rows - low) < 1.6) | (np.abs(rows - high) < 1.6)).mean())
    return outside < 0.25 and outside + on_edge < 0.9
