"""Rows of tables become items, over page breaks as if there were none."""

from __future__ import annotations

import time
from typing import Any

import pytest

from mmi_cli.datamodel.content import Content, Page, PageBox
from mmi_cli.datamodel.content_builder import ContentBuilder
from mmi_cli.datamodel.record import ArrayValue, LeafValue, ObjectValue
from mmi_cli.fill.line_items import rows_from_tables
from mmi_cli.fill.reading import Reading
from mmi_cli.schema_file import read_schema_text
from tests.support.pages import page_of

SCHEMA = read_schema_text(
    """
name: lines
fields:
  lines:
    type: array
    items:
      type: object
      properties:
        description: {type: string}
        delivered: {type: date}
        quantity: {type: integer}
        amount: {type: number}
""",
    name="lines.yaml",
)
HEADER = ("Description", "Quantity", "Amount")


def pages(*tables: tuple[int, list[tuple[str, ...]]]) -> Content:
    """Each table on its page, a word a character cell wide."""
    builder = ContentBuilder()
    for number in sorted({page for page, _ in tables}):
        builder.add_page(Page(number=number, width=600, height=800, unit="pt", source="text_layer", reason="made"))
    bottoms: dict[int, float] = {}
    for page, rows in tables:
        placed = []
        first_top = bottoms.get(page, 40.0)
        bottoms[page] = first_top + 14 * len(rows) + 28
        for row_number, row in enumerate(rows):
            top = first_top + 14 * row_number
            placed.append(
                [
                    [
                        (
                            word,
                            PageBox(page, (column * 150.0 + 30 * at, top, column * 150.0 + 30 * at + 25, top + 10)),
                            None,
                        )
                        for at, word in enumerate(cell.split())
                    ]
                    for column, cell in enumerate(row)
                ]
            )
        builder.add_table(placed, page=page)
    return builder.build()


def rows(content: Content) -> list[list[Any]]:
    value = rows_from_tables(Reading(content, "en_GB"), SCHEMA.fields[0])
    if value is None:
        return []
    assert isinstance(value, ArrayValue)
    return [
        [leaf.value for _, leaf in item.members if isinstance(leaf, LeafValue) and leaf.value is not None]  # type: ignore[union-attr]
        for item in value.items
    ]


def test_a_table_goes_on_over_the_page_with_its_headers_repeated() -> None:
    content = pages((1, [HEADER, ("Pencil", "2", "5.00")]), (2, [HEADER, ("Paper", "1", "6.50")]))
    assert rows(content) == [["Pencil", 2, 5.0], ["Paper", 1, 6.5]]


def test_a_table_goes_on_over_the_page_without_headers() -> None:
    content = pages((1, [HEADER, ("Pencil", "2", "5.00")]), (2, [("Paper", "1", "6.50")]), (3, [("Ink", "3", "9.00")]))
    assert rows(content) == [["Pencil", 2, 5.0], ["Paper", 1, 6.5], ["Ink", 3, 9.0]]


def test_each_row_cites_its_own_page() -> None:
    content = pages((1, [HEADER, ("Pencil", "2", "5.00")]), (2, [("Paper", "1", "6.50")]))
    value = rows_from_tables(Reading(content, None), SCHEMA.fields[0])
    assert value is not None
    amounts = [dict(item.members)["amount"] for item in value.items]  # type: ignore[union-attr]
    assert [(leaf.evidence[0].page, leaf.evidence[0].text) for leaf in amounts] == [(1, "5.00"), (2, "6.50")]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "carried",
    ["Übertrag", "Uebertrag von Seite 1", "Carried forward", "Balance brought forward", "Subtotal page", "À reporter", "Report",
     "Suma y sigue", "Riporto", "c/f", "Zwischensumme", "Continued on next page", "Sous-total"],
)  # fmt: skip
def test_what_a_page_carries_over_is_no_item(carried: str) -> None:
    content = pages(
        (1, [HEADER, ("Pencil", "2", "5.00"), (carried, "", "5.00")]),
        (2, [(carried, "", "5.00"), ("Paper", "1", "6.50")]),
    )
    assert rows(content) == [["Pencil", 2, 5.0], ["Paper", 1, 6.5]]


@pytest.mark.parametrize("name", ["Report on soils", "Carried goods", "Transfer tape"])
def test_an_article_may_be_called_nearly_like_a_carried_sum(name: str) -> None:
    assert rows(pages((1, [HEADER, (name, "2", "5.00")]))) == [[name, 2, 5.0]]


def test_another_table_of_the_same_width_on_the_same_page_is_no_rest_of_the_items() -> None:
    taxes = [("Rate", "Base", "Due"), ("7 %", "100", "7.00"), ("19 %", "100", "19.00")]
    assert rows(pages((1, [HEADER, ("Pencil", "2", "5.00")]), (1, taxes))) == [["Pencil", 2, 5.0]]


