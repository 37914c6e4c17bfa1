"""What makes `mmi run` fit for CI and cron: conditions, reports, exit codes, choosing files, not running twice."""

from __future__ import annotations

import fcntl
import json
import os
import time
import zipfile
from pathlib import Path

import pytest
from junitparser import JUnitXml
from lxml import etree

from tests.support.command_line import WORKERS, Ran, mmi

SCHEMA = "total number, date date"


def run(folder: Path, *more: str | Path, env: dict[str, str] | None = None) -> Ran:
    return mmi("run", folder, "-s", SCHEMA, "-o", "out", *more, cwd=folder.parent, env=env)


def paths(ran: Ran) -> list[str]:
    return [record["source"]["path"] for record in ran.records]


# --- conditions and exit codes


def test_conditions_that_hold_change_nothing(good: Path) -> None:
    ran = run(
        good, "--assert", "failed == 0", "--assert", "fields.total.filled == 1", "--assert", "mean_confidence > 0.1"
    )
    assert (ran.code, "hold" in ran.err) == (0, False)


def test_a_condition_that_does_not_hold_is_exit_code_5_with_what_was_measured_and_the_results_are_there(
    good: Path,
) -> None:
    ran = run(good, "--assert", "failed == 0", "--assert", "ok >= 2 * files", "--assert", "fields.date.filled < 1")
    assert ran.code == 5
    assert ran.err.splitlines()[-2:] == [
        "mmi: does not hold: ok >= 2 * files: ok is 2, files is 2",
        "mmi: does not hold: fields.date.filled < 1: fields.date.filled is 1",
    ]
    assert len((good.parent / "out" / "results.jsonl").read_text().splitlines()) == 2


def test_conditions_are_held_against_all_results_also_where_nothing_was_left_to_do(good: Path) -> None:
    assert run(good).code == 0
    assert run(good, "--assert", "ok == 2").code == 0
    assert run(good, "--assert", "ok == 3").code == 5


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        ("fild == 1", "did you mean 'filled'"),
        ("fields.totl.filled > 0", "did you mean 'total'"),
        ("ok", "not a condition"),
    ],
)
def test_a_condition_that_cannot_be_is_refused_before_work_starts(condition: str, told: str, good: Path) -> None:
    ran = run(good, "--assert", condition)
    assert ran.code == 2
    assert told in ran.err
    assert not (good.parent / "out").exists()


def test_a_broken_condition_wins_over_failed_files_and_both_are_told(receipts: Path) -> None:
    assert run(receipts).code == 3
    assert run(receipts, "--assert", "failed <= 1").code == 3
    assert run(receipts, "--assert", "failed <= 1", "--fail-on", "never").code == 0
    ran = run(receipts, "--assert", "failed == 0", "--fresh")
    assert ran.code == 5
    assert "failed broken.pdf" in ran.err and "does not hold: failed == 0: failed is 1" in ran.err


@pytest.mark.parametrize(
    ("fail_on", "code"),
    [("any", 3), ("never", 0), ("0", 3), ("0.16", 3), ("0.17", 0), ("16%", 3), ("17%", 0), ("1", 0), ("100%", 0)],
)
def test_fail_on_a_rate_is_passed_where_more_than_that_share_failed(fail_on: str, code: int, receipts: Path) -> None:
    assert run(receipts, "--fail-on", fail_on).code == code  # one of six


@pytest.mark.parametrize("fail_on", ["some", "-1", "1.1", "101%", "nan", ""])
def test_fail_on_anything_else_is_refused_before_work_starts(fail_on: str, good: Path) -> None:
    ran = run(good, "--fail-on", fail_on)
    assert ran.code == 2
    assert "--fail-on" in ran.err and not (good.parent / "out").exists()


# --- JUnit


