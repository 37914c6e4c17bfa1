"""`mmi calibrate`, and runs with what it wrote."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import mmi

SCHEMA = "total number, date date"
CALIBRATION = {
    "calibration_version": 1, "slope": 1.0, "offset": -1.0, "null": 0.0, "failed_check": 0.0, "match": {}, "fields": {},
}  # fmt: skip


def results(folder: Path, *, share_right: float, documents: int = 40) -> None:
    """Records of confidence 0.9, so many of them right, with their labels."""
    records, labels = [], []
    for number in range(documents):
        is_right = number % 10 < round(10 * share_right)
        value = {
            "type": "number", "kind": "extracted", "value": 5.0, "confidence": 0.9, "evidence": [{"text": "5", "match": "exact"}],
        }  # fmt: skip
        record = {
            "source": {"path": f"{number}.txt"},
            "status": "ok",
            "schema": {"name": "s"},
            "fields": {"total": value},
        }
        records.append(json.dumps(record))
        labels.append(json.dumps({"file": f"{number}.txt", "fields": {"total": 5 if is_right else 6}}))
    (folder / "results.jsonl").write_text("\n".join(records) + "\n")
    (folder / "labels.jsonl").write_text("\n".join(labels) + "\n")


def test_a_fit_that_helps_is_written_and_told(tmp_path: Path) -> None:
    results(tmp_path, share_right=0.5)
    ran = mmi("calibrate", "results.jsonl", "labels.jsonl", cwd=tmp_path)
    assert (ran.code, ran.err) == (0, "")
    assert "40 documents, 40 values" in ran.out and "wrote calibration.json" in ran.out
    written = json.loads((tmp_path / "calibration.json").read_text())
    assert written["measured"]["before"]["ece"] == 0.4
    assert written["measured"]["after"]["ece"] < 0.2
    printed = mmi("calibrate", ".", "labels.jsonl", "-o", "-", "--json", cwd=tmp_path)
    assert printed.out == (tmp_path / "calibration.json").read_text()
    assert json.loads(printed.err)["written"] is True


def test_a_fit_that_does_not_help_is_not_written_unless_forced(tmp_path: Path) -> None:
    results(tmp_path, share_right=0.9)
    ran = mmi("calibrate", "results.jsonl", "labels.jsonl", "-o", "c.json", cwd=tmp_path)
    assert ran.code == 5
    assert ran.err.startswith("mmi: not written: on documents that a fit has not seen")
    assert not (tmp_path / "c.json").exists()
    forced = mmi("calibrate", "results.jsonl", "labels.jsonl", "-o", "c.json", "--force", cwd=tmp_path)
    assert (forced.code, forced.err) == (0, "")
    assert (tmp_path / "c.json").exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("nowhere", "labels.jsonl"), "cannot read the results nowhere"),
        (("results.jsonl", "nowhere"), "cannot read the labels nowhere"),
        (("results.jsonl", "one.jsonl"), "1 labelled documents: a fit needs two at least"),
        (("nowhere", "nothing", "-o", "no/c.json"), "there is no folder no"),
        (("nowhere", "nothing", "-o", "."), "is a folder"),
    ],
)
def test_what_cannot_be_fitted_is_exit_code_2(arguments: tuple[str, ...], told: str, tmp_path: Path) -> None:
    results(tmp_path, share_right=0.5)
    (tmp_path / "one.jsonl").write_text('{"file": "1.txt", "fields": {"total": 5}}\n')
    ran = mmi("calibrate", *arguments, cwd=tmp_path)
    assert (ran.code, ran.out) == (2, "")
    assert told in ran.err


def confidences(out: str) -> list[float]:
    fields: dict[str, Any] = json.loads(out)["fields"]
    return [value["confidence"] for value in fields.values()]


def test_a_calibration_maps_the_confidences_of_a_run_and_is_named_in_its_records(good: Path) -> None:
    cwd = good.parent
    (cwd / "c.json").write_text(json.dumps(CALIBRATION))
    plain = mmi("extract", good / "a.txt", "-s", SCHEMA, cwd=cwd)
    by_flag = mmi("extract", good / "a.txt", "-s", SCHEMA, "--calibration", "c.json", cwd=cwd)
    assert all(new < old for new, old in zip(confidences(by_flag.out), confidences(plain.out), strict=True))
    assert "calibration" in json.loads(by_flag.out)["engines"] and "calibration" not in json.loads(plain.out)["engines"]
    by_variable = mmi("extract", good / "a.txt", "-s", SCHEMA, cwd=cwd, env={"MMI_CALIBRATION": "c.json"})
    (cwd / "mmi.yaml").write_text("calibration: c.json\n")
    by_file = mmi("extract", good / "a.txt", "-s", SCHEMA, cwd=cwd)
    assert by_variable.out == by_file.out == by_flag.out


def test_a_run_goes_on_with_the_same_calibration_and_begins_again_with_another(good: Path) -> None:
    cwd = good.parent

    def seen() -> tuple[bytes, str]:
        ran = mmi("run", good, "-s", SCHEMA, "-o", "out", "--calibration", "c.json", cwd=cwd)
        assert ran.code == 0
        return (cwd / "out" / "results.jsonl").read_bytes(), ran.err

    (cwd / "c.json").write_text(json.dumps(CALIBRATION))
    first, told = seen()
    assert "2 files in" in told
    (cwd / "c.json").write_text(json.dumps(CALIBRATION | {"documents": 7}, indent=4))
    again, told = seen()
    assert again == first and "0 files in" in told, "the map is the same, however its file is written"
    (cwd / "c.json").write_text(json.dumps(CALIBRATION | {"offset": -2.0}))
    other, told = seen()
    assert other != first and "2 files in" in told
    engines = {json.loads(line)["engines"]["calibration"] for line in other.splitlines()}
    assert len(engines) == 1


def test_records_of_a_calibrated_run_are_no_ground_for_a_fit(good: Path) -> None:
    cwd = good.parent
    (cwd / "c.json").write_text(json.dumps(CALIBRATION))
    mmi("run", good, "-s", SCHEMA, "-o", "out", "--calibration", "c.json", cwd=cwd)
    (cwd / "l.jsonl").write_text('{"file": "a.txt", "fields": {"total": 9.5}}\n')
    ran = mmi("calibrate", "out", "l.jsonl", cwd=cwd)
    assert ran.code == 2
    assert "were calibrated already" in ran.err


@pytest.mark.parametrize(
    ("text", "told"), [(None, "No such file"), ("{}", "has no calibration_version"), ("x", "not JSON")]
)
def test_a_calibration_that_is_none_is_told_before_any_file_is_opened(text: str | None, told: str, good: Path) -> None:
    if text is not None:
        (good.parent / "c.json").write_text(text)
    for command in ("run", "extract"):
        ran = mmi(command, "nowhere", "-s", SCHEMA, "--calibration", "c.json", cwd=good.parent)
        assert (ran.code, ran.out) == (2, "")
        assert told in ran.err
