"""Numbers as people write them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmi_cli.datamodel.content import PageBox
from mmi_cli.datamodel.content_builder import ContentBuilder
from mmi_cli.fill.locale_hints import LocaleHints
from mmi_cli.fill.number_spans import find_numbers, find_numbers_in
from mmi_cli.fill.number_words import parse_number_words
from mmi_cli.fill.numbers import parse_number

OPEN = LocaleHints()


@pytest.mark.parametrize(
    ("text", "value", "currency"),
    [
        ("1.234,56", "1234.56", None), ("1,234.56", "1234.56", None), ("1 234,56", "1234.56", None), ("1'234.56", "1234.56", None),
        ("1\u202f234,56 €", "1234.56", "EUR"), ("1,00,000.50", "100000.50", None), ("1.234.567", "1234567", None),
        ("(123.45)", "-123.45", None), ("$(5.00)", "-5.00", "USD"), ("-5", "-5", None), ("5-", "-5", None), ("−3,5", "-3.5", None),
        ("RM 9.00", "9.00", "MYR"), ("RM9.00", "9.00", "MYR"), ("$5,625.00", "5625.00", "USD"), ("12.50 EUR", "12.50", "EUR"),
        ("€1.500", "1500", "EUR"), ("$1,500", "1500", "USD"), ("USD 1.5 million", "1500000", "USD"), ("5 Mio. €", "5000000", "EUR"),
        ("9 . 00", "9.00", None), ("9. 00", "9.00", None), (".5", "0.5", None), ("0.125", "0.125", None), ("10,", "10", None),
        ("12,- €", "12", "EUR"), ("€ 12.—", "12", "EUR"), ("123.45-", "-123.45", None), ("1’234.50 CHF", "1234.50", "CHF"),
        ("twelve", "12", None), ("two and a half", "2.5", None), ("zweitausenddreihundertvier", "2304", None),
    ],
)  # fmt: skip
def test_a_number_is_read_however_it_is_written(text: str, value: str, currency: str | None) -> None:
    read = parse_number(text, OPEN)
    assert read is not None
    assert (read.value, read.currency) == (Decimal(value), currency)


@pytest.mark.parametrize("text", ["", "abc", "12abc", "1.2.3", "12 34", "5 m", "1,2,3", "--5", "9" * 40, "²"])
def test_what_is_no_number_is_not_made_into_one(text: str) -> None:
    assert parse_number(text, OPEN) is None


def test_a_single_mark_before_three_digits_is_read_by_the_hint_and_is_ambiguous_without() -> None:
    comma, point = LocaleHints(decimal_comma=True), LocaleHints(decimal_comma=False)
    read = {name: parse_number("1.234", hints) for name, hints in (("comma", comma), ("point", point), ("open", OPEN))}
    assert {name: (each.value, each.is_ambiguous) for name, each in read.items() if each} == {
        "comma": (Decimal(1234), False),
        "point": (Decimal("1.234"), False),
        "open": (Decimal("1.234"), True),
    }


@pytest.mark.parametrize("text", ["7,5 %", "7.5 percent", "7,5 v. H.", "7,5 Prozent", "7,5 por ciento"])
def test_percent_is_told_apart(text: str) -> None:
    read = parse_number(text, OPEN)
    assert read is not None
    assert (read.value, read.is_percent) == (Decimal("7.5"), True)


@pytest.mark.parametrize("text", ["123.45 CR", "123.45DR", "Balance 123.45 Cr"])
def test_credit_and_debit_leave_the_sign_open(text: str) -> None:
    assert [(str(each.value), each.is_ambiguous) for each in find_numbers_in(text, OPEN)] == [("123.45", True)]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("twenty-one", 21), ("one hundred and five", 105), ("two thousand eighteen", 2018), ("twelve hundred", 1200),
        ("a hundred", 100), ("einundzwanzig", 21), ("dreihundertfünfundsechzig", 365), ("dreißig", 30), ("vingt et un", 21),
        ("quatre-vingt-dix-sept", 97), ("soixante-quinze", 75), ("deux cents", 200), ("veintidós", 22), ("treinta y dos", 32),
        ("mil doscientos", 1200), ("two million five hundred thousand", 2_500_000), ("zwei Millionen", 2_000_000),
        ("eine Million", 1_000_000), ("un million deux cent mille", 1_200_000), ("un millón", 1_000_000), ("fuenfzig", 50),
        ("veintidos", 22), ("quinientas", 500), ("ventidue", 22), ("vijfentwintig", 25), ("twelve hundred and one", 1201),
    ],
)  # fmt: skip
def test_number_words_are_read_in_seven_languages(text: str, number: int) -> None:
    assert parse_number_words(text) == number


@pytest.mark.parametrize(
    "text", ["a", "un", "ein", "one two", "twenty twelve", "and", "hundred house", "", "five, six", "cent", "million"]
)
def test_words_that_spell_no_number_give_none(text: str) -> None:
    assert parse_number_words(text) is None


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2), st.sampled_from([",.", ".,", " ,", "'."]))
def test_every_amount_comes_back_from_every_way_of_grouping(amount: Decimal, marks: str) -> None:
    group, mark = marks
    text = f"{amount:,.2f}".translate({ord(","): group, ord("."): mark})
    read = parse_number(text, OPEN)
    assert read is not None
    assert read.value == amount


def found(text: str, hints: LocaleHints = OPEN) -> list[tuple[str, str]]:
    return [(text[each.start : each.end], str(each.value)) for each in find_numbers_in(text, hints)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("TOTAL: RM9.00", [("9.00", "9.00")]),
        ("53.00S 5.40SR", [("53.00", "53.00"), ("5.40", "5.40")]),
        ("TOTAL9.00", [("9.00", "9.00")]),
        ("1X 12.50", [("1", "1"), ("12.50", "12.50")]),
        ("7.90*3", [("7.90", "7.90"), ("3", "3")]),
        ("56.00 DH", [("56.00", "56.00")]),
        ("-$5.00 and $-6.00", [("-$5.00", "-5.00"), ("-6.00", "-6.00")]),
        ("(15.90)", [("(15.90)", "-15.90")]),
        ("20.00- 3", [("20.00-", "-20.00"), ("3", "3")]),
        ("9 . 00", [("9 . 00", "9.00")]),
        ("GST 6%", [("6%", "6")]),
        ("12,13,14", [("12", "12"), ("13", "13"), ("14", "14")]),
        ("twelve ounce", [("twelve", "12")]),
        ("one latte", []),
        ("Five Hundred Dollars ($500.00)", [("Five Hundred", "500"), ("500.00", "500.00")]),
        ("Net loss (500.00)", [("(500.00)", "-500.00")]),
        ("zwölf Prozent", [("zwölf Prozent", "12")]),
        ("doce por ciento", [("doce por ciento", "12")]),
        ("zweihundertfünfzig Euro", [("zweihundertfünfzig", "250")]),
        ("la somme de deux cent cinquante mille euros", [("deux cent cinquante mille", "250000")]),
        ("una suma de dos mil quinientos pesos", [("dos mil quinientos", "2500")]),
        ("und der hundert", []),
        ("TD01167104 950658-1 113G 001637511168 JALAN 7/4", []),
    ],
)
def test_numbers_are_found_with_their_sign_and_without_what_is_glued_on(
    text: str, expected: list[tuple[str, str]]
) -> None:
    assert found(text) == expected


def test_digits_parted_by_a_space_are_one_number_when_set_close_and_two_when_in_columns() -> None:
    def numbers(gap: float) -> list[str]:
        builder = ContentBuilder()
        line = [("1", PageBox(1, (0, 0, 10, 10)), None), ("234,56", PageBox(1, (10 + gap, 0, 70 + gap, 10)), None)]
        builder.add_block("paragraph", [line])
        return [str(each.value) for each in find_numbers(builder.build(), LocaleHints(decimal_comma=True))]

    assert numbers(4) == ["1234.56"]
    assert numbers(60) == ["1", "234.56"]


def test_without_places_both_readings_of_a_space_are_given() -> None:
    assert [value for _, value in found("20 100,00", LocaleHints(decimal_comma=True))] == ["20", "20100.00", "100.00"]


@given(st.text(alphabet="0123456789.,' -()%RM$€xO\n", max_size=40))
def test_numbers_of_any_text_lie_in_it(text: str) -> None:
    for each in find_numbers_in(text, OPEN):
        assert 0 <= each.start < each.end <= len(text)
        assert any(character.isalnum() for character in text[each.start : each.end])