def test_a_junit_report_has_one_case_a_file_and_schema_with_its_reason_and_one_a_condition(receipts: Path) -> None:
    (receipts / "no total.txt").write_text("nothing here\n")
    ran = run(
        receipts, "-s", "receipt", "--junit", "j.xml", "--assert", "failed == 0", "--assert", "files == 7", env=WORKERS
    )
    assert ran.code == 5
    suites = {suite.name: suite for suite in JUnitXml.fromfile(str(receipts.parent / "j.xml"))}
    assert list(suites) == ["ad-hoc", "receipt", "--assert"]
    for name in ("ad-hoc", "receipt"):
        assert [case.name for case in suites[name]] == [
            "a.txt", "broken.pdf", "empty.txt", "may/b.txt", "naïve 日本.txt", "no total.txt", "tool"
        ]  # fmt: skip
        assert (suites[name].tests, suites[name].errors, suites[name].skipped) == (7, 1, 2)
        cases = {case.name: case for case in suites[name]}
        assert cases["broken.pdf"].result[0].type == "corrupt"
        assert "cannot be opened" in cases["broken.pdf"].result[0].message
        assert [cases[each].result[0].type for each in ("empty.txt", "tool")] == ["empty", "unsupported"]
        assert cases["a.txt"].result == []
    assert {case.name: bool(case.result) for case in suites["--assert"]} == {"failed == 0": True, "files == 7": False}
    assert next(case for case in suites["receipt"] if case.name == "no total.txt").result[0].type == "partial"
    assert suites["ad-hoc"].time > 0
    again = run(receipts, "-s", "receipt", "--junit", "j.xml")
    assert again.code == 3
    assert JUnitXml.fromfile(str(receipts.parent / "j.xml")).tests == 14  # what an earlier run did is in it, too


def test_a_junit_report_is_well_formed_whatever_the_names(odd_names: Path) -> None:
    for name in (
        b"]]>.txt",
        b"<&\">'.txt",
        "\ufffe\u0085\u2028.txt".encode(),
        b"\x01\x08\x7f\r\t.txt",
        b"\xed\xa0\x80.txt",
    ):
        with open(os.path.join(os.fsencode(odd_names), name), "w") as stream:
            stream.write("Total: 4.00\n")
    ran = run(odd_names, "--junit", "j.xml")
    assert ran.code == 0
    data = (odd_names.parent / "j.xml").read_bytes()
    tree = etree.fromstring(data)
    assert len({case.get("name") for case in tree.iter("testcase")}) == 12
    assert not any(byte < 0x20 and byte != 0x0A for byte in data)
    assert r"\x1b[31mred.txt" in {case.get("name") for case in tree.iter("testcase")}


@pytest.mark.parametrize("where", ["good", "nowhere/j.xml"])
def test_a_junit_report_that_cannot_be_written_is_refused_before_work_starts(where: str, good: Path) -> None:
    ran = run(good, "--junit", where)
    assert ran.code == 2
    assert not (good.parent / "out").exists()


# --- not twice at once


def test_a_run_beside_another_fails_or_leaves_it_alone(good: Path) -> None:
    state = good.parent / "out" / ".mmi"
    state.mkdir(parents=True)
    with (state / "lock").open("w") as lock:
        lock.write('{"pid": 1}')
        lock.flush()
        fcntl.flock(lock, fcntl.LOCK_EX)
        failing = run(good)
        skipping = run(good, "--if-running", "skip")
        quiet = run(good, "--quiet", env={"MMI_IF_RUNNING": "skip"})
    assert failing.code == 4 and "another run writes to out" in failing.err
    assert skipping.code == 0 and "another run writes to out" in skipping.err and "nothing done" in skipping.err
    assert (quiet.code, quiet.err) == (0, "")
    assert not (good.parent / "out" / "results.jsonl").exists()
    assert run(good, "--if-running", "skip").code == 0
    assert (good.parent / "out" / "results.jsonl").exists()


def test_if_running_anything_else_is_refused(good: Path) -> None:
    ran = run(good, "--if-running", "wait")
    assert ran.code == 2 and "if_running" in ran.err


# --- which files


