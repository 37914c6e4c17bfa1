"""What is heard of voices in short windows of a recording: who of up to three speaks when in each, and vectors of what they say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from ... import progress

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ...engines.interface import SpeakerEngine

RATE_HZ = 16_000
# Of a window, the share by which the next one starts later: each moment is heard twice, once near the middle of a window.
_STEP = 0.5
# Vectors are dear, activity is not: of a voice only what it says in the middle of a window gets vectors, where it says something there.
_OUTER = (1 - _STEP) / 2
# What a voice says without a pause is cut into pieces of about this length. Two people who sound alike are often one voice to the
# segmentation; their pieces differ.
_PIECE_S = 2.0
_PAUSE_S = 0.3
# Of the length of a piece, how far a cut may be from where equal pieces would end, and how long the soft moment there is.
_CUT_REACH = 0.35
_DIP_S = 0.2
# Of less, a vector says nothing.
_LEAST_HEARD_S = 0.2
# Windows that are heard at once: as many as keep the threads of an engine busy.
_AT_ONCE = 16
# Where a piece is heard alone for less than this, what is said together with others is taken as well.
_LEAST_ALONE_S = 0.4


@dataclass(frozen=True, slots=True)
class Piece:
    """Some seconds of one of the voices of a window."""

    window: int
    """Number of the window, from 0, over the whole recording."""
    voice: int
    """Number of the voice within the window."""
    vector: NDArray[np.float32] | None
    """Unit vector; None where there was too little to hear, or where another window hears it better."""
    alone_s: float
    """Seconds in which it speaks and no other does."""
    first_frame: int
    """Of the whole recording."""
    active: bytes
    """Packed bits, one a frame."""
    frames: int


@dataclass(frozen=True, slots=True)
class Window:
    """Some seconds of the recording that were listened to at once."""

    first_frame: int
    """Of the whole recording."""
    frames: int


class Listening:
    """What was heard so far; grows by about 3 kB for each five seconds."""

    def __init__(self, engine: SpeakerEngine) -> None:
        self._engine = engine
        self.frame_s = engine.frame_s
        self.windows: list[Window] = []
        self.pieces: list[Piece] = []

    def hear(self, samples: NDArray[np.float32], offset_s: float) -> None:
        """Adds a stretch of the recording, mono, 16 kHz; stretches come in order and do not overlap."""
        size = round(self._engine.window_s * RATE_HZ)
        starts = list(_starts(len(samples), size, self.frame_s * RATE_HZ))
        for first in range(0, len(starts), _AT_ONCE):
            some = starts[first : first + _AT_ONCE]
            heard: list[NDArray[np.float32]] = []
            rows: list[int | None] = []
            pieces: list[Piece] = []
            windows = [samples[start : start + size] for start in some]
            for number, (start, window, speaking) in enumerate(
                zip(some, windows, self._engine.activity(windows), strict=True), start=first
            ):
                # What lies in the outer quarters of a window lies in the middle of another one, but for the ends of the stretch.
                own = (0.0 if number == 0 else _OUTER, 1.0 if number == len(starts) - 1 else 1 - _OUTER)
                first_frame = round((offset_s + start / RATE_HZ) / self.frame_s)
                for piece, voice in self._pieces(window, speaking, first_frame, own):
                    rows.append(len(heard) if voice is not None else None)
                    heard += [voice] if voice is not None else []
                    pieces.append(piece)
            vectors = self._engine.embed(heard)
            self.pieces += [
                piece if row is None else replace(piece, vector=vectors[row])
                for piece, row in zip(pieces, rows, strict=True)
            ]
            progress.step()

    def _pieces(
        self, samples: NDArray[np.float32], speaking: NDArray[np.bool_], first_frame: int, own: tuple[float, float]
    ) -> Iterator[tuple[Piece, NDArray[np.float32] | None]]:
        """(piece, what to make its vector of) of a new window.

        Args:
            speaking: see `SpeakerEngine.activity`.
            own: shares of the window between which its voices get vectors.
        """
        import numpy as np

        activity = speaking[: round(len(samples) / RATE_HZ / self.frame_s)]
        frames = len(activity)
        number = len(self.windows)
        self.windows.append(Window(first_frame, frames))
        is_alone = activity.sum(axis=1) == 1
        places = (np.arange(len(samples)) / RATE_HZ - self._engine.first_frame_s) / self.frame_s
        frame_of = np.clip(np.rint(places).astype(np.int64), 0, max(0, frames - 1))
        loudness = _loudness(samples, frame_of, frames, round(_DIP_S / self.frame_s))
        for voice in range(activity.shape[1]):
            cuts = list(self._cuts(activity[:, voice], loudness))
            inner = [cut for cut in cuts if own[0] * frames <= sum(cut) / 2 <= own[1] * frames]
            for first, last in cuts:
                active = np.zeros(frames, np.bool_)
                active[first:last] = activity[first:last, voice]
                alone = active & is_alone
                alone_s = float(alone.sum()) * self.frame_s
                heard = None
                if not inner or (first, last) in inner:
                    sound = samples[(alone if alone_s >= _LEAST_ALONE_S else active)[frame_of]]
                    heard = sound if len(sound) >= _LEAST_HEARD_S * RATE_HZ else None
                bits = np.packbits(active[first:last]).tobytes()
                yield Piece(number, voice, None, alone_s, first_frame + first, bits, last - first), heard

    def _cuts(self, active: NDArray[np.bool_], loudness: NDArray[np.float64]) -> Iterator[tuple[int, int]]:
        """(first, behind last) frames of the pieces of a voice: of about the same length, cut where it is softest."""
        for first, last in stretches(active, _PAUSE_S / self.frame_s):
            parts = max(1, round((last - first) * self.frame_s / _PIECE_S))
            reach = int((last - first) / parts * _CUT_REACH)
            edges = [first, *((last - first) * part // parts + first for part in range(1, parts)), last]
            for part in range(1, parts):
                near = loudness[edges[part] - reach : edges[part] + reach + 1]
                edges[part] += int(near.argmin()) - reach
            yield from pairwise(edges)


def stretches(active: NDArray[np.bool_], pause: float) -> list[tuple[int, int]]:
    """(first, behind last) of the runs of True; those apart by no more than `pause` are one."""
    import numpy as np

    edges = np.flatnonzero(np.diff(np.concatenate([[0], active.astype(np.int8), [0]])))
    runs: list[tuple[int, int]] = []
    for first, last in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if runs and first - runs[-1][1] <= pause:
            runs[-1] = (runs[-1][0], last)
        else:
            runs.append((first, last))
    return runs


def _loudness(
    samples: NDArray[np.float32], frame_of: NDArray[np.int64], frames: int, width: int
) -> NDArray[np.float64]:
    """Energy of each frame, smoothed over `width` of them."""
    import numpy as np

    energy: NDArray[np.float64] = np.bincount(frame_of, samples.astype(np.float64) ** 2, frames).astype(np.float64)
    smooth: NDArray[np.float64] = np.convolve(np.pad(energy, width // 2, mode="edge"), np.ones(width), mode="valid")
    return smooth[:frames] if len(smooth) >= frames else energy


def _starts(length: int, size: int, frame: float) -> Iterator[int]:
    """First samples of the windows, each on a frame: half a window apart, the last one ending with the samples."""
    step = round(round(size * _STEP / frame) * frame)
    start = 0
    while start + size < length:
        yield start
        start += step
    if length:
        yield max(0, round(int((length - size) / frame) * frame)) if length > size else 0
