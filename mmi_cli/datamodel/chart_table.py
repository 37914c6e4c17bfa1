"""The table behind a chart as rows of words: a column for the axis, one for each series."""

from __future__ import annotations

from .figure import Chart, ChartMark

_LEAST_SURE = 0.5


def header_and_rows(chart: Chart) -> tuple[list[str], list[list[str]]]:
    """Heads of the columns, and the rows from top to bottom; a measured number has `≈` before it, a doubtful one `?` after it.

    A scatter chart has a row for each point; other charts one for each place of the axis.
    """
    axis = (chart.y_title if chart.is_horizontal else chart.x_title) or ("slice" if chart.kind == "pie" else "x")
    value = (chart.x_title if chart.is_horizontal else chart.y_title) or "value"
    if chart.kind == "scatter" or not chart.series:
        series = any(mark.series for mark in chart.marks)
        head = [axis, value, *(["series"] if series else [])]
        return head, [[_name(m), shown(m), *([m.series or ""] if series else [])] for m in chart.marks]
    names = list(dict.fromkeys([*chart.series, *(mark.series or "" for mark in chart.marks)]))
    rows: dict[str, dict[str, str]] = {}
    for mark in chart.marks:
        cells = rows.setdefault(_name(mark), {})
        name = mark.series or ""
        cells[name] = f"{cells[name]}; {shown(mark)}" if name in cells else shown(mark)
    return [axis, *names], [[x, *(cells.get(name, "") for name in names)] for x, cells in rows.items()]


def _name(mark: ChartMark) -> str:
    return "" if mark.x is None else mark.x if isinstance(mark.x, str) else number(mark.x)


def shown(mark: ChartMark) -> str:
    """`12 %` as printed, `≈ 12.4` measured, with `?` where it is more likely wrong than right."""
    if mark.y is None:
        return ""
    text = mark.y_text if mark.y_text is not None else f"≈ {number(mark.y)}"
    return text + (" ?" if mark.confidence < _LEAST_SURE else "")


def number(value: float) -> str:
    """Without a fraction that is none, up to six digits that count."""
    return f"{value:.0f}" if value == int(value) and abs(value) < 1e15 else f"{value:.6g}"
