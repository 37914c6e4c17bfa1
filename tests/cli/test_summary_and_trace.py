"""What a run tells of itself: `summary.json` and `--trace`."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.support import troubled
from tests.support.command_line import WORKERS, mmi

SCHEMA = "total number, date date"
SUMMARY: dict[str, Any] = json.loads((Path(__file__).parents[2] / "docs" / "summary.schema.json").read_text("utf-8"))


def summary_of(folder: Path, *more: str, env: dict[str, str] | None = None) -> dict[str, Any]:
    mmi("run", folder, "-s", SCHEMA, "-o", folder.parent / "out", *more, cwd=folder.parent, env=env)
    told: dict[str, Any] = json.loads((folder.parent / "out" / "summary.json").read_text("utf-8"))
    return told


def events_of(folder: Path, env: dict[str, str] | None = None) -> list[dict[str, Any]]:
    trace = folder.parent / "traces" / "trace.json"
    mmi("run", folder, "-s", SCHEMA, "-o", folder.parent / "traced", "--trace", trace, cwd=folder.parent, env=env)
    return list(json.loads(trace.read_text("ascii"))["traceEvents"])


@pytest.mark.parametrize("env", [{}, WORKERS])
def test_the_summary_is_what_its_schema_says(env: dict[str, str], receipts: Path) -> None:
    told = summary_of(receipts, env=env)
    Draft202012Validator(SUMMARY).validate(told)
    assert set(told) == set(SUMMARY["properties"])  # nothing that its page does not name


def test_a_run_with_nothing_to_do_has_a_summary_of_the_same_form(good: Path) -> None:
    summary_of(good)
    again = summary_of(good)
    Draft202012Validator(SUMMARY).validate(again)
    assert again["files"]["done_before"] == 2
    assert again["throughput"]["files_per_second"] is None
    assert again["slowest"] == []


def test_the_summary_counts_what_was_done(receipts: Path) -> None:
    told = summary_of(receipts, env=WORKERS)
    assert told["files"]["by_status"] == {
        "ok": 3,
        "partial": 0,
        "empty": 1,
        "unsupported": 1,
        "skipped": 0,
        "failed": 1,
    }
    assert told["files"]["by_modality"] == {"document": 4, "unknown": 2}
    assert told["errors"] == {"corrupt": 1}
    assert told["file_seconds"]["count"] == told["stages"]["detect"]["count"] == told["waits"]["files"]["count"] == 6
    assert told["stages"]["fill"]["count"] == 3
    assert len(told["slowest"]) == 6
    assert 1 <= told["waits"]["workers"]["starts"] <= told["workers"]
    assert (
        told["cpu_seconds"]["workers"] > told["cpu_seconds"]["files"] > told["cpu_seconds"]["detect_extract_fill"] > 0
    )
    assert min(told["memory"].values()) > 10_000_000


def test_files_done_in_the_run_itself_are_no_cpu_time_of_bookkeeping(good: Path) -> None:
    cpu = summary_of(good)["cpu_seconds"]
    assert cpu["workers"] == cpu["files"] > 0


@pytest.mark.parametrize("env", [{}, WORKERS])
def test_a_trace_shows_every_file_with_its_stages(env: dict[str, str], receipts: Path) -> None:
    spans = [event for event in events_of(receipts, env) if event["ph"] == "X"]
    files = {span["args"]["path"]: span["args"]["status"] for span in spans if span["cat"] == "file"}
    assert files == {
        "a.txt": "ok", "broken.pdf": "failed", "empty.txt": "empty", "may/b.txt": "ok", "naïve 日本.txt": "ok", "tool": "unsupported",
    }  # fmt: skip
    names = {span["name"] for span in spans}
    assert {"storage", "detect", "extract", "fill", "read text", "list inputs", "keep", "write results"} <= names


def test_spans_of_a_process_nest(receipts: Path) -> None:
    rows = defaultdict(list)
    for event in events_of(receipts, WORKERS):
        if event["ph"] == "X":
            rows[event["pid"], event["tid"]].append((event["ts"], event["ts"] + event["dur"]))
    assert len(rows) >= 2
    for row in rows.values():
        open_until: list[float] = []
        for start, end in sorted(row, key=lambda each: (each[0], -each[1])):
            while open_until and open_until[-1] <= start:
                open_until.pop()
            assert not open_until or end <= open_until[-1] + 0.001
            open_until.append(end)


def test_processes_have_names_in_a_trace(good: Path) -> None:
    named = [event["args"]["name"] for event in events_of(good, WORKERS) if event["name"] == "process_name"]
    assert {name.split()[0] for name in named} == {"run", "worker"}  # the first worker may have done it all
    assert len(named) <= 3


def test_the_run_does_not_claim_the_time_of_its_workers(good: Path) -> None:
    events = events_of(good, WORKERS)
    (ending,) = [event for event in events if event["name"] == "end workers"]
    assert ending["tdur"] < 250_000  # a worker takes more to start alone


def test_a_trace_changes_no_result(receipts: Path) -> None:
    events_of(receipts)
    summary_of(receipts)
    plain, traced = (receipts.parent / each / "results.jsonl" for each in ("out", "traced"))
    assert traced.read_bytes() == plain.read_bytes()


def test_a_trace_inside_the_input_is_no_input(good: Path) -> None:
    for _ in range(2):
        mmi("run", good, "-s", SCHEMA, "-o", "out", "--fresh", "--trace", good / "trace.json", cwd=good.parent)
    lines = (good.parent / "out" / "results.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["source"]["path"] for line in lines] == ["a.txt", "b.txt"]


def test_a_trace_that_cannot_be_written_is_told_before_any_file_is_read(good: Path) -> None:
    ran = mmi("run", good, "-s", SCHEMA, "-o", "out", "--trace", good / "a.txt" / "trace.json", cwd=good.parent)
    assert ran.code == 4
    assert "cannot write the trace" in ran.err
    assert not (good.parent / "out" / "results.jsonl").exists()


def test_a_file_whose_worker_was_lost_is_marked_in_the_trace_and_counts_as_tried_again(tmp_path: Path) -> None:
    troubled.write(tmp_path / "in", calm="", segfault="segfault")
    ran = troubled.run(tmp_path / "in", tmp_path / "out", "--trace", str(tmp_path / "trace.json"))
    assert ran.code == 3
    summary = json.loads((tmp_path / "out" / "summary.json").read_text("utf-8"))
    Draft202012Validator(SUMMARY).validate(summary)
    assert summary["retries"] == {"alone": 1}
    assert summary["errors"] == {"crashed": 1}
    events = json.loads((tmp_path / "trace.json").read_text("ascii"))["traceEvents"]
    assert [event["args"]["path"] for event in events if event["name"] == "lost: crashed"] == ["segfault.txt"]
    spans = [event for event in events if event["ph"] == "X" and event["cat"] == "file"]
    assert [span["args"]["path"] for span in spans] == ["calm.txt"]
