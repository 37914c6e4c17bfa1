"""At which places of the axis a line or an area is read: at its names, at a regular step, or where it bends."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from .bar_reading import neat
from .scales import Scale, iso_day

_NEAR = 2.2
"""Pixels between a bend and a place of the grid."""


_ABOUT = 0.17
"""How far a bend may lie from its tick, in distances between two ticks."""
_MOST_NEAR = 0.9


class Place(NamedTuple):
    x: str | float
    at: float
    """Column, pixels."""
    score: float


def places_on(scale: Scale, vertices: Sequence[Sequence[float]], low: float, high: float) -> list[Place]:
    """Places along a scale from the bends of every line on it.

    Args:
        vertices: columns of the bends of each line, ends included.
        low, high: the columns between which there is a line.
    """
    columns = sorted(column for line in vertices for column in line)
    if not columns:
        return []
    if scale.kind == "date":
        return _days(scale, columns, low, high)
    step = _step(scale, columns) if not scale.is_log else None
    if step is not None:
        ends = sorted((scale.value(low), scale.value(high)))
        slack = _NEAR * abs(scale.slope)
        first, last = math.ceil((ends[0] - slack) / step), math.floor((ends[1] + slack) / step)
        grid = [round(n * step, 10) + 0.0 for n in range(first, last + 1)]
        hit = sum(
            any(abs(scale.position(value) - c) <= max(_NEAR + 1, 0.09 * step / abs(scale.slope)) for c in columns)
            for value in grid
        )
        if len(grid) <= 120 and (hit >= 0.7 * len(grid) or scale.kind == "year"):
            return [Place(_value(scale, value), scale.position(value), 1.0) for value in grid]
    if (at_ticks := _at_ticks(scale, columns, low, high)) is not None:
        return at_ticks
    pixel = abs(scale.slope) if not scale.is_log else 0.0
    answer: list[Place] = []
    for column in _apart(columns):
        value = scale.value(column)
        rounded = neat(value, 2.0 * pixel if pixel else 0.03 * abs(value))
        answer.append(Place(_value(scale, rounded), column, 0.7))
    return answer


def _at_ticks(scale: Scale, columns: Sequence[float], low: float, high: float) -> list[Place] | None:
    """The ticks, where the bends lie about them and each tick has one: a marker makes a bend on either side of its point."""
    ticks = sorted(tick[0] for tick in scale.ticks if low - _NEAR - 1 <= tick[0] <= high + _NEAR + 1)
    if len(ticks) < 3 or scale.is_log:
        return None
    reach = _ABOUT * min(after - before for before, after in itertools.pairwise(ticks))
    about = [min(ticks, key=lambda tick: abs(tick - column)) for column in columns]
    near = sum(abs(tick - column) <= reach for tick, column in zip(about, columns, strict=True))
    if near < _MOST_NEAR * len(columns) or set(about) != set(ticks):
        return None
    pixel = abs(scale.slope)
    return [Place(_value(scale, neat(scale.value(tick), 2.0 * pixel)), tick, 1.0) for tick in ticks]


def _value(scale: Scale, value: float) -> str | float:
    return f"{value:.0f}" if scale.kind == "year" and value == int(value) else value


def _apart(columns: Sequence[float]) -> list[float]:
    """Bends of several lines at one place are one place."""
    groups: list[list[float]] = []
    for column in columns:
        if groups and column - groups[-1][-1] <= 5.0:
            groups[-1].append(column)
        else:
            groups.append([column])
    return [sum(group) / len(group) for group in groups]


def _step(scale: Scale, columns: Sequence[float]) -> float | None:
    """The largest round step on which nearly all bends lie."""
    pixel = abs(scale.slope)
    values = [scale.value(column) for column in _apart(columns)]
    top = abs(values[-1] - values[0])
    if top <= 0:
        return None
    for power in range(math.ceil(math.log10(top)) + 1, -6, -1):
        for factor in (5.0, 2.5, 2.0, 1.0):
            step = factor * 10.0**power
            if step > top or (factor == 2.5 and power < 0) or step / pixel < 4.0:
                continue
            if scale.kind == "year" and step < 1:
                return None
            away = [abs(value / step - round(value / step)) * step / pixel for value in values]
            # A step of few pixels is met by chance.
            limit = min(max(_NEAR, 0.09 * step / pixel), 0.22 * step / pixel)
            if sum(a <= limit for a in away) >= 0.85 * len(away):
                return step
    return None


def _days(scale: Scale, columns: Sequence[float], low: float, high: float) -> list[Place]:
    """First days of months where the bends are there; a step of whole days else; the bends themselves else."""
    pixel = abs(scale.slope)
    bends = _apart(columns)
    values = [scale.value(column) for column in bends]
    first, last = sorted((scale.value(low), scale.value(high)))
    slack = _NEAR * pixel
    months = []
    start = date.fromordinal(max(1, round(first - 31)))
    for number in range(start.year * 12 + start.month - 1, start.year * 12 + start.month + 400):
        day = date(number // 12, number % 12 + 1, 1).toordinal()
        if day > last + slack:
            break
        if day >= first - slack:
            months.append(float(day))
    limit = max(slack, 0.6, 0.08 * 30)
    if len(months) >= 2 and 30 / pixel > 5:
        on = sum(min(abs(value - month) for month in months) <= min(limit, 6) for value in values)
        if on >= 0.85 * len(values):
            return [Place(iso_day(month), scale.position(month), 1.0) for month in months]
    for step in (7, 14, 1, 2, 3, 5, 10, 28):
        if step / pixel < 4.5:
            continue
        grid = [values[0] + step * n for n in range(int((last - values[0] + slack) / step) + 1)]
        if len(grid) > 100 or len(grid) < 2:
            continue
        near = sum(min(abs(value - g) for g in grid) <= min(limit, 0.22 * step) for value in values)
        hit = sum(min(abs(value - g) for value in values) <= min(limit, 0.22 * step) for g in grid)
        if near >= 0.85 * len(values) and hit >= 0.5 * len(grid):
            return [Place(iso_day(g), scale.position(g), 0.8) for g in grid]
    return [Place(iso_day(value), column, 0.6) for column, value in zip(bends, values, strict=True)]
