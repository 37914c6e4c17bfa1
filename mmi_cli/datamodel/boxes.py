"""Arithmetic of boxes: x0, y0, x1, y1, origin top left."""

from __future__ import annotations

from .figure import Box


def hull(*boxes: Box) -> Box:
    """The smallest box that holds all of them; there is at least one."""
    x0, y0, x1, y1 = zip(*boxes, strict=True)
    return min(x0), min(y0), max(x1), max(y1)


def gap(one: Box, other: Box) -> float:
    """How far two boxes are apart, in the direction in which they are; negative where they overlap."""
    return max(one[0] - other[2], other[0] - one[2], one[1] - other[3], other[1] - one[3])
