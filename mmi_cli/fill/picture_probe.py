"""Tells kinds of pictures apart by their features, from a few labelled pictures of each kind, with probabilities.

Linear discriminants with a covariance that is held near a multiple of the identity: with ten pictures a kind and a thousand features,
more of it cannot be known. How near, and how sure the answers may be, is chosen by pictures that were held out of the labelled ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Matrix = NDArray[np.float64]

_HELD = (0.3, 0.6, 0.8, 0.9, 0.96)
"""Shares of the identity that are tried."""
_SCALES = tuple(0.02 * 1.35**step for step in range(20))
"""Factors on the discriminants, of which the likeliest makes probabilities of them."""
_FOLDS = 5
_BETTER = 0.2
"""Of the way from chance to certainty that a probe must have gone on held out pictures to be asked."""
_UNSEEN = 1.0
"""Pictures that speak against every answer before any was seen: no probability is above 1 - 1 / (pictures of both kinds + 1)."""


@dataclass(frozen=True, slots=True)
class Probe:
    """Kinds of pictures and how to tell them apart."""

    kinds: tuple[str, ...]
    held_out_accuracy: float
    """Share of the labelled pictures that were named rightly by probes that did not know them; 0 when too few could be held out."""
    chance: float
    """What always answering the commonest kind would give."""
    _weights: Matrix
    """Shape (kinds, features)."""
    _offsets: Matrix
    _most: float

    @property
    def is_useful(self) -> bool:
        """Whether it knows more than chance, by more than chance would have it."""
        return self.held_out_accuracy >= self.chance + _BETTER * (1 - self.chance)

    def probabilities(self, features: NDArray[np.float32]) -> dict[str, float]:
        """Kind → probability, for one picture's unit vector; the most probable first."""
        scores = self._weights @ features.astype(np.float64) + self._offsets
        chances = np.minimum(_softmax(scores[None])[0], self._most)
        order = np.argsort(-chances, kind="stable")
        return {self.kinds[index]: float(chances[index]) for index in order.tolist()}


def fit_probe(features: NDArray[np.float32], labels: Sequence[str]) -> Probe | None:
    """A probe; None when there are not two kinds with two pictures each.

    Args:
        features: unit vectors, shape (pictures, dimensions).
        labels: the kind of each picture.
    """
    kinds = tuple(sorted(set(labels)))
    truth = np.array([kinds.index(label) for label in labels])
    counts = np.bincount(truth, minlength=len(kinds))
    if len(kinds) < 2 or int((counts >= 2).sum()) < 2:
        return None
    given = features.astype(np.float64)
    middle = given.mean(axis=0)
    _, spread, axes = np.linalg.svd(given - middle, full_matrices=False)
    axes = axes[spread > 1e-6 * max(float(spread[0]), 1e-12)]
    places = (given - middle) @ axes.T  # whatever the labelled pictures do not differ in tells none of them apart
    folds = _folds(truth, len(kinds))
    rivals = {held: np.zeros((len(truth), len(kinds))) for held in _HELD}
    for fold in range(_FOLDS):
        inside = folds != fold
        if inside.all():
            continue
        known = _spread_of(places[inside], truth[inside], len(kinds))
        for held, scores in rivals.items():
            weights, offsets = _linear(known, held, given.shape[1])
            scores[~inside] = places[~inside] @ weights.T + offsets
    best: tuple[float, float, float] | None = None
    for held, scores in rivals.items():
        for scale in _SCALES:
            chances = _softmax(scores * scale)[np.arange(len(truth)), truth]
            likelihood = float(np.log(np.maximum(chances, 1e-9)).mean())
            if best is None or likelihood > best[0] + 1e-9:
                best = (likelihood, held, scale)
    _, held, scale = best or (0.0, _HELD[0], _SCALES[0])
    weights, offsets = _linear(_spread_of(places, truth, len(kinds)), held, given.shape[1])
    return Probe(
        kinds,
        float((rivals[held].argmax(axis=1) == truth).mean()),
        float(counts.max() / counts.sum()),
        scale * weights @ axes,
        scale * (offsets - weights @ (axes @ middle)),
        1 - _UNSEEN / (2 * float(counts.mean()) + 1),
    )


def _folds(truth: NDArray[np.int64], kinds: int) -> NDArray[np.int64]:
    """Which fold holds out which picture: those of each kind in turn."""
    folds = np.zeros(len(truth), np.int64)
    for kind in range(kinds):
        members = np.flatnonzero(truth == kind)
        folds[members] = (np.arange(len(members)) + kind) % _FOLDS
    return folds


class _Spread(NamedTuple):
    """How pictures lie: the mean of each kind, and along which axes they vary within the kinds."""

    means: Matrix
    is_present: NDArray[np.bool_]
    variances: Matrix
    axes: Matrix


def _spread_of(places: Matrix, truth: NDArray[np.int64], kinds: int) -> _Spread:
    means = np.zeros((kinds, places.shape[1]))
    is_present = np.zeros(kinds, bool)
    within = places.copy()
    for kind in range(kinds):
        members = truth == kind
        if members.any():
            is_present[kind] = True
            means[kind] = places[members].mean(axis=0)
            within[members] -= means[kind]
    _, spread, axes = np.linalg.svd(within, full_matrices=False)
    return _Spread(means, is_present, spread**2 / len(places), axes)


def _linear(known: _Spread, held: float, dimensions: int) -> tuple[Matrix, Matrix]:
    """Weights and offsets whose sums rank the kinds as the distances from their means do; a kind without pictures is never meant."""
    even = max(held * float(known.variances.sum()) / dimensions, 1e-12)
    more = 1 / ((1 - held) * known.variances + even) - 1 / even
    weights = known.means / even + ((known.means @ known.axes.T) * more) @ known.axes
    offsets = -0.5 * (weights * known.means).sum(axis=1)
    offsets[~known.is_present] = -1e9
    return weights, offsets


def _softmax(scores: Matrix) -> Matrix:
    exponents = np.exp(scores - scores.max(axis=1, keepdims=True))
    chances: Matrix = exponents / exponents.sum(axis=1, keepdims=True)
    return chances
