"""A report with charts: a table a chart, what its text says wrongly of them, and a summary that agrees with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from mmi_cli.datamodel.figure import Chart, ChartMark, Figure
from mmi_cli.datamodel.record import ArrayValue, LeafValue, ObjectValue
from mmi_cli.engines.bundle import EngineBundle
from mmi_cli.fill.abstracted import support
from mmi_cli.fill.chart_claims import contradicted
from mmi_cli.fill.chart_tables import ChartTable
from mmi_cli.fill.filling import fill_content
from mmi_cli.fill.reading import Reading
from mmi_cli.pipeline import Pipeline
from mmi_cli.schema_file.loading import load_schema
from mmi_cli.settings import Settings
from mmi_cli.storage.addresses import open_source

REPORT = Path(__file__).resolve().parents[3] / "sample_data" / "scenarios" / "charts" / "report.pdf"
SETTINGS = Settings(language_model="none")


def table(title: str, kind: str, *marks: tuple[str | None, str, float], number: str = "") -> ChartTable:
    drawn = tuple(
        ChartMark(series=series, x=x, y=y, box=(0.0, 0.0, 1.0, 1.0), confidence=0.9) for series, x, y in marks
    )
    chart = Chart(kind=kind, confidence=0.9, title=title, marks=drawn)  # type: ignore[arg-type]
    figure = Figure(kind="chart", block=0, chart=chart)
    return ChartTable(figure=figure, chart=chart, title=title, title_words=None, number=number, marks=drawn)


TABLES = (
    table("Visitors by month", "bar", (None, "Jan", 818), (None, "Feb", 955), (None, "May", 1615), number="1"),
    table("Revenue by year", "line", (None, "2022", 430), (None, "2023", 505), (None, "2024", 400), number="2"),
    table(
        "Staff by site", "bar", ("2023", "Harbour", 34), ("2024", "Harbour", 38), ("2023", "Park", 16), ("2024", "Park", 12)
    ),
)  # fmt: skip


@pytest.mark.parametrize(
    "sentence",
    [
        "Visitors were highest in May.",
        "In January there were 820 visitors.",
        "Revenue rose from 2022 to 2023 and fell in 2024.",
        "The staff of the Harbour site grew from 34 in 2023 to 38 in 2024.",
        "In the Park the staff became smaller.",
        "February was one of the highest months for visitors.",
        "Visitors rose by 660 from February to May.",
        "May had twice the visitors of January.",
        "The largest hall holds 500 people.",
        "The report was written in May.",
    ],
)
def test_what_a_chart_does_not_contradict_is_left_alone(sentence: str) -> None:
    assert contradicted(sentence, TABLES) is None


@pytest.mark.parametrize(
    ("sentence", "shows"),
    [
        ("Visitors were highest in February.", "May is the highest with about 1,615, Feb has about 955"),
        ("In January there were 990 visitors.", "Jan has about 818"),
        ("Revenue rose in 2024.", "2023 has about 505, 2024 has about 400"),
        ("Visitors fell from January to May.", "Jan has about 818, May has about 1,615"),
        ("The staff of the Park grew.", "Park, 2023 has about 16, Park, 2024 has about 12"),
        (
            "Figure 1 shows that February was the largest month.",
            "May is the highest with about 1,615, Feb has about 955",
        ),
    ],
)
def test_a_sentence_that_a_chart_contradicts_is_told_with_what_it_shows(sentence: str, shows: str) -> None:
    found = contradicted(sentence, TABLES)
    assert found is not None
    assert found[2] == shows


@pytest.fixture(scope="module")
def content() -> object:
    source = open_source([str(REPORT)])
    pipeline = Pipeline(source=source, schemas=(), settings=SETTINGS, engines=EngineBundle(SETTINGS))
    return pipeline.read_file(next(iter(source.list())))[0]


def test_five_charts_give_five_tables_and_the_wrong_sentence_is_found(content: object) -> None:
    filled = fill_content(content, load_schema("chart-report"), engines=EngineBundle(SETTINGS), settings=SETTINGS)  # type: ignore[arg-type]
    fields = dict(filled.fields)
    charts = fields["charts"]
    assert isinstance(charts, ArrayValue)
    rows = [dict(item.members) for item in charts.items if isinstance(item, ObjectValue)]
    assert [row["kind"].value for row in rows] == ["bar", "line", "pie", "bar", "scatter"]  # type: ignore[union-attr]
    assert [len(row["rows"].items) for row in rows] == [6, 7, 4, 6, 12]  # type: ignore[union-attr]
    against = fields["disagreements"]
    assert isinstance(against, ArrayValue)
    (one,) = (dict(item.members) for item in against.items if isinstance(item, ObjectValue))
    sentence, shows = one["sentence"], one["chart_shows"]
    assert isinstance(sentence, LeafValue) and isinstance(shows, LeafValue)
    assert (sentence.value, sentence.evidence[0].page) == ("School groups were the largest group of visitors.", 2)
    assert shows.value == "Families is the highest with 42%, School groups has 23%"
    assert any("School groups were the largest" in notice.message for notice in filled.warnings)


def test_the_summary_says_nothing_that_a_chart_contradicts(content: object) -> None:
    filled = fill_content(content, load_schema("chart-report"), engines=EngineBundle(SETTINGS), settings=SETTINGS)  # type: ignore[arg-type]
    summary = dict(filled.fields)["summary"]
    assert isinstance(summary, LeafValue)
    assert "Visitors by month (bar, up and down): highest May" in str(summary.value)
    assert str(summary.value).count("highest") == 5
    assert len(summary.evidence) == 10


def test_a_written_sentence_is_held_against_the_charts_as_well(content: object) -> None:
    reading = Reading(content, None)  # type: ignore[arg-type]
    field = next(each for each in load_schema("chart-report").fields if each.name == "summary")
    told = support(reading, field, "Revenue was highest in 2019. Visitors were highest in May.")
    assert told.text == "Visitors were highest in May."
    assert "2024 is the highest" in told.notices[0].message
