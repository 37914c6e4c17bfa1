"""Amounts that prove one another, and amounts that only look as if they did."""

from __future__ import annotations

from mmi_cli.datamodel.content import Content
from mmi_cli.datamodel.schema import Schema
from mmi_cli.fill.label_hits import find_labels
from mmi_cli.fill.labels import by_labels
from mmi_cli.fill.proposals import Proposal
from mmi_cli.fill.reading import Reading
from mmi_cli.fill.sums import is_outdone, settle_sums
from mmi_cli.schema_file import read_schema_text
from tests.support.pages import page_of

INVOICE = read_schema_text(
    "name: x\nfields:\n  net_amount: number\n  tax_amount: number\n  gross_amount: number\n", name="x.yaml"
)
RECEIPT = read_schema_text("name: x\nfields:\n  total: number\n  day: date\n", name="x.yaml")


def settled(schema: Schema, content: Content) -> dict[str, list[Proposal]]:
    reading = Reading(content, None)
    hits = find_labels(reading, schema.fields)
    found = {field.name: by_labels(reading, field, hits[field.name], ()) for field in schema.fields}
    return settle_sums(reading, schema.fields, found)


def firsts(*lines: str) -> dict[str, object]:
    return {name: found[0].value for name, found in settled(INVOICE, page_of(*lines)).items()}


def is_proved(*lines: str) -> bool:
    return settled(RECEIPT, page_of(*lines))["total"][0].is_summed


def test_net_and_tax_that_make_the_gross_settle_which_amount_is_which() -> None:
    for lines in (("Total 119.00", "Tax 19.00", "Total 100.00"), ("Amount 100.00", "Tax 19.00", "Amount 119.00")):
        assert firsts(*lines) == {"net_amount": 100.0, "tax_amount": 19.0, "gross_amount": 119.0}
        assert all(found[0].is_summed for found in settled(INVOICE, page_of(*lines)).values())


def test_amounts_that_do_not_add_up_settle_nothing() -> None:
    lines = ("Total 119.00", "Tax 20.00", "Total 100.00")
    assert firsts(*lines)["gross_amount"] == 100.0
    assert not any(found[0].is_summed for found in settled(INVOICE, page_of(*lines)).values())


def test_a_tax_of_nothing_settles_nothing() -> None:
    found = settled(INVOICE, page_of("Net amount 100.00", "Tax 0.00", "Gross amount 100.00"))
    assert not any(each.is_summed for proposals in found.values() for each in proposals)


def test_the_proposals_of_other_fields_are_left_alone() -> None:
    assert set(settled(RECEIPT, page_of("Total 9.54", "Day 3 May 2021"))) == {"total"}


def test_what_was_paid_less_the_change_proves_the_total() -> None:
    assert is_proved("Total 9.54", "Cash 10.00", "Change 0.46")
    assert not is_proved("Total 9.54", "Cash 10.00", "Change 0.40")


def test_a_column_that_adds_up_proves_the_total() -> None:
    assert is_proved("Pencil   2.50", "Paper    6.25", "Ink      1.25", "Total   10.00")
    assert not is_proved("Pencil   2.50", "Paper    6.25", "Ink      1.30", "Total   10.00")


def test_two_amounts_prove_their_sum_wherever_they_stand_near_it() -> None:
    assert is_proved("Pencil 2.50 and paper 6.50", "Total    9.00")


def test_an_amount_alone_or_with_nothing_but_zeros_does_not_prove_itself() -> None:
    assert not is_proved("Total     9.54")
    assert not is_proved("Discount  0.00", "Total     9.54")
    assert not is_proved("Discount  0.00", "Rounding  0.00", "Total     9.54")


def test_an_amount_that_is_said_twice_does_not_prove_itself() -> None:
    assert not is_proved("Total     9.54", "Paid      9.54", "Total     9.54")


def test_an_amount_far_away_proves_nothing() -> None:
    far = [f"This line speaks about the weather and the long way home, number {'x' * 20}." for _ in range(12)]
    assert not is_proved("Fee 2.50", *far, "Cost 6.50", *far, "Total 9.00")


def test_files_without_amounts_or_boxes_are_settled_without_failing() -> None:
    assert settled(INVOICE, page_of("合計 なし")) == {}
    assert settled(INVOICE, page_of()) == {}


def test_a_total_is_outdone_by_a_larger_amount_and_a_tax_is_not() -> None:
    reading = Reading(page_of("Spot 30s 400.00", "Gross 3,205.00", "Tax 19.00"), None)
    net, tax, gross = INVOICE.fields
    assert is_outdone(reading, gross, 400.0)
    assert not is_outdone(reading, gross, 3205.0)
    assert not is_outdone(reading, tax, 19.0)
    assert not is_outdone(reading, net, 400.0)
    assert not is_outdone(reading, gross, "400")
