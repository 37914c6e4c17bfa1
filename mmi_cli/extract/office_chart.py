"""Charts of Office documents: their title and the cached data behind them as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .flow_text import FlowWriter

if TYPE_CHECKING:
    from lxml.etree import _Element

_C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_MAX_POINTS = 100_000


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


def add_chart(flow: FlowWriter, root: _Element) -> None:
    """The chart as a caption and a table."""
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
