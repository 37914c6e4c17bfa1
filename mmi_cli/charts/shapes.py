"""Marks that are shapes of their own, told by their outline: disks in a row without a scale, short level dashes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..datamodel.figure import Box
from .ink import Ink, largest
from .patches import Patch
from .points import Dot
from .texts import Text

_LEAST_DISKS = 5
_LEAST_DASHES = 3
_THICKEST = 4.0
"""Of a dash, pixels."""
_IN_LINE = 1.6
"""Pixels by which the middles of disks on one line differ."""


def is_disk(patch: Patch) -> bool:
    """As wide as high, filled as a circle fills its box."""
    side = max(patch.width, patch.height)
    full = patch.area / max(1.0, patch.width * patch.height)
    return side >= 5 and abs(patch.width - patch.height) <= max(1.0, 0.12 * side) and 0.6 <= full <= 0.9


def has_row_of_disks(patches: Sequence[Patch], texts: Sequence[Text]) -> bool:
    """At least five disks on one line, of several sizes or colours; letters and the bullets of a list are none.

    Args:
        patches: without those of a legend.
    """
    disks = [p for p in patches if is_disk(p) and not any(_is_in(p.box, t.box) for t in texts)]
    for anchor in disks:
        for axis in (0, 1):
            middle = anchor.box[axis] + anchor.box[axis + 2]
            row = [p for p in disks if abs(p.box[axis] + p.box[axis + 2] - middle) <= 2 * _IN_LINE]
            sizes = sorted(p.width for p in row)
            if len(row) >= _LEAST_DISKS and (sizes[-1] > 1.3 * sizes[0] or len({p.colour for p in row}) >= 3):
                return True
    return False


def find_dashes(patches: Sequence[Patch], ink: Ink, plot: Box) -> dict[int, list[Dot]]:
    """Level strokes of one length, at several heights, by colour; none where they are on one line, as the dashes of a grid are."""
    flat = [
        p
        for p in patches
        if p.height <= _THICKEST
        and 8 <= p.width <= 0.2 * (plot[2] - plot[0])
        and p.width >= 3 * p.height
        and p.fill > 0.8
        and plot[0] - 2 <= p.box[0]
        and p.box[2] <= plot[2] + 2
        and plot[1] - 2 <= p.box[1] <= plot[3]
        and _is_alone(p, ink)
    ]
    if not flat:
        return {}
    usual = sorted(p.width for p in flat)[len(flat) // 2]
    alike = [p for p in flat if abs(p.width - usual) <= 1.5]
    rows = {round(p.box[1] / 2) for p in alike}
    places = {round(p.box[0] / 2) for p in alike}
    if len(alike) < max(_LEAST_DASHES, 0.7 * len(flat)) or len(rows) < _LEAST_DASHES or len(rows) * len(places) < 6:
        return {}
    found: dict[int, list[Dot]] = {}
    for p in alike:
        dot = Dot((p.box[0] + p.box[2]) / 2, (p.box[1] + p.box[3]) / 2, p.box, is_split=False)
        found.setdefault(p.colour, []).append(dot)
    return found


def _is_alone(patch: Patch, ink: Ink) -> bool:
    """Nothing of its colour goes on at its ends, as where it is a level piece of a line."""
    x0, y0, x1, y1 = (int(v) for v in patch.box)
    rows = slice(max(y0 - 3, 0), y1 + 3)
    ends = np.concatenate(
        [ink.pixels[rows, max(x0 - 4, 0) : max(x0 - 1, 0)], ink.pixels[rows, x1 + 1 : x1 + 4]], axis=1
    )
    colour = np.array(ink.colours[patch.colour], np.int16)
    return not bool((largest(np.abs(ends - colour)) <= 30).any()) if ends.size else True


def _is_in(inner: Box, outer: Box) -> bool:
    x, y = (inner[0] + inner[2]) / 2, (inner[1] + inner[3]) / 2
    return outer[0] <= x <= outer[2] and outer[1] <= y <= outer[3] and inner[2] - inner[0] <= outer[2] - outer[0]
