"""What is asked of an index, and its answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .index import FoundFile, FoundItem
from .items import LEAVES, Kind

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """By words, by a picture, by something of the index, or by several of these."""

    text: str = ""
    image: NDArray[np.uint8] | None = None
    """RGB, shape (height, width, 3)."""
    like: str | None = None
    """Path of a file of the index."""
    where: str | None = None
    kinds: tuple[Kind, ...] = LEAVES
    limit: int = 10
    one_per_file: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """An answer; its numbers order the answers of one question and mean nothing beside those of another."""

    file: FoundFile
    item: FoundItem
    relevance: float
    """`similarity + metadata`."""
    similarity: float
    """The lists fused by reciprocal rank; 1 is first in every list."""
    metadata: float
    """For words of the question in the file's path and in its fields; at most 0.05."""
    lists: dict[str, dict[str, Any]]
    """List → `rank` and `score` (a cosine, or BM25) in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    hits: tuple[Hit, ...]
    models: dict[str, str]
    """List → the model whose vectors it compares."""
    notes: tuple[str, ...] = ()
    """What could not be asked, and why."""
    seconds: dict[str, float] | None = None
    """List → time it took; for people, never part of an answer that is compared."""
