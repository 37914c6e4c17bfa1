"""Sum, mean, percentiles and largest of any number of durations, in the memory of a few hundred."""

from __future__ import annotations

import math
from collections import Counter

_STEP = math.log(1.05)
"""Values within 5 % of one another count as one: a percentile is right to 2.5 %."""
_LEAST = 1e-6


class Distribution:
    """Durations in seconds, or anything else that is not negative."""

    def __init__(self) -> None:
        self.count = 0
        self.total = 0.0
        self.largest = 0.0
        self._steps: Counter[int] = Counter()

    def add(self, value: float) -> None:
        self.count += 1
        self.total += value
        self.largest = max(self.largest, value)
        self._steps[round(math.log(max(value, _LEAST)) / _STEP)] += 1

    def percentile(self, percent: float) -> float:
        """The value that so many per cent of the values do not pass; 0 of none."""
        left = self.count * percent / 100
        for step in sorted(self._steps):
            left -= self._steps[step]
            if left <= 1e-9:
                return min(math.exp(step * _STEP), self.largest)
        return self.largest

    def to_json(self) -> dict[str, float]:
        """`count sum mean p50 p95 max`."""
        return {
            "count": self.count,
            "sum": round(self.total, 3),
            "mean": round(self.total / self.count, 5) if self.count else 0.0,
            "p50": round(self.percentile(50), 5),
            "p95": round(self.percentile(95), 5),
            "max": round(self.largest, 5),
        }
