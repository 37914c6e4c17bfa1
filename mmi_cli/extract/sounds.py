"""What kind of sound there is, and when: speech, music, silence or other; levels and spectra, no model but the voice detector's.

Music is told from noise by what lasts in its spectrum: the fine lines of a note stand for a tenth of a second and longer, and have moved
a few seconds later. Noise and applause have no lines; the hum of a machine and a test tone have lines that never move.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from ..datamodel.content import Sound, SoundKind
from ..settings import Settings
from . import media

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RATE_HZ = 16_000
_FRAME, _HOP = 1024, 320
"""64 ms, which tells neighbouring notes apart, every 20 ms."""
_FRAMES_A_SECOND = RATE_HZ // _HOP
_LOWEST, _HIGHEST = 8, 256
"""Lines of the spectrum that are looked at: 125 to 4 000 Hz, where melodies and their overtones are."""
_ENVELOPE = 15
"""Lines over which the spectrum is smoothed; what is left are the fine lines."""
_LASTS, _MOVED = _FRAMES_A_SECOND // 10, 2 * _FRAMES_A_SECOND
"""Frames after which a note still stands, and after which a melody is elsewhere."""
_AROUND_S = 2
"""Seconds before and after a second that speak for it: drums and rests come and go within."""
_LEAST_LINES = 0.03
"""Mean likeness of fine lines a tenth of a second apart. Of windows of noise and applause one in twenty has 0.015; of game music with
drums one in twenty has less than 0.033 (`bench/video.py`)."""
_STANDING = 0.75
"""Share of that likeness that is still there two seconds later in a hum, a tone or a siren that stays on its note."""

_SILENT_DB, _BELOW_LOUDEST_DB = -50.0, -45.0
"""Level (of full scale; of the loud parts of the file) below which a second is silent."""
_SPEECH_GAP_S = 1.5
"""A pause that is no longer belongs to the speech around it."""
_SHORTEST_S = 2.0
"""A stretch of music, silence or other sound that is shorter is part of what is around it."""


def sounds_of(path: Path, settings: Settings, voice: Sequence[tuple[float, float]] | None) -> tuple[Sound, ...]:
    """The kinds of sound of a file's first audio stream; none where nobody looked for voices.

    Args:
        voice: see `SoundMeter.kinds`; None: nobody looked.

    Raises:
        CorruptFile, LimitExceeded: see `media.audio_blocks`.
    """
    if voice is None:
        return ()
    meter = SoundMeter()
    for block in media.audio_blocks(path, settings, sample_rate_hz=RATE_HZ):
        meter.add(block[0])
    return meter.kinds(voice)


class SoundMeter:
    """Takes the samples of a file piece by piece, keeps two numbers a second and a level every 20 ms, then tells the kinds of sound."""

    def __init__(self) -> None:
        import numpy as np

        self._rest: NDArray[np.float32] = np.zeros(0, np.float32)
        self._lines: NDArray[np.float32] = np.zeros((0, _HIGHEST - _LOWEST), np.float32)
        self._levels: list[NDArray[np.float32]] = []
        self._lasting: list[NDArray[np.float32]] = []
        self._moved: list[NDArray[np.float32]] = []
        self._samples = 0

    def add(self, samples: NDArray[np.float32]) -> None:
        """Args:
        samples: mono, 16 kHz, in [-1, 1], that follow the last ones.
        """
        import numpy as np

        self._samples += len(samples)
        sound = np.concatenate((self._rest, samples))
        count = max(0, (len(sound) - _FRAME) // _HOP + 1)
        self._rest = sound[count * _HOP :]
        if not count:
            return
        frames = np.lib.stride_tricks.sliding_window_view(sound, _FRAME)[::_HOP][:count]
        self._levels.append(10 * np.log10((frames**2).mean(axis=1) + 1e-10))
        lines = np.concatenate((self._lines, _fine_lines(frames)))
        kept = len(self._lines)
        self._lasting.append(_likeness(lines, _LASTS, count))
        self._moved.append(_likeness(lines, _MOVED, count))
        self._lines = lines[max(0, kept + count - _MOVED) :]

    def kinds(self, voice: Sequence[tuple[float, float]]) -> tuple[Sound, ...]:
        """Stretches without gaps from 0 to the end, in order.

        Args:
            voice: (start, end) of stretches in which somebody speaks, by start.
        """
        import numpy as np

        duration_s = self._samples / RATE_HZ
        if not self._levels:
            return ()
        levels, lasting, moved = (np.concatenate(each) for each in (self._levels, self._lasting, self._moved))
        floor_db = max(_SILENT_DB, float(np.percentile(levels, 95)) + _BELOW_LOUDEST_DB)
        step = _FRAMES_A_SECOND // 2
        kinds: list[SoundKind] = []
        for first in range(0, len(levels), step):
            if np.percentile(levels[first : first + step], 90) < floor_db:
                kinds.append("silence")
                continue
            around = slice(max(0, first - _AROUND_S * _FRAMES_A_SECOND), first + step + _AROUND_S * _FRAMES_A_SECOND)
            is_heard = levels[around] >= floor_db
            lines = _mean(lasting[around], is_heard)
            stands = _mean(moved[around], is_heard) >= _STANDING * lines
            kinds.append("music" if lines >= _LEAST_LINES and not stands else "other")
        times = [(number * step / _FRAMES_A_SECOND, kind) for number, kind in enumerate(kinds)]
        return _stretches(times, _closed(voice), duration_s)


def _mean(values: NDArray[np.float32], chosen: NDArray[np.bool_]) -> float:
    import numpy as np

    known = values[chosen & ~np.isnan(values)]
    return float(known.mean()) if len(known) else 0.0


def _fine_lines(frames: NDArray[np.float32]) -> NDArray[np.float32]:
    """Unit vectors of what is left of each spectrum without its envelope; shape (frames, lines)."""
    import numpy as np

    window = np.hanning(_FRAME).astype(np.float32)
    half = _ENVELOPE // 2
    pieces = []
    for first in range(0, len(frames), 1000):
        spectra = np.abs(np.fft.rfft(frames[first : first + 1000] * window, axis=1))
        logs = np.log(spectra[:, _LOWEST - half : _HIGHEST + half] + 1e-3).astype(np.float32)
        sums = np.cumsum(np.pad(logs, ((0, 0), (1, 0))), axis=1)
        envelope = (sums[:, _ENVELOPE:] - sums[:, :-_ENVELOPE]) / _ENVELOPE
        lines = logs[:, half : half + envelope.shape[1]] - envelope
        pieces.append(lines / (np.linalg.norm(lines, axis=1, keepdims=True) + 1e-6))
    return np.concatenate(pieces)


def _likeness(lines: NDArray[np.float32], lag: int, count: int) -> NDArray[np.float32]:
    """Of each of the last `count` frames and the one `lag` frames before it; NaN where there is none."""
    import numpy as np

    found: NDArray[np.float32] = np.full(count, np.nan, np.float32)
    known = min(count, max(0, len(lines) - lag))
    if known:
        found[count - known :] = (lines[len(lines) - known :] * lines[len(lines) - known - lag : len(lines) - lag]).sum(
            axis=1
        )
    return found


def _closed(voice: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    """Stretches of speech with the pauses of a speaker in them, apart from each other."""
    out: list[tuple[float, float]] = []
    for start_s, end_s in voice:
        if out and start_s - out[-1][1] <= _SPEECH_GAP_S:
            out[-1] = (out[-1][0], max(out[-1][1], end_s))
        else:
            out.append((start_s, end_s))
    return out


def _stretches(
    times: Sequence[tuple[float, SoundKind]], speech: Sequence[tuple[float, float]], duration_s: float
) -> tuple[Sound, ...]:
    """Runs of one kind, speech before all else; what is too short goes to the longer of its neighbours."""
    edges = sorted({0.0, duration_s, *(time_s for time_s, _ in times if time_s < duration_s)} | {
        edge for each in speech for edge in each if 0 < edge < duration_s
    })  # fmt: skip
    runs: list[Sound] = []
    at, spoken = 0, 0
    for start_s, end_s in pairwise(edges):
        while at + 1 < len(times) and times[at + 1][0] <= start_s:
            at += 1
        while spoken < len(speech) and speech[spoken][1] <= start_s:
            spoken += 1
        is_speech = spoken < len(speech) and speech[spoken][0] <= start_s
        _append(runs, Sound(start_s, end_s, "speech" if is_speech else times[at][1]))
    while (short := _shortest(runs)) is not None:
        before, after = (runs[each] if 0 <= each < len(runs) else None for each in (short - 1, short + 1))
        other = max((each for each in (before, after) if each is not None), key=lambda each: each.end_s - each.start_s)
        runs[short] = runs[short]._replace(kind=other.kind)
        joined: list[Sound] = []
        for run in runs:
            _append(joined, run)
        runs = joined
    return tuple(Sound(round(run.start_s, 3), round(run.end_s, 3), run.kind) for run in runs)


def _append(runs: list[Sound], sound: Sound) -> None:
    if runs and runs[-1].kind == sound.kind:
        runs[-1] = runs[-1]._replace(end_s=sound.end_s)
    else:
        runs.append(sound)


def _shortest(runs: Sequence[Sound]) -> int | None:
    """The run that is to be given up first; speech is short of itself and stays."""
    short = [
        (run.end_s - run.start_s, number)
        for number, run in enumerate(runs)
        if run.kind != "speech" and run.end_s - run.start_s < _SHORTEST_S and len(runs) > 1
    ]
    return min(short)[1] if short else None
