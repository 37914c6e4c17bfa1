"""The cheap test: pictures that cannot be charts are sent away before anything is looked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SIDE = 256
"""Pictures are looked at in so many rows and columns at most."""
_LEAST_FLAT = 0.72
"""Share of pixels that are as their neighbours: charts 0.8 and more, photos and scans less."""
_LEAST_GROUND = 0.18
"""Share of the most frequent colour."""
LEAST_SIDE = 60
"""Pixels, of the shorter side; a smaller picture shows no chart."""
_LEAST_PIXELS = 12_000


def may_be_chart(pixels: NDArray[np.uint8]) -> bool:
    """False where most of the picture is not drawn in flat colours on one ground.

    Args:
        pixels: RGB, shape (height, width, 3), uint8.
    """
    height, width = pixels.shape[:2]
    if min(height, width) < LEAST_SIDE or height * width < _LEAST_PIXELS:
        return False
    rows, columns = -(-height // _SIDE), -(-width // _SIDE)
    here = pixels[:-1:rows, :-1:columns].astype(np.int16)
    right = pixels[:-1:rows, 1::columns][:, : here.shape[1]].astype(np.int16)
    below = pixels[1::rows, :-1:columns][: here.shape[0]].astype(np.int16)
    away = np.maximum(np.abs(here - right), np.abs(here - below))
    flat = np.maximum(np.maximum(away[..., 0], away[..., 1]), away[..., 2]) <= 6
    if float(flat.mean()) < _LEAST_FLAT:
        return False
    coarse = here >> 4
    keys = (coarse[..., 0] << 8) | (coarse[..., 1] << 4) | coarse[..., 2]
    return float(np.bincount(keys.ravel(), minlength=4096).max()) >= _LEAST_GROUND * keys.size
