"""What is kept of a picture besides its vectors: a thumbnail to show, and a hash by which copies of it are known."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from ..errors import LimitExceeded

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_BYTES = 20_000_000
LEAST_SIDE, MOST_SIDE = 10, 16_000
THUMBNAIL_SIDE = 200
_HASHED_SIDE = 32
_KEPT_SIDE = 8


def check_picture(*, width: int, height: int, size_bytes: int) -> None:
    """
    Raises:
        LimitExceeded: a picture that is too large or too small to be embedded, with the limit.
    """
    if size_bytes >= MOST_BYTES:
        raise LimitExceeded(
            f"the picture has {size_bytes:,} bytes; pictures under {MOST_BYTES:,} are embedded: save it smaller"
        )
    if min(width, height) < LEAST_SIDE or max(width, height) > MOST_SIDE:
        raise LimitExceeded(
            f"the picture is {width} x {height} pixels; pictures of {LEAST_SIDE} to {MOST_SIDE:,} pixels a side are embedded"
        )


def thumbnail(image: NDArray[np.uint8]) -> bytes:
    """JPEG of a picture, 200 pixels a side at most."""
    small = Image.fromarray(image)
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    out = BytesIO()
    small.save(out, "JPEG", quality=80)
    return out.getvalue()


def picture_hash(image: NDArray[np.uint8]) -> int:
    """64 bits: which of the lowest frequencies of the grey picture are above their median (pHash)."""
    grey = Image.fromarray(image).convert("L").resize((_HASHED_SIDE, _HASHED_SIDE), Image.Resampling.LANCZOS)
    waves = _cosines() @ np.asarray(grey, np.float64) @ _cosines().T
    low = np.round(waves[:_KEPT_SIDE, :_KEPT_SIDE], 6).ravel()
    bits = low > np.median(low[1:])
    return int.from_bytes(np.packbits(bits).tobytes(), "big")


@cache
def _cosines() -> NDArray[np.float64]:
    """The rows of the discrete cosine transform that are kept."""
    at = np.arange(_HASHED_SIDE)
    return np.cos(np.pi * (2 * at[None, :] + 1) * np.arange(_KEPT_SIDE)[:, None] / (2 * _HASHED_SIDE))
