"""Several ranked lists as one, by reciprocal rank."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

STEADY = 10
"""Added to each rank: how little the first place counts more than the second. Cormack, Clarke and Büttcher (2009) have 60, for lists of
web pages with many that are right; here what is 36th was still worth two thirds of the first. Measured with `bench/search_pictures.py`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """An item in one of the lists."""

    item: int
    score: float
    """Of the list's own kind: a cosine, a BM25 score; comparable within the list and the question alone."""
    weight: float = 1.0
    """In [0, 1]: how much of what the list is about the item answers to."""


RankedList = Sequence[Placed]


def fused(lists: Mapping[str, RankedList]) -> dict[int, float]:
    """Item → sum over the lists of weight / (10 + rank), as a share of what the first of all lists would have; in (0, 1]."""
    most = len(lists) / (STEADY + 1)
    scores: dict[int, float] = {}
    for each in lists.values():
        for rank, placed in ranked(each):
            scores[placed.item] = scores.get(placed.item, 0.0) + placed.weight / (STEADY + rank) / most
    return scores


def ranked(each: RankedList) -> list[tuple[int, Placed]]:
    """(rank from 1, place in the list); equal scores share a rank, so that no order of rows decides."""
    out: list[tuple[int, Placed]] = []
    rank = 0
    for position, placed in enumerate(each, start=1):
        if not out or placed.score != out[-1][1].score:
            rank = position
        out.append((rank, placed))
    return out
