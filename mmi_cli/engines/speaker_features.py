"""The spectrum that a speaker encoder hears: Kaldi's logarithmic mel filter bank, in numpy."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SAMPLE_RATE_HZ = 16_000
BANDS = 80
FRAME = 400
"""Samples of a frame: 25 ms."""
STEP = 160
"""Samples from frame to frame: 10 ms."""
_POINTS = 512
_LOWEST_HZ = 20.0
_EMPHASIS = 0.97
# Kaldi's floor: the smallest step of a float32 at 1.
_FLOOR = float(np.finfo(np.float32).eps)
# Frames that are turned into spectra at once: 60 MB of them.
_AT_ONCE = 6_000


def filter_bank(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Logarithmic energies of mel bands, shape (frames, 80); the mean of each band over the frames is taken off.

    Frames lie wholly within the samples: fewer than 400 of these give none.

    Args:
        samples: mono, 16 kHz, shape (samples,), in [-1, 1].
    """
    count = max(0, 1 + (len(samples) - FRAME) // STEP)
    if count == 0:
        return np.zeros((0, BANDS), np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(samples, FRAME)[::STEP]
    bands = np.concatenate([_bands(frames[first : first + _AT_ONCE]) for first in range(0, count, _AT_ONCE)])
    bands -= bands.mean(axis=0)
    return bands.astype(np.float32)


def _bands(frames: NDArray[np.float32]) -> NDArray[np.float64]:
    frames64 = frames.astype(np.float64)
    frames64 -= frames64.mean(axis=1, keepdims=True)
    before = np.concatenate([frames64[:, :1], frames64[:, :-1]], axis=1)
    spectrum = np.fft.rfft((frames64 - _EMPHASIS * before) * _window(), _POINTS)
    power = (spectrum.real**2 + spectrum.imag**2)[:, : _POINTS // 2]
    bands: NDArray[np.float64] = np.log(np.maximum(power @ _triangles(), _FLOOR))
    return bands


@lru_cache(maxsize=1)
def _window() -> NDArray[np.float64]:
    """Povey's window."""
    window: NDArray[np.float64] = np.hanning(FRAME) ** 0.85
    return window


@lru_cache(maxsize=1)
def _triangles() -> NDArray[np.float64]:
    """Weights of the spectrum's points in the bands, shape (256, 80): triangles of equal width in mel."""
    edges = np.linspace(float(_mel(_LOWEST_HZ)), float(_mel(SAMPLE_RATE_HZ / 2)), BANDS + 2)
    points = _mel(np.arange(_POINTS // 2, dtype=np.float64) * (SAMPLE_RATE_HZ / _POINTS))[:, None]
    left, centre, right = edges[:-2], edges[1:-1], edges[2:]
    rising, falling = (points - left) / (centre - left), (right - points) / (right - centre)
    triangles: NDArray[np.float64] = np.maximum(0.0, np.minimum(rising, falling))
    return triangles


def _mel(hertz: float | NDArray[np.float64]) -> NDArray[np.float64]:
    return 1127.0 * np.log(1.0 + np.asarray(hertz, np.float64) / 700.0)
