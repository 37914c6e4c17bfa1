"""Learns from a few files what makes a place the right one: a choice among the places of a file, or none, by weighted signs."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .lesson_signs import Signs

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NONE = "none"
"""The sign of the answer that a file has no such value."""
# Without files to learn from the other finders are believed.
_PRIOR = {"other": 2.0, "other best": 2.5, "known": 1.0, NONE: 1.5}
_RIDGE = 0.1
_STEPS = 160
_RATE = 0.35
_FOLDS = 4
_LEAST_WEIGHT = 0.01


@dataclass(frozen=True, slots=True)
class Choice:
    """One file's places for a field, and which of them are right."""

    places: tuple[Signs, ...]
    values: tuple[str, ...]
    """What stands there; several places may hold one value."""
    right: tuple[bool, ...]
    has_value: bool = True
    """Whether there is a value; where no place is right though there is one, the file teaches only how often that happens."""
    is_read: bool = True
    """Whether what stands at the right places is right to the letter."""

    @property
    def teaches(self) -> bool:
        return any(self.right) or not self.has_value


@dataclass(frozen=True, slots=True)
class Weights:
    """What was learned of one field."""

    by_sign: Mapping[str, float]
    slope: float = 1.0
    shift: float = 0.0
    """How the log-odds of a choice are to be taken, fitted on files that were held out in turn."""

    def score(self, signs: Signs) -> float:
        weights = self.by_sign
        return sum(weights.get(name, 0.0) * value for name, value in signs)

    def chances(self, places: Sequence[Signs]) -> list[float]:
        """The probability of each place to be the right one; what is missing to 1 is that there is none."""
        scores = [self.score(signs) for signs in places]
        none = self.by_sign.get(NONE, 0.0)
        top = max([none, *scores])
        exps = [math.exp(score - top) for score in scores]
        total = math.exp(none - top) + sum(exps)
        return [each / total for each in exps]

    def calibrated(self, chance: float) -> float:
        """The probability that a value is right whose places have this chance together."""
        return _sigmoid(self.slope * _logit(chance) + self.shift)


def fit(choices: Sequence[Choice]) -> Weights:
    """The weights that make the right places of all files probable, held near what holds without them."""
    weights = _fitted([choice for choice in choices if choice.teaches])
    return Weights(weights, *_calibration(choices))


def _fitted(choices: Sequence[Choice]) -> dict[str, float]:
    import numpy as np

    counts = Counter(name for choice in choices for name in {name for signs in choice.places for name, _ in signs})
    right = {
        name
        for choice in choices
        for signs, is_right in zip(choice.places, choice.right, strict=True)
        if is_right
        for name, _ in signs
    }
    # A sign that one file alone has, and not at its right place, teaches nothing about others.
    names = sorted({NONE, *_PRIOR, *right, *(name for name, count in counts.items() if count > 1)})
    column = {name: number for number, name in enumerate(names)}
    rows: list[int] = []
    columns: list[int] = []
    values: list[float] = []
    starts: list[int] = []
    is_right: list[bool] = []
    for choice in choices:
        starts.append(len(is_right))
        is_right.append(not any(choice.right))
        rows.append(len(is_right) - 1)
        columns.append(column[NONE])
        values.append(1.0)
        for signs, mark in zip(choice.places, choice.right, strict=True):
            is_right.append(mark)
            for name, value in signs:
                at = column.get(name)
                if at is not None:
                    rows.append(len(is_right) - 1)
                    columns.append(at)
                    values.append(value)
    prior = np.array([_PRIOR.get(name, 0.0) for name in names])
    if not choices:
        return {name: value for name, value in zip(names, prior.tolist(), strict=True) if value}
    weights = _climb(
        prior, np.array(rows), np.array(columns), np.array(values), np.array(starts), np.array(is_right, dtype=bool)
    )
    found = zip(names, weights.tolist(), strict=True)
    return {name: round(value, 4) for name, value in found if abs(value) >= _LEAST_WEIGHT}


def _climb(
    prior: NDArray[np.float64],
    rows: NDArray[np.int64],
    columns: NDArray[np.int64],
    values: NDArray[np.float64],
    starts: NDArray[np.int64],
    is_right: NDArray[np.bool_],
) -> NDArray[np.float64]:
    """Steps with a rate of its own for each weight (AdaGrad); sums are taken in the order of the data, so that they repeat."""
    import numpy as np

    count, size = len(is_right), len(prior)
    lengths = np.diff(np.append(starts, count))
    weights, history = prior.copy(), np.full(size, 1e-6)
    for _ in range(_STEPS):
        scores = np.bincount(rows, weights[columns] * values, minlength=count)
        top = np.repeat(np.maximum.reduceat(scores, starts), lengths)
        exps = np.exp(scores - top)
        chance = exps / np.repeat(np.add.reduceat(exps, starts), lengths)
        among_right = np.where(is_right, chance, 0.0)
        wanted = among_right / np.maximum(np.repeat(np.add.reduceat(among_right, starts), lengths), 1e-300)
        uphill = np.bincount(columns, (wanted - chance)[rows] * values, minlength=size) - _RIDGE * (weights - prior)
        history += uphill**2
        weights += _RATE * uphill / np.sqrt(history)
    return weights


def _calibration(choices: Sequence[Choice]) -> tuple[float, float]:
    """Slope and shift of the log-odds, from files that were held out in turn; near (1, 0) where there are few of them."""
    if len(choices) < _FOLDS:
        return 1.0, 0.0
    pairs = []
    for fold in range(_FOLDS):
        held = Weights(
            _fitted([choice for number, choice in enumerate(choices) if number % _FOLDS != fold and choice.teaches])
        )
        for choice in choices[fold::_FOLDS]:
            found = by_value(choice.values, held.chances(choice.places))
            if found:
                chance, best = found[0]
                pairs.append((_logit(chance), choice.right[best] and choice.is_read))
    return _platt(pairs)


def by_value(values: Sequence[str], chances: Sequence[float]) -> list[tuple[float, int]]:
    """(chance of a value at all its places together, number of the best of them), the most probable value first."""
    together: dict[str, float] = {}
    best: dict[str, int] = {}
    for number, (value, chance) in enumerate(zip(values, chances, strict=True)):
        together[value] = together.get(value, 0.0) + chance
        if value not in best or chance > chances[best[value]]:
            best[value] = number
    return sorted(((chance, best[value]) for value, chance in together.items()), key=lambda each: (-each[0], each[1]))


def _platt(pairs: Sequence[tuple[float, bool]]) -> tuple[float, float]:
    """A logistic regression of one signal by Newton steps, held near slope 1 and shift 0."""
    slope, shift = 1.0, 0.0
    for _ in range(30):
        g0, g1, h00, h01, h11 = slope - 1.0, shift, 1.0, 0.0, 1.0
        for x, is_right in pairs:
            p = _sigmoid(slope * x + shift)
            g0, g1, w = g0 + (p - is_right) * x, g1 + (p - is_right), p * (1 - p)
            h00, h01, h11 = h00 + w * x * x, h01 + w * x, h11 + w
        step = h00 * h11 - h01 * h01
        slope -= (h11 * g0 - h01 * g1) / step
        shift -= (h00 * g1 - h01 * g0) / step
    return round(max(0.2, slope), 4), round(shift, 4)


def _logit(chance: float) -> float:
    chance = min(0.999, max(0.001, chance))
    return math.log(chance / (1 - chance))


def _sigmoid(value: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, value))))
