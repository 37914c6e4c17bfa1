"""Counts of right and wrong values → precision, recall, F1, calibration error, AUROC, the share that can be accepted unseen."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

BINS = 10


@dataclass(slots=True)
class Counts:
    """Right, wrong and missing values of one field."""

    right: int = 0
    wrong: int = 0
    """A value where there is another one, or none."""
    missed: int = 0
    """A labelled value that was not given, or given wrong."""
    truly_absent: int = 0
    """No value, and the label says there is none."""

    @property
    def precision(self) -> float | None:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else None

    @property
    def recall(self) -> float | None:
        return self.right / (self.right + self.missed) if self.right + self.missed else None

    @property
    def f1(self) -> float | None:
        total = 2 * self.right + self.wrong + self.missed
        return 2 * self.right / total if total else None

    def __iadd__(self, other: Counts) -> Counts:
        self.right += other.right
        self.wrong += other.wrong
        self.missed += other.missed
        self.truly_absent += other.truly_absent
        return self


Judged = tuple[float, bool]
"""Confidence of a value, and whether it is right."""


def calibration_error(judged: Sequence[Judged], *, by: Sequence[float] | None = None) -> float | None:
    """Expected calibration error over ten bins of equal width: the mean gap between confidence and the share that is right.

    Args:
        by: what puts each value into its bin, where that is not its confidence.
    """
    if not judged:
        return None
    gap = 0.0
    for _, confidence, share, count in reliability(judged, by=by):
        gap += count * abs(confidence - share)
    return gap / len(judged)


def reliability(
    judged: Sequence[Judged], *, by: Sequence[float] | None = None
) -> list[tuple[float, float, float, int]]:
    """(lower edge, mean confidence, share right, count) of each bin that holds something."""
    bins: list[list[Judged]] = [[] for _ in range(BINS)]
    for item, place in zip(judged, by if by is not None else [confidence for confidence, _ in judged], strict=True):
        bins[min(BINS - 1, int(place * BINS))].append(item)
    return [
        (
            index / BINS,
            sum(c for c, _ in items) / len(items),
            sum(right for _, right in items) / len(items),
            len(items),
        )
        for index, items in enumerate(bins)
        if items
    ]


def auroc(judged: Sequence[Judged]) -> float | None:
    """Chance that a right value has the higher confidence than a wrong one, ties half; None when all are alike."""
    right = sum(is_right for _, is_right in judged)
    wrong = len(judged) - right
    if not right or not wrong:
        return None
    ordered = sorted(judged)
    rank_sum, index = 0.0, 0
    while index < len(ordered):
        end = index
        while end < len(ordered) and ordered[end][0] == ordered[index][0]:
            end += 1
        mean_rank = (index + 1 + end) / 2
        rank_sum += mean_rank * sum(is_right for _, is_right in ordered[index:end])
        index = end
    return (rank_sum - right * (right + 1) / 2) / (right * wrong)


def accepted_unseen(judged: Sequence[Judged], precision: float) -> tuple[float, float | None]:
    """(share, threshold): how much can be taken as it is when so much of it must be right, and from which confidence on."""
    ordered = sorted(judged, key=lambda item: -item[0])
    best, threshold = 0, None
    right = index = 0
    while index < len(ordered):
        confidence = ordered[index][0]
        while index < len(ordered) and ordered[index][0] == confidence:
            right += ordered[index][1]
            index += 1
        if right / index >= precision:
            best, threshold = index, confidence
    return (best / len(ordered) if ordered else 0.0), threshold


def log_loss(judged: Sequence[Judged]) -> float | None:
    """Mean surprise at what is right and what is not, natural logarithm; confidences are cut to [0.001, 0.999]."""
    if not judged:
        return None
    total = 0.0
    for confidence, is_right in judged:
        kept = min(0.999, max(0.001, confidence))
        total -= math.log(kept if is_right else 1 - kept)
    return total / len(judged)
