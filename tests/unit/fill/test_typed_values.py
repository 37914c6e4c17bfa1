"""A value as it stands becomes a value of the field's type."""

from __future__ import annotations

from typing import Any

import pytest

from mmi_cli.datamodel.schema import Field
from mmi_cli.fill.locale_hints import LocaleHints
from mmi_cli.fill.values import normalize, read_number

OPEN = LocaleHints()


@pytest.mark.parametrize(
    ("type_", "text", "value"),
    [
        ("date", "DATE: 25/12/2018 8:13:39 PM", "2018-12-25"),
        ("date", "soon", None),
        ("time", "25/12/2018 8:13 PM", "20:13:00"),
        ("number", "Total: RM 9.00 SR", 9.0),
        ("number", "8", 8.0),
        ("number", "53.00S", 53.0),
        ("number", "from 3 to 5", None),
        ("number", "n/a", None),
        ("integer", "12 pcs", 12),
        ("integer", "3.00", 3),
        ("integer", "2.5", None),
        ("integer", "twelve ounce", 12),
        ("boolean", "Yes", True),
        ("boolean", "ja", True),
        ("boolean", "Oui.", True),
        ("boolean", "☒ Married", True),
        ("boolean", "☐ Married", False),
        ("boolean", "[x]", True),
        ("boolean", "[ ]", False),
        ("boolean", "No, not yet", False),
        ("boolean", "perhaps", None),
        ("string", "  ACME \n Corp. ", "ACME Corp."),
        ("string", ": ACME Corp -", "ACME Corp"),
        ("string", "“ACME”", "ACME"),
        ("string", "(867388-U)", "(867388-U)"),
        ("string", "867388-U)", "867388-U"),
        ("string", "-5 °C", "-5 °C"),
        ("string", "   ", None),
        ("string", ":", None),
    ],
)
def test_text_becomes_a_typed_value_or_none(type_: Any, text: str, value: Any) -> None:
    read = normalize(text, Field(name="field", type=type_), OPEN)
    assert (type(read), read) == (type(value), value)


def test_a_pattern_takes_the_one_part_of_a_longer_text_that_matches() -> None:
    field = Field(name="invoice_id", type="string", pattern=r"[A-Z]{2,4}-\d+")
    assert normalize("INV-100", field, OPEN) == "INV-100"
    assert normalize("Invoice no. INV-100 of May", field, OPEN) == "INV-100"
    assert normalize("INV-100 or INV-200", field, OPEN) is None
    assert normalize("100", field, OPEN) is None


def test_a_pattern_may_describe_the_normalised_value() -> None:
    assert normalize("5 May 2018", Field(name="day", type="date", pattern=r"\d{4}-\d\d-\d\d"), OPEN) == "2018-05-05"


def test_an_enum_value_comes_as_the_schema_spells_it() -> None:
    assert normalize("eur", Field(name="currency", type="string", enum=("EUR", "GBP")), OPEN) == "EUR"


def test_the_currency_beside_a_number_is_kept_apart() -> None:
    read = read_number("Total: RM 9.00 SR", OPEN)
    assert read is not None
    assert read.currency == "MYR"
