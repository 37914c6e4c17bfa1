"""How crisp a picture is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SIDE = 1024
"""Pixels to which a larger picture is shrunk: grain and the mosaic of a sensor are no sharpness."""
_TILES = 8
_SHARPEST = 90
"""Percentile of the tiles that counts: a portrait is crisp though what is behind it is not."""
_HALF = 120.0
"""Variance of the Laplacian, grey from 0 to 255, that counts as half crisp. 230 photographs of clothes and of things, 400 to 700 px, lie at
0.87 and 0.97 in the median (a tenth below 0.69 and 0.91), the same ones blurred over 1 px at 0.37 and 0.55, over 2 px at 0.08 and 0.11."""


def sharpness(image: NDArray[np.uint8]) -> float:
    """In [0, 1]: 0 a blank or wholly blurred picture, 1 crisp; from the variance of the Laplacian in the crispest parts.

    Args:
        image: RGB, shape (height, width, 3), uint8.
    """
    picture = Image.fromarray(np.ascontiguousarray(image)).convert("L")
    if max(picture.size) > _SIDE:
        picture.thumbnail((_SIDE, _SIDE), Image.Resampling.BOX)
    grey = np.asarray(picture, np.float32)
    if min(grey.shape) < 3:
        return 0.0
    laplacian = (
        grey[:-2, 1:-1] + grey[2:, 1:-1] + grey[1:-1, :-2] + grey[1:-1, 2:] - 4 * grey[1:-1, 1:-1]
    )  # fmt: skip
    variances = [
        float(tile.var())
        for rows in np.array_split(laplacian, _TILES, axis=0)
        for tile in np.array_split(rows, _TILES, axis=1)
        if tile.size
    ]
    crispest = float(np.percentile(variances, _SHARPEST))
    return round(crispest / (crispest + _HALF), 3)
