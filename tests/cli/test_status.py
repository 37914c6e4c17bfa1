"""A run from outside: how far it is, its failures again, a run that outlives its terminal."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import COMMAND, WORKERS, Ran, environment, mmi

RUN = ("run", "receipts", "-s", "total number, date date", "-o", "out")


def status_of(cwd: Path, dest: str = "out") -> dict[str, Any]:
    ran = mmi("status", dest, "--json", cwd=cwd)
    assert ran.code == 0, ran.err
    told: dict[str, Any] = json.loads(ran.out)
    return told


def wait_until_ended(cwd: Path, *, within_s: float = 60) -> dict[str, Any]:
    until_s = time.monotonic() + within_s
    while time.monotonic() < until_s:
        told = status_of(cwd)
        if told["state"] not in ("listing", "running"):
            return told
        time.sleep(0.2)
    pytest.fail(f"still {told}")


def test_after_a_run_it_tells_counts_failures_and_that_nobody_is_at_work(receipts: Path) -> None:
    assert mmi(*RUN, cwd=receipts.parent).code == 3
    told = status_of(receipts.parent)
    assert told["state"] == "finished"
    assert told["owner"]["alive"] is False
    assert told["files"] == {"all": 6, "done": 6, "pending": 0, "done_now": 6}
    assert told["records"] == {"empty": 1, "failed": 1, "ok": 3, "unsupported": 1}
    assert told["failed"] == {"corrupt": 1}
    assert [(each["path"], each["code"]) for each in told["failures"]] == [("broken.pdf", "corrupt")]
    page = mmi("status", "out", cwd=receipts.parent).out
    assert "6 of 6 files done" in page
    assert "broken.pdf: corrupt" in page


def test_it_changes_nothing(good: Path) -> None:
    mmi("run", "good", *RUN[2:], cwd=good.parent)
    before = {
        path.name: path.read_bytes()
        for path in (good.parent / "out" / ".mmi").iterdir()
        if path.suffix != ".sqlite-shm"
    }
    status_of(good.parent)
    after = {path.name: path.read_bytes() for path in (good.parent / "out" / ".mmi").iterdir() if path.name in before}
    assert after == before


@pytest.mark.parametrize("dest", ["nowhere", "empty"])
def test_where_no_run_has_written_it_says_so(tmp_path: Path, dest: str) -> None:
    (tmp_path / "empty").mkdir()
    ran = mmi("status", dest, cwd=tmp_path)
    assert ran.code == 2
    assert "no run has written there" in ran.err


def test_while_a_run_goes_on_and_after_it_is_killed(many: Path) -> None:
    process = subprocess.Popen(
        [*COMMAND, "run", "many", *RUN[2:], "--quiet", "-j", "1"], cwd=many.parent, env=environment(WORKERS)
    )
    database = many.parent / "out" / ".mmi" / "manifest.sqlite"
    until_s = time.monotonic() + 60
    while time.monotonic() < until_s and not records_in(database):
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGSTOP)
    running = status_of(many.parent)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert running["state"] == "running"
    assert running["owner"] == {"pid": process.pid, "host": running["owner"]["host"], "alive": True}
    assert 0 < running["files"]["done"] < running["files"]["all"] == 400
    assert running["files"]["pending"] == 400 - running["files"]["done"]
    assert running["seconds_left"] is not None
    killed = status_of(many.parent)
    assert killed["state"] == "stopped"
    assert killed["owner"]["alive"] is False
    assert "goes on from there" in mmi("status", "out", cwd=many.parent).out


def records_in(database: Path) -> int:
    try:
        with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as opened:
            return int(opened.execute("SELECT count(*) FROM record").fetchone()[0])
    except sqlite3.Error:
        return 0


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """Four hundred receipts: seconds of work."""
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(400):
        (folder / f"{number:03}.txt").write_text(f"Receipt {number}\nDate: 2026-03-04\nTotal: {number}.50\n" * 20)
    return folder


# --- retry


def mend_a_file_without_a_trace(receipts: Path) -> None:
    """Same size and time, other bytes: what no run can notice, so that only being asked does it again."""
    path = receipts / "broken.pdf"
    info = path.stat()
    path.write_bytes(b"Total: 77.00\n    "[: info.st_size].ljust(info.st_size))
    os.utime(path, ns=(info.st_atime_ns, info.st_mtime_ns))


def totals(cwd: Path) -> dict[str, Any]:
    lines = [json.loads(line) for line in (cwd / "out" / "results.jsonl").read_text("utf-8").splitlines()]
    return {line["source"]["path"]: (line["fields"].get("total") or {}).get("value") for line in lines}


def test_failures_are_done_again_with_the_options_of_their_run_from_anywhere(receipts: Path, tmp_path: Path) -> None:
    assert mmi(*RUN, "--set", "max_pages=77", "--fail-on", "never", cwd=receipts.parent).code == 0
    mend_a_file_without_a_trace(receipts)
    again = mmi(*RUN, "--set", "max_pages=77", "--fail-on", "never", cwd=receipts.parent)
    assert "6 of 6 files were done" in again.err
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    ran = mmi("retry", str(receipts.parent / "out"), cwd=elsewhere, env={"MMI_LANGUAGE_MODEL": "llama-cpp"})
    assert ran.code == 0, ran.err
    assert totals(receipts.parent)["broken.pdf"] == 77
    summary = json.loads((receipts.parent / "out" / "summary.json").read_text())
    assert summary["settings"]["max_pages"] == 77
    assert summary["settings"]["language_model"] == "none"
    assert (summary["files"]["done_now"], summary["files"]["done_before"]) == (1, 5)
    assert not any(elsewhere.iterdir())


def test_only_failures_with_the_code_that_was_named_are_done_again(receipts: Path) -> None:
    mmi(*RUN, cwd=receipts.parent)
    ran = mmi("retry", "out", "--code", "timeout", cwd=receipts.parent)
    assert ran.code == 3
    assert "6 of 6 files were done" in ran.err
    ran = mmi("retry", "out", "--code", "corrupt", "--code", "timeout", cwd=receipts.parent)
    assert "5 of 6 files were done" in ran.err
    ran = mmi("retry", "out", "--code", "corupt", cwd=receipts.parent)
    assert ran.code == 2
    assert "is no code of an error" in ran.err


def test_a_run_may_say_itself_what_is_to_be_done_again(receipts: Path) -> None:
    mmi(*RUN, cwd=receipts.parent)
    assert "5 of 6 files were done" in mmi(*RUN, "--retry", "corrupt", cwd=receipts.parent).err


def test_paths_that_came_on_stdin_are_remembered(receipts: Path) -> None:
    command = ("run", "-", "-s", "total number, date date", "-o", "out")
    assert mmi(*command, cwd=receipts.parent, stdin="receipts/a.txt\nreceipts/broken.pdf\n").code == 3
    before = (receipts.parent / "out" / "results.jsonl").read_bytes()
    ran = mmi("retry", "out", cwd=receipts.parent)
    assert "1 of 2 files were done" in ran.err
    assert (receipts.parent / "out" / "results.jsonl").read_bytes() == before


def test_no_password_is_kept_and_the_retry_asks_for_it(receipts: Path) -> None:
    mmi(*RUN, "--password", "s3cret-w0rd", "--password=0ther-w0rd", cwd=receipts.parent)
    state = b"".join(path.read_bytes() for path in (receipts.parent / "out").rglob("*") if path.is_file())
    assert b"s3cret" not in state
    assert b"0ther" not in state
    ran = mmi("retry", "out", cwd=receipts.parent)
    assert ran.code == 2
    assert "give them again" in ran.err
    ran = mmi("retry", "out", "--password", "s3cret-w0rd", "--password", "0ther-w0rd", cwd=receipts.parent)
    assert "5 of 6 files were done" in ran.err


# --- detached


def test_a_detached_run_outlives_the_terminal_that_started_it(good: Path) -> None:
    terminal = subprocess.run(
        [sys.executable, "-c", _IN_A_TERMINAL, *COMMAND, "run", "good", *RUN[2:], "--detach"],
        cwd=good.parent, env=environment(WORKERS), capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert terminal.returncode == 0, terminal.stderr
    assert "mmi status out --watch" in terminal.stdout
    told = wait_until_ended(good.parent)
    assert told["state"] == "finished"
    assert len((good.parent / "out" / "results.jsonl").read_text().splitlines()) == 2
    assert "2 files in" in (good.parent / "out" / ".mmi" / "run.log").read_text()


_IN_A_TERMINAL = """
import os, pty, sys
child, terminal = pty.fork()
if not child:
    os.execvp(sys.argv[1], sys.argv[1:])