def test_a_table_pages_later_is_no_rest_of_the_items() -> None:
    assert rows(pages((1, [HEADER, ("Pencil", "2", "5.00")]), (3, [("Paper", "1", "6.50")]))) == [["Pencil", 2, 5.0]]


def test_a_date_in_a_table_that_nothing_decides_is_less_certain() -> None:
    header = ("Description", "Delivered", "Amount")

    def confidence(date: str) -> float:
        content = pages((1, [header, ("Pencil", date, "5.00")]))
        value = rows_from_tables(Reading(content, None), SCHEMA.fields[0])
        assert value is not None
        leaf = dict(value.items[0].members)["delivered"]  # type: ignore[union-attr]
        assert isinstance(leaf, LeafValue)
        return leaf.confidence

    assert confidence("03/04/2026") < confidence("23/04/2026")


def test_rows_of_a_long_table_take_time_in_step_with_their_number() -> None:
    lines = [HEADER, *((f"Item {number}", "1", f"{number}.50") for number in range(5000))]
    content = pages((1, lines))
    started = time.process_time()
    assert len(rows(content)) == 5000
    assert time.process_time() - started < 8


# --- rows from the places of words


GOODS = read_schema_text(
    """
name: goods
fields:
  goods:
    type: array
    items:
      type: object
      properties:
        name: {type: string}
        quantity: {type: number}
        line_total: {type: number}
""",
    name="goods.yaml",
)


def printed(*lines: list[tuple[float, str]], page: int = 1, into: ContentBuilder | None = None) -> ContentBuilder:
    """A page of lines 14 pt apart; each line is (left edge, words), a letter is 5 pt wide. No tables."""
    builder = into or ContentBuilder()
    builder.add_page(Page(number=page, width=600, height=800, unit="pt", source="text_layer", reason="made"))
    for number, line in enumerate(lines):
        top = 40.0 + 14 * number
        words = []
        for left, text in line:
            at = left
            for word in text.split():
                words.append((word, PageBox(page, (at, top, at + 5 * len(word), top + 10)), None))
                at += 5 * len(word) + 3
        if words:
            builder.add_block("paragraph", [words])
    return builder


def goods(builder: ContentBuilder) -> list[list[Any]]:
    value = rows_from_tables(Reading(builder.build(), "de_DE"), GOODS.fields[0])
    if value is None:
        return []
    return [[leaf.value for _, leaf in item.members] for item in value.items]  # type: ignore[union-attr]


HEADINGS = [(40.0, "Pos"), (80.0, "Bezeichnung"), (300.0, "Menge"), (380.0, "Einzelpreis"), (480.0, "Betrag")]


def test_rows_stand_under_german_headings_without_a_table() -> None:
    page = printed(
        HEADINGS,
        [(40, "1"), (80, "Trennblätter"), (300, "20 Stk"), (380, "9,90"), (480, "198,00")],
        [(40, "2"), (80, "Joghurt Banane"), (300, "50 Stk"), (380, "5,50"), (480, "275,00")],
    )
    assert goods(page) == [["Trennblätter", 20.0, 198.0], ["Joghurt Banane", 50.0, 275.0]]


def test_headings_may_go_over_several_lines() -> None:
    page = printed(
        [(480, "Positions-")],
        [(80, "Bezeichnung"), (300, "Menge"), (480, "betrag")],
        [(480, "ohne USt.")],
        [(80, "Pfand"), (300, "3"), (480, "1,50")],
    )
    assert goods(page) == [["Pfand", 3.0, 1.5]]


def test_a_wrapped_name_is_put_together_and_what_is_said_of_an_item_left_out() -> None:
    page = printed(
        HEADINGS,
        [(40, "1"), (80, "Übernachtung mit"), (300, "2"), (380, "80,00"), (480, "160,00")],
        [(80, "Frühstück")],
        [(80, "GTIN: 4012345001235")],
    )
    assert goods(page) == [["Übernachtung mit Frühstück", 2.0, 160.0]]


def test_an_amount_may_stand_a_line_lower_than_its_name() -> None:
    page = printed(
        HEADINGS,
        [(40, "1"), (80, "Pencil"), (300, "2"), (380, "2,50")],
        [(480, "5,00")],
        [(40, "2"), (80, "Paper"), (300, "1"), (380, "6,50")],
        [(480, "6,50")],
    )
    assert goods(page) == [["Pencil", 2.0, 5.0], ["Paper", 1.0, 6.5]]


