"""Figures on the picture of a page: large regions of ink that are no words, no rules and no shadow of the scanner."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..datamodel.figure import Box

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SIDE = 1000  # pixels of the longer side at which regions are looked for
_INK = 45  # levels of grey apart from the paper
_COLOUR = 50  # levels between the strongest and the weakest of red, green and blue
_JOIN = 9  # pixels across which strokes of one drawing are joined
_LEAST_SIDE = 0.07  # of the longer side of the page
_LEAST_SHARE = 0.012  # of the page
_MOST_SHARE = 0.8  # of the page: the page itself
_MAX_TEXT = 0.22  # of a region under words
_LEAST_INK = 0.02  # of a region
_LEAST_DRAWN = 0.3  # of its ink is no long rule: tables and forms have less
_RULE = 0.05  # of the longer side; a thin run of ink as long is a rule
_SOLID = 0.6  # of a region: a photo; drawings leave more paper
_THICK = 5  # pixels; what is thicker is no rule


class Region(NamedTuple):
    """A figure on the picture of a page."""

    box: Box
    is_solid: bool
    """Most of it is ink: a photo, no drawing."""


def find_regions(pixels: NDArray[np.uint8], words: Sequence[Box]) -> list[Region]:
    """Figures with boxes in pixels, top to bottom.

    Args:
        pixels: the page, upright: RGB, shape (height, width, 3), uint8.
        words: boxes of what was read on it, in the same pixels.
    """
    import cv2

    height, width = pixels.shape[:2]
    factor = min(1.0, _SIDE / max(height, width))
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    small = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    high, wide = small.shape[:2]
    grey = small.mean(axis=2)
    paper = float(np.percentile(grey, 80))
    ink = (np.abs(grey - paper) > _INK) | (np.ptp(small, axis=2) > _COLOUR)
    text = np.zeros((high, wide), dtype=np.uint8)
    for x0, y0, x1, y1 in words:
        text[
            max(0, int(y0 * factor) - 1) : int(y1 * factor) + 2, max(0, int(x0 * factor) - 1) : int(x1 * factor) + 2
        ] = 1
    drawn = np.asarray(ink & (text == 0), np.uint8)
    residue = _without_rules(drawn)
    joined = cv2.morphologyEx(drawn, cv2.MORPH_CLOSE, np.ones((_JOIN, _JOIN), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    found: list[Region] = []
    longer = max(high, wide)
    for left, top, across, down, _ in stats[1:count].tolist():
        share = across * down / (high * wide)
        if min(across, down) < _LEAST_SIDE * longer or not _LEAST_SHARE <= share <= _MOST_SHARE:
            continue
        region = (slice(top, top + down), slice(left, left + across))
        amount = int(drawn[region].sum())
        if (
            float(text[region].mean()) > _MAX_TEXT
            or amount < _LEAST_INK * across * down
            or int(residue[region].sum()) < _LEAST_DRAWN * amount
        ):
            continue
        box = (left / factor, top / factor, (left + across) / factor, (top + down) / factor)
        found.append(Region(box, amount > _SOLID * across * down))
    return sorted(_apart(found), key=lambda region: (region.box[1], region.box[0]))


def _without_rules(drawn: NDArray[np.uint8]) -> NDArray[np.uint8]:
    import cv2

    length = max(3, round(_RULE * max(drawn.shape)))
    thick = cv2.morphologyEx(drawn, cv2.MORPH_OPEN, np.ones((_THICK, _THICK), np.uint8))
    rules: NDArray[Any] = cv2.morphologyEx(drawn, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    rules = rules | cv2.morphologyEx(drawn, cv2.MORPH_OPEN, np.ones((length, 1), np.uint8))
    return np.asarray(drawn & ~(rules & ~thick & 1), np.uint8)


def _apart(regions: Sequence[Region]) -> list[Region]:
    """Without those that lie in others."""
    kept: list[Region] = []
    for region in sorted(regions, key=lambda region: (region.box[0] - region.box[2]) * (region.box[3] - region.box[1])):
        x, y = (region.box[0] + region.box[2]) / 2, (region.box[1] + region.box[3]) / 2
        if not any(x0 <= x <= x1 and y0 <= y <= y1 for (x0, y0, x1, y1), _ in kept):
            kept.append(region)
    return kept
