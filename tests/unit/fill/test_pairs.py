"""Labels and values of forms: in one segment, side by side, one above the other; and what is a label and no value."""

from __future__ import annotations

import time

import pytest

from mmi_cli.datamodel.content import Content, ParagraphPlace
from mmi_cli.datamodel.content_builder import ContentBuilder
from mmi_cli.fill.label_hits import find_labels
from mmi_cli.fill.labels import by_labels
from mmi_cli.fill.pairs import looks_like_label
from mmi_cli.fill.reading import Reading
from mmi_cli.schema_file import read_schema_text
from tests.support.pages import page_of

SCHEMA = read_schema_text(
    """
name: form
fields:
  advertiser: string
  order_number: {type: string, aliases: ["Order #"]}
  order_date: date
  flight_from: {type: date, description: First day}
  flight_to: {type: date, description: Last day}
  comment: {type: string, aliases: [contract comment]}
  seller_name: {type: string, description: Name of the selling company}
  buyer_name: {type: string, description: Name of the buying company}
  gross: {type: number, aliases: [total gross cost]}
  remark: {type: string, aliases: [first words, other words]}
""",
    name="form.yaml",
)


def found(content: Content, name: str) -> list[object]:
    """Values beside the labels of a field, best first."""
    reading = Reading(content, None)
    hits = find_labels(reading, SCHEMA.fields)
    every = sorted((hit for each in hits.values() for hit in each), key=lambda hit: hit.start)
    field = next(each for each in SCHEMA.fields if each.name == name)
    return [proposal.value for proposal in by_labels(reading, field, hits[name], every)]


def cells(*rows: tuple[str, ...]) -> Content:
    """Cells that are parted by tabs and have no boxes."""
    builder = ContentBuilder()
    builder.add_table([[[(word, ParagraphPlace(1), None) for word in cell.split()] for cell in row] for row in rows])
    return builder.build()


@pytest.mark.parametrize(
    "content",
    [
        page_of("Advertiser: Meridian Optics LLC", "Order #: 4711-A", "Order Date: 3 May 2021"),
        page_of("Advertiser     Meridian Optics LLC", "Order #        4711-A", "Order Date     3 May 2021"),
        page_of(
            "Advertiser", "Meridian Optics LLC", "", "", "Order #", "4711-A", "", "", "Order Date", "3 May 2021"
        ),
        page_of("Advertiser           Order #    Order Date", "Meridian Optics LLC  4711-A     3 May 2021"),
        cells(("Advertiser", "Meridian Optics LLC"), ("Order #", "4711-A"), ("Order Date", "3 May 2021")),
        cells(("Advertiser", "Order #", "Order Date"), ("Meridian Optics LLC", "4711-A", "3 May 2021")),
    ],
    ids=["in one segment", "right", "below", "headers over values", "cells right", "cells below"],
)  # fmt: skip
def test_a_value_stands_behind_its_label_right_of_it_or_below(content: Content) -> None:
    assert found(content, "advertiser")[:1] == ["Meridian Optics LLC"]
    assert found(content, "order_number")[:1] == ["4711-A"]
    assert found(content, "order_date")[:1] == ["2021-05-03"]


def test_the_label_beside_a_label_is_no_value() -> None:
    assert found(page_of("Advertiser      Original Date"), "advertiser") == []
    assert found(page_of("Advertiser      Original Date", "Meridian Optics  3 May 2021"), "advertiser")[:1] == [
        "Meridian Optics"
    ]


def test_neighbouring_headings_that_begin_alike_each_keep_their_own_value() -> None:
    content = page_of(
        "Order #       Order Flight            Contract Comment:",
        "4711-A        05/03/21 - 05/09/21     as agreed",
    )
    assert found(content, "order_number")[:1] == ["4711-A"]
    assert found(content, "comment")[:1] == ["as agreed"]


@pytest.mark.parametrize("text", ["Advertiser Code", "Advertiser #"])
def test_a_longer_label_is_not_the_shorter_one_with_a_value(text: str) -> None:
    assert found(page_of(text), "advertiser") == []


def test_the_next_label_of_one_segment_ends_the_value() -> None:
    assert found(page_of("Advertiser: Meridian Optics LLC Phone: 555"), "advertiser") == ["Meridian Optics LLC"]