shown = b""
while True:
    try:
        piece = os.read(terminal, 4096)
    except OSError:
        break
    if not piece:
        break
    shown += piece
_, status = os.waitpid(child, 0)
os.close(terminal)  # a hang-up to all that still belongs to it
sys.stdout.write(shown.decode())
sys.exit(os.waitstatus_to_exitcode(status))
"""


def test_what_keeps_a_detached_run_from_beginning_is_said_at_once(good: Path) -> None:
    ran = mmi("run", "good", "-s", "total nonsense", "-o", "out", "--detach", cwd=good.parent)
    assert ran.code == 2
    assert not (good.parent / "out").exists()
    ran = mmi("run", "missing", *RUN[2:], "--detach", cwd=good.parent)
    assert ran.code == 4
    assert "missing" in ran.err
    ran = mmi("run", "good", "-s", "total number", "-o", "-", "--detach", cwd=good.parent)
    assert ran.code == 2


def test_a_detached_run_takes_its_paths_from_stdin_first(good: Path) -> None:
    ran: Ran = mmi("run", "-", "-s", "total number", "-o", "out", "--detach", cwd=good.parent, stdin="good/a.txt\n")
    assert ran.code == 0, ran.err
    wait_until_ended(good.parent)
    assert len((good.parent / "out" / "results.jsonl").read_text().splitlines()) == 1