def test_sums_end_the_list() -> None:
    page = printed(
        HEADINGS,
        [(40, "1"), (80, "Pencil"), (300, "2"), (380, "2,50"), (480, "5,00")],
        [(80, "Nettobetrag"), (480, "5,00")],
        [(80, "19 % USt. von"), (300, "5,00"), (480, "0,95")],
    )
    assert goods(page) == [["Pencil", 2.0, 5.0]]


def test_a_list_goes_on_over_the_page_without_a_table() -> None:
    builder = printed(HEADINGS, [(40, "1"), (80, "Pencil"), (300, "2"), (380, "2,50"), (480, "5,00")])
    builder = printed(
        [(40, "2"), (80, "Paper"), (300, "1"), (380, "6,50"), (480, "6,50")],
        [(80, "Gesamtbetrag"), (480, "11,50")],
        page=2,
        into=builder,
    )
    assert goods(builder) == [["Pencil", 2.0, 5.0], ["Paper", 1.0, 6.5]]


def test_a_long_file_of_columns_without_goods_is_passed_over_quickly() -> None:
    builder = ContentBuilder()
    for number in range(1, 101):
        line = [(40.0, "Some words"), (200.0, "Amount and more"), (350.0, "Description"), (480.0, "Total")]
        printed(*[line] * 50, page=number, into=builder)
    content = builder.build()
    began = time.process_time()
    rows_from_tables(Reading(content, "en_GB"), GOODS.fields[0])
    assert time.process_time() - began < 15  # of this process: a busy machine has its own clock


MONEY = read_schema_text(
    """
name: money
fields:
  rows:
    type: array
    items:
      type: object
      properties:
        Description: {type: string}
        ProductCode: {type: string}
        UnitPrice: {type: object, properties: {Amount: {type: number}, CurrencyCode: {type: string}}}
        TotalAmount: {type: object, properties: {Amount: {type: number}, CurrencyCode: {type: string}}}
""",
    name="money.yaml",
)


def test_amounts_in_objects_are_found_by_the_name_of_the_object_and_have_the_currency_beside_them() -> None:
    content = pages((1, [("Item code", "Description", "Price", "Amount"), ("A1", "Pencil", "$2.50", "$5.00")]))
    value = rows_from_tables(Reading(content, "en_US"), MONEY.fields[0])
    assert value is not None
    (row,) = (dict(item.members) for item in value.items)  # type: ignore[union-attr]
    assert row["ProductCode"].value == "A1"  # type: ignore[union-attr]
    for name, amount in (("UnitPrice", 2.5), ("TotalAmount", 5.0)):
        assert [leaf.value for _, leaf in row[name].members] == [amount, "USD"]  # type: ignore[union-attr]


TILL = read_schema_text(
    """
name: receipt
fields:
  items:
    type: array
    items:
      type: object
      properties:
        description: {type: string}
        quantity: {type: number}
        unit_price: {type: number}
        amount: {type: number}
""",
    name="receipt.yaml",
)


def bought(*lines: str) -> list[tuple[object, ...]]:
    value = rows_from_tables(Reading(page_of(*lines), None), TILL.fields[0])
    rows = value.items if value is not None else ()
    return [
        tuple(getattr(leaf, "value", None) for _, leaf in row.members) for row in rows if isinstance(row, ObjectValue)
    ]


def test_lines_without_headings_are_goods_where_they_make_the_sum_below_them() -> None:
    assert bought(
        "Corner Shop",
        "2 x Cappuccino 7.60",
        "Flat white 3.40",
        "Oat milk 0.50",
        "TOTAL £11.50",
        "CASH 20.00",
        "CHANGE 8.50",
    ) == [
        ("Cappuccino", 2.0, None, 7.6),
        ("Flat white", None, None, 3.4),
        ("Oat milk", None, None, 0.5),
    ]


def test_lines_that_make_no_sum_are_no_goods() -> None:
    assert bought("Corner Shop", "2 x Cappuccino 7.60", "Flat white 3.40", "TOTAL £12.50") == []


def test_a_name_may_stand_above_its_numbers_and_a_discount_counts() -> None:
    lines = (
        "Oak frame",
        "3 @ 115.00 345.00",
        "Delivery 30.00",
        "Discount -25.00",
        "Subtotal 350.00",
        "VAT 66.50",
        "Total 416.50",
    )
    assert bought(*lines) == [
        ("Oak frame", 3.0, 115.0, 345.0),
        ("Delivery", None, None, 30.0),
        ("Discount", None, None, -25.0),
    ]


def test_goods_that_add_up_are_believed_before_rows_under_words_that_look_like_headings() -> None:
    lines = ("Item Amount", "Bread 2,50", "Cheese 4,10", "Summe 6,60", "Bar 10,00", "Rückgeld 3,40")
    assert [row[0] for row in bought(*lines)] == ["Bread", "Cheese"]
