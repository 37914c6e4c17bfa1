"""Who issued a document and to whom it went: the head of a letter, and the block in the window of its envelope."""

from __future__ import annotations

import pytest

from mmi_cli.datamodel.content import Content, TimeSpan
from mmi_cli.datamodel.content_builder import ContentBuilder
from mmi_cli.fill.issuers import at_head
from mmi_cli.fill.names_in_text import can_be_name, ends_with_legal_form, find_companies
from mmi_cli.fill.reading import Reading
from mmi_cli.schema_file import read_schema_text
from tests.support.pages import page_of

SCHEMA = read_schema_text(
    """
name: letter
fields:
  seller: {type: string, description: Company that issued it}
  buyer: {type: string, description: Company that buys}
  seller_address: {type: string, description: Address of the shop}
  buyer_address: {type: string, description: Address of the customer}
""",
    name="letter.yaml",
)
LETTER = page_of(
    "Meridian Optics LLC",
    "12 Market Street, 80331 Munich",
    "",
    "Harbour Light AG",
    "Quay Street 5",
    "80335 Munich",
    "",
    "Dear Sir or Madam,",
)


def head(content: Content, name: str) -> object:
    proposal = at_head(Reading(content, None), next(each for each in SCHEMA.fields if each.name == name))
    return proposal.value if proposal else None


def test_the_issuer_stands_at_the_head_and_the_addressee_above_the_second_address() -> None:
    assert head(LETTER, "seller") == "Meridian Optics LLC"
    assert head(LETTER, "buyer") == "Harbour Light AG"


def test_a_letter_without_a_second_address_has_no_addressee() -> None:
    assert head(page_of("Meridian Optics LLC", "12 Market Street, 80331 Munich", "Total 5.00"), "buyer") is None


def test_the_address_at_the_head_is_the_issuers_and_never_the_other_sides() -> None:
    assert head(LETTER, "seller_address") == "12 Market Street, 80331 Munich"
    assert head(LETTER, "buyer_address") is None


def test_an_address_far_down_is_not_at_the_head() -> None:
    lines = [f"Some words of line {'x' * n}" for n in range(1, 12)]
    assert head(page_of(*lines, "12 Market Street, 80331 Munich"), "seller_address") is None


def test_the_sender_in_the_window_of_an_envelope_is_named_without_its_address() -> None:
    content = page_of("Invoice", "Meridian Optics LLC - 12 Market Street - 80331 Munich", "", "", "Dear Sir or Madam,")
    assert head(content, "seller") == "Meridian Optics LLC"


@pytest.mark.parametrize(
    "lines", [("東京商事株式会社", "東京都千代田区1-1", "請求書"), ("شركة النور", "فاتورة ٤٧١١"), ()]
)
def test_heads_in_other_scripts_and_empty_pages_do_not_fail(lines: tuple[str, ...]) -> None:
    for field in SCHEMA.fields:
        value = head(page_of(*lines), field.name)
        assert value is None or str(value) in " ".join(lines)


@pytest.mark.parametrize(
    ("text", "does"),
    [
        ("Meridian Optics LLC", True), ("eBay Inc.", True), ("Muster GmbH & Co. KG", True), ("LLC", False), ("Meridian LLC Optics", False),
        ("Meridian Optics", False), ("", False),
    ],
)  # fmt: skip
def test_a_name_may_end_with_a_legal_form(text: str, does: bool) -> None:
    assert ends_with_legal_form(text) is does


@pytest.mark.parametrize(
    ("text", "kinds", "can"),
    [
        ("Meridian Optics LLC", {"company"}, True), ("Nummer: 549910", {"company"}, False), ("R E C H N U N G", {"company"}, False),
        ("3M", {"company"}, False), ("Route 66 Diner", {"company"}, True), ("Route 66 Diner", {"person"}, False),
        ("Anna Fischer", {"person"}, True), ("x" * 121, {"company"}, False), ("Nummer: 549910", {"identifier"}, True),
        ("東京商事", {"company"}, True),
    ],
)  # fmt: skip
def test_what_can_be_a_name_has_letters_and_is_no_label(text: str, kinds: set[str], can: bool) -> None:
    assert can_be_name(text, frozenset(kinds)) is can


@pytest.mark.parametrize(
    "text", ["the Company shall pay", "a Delaware corporation", "each of the Company", "by and for the Corporation"]
)
def test_a_legal_form_without_a_name_of_its_own_is_no_company(text: str) -> None:
    assert find_companies(text) == []


@pytest.mark.parametrize(
    "address",
    [
        ("Avenida de Lisandro Diego 75", "La Coruña, 14392"),
        ("C. Ángela Folch 2", "Ávila, 47970"),
        ("Thea-Geißler-Ring 9/1", "01332 Aue"),
        ("STAHRSTR.88/31", "48167 GARDELEGEN"),
        ("Babette-Binner-Strasse 64", "90101 Calw"),
        ("598 Abigail Ways", "Joelbury", "OL9 0ZD"),
        ("24 Megan Station", "", "New Shaun", "", "N2F 9XB"),
        ("Flat 1", "Jackson Wall", "Morganhaven", "SN44 2JE"),
        ("609, boulevard de Da Costa", "54360 Gautier-les-Bains"),
        ("741 Briana Curve", "South Karen, MO 48658"),
    ],
)
def test_addresses_of_many_countries_are_found_whole_at_the_head(address: tuple[str, ...]) -> None:
    receipt = page_of("Engineering & Catering Ltd", *address, "Tel: 0117 496 0133", "RECEIPT", "Total 5.00")
    assert head(receipt, "seller_address") == " ".join(line for line in address if line)


def test_a_line_of_numbers_above_a_town_is_not_its_house() -> None:
    receipt = page_of("Brown Stores", "(384895-M)", "Joelbury OL9 0ZD", "RECEIPT")
    assert head(receipt, "seller_address") != "(384895-M) Joelbury OL9 0ZD"


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        (("Laura Smith", "Mclaughlin Bakery"), "Mclaughlin Bakery"),
        (("Bachmann Renner", "GmbH & Co. OHG"), "Bachmann Renner GmbH & Co. OHG"),
        (("Gotthard &", "Köster Trading"), "Gotthard & Köster Trading"),
        (("Minería Conde", "y asociados S.L."), "Minería Conde y asociados S.L."),
        (("Welcome!", "Blue Harbour Stores"), "Blue Harbour Stores"),
    ],
)
def test_the_shop_is_told_from_its_owner_and_its_name_may_take_two_lines(lines: tuple[str, ...], name: str) -> None:
    assert head(page_of(*lines, "12 Market Street", "80331 Munich", "Total 5.00"), "seller") == name


def test_speech_has_no_head() -> None:
    builder = ContentBuilder()
    builder.add_text_block("paragraph", "Blue Harbour Stores", TimeSpan(0.0, 1.5))
    assert head(builder.build(), "seller") is None
    assert head(page_of("Blue Harbour Stores"), "seller") == "Blue Harbour Stores"
