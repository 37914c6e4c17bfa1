"""Charts of Office documents: their title and the cached data behind them, as a table and as a `Chart`."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ..datamodel.figure import Box, Chart, ChartKind, ChartMark, Figure
from .flow_text import FlowWriter

if TYPE_CHECKING:
    from lxml.etree import _Element

_C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_MAX_POINTS = 100_000
_OWN_DATA = 0.99  # what the chart was drawn from; the rest is for caches that no longer agree with their sheet
_KINDS: dict[str, ChartKind] = {
    "barChart": "bar", "bar3DChart": "bar", "lineChart": "line", "line3DChart": "line", "stockChart": "line",
    "pieChart": "pie", "pie3DChart": "pie", "doughnutChart": "pie", "ofPieChart": "pie", "areaChart": "area",
    "area3DChart": "area", "scatterChart": "scatter", "bubbleChart": "scatter", "radarChart": "other",
    "surfaceChart": "other", "surface3DChart": "other",
}  # fmt: skip


def chart_table(root: _Element) -> tuple[str, list[list[str]]]:
    """Title and table of a chart part: a header of series names, then one row a category."""
    chart = root.find(f"{_C}chart")
    if chart is None:
        return "", []
    title_element = chart.find(f"{_C}title")
    title = _rich_text(title_element) if title_element is not None else ""
    names: list[str] = []
    categories: dict[int, str] = {}
    columns: list[dict[int, str]] = []
    for series in chart.iter(f"{_C}ser"):
        names.append(" ".join(_points(series.find(f"{_C}tx")).values()) or f"Series {len(names) + 1}")
        for source in ("cat", "xVal"):
            for index, label in _points(series.find(f"{_C}{source}")).items():
                categories.setdefault(index, label)
        values = series.find(f"{_C}val")
        columns.append(_points(values if values is not None else series.find(f"{_C}yVal")))
    indices = sorted({index for column in columns for index in column} | set(categories))
    rows = [[categories.get(index, ""), *(column.get(index, "") for column in columns)] for index in indices]
    return title, [["", *names], *rows] if rows else []


def native_chart(root: _Element, box: Box | None = None) -> Chart | None:
    """What a chart part says of itself: exact, since it is the data that the chart was drawn from; None when it holds no series.

    Args:
        box: of the chart where it is known; every mark is given it.
    """
    chart = root.find(f"{_C}chart")
    plot = chart.find(f"{_C}plotArea") if chart is not None else None
    if chart is None or plot is None:
        return None
    place = box or (0.0, 0.0, 0.0, 0.0)
    drawn = [element for element in plot if element.tag.removeprefix(_C) in _KINDS]
    names: list[str] = []
    marks: list[ChartMark] = []
    for group in drawn:
        for series in group.iterchildren(f"{_C}ser"):
            name = " ".join(_points(series.find(f"{_C}tx")).values())
            names.append(name or f"Series {len(names) + 1}")
            marks += _marks(series, names[-1] if name else None, place)
    if not marks:
        return None
    kinds = {_KINDS[group.tag.removeprefix(_C)] for group in drawn}
    grouping = next(plot.iter(f"{_C}grouping"), None)
    direction = next(plot.iter(f"{_C}barDir"), None)
    title = chart.find(f"{_C}title")
    titles = _axis_titles(plot)
    is_numeric = all(isinstance(mark.x, float) for mark in marks)
    return Chart(
        kind=kinds.pop() if len(kinds) == 1 else "other",
        confidence=_OWN_DATA,
        title=(_rich_text(title) or None) if title is not None else None,
        x_title=titles[0],
        y_title=titles[1],
        x_type="number" if is_numeric else "category",
        is_horizontal=direction is not None and direction.get("val") == "bar",
        is_stacked=grouping is not None and grouping.get("val") in ("stacked", "percentStacked"),
        series=tuple(names) if any(mark.series for mark in marks) else (),
        marks=tuple(marks),
    )


def _marks(series: _Element, name: str | None, box: Box) -> list[ChartMark]:
    xs = _points(series.find(f"{_C}xVal"))
    is_numeric = bool(xs)
    xs = xs or _points(series.find(f"{_C}cat"))
    values = series.find(f"{_C}val")
    ys = _points(values if values is not None else series.find(f"{_C}yVal"))
    sizes = _points(series.find(f"{_C}bubbleSize"))
    marks = []
    for index in sorted(ys):
        y, x = _number(ys[index]), xs.get(index)
        number = _number(x) if is_numeric and x is not None else None
        marks.append(
            ChartMark(
                series=name, x=number if number is not None else x, y=y, box=box, confidence=_OWN_DATA,
                y_text=ys[index], size=_number(sizes[index]) if index in sizes else None,
            )
        )  # fmt: skip
    return marks


def _axis_titles(plot: _Element) -> tuple[str | None, str | None]:
    """Of the axis of categories or x, and of that of values or y."""
    across: list[str | None] = []
    up: list[str | None] = []
    for axis in plot:
        name = axis.tag.removeprefix(_C) if isinstance(axis.tag, str) else ""
        title = axis.find(f"{_C}title")
        text = (_rich_text(title) or None) if title is not None else None
        if name in ("catAx", "dateAx") or (
            name == "valAx" and not across and _lies_flat(axis) and not _has_categories(plot)
        ):
            across.append(text)
        elif name == "valAx":
            up.append(text)
    return next(iter(across), None), next(iter(up), None)


def _lies_flat(axis: _Element) -> bool:
    position = axis.find(f"{_C}axPos")
    return position is not None and position.get("val") in ("b", "t")


def _has_categories(plot: _Element) -> bool:
    return plot.find(f"{_C}catAx") is not None or plot.find(f"{_C}dateAx") is not None


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def add_chart(flow: FlowWriter, root: _Element) -> None:
    """The chart as a figure, a caption and a table."""
    if (chart := native_chart(root)) is not None:
        flow.add_figure(Figure(kind="chart", block=0, chart=chart), label=chart.title)
    title, table = chart_table(root)
    flow.add("caption", title)
    flow.add_table(table, header_rows=1, label=title or None)


def _points(source: _Element | None) -> dict[int, str]:
    """Index → text of the cached points of a reference or literal."""
    points: dict[int, str] = {}
    if source is None:
        return points
    multi = source.find(f"{_C}multiLvlStrRef/{_C}multiLvlStrCache/{_C}lvl")
    for point in (multi if multi is not None else source).iter(f"{_C}pt"):
        value = point.find(f"{_C}v")
        index = point.get("idx") or ""
        if value is not None and value.text and index.isdigit() and len(points) < _MAX_POINTS:
            points[int(index)] = _plain_number(value.text)
    if not points and (value := source.find(f"{_C}v")) is not None and value.text:
        points[0] = value.text
    return points


def _plain_number(text: str) -> str:
    """3.5000000000000004 → 3.5: what a double cannot hold was never in the chart."""
    try:
        return f"{float(text):.15g}" if len(text) > 15 else text
    except ValueError:
        return text


def _rich_text(element: _Element) -> str:
    text = " ".join("".join(run.text or "" for run in paragraph.iter(f"{_A}t")) for paragraph in element.iter(f"{_A}p"))
    return " ".join(text.split()) or " ".join(_points(element.find(f"{_C}tx")).values())
