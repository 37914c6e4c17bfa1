"""A box says what the words beside it say, on whichever side they stand."""

from __future__ import annotations

from typing import Any

import pytest

from mmi_cli.datamodel.filled import Filled
from mmi_cli.fill.filling import fill_content
from mmi_cli.schema_file import read_schema_text
from mmi_cli.settings import Settings
from tests.support.models_at_hand import EnginesAtHand
from tests.support.pages import page_of


def fill(field: str, *lines: str) -> Filled:
    schema = read_schema_text(f"name: form\nfields:\n  {field}\n", name="form.yaml")
    return fill_content(page_of(*lines), schema, engines=EnginesAtHand(None), settings=Settings())


def said(field: str, *lines: str) -> tuple[Any, list[str]]:
    ((_, value),) = fill(field, *lines).fields
    plain = value.to_json()
    if plain["type"] == "array":
        return [each["value"] for each in plain["value"]], [
            p["text"] for each in plain["value"] for p in each["evidence"]
        ]
    return plain["value"], [piece["text"] for piece in plain["evidence"]]


@pytest.mark.parametrize(
    ("lines", "value", "evidence"),
    [
        (["Paid: ☒ yes ☐ no"], True, "☒ yes"),
        (["Paid: ☐ yes ☒ no"], False, "☒ no"),
        (["Paid: yes ☐ no ☒"], False, "no ☒"),
        (["Paid: Yes [X] No [ ]"], True, "Yes [X]"),
        (["Paid (X) yes ( ) no"], True, "(X) yes"),
        (["Paid? ☐ Ja ☒ Nein"], False, "☒ Nein"),
        (["Paid:", "☐ oui", "☒ non"], False, "☒ non"),
        (["Paid ☒"], True, "Paid ☒"),
        (["[ ] Paid"], False, "[ ] Paid"),
        (["☒ Shipped  ☐ Paid"], False, "☐ Paid"),
        (["Shipped ☒  Paid ☐"], False, "Paid ☐"),
        (["☐ Shipped", "☒ Paid"], True, "☒ Paid"),
        (["☒ not paid"], False, "☒ not paid"),
        (["not paid: ☒"], False, "☒"),
        (["Paid: yes"], True, "yes"),
        (["Paid: No"], False, "No"),
    ],
)
def test_yes_or_no_is_read_from_the_box_or_word_beside_the_label(lines: list[str], value: bool, evidence: str) -> None:
    assert said("paid: {type: boolean}", *lines) == (value, [evidence])


@pytest.mark.parametrize("lines", [["Paid: ☐ yes ☐ no"], ["Paid: ☒ yes ☒ no"], ["☒ Shipped"], ["Nothing"]])
def test_boxes_that_decide_nothing_give_no_value(lines: list[str]) -> None:
    assert said("paid: {type: boolean}", *lines) == (None, [])


TYPE = "customer_type: {{type: string, kind: {kind}, enum: [private, business, other]}}"


@pytest.mark.parametrize("kind", ["extracted", "inferred"])
@pytest.mark.parametrize(
    ("lines", "evidence"),
    [
        (["Customer type: ☐ private ☒ business ☐ other"], "☒ business"),
        (["Customer type: private ☐ business ☒ other ☐"], "business ☒"),
        (["Customer type", "[ ] Private", "[x] Business"], "[x] Business"),
        (["☒ Business customer ☐ Private customer"], "☒ Business customer"),
        (["Customer type: ☐ private ☒ business", "Delivery: ☒ private ☐ business"], "☒ business"),
    ],
)
def test_the_ticked_option_is_the_value_of_an_enum(kind: str, lines: list[str], evidence: str) -> None:
    assert said(TYPE.format(kind=kind), *lines) == ("business", [evidence])


def test_two_ticked_options_are_no_value_of_an_enum() -> None:
    assert said(TYPE.format(kind="extracted"), "Customer type: ☒ private ☒ business")[0] is None


def test_every_ticked_option_is_in_a_list() -> None:
    field = "options: {type: array, items: {type: string, enum: [wifi, parking, pool]}}"
    assert said(field, "Options: ☒ wifi ☐ parking ☒ pool") == (["wifi", "pool"], ["☒ wifi", "☒ pool"])
    assert said(field, "Options: ☐ wifi ☐ parking ☐ pool") == ([], [])
