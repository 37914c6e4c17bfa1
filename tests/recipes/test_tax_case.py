"""The sample tax case, as a user runs it: every total right, both planted contradictions found, none invented."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import mmi

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "sample_data" / "scenarios" / "tax-case"
TOTALS = {
    "wages": "wages_total", "tax_withheld": "tax_withheld_total", "expenses": "expenses_total", "interest": "interest",
}  # fmt: skip


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    folder = tmp_path_factory.mktemp("tax-case")
    ran = mmi(
        "run", str(SAMPLE), "--include", "client-*/", "-s", "tax-case", "-o", "out", "--language-model", "none",
        cwd=folder, env={"MMI_INLINE": "false"}, model_free=False, timeout_s=500,
    )  # fmt: skip
    assert ran.code == 0, ran.err
    return [json.loads(line) for line in (folder / "out" / "results.jsonl").read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def truth() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((SAMPLE / "truth.json").read_text("utf-8"))
    return loaded


pytestmark = [pytest.mark.models, pytest.mark.slow]


def test_every_total_is_right(cases: list[dict[str, Any]], truth: dict[str, Any]) -> None:
    assert [case["source"]["path"] for case in cases] == ["client-1", "client-2", "client-3"]
    for person in truth["persons"]:
        (case,) = [case for case in cases if case["fields"]["name"]["value"] == person["name"]]
        got = {name: case["fields"][name]["value"] for name in TOTALS}
        assert got == {name: pytest.approx(person[of] or 0.0, abs=0.005) for name, of in TOTALS.items()}


def test_both_planted_contradictions_are_found_with_their_files_and_no_other(
    cases: list[dict[str, Any]], truth: dict[str, Any]
) -> None:
    found = {
        (case["source"]["path"], conflict["field"]): {
            piece["file"] for version in conflict["values"] for piece in version["evidence"]
        }
        for case in cases
        for conflict in case["case"]["conflicts"]
    }
    planted = {
        (conflict["wrong_in"].split("/")[0], conflict["fact"]): set(conflict["values"])
        for conflict in truth["conflicts"]
    }
    assert found.keys() == planted.keys()
    for where, files in planted.items():
        assert found[where] == files


def test_every_value_names_the_file_it_stands_in(cases: list[dict[str, Any]]) -> None:
    for case in cases:
        listed = {file["path"] for file in case["case"]["files"]}
        for field in ("name", "ssn", "wages"):
            pieces = case["fields"][field]["evidence"]
            assert pieces and {piece["file"] for piece in pieces} <= listed


def test_the_summary_tells_every_total_and_contradiction_and_cites_files_of_the_case(
    cases: list[dict[str, Any]], truth: dict[str, Any]
) -> None:
    for person in truth["persons"]:
        (case,) = [case for case in cases if case["fields"]["name"]["value"] == person["name"]]
        summary = case["fields"]["summary"]
        lines = summary["value"].split("\n")
        assert lines[0].startswith(f"{person['name']}, ssn {person['ssn']}")
        assert lines[1].startswith("4 papers: ")
        assert f"Wages of all jobs: {person['wages_total']:,.2f}." in lines
        told = [line for line in lines if line.startswith("Contradiction about ")]
        assert len(told) == len(case["case"]["conflicts"])
        assert {piece["file"] for piece in summary["evidence"]} == {file["path"] for file in case["case"]["files"]}
