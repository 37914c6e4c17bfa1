"""Where a new scene may begin, and how much speaks for it: other pictures, another topic, a title, a pause, another kind of sound.

Places are the cuts between shots and the pauses between utterances. What is alike before and after a cut (a dialogue that goes from face to
face and back) speaks against a border; so does a sentence that goes on across it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from ..engines.interface import TextEmbedder
from .time_line import TimeLine
from .titles import titles_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_FRAMES_AROUND, _FRAMES_WITHIN_S = 3, 60.0
"""Key frames before and after a cut that are compared."""
_ALIKE, _UNLIKE = 0.85, 0.45
"""Cosine of key frames of one setting, and of two that have nothing in common: the same street filmed twice has about 0.8."""
_OTHER_TITLE = 0.6
"""Likeness of two frames with different titles, at most: slides all look alike to a network that knows things."""
_SAID_AROUND_S, _LEAST_WORDS = 40.0, 8
"""Speech before and after a pause whose topics are compared."""
_SAME_TOPIC, _OTHER_TOPIC = 0.55, 0.15
"""Cosine of what is said before and after, mean of the utterances."""
_LONG_PAUSE_S, _LEAST_PAUSE_S = 3.0, 0.35
_NO_TALK_S = 15.0
"""A gap that is longer is no pause of a talk."""
_TOGETHER_S = 1.0
_NEAR_S = 1.5
"""A title, or another kind of sound, that begins so near is the same event."""
_LASTING_S = 8.0
"""Sound of a kind that lasts so long is an event; a bar of music between two sentences is none."""
_SEEN, _TOPIC, _TITLE, _PAUSE, _SOUND, _CUT_OFF = 1.0, 0.8, 1.1, 0.4, 0.7, -0.4


class Border(NamedTuple):
    """A place where a segment may begin."""

    time_s: float
    gain: float
    """How much speaks for it; an ordinary cut between two faces of a dialogue has about 0.2, a new slide 1 and more."""


def find_borders(line: TimeLine, embedder: TextEmbedder | None) -> tuple[Border, ...]:
    """Every place where a segment may begin, in order of time, without the beginning."""
    cuts = [shot.start_s for shot in line.shots[1:]]
    pauses = [
        (round((one.end_s + other.start_s) / 2, 3), other.start_s - one.end_s)
        for one, other in pairwise(_merged(line))
        if other.start_s - one.end_s >= _LEAST_PAUSE_S
    ]
    changes = [sound.start_s for sound in line.sounds[1:]]
    # A cut within the pause is where a picture and a sentence begin together.
    alone = [(time_s, gap_s) for time_s, gap_s in pauses if not _near(cuts, time_s, max(gap_s / 2, _TOGETHER_S))]
    alone_changes = [time_s for time_s in changes if not _near(cuts, time_s, _NEAR_S)]
    seen = _Seen(line)
    topics = _Topics(line, embedder)
    titles = _Titles(line)
    found: dict[float, float] = {}
    for time_s in sorted({*cuts, *(each for each, _ in alone), *alone_changes}):
        is_cut = _near(cuts, time_s, 1e-6)
        # Speech recognisers tell when a word begins to within some tenths of a second.
        spoken_s = min((each for each, _ in pauses), key=lambda each: abs(each - time_s), default=time_s)
        spoken_s = spoken_s if abs(spoken_s - time_s) <= _TOGETHER_S else time_s
        gap_s = _gap(line, spoken_s)
        is_between = gap_s >= 0
        gain = (
            (_SEEN * seen.change(time_s) if is_cut else 0.0)
            + (_TOPIC * topics.change(spoken_s) if is_between else _CUT_OFF)
            + (_TITLE if titles.begins(time_s) else 0.0)
            + (_PAUSE * min(1.0, gap_s / _LONG_PAUSE_S) if 0 < gap_s <= _NO_TALK_S else 0.0)
            + _SOUND * _change_of_sound(line, time_s)
        )
        found[time_s] = gain
    return tuple(Border(time_s, round(gain, 4)) for time_s, gain in sorted(found.items()))


class _Span(NamedTuple):
    start_s: float
    end_s: float


def _merged(line: TimeLine) -> list[_Span]:
    """Stretches in which somebody speaks."""
    out: list[_Span] = []
    for each in line.said:
        if out and each.start_s <= out[-1].end_s:
            out[-1] = _Span(out[-1].start_s, max(out[-1].end_s, each.end_s))
        else:
            out.append(_Span(each.start_s, each.end_s))
    return out


def _gap(line: TimeLine, time_s: float) -> float:
    """Seconds between what is said before and after a time, 0 where only one of both is; below 0 in the middle of an utterance."""
    starts = [each.start_s for each in line.said]
    at = bisect_right(starts, time_s)
    before_s = max((each.end_s for each in line.said[max(0, at - 8) : at]), default=0.0)
    if before_s > time_s + 0.3:
        return -1.0
    if not 0 < at < len(line.said):
        return 0.0
    return max(0.0, line.said[at].start_s - before_s)


def _near(times: Sequence[float], time_s: float, within_s: float) -> bool:
    at = bisect_left(times, time_s - within_s)
    return at < len(times) and times[at] <= time_s + within_s


def _change_of_sound(line: TimeLine, time_s: float) -> float:
    """In [0, 1]: whether another kind of sound begins there, and lasts as the one before it did."""
    found = 0.0
    for one, other in pairwise(line.sounds):
        if abs(other.start_s - time_s) <= _NEAR_S:
            shorter_s = min(one.end_s - one.start_s, other.end_s - other.start_s)
            found = max(found, min(1.0, shorter_s / _LASTING_S))
    return found


class _Seen:
    """How unlike the pictures before and after a cut are, in [0, 1]."""

    def __init__(self, line: TimeLine) -> None:
        from ..pictures.looks import from_base64

        self._times: list[float] = []
        self._vectors: list[NDArray[np.float32]] = []
        self._titles = {title.frame_s: title.text.casefold() for title in titles_of(line)}
        models = {figure.features_model for figure in line.frames if figure.features}
        for figure in line.frames:
            if figure.features is not None and figure.frame_s is not None and len(models) == 1:
                try:
                    self._vectors.append(from_base64(figure.features))
                except ValueError:
                    continue
                self._times.append(figure.frame_s)

    def change(self, time_s: float) -> float:
        at = bisect_left(self._times, time_s)
        before = [
            each for each in range(max(0, at - _FRAMES_AROUND), at) if time_s - self._times[each] <= _FRAMES_WITHIN_S
        ]
        after = [
            each
            for each in range(at, min(len(self._times), at + _FRAMES_AROUND))
            if self._times[each] - time_s <= _FRAMES_WITHIN_S
        ]
        if not before or not after:
            return 0.5  # nobody looked: a cut is a cut
        # A neighbour of the cut that comes back beyond it, as a face of a dialogue does.
        pairs = [*((before[-1], other) for other in after), *((one, after[0]) for one in before)]
        likest = max(self._likeness(one, other) for one, other in pairs)
        return min(1.0, max(0.0, (_ALIKE - likest) / (_ALIKE - _UNLIKE)))

    def _likeness(self, one: int, other: int) -> float:
        alike = float(self._vectors[one] @ self._vectors[other])
        first, second = (self._titles.get(self._times[each]) for each in (one, other))
        return min(alike, _OTHER_TITLE) if first is not None and second is not None and first != second else alike


class _Topics:
    """How far apart what is said before and after a time is, in [0, 1]."""

    def __init__(self, line: TimeLine, embedder: TextEmbedder | None) -> None:
        content = line.content
        said = [each for each in line.said if each.last - each.first >= 3]
        self._starts = [each.start_s for each in said]
        self._words = [each.last - each.first for each in said]
        self._vectors: NDArray[np.float32] | None = None
        if embedder is not None and len(said) > 1:
            self._vectors = embedder.embed([" ".join(content.text_of(each.first, each.last).split()) for each in said])

    def change(self, time_s: float) -> float:
        if self._vectors is None:
            return 0.0
        at = bisect_left(self._starts, time_s - 0.05)
        first = bisect_left(self._starts, time_s - _SAID_AROUND_S)
        last = bisect_right(self._starts, time_s + _SAID_AROUND_S)
        if min(sum(self._words[first:at]), sum(self._words[at:last])) < _LEAST_WORDS:
            return 0.0
        before, after = self._vectors[first:at].mean(axis=0), self._vectors[at:last].mean(axis=0)
        length = float((before @ before) ** 0.5 * (after @ after) ** 0.5)
        likeness = float(before @ after) / length if length > 0 else 1.0
        return min(1.0, max(0.0, (_SAME_TOPIC - likeness) / (_SAME_TOPIC - _OTHER_TOPIC)))


class _Titles:
    """Whether a new title is on the screen from a time on."""

    def __init__(self, line: TimeLine) -> None:
        self._starts: list[float] = []
        shots = [shot.start_s for shot in line.shots]
        before = ""
        for title in titles_of(line):
            at = bisect_right(shots, title.frame_s) - 1
            if title.text.casefold() != before and at >= 0:
                self._starts.append(shots[at])
            before = title.text.casefold()

    def begins(self, time_s: float) -> bool:
        return _near(self._starts, time_s, 1e-6)
