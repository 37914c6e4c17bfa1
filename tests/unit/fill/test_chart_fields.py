"""The table behind a chart becomes rows of a record, each where its mark stands."""

from __future__ import annotations

from mmi_cli.datamodel.content import Content, Page
from mmi_cli.datamodel.content_builder import ContentBuilder
from mmi_cli.datamodel.figure import Chart, ChartMark, Figure
from mmi_cli.datamodel.record import ArrayValue, LeafValue
from mmi_cli.datamodel.schema import Schema
from mmi_cli.fill.chart_fields import from_charts
from mmi_cli.schema_file.loading import load_schema


def _chart(title: str, *values: tuple[str, float, str | None]) -> Chart:
    marks = tuple(
        ChartMark(series=None, x=x, y=y, box=(10.0 * n, 5.0, 10.0 * n + 8, 90.0), confidence=0.8, y_text=text)
        for n, (x, y, text) in enumerate(values)
    )
    return Chart(kind="bar", confidence=0.9, title=title, marks=marks, y_title="Tonnes")


def _content(*charts: Chart) -> Content:
    builder = ContentBuilder()
    builder.add_page(Page(number=1, width=300, height=200, unit="px", source="ocr", reason="a picture"))
    for chart in charts:
        builder.add_figure(Figure(kind="chart", block=0, page=1, box=(0.0, 0.0, 300.0, 200.0), chart=chart))
    return builder.build()


def _rows(content: Content, schema: Schema) -> list[dict[str, LeafValue]]:
    table = from_charts(content, schema)["data"]
    assert isinstance(table, ArrayValue)
    return [dict(item.members) for item in table.items]  # type: ignore[union-attr, arg-type]


def test_a_bar_is_a_row_with_its_place() -> None:
    (row,) = _rows(_content(_chart("Tea", ("Assam", 12.5, None))), load_schema("chart"))
    assert (row["x"].value, row["y"].value, row["y"].confidence) == ("Assam", 12.5, 0.8)
    (evidence,) = row["y"].evidence
    assert (evidence.page, evidence.box, evidence.match) == (1, (0.0, 5.0, 8.0, 90.0), "computed")


def test_a_printed_value_is_exact_evidence_in_its_own_words() -> None:
    (row,) = _rows(_content(_chart("Tea", ("Assam", 12.0, "12 %"))), load_schema("chart"))
    (evidence,) = row["y"].evidence
    assert (evidence.text, evidence.match) == ("12 %", "exact")


def test_several_charts_give_all_their_rows_with_the_title_of_each() -> None:
    content = _content(
        _chart("Tea", ("Assam", 1.0, None)), _chart("Milk", ("Skimmed", 2.0, None), ("Whole", 3.0, None))
    )
    rows = _rows(content, load_schema("chart"))
    assert [(row["chart"].value, row["x"].value) for row in rows] == [
        ("Tea", "Assam"),
        ("Milk", "Skimmed"),
        ("Milk", "Whole"),
    ]


def test_a_file_without_charts_leaves_the_fields_to_the_other_finders() -> None:
    assert from_charts(ContentBuilder().build(), load_schema("chart")) == {}


def test_a_schema_that_asks_for_something_else_gets_nothing_of_the_charts() -> None:
    assert from_charts(_content(_chart("Tea", ("Assam", 1.0, None))), load_schema("invoice")) == {}
