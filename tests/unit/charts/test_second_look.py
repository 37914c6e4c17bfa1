"""A vision model beside the geometry of a chart: agreement is surer, contradiction less sure, and alone it is hardly believed."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from mmi_cli.charts.second_look import cross_checked, second_look
from mmi_cli.datamodel.figure import Chart, ChartMark
from mmi_cli.engines.interface import Completion
from mmi_cli.engines.vision_openai import OpenAiVision
from mmi_cli.errors import EngineFailed
from mmi_cli.settings import Settings
from tests.support.http_answers import Answer, scripted_server

BOX = (0.0, 0.0, 300.0, 200.0)
PIXELS = np.full((200, 300, 3), 255, np.uint8)


def mark(x: str, y: float, series: str | None = None) -> ChartMark:
    return ChartMark(series=series, x=x, y=y, box=(1.0, 2.0, 3.0, 4.0), confidence=0.8)


BARS = Chart(kind="bar", confidence=0.9, marks=(mark("January", 1250), mark("February", 1480)))


def said(*rows: tuple[str, float], kind: str = "bar") -> dict[str, Any]:
    return {"kind": kind, "rows": [{"series": None, "x": x, "y": y} for x, y in rows]}


def test_what_both_say_is_surer_and_what_they_say_differently_is_less_sure() -> None:
    chart = cross_checked(BARS, said(("january", 1240), ("February", 2480)), BOX, by="eyes")
    assert [each.confidence for each in chart.marks] == pytest.approx([0.92, 0.4])
    assert [each.y for each in chart.marks] == [1250, 1480]
    assert all(each.box == (1.0, 2.0, 3.0, 4.0) for each in chart.marks)
    assert chart.confidence == pytest.approx(0.96)


def test_what_the_model_does_not_see_is_a_little_less_sure_and_what_it_adds_is_left_out() -> None:
    chart = cross_checked(BARS, said(("January", 1250), ("March", 5)), BOX, by="eyes")
    assert [each.x for each in chart.marks] == ["January", "February"]
    assert chart.marks[1].confidence == pytest.approx(0.68)


def test_another_kind_is_told() -> None:
    chart = cross_checked(BARS, said(kind="pie"), BOX, by="eyes")
    assert chart.kind == "bar"
    assert chart.confidence == pytest.approx(0.45)
    assert chart.warnings == ("eyes takes it for a pie chart",)


def test_series_are_kept_apart_by_their_names() -> None:
    two = Chart(kind="line", confidence=0.9, marks=(mark("2020", 1, "A"), mark("2020", 2, "B")))
    rows = [{"series": "a", "x": 2020, "y": 1}, {"series": "b", "x": 2020.0, "y": 9}]
    chart = cross_checked(two, {"kind": "line", "rows": rows}, BOX, by="eyes")
    assert [each.confidence for each in chart.marks] == pytest.approx([0.92, 0.4])


def test_a_table_that_only_the_model_reads_has_the_chart_as_its_place_and_little_confidence() -> None:
    chart = cross_checked(Chart(kind="bar", confidence=0.5), said(("January", 1250)), BOX, by="eyes")
    (only,) = chart.marks
    assert (only.x, only.y, only.box, only.confidence) == ("January", 1250, BOX, 0.3)
    assert "no mark was measured" in chart.warnings[0]


def answered(text: str) -> Answer:
    return Answer(
        body={
            "choices": [{"finish_reason": "stop", "message": {"role": "assistant", "content": text}}],
            "usage": {"prompt_tokens": 300, "completion_tokens": 40},
        }
    )


def test_a_server_is_asked_for_kind_and_table_and_believed_as_far_as_it_agrees() -> None:
    with scripted_server([answered(json.dumps(said(("January", 1250))))]) as server:
        eyes = OpenAiVision(Settings(openai_base_url=server.url, vision="openai", vision_model="eyes"))
        chart, cost = second_look(PIXELS, BARS, BOX, eyes)
    assert chart.marks[0].confidence == pytest.approx(0.92)
    assert cost.input_tokens == 300
    assert "response_format" in server.asked[0].body


def look_through_a_server(text: str) -> Chart:
    with scripted_server([answered(text)]) as server:
        eyes = OpenAiVision(Settings(openai_base_url=server.url, vision="openai", vision_model="eyes"))
        return second_look(PIXELS, BARS, BOX, eyes)[0]


@pytest.mark.parametrize("text", ["no table here", "[]", '{"kind": "map", "rows": []}'])
def test_an_answer_that_is_none_fails_for_the_reader_to_tell(text: str) -> None:
    with pytest.raises(EngineFailed):
        look_through_a_server(text)


@pytest.mark.parametrize("rows", ["[]", '[{"x": {}}]', '[{"y": 1}]'])
def test_an_answer_without_a_row_changes_nothing_but_the_warnings(rows: str) -> None:
    chart = look_through_a_server(f'{{"kind": "bar", "rows": {rows}}}')
    assert (chart.marks, chart.confidence) == (BARS.marks, BARS.confidence)
    assert "gave no table" in chart.warnings[-1]


def test_a_model_that_holds_to_no_schema_is_not_believed_either() -> None:
    class Odd:
        name = "odd"

        def look(self, *_: Any, **__: Any) -> Completion:
            text = '{"kind": "bar", "rows": [{"x": ["January"], "y": "many"}]}'
            return Completion(text=text, tokens=(), input_tokens=1, output_tokens=1, is_complete=True)

    chart, _ = second_look(PIXELS, BARS, BOX, Odd())
    assert chart.marks == BARS.marks
