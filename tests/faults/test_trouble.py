"""A file that hangs, eats memory or kills what reads it costs itself and nothing else; its record says what happened."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mmi_cli.datamodel.source import SourceFile
from mmi_cli.errors import RunError
from mmi_cli.runner.work import WorkResult, WorkSpec
from mmi_cli.runner.workers.process_executor import ProcessExecutor
from mmi_cli.runner.workers.process_tree import descendants, own_memory_bytes
from mmi_cli.schema_file.loading import load_schema
from mmi_cli.settings import Settings
from mmi_cli.storage.addresses import open_source
from tests.support import troubled

SLEEP = 100_000 + os.getpid()
"""Seconds that tell the processes of these tests from those of others."""
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the watch over workers leans on Linux's /proc")


def test_what_kills_or_confuses_a_worker_costs_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deadly = {
        "segfault": "segfault",
        "abort": "abort",
        "leave": "leave 0",
        "killed": "killed",
        "close": "close-the-line",
        "junk": "junk",
        "daemon": f"die-and-leave-a-daemon {SLEEP}",
    }
    odd = {
        "odd": "raise-odd",
        "base": "raise-base",
        "exit": "raise-exit",
        "interrupt": "raise-interrupt",
        "huge": "raise-huge",
    }
    harmless = {
        "calm": "",
        "flood": "flood 200",
        "thread": "leave-a-thread 30",
        "child": f"leave-a-child {SLEEP}",
        "demon": f"leave-a-daemon {SLEEP}",
    }
    other = {"memory": "raise-memory", "recurse": "recurse"}
    troubled.write(tmp_path / "in", **deadly, **odd, **harmless, **other)
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    run = troubled.run(tmp_path / "in", tmp_path / "out", "--jobs", "2")
    assert run.code == 3
    assert len(run.records) == len(deadly) + len(odd) + len(harmless) + len(other)
    for name in deadly:
        code, message = run.error(f"{name}.txt")
        assert code == "crashed"
        assert "died twice" in message
    assert "signal SIGSEGV" in run.error("segfault.txt")[1]
    assert "exit code 0" in run.error("leave.txt")[1]
    assert "closed its line" in run.error("close.txt")[1]
    assert "no message" in run.error("junk.txt")[1]
    for name in odd:
        code, message = run.error(f"{name}.txt")
        assert code == "internal"
        assert len(message) < 500
    assert run.error("memory.txt")[0] == "out_of_memory"
    assert run.error("recurse.txt")[0] == "limit_exceeded"
    for number, name in enumerate((*deadly, *odd, *harmless)):
        if name in harmless:
            record = run.records[f"{name}.txt"]
            assert (record["status"], record["fields"]["total"]["value"]) == ("ok", number + 0.5)
    assert not troubled.alive(f"sleep {SLEEP}")
    assert os.listdir(tmp_path / "temporary") == []


def test_no_clock_is_passed_by_more_than_a_moment(tmp_path: Path) -> None:
    hanging = {
        "hang": "hang", "spin": "spin", "hold": "hold-the-interpreter", "stop": "stop", "half": "half-a-message",
        "demon": f"wait-with-a-daemon {SLEEP}",
    }  # fmt: skip
    troubled.write(tmp_path / "in", calm="", **hanging)
    run = troubled.run(tmp_path / "in", tmp_path / "out", "--jobs", "2", timeout_s=3)
    assert run.code == 3
    for name in hanging:
        code, message = run.error(f"{name}.txt")
        assert code == "timeout"
        assert message.startswith("took longer than 3 s (timeout_s)")
        assert run.records[f"{name}.txt"]["errors"][0]["retryable"]
    assert run.records["calm.txt"]["status"] == "ok"
    # Three rounds of two at three seconds each, the start of new workers, and not ten seconds more.
    assert run.seconds < 3 * 3 + 10 + 6 * 2.5
    assert not troubled.alive(f"sleep {SLEEP}")


def test_the_clock_grows_with_what_the_file_holds_and_stalls_without_progress(tmp_path: Path) -> None:
    troubled.write(tmp_path / "in", hang="hang", work="work 4", pages="work-on-pages 3")
    run = troubled.run(
        tmp_path / "in", tmp_path / "out", "--jobs", "3", timeout_s=6, stall_s=2, timeout_page_s=0.5
    )  # fmt: skip
    assert run.error("hang.txt") == (
        "timeout", "went on for 2 s without a sign of progress; `stall_s` in the settings raises the limit"
    )  # fmt: skip
    assert "took longer than 8 s (timeout_s and timeout_page_s for each of 3 pages)" in run.error("pages.txt")[1]
    assert run.records["work.txt"]["status"] == "ok"


def test_a_changed_wall_clock_changes_nothing(tmp_path: Path) -> None:
    """Every look at the wall clock, in the run and its workers, gives a day more or a day less than the last."""
    (tmp_path / "shim").mkdir()
    (tmp_path / "shim" / "sitecustomize.py").write_text(
        "import time, itertools\nreal, turns = time.time, itertools.cycle((86400, -86400))\ntime.time = lambda: real() + next(turns)\n"
    )
    troubled.write(tmp_path / "in", calm="", hang="hang", work="work 2")
    before = os.environ.get("PYTHONPATH", "")
    paths = os.pathsep.join(each for each in (str(tmp_path / "shim"), os.getcwd(), before) if each)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", paths)
        run = troubled.run(tmp_path / "in", tmp_path / "out", "--jobs", "2", timeout_s=4)
    assert {path: record["status"] for path, record in run.records.items()} == {
        "calm.txt": "ok", "hang.txt": "failed", "work.txt": "ok",
    }  # fmt: skip
    assert run.error("hang.txt")[0] == "timeout"
    assert run.seconds < 4 + 10 + 10


def test_time_in_which_everything_stood_still_is_nobodys(tmp_path: Path) -> None:
    """A container that is paused, a laptop that is closed: here by SIGSTOP for the run and all it started."""
    troubled.write(tmp_path / "in", work="work 5")
    environment = {**os.environ, "MMI_TIMEOUT_S": "8", "MMI_STALL_S": "4"}
    process = subprocess.Popen(troubled.command(tmp_path / "in", tmp_path / "out"), env=environment)
    wait_until(lambda: len(descendants(process.pid)) >= 3)
    time.sleep(3)  # until the worker is at its file
    everyone = descendants(process.pid)
    for pid in everyone:
        os.kill(pid, signal.SIGSTOP)
    time.sleep(9)
    for pid in everyone:
        os.kill(pid, signal.SIGCONT)
    assert process.wait(timeout=60) == 0


@contextmanager
def watched() -> Iterator[list[int]]:
    """[the most that any one process below this one held, bytes], looked at from outside a few hundred times a second."""
    peak, is_over = [0], threading.Event()

    def look() -> None:
        while not is_over.wait(0.003):
            peak[0] = max([peak[0], *(own_memory_bytes([pid]) for pid in descendants(os.getpid())[1:])])

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield peak
    finally:
        is_over.set()
        thread.join()


def test_memory_stays_near_the_limit_however_fast_it_is_eaten_and_by_whom(tmp_path: Path) -> None:
    limit = 500_000_000
    eaters = {"fast": "eat", "slow": "eat 200", "child": "eat-in-a-child"}
    troubled.write(tmp_path / "in", calm="", **eaters)
    with watched() as peak:
        run = troubled.run(tmp_path / "in", tmp_path / "out", "--jobs", "2", worker_memory_bytes=limit)
    for name in eaters:
        code, message = run.error(f"{name}.txt")
        assert code == "out_of_memory"
        assert "0.5 GB" in message
        assert "worker_memory_bytes" in message
    assert run.records["calm.txt"]["status"] == "ok"
    assert limit / 2 < peak[0] < limit * 1.3


def test_nothing_is_left_of_a_run_that_is_killed_not_even_what_its_workers_started(tmp_path: Path) -> None:
    troubled.write(tmp_path / "in", one=f"wait-with-a-daemon {SLEEP}", two=f"wait-with-a-daemon {SLEEP}")
    (tmp_path / "temporary").mkdir()
    environment = {**os.environ, "TMPDIR": str(tmp_path / "temporary")}
    process = subprocess.Popen(troubled.command(tmp_path / "in", tmp_path / "out", "--jobs", "2"), env=environment)
    wait_until(lambda: len(troubled.alive(f"sleep {SLEEP}")) == 2)
    helpers = descendants(process.pid)[1:]
    assert len(helpers) > 4
    process.kill()
    process.wait()
    wait_until(lambda: not troubled.alive(f"sleep {SLEEP}"))
    wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in helpers))
    assert os.listdir(tmp_path / "temporary") == []


def wait_until(is_so: object, limit_s: float = 30) -> None:
    end_s = time.monotonic() + limit_s
    while not is_so():  # type: ignore[operator]
        assert time.monotonic() < end_s, "it did not come to pass"
        time.sleep(0.05)


# --- the executor alone


@pytest.fixture
def executor_of(tmp_path: Path) -> Iterator[object]:
    """Makes an executor over the files of a folder, with the test double as its language model."""
    made: list[ProcessExecutor] = []

    def make(jobs: int = 1, memory_bytes: int = 4_000_000_000, **settings: object) -> ProcessExecutor:
        schema = tmp_path / "note.yaml"
        schema.write_text(troubled.SCHEMA)
        fixed = {
            "language_model": "faults",
            "embedding": "none",
            "image_tags": "none",
            "ocr": "none",
            "speech": "none",
            "threads": 1,
            "cache": "off",
        }
        spec = WorkSpec(
            inputs=(str(tmp_path / "in"),),
            schemas=(load_schema(str(schema)),),
            settings=Settings.model_validate({**fixed, **settings}),
        )
        made.append(ProcessExecutor(spec=spec, jobs=jobs, memory_bytes=memory_bytes))
        return made[-1]

    yield make
    for executor in made:
        executor.close(at_once=True)


def listed(folder: Path) -> list[SourceFile]:
    return list(open_source((str(folder),)).list())


def done(executor: ProcessExecutor, files: list[SourceFile]) -> dict[str, WorkResult]:
    results: dict[str, WorkResult] = {}
    waiting = list(files)
    while waiting or executor.in_flight:
        while waiting and executor.has_room:
            executor.start(waiting.pop(0))
        results |= {file.path: result for file, result in executor.wait()}
    return results


def test_a_crash_by_chance_costs_nothing(tmp_path: Path, executor_of, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    troubled.write(tmp_path / "in", a="crash-once", b="")
    monkeypatch.setenv("MMI_FAULTS_FOLDER", str(tmp_path))
    results = done(executor_of(), listed(tmp_path / "in"))
    assert {path: result.status for path, result in results.items()} == {"a.txt": "ok", "b.txt": "ok"}


def test_memory_that_was_short_beside_others_is_there_for_a_file_alone(tmp_path: Path, executor_of) -> None:  # type: ignore[no-untyped-def]
    troubled.write(tmp_path / "in", a="eat-up-to 700", b="work 3", c="eat-up-to 700")
    results = done(executor_of(jobs=2, memory_bytes=400_000_000), listed(tmp_path / "in"))
    assert {path: result.status for path, result in results.items()} == dict.fromkeys(("a.txt", "b.txt", "c.txt"), "ok")


def test_a_first_file_that_ate_its_share_before_the_others_came_gets_all_of_the_memory(
    tmp_path: Path, executor_of
) -> None:  # type: ignore[no-untyped-def]
    troubled.write(tmp_path / "in", a="eat-up-to 700")
    assert done(executor_of(jobs=2, memory_bytes=400_000_000), listed(tmp_path / "in"))["a.txt"].status == "ok"


def test_workers_are_replaced_by_count_and_by_what_they_still_hold(tmp_path: Path, executor_of) -> None:  # type: ignore[no-untyped-def]
    troubled.write(tmp_path / "in", **{f"f{number}": "" for number in range(8)})
    executor = executor_of(recycle_files=3)
    done(executor, listed(tmp_path / "in"))
    assert executor._hired == 3
    troubled.write(tmp_path / "in", **{f"f{number}": "eat-up-to 60" for number in range(8)})
    executor = executor_of(recycle_memory_bytes=250_000_000)
    assert {result.status for result in done(executor, listed(tmp_path / "in")).values()} == {"ok"}
    assert executor._hired == 2


def test_a_worker_that_cannot_start_ends_the_run_with_the_reason(tmp_path: Path, executor_of) -> None:  # type: ignore[no-untyped-def]
    """The worker's interpreter finds a broken library in place of one it needs."""
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "pydantic.py").write_text("raise ImportError('libfoo.so.1: cannot open shared object file')")
    troubled.write(tmp_path / "in", a="")
    executor = executor_of()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "path", [str(tmp_path / "broken"), *sys.path])
        began = time.monotonic()
        with pytest.raises(RunError, match=r"cannot start.*libfoo\.so\.1"):
            done(executor, listed(tmp_path / "in"))
        assert time.monotonic() - began < 20


