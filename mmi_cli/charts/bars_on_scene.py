"""Which patches of a picture are bars, and whether they mean something: a scale or printed values, and names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..datamodel.figure import Box
from .bar_reading import Table
from .bars import Bars, find_bars
from .ink import Ink
from .patches import Patch, split_stairs
from .scales import Scale
from .scene import Scene

if TYPE_CHECKING:
    from numpy.typing import NDArray

_CELL_COLOURS = 7


def bars_of(scene: Scene) -> Bars | None:
    """The patches of the plot that stand side by side as bars do; None where there are none."""
    frame, ink = scene.frame, scene.ink
    words = list(frame.texts)
    candidates = []
    masks: dict[int, NDArray[np.bool_]] = {}
    for patch in scene.patches:
        if any(_covers(t.box, patch.box) for t in words):
            continue
        x, y = (patch.box[0] + patch.box[2]) / 2, (patch.box[1] + patch.box[3]) / 2
        if not (scene.plot[0] - 6 <= x <= scene.plot[2] + 6 and scene.plot[1] - 6 <= y <= scene.plot[3] + 6):
            continue
        if patch.width > 0.97 * frame.width or patch.height > 0.97 * frame.height:
            continue
        if is_faint(ink, patch) and (
            min(patch.width, patch.height) < 7 or patch.area < 0.6 * patch.width * patch.height
        ):
            continue
        if not patch.is_rectangle and patch.area >= 60:
            if patch.colour not in masks:
                masks[patch.colour] = ink.mask(ink.colours[patch.colour])
            candidates += split_stairs(patch, masks[patch.colour])
        else:
            candidates.append(patch)
    prefers = None if bool(frame.x_scale) == bool(frame.y_scale) else frame.x_scale is not None
    return find_bars(candidates, prefers_horizontal=prefers)


def is_bar_chart(bars: Bars, table: Table, scene: Scene) -> bool:
    """Bars mean something: they have a scale or printed values, and names; single blocks of colour do not."""
    measured = [m for m in table.marks if m.y is not None]
    named = [m for m in table.marks if m.x is not None]
    value_scale = scene.frame.x_scale if bars.is_horizontal else scene.frame.y_scale
    stands = value_scale is not None and _stands_on(bars, value_scale)
    if value_scale is not None and not stands and not bars.is_stacked:
        return False
    if len(measured) < 2 or (len(named) < 0.4 * len(table.marks) and not (stands and len(measured) >= 4)):
        return False
    if table.scale is None and sum(m.y_text is not None for m in measured) < 2:
        return False
    if is_grid(bars, scene) or _leaves_out(bars, scene):
        return False
    sizes = sorted(bars.place(p)[1] - bars.place(p)[0] for p in bars.patches)
    middle = sizes[len(sizes) // 2]
    even = sum(abs(size - middle) <= max(2.0, 0.2 * middle) for size in sizes) / len(sizes)
    plot = scene.plot
    share = area_of(bars) / max(1.0, (plot[2] - plot[0]) * (plot[3] - plot[1]))
    if value_scale is not None and value_scale.kind != "number":
        return False
    return (even >= 0.6 or (value_scale is not None and len(sizes) >= 3)) and share >= 0.01 and middle >= 3


def is_grid(bars: Bars, scene: Scene) -> bool:
    """Cells of a heat map: stacks of many colours that no legend names."""
    return bars.is_stacked and len(scene.legend) < 2 and len({p.colour for p in bars.patches}) >= _CELL_COLOURS


def area_of(bars: Bars) -> int:
    return sum(patch.area for patch in bars.patches)


def is_faint(ink: Ink, patch: Patch) -> bool:
    """As pale as a grid is drawn."""
    colour = ink.colours[patch.colour]
    return max(colour) - min(colour) < 14 and int(np.abs(np.array(colour) - ink.ground).max()) < 60


def _covers(outer: Box, inner: Box) -> bool:
    return (
        outer[0] - 1 <= inner[0] and outer[1] - 1 <= inner[1] and outer[2] + 1 >= inner[2] and outer[3] + 1 >= inner[3]
    )


def _stands_on(bars: Bars, scale: Scale) -> bool:
    """Bars begin at zero, or where the scale ends; boxes begin between."""
    if scale.is_log:
        return True
    low, high = scale.bounds
    base = scale.value(bars.baseline)
    reach = abs(scale.value(high) - scale.value(low))
    beyond = 0.04 * (high - low)
    return abs(base) <= 0.04 * reach or not low + beyond < bars.baseline < high - beyond


def _leaves_out(bars: Bars, scene: Scene) -> bool:
    """As many rectangles of the same colours float, at different heights, as stand: boxes of a box plot, not bars."""
    taken = {p.box for p in bars.patches}
    colours = {p.colour for p in bars.patches}
    areas = sorted(p.area for p in bars.patches)
    least = 0.3 * areas[len(areas) // 2]
    floating = [
        p for p in scene.patches if p.box not in taken and p.colour in colours and p.is_rectangle and p.area >= least
    ]
    if bars.is_stacked or len(floating) < 0.8 * len(bars.patches):
        return False
    ends = [
        edge
        for p in floating
        for edge in (round(p.box[1]), round(p.box[3]), *((round(p.box[0]),) if bars.is_horizontal else ()))
    ]
    most = max(sum(abs(edge - other) <= 2 for other in ends) for edge in ends)
    return bool(most < 0.6 * len(floating))
