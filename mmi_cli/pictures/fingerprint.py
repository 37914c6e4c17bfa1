"""A mark of a picture by which copies of it are known: scaled, compressed anew, brighter, grey, cut a little at its edges."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BITS = 256
_SIDE = 64
_KEPT_SIDE = 16


def fingerprint(image: NDArray[np.uint8]) -> str:
    """64 hexadecimal digits: which of the lowest frequencies of the grey picture are above their median (pHash of 256 bits).

    Args:
        image: RGB, shape (height, width, 3), uint8, upright.
    """
    import numpy as np
    from PIL import Image

    grey = Image.fromarray(image).convert("L").resize((_SIDE, _SIDE), Image.Resampling.LANCZOS)
    waves = _cosines() @ np.asarray(grey, np.float64) @ _cosines().T
    low = np.round(waves, 6).ravel()
    bits = low > np.median(low[1:])
    return np.packbits(bits).tobytes().hex()


@cache
def _cosines() -> NDArray[np.float64]:
    """The rows of the discrete cosine transform that are kept."""
    import numpy as np

    at = np.arange(_SIDE)
    return np.cos(np.pi * (2 * at[None, :] + 1) * np.arange(_KEPT_SIDE)[:, None] / (2 * _SIDE))
