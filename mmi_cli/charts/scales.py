"""The scale of an axis from its labels: the line, linear or logarithmic, on which most of them agree."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from .texts import Text, number_of

ScaleType = Literal["number", "date", "year"]
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_ISO = re.compile(r"^(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?$")
_NAMED = re.compile(r"^(?:(\d{1,2})[ .-])?([A-Za-z]{3})[a-z]*\.?[ ,'-]*(?:(\d{1,2}),? )?(\d{4}|\d{2})$")
_LEAST_SHARE = 0.5
"""Of the numbers in its row or column, those that lie on the scale."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """value = slope * position + offset, or 10 to the power of it."""

    slope: float
    offset: float
    is_log: bool
    is_vertical: bool
    kind: ScaleType
    ticks: tuple[tuple[float, float, Text], ...]
    """(position in pixels, value, label) of those that agree, by position."""
    residual: float
    """Largest distance of a tick from the scale, pixels."""
    is_exact: bool = False
    """Its ticks were found as marks or grid lines, not by their labels alone."""

    def value(self, position: float) -> float:
        raw = self.slope * position + self.offset
        return float(10.0 ** min(max(raw, -300.0), 300.0)) if self.is_log else raw

    def position(self, value: float) -> float:
        return ((math.log10(value) if self.is_log else value) - self.offset) / self.slope

    @property
    def span(self) -> float:
        """Between the first and the last tick, pixels."""
        return abs(self.ticks[-1][0] - self.ticks[0][0])

    @property
    def bounds(self) -> tuple[float, float]:
        """Positions of the first and the last tick."""
        return self.ticks[0][0], self.ticks[-1][0]


def find_scales(texts: Sequence[Text], *, is_vertical: bool) -> list[Scale]:
    """Every scale along one direction, best first: at least three labels in a row or column that lie on one line."""
    found: list[Scale] = []
    readings: tuple[tuple[ScaleType, Callable[[str], float | None]], ...] = (
        ("number", lambda text: number_of(text, is_lenient=True)),
        ("date", _day),
    )
    for kind, parse in readings:
        labels = [(text, value) for text in texts if (value := parse(text.text)) is not None]
        for row in _rows(labels, is_vertical):
            scale = _fit(row, is_vertical, kind)
            if scale is not None:
                found.append(scale)
    if not found and is_vertical:
        found = _of_two(texts)
    found.sort(key=lambda scale: (-len(scale.ticks), scale.is_log, -scale.span))
    kept: list[Scale] = []
    for scale in found:
        mine = {id(tick[2]) for tick in scale.ticks}
        if all(not mine & {id(tick[2]) for tick in other.ticks} for other in kept):
            kept.append(scale)
    return kept


def _of_two(texts: Sequence[Text]) -> list[Scale]:
    """The scale of two labels one above the other, powers of ten on a logarithmic axis; there is nothing to check it by."""
    labels = [(t, v) for t in texts if (v := number_of(t.text)) is not None and t.score > 0.9 and not t.turned]
    labels.sort(key=lambda pair: -pair[0].y)
    for first, second in itertools.combinations(labels, 2):
        aligned = abs(first[0].box[2] - second[0].box[2]) <= 3 and first[0].y > second[0].y
        ratio = second[1] / first[1] if first[1] else 0.0
        is_log = first[1] > 0 and min(abs(ratio / power - 1) for power in (10, 100, 1000)) < 1e-6
        if aligned and is_log and len(labels) <= 4 and first[0].y - second[0].y > 30:
            points = [(t.y, math.log10(v), t) for t, v in sorted((first, second), key=lambda pair: pair[0].y)]
            scale = fitted(points, True, True, "number")
            return [scale] if scale else []
    return []


def _rows(labels: list[tuple[Text, float]], is_vertical: bool) -> list[list[tuple[Text, float]]]:
    """Labels that share an edge or their middle, across the axis."""
    rows: dict[frozenset[int], list[tuple[Text, float]]] = {}
    edges: tuple[Callable[[Text], float], ...] = (
        (lambda t: t.box[2], lambda t: t.x, lambda t: t.box[0])
        if is_vertical
        else (lambda t: t.y, lambda t: t.box[1], lambda t: t.box[3])
    )
    for edge, (anchor, _) in itertools.product(edges, labels):
        tolerance = max(2.5, 0.4 * anchor.height)
        row = [(text, value) for text, value in labels if abs(edge(text) - edge(anchor)) <= tolerance]
        if len(row) >= 3:
            rows.setdefault(frozenset(id(text) for text, _ in row), row)
    return list(rows.values())


def _fit(row: list[tuple[Text, float]], is_vertical: bool, kind: ScaleType) -> Scale | None:
    points = [(text.y if is_vertical else text.at, value, text) for text, value in row]
    best: tuple[float, list[tuple[float, float, Text]], bool] | None = None
    for is_log in (False, True):
        usable = [
            (at, math.log10(value) if is_log else value, text) for at, value, text in points if not is_log or value > 0
        ]
        for first, second in itertools.combinations(usable, 2):
            if abs(first[0] - second[0]) < 4 or first[1] == second[1]:
                continue
            slope = (second[1] - first[1]) / (second[0] - first[0])
            offset = first[1] - slope * first[0]
            agreeing = [p for p in usable if abs((p[1] - offset) / slope - p[0]) <= max(1.6, 0.22 * p[2].height)]
            span = max(p[0] for p in agreeing) - min(p[0] for p in agreeing)
            score = len({p[1] for p in agreeing}) - (0.5 if is_log else 0.0) + span * 1e-5
            if best is None or score > best[0]:
                best = (score, agreeing, is_log)
    if best is None:
        return None
    _, agreeing, is_log = best
    values = {p[1] for p in agreeing}
    inside = [p for p in points if min(a[0] for a in agreeing) - 1 <= p[0] <= max(a[0] for a in agreeing) + 1]
    if len(values) < 3 or len(values) < len(agreeing) or len(agreeing) < _LEAST_SHARE * len(inside):
        return None
    if is_log and not _is_decades(sorted(values)):
        return None
    if kind == "number" and all(v == int(v) and 1700 <= v <= 2100 for v in values) and not is_log:
        kind = "year"
    agreeing.sort(key=lambda p: p[0])
    return fitted([(at, value, text) for at, value, text in agreeing], is_log, is_vertical, kind)


def fitted(
    points: Sequence[tuple[float, float, Text]], is_log: bool, is_vertical: bool, kind: ScaleType
) -> Scale | None:
    """Least squares through (position, value or its logarithm, label)."""
    count = len(points)
    mean_at, mean_value = sum(p[0] for p in points) / count, sum(p[1] for p in points) / count
    spread = sum((p[0] - mean_at) ** 2 for p in points)
    slope = sum((p[0] - mean_at) * (p[1] - mean_value) for p in points) / spread if spread else 0.0
    if slope == 0:
        return None
    offset = mean_value - slope * mean_at
    residual = max(abs((p[1] - offset) / slope - p[0]) for p in points)
    ticks = tuple((at, 10.0**value if is_log else value, text) for at, value, text in points)
    return Scale(
        slope=slope, offset=offset, is_log=is_log, is_vertical=is_vertical, kind=kind, ticks=ticks, residual=residual
    )


def _is_decades(logs: list[float]) -> bool:
    """Log axes are labelled by powers of one number."""
    steps = [b - a for a, b in itertools.pairwise(logs)]
    least = min(steps)
    return least > 0.15 and all(abs(step / least - round(step / least)) < 0.05 for step in steps)


def _day(text: str) -> float | None:
    """Days since year 1 of `2020-03`, `2020-03-01`, `Mar 2020`, `5 Mar 2020`."""
    text = text.strip()
    try:
        if match := _ISO.match(text):
            return float(date(int(match[1]), int(match[2]), int(match[3] or 1)).toordinal())
        if (match := _NAMED.match(text)) and match[2].lower() in _MONTHS:
            year = int(match[4]) + (2000 if len(match[4]) == 2 else 0)
            return float(date(year, _MONTHS.index(match[2].lower()) + 1, int(match[1] or match[3] or 1)).toordinal())
    except ValueError:
        return None
    return None


def iso_day(days: float) -> str:
    """ISO 8601 of days since year 1."""
    return (date(1, 1, 1) + timedelta(days=min(max(round(days), 1), 3_652_059) - 1)).isoformat()