def test_workers_that_are_killed_while_they_start_are_started_again(tmp_path: Path, executor_of) -> None:  # type: ignore[no-untyped-def]
    troubled.write(tmp_path / "in", a="")
    executor = executor_of()
    (file,) = listed(tmp_path / "in")
    executor.start(file)
    for _ in range(2):
        os.kill(executor._workers[0].process.pid, signal.SIGKILL)
        before = executor._hired
        wait_until(lambda: executor.wait() or executor._hired > before)  # noqa: B023
    assert done(executor, [])["a.txt"].status == "ok"


def test_workers_that_never_start_end_the_run(tmp_path: Path, executor_of) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "pydantic.py").write_text("import os; os.abort()")
    troubled.write(tmp_path / "in", a="")
    executor = executor_of()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "path", [str(tmp_path / "broken"), *sys.path])
        with pytest.raises(RunError, match=r"cannot start.*SIGABRT"):
            done(executor, listed(tmp_path / "in"))


def test_the_test_double_is_not_offered_and_a_document_does_not_reach_it(tmp_path: Path) -> None:
    from mmi_cli.registry import names

    assert "faults" not in names("language_model")
    troubled.write(tmp_path / "in", a="abort")
    run = troubled.run(tmp_path / "in", tmp_path / "out", "--language-model", "none")
    assert run.records["a.txt"]["status"] == "ok"
