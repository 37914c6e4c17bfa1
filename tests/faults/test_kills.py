"""Killed at any moment, parent or worker, a run goes on where it was: the same bytes, and nothing done twice without need."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES, JOBS, KILLS = 300, 2, 60


class Ground:
    """Runs in processes of their own, started in milliseconds."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.killing_ground"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self._ask(inputs=str(folder / "in"), output=str(folder / "warm"))

    def start(self, output: Path) -> int:
        return self._ask(inputs=str(self.folder / "in"), output=str(output), audit=str(self.folder / "audit"))

    def ended(self) -> int:
        """Waits; the exit code, or minus the signal."""
        assert self._process.stdout is not None
        return int(self._process.stdout.readline())

    def _ask(self, **what: str) -> int:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(what) + "\n")
        self._process.stdin.flush()
        return self.ended()

    def close(self) -> None:
        self._process.communicate()


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Ground]:
    (tmp_path / "in").mkdir()
    for number in range(FILES):
        text = f"Receipt {number}\nDate: 2026-03-{number % 28 + 1:02}\nTotal: {number}.50\n"
        (tmp_path / "in" / f"{number:03}.txt").write_text(text * (1 + number % 5))
    made = Ground(tmp_path)
    yield made
    made.close()


def children_of(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def is_there(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def strike(pid: int, journal: Path, chance: random.Random) -> Counter[str]:
    """Kills at a random moment: anywhere in a start, or while records are written; sometimes a worker first."""
    struck: Counter[str] = Counter()
    size = journal.stat().st_size if journal.exists() else 0
    if chance.random() < 0.3:
        time.sleep(chance.uniform(0, 0.15))
    else:
        while is_there(pid) and (not journal.exists() or journal.stat().st_size == size):
            time.sleep(0.0005)
        time.sleep(chance.uniform(0, 0.02))
    # One worker a life: a file whose worker dies twice is one that kills workers, and gets a record that says so.
    if chance.random() < 0.3 and (workers := children_of(pid)):
        os.kill(chance.choice(workers), signal.SIGKILL)
        struck["worker"] += 1
        time.sleep(chance.uniform(0, 0.03))
    if is_there(pid):
        os.kill(pid, signal.SIGKILL)
        struck["parent"] += 1
    return struck


def test_killed_sixty_times_over_300_files_it_ends_with_the_same_bytes_and_does_nothing_twice_without_need(
    ground: Ground, tmp_path: Path
) -> None:
    expected = (tmp_path / "warm" / "results.jsonl").read_bytes()  # done inline
    assert len(expected.splitlines()) == FILES
    chance, struck, runs_ended = random.Random(20260101), Counter[str](), 0
    output, audit = tmp_path / "stormy", tmp_path / "audit"
    kills_of_run = 0
    while struck.total() < KILLS or audit.exists():
        pid = ground.start(output)
        if struck.total() < KILLS:
            now = strike(pid, output / ".mmi" / "journal.jsonl", chance)
            struck += now
            kills_of_run += now.total()
        if ground.ended() != 0:
            continue
        assert (output / "results.jsonl").read_bytes() == expected
        begun = audit.read_text().splitlines()
        assert set(begun) == {f"{number:03}.txt" for number in range(FILES)}
        # What a kill may cost is what was in flight.
        assert len(begun) - FILES <= JOBS * kills_of_run
        runs_ended, kills_of_run = runs_ended + 1, 0
        audit.rename(tmp_path / f"audit-{runs_ended}")
        output.rename(tmp_path / f"done-{runs_ended}")
    assert struck["parent"] >= KILLS / 2
    assert struck["worker"] >= 5
    print(f"{dict(struck)} kills over {runs_ended} runs")


def test_a_run_that_is_not_disturbed_does_each_file_once(ground: Ground, tmp_path: Path) -> None:
    ground.start(tmp_path / "calm")
    assert ground.ended() == 0
    begun = (tmp_path / "audit").read_text().splitlines()
    assert len(begun) == len(set(begun)) == FILES
    ground.start(tmp_path / "calm")
    assert ground.ended() == 0
    assert (tmp_path / "audit").read_text().splitlines() == begun
