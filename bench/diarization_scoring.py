"""Diarization error rate, in its three parts, as NIST's md-eval and pyannote.metrics count it.

Checked against pyannote.metrics 4.2.0 (`collar=0.5` there is 0.25 s to either side) on the benchmark's own files: equal to a thousandth. It
is not used itself because it brings scipy, scikit-learn and pandas for one number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import numpy as np

Spoken = tuple[float, float, Any]
"""(start in s, end in s, speaker)."""
_STEPS_A_SECOND = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Errors:
    """Seconds of speaker time; two who speak at once count twice."""

    total_s: float
    missed_s: float
    false_alarm_s: float
    confusion_s: float

    def __add__(self, other: Errors) -> Errors:
        return Errors(
            total_s=self.total_s + other.total_s,
            missed_s=self.missed_s + other.missed_s,
            false_alarm_s=self.false_alarm_s + other.false_alarm_s,
            confusion_s=self.confusion_s + other.confusion_s,
        )

    @property
    def rate(self) -> float:
        """Of the speaker time; 0 where nobody spoke and nobody was heard, 1 where only the latter is so."""
        wrong = self.missed_s + self.false_alarm_s + self.confusion_s
        return wrong / self.total_s if self.total_s else float(wrong > 0)


def diarization_errors(
    truth: Sequence[Spoken], heard: Sequence[Spoken], duration_s: float, *, collar_s: float = 0.25
) -> Errors:
    """Errors with the speakers of `heard` mapped to those of `truth` so that they agree longest.

    Args:
        collar_s: to either side of each border of a turn in `truth`, left out.
    """
    size = round(duration_s * _STEPS_A_SECOND)
    counted = np.ones(size, np.bool_)
    for start_s, end_s, _ in _joined(truth):
        for edge_s in (start_s, end_s):
            counted[max(0, _step(edge_s - collar_s)) : max(0, _step(edge_s + collar_s))] = False
    said, told = (_active(turns, size)[:, counted] for turns in (truth, heard))
    together = said.astype(np.float64) @ told.astype(np.float64).T
    agreed = _most(together)
    spoken, found = said.sum(axis=0).astype(np.int64), told.sum(axis=0).astype(np.int64)
    missed = int(np.maximum(spoken - found, 0).sum())
    false_alarm = int(np.maximum(found - spoken, 0).sum())
    confusion = int(np.minimum(spoken, found).sum()) - agreed
    seconds = [float(each) / _STEPS_A_SECOND for each in (spoken.sum(), missed, false_alarm, confusion)]
    return Errors(total_s=seconds[0], missed_s=seconds[1], false_alarm_s=seconds[2], confusion_s=seconds[3])


def _step(time_s: float) -> int:
    return round(time_s * _STEPS_A_SECOND)


def _joined(turns: Sequence[Spoken]) -> list[Spoken]:
    """Turns of one speaker that touch or overlap are one."""
    joined: list[Spoken] = []
    for start_s, end_s, who in sorted(turns, key=lambda turn: (str(turn[2]), turn[0])):
        if joined and joined[-1][2] == who and start_s <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end_s, joined[-1][1]), who)
        else:
            joined.append((start_s, end_s, who))
    return joined


def _active(turns: Sequence[Spoken], size: int) -> np.ndarray:
    """Shape (speakers, steps)."""
    names = list(dict.fromkeys(who for _, _, who in turns))
    active = np.zeros((len(names), size), np.bool_)
    for start_s, end_s, who in turns:
        active[names.index(who), max(0, _step(start_s)) : max(0, _step(end_s))] = True
    return active


def _most(together: np.ndarray) -> int:
    """The largest sum of one number a row and column."""
    if together.shape[0] > together.shape[1]:
        together = together.T
    rows = len(together)
    if rows == 0:
        return 0
    # Only the columns that are any row's best few can matter: with `rows` of them each row finds one that is free.
    useful = sorted({int(at) for row in together for at in np.argsort(-row)[:rows]})
    return int(max(sum(together[row, at] for row, at in enumerate(way)) for way in permutations(useful, rows)))
