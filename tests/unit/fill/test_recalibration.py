"""A calibration read from its file and put over a filled schema."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mmi_cli.datamodel.filled import Filled
from mmi_cli.datamodel.record import ArrayValue, CheckResult, Evidence, LeafValue, MatchKind, ObjectValue
from mmi_cli.errors import UsageError
from mmi_cli.fill.recalibration import Recalibration, logit, probability, read_calibration, recalibrated

FILE: dict[str, Any] = {
    "calibration_version": 1, "schemas": ["s"], "slope": 1.0, "offset": 0.0, "null": 0.0, "failed_check": 0.0, "match": {},
    "fields": {},
}  # fmt: skip


def leaf(confidence: float, value: str | None = "x", *matches: MatchKind) -> LeafValue:
    evidence = tuple(Evidence(text="x", match=match) for match in matches or (("exact",) if value else ()))
    return LeafValue(type="string", kind="extracted", value=value, confidence=confidence, evidence=evidence)


FILLED = Filled(
    fields=(
        ("total", leaf(0.8)),
        ("lines", ArrayValue(items=(ObjectValue(members=(("amount", leaf(0.8)), ("name", leaf(0.8, "x", "exact", "fuzzy")))),))),
        ("seller", ObjectValue(members=(("city", leaf(0.8)),))),
        ("note", leaf(0.8, None)),
    ),
    checks=(CheckResult(expression="lines.amount > 0", passed=False),),
    engines=(("ocr", "x"),),
)  # fmt: skip


def confidences(filled: Filled) -> list[float]:
    fields: Any = dict(filled.fields)
    row = dict(fields["lines"].items[0].members)
    return [
        each.confidence
        for each in (
            fields["total"],
            row["amount"],
            row["name"],
            dict(fields["seller"].members)["city"],
            fields["note"],
        )
    ]


def test_without_a_calibration_nothing_changes() -> None:
    assert recalibrated(FILLED, None) is FILLED


def test_a_calibration_of_no_change_changes_nothing_but_says_that_it_was_there() -> None:
    calibration = Recalibration()
    found = recalibrated(FILLED, calibration)
    assert confidences(found) == [0.8] * 5
    assert found.engines == (("ocr", "x"), ("calibration", calibration.digest))
    assert found.checks == FILLED.checks


def test_every_leaf_is_mapped_by_its_own_signals() -> None:
    calibration = Recalibration(
        offset=0.1, null=-1.0, failed_check=-0.5, match={"fuzzy": -0.7, "exact": 0.2}, fields={"lines.amount": 0.3}
    )
    base = logit(0.8) + 0.1
    expected = [base + 0.2, base + 0.2 - 0.5 + 0.3, base - 0.7 - 0.5, base + 0.2, base - 1.0]
    assert confidences(recalibrated(FILLED, calibration)) == [probability(each) for each in expected]


def test_of_a_schema_with_other_fields_only_the_common_part_is_applied() -> None:
    calibration = Recalibration(slope=0.5, fields={"unknown": 5.0, "amount": 5.0})
    assert confidences(recalibrated(FILLED, calibration)) == [probability(0.5 * logit(0.8))] * 5


@pytest.mark.parametrize("confidence", [0.0, 1.0, 0.999, 0.5])
def test_no_confidence_leaves_its_bounds(confidence: float) -> None:
    for calibration in (Recalibration(slope=30.0), Recalibration(offset=500.0), Recalibration(offset=-500.0)):
        (value,) = [value for _, value in recalibrated(Filled(fields=(("a", leaf(confidence)),)), calibration).fields]
        assert isinstance(value, LeafValue)
        assert 0.005 <= value.confidence <= 0.995


def test_the_digest_is_of_what_the_map_does_and_of_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    digests = set()
    for indent, more in ((None, {}), (4, {"documents": 7}), (None, {"slope": 1})):
        path.write_text(json.dumps(FILE | more, indent=indent), "utf-8")
        digests.add(read_calibration(path).digest)
    assert len(digests) == 1
    assert dataclasses.replace(read_calibration(path), fields={"total": 0.1}).digest not in digests


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "has no calibration_version"),
        ("{}", "has no calibration_version"),
        (json.dumps(FILE | {"calibration_version": 2}), "version 2; this program reads version 1"),
        (json.dumps({key: value for key, value in FILE.items() if key != "null"}), "'null' is missing"),
        (json.dumps(FILE | {"slope": "1"}), "'slope' is missing or no number"),
        (json.dumps(FILE | {"slope": True}), "'slope' is missing or no number"),
        (json.dumps(FILE | {"offset": float("nan")}), "'offset' is missing or no number"),
        (json.dumps(FILE | {"fields": {"total": None}}), "'total' is missing or no number"),
        (json.dumps(FILE | {"match": []}), "'match' is missing or no number"),
    ],
)
def test_a_file_that_is_no_calibration_is_refused(text: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    path.write_text(text, "utf-8")
    with pytest.raises(UsageError, match=told):
        read_calibration(path)
    with pytest.raises(UsageError, match="No such file"):
        read_calibration(tmp_path / "none.json")


def test_applying_needs_no_numpy() -> None:
    code = "import sys, mmi_cli.fill.recalibration, mmi_cli.cli.calibrate; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
