"""A failed check makes the values in it less certain, the least certain one most."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmi_cli.datamodel.record import ArrayValue, Evidence, FieldValue, LeafValue, ObjectValue
from mmi_cli.fill.checks import run_checks
from mmi_cli.fill.computed import compute_all
from mmi_cli.fill.doubts import posterior, with_doubts
from mmi_cli.schema_file import read_schema_text

SCHEMA = read_schema_text(
    """
name: invoice
fields:
  vendor: {type: string}
  lines:
    type: array
    items:
      type: object
      properties:
        quantity: {type: number}
        price: {type: number}
        amount: {type: number, kind: inferred, expression: quantity * price}
  net: {type: number, kind: inferred, expression: sum(lines.amount)}
  total: {type: number}
  tax: {type: number}
checks:
  - {expression: 'abs(total - net) <= 0.02', message: total is the sum of the lines}
  - {expression: 'tax < total', message: tax is a part}
""",
    name="invoice.yaml",
)


def leaf(value: float | None, confidence: float) -> LeafValue:
    text = "" if value is None else str(value)
    evidence = (Evidence(text=text, match="exact", span=(int((value or 0) * 100), 1)),) if value is not None else ()
    return LeafValue(type="number", kind="extracted", value=value, confidence=confidence, evidence=evidence)


def values(total: float | None, tax: float | None = 1.0) -> dict[str, FieldValue]:
    row = ObjectValue(
        members=(("quantity", leaf(2.0, 0.99)), ("price", leaf(4.5, 0.9)), ("amount", leaf(None, 0.5))),
    )
    return {
        "vendor": LeafValue(type="string", kind="extracted", value="Acme", confidence=0.9),
        "lines": ArrayValue(items=(row,)),
        "net": leaf(None, 0.5),
        "total": leaf(total, 0.8),
        "tax": leaf(tax, 0.95),
    }


def confidences(total: float | None, tax: float | None = 1.0) -> dict[str, Any]:
    fields = tuple(compute_all(SCHEMA.fields, values(total, tax)).items())
    doubted = dict(with_doubts(SCHEMA, fields, run_checks(SCHEMA, fields)))
    row = doubted["lines"].items[0]  # type: ignore[union-attr]
    leaves = {**{name: each for name, each in doubted.items() if name != "lines"}, **dict(row.members)}  # type: ignore[union-attr]
    return {name: each.confidence for name, each in leaves.items()}  # type: ignore[union-attr]


def test_members_of_rows_are_computed_with_the_evidence_of_their_inputs() -> None:
    computed = compute_all(SCHEMA.fields, values(9.0))
    amount = dict(computed["lines"].items[0].members)["amount"]  # type: ignore[union-attr]
    assert isinstance(amount, LeafValue)
    assert (amount.value, amount.confidence) == (9.0, 0.9)
    assert [(piece.text, piece.match) for piece in amount.evidence] == [("2.0", "computed"), ("4.5", "computed")]
    net = computed["net"]
    assert isinstance(net, LeafValue)
    assert (net.value, net.confidence, len(net.evidence)) == (9.0, 0.9, 2)


def test_a_check_that_holds_or_cannot_be_told_changes_nothing() -> None:
    held = confidences(9.0)
    assert (held["total"], held["price"], held["net"], held["tax"]) == (0.8, 0.9, 0.9, 0.95)
    assert confidences(None)["price"] == 0.9


def test_a_failed_check_lowers_what_it_reads_also_through_computed_fields() -> None:
    before, after = confidences(9.0), confidences(90.0)
    for name in ("total", "price", "quantity", "net", "amount"):
        assert after[name] < before[name], name
    assert (after["vendor"], after["tax"]) == (before["vendor"], before["tax"])
    assert after["total"] < after["price"] < after["quantity"]
    assert after["net"] == after["amount"] == min(after["price"], after["quantity"])


def test_two_failed_checks_count_twice() -> None:
    assert confidences(0.5)["total"] < confidences(90.0)["total"]


def test_one_value_alone_in_a_failed_check_is_most_likely_wrong() -> None:
    assert posterior(0.95, 0.95) == pytest.approx(0.375, abs=0.02)
    assert posterior(0.95, 0.95**10) > 0.8


@given(st.floats(0.005, 0.995), st.lists(st.floats(0.005, 0.995), max_size=5))
def test_doubt_never_raises_a_confidence(confidence: float, others: list[float]) -> None:
    all_right = confidence
    for other in others:
        all_right *= other
    assert 0 < posterior(confidence, all_right) <= confidence
