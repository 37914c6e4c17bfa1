"""A chart as a table of words and as Chart.js."""

from __future__ import annotations

from dataclasses import replace

from mmi_cli.datamodel.chart_table import header_and_rows
from mmi_cli.datamodel.chartjs import to_chartjs
from mmi_cli.datamodel.content_builder import ContentBuilder
from mmi_cli.datamodel.content_json import from_json, to_json
from mmi_cli.datamodel.figure import Chart, ChartMark, Figure
from mmi_cli.datamodel.markdown import to_markdown


def _mark(series: str | None, x: str | float, y: float, text: str | None = None, confidence: float = 0.9) -> ChartMark:
    return ChartMark(series=series, x=x, y=y, box=(1.0, 2.0, 3.0, 4.0), confidence=confidence, y_text=text)


_CHART = Chart(
    kind="bar",
    confidence=0.9,
    title="Sales | by <b>region</b>",
    y_title="EUR",
    series=("A", "B"),
    marks=(_mark("A", "North", 10.0), _mark("A", "South", 20.0, "20"), _mark("B", "North", 1.25, confidence=0.3)),
)


def _content(chart: Chart) -> ContentBuilder:
    builder = ContentBuilder()
    builder.add_figure(Figure(kind="chart", block=0, page=1, box=(0.0, 0.0, 9.0, 9.0), chart=chart))
    return builder


def test_a_series_is_a_column_and_a_name_of_the_axis_a_row() -> None:
    head, rows = header_and_rows(_CHART)
    assert head == ["x", "A", "B"]
    assert rows == [["North", "≈ 10", "≈ 1.25 ?"], ["South", "20", ""]]


def test_a_chart_of_one_series_has_its_values_under_the_title_of_the_axis() -> None:
    chart = replace(_CHART, series=(), marks=(_mark(None, "North", 10.0),))
    assert header_and_rows(chart) == (["x", "EUR"], [["North", "≈ 10"]])


def test_markdown_holds_the_table_and_no_markup_of_the_chart() -> None:
    text = to_markdown(_content(_CHART).build())
    assert "| North | ≈ 10 | ≈ 1.25 ? |" in text
    assert "<b>" not in text and "measured" in text


def test_chartjs_has_a_value_for_every_label_and_null_where_there_is_none() -> None:
    (config,) = to_chartjs(_content(_CHART).build())
    assert config["type"] == "bar"
    assert config["data"]["labels"] == ["North", "South"]
    assert [(each["label"], each["data"]) for each in config["data"]["datasets"]] == [
        ("A", [10.0, 20.0]),
        ("B", [1.25, None]),
    ]


def test_chartjs_of_points_has_both_numbers_of_each() -> None:
    chart = Chart(kind="scatter", confidence=0.9, marks=(_mark(None, 1.5, 2.0), _mark(None, 3.0, 4.0)))
    (config,) = to_chartjs(_content(chart).build())
    assert config["data"]["datasets"][0]["data"] == [{"x": 1.5, "y": 2.0}, {"x": 3.0, "y": 4.0}]


def test_a_chart_whose_table_was_not_read_is_left_out_of_chartjs_and_markdown() -> None:
    builder = _content(Chart(kind="line", confidence=0.3))
    assert to_chartjs(builder.build()) == []
    assert to_markdown(builder.build()) == ""


def test_charts_come_back_from_json_without_loss() -> None:
    content = _content(_CHART).build()
    assert from_json(to_json(content)) == content
