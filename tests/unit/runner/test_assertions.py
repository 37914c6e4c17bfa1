"""Conditions on the results of a run."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mmi_cli.errors import UsageError
from mmi_cli.runner.state.manifest import Done
from mmi_cli.runner.telling.assertions import Assertions
from mmi_cli.schema_file import load_schema

SCHEMAS = (load_schema("total number, date date"),)


def leaf(value: Any, confidence: float) -> dict[str, Any]:
    return {"type": "number", "kind": "extracted", "value": value, "confidence": confidence, "evidence": []}


def done(
    path: str, status: str = "ok", *, schema: str = "ad-hoc", error: str | None = None, check: bool | str | None = "none", **fields: Any
) -> Done:  # fmt: skip
    record = {
        "schema": {"name": schema},
        "fields": fields,
        "errors": [{"code": error}] if error else [],
        "checks": [] if check == "none" else [{"passed": check}],
    }
    return Done(path=path, status=status, line=json.dumps(record))


def broken(*sources: str, schemas: Any = SCHEMAS, results: Any = ()) -> tuple[str, ...]:
    assertions = Assertions(sources, schemas)
    for each in results:
        assertions.measures.read(each)
    return assertions.broken()


RESULTS = (
    done("a", total=leaf(9.5, 0.9), date=leaf("2026-03-04", 0.5), check=True),
    done("b", total=leaf(1, 0.7), date=leaf(None, 0.8), check=False),
    done("c", "partial", total=leaf(None, 0.4), date=leaf(None, 0.8), check=None),
    done("d", "failed", error="corrupt"),
    done("e", "empty"),
)


@pytest.mark.parametrize(
    "condition",
    [
        "files == 5", "records == 5", "ok == 2", "partial == 1 and failed == 1 and empty == 1", "ok >= 0.4 * files", "skipped == 0",
        "errors.corrupt == 1", "errors.timeout == 0", "checks.passed == 1", "checks.failed == 1", "checks.open == 1",
        "values == 3", "filled == 0.5", "mean_confidence == 0.7", "min_confidence == 0.5", "round(confident_at_70, 3) == 0.667",
        "confident_at_91 == 0", "fields.total.filled > 0.66", "fields.total.mean_confidence == 0.8", "fields.date.values == 1",
        "fields.total.confident_at_90 == 0.5", "schemas.`ad-hoc`.fields.date.min_confidence == 0.5", "schemas.`ad-hoc`.ok == 2",
    ],
)  # fmt: skip
def test_counts_and_confidences_are_measured(condition: str) -> None:
    assert broken(condition, results=RESULTS) == ()


def test_what_does_not_hold_is_told_with_what_was_measured() -> None:
    told = broken("ok >= 0.95 * files", "failed == 0", "mean_confidence >= 0.8", "ok == 2", results=RESULTS)
    assert told == (
        "ok >= 0.95 * files: ok is 2, files is 5",
        "failed == 0: failed is 1",
        "mean_confidence >= 0.8: mean_confidence is 0.7",
    )


def test_a_measure_of_nothing_never_holds() -> None:
    assert broken("mean_confidence >= 0") == ("mean_confidence >= 0: mean_confidence is not measured",)
    assert broken("not mean_confidence < 0.5") and broken("fields.total.filled < 1") and broken("confident_at_90 <= 1")
    assert broken("failed == 0", "ok >= 0.95 * files", "values == 0") == ()


def test_a_file_of_several_records_counts_once_by_the_worst_of_them() -> None:
    schemas = (load_schema("receipt"), *SCHEMAS)
    results = (done("a", schema="receipt"), done("a", "failed"), done("b", schema="receipt"), done("b"))
    assert broken("files == 2", "records == 4", "ok == 1", "failed == 1", schemas=schemas, results=results) == ()
    assert broken("schemas.receipt.ok == 2", "schemas.`ad-hoc`.failed == 1", schemas=schemas, results=results) == ()


def test_rows_of_an_array_and_members_of_an_object_are_measured_below_their_field(tmp_path: Any) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(
        "name: s\nfields:\n  lines: {type: array, items: {type: object, properties: {amount: {type: number}, text: {type: string}}}}\n"
        "  tags: {type: array, items: {type: string}}\n  place: {type: object, properties: {city: {type: string}}}\n"
    )
    schemas = (load_schema(str(path)),)
    rows = [{"amount": leaf(1, 0.9), "text": leaf(None, 0.2)}, {"amount": leaf(2, 0.7), "text": leaf("x", 0.5)}]
    results = [
        done("a", schema="s", lines={"type": "array", "value": rows}, tags={"type": "array", "value": [leaf("t", 1.0)]},
             place={"type": "object", "value": {"city": leaf("Ulm", 0.9)}}),
        done("b", schema="s", lines={"type": "array", "value": []}, tags={"type": "array", "value": []},
             place={"type": "object", "value": {"city": leaf(None, 0.9)}}),
    ]  # fmt: skip
    conditions = (
        "fields.lines.filled == 0.5", "fields.lines.values == 3", "fields.lines.amount.filled == 1", "fields.lines.text.filled == 0.5",
        "fields.lines.amount.mean_confidence == 0.8", "fields.tags.values == 1", "fields.place.filled == 0.5",
        "fields.place.city.filled == 0.5", "values == 5", "round(filled, 4) == 0.7143",
    )  # fmt: skip
    assert broken(*conditions, schemas=schemas, results=results) == ()


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        ("faild == 0", "did you mean 'failed'"), ("ok", "not a condition"), ("ok >=", "expected a value"), ("ok == 1 1", "unexpected '1'"),
        ("mean_confidance > 0.5", "did you mean 'mean_confidence'"), ("fields.totl.filled > 0.5", "did you mean 'total'"),
        ("fields.total.xyz > 0.5", "there is values, filled, mean_confidence"), ("fields.total > 0.5", "fields.total.filled"),
        ("schemas.recipt.ok > 0", "there is ad-hoc"), ("schemas.`ad-hoc` > 0", "name a measure"), ("errors > 0", "one of errors.corrupt"),
        ("errors.corupt == 0", "did you mean 'errors.corrupt'"), ("confident_at_100 > 0", "did you mean 'confident_at_90'"),
        ("fields > 0", "group of measures"), ("schemas > 0", "one of ad-hoc"), ("share(0.9) > 0", "unknown function 'share'"),
    ],
)  # fmt: skip
def test_what_is_no_condition_on_a_measure_is_refused_with_what_was_perhaps_meant(condition: str, told: str) -> None:
    with pytest.raises(UsageError) as caught:
        Assertions((condition,), SCHEMAS)
    assert told in str(caught.value)
    assert caught.value.exit_code == 2
