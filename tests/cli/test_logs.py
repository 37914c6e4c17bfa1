"""What `mmi run` tells on stderr and in a log, and that it tells no secret."""

from __future__ import annotations

import json
import os
import subprocess
import threading
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from mmi_cli.datamodel.record import ErrorInfo
from mmi_cli.datamodel.source import SourceFile
from mmi_cli.run_log import LogFile, RunLog, without_content
from tests.support.command_line import COMMAND, environment, mmi

SCHEMA = "total number, date date"
ROOT = Path(__file__).parents[2]
FIELDS = {
    "start": {"version", "pid", "output", "schemas"}, "listed": {"files", "size_bytes", "already_done"}, "added": {"files"},
    "started": {"path", "uri", "size_bytes"}, "finished": {"path", "uri", "status", "seconds"}, "note": {"message"},
    "summary": {"records", "files", "seconds"}, "assertion": {"message"}, "error": {"message"}, "end": {"code"},
}  # fmt: skip


def events(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_a_log_in_json_is_one_object_a_line_with_its_time_and_the_fields_that_are_written_down(receipts: Path) -> None:
    ran = mmi(
        "run",
        receipts,
        "-s",
        SCHEMA,
        "-o",
        "out",
        "--log-format",
        "json",
        "--assert",
        "failed == 0",
        cwd=receipts.parent,
    )
    told = events(ran.err)
    assert ran.code == 5
    assert [each["event"] for each in told][:2] == ["start", "listed"]
    assert [each["event"] for each in told][-3:] == ["summary", "assertion", "end"]
    assert told[-1]["code"] == 5
    for each in told:
        assert set(each) - {"time", "level", "event", "error"} == FIELDS[each["event"]]
        assert datetime.fromisoformat(each["time"]).utcoffset() is not None
    broken = next(each for each in told if each["event"] == "finished" and each["path"] == "broken.pdf")
    assert (broken["level"], broken["error"]["code"]) == ("warning", "corrupt")


def test_every_event_and_every_field_is_on_the_page() -> None:
    page = (ROOT / "docs" / "logs.md").read_text("utf-8")
    rows = {line.split("`")[1]: line for line in page.splitlines() if line.startswith("| `")}
    assert set(rows) == set(FIELDS)
    assert all(f"`{name}`" in rows[event] for event, names in FIELDS.items() for name in names)


def test_what_stops_a_run_is_an_object_too(good: Path) -> None:
    (good.parent / "file").write_text("")
    ran = mmi("run", good, "-s", SCHEMA, "-o", "file/out", "--log-format", "json", cwd=good.parent)
    told = events(ran.err)
    assert ran.code == 4
    assert [(each["event"], each["level"]) for each in told[-2:]] == [("error", "error"), ("end", "warning")]
    assert "cannot write" in told[-2]["message"] and told[-1]["code"] == 4


def test_quiet_leaves_errors_alone(good: Path) -> None:
    arguments = ("run", good, "-s", SCHEMA, "-o", "-", "--log-format", "json", "--quiet")
    assert mmi(*arguments, cwd=good).err == ""
    assert [each["event"] for each in events(mmi(*arguments, "--assert", "failed == 1", cwd=good).err)] == ["assertion"]


@pytest.mark.parametrize("log_format", ["json", "text"])
def test_a_log_file_takes_the_words_from_stderr_and_errors_are_told_in_both(log_format: str, receipts: Path) -> None:
    arguments = ("run", receipts, "-s", SCHEMA, "-o", "out", "--log-file", "run.log", "--log-format", log_format)
    ran = mmi(*arguments, "--fail-on", "never", cwd=receipts.parent)
    assert (ran.code, ran.err) == (0, "")
    log = receipts.parent / "run.log"
    assert "broken.pdf" in log.read_text()
    before = log.read_text()
    ran = mmi(*arguments, "--assert", "ok == 100", cwd=receipts.parent)
    assert ran.code == 5 and ran.err == "mmi: does not hold: ok == 100: ok is 3, files is 6\n".replace(
        ", files is 6", ""
    )
    assert log.read_text().startswith(before) and "ok is 3" in log.read_text()[len(before) :]
    for line in log.read_text().splitlines():
        datetime.fromisoformat(json.loads(line)["time"] if log_format == "json" else line.split(" ")[0])


def test_a_log_that_cannot_be_opened_is_refused_before_work_starts(good: Path) -> None:
    ran = mmi("run", good, "-s", SCHEMA, "-o", "out", "--log-file", "nowhere/run.log", cwd=good.parent)
    assert ran.code == 4 and "nowhere/run.log" in ran.err and not (good.parent / "out").exists()


@pytest.mark.parametrize("log_format", ["json", "text"])
def test_names_cannot_command_the_terminal_of_whoever_reads_the_log(log_format: str, odd_names: Path) -> None:
    (odd_names / "\x1b]0;gotcha\x07.pdf").write_bytes(b"%PDF-1.4\n")
    ran = mmi("run", odd_names, "-s", SCHEMA, "-o", "-", "--log-format", log_format, cwd=odd_names.parent)
    assert ran.code == 3 and "gotcha" in ran.err
    assert not any(ord(char) < 32 and char != "\n" for char in ran.err)
    if log_format == "json":
        told = events(ran.err)
        paths = [each["path"] for each in told if each["event"] == "finished"]
        assert len(paths) == 8 and all(path.isprintable() for path in paths)
        assert any("%FF%FE" in each["uri"] for each in told if each["event"] == "finished")


def test_no_secret_and_nothing_of_a_file_is_in_a_log(good: Path) -> None:
    (good / "broken.pdf").write_bytes(b"%PDF-1.4\nTOPSECRET")
    secrets = {"MMI_OPENAI_API_KEY": "KEY-123", "AZURE_STORAGE_SAS_TOKEN": "sig=SAS-123"}
    for log_format in ("json", "text"):
        ran = mmi(
            "run", good, "-s", SCHEMA, "-o", "out", "--password", "PASS-123", "--log-format", log_format, "--fresh",
            cwd=good.parent, env=secrets,
        )  # fmt: skip
        assert ran.code == 3
        for secret in ("KEY-123", "SAS-123", "PASS-123", "TOPSECRET", "Corner", "9.5"):
            assert secret not in ran.err
    address = "https://127.0.0.1:1/account/container/in?sv=1&sig=SAS-456"
    ran = mmi(
        "run", address, "-s", SCHEMA, "-o", "out", "--log-format", "json", "--set", "retry_attempts=1", cwd=good.parent,
    )  # fmt: skip
    assert ran.code == 4 and "SAS-456" not in ran.err


def test_the_words_of_an_error_that_nobody_foresaw_are_not_told_since_they_may_quote_the_file() -> None:
    def told(message: str, code: Any = "internal") -> str:
        return without_content(ErrorInfo(stage="extract", code=code, message=message, retryable=False))

    assert told("ValueError: bad date 'born: 1970-01-01' at text.py:12") == "ValueError at text.py:12"
    assert told("KeyError: 'x'") == "KeyError"
    assert told("the PDF cannot be opened: no pages", "corrupt") == "the PDF cannot be opened: no pages"


def test_a_log_that_is_rotated_under_a_run_loses_no_line(tmp_path: Path) -> None:
    path = tmp_path / "run.log"
    log = RunLog(LogFile(path), is_json=True)
    rotated = []
    is_done = threading.Event()

    def rotate() -> None:
        while not is_done.is_set():
            time.sleep(0.003)
            if path.exists():
                rotated.append(path.rename(tmp_path / f"run.log.{len(rotated) + 1}"))

    thread = threading.Thread(target=rotate)
    thread.start()
    for number in range(3000):
        log.started(SourceFile(uri="file:///a", path=f"{number}", size_bytes=1))
    is_done.set()
    thread.join()
    lines = [line for each in (*rotated, path) if each.exists() for line in each.read_text().splitlines()]
    assert [json.loads(line)["path"] for line in lines] == [str(number) for number in range(3000)]
    assert len(rotated) > 3


def test_a_log_that_is_copied_and_cut_goes_on_at_its_beginning(tmp_path: Path) -> None:
    path = tmp_path / "run.log"
    log = LogFile(path)
    log("first")
    os.truncate(path, 0)
    log("second")
    assert path.read_bytes() == b"second\n"


def test_stderr_that_takes_no_more_stops_no_run(good: Path) -> None:
    for log_format in ("text", "json"):
        with open("/dev/full", "wb") as full:
            ran = subprocess.run(
                [*COMMAND, "run", str(good), "-s", SCHEMA, "-o", "out", "--fresh", "--log-format", log_format],
                cwd=good.parent, stderr=full, env=environment(), timeout=60,
            )  # fmt: skip
        assert ran.returncode == 0
        assert len((good.parent / "out" / "results.jsonl").read_text().splitlines()) == 2
