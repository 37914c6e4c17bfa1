"""Charts of odd kinds are told apart: by round marks, by dashes, by where boxes stand, by where colours meet."""

from __future__ import annotations

import numpy as np
import pytest

from mmi_cli.charts.categories import in_one_form, in_order
from mmi_cli.charts.reading import read_chart
from mmi_cli.charts.texts import number_of, texts_of
from mmi_cli.datamodel.figure import Chart
from mmi_cli.engines.interface import OcrLine, OcrWord
from tests.support.charts import COLOURS, Sheet


def _read(sheet: Sheet) -> Chart:
    chart = read_chart(sheet.pixels, sheet.lines)
    assert chart is not None
    return chart


def test_letters_that_were_misread_are_what_their_place_in_the_alphabet_says() -> None:
    read = in_order([("A", 0.9), ("B", 1.0), ("é", 0.5), ("D", 1.0), (None, 0.0)])
    assert [name for name, _ in read] == ["A", "B", "C", "D", "E"]
    assert read[2][1] < 0.8


def test_names_that_are_no_letters_in_a_row_stay_as_they_are() -> None:
    names: list[tuple[str | None, float]] = [("N", 1.0), ("S", 1.0), ("E", 1.0), ("W", 1.0)]
    assert in_order(names) == names


def test_a_letter_that_looks_like_a_digit_is_one_beside_its_like() -> None:
    assert in_one_form(["AL", "A2"]) == ["A1", "A2"]
    assert in_one_form(["X", "y", "z"]) == ["x", "y", "z"]
    assert in_one_form(["Ali", "Bo"]) == ["Ali", "Bo"]


def test_two_ticks_read_as_one_word_are_two() -> None:
    words = tuple(
        OcrWord(text=t, box=(20.0 * n, 0.0, 20.0 * n + 16, 10.0), score=1.0)
        for n, t in enumerate(("0.81.0", "1.2", "1.4"))
    )
    box = (0.0, 0.0, 56.0, 10.0)
    quad = ((0.0, 0.0), (56.0, 0.0), (56.0, 10.0), (0.0, 10.0))
    line = OcrLine(text="0.81.0 1.2 1.4", box=box, quad=quad, score=1.0, words=words)
    assert [text.text for text in texts_of([line])] == ["0.8", "1.0", "1.2", "1.4"]


def test_a_power_of_ten_is_its_value() -> None:
    assert number_of("10²") == 100.0
    assert number_of("10⁻³") == pytest.approx(0.001)


def test_bubbles_of_all_sizes_are_points() -> None:
    sheet = Sheet()
    sheet.y_axis([0, 20, 40, 60, 80, 100])
    sheet.x_axis([0, 10, 20, 30, 40])
    places = [(120, 80, 5), (170, 150, 11), (230, 110, 8), (300, 200, 14), (340, 70, 6)]
    for x, y, r in places:
        sheet.pen.ellipse((x - r, y - r, x + r, y + r), fill=COLOURS[0])
    chart = _read(sheet)
    assert chart.kind == "scatter"
    assert len(chart.marks) == len(places)


def test_rings_that_were_read_as_letters_are_points() -> None:
    sheet = Sheet()
    sheet.y_axis([0, 20, 40, 60, 80, 100])
    sheet.x_axis([0, 10, 20, 30, 40])
    for x, y in [(120, 80), (170, 150), (230, 110), (300, 200), (330, 60)]:
        box = (float(x - 5), float(y - 5), float(x + 5), float(y + 5))
        sheet.pen.ellipse(box, outline=COLOURS[0], width=2)
        quad = ((box[0], box[1]), (box[2], box[1]), (box[2], box[3]), (box[0], box[3]))
        word = OcrWord(text="O", box=box, score=0.6)
        sheet.lines.append(OcrLine(text="O", box=box, quad=quad, score=0.6, words=(word,)))
    chart = _read(sheet)
    assert chart.kind == "scatter"
    assert len(chart.marks) == 5


def test_boxes_that_float_between_the_ends_of_the_scale_are_no_bars() -> None:
    sheet = Sheet()
    sheet.y_axis([0, 20, 40, 60, 80, 100])
    for number, (low, high) in enumerate([(30, 55), (40, 80), (25, 50), (45, 70)]):
        x = 90 + 70 * number
        sheet.pen.rectangle((x, 260 - 2.2 * high, x + 30, 260 - 2.2 * low), fill=COLOURS[0])
        sheet.write("ABCD"[number], x + 15, 276)
    chart = read_chart(sheet.pixels, sheet.lines)
    assert chart is None or chart.kind != "bar"


def test_slices_of_different_radius_are_a_pie_with_the_share_of_their_radius() -> None:
    sheet = Sheet()
    reaches = [30, 60, 90, 120]
    for number, reach in enumerate(reaches):
        box = (160 - reach, 150 - reach, 160 + reach, 150 + reach)
        sheet.pen.pieslice(box, -90 + 90 * number, 90 * number, fill=COLOURS[number])
        sheet.pen.rectangle((340, 40 + 22 * number, 351, 51 + 22 * number), fill=COLOURS[number])
        sheet.write(["North", "East", "South", "West"][number], 357, 46 + 22 * number, anchor="lm")
    chart = _read(sheet)
    assert chart.kind == "pie"
    shares = {mark.x: mark.y for mark in chart.marks}
    assert shares == pytest.approx({"North": 0.1, "East": 0.2, "South": 0.3, "West": 0.4}, abs=0.01)


def test_a_page_of_bullets_is_no_chart() -> None:
    sheet = Sheet()
    for number in range(9):
        y = 40 + 26 * number
        sheet.pen.ellipse((40, y - 4, 48, y + 4), fill=COLOURS[0])
        sheet.write("a line of a list that says something", 60, y, anchor="lm")
    assert read_chart(np.asarray(sheet.pixels), sheet.lines) is None


def test_a_reading_that_ends_early_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    sheet = Sheet()
    sheet.y_axis([0, 20, 40])

    def broken(*_: object, **__: object) -> None:
        raise IndexError("index 9 is out of bounds")

    monkeypatch.setattr("mmi_cli.charts.finding.find_chart", broken)
    told: list[str] = []
    assert read_chart(sheet.pixels, sheet.lines, tell=told.append) is None
    assert told == ["looking for a chart ended early: IndexError: index 9 is out of bounds"]