def test_names_stand_in_party_blocks_below_numbers_and_labels() -> None:
    content = page_of(
        "Seller                         Buyer",
        "Number: 549910                 Number: 12",
        "Name: Nordwind Pumpen GmbH     Name: Harbour Light AG",
    )
    assert found(content, "seller_name")[:1] == ["Nordwind Pumpen GmbH"]
    assert found(content, "buyer_name")[:1] == ["Harbour Light AG"]


@pytest.mark.parametrize("between", [" - ", " – ", " to "])
def test_of_a_range_of_dates_each_field_takes_its_end(between: str) -> None:
    content = page_of(f"Flight Dates   12/30/19{between}03/29/20")
    assert found(content, "flight_from") == ["2019-12-30"]
    assert found(content, "flight_to") == ["2020-03-29"]


def test_a_value_in_a_far_column_gives_way_to_the_one_below() -> None:
    near = page_of("Order Date" + " " * 8 + "3 May 2021", "1 June 2021")
    far = page_of("Order Date" + " " * 80 + "3 May 2021", "1 June 2021")
    assert found(near, "order_date") == ["2021-05-03", "2021-06-01"]
    assert found(far, "order_date") == ["2021-06-01", "2021-05-03"]


def test_a_word_of_running_text_is_no_label_of_a_text() -> None:
    assert found(page_of("The advertiser shall pay the station at once."), "advertiser") == []


def test_a_label_that_is_part_of_a_word_with_hyphens_is_none_and_a_dash_before_it_is_no_part() -> None:
    assert found(page_of("Re-Order-Date: 3 May 2021"), "order_date") == []
    assert found(page_of("- Order Date: 4 May 2021"), "order_date") == ["2021-05-04"]


def test_of_two_aliases_the_one_named_first_in_the_schema_wins_wherever_they_stand() -> None:
    content = page_of("Other words: red", "First words: blue")
    assert found(content, "remark") == ["blue", "red"]


def test_the_words_of_its_own_segment_label_an_amount() -> None:
    content = page_of("Total Gross Cost: $1,530.00       Commission: $229.50       Total Net Cost: $1,300.50")
    assert found(content, "gross")[0] == 1530.0


def test_the_words_at_the_beginning_of_a_row_hold_for_its_later_amounts() -> None:
    content = page_of("Discount     115.30     Total      5.80", "Total Gross Cost     90.00")
    assert found(content, "gross")[0] == 90.0


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("Original Date", True), ("Order #", True), ("Telefon:", True), ("Date de facture", True), ("Meridian Optics LLC", False),
        ("4711-A", False), ("Order 12 Date", False), ("We shall send it to your new home address", False), ("", False),
    ],
)  # fmt: skip
def test_what_names_something_looks_like_a_label(text: str, is_one: bool) -> None:
    assert looks_like_label(text) is is_one


@pytest.mark.parametrize(
    "text",
    ["注文番号：4711-A 日付 2021年5月3日", "رقم الطلب ٤٧١١ Order #", "Order # תאריך 3 May 2021", "Order #\u202e4711"],
)
def test_scripts_without_spaces_and_from_right_to_left_are_read_without_failing(text: str) -> None:
    for content in (page_of(text, "Order Date  合計"), cells((text, text), (text, "3 May 2021"))):
        for field in SCHEMA.fields:
            for value in found(content, field.name):
                assert value is not None


@pytest.mark.parametrize("unit", ["a-", "A", "no.", "no-", "a/", "1", ":", "a_"])
def test_a_line_of_200_kb_behind_a_label_costs_less_than_a_second(unit: str) -> None:
    hostile = unit * (200_000 // len(unit))
    builder = ContentBuilder()
    builder.add_text_block("paragraph", "Order # " + hostile, ParagraphPlace(1))
    reading = Reading(builder.build(), None)
    field = next(each for each in SCHEMA.fields if each.name == "order_number")
    hits = find_labels(reading, [field])["order_number"]
    assert hits
    begin = time.process_time()
    by_labels(reading, field, hits, hits)
    assert time.process_time() - begin < 1


def test_of_two_texts_beside_labels_the_whole_one_is_taken() -> None:
    form = page_of(
        "Advertiser: Sarah Riggs Amico", "Terms of payment are on the back", "Advertiser: Sarah Riggs Amico for Georgia"
    )
    assert found(form, "advertiser")[0] == "Sarah Riggs Amico for Georgia"


def test_a_label_below_with_its_own_value_is_no_value_of_the_label_above() -> None:
    page = page_of("Order #:", "Advertiser: Meridian Optics", "Comment: none")
    assert "Advertiser: Meridian Optics" not in found(page, "order_number")
