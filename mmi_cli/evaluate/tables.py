"""How like two tables of a chart are: relative number set similarity and relative mapping similarity.

Both are those of DePlot (Liu et al., Findings of ACL 2023), with the tolerances of its published code: RNSS compares the numbers
alone, as a set; RMS compares (row, column, value) with names by edit distance (half of the letters wrong is wrong) and values by
relative distance (a tenth off is wrong). A table may stand on its side. The title is not part of the table here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

_NAME_LIMIT = 0.5
_VALUE_LIMIT = 0.1

Entries = Mapping[tuple[str, str], float | str]
"""(name of the row, name of the column) → value."""


class TableScore(NamedTuple):
    """All in [0, 1]."""

    rnss: float
    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """RMS F1."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def score_table(predicted: Entries, truth: Entries) -> TableScore:
    """The better of both ways to lay the predicted table."""
    turned = {(column, row): value for (row, column), value in predicted.items()}
    best = max(
        (_mapping(way, truth) for way in (predicted, turned)), key=lambda pair: pair[0] * pair[1] / (sum(pair) or 1)
    )
    return TableScore(number_set_similarity(_numbers(predicted), _numbers(truth)), *best)


def _numbers(entries: Entries) -> list[float]:
    """Of all cells: values, and names of rows that are numbers, once each."""
    numbers = [value for value in entries.values() if isinstance(value, int | float)]
    for name in dict.fromkeys(row for row, _ in entries):
        try:
            numbers.append(float(name))
        except ValueError:
            continue
    return numbers


def number_set_similarity(predicted: Sequence[float], truth: Sequence[float]) -> float:
    """RNSS: 1 less the relative distances of the numbers when each is given its best partner, over the larger count.

    As published, a number without a partner costs nothing: read it beside RMS, never alone.
    """
    if not predicted and not truth:
        return 1.0
    if not predicted or not truth:
        return 0.0
    costs = [[relative_distance(t, p, 1.0) for p in predicted] for t in truth]
    return 1.0 - sum(costs[i][j] for i, j in assign(costs)) / max(len(predicted), len(truth))


def relative_distance(truth: float, predicted: float, limit: float) -> float:
    """In [0, 1]; 1 from `limit` on."""
    if truth == 0:
        return 0.0 if predicted == 0 else 1.0
    distance = min(abs((truth - predicted) / truth), 1.0)
    return distance if distance < limit else 1.0


def name_similarity(truth: str, predicted: str) -> float:
    """1 less the edit distance in parts of the longer name; 0 where half or more is wrong."""
    from rapidfuzz.distance import Levenshtein

    first, second = truth.lower().strip(), predicted.lower().strip()
    distance = float(Levenshtein.normalized_distance(first, second))
    return 1.0 - distance if distance < _NAME_LIMIT else 0.0


def _mapping(predicted: Entries, truth: Entries) -> tuple[float, float]:
    """(precision, recall)."""
    if not predicted or not truth:
        return (1.0, 1.0) if not predicted and not truth else (0.0, 0.0)
    mine = [(f"{row} {column}", value) for (row, column), value in predicted.items()]
    theirs = [(f"{row} {column}", value) for (row, column), value in truth.items()]
    likeness = [[name_similarity(t[0], p[0]) for p in mine] for t in theirs]
    score = 0.0
    for i, j in assign([[1.0 - s for s in row] for row in likeness]):
        score += likeness[i][j] * _value_similarity(theirs[i][1], mine[j][1])
    return score / len(mine), score / len(theirs)


def _value_similarity(truth: float | str, predicted: float | str) -> float:
    if isinstance(truth, str) or isinstance(predicted, str):
        return name_similarity(str(truth), str(predicted))
    return 1.0 - relative_distance(truth, predicted, _VALUE_LIMIT)


def assign(costs: Sequence[Sequence[float]]) -> list[tuple[int, int]]:
    """Pairs (row, column) of least total cost, each row and column once; all of the shorter side are paired.

    The Hungarian method with potentials, O(rows² · columns).
    """
    rows, columns = len(costs), len(costs[0]) if costs else 0
    if rows > columns:
        return [(i, j) for j, i in assign([[costs[i][j] for i in range(rows)] for j in range(columns)])]
    infinite = float("inf")
    u, v = [0.0] * (rows + 1), [0.0] * (columns + 1)
    owner, way = [0] * (columns + 1), [0] * (columns + 1)
    for i in range(1, rows + 1):
        owner[0], column = i, 0
        least, seen = [infinite] * (columns + 1), [False] * (columns + 1)
        while True:
            seen[column] = True
            row, delta, following = owner[column], infinite, 0
            for j in range(1, columns + 1):
                if seen[j]:
                    continue
                reduced = costs[row - 1][j - 1] - u[row] - v[j]
                if reduced < least[j]:
                    least[j], way[j] = reduced, column
                if least[j] < delta:
                    delta, following = least[j], j
            for j in range(columns + 1):
                if seen[j]:
                    u[owner[j]] += delta
                    v[j] -= delta
                else:
                    least[j] -= delta
            column = following
            if owner[column] == 0:
                break
        while column:
            owner[column], column = owner[way[column]], way[column]
    return sorted((owner[j] - 1, j - 1) for j in range(1, columns + 1) if owner[j])
