"""The tables of a file's charts, with what they say at a glance: the highest and the lowest value, and which way it goes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from ..datamodel.content import Content
from ..datamodel.figure import Chart, ChartMark, Figure

Trend = Literal["rising", "falling", "mixed"]
_NUMBERED = re.compile(
    r"^\W*(?:fig(?:ure|\.)?|abb(?:ildung|\.)?|chart|diagramm|graphique|gr[áa]fico)\s*(\d{1,3})\s*[.:–—-]?\s*",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:19|20)\d\d(?:-\d\d(?:-\d\d)?)?")
_MONTH = re.compile(
    r"(?:jan|feb|mar|apr|ma[iy]|jun|jul|aug|sep|sept|o[ck]t|nov|de[cz])[a-zä]{0,7}\.?(?: (?:19|20)\d\d)?|q[1-4]",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_MAX_TITLE = 120
_STEADY = 0.9
"""Spearman's rank correlation of the points of a scatter chart from which they go one way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartTable:
    """A chart with numbers."""

    figure: Figure
    chart: Chart
    title: str
    """Its own, else its caption without the number; empty where it has neither."""
    title_words: tuple[int, int] | None
    """Those of `Content.words` that hold a title from a caption."""
    number: str
    """Of its caption: `3` of `Figure 3:`; empty without one."""
    marks: tuple[ChartMark, ...]
    """Those with a value."""

    @property
    def highest(self) -> ChartMark:
        return max(self.marks, key=lambda mark: mark.y or 0.0)

    @property
    def lowest(self) -> ChartMark:
        return min(self.marks, key=lambda mark: mark.y or 0.0)

    def of_series(self, series: str | None) -> tuple[ChartMark, ...]:
        return tuple(mark for mark in self.marks if mark.series == series)

    @property
    def trend(self) -> Trend | None:
        """Which way the values go along an axis that has an order; None where it has none, or the series go different ways."""
        ways = {_way(self.chart, self.of_series(name)) for name in dict.fromkeys(mark.series for mark in self.marks)}
        return ways.pop() if len(ways) == 1 else None


def label_of(mark: ChartMark) -> str:
    """What a mark stands for: `May`, `Harbour, 2024`."""
    x = mark.x if isinstance(mark.x, str) else f"{mark.x:.10g}" if mark.x is not None else ""
    return ", ".join(part for part in (x, mark.series or "") if part)


def chart_tables(content: Content) -> tuple[ChartTable, ...]:
    """Every chart whose table was read, in the order of the file."""
    found = []
    for figure in sorted(content.figures, key=lambda each: each.block):
        chart = figure.chart
        marks = tuple(mark for mark in chart.marks if mark.y is not None) if chart else ()
        if chart is None or not marks:
            continue
        title, words, number = _told(content, figure)
        if chart.title:
            title, words = chart.title, None
        found.append(ChartTable(figure=figure, chart=chart, title=title, title_words=words, number=number, marks=marks))
    return tuple(found)


def _told(content: Content, figure: Figure) -> tuple[str, tuple[int, int] | None, str]:
    """(title, its words, number) by the first sentence of a caption."""
    if figure.caption is None:
        return "", None, ""
    caption = " ".join(content.text_of(*figure.caption).split())
    numbered = _NUMBERED.match(caption)
    begin = numbered.end() if numbered else 0
    title = _SENTENCE_END.split(caption[begin:])[0][:_MAX_TITLE]
    first = figure.caption[0] + len(caption[:begin].split())
    return title.rstrip("."), (first, first + len(title.split())), numbered[1] if numbered else ""


def _way(chart: Chart, marks: Sequence[ChartMark]) -> Trend | None:
    if len(marks) < 3:
        return None
    values = [mark.y or 0.0 for mark in marks]
    if chart.kind == "scatter":
        return _way_of_points([(float(mark.x), mark.y or 0.0) for mark in marks if isinstance(mark.x, int | float)])
    is_in_order = chart.kind in ("line", "area") or all(_has_order(mark.x) for mark in marks)
    if not is_in_order:
        return None
    steps = [after - before for before, after in pairwise(values)]
    return "rising" if min(steps) >= 0 < max(steps) else "falling" if max(steps) <= 0 > min(steps) else "mixed"


def _has_order(x: str | float | None) -> bool:
    return isinstance(x, int | float) or (x is not None and any(form.fullmatch(x) for form in (_YEAR, _MONTH)))


def _way_of_points(points: Sequence[tuple[float, float]]) -> Trend | None:
    if len(points) < 4:
        return None
    ranks_x, ranks_y = (_ranks([point[side] for point in points]) for side in (0, 1))
    count = len(points)
    rho = 1 - 6 * sum((a - b) ** 2 for a, b in zip(ranks_x, ranks_y, strict=True)) / (count * (count**2 - 1))
    return "rising" if rho >= _STEADY else "falling" if rho <= -_STEADY else "mixed"


def _ranks(values: Sequence[float]) -> list[float]:
    order = sorted(values)
    return [(order.index(value) + len(order) - 1 - order[::-1].index(value)) / 2 for value in values]
