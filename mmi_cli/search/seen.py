"""What is seen on a picture, as a vector among those of texts: the names of its tags, embedded, and weighed by their probabilities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..engines.interface import TextEmbedder

MOST_TAGS = 10
LEAST_PROBABILITY = 0.01
_WORDED_PROBABILITY = 0.1
_PROMPT = "a photo of a {}"


class SeenInWords:
    """Puts pictures among texts by what is seen on them; remembers the vector of each name."""

    def __init__(self, embedder: TextEmbedder) -> None:
        self._embedder = embedder
        self._vectors: dict[str, NDArray[np.float32]] = {}

    def vector(self, tags: Sequence[tuple[str, float]]) -> NDArray[np.float32] | None:
        """Unit vector, shape (dimensions,), of what is most probably seen; None when nothing is."""
        if not tags:
            return None
        weights = np.array([probability for _, probability in tags], np.float32)
        total = weights @ np.stack([self._of(name) for name, _ in tags])
        length = float(np.linalg.norm(total))
        return np.asarray(total / length, np.float32) if length > 0 else None

    def _of(self, name: str) -> NDArray[np.float32]:
        if name not in self._vectors:
            self._vectors[name] = self._embedder.embed([_PROMPT.format(name)])[0]
        return self._vectors[name]


def top_tags(labels: Sequence[str], probabilities: NDArray[np.float32]) -> tuple[tuple[str, float], ...]:
    """The most probable labels, at most ten, none that is improbable; the first always."""
    order = np.argsort(-probabilities, kind="stable")[:MOST_TAGS]
    return tuple(
        (labels[index], round(float(probabilities[index]), 4))
        for rank, index in enumerate(order.tolist())
        if rank == 0 or probabilities[index] >= LEAST_PROBABILITY
    )


def in_words(tags: Sequence[tuple[str, float]]) -> str:
    """The names that are likely enough to be searched by words and shown."""
    return "; ".join(name for rank, (name, share) in enumerate(tags) if rank == 0 or share >= _WORDED_PROBABILITY)
