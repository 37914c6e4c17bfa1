"""Fields with an expression, and checks over fields."""

from __future__ import annotations

import pytest

from mmi_cli.datamodel.record import ArrayValue, CheckResult, Evidence, FieldValue, LeafValue, ObjectValue, Scalar
from mmi_cli.datamodel.schema import Check, Field, FieldType, Schema
from mmi_cli.errors import UsageError
from mmi_cli.fill.checks import run_checks
from mmi_cli.fill.computed import computation_order, compute_field


def leaf(value: Scalar, type_: FieldType = "number", confidence: float = 0.9) -> LeafValue:
    evidence = (Evidence(text=str(value), match="exact", span=(0, 4)),) if value is not None else ()
    return LeafValue(type=type_, kind="extracted", value=value, confidence=confidence, evidence=evidence)


def rows(*amounts: float | None) -> ArrayValue:
    return ArrayValue(items=tuple(ObjectValue(members=(("amount", leaf(amount)),)) for amount in amounts))


FIELDS: tuple[tuple[str, FieldValue], ...] = (
    ("issued", leaf("2018-01-31", "date", 0.7)),
    ("lines", rows(0.1, 0.2)),
    ("total", leaf(0.3)),
    ("gap", leaf(None)),
)


def computed(type_: FieldType, expression: str) -> LeafValue:
    return compute_field(Field(name="x", type=type_, kind="inferred", expression=expression), FIELDS)


def test_a_computed_value_cites_its_inputs_and_is_as_sure_as_the_least_sure_one() -> None:
    value = computed("date", "issued + days(count(lines.amount))")
    assert (value.value, value.kind, value.confidence) == ("2018-02-02", "inferred", 0.7)
    assert [(piece.text, piece.match) for piece in value.evidence] == [
        ("2018-01-31", "computed"), ("0.1", "computed"), ("0.2", "computed"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("type_", "expression", "value"),
    [
        ("number", "sum(lines.amount)", 0.3), ("number", "2", 2.0), ("integer", "4 / 2", 2), ("integer", "1 / 2", None),
        ("boolean", "total > 0", True), ("boolean", "total", None), ("string", "'a' + 'b'", "ab"), ("string", "1 > 0", None),
        ("number", "gap + 1", None), ("number", "lines.amount", None), ("date", "total", None),
    ],
)  # fmt: skip
def test_a_computed_value_has_the_type_of_its_field_or_is_absent(
    type_: FieldType, expression: str, value: Scalar
) -> None:
    read = computed(type_, expression)
    assert (type(read.value), read.value) == (type(value), value)
    assert bool(read.evidence) == (value is not None and expression not in ("2", "4 / 2", "'a' + 'b'"))


def test_an_expression_in_a_row_reads_its_row_before_the_record() -> None:
    row = (("quantity", leaf(3)), ("total", leaf(5)))
    value = compute_field(Field(name="x", type="number", expression="quantity * total"), FIELDS, row=row)
    assert value.value == 15.0


def test_fields_are_computed_after_those_they_read() -> None:
    fields = (
        Field(name="gross", type="number", expression="net + tax"),
        Field(name="tax", type="number", expression="net * 0.19"),
        Field(name="net", type="number"),
    )
    assert [field.name for field in computation_order(fields)] == ["tax", "gross"]


def test_expressions_that_need_each_other_are_refused() -> None:
    fields = (Field(name="a", type="number", expression="b"), Field(name="b", type="number", expression="a + 1"))
    with pytest.raises(UsageError, match="fields a, b"):
        computation_order(fields)


def test_checks_hold_fail_or_cannot_be_told() -> None:
    checks = (
        Check(expression="sum(lines.amount) == total", message="sum"),
        Check(expression="total > 1", message="large"),
        Check(expression="gap > 1", message="gap"),
        Check(expression="lines.amount > 0.1", message="every line"),
        Check(expression="total + 1"),
    )
    assert run_checks(Schema(name="s", version="1", checks=checks), FIELDS) == (
        CheckResult(expression="sum(lines.amount) == total", passed=True),
        CheckResult(expression="total > 1", passed=False, message="large"),
        CheckResult(expression="gap > 1", passed=None, message="gap"),
        CheckResult(expression="lines.amount > 0.1", passed=False, message="every line"),
        CheckResult(expression="total + 1", passed=None),
    )
