"""`mmi run` through the real process: what it reads, what it writes and what it returns."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import COMMAND, WORKERS, environment, mmi

SCHEMA = "total number, date date"


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_a_folder_gives_one_record_a_file_in_order_of_path_and_failed_files_give_exit_code_3(receipts: Path) -> None:
    ran = mmi("run", receipts, "-s", SCHEMA, "-o", "out", cwd=receipts.parent, env=WORKERS)
    out = receipts.parent / "out"
    records = lines(out / "results.jsonl")
    assert ran.code == 3
    assert ran.out == ""
    assert [(each["source"]["path"], each["status"]) for each in records] == [
        ("a.txt", "ok"), ("broken.pdf", "failed"), ("empty.txt", "empty"), ("may/b.txt", "ok"), ("naïve 日本.txt", "ok"),
        ("tool", "unsupported"),
    ]  # fmt: skip
    assert records[0]["fields"]["total"]["value"] == 9.5
    assert lines(out / "failures.jsonl") == [records[1]]
    summary = json.loads((out / "summary.json").read_text())
    assert summary["records"] == {"ok": 3, "partial": 0, "empty": 1, "unsupported": 1, "skipped": 0, "failed": 1}
    assert "failed broken.pdf: corrupt" in ran.err and "→ out" in ran.err
    assert sorted(each.name for each in out.iterdir()) == [".mmi", "failures.jsonl", "results.jsonl", "summary.json"]


@pytest.mark.parametrize(("fail_on", "code"), [("any", 3), ("never", 0), ("0.5", 0), ("10%", 3)])
def test_fail_on_moves_the_line_between_0_and_3(fail_on: str, code: int, receipts: Path) -> None:
    assert mmi("run", receipts, "-s", SCHEMA, "-o", "-", "--fail-on", fail_on, cwd=receipts).code == code


def test_every_file_done_is_exit_code_0(good: Path) -> None:
    ran = mmi("run", good, "-s", SCHEMA, "-o", "-", cwd=good)
    assert (ran.code, len(ran.records)) == (0, 2)


def test_to_stdout_goes_what_a_folder_would_hold_and_nothing_else(receipts: Path) -> None:
    mmi("run", receipts, "-s", SCHEMA, "-s", "receipt", "-o", receipts.parent / "out", cwd=receipts)
    ran = mmi("run", receipts, "-s", SCHEMA, "-s", "receipt", "-o", "-", "--jobs", "3", cwd=receipts, env=WORKERS)
    assert ran.out == (receipts.parent / "out" / "results.jsonl").read_text("utf-8")
    assert "→ stdout" in ran.err


def test_a_destination_that_ends_in_jsonl_gets_the_results_alone(good: Path) -> None:
    assert mmi("run", good, "-s", SCHEMA, "-o", "r.jsonl", cwd=good.parent).code == 0
    assert len(lines(good.parent / "r.jsonl")) == 2
    assert not list(good.parent.glob("*summary*")) and not list(good.parent.glob("*failures*"))


def test_records_stream_to_stdout_while_the_run_goes_on(tmp_path: Path) -> None:
    for number in range(300):
        (tmp_path / f"{number:03}.txt").write_text(f"Total: {number}.00\n" * 40)
    process = subprocess.Popen(
        [*COMMAND, "run", str(tmp_path), "-s", SCHEMA, "-o", "-"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment(),
    )  # fmt: skip
    assert process.stdout is not None
    first = json.loads(process.stdout.readline())
    assert process.poll() is None
    assert first["source"]["path"] == "000.txt"
    rest = process.stdout.read().splitlines()
    assert process.wait(timeout=30) == 0
    assert [json.loads(line)["source"]["path"] for line in rest] == [f"{number:03}.txt" for number in range(1, 300)]


def test_several_schemas_are_filled_in_one_pass_and_one_line_schemas_are_numbered(good: Path) -> None:
    ran = mmi("run", good, "-s", "total number", "-s", "date date", "-s", "receipt", "-o", "-", cwd=good)
    names = [(each["source"]["path"], each["schema"]["name"]) for each in ran.records]
    assert ran.code == 0
    assert names == [(file, name) for file in ("a.txt", "b.txt") for name in ("ad-hoc", "ad-hoc-2", "receipt")]


def test_two_schemas_of_one_name_are_refused(good: Path) -> None:
    ran = mmi("run", good, "-s", "receipt", "-s", "receipt", cwd=good)
    assert ran.code == 2
    assert "two schemas are named 'receipt'" in ran.err


@pytest.mark.parametrize("inputs", [["good/a.txt", "good/b.txt"], ["good/*.txt"], ["good"], ["./good/", "good/a.txt"]])
def test_inputs_are_files_folders_and_patterns_and_a_file_named_twice_comes_once(inputs: list[str], good: Path) -> None:
    ran = mmi("run", *inputs, "-s", SCHEMA, "-o", "-", cwd=good.parent)
    assert [each["source"]["path"] for each in ran.records] == ["a.txt", "b.txt"]


@pytest.mark.parametrize("separator", ["\n", "\r\n", "\0"])
def test_a_dash_reads_paths_from_stdin(separator: str, good: Path) -> None:
    stdin = separator.join(("good/a.txt", "good/b.txt", ""))
    ran = mmi("run", "-", "-s", SCHEMA, "-o", "-", cwd=good.parent, stdin=stdin)
    assert ran.code == 0
    assert [each["source"]["path"].rpartition("/")[2] for each in ran.records] == ["a.txt", "b.txt"]


@pytest.mark.parametrize("where", ["receipts", "receipts/may/../out", "receipts/may/r.jsonl"])
def test_an_output_inside_the_input_is_never_read_as_input(where: str, receipts: Path) -> None:
    results = receipts.parent / where
    results = results if results.suffix else results / "results.jsonl"
    command = ("run", "receipts", "-s", SCHEMA, "-o", where, "--content", "--quiet")
    assert mmi(*command, cwd=receipts.parent).code == 3
    first = results.read_bytes()
    assert len(first.splitlines()) == 6
    assert mmi(*command, "--fresh", cwd=receipts.parent).code == 3
    assert results.read_bytes() == first


def test_content_is_not_written_among_files_of_the_input(good: Path) -> None:
    (good / "content").mkdir()
    (good / "content" / "c.txt").write_text("Total: 3.00\n")
    assert len(mmi("run", good, "-s", SCHEMA, "-o", "-", cwd=good).records) == 3
    ran = mmi("run", good, "-s", SCHEMA, "-o", good, "--content", cwd=good)
    assert ran.code == 2
    assert "content/c.txt" in ran.err and "--output" in ran.err


def test_names_that_no_shell_likes_give_records_and_clean_lines(odd_names: Path) -> None:
    ran = mmi("run", odd_names, "-s", SCHEMA, "-o", "-", "--content", cwd=odd_names.parent)
    assert ran.code == 0
    assert len(ran.records) == len(list(odd_names.iterdir())) == 7
    assert len({each["source"]["uri"] for each in ran.records}) == len({each["id"] for each in ran.records}) == 7
    assert all(each["fields"]["total"]["value"] == 4 for each in ran.records)
    assert "%FF%FE.txt" in ran.out and "\x1b" not in ran.out + ran.err
    again = mmi("run", odd_names, "-s", SCHEMA, "-o", "out", "--content", cwd=odd_names.parent)
    assert again.code == 0
    assert (odd_names.parent / "out" / "results.jsonl").read_text("utf-8") == ran.out


def test_an_input_that_is_not_there_is_exit_code_4(tmp_path: Path) -> None:
    for name in ("nowhere", "nothing/*.txt"):
        ran = mmi("run", name, "-s", SCHEMA, "-o", "-", cwd=tmp_path)
        assert (ran.code, ran.out) == (4, "")
        assert ran.err.startswith(f"mmi: {name}: ") and len(ran.err.splitlines()) == 1


def test_an_empty_folder_is_no_failure(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    assert mmi("run", "in", "-s", SCHEMA, "-o", "out", cwd=tmp_path).code == 0
    assert (tmp_path / "out" / "results.jsonl").read_bytes() == b""


def test_an_output_that_cannot_be_written_is_exit_code_4(good: Path) -> None:
    (good.parent / "file").write_text("")
    for output in ("file/out", "file/r.jsonl", "/proc/out"):
        ran = mmi("run", good, "-s", SCHEMA, "-o", output, cwd=good.parent)
        assert (ran.code, ran.out) == (4, "")
        assert ran.err.startswith("mmi: cannot write to ") and len(ran.err.splitlines()) == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_an_input_that_may_not_be_written_to_is_read_all_the_same(good: Path) -> None:
    good.chmod(0o555)
    try:
        assert mmi("run", good, "-s", SCHEMA, "-o", "-", cwd=good.parent).code == 0
        assert mmi("run", good, "-s", SCHEMA, "-o", good / "out", cwd=good.parent).code == 4
    finally:
        good.chmod(0o755)


def test_other_modalities_are_skipped(good: Path) -> None:
    schema = good.parent / "s.yaml"
    schema.write_text("name: calls\nmodalities: [audio]\nfields:\n  total: number\n")
    ran = mmi("run", good, "-s", schema, "-o", "-", cwd=good)
    assert ran.code == 0
    assert {each["status"] for each in ran.records} == {"skipped"}


def test_logs_as_json_are_one_object_a_line_and_hold_no_content(receipts: Path) -> None:
    ran = mmi("run", receipts, "-s", SCHEMA, "-o", "-", "--log-format", "json", cwd=receipts)
    events = [json.loads(line) for line in ran.err.splitlines()]
    assert all(set(event) >= {"time", "event"} for event in events)
    assert [event["event"] for event in events[:2]] == ["start", "listed"]
    assert [event["event"] for event in events[-2:]] == ["summary", "end"]
    assert [event["error"]["code"] for event in events if "error" in event] == ["corrupt"]
    assert "Corner Shop" not in ran.err
    assert len(ran.records) == 6


def test_quiet_says_nothing(receipts: Path) -> None:
    ran = mmi("run", receipts, "-s", SCHEMA, "-o", "out", "-q", cwd=receipts.parent)
    assert (ran.code, ran.out, ran.err) == (3, "", "")


def test_content_mirrors_the_input(good: Path) -> None:
    (good / "sub").mkdir()
    (good / "sub" / "talk.srt").write_text("1\n00:00:01,000 --> 00:00:02,000\nHello there\n")
    assert mmi("run", good, "-s", SCHEMA, "-o", "out", "--content", cwd=good.parent).code == 0
    content = good.parent / "out" / "content"
    assert sorted(str(each.relative_to(content)) for each in content.rglob("*") if each.is_file()) == [
        "a.txt.json", "a.txt.md", "b.txt.json", "b.txt.md", "sub/talk.srt.json", "sub/talk.srt.md", "sub/talk.srt.vtt",
    ]  # fmt: skip
    assert "00:00:01.000 --> 00:00:02.000\nHello there" in (content / "sub" / "talk.srt.vtt").read_text()


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_interrupted_it_says_how_to_go_on_and_the_same_command_does(
    sent: signal.Signals, code: int, tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(200):
        (folder / f"{number:03}.txt").write_text(f"Total: {number}.00\n" * 60)
    command = [*COMMAND, "run", str(folder), "-s", SCHEMA, "-o", "out", "--jobs", "2"]
    process = subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment(WORKERS)
    )
    journal = tmp_path / "out" / ".mmi" / "journal.jsonl"
    deadline = time.monotonic() + 30
    while not (journal.exists() and journal.stat().st_size) and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(sent)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (code, "")
    assert "the same command goes on from there" in err and "Traceback" not in err
    ran = mmi("run", folder, "-s", SCHEMA, "-o", "out", "--jobs", "2", cwd=tmp_path)
    assert ran.code == 0
    assert "files were done by an earlier run" in ran.err
    assert len(lines(tmp_path / "out" / "results.jsonl")) == 200
