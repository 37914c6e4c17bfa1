"""Charts that are drawn here, so that their values are known, are read back."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from mmi_cli.charts.reading import read_chart
from mmi_cli.charts.refusal import may_be_chart
from mmi_cli.datamodel.figure import Chart
from tests.support.charts import COLOURS, Sheet

VALUES = {"North": 28.0, "South": 55.0, "East": 43.0, "West": 91.0, "Centre": 12.0}


def _bars(sheet: Sheet) -> None:
    sheet.y_axis([0, 20, 40, 60, 80, 100])
    for number, (name, value) in enumerate(VALUES.items()):
        x = 80 + 60 * number
        sheet.pen.rectangle((x, 260 - 2.2 * value, x + 39, 260), fill=COLOURS[0])
        sheet.write(name, x + 20, 276)


def _read(sheet: Sheet) -> Chart:
    chart = read_chart(sheet.pixels, sheet.lines)
    assert chart is not None
    return chart


def test_bars_are_read_by_the_axis_and_named_by_the_labels_under_them() -> None:
    sheet = Sheet()
    sheet.write("Sales by region", 220, 15)
    _bars(sheet)
    chart = _read(sheet)
    assert chart.kind == "bar"
    assert chart.title == "Sales by region"
    assert not chart.is_horizontal
    assert [mark.x for mark in chart.marks] == list(VALUES)
    assert [mark.y for mark in chart.marks] == pytest.approx(list(VALUES.values()), abs=1.0)


def test_the_box_of_a_bar_is_where_the_bar_is() -> None:
    sheet = Sheet()
    _bars(sheet)
    mark = _read(sheet).marks[1]
    assert mark.box == pytest.approx((140, 139, 180, 261), abs=1.5)


def test_a_dark_ground_changes_nothing() -> None:
    sheet = Sheet(ground=(20, 20, 30))
    _bars(sheet)
    assert [mark.y for mark in _read(sheet).marks] == pytest.approx(list(VALUES.values()), abs=1.0)


def test_printed_values_are_believed_where_the_bars_agree() -> None:
    sheet = Sheet()
    for number, (name, value) in enumerate(VALUES.items()):
        y = 50 + 40 * number
        sheet.pen.rectangle((100, y, 100 + 2 * value, y + 24), fill=COLOURS[1])
        sheet.write(name, 94, y + 12, anchor="rm")
        sheet.write(f"{value:g}%", 106 + 2 * value, y + 12, anchor="lm")
    chart = _read(sheet)
    assert chart.is_horizontal
    assert [(mark.x, mark.y, mark.y_text) for mark in chart.marks] == [(n, v, f"{v:g}%") for n, v in VALUES.items()]


def test_stacked_bars_are_named_by_the_legend_and_measured_from_the_one_below() -> None:
    sheet = Sheet(width=520)
    sheet.y_axis([0, 20, 40, 60, 80, 100])
    for k, name in enumerate(("Online", "Store")):
        sheet.pen.rectangle((420, 40 + 22 * k, 431, 51 + 22 * k), fill=COLOURS[k])
        sheet.write(name, 437, 46 + 22 * k, anchor="lm")
    stacks = {"Tea": (30, 20), "Milk": (45, 40), "Bread": (10, 65)}
    for number, (name, (low, high)) in enumerate(stacks.items()):
        x = 90 + 90 * number
        sheet.pen.rectangle((x, 260 - 2.2 * low, x + 49, 260), fill=COLOURS[0])
        sheet.pen.rectangle((x, 260 - 2.2 * (low + high), x + 49, 260 - 2.2 * low - 1), fill=COLOURS[1])
        sheet.write(name, x + 25, 276)
    chart = _read(sheet)
    assert chart.is_stacked
    assert chart.series == ("Online", "Store")
    read = {(mark.series, mark.x): mark.y for mark in chart.marks}
    for name, (low, high) in stacks.items():
        assert read["Online", name] == pytest.approx(low, abs=1.2)
        assert read["Store", name] == pytest.approx(high, abs=1.2)


def test_a_line_is_read_at_the_numbers_of_its_axis_where_it_bends() -> None:
    values = [10, 70, 35, 90, 60, 20]
    sheet = Sheet()
    sheet.y_axis([0, 20, 40, 60, 80, 100])
    sheet.x_axis([0, 1, 2, 3, 4, 5])
    sheet.pen.line([(80 + 56 * n, 260 - 2.2 * v) for n, v in enumerate(values)], fill=COLOURS[0], width=2)
    chart = _read(sheet)
    assert chart.kind == "line"
    assert [mark.x for mark in chart.marks] == [0, 1, 2, 3, 4, 5]
    assert [mark.y for mark in chart.marks] == pytest.approx(values, abs=2.5)


def test_two_lines_over_names_are_two_series() -> None:
    sheet = Sheet(width=520)
    sheet.y_axis([0, 20, 40, 60, 80, 100])
    lines = {"Coal": [20, 50, 40, 80], "Wind": [90, 60, 75, 30]}
    for k, (name, values) in enumerate(lines.items()):
        sheet.pen.line([(90 + 85 * n, 260 - 2.2 * v) for n, v in enumerate(values)], fill=COLOURS[k], width=3)
        sheet.pen.line((420, 46 + 22 * k, 440, 46 + 22 * k), fill=COLOURS[k], width=3)
        sheet.write(name, 447, 46 + 22 * k, anchor="lm")
    for n, month in enumerate(("Jan", "Feb", "Mar", "Apr")):
        sheet.write(month, 90 + 85 * n, 276)
    chart = _read(sheet)
    assert chart.series == ("Coal", "Wind")
    for name, values in lines.items():
        mine = [mark for mark in chart.marks if mark.series == name]
        assert [mark.x for mark in mine] == ["Jan", "Feb", "Mar", "Apr"]
        assert [mark.y for mark in mine] == pytest.approx(values, abs=2.5)


def test_slices_of_a_pie_are_shares_of_the_whole() -> None:
    shares = {"Apples": 0.4, "Pears": 0.35, "Plums": 0.25}
    sheet = Sheet(width=360, height=300)
    start = -90.0
    for k, (name, share) in enumerate(shares.items()):
        sheet.pen.pieslice((80, 50, 280, 250), start, start + 360 * share, fill=COLOURS[k])
        middle = math.radians(start + 180 * share)
        sheet.write(name, 180 + 128 * math.cos(middle), 150 + 118 * math.sin(middle))
        start += 360 * share
    chart = _read(sheet)
    assert chart.kind == "pie"
    assert {mark.x: mark.y for mark in chart.marks} == pytest.approx(shares, abs=0.01)


def test_points_are_read_on_both_axes() -> None:
    points = [(0.5, 30.0), (1.5, 75.0), (2.5, 15.0), (3.5, 60.0), (4.5, 90.0)]
    sheet = Sheet()
    sheet.y_axis([0, 20, 40, 60, 80, 100])
    sheet.x_axis([0, 1, 2, 3, 4, 5])
    for x, y in points:
        at = (80 + 56 * x, 260 - 2.2 * y)
        sheet.pen.ellipse((at[0] - 4, at[1] - 4, at[0] + 4, at[1] + 4), fill=COLOURS[3])
    chart = _read(sheet)
    assert chart.kind == "scatter"
    assert [(mark.x, mark.y) for mark in chart.marks] == [
        (pytest.approx(x, abs=0.05), pytest.approx(y, abs=1.5)) for x, y in points
    ]


def test_an_area_is_read_at_its_upper_edge() -> None:
    values = [40, 70, 55, 85, 60]
    sheet = Sheet()
    sheet.y_axis([0, 20, 40, 60, 80, 100])
    sheet.x_axis([2010, 2011, 2012, 2013, 2014])
    edge = [(80 + 70 * n, 260 - 2.2 * v) for n, v in enumerate(values)]
    sheet.pen.polygon([(80, 259), *edge, (360, 259)], fill=COLOURS[2])
    chart = _read(sheet)
    assert chart.kind == "area"
    assert [mark.x for mark in chart.marks] == ["2010", "2011", "2012", "2013", "2014"]
    assert [mark.y for mark in chart.marks] == pytest.approx(values, abs=2.5)


def test_every_confidence_is_a_probability() -> None:
    sheet = Sheet()
    _bars(sheet)
    chart = _read(sheet)
    assert all(0.0 <= value <= 1.0 for value in (chart.confidence, *(mark.confidence for mark in chart.marks)))


def test_large_pictures_are_read_smaller_and_their_boxes_are_in_their_own_pixels() -> None:
    sheet = Sheet()
    _bars(sheet)
    factor = 5
    pixels = np.asarray(sheet.image.resize((420 * factor, 320 * factor)))
    lines = [
        replace(
            line,
            box=tuple(v * factor for v in line.box),
            quad=tuple((x * factor, y * factor) for x, y in line.quad),
            words=tuple(replace(word, box=tuple(v * factor for v in word.box)) for word in line.words),
        )
        for line in sheet.lines
    ]
    chart = read_chart(pixels, lines)
    assert chart is not None
    assert chart.marks[1].y == pytest.approx(55, abs=1.5)
    assert chart.marks[1].box[0] == pytest.approx(140 * factor, abs=12)


def test_a_page_of_text_is_no_chart() -> None:
    sheet = Sheet()
    for number in range(12):
        sheet.write("Total of the items on this receipt 12.50", 210, 20 + 22 * number)
    assert read_chart(sheet.pixels, sheet.lines) is None


def test_a_column_of_prices_is_no_chart() -> None:
    sheet = Sheet()
    for number, price in enumerate(("3.50", "12.00", "7.25", "1.10", "23.85")):
        sheet.write("Coffee beans", 90, 40 + 30 * number)
        sheet.write(price, 360, 40 + 30 * number, anchor="rm")
    assert read_chart(sheet.pixels, sheet.lines) is None


def test_a_photo_is_refused_before_anything_is_looked_for() -> None:
    noise = np.random.default_rng(1).integers(0, 255, (300, 400, 3), dtype=np.uint8)
    assert not may_be_chart(noise)


def test_a_picture_too_small_for_a_chart_is_refused() -> None:
    assert not may_be_chart(np.full((40, 40, 3), 255, np.uint8))
