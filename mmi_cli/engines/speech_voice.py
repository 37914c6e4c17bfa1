"""Where somebody speaks (Silero voice activity, ONNX in faster-whisper's wheel), and the audio packed to those stretches."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SAMPLE_RATE_HZ = 16_000
# A pause longer than this is cut out of what the recogniser hears; shorter ones belong to the rhythm of speech.
_KEPT_PAUSE_S = 2.0
# Of the length of a part, how far its end may be from where equal parts would end: there the longest pause is looked for.
_CUT_REACH = 0.25
# Consonants at the rim of a word are too soft for the detector; without this margin "six" loses its ends.
_MARGIN_S = 0.4


class _Pause(NamedTuple):
    """Between two spans."""

    packed: int
    """Kept samples before its middle."""
    length_s: float
    at: int
    """Number of the span behind it."""


@dataclass(frozen=True, slots=True)
class Voice:
    """Stretches of a recording that hold speech, in seconds, in order, apart from each other."""

    spans: tuple[tuple[float, float], ...]
    """As detected, without margin: good for counting seconds."""
    kept: tuple[tuple[int, int], ...]
    """(first, last) samples that are heard: spans with margin, short pauses closed."""

    @property
    def speech_s(self) -> float:
        return sum(end - start for start, end in self.spans)

    def packed(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """Only the kept samples, one stretch after another."""
        import numpy as np

        return np.concatenate([samples[first:last] for first, last in self.kept]) if self.kept else samples[:0]

    def parts(self, length_s: float) -> tuple[Voice, ...]:
        """Itself in parts that hold about `length_s` of packed sound each, cut in the middle of the longest pauses near there."""
        pauses = [
            _Pause(self._packed_samples(self._middle_before(at)), self.spans[at][0] - self.spans[at - 1][1], at)
            for at in range(1, len(self.spans))
        ]
        total = sum(last - first for first, last in self.kept)
        count = max(1, round(total / SAMPLE_RATE_HZ / length_s))
        reach = total / count * _CUT_REACH
        cuts = [0]
        for number in range(1, count):
            near = [
                pause for pause in pauses if abs(pause.packed - total * number / count) <= reach and pause.at > cuts[-1]
            ]
            if near:
                cuts.append(max(near, key=lambda pause: pause.length_s).at)
        return tuple(self._part(first, last) for first, last in pairwise([*cuts, len(self.spans)]))

    def _part(self, first: int, last: int) -> Voice:
        """That of some of its spans."""
        begin, end = self._middle_before(first), self._middle_before(last)
        kept = ((max(begin, one), min(end, other)) for one, other in self.kept)
        return Voice(self.spans[first:last], tuple(each for each in kept if each[0] < each[1]))

    def _middle_before(self, at: int) -> int:
        """The sample in the middle of the pause before a span; the rim before the first and behind the last."""
        if at == 0:
            return self.kept[0][0]
        if at == len(self.spans):
            return self.kept[-1][1]
        return round((self.spans[at - 1][1] + self.spans[at][0]) / 2 * SAMPLE_RATE_HZ)

    def original_times(self, start_s: float, end_s: float) -> tuple[float, float]:
        """Times of a word in the packed audio → its times in the recording.

        A word never lies in two stretches. One that seems to (the aligner lets a word begin where the last one ended, across the cut)
        belongs where more of it is voice.
        """
        pieces = [
            (max(start_s, at_s), min(end_s, at_s + (last - first) / SAMPLE_RATE_HZ), first / SAMPLE_RATE_HZ - at_s)
            for at_s, (first, last) in zip(self._packed_starts(), self.kept, strict=True)
        ]
        inside = [piece for piece in pieces if piece[0] <= piece[1]] or [pieces[-1]]
        begin_s, stop_s, shift_s = max(
            inside, key=lambda piece: (self._voiced(piece[0] + piece[2], piece[1] + piece[2]), piece[1] - piece[0])
        )
        return round(begin_s + shift_s, 3), round(max(begin_s, stop_s) + shift_s, 3)

    def _packed_starts(self) -> Iterator[float]:
        total = 0
        for first, last in self.kept:
            yield total / SAMPLE_RATE_HZ
            total += last - first

    def _packed_samples(self, sample: int) -> int:
        """How many of the kept samples lie before one of the recording."""
        return sum(max(0, min(sample, last) - first) for first, last in self.kept)

    def _voiced(self, start_s: float, end_s: float) -> float:
        """Seconds of voice between two times of the recording."""
        first = max(0, bisect_right(self.spans, start_s, key=lambda span: span[1]))
        seconds = 0.0
        for span in self.spans[first:]:
            if span[0] >= end_s:
                break
            seconds += min(span[1], end_s) - max(span[0], start_s)
        return seconds


def find_voice(samples: NDArray[np.float32]) -> Voice:
    """Speech in mono samples at 16 kHz."""
    from faster_whisper.vad import VadOptions, get_speech_timestamps

    if len(samples) == 0:
        return Voice((), ())
    found = get_speech_timestamps(samples, VadOptions(min_silence_duration_ms=100, speech_pad_ms=0))
    spans = [(int(chunk["start"]), min(int(chunk["end"]), len(samples))) for chunk in found]
    kept: list[list[int]] = []
    for first, last in spans:
        if kept and first - kept[-1][1] <= _KEPT_PAUSE_S * SAMPLE_RATE_HZ:
            kept[-1][1] = last
        else:
            kept.append([first, last])
    margin = int(_MARGIN_S * SAMPLE_RATE_HZ)
    return Voice(
        tuple((first / SAMPLE_RATE_HZ, last / SAMPLE_RATE_HZ) for first, last in spans),
        tuple((max(0, first - margin), min(len(samples), last + margin)) for first, last in kept),
    )
