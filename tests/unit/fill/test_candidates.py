"""Every place that can be a value is found, with its value."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmi_cli.datamodel.content import Content, ParagraphPlace
from mmi_cli.datamodel.content_builder import ContentBuilder
from mmi_cli.datamodel.schema import Field, FieldType
from mmi_cli.fill.candidates import KINDS, candidate_kinds, find_candidates, find_matching
from mmi_cli.fill.dates import parse_date
from mmi_cli.fill.identifiers import is_iban, is_isbn
from mmi_cli.fill.locale_hints import LocaleHints, decide_locale
from mmi_cli.fill.numbers import parse_number
from mmi_cli.fill.vat_numbers import is_luhn, vat_holds

RECEIPT = """\
GREEN LEAF STATIONERY SDN BHD
(123456-X)
NO. 3, JALAN MAWAR 7/4,
TAMAN HARMONI,
43300 SERI BARU, SELANGOR.
TEL : 03-2093 7358
TAX INVOICE NO: CS-20322
DATE: 05/04/2018 14:03
2 X PENCIL 2.50 5.00 SR
GST @6% 0.30
TOTAL RM5.30
CASHIER: SITI AISHAH
hello@greenleaf.example.com www.greenleaf.com.my
"""


def content(text: str) -> Content:
    builder = ContentBuilder()
    builder.add_text_block("paragraph", text, ParagraphPlace(1))
    return builder.build()


def found(text: str, *kinds: str) -> list[tuple[str, str, object]]:
    made = content(text)
    candidates = find_candidates(made, frozenset(kinds or KINDS), decide_locale(made, None))
    return [(each.detector, each.text, each.value) for each in candidates]


def test_a_receipt_gives_its_typed_values_in_order() -> None:
    assert found(RECEIPT, "company", "phone", "date", "time", "amount", "percent", "email", "url", "person") == [
        ("company", "GREEN LEAF STATIONERY SDN BHD", "GREEN LEAF STATIONERY SDN BHD"),
        ("phone", "03-2093 7358", "03-2093 7358"),
        ("date", "05/04/2018", "2018-04-05"),
        ("time", "14:03", "14:03:00"),
        ("amount", "2.50", 2.5),
        ("amount", "5.00", 5.0),
        ("percent", "6%", 6.0),
        ("amount", "0.30", 0.3),
        ("amount", "5.30", 5.3),
        ("person", "SITI AISHAH", "SITI AISHAH"),
        ("email", "hello@greenleaf.example.com", "hello@greenleaf.example.com"),
        ("url", "www.greenleaf.com.my", "www.greenleaf.com.my"),
    ]


def test_an_address_is_found_over_its_lines() -> None:
    assert [value for _, _, value in found(RECEIPT, "address")] == [
        "NO. 3, JALAN MAWAR 7/4, TAMAN HARMONI, 43300 SERI BARU, SELANGOR."
    ]


def test_codes_are_found_without_pieces_of_dates_and_telephones() -> None:
    codes = [value for _, _, value in found(RECEIPT, "identifier")]
    assert "CS-20322" in codes
    assert "123456-X" in codes
    assert "2018" not in codes


def test_a_number_is_given_once_as_the_narrowest_kind_asked_for() -> None:
    assert found("3 at RM5.30, 6%", "number") == [("number", "3", 3.0), ("number", "5.30", 5.3), ("number", "6%", 6.0)]
    assert found("3 at RM5.30, 6%", "number", "amount", "integer", "percent") == [
        ("integer", "3", 3),
        ("amount", "5.30", 5.3),
        ("percent", "6%", 6.0),
    ]


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("iban", "IBAN DE89 3704 0044 0532 0130 00 BIC", "DE89370400440532013000"),
        ("card", "Card 4111 1111 1111 1111", "4111111111111111"),
        ("isbn", "ISBN 978-3-16-148410-0", "9783161484100"),
        ("vat", "USt-IdNr. DE 123 456 789", "DE123456789"),
        ("postcode", "London SW1A 1AA", "SW1A 1AA"),
        ("postcode", "Austin, TX 78701", "78701"),
        ("currency", "all prices in EUR", "EUR"),
        ("checkbox", "☒ married", True),
        ("phone", "(952) 944-9999", "(952) 944-9999"),
        ("person", "Dear Mr. John A. Smith,", "John A. Smith"),
        ("company", "by Tyco Healthcare Group LP (the", "Tyco Healthcare Group LP"),
    ],
)
def test_each_detector_finds_its_kind(kind: str, text: str, value: object) -> None:
    assert (kind, value) in [(detector, each) for detector, _, each in found(text, kind)]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("card", "4111 1111 1111 1112"),
        ("isbn", "978-3-16-148410-1"),
        ("phone", "01/27/20 - 02/21/20"),
        ("phone", "0714/0601/00601"),
        ("postcode", "in 2018 Berlin"),
        ("identifier", "9,9000 12.50 3x"),
        ("currency", "we all try"),
    ],
)
def test_look_alikes_are_left_out(kind: str, text: str) -> None:
    assert found(text, kind) == []


@pytest.mark.parametrize(
    "number",
    [
        "DE129273398", "DE811128135", "ATU14189108", "ATU33864707", "BE0403101811", "BE0202239951", "FR83404833048", "FR40303265045",
        "ESA28015865", "ESB58378431", "IT00743110157", "IT00905811006", "GB980780684", "GB220430231", "NL004495445B01",
        "NL000099998B57", "DK13585628", "FI01120389", "IE6388047V", "LU20260743", "PL5260250995", "PT500697256", "SE556703748501",
        "CHE116281710", "CHE105909036MWST",
    ],
)  # fmt: skip
def test_the_check_digits_of_a_vat_number_hold_and_those_of_a_misread_one_do_not(number: str) -> None:
    assert vat_holds(number) is True
    at = 5 if number[4].isalpha() else 4
    wrong = [number[:at] + digit + number[at + 1 :] for digit in "0123456789" if digit != number[at]]
    passed = sum(vat_holds(each) is True for each in wrong)
    assert passed <= (number[:2] in ("GB", "NL"))  # two rules are in use there


def test_a_country_without_a_rule_is_not_judged() -> None:
    assert vat_holds("RO18547290") is None


@pytest.mark.parametrize(
    ("kind", "text", "doubtful"),
    [
        ("iban", "DE89 3704 0044 0532 0130 00", False),
        ("iban", "DE89 3704 0044 0532 0130 01", True),
        ("vat", "DE 129 273 398", False),
        ("vat", "DE 129 273 399", True),
        ("vat", "RO18547290", False),
    ],
)
def test_an_identifier_whose_check_digits_fail_is_found_and_doubted(kind: str, text: str, doubtful: bool) -> None:
    (candidate,) = find_candidates(content(text), frozenset({kind}), LocaleHints())
    assert (candidate.text, candidate.is_ambiguous) == (text, doubtful)


def test_check_digits_hold() -> None:
    assert is_iban("GB82WEST12345698765432")
    assert not is_iban("GB82WEST12345698765433")
    assert is_luhn("79927398713")
    assert not is_luhn("79927398710")
    assert is_isbn("080442957X")
    assert not is_isbn("0804429570")


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="no such kinds of candidate: dat"):
        find_candidates(content("x"), frozenset({"dat"}), LocaleHints())


@pytest.mark.parametrize(
    ("name", "type_", "expected"),
    [
        ("issue_date", "date", {"date"}), ("total", "number", {"amount", "number", "percent"}), ("quantity", "integer", {"integer"}),
        ("invoiceNumber", "string", {"identifier"}), ("email", "string", {"email"}), ("customer_phone_number", "string", {"phone"}),
        ("vendor_address", "string", {"address"}), ("vendor_name", "string", {"company"}), ("summary", "string", set()),
        ("vat_id", "string", {"vat", "identifier"}), ("is_paid", "boolean", {"checkbox"}),
    ],
)  # fmt: skip
def test_a_field_is_served_by_the_detectors_its_name_and_type_ask_for(
    name: str, type_: FieldType, expected: set[str]
) -> None:
    assert candidate_kinds(Field(name=name, type=type_)) == expected


def test_the_description_decides_where_the_name_says_nothing() -> None:
    assert candidate_kinds(Field(name="x", type="string", description="E-mail of the sender")) == {"email"}


def test_a_pattern_finds_its_places() -> None:
    places = find_matching(content("INV-100 and XINV-2\nINV-7"), Field(name="n", type="string", pattern=r"INV-\d+"))
    assert [(each.start, each.text) for each in places] == [(0, "INV-100"), (19, "INV-7")]


@given(st.text(max_size=200))
def test_candidates_of_any_text_stand_in_it_in_order(text: str) -> None:
    made = content(text)
    candidates = find_candidates(made, KINDS, LocaleHints())
    for each in candidates:
        assert made.text[each.start : each.end] == each.text != ""
    assert [each.start for each in candidates] == sorted(each.start for each in candidates)


REPEATED = ("1 ", "1.", "1,", "1/", "1-", "a@", "A. ", "DE12 ", "(1", "Jan ", "www.", "0 1", "1:", "Mr A ", "Inc ", "é", "- ", "1\n",
            "123 ", "12. 34 ", "A1")  # fmt: skip


@pytest.mark.parametrize("unit", REPEATED)
def test_no_text_makes_the_detectors_slow(unit: str) -> None:
    made = content(unit * (40_000 // len(unit)))
    started = time.process_time()
    find_candidates(made, KINDS, decide_locale(made, None))
    assert time.process_time() - started < 2


DATA = Path(os.environ.get("MMI_BENCH_DATA", "../shared/data"))


@pytest.mark.skipif(not (DATA / "sroie").is_dir(), reason="labelled receipts are not here (MMI_BENCH_DATA)")
def test_every_labelled_date_and_total_of_the_receipts_is_a_candidate() -> None:
    missed = []
    for line in (DATA / "sroie" / "labels.jsonl").read_text().splitlines():
        label = json.loads(line)
        made = content("\n".join(each["text"] for each in label["lines"]))
        candidates = find_candidates(made, frozenset({"date", "amount"}), decide_locale(made, None))
        wanted_date = parse_date(label["fields"]["date"], LocaleHints(day_first=True))
        wanted_total = parse_number(label["fields"]["total"], LocaleHints())
        assert wanted_date is not None
        assert wanted_total is not None
        missed += {wanted_date.iso, float(wanted_total.value)} - {each.value for each in candidates}
    assert missed == []
