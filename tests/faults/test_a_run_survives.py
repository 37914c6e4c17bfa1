"""Stopped anywhere and started again, a run ends with the same bytes; what kills a worker costs one file."""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

FAST = ["--language-model", "none", "--embedding", "none", "--ocr", "none", "--speech", "none"]
SCHEMA = "total number, date date"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """60 small text files in two folders, each with a total of its own."""
    made = tmp_path / "in"
    for number in range(60):
        path = made / ("a" if number % 2 else "b") / f"{number:03}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            f"Receipt {number}\nDate: 2026-03-{number % 28 + 1:02}\nTotal: {number}.50\n" * (1 + number % 5)
        )
    return made


def command(folder: Path, output: Path, *more: str) -> list[str]:
    base = [sys.executable, "-m", "mmi_cli", "run", str(folder), "-s", SCHEMA, "-o", str(output), "--quiet"]
    return [*base, *FAST, *more]


def run(folder: Path, output: Path, *more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(folder, output, *more), capture_output=True, text=True, timeout=120)


def records(output: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (output / "results.jsonl").read_text("utf-8").splitlines()]


def children_of(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]


def test_killed_at_random_moments_and_started_again_it_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    began = time.monotonic()
    assert run(folder, tmp_path / "calm").returncode == 0
    longest = time.monotonic() - began
    expected = (tmp_path / "calm" / "results.jsonl").read_bytes()
    assert len(expected.splitlines()) == 60
    chance = random.Random(20260101)
    output = tmp_path / "stormy"
    kills = 0
    while kills < 12:
        process = subprocess.Popen(command(folder, output, "--jobs", "2"), stdout=subprocess.DEVNULL)
        time.sleep(chance.uniform(0.2, 0.9) * longest)
        workers = children_of(process.pid) if process.poll() is None else []
        if process.poll() is None:
            # One time the parent is killed, the next time a worker under it, and then the parent.
            if workers and chance.random() < 0.5:
                os.kill(chance.choice(workers), signal.SIGKILL)
                time.sleep(chance.uniform(0, 0.2))
            process.kill()
            kills += 1
        elif process.returncode == 0:  # it was faster than the killer: the next one starts from nothing
            assert (output / "results.jsonl").read_bytes() == expected
            shutil.rmtree(output)
        process.wait()
    assert run(folder, output).returncode == 0
    assert (output / "results.jsonl").read_bytes() == expected


def test_workers_do_not_outlive_a_killed_parent(folder: Path, tmp_path: Path) -> None:
    process = subprocess.Popen(command(folder, tmp_path / "out", "--jobs", "2"), stdout=subprocess.DEVNULL)
    workers: list[int] = []
    for _ in range(1500):  # a busy machine takes its time to begin
        workers = children_of(process.pid)
        if len(workers) >= 2 or process.poll() is not None:
            break
        time.sleep(0.02)
    assert workers
    process.kill()
    process.wait()
    alive = workers
    for _ in range(100):
        alive = [pid for pid in alive if Path(f"/proc/{pid}/stat").exists() and not is_zombie(pid)]
        if not alive:
            break
        time.sleep(0.05)
    assert not alive


def is_zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True


def test_an_interrupt_finishes_what_is_in_flight_and_the_same_command_goes_on(folder: Path, tmp_path: Path) -> None:
    output = tmp_path / "out"
    process = subprocess.Popen(command(folder, output), stdout=subprocess.DEVNULL)
    journal = output / ".mmi" / "journal.jsonl"
    for _ in range(6_000):
        if (journal.exists() and journal.stat().st_size) or process.poll() is not None:
            break
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    process.wait(timeout=60)
    if process.returncode == 0:
        pytest.skip("the run was over before the interrupt reached it")
    assert process.returncode == 130
    assert not (output / "results.jsonl").exists()
    again = run(folder, output)
    assert again.returncode == 0
    assert len(records(output)) == 60


def test_a_second_run_with_nothing_to_do_starts_no_worker_and_writes_the_same(folder: Path, tmp_path: Path) -> None:
    run(folder, tmp_path / "out")
    before = (tmp_path / "out" / "results.jsonl").read_bytes()
    started = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert run(folder, tmp_path / "out").returncode == 0
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    # Processor time, since on a busy machine the wall clock is slow; two workers alone would take more to start.
    assert ended.ru_utime + ended.ru_stime - started.ru_utime - started.ru_stime < 1.5
    assert (tmp_path / "out" / "results.jsonl").read_bytes() == before
    files = json.loads((tmp_path / "out" / "summary.json").read_text())["files"]
    assert (files["done_now"], files["done_before"]) == (0, 60)


def test_results_do_not_depend_on_the_number_of_workers(folder: Path, tmp_path: Path) -> None:
    outputs = []
    for name, more in (("one", ["-j", "1"]), ("three", ["-j", "3"]), ("inline", ["--inline"])):
        assert run(folder, tmp_path / name, *more).returncode == 0
        outputs.append((tmp_path / name / "results.jsonl").read_bytes())
    assert outputs[0] == outputs[1] == outputs[2]


def test_two_runs_on_one_output_do_not_mix(folder: Path, tmp_path: Path) -> None:
    first = subprocess.Popen(command(folder, tmp_path / "out"), stdout=subprocess.DEVNULL)
    lock = tmp_path / "out" / ".mmi" / "lock"
    for _ in range(12_000):
        if (lock.exists() and lock.stat().st_size) or first.poll() is not None:
            break
        time.sleep(0.005)
    first.send_signal(signal.SIGSTOP)  # it holds the output, however fast it is
    assert first.poll() is None
    second = run(folder, tmp_path / "out")
    first.send_signal(signal.SIGCONT)
    assert first.wait() == 0
    assert second.returncode == 4
    assert "another run writes to" in second.stderr


def test_an_unreadable_output_is_said_before_work(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = run(folder, tmp_path / "file" / "out")
    assert result.returncode == 4
    assert "cannot write" in result.stderr
