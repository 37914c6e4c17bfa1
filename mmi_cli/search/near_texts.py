"""MinHash of a text: two texts' marks agree in about the share of four-word runs that the texts share (Jaccard)."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from .keywords import words_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

MARKS = 128
_RUN = 4
_FEWEST_WORDS = 12
"""A shorter text is like too many others."""
_AT_ONCE = 2_048


def text_marks(text: str) -> bytes:
    """128 numbers of 4 bytes; empty for a text of few words."""
    words = words_of(text)
    if len(words) < _FEWEST_WORDS:
        return b""
    runs = {" ".join(words[at : at + _RUN]) for at in range(len(words) - _RUN + 1)}
    hashed = np.array(
        sorted(int.from_bytes(hashlib.blake2b(run.encode(), digest_size=8).digest(), "little") for run in runs),
        np.uint64,
    )
    factors, shifts = _functions()
    least = np.full(MARKS, np.iinfo(np.uint32).max, np.uint32)
    for first in range(0, len(hashed), _AT_ONCE):
        some = hashed[first : first + _AT_ONCE]
        values = ((some[None, :] * factors[:, None] + shifts[:, None]) >> np.uint64(32)).astype(np.uint32)
        least = np.minimum(least, values.min(axis=1))
    return least.astype("<u4").tobytes()


@cache
def _functions() -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    rng = np.random.default_rng(20_260_101)
    top = np.iinfo(np.uint64).max
    return rng.integers(1, top, MARKS, np.uint64) | np.uint64(1), rng.integers(0, top, MARKS, np.uint64)