def test_include_and_exclude_choose_files_by_their_path(receipts: Path) -> None:
    assert paths(run(receipts, "--include", "*.txt", "-o", "-")) == [
        "a.txt",
        "empty.txt",
        "may/b.txt",
        "naïve 日本.txt",
    ]
    assert paths(run(receipts, "--include", "may/", "-o", "-")) == ["may/b.txt"]
    assert paths(run(receipts, "--include", "/*.txt", "--exclude", "emp*", "-o", "-")) == ["a.txt", "naïve 日本.txt"]
    ran = run(receipts, "--include", "*.docx", "-o", "-")
    assert (ran.code, ran.out) == (0, "") and "6 files are left out" in ran.err


def test_files_left_out_are_not_in_the_results_and_are_not_done_again_when_they_are_taken_in(receipts: Path) -> None:
    results = receipts.parent / "out" / "results.jsonl"
    run(receipts)
    whole = results.read_bytes()
    run(receipts, "--include", "a.txt")
    assert len(results.read_text().splitlines()) == 1
    ran = run(receipts)
    assert results.read_bytes() == whole
    files = json.loads((receipts.parent / "out" / "summary.json").read_text())["files"]
    assert (files["done_now"], files["done_before"]) == (0, 6)
    assert "6 of 6 files were done by an earlier run" in ran.err


def test_members_of_archives_are_chosen_like_files(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "z.txt").write_text("Total: 1.00\n")
    (folder / "torn.zip").write_bytes(b"PK\x03\x04" + bytes(40))
    (folder / "no.zip").write_text("Total: 2.00\n")  # a text, whatever its name says
    with zipfile.ZipFile(folder / "inner.zip", "w") as inner:
        inner.writestr("deep.md", "Total: 3.00")
    with zipfile.ZipFile(folder / "a.zip", "w") as archive:
        archive.writestr("x/one.md", "Total: 4.00")
        archive.writestr("x/two.txt", "Total: 5.00")
        archive.write(folder / "inner.zip", "inner.zip")
    (folder / "inner.zip").unlink()
    ran = run(folder, "--include", "*.md", "-o", "-", "--fail-on", "never")
    assert paths(ran) == [
        "a.zip!inner.zip!deep.md",
        "a.zip!x/one.md",
        "torn.zip",
    ]  # what may hold some is told when it cannot be opened
    assert ran.records[2]["status"] == "failed"
    assert paths(run(folder, "--exclude", "a.zip/x/", "--exclude", "torn*", "-o", "-")) == [
        "a.zip!inner.zip!deep.md",
        "no.zip",
        "z.txt",
    ]
    assert paths(run(folder, "--exclude", "*.zip", "-o", "-")) == ["z.txt"]
    assert paths(run(folder, "--include", "/a.zip", "-o", "-")) == [
        "a.zip!inner.zip!deep.md",
        "a.zip!x/one.md",
        "a.zip!x/two.txt",
    ]
    assert run(folder, "--include", "*.md", "-o", "out", "--fail-on", "never").code == 0
    assert [
        json.loads(line)["source"]["path"] for line in (tmp_path / "out" / "results.jsonl").read_text().splitlines()
    ] == paths(ran)


def test_since_takes_what_was_modified_lately(receipts: Path) -> None:
    now_s = time.time()
    for path in receipts.rglob("*"):
        os.utime(path, (now_s - 3 * 86_400,) * 2)
    os.utime(receipts / "a.txt", (now_s - 3_600,) * 2)
    assert paths(run(receipts, "--since", "6h", "-o", "-")) == ["a.txt"]
    assert len(paths(run(receipts, "--since", "4d", "-o", "-"))) == 6
    assert paths(run(receipts, "--since", "30m", "-o", "-")) == []
    assert run(receipts, "--since", "lately").code == 2


def test_a_plan_chooses_as_a_run_does(receipts: Path) -> None:
    ran = mmi(
        "plan", receipts, "-s", SCHEMA, "--include", "*.txt", "--exclude", "may", "--each", "--json", cwd=receipts
    )
    assert [each["path"] for each in ran.records[:-1]] == ["a.txt", "empty.txt", "naïve 日本.txt"]
    assert ran.records[-1]["files"] == 3
