"""Charts as configurations of Chart.js 4, one a chart, from which they can be drawn again."""

from __future__ import annotations

from typing import Any

from .content import Content
from .figure import Chart, ChartMark, Figure

_TYPES = {"bar": "bar", "line": "line", "area": "line", "pie": "pie", "scatter": "scatter"}


def to_chartjs(content: Content) -> list[dict[str, Any]]:
    """Every chart of a content whose table was read, in the order of its figures.

    Where it stands and how sure its values are is under `options.plugins.mmi`, which Chart.js leaves alone.
    """
    return [
        _config(figure, figure.chart) for figure in content.figures if figure.chart is not None and figure.chart.marks
    ]


def _config(figure: Figure, chart: Chart) -> dict[str, Any]:
    kind = _TYPES.get(chart.kind, "scatter")
    is_points = kind == "scatter" or (kind == "line" and all(isinstance(mark.x, int | float) for mark in chart.marks))
    series = list(dict.fromkeys(mark.series for mark in chart.marks))
    data: dict[str, Any] = {}
    if is_points:
        data["datasets"] = [
            _dataset(chart, name, [_point(m) for m in _of(chart, name) if m.y is not None]) for name in series
        ]
    else:
        labels = list(dict.fromkeys("" if mark.x is None else str(mark.x) for mark in chart.marks))
        data["labels"] = labels
        data["datasets"] = []
        for name in series:
            values = {"" if mark.x is None else str(mark.x): mark.y for mark in _of(chart, name)}
            data["datasets"].append(_dataset(chart, name, [values.get(label) for label in labels]))
    return {"type": kind, "data": data, "options": _options(figure, chart, kind, is_points)}


def _of(chart: Chart, series: str | None) -> list[ChartMark]:
    return [mark for mark in chart.marks if mark.series == series]


def _point(mark: ChartMark) -> dict[str, Any]:
    return {"x": mark.x, "y": mark.y}


def _dataset(chart: Chart, name: str | None, values: list[Any]) -> dict[str, Any]:
    label = name or (chart.x_title if chart.is_horizontal else chart.y_title) or chart.title or "value"
    return {"label": label, "data": values, **({"fill": True} if chart.kind == "area" else {})}


def _options(figure: Figure, chart: Chart, kind: str, is_points: bool) -> dict[str, Any]:
    options: dict[str, Any] = {
        "plugins": {
            "title": {"display": chart.title is not None, "text": chart.title or ""},
            "legend": {"display": kind == "pie" or bool(chart.series)},
            "mmi": {
                "kind": chart.kind,
                "confidence": round(chart.confidence, 4),
                "marks": [
                    {
                        "series": m.series, "x": m.x, "y": m.y, "confidence": round(m.confidence, 4), "printed": m.y_text is not None,
                        "page": figure.page, "box": list(m.box),
                    }
                    for m in chart.marks
                ],
            },
        }
    }  # fmt: skip
    if kind == "pie":
        return options
    if chart.is_horizontal:
        options["indexAxis"] = "y"
    options["scales"] = {
        axis: {
            "title": {"display": title is not None, "text": title or ""},
            **({"stacked": True} if chart.is_stacked else {}),
            **({"type": "linear"} if is_points and axis == "x" and kind == "line" else {}),
            **({"type": "category"} if is_points and axis == "x" and _has_names(chart) else {}),
        }
        for axis, title in (("x", chart.x_title), ("y", chart.y_title))
    }
    return options


def _has_names(chart: Chart) -> bool:
    return any(isinstance(mark.x, str) for mark in chart.marks)
