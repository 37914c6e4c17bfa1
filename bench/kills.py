"""Kills a run of small files at random moments, parent or worker, until it has been killed often enough; each time it goes on.

    python -m bench.kills --kills 500 --save

Every process is the real program. When a run reaches its end, its results have to be those of an undisturbed one, byte for byte, and
the next one begins from nothing. Each file that was begun is counted in the run's own log: what was begun more than once can only be
what was in flight when something was killed.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from bench.record import save

_FAST = ("--language-model", "none", "--embedding", "none", "--ocr", "none", "--speech", "none", "--no-cache")
_SCHEMA = "total number, date date"


@dataclass(slots=True)
class Storm:
    """What has happened so far."""

    folder: Path
    files: int
    jobs: int
    chance: random.Random
    expected: bytes = b""
    kills: Counter[str] = field(default_factory=Counter)
    runs_ended: int = 0
    begun: int = 0
    """Files that were begun, over all runs."""
    kills_of_ended: int = 0

    def calm(self) -> float:
        """Does the run once without harm; returns its seconds."""
        started_s = time.monotonic()
        done = subprocess.run(self.command("calm"), stderr=subprocess.DEVNULL)
        assert done.returncode == 0
        self.expected = (self.folder / "calm" / "results.jsonl").read_bytes()
        assert len(self.expected.splitlines()) == self.files
        return time.monotonic() - started_s

    def command(self, output: str) -> list[str]:
        return [
            sys.executable, "-m", "mmi_cli", "run", str(self.folder / "in"), "-s", _SCHEMA, "-o", str(self.folder / output),
            "--jobs", str(self.jobs), "--log-format", "json", *_FAST,
        ]  # fmt: skip

    def rage(self, kills: int, longest_s: float, until_s: float) -> None:
        """Kills so often; each run that ends is held against the calm one."""
        log, since = self.folder / "log", 0
        while (is_on := sum(self.kills.values()) < kills and time.monotonic() < until_s) or log.exists():
            with log.open("ab") as words:
                process = subprocess.Popen(self.command("stormy"), stderr=words, start_new_session=True)
            if is_on:
                since += self.strike(process, longest_s)
            if process.wait() == 0:
                self.check(log, since)
                since = 0

    def strike(self, process: subprocess.Popen[bytes], longest_s: float) -> int:
        """Waits for a random moment of a run and kills parent or worker; how many were killed."""
        journal = self.folder / "stormy" / ".mmi" / "journal.jsonl"
        struck = 0
        if self.chance.random() < 0.3:  # anywhere, its start and its listing included
            time.sleep(self.chance.uniform(0, longest_s))
        else:  # while records are written
            size = journal.stat().st_size if journal.exists() else 0
            while process.poll() is None and (not journal.exists() or journal.stat().st_size == size):
                time.sleep(0.002)
            time.sleep(self.chance.uniform(0, 0.15))
        # One worker a life: a file whose worker dies twice is one that kills workers, and gets a record that says so.
        if process.poll() is None and self.chance.random() < 0.3 and (workers := children_of(process.pid)):
            os.kill(self.chance.choice(workers), signal.SIGKILL)
            self.kills["worker"] += 1
            struck += 1
            time.sleep(self.chance.uniform(0, 0.3))
        if process.poll() is None:
            process.kill()
            self.kills["parent"] += 1
            struck += 1
        return struck

    def check(self, log: Path, kills: int) -> None:
        assert (self.folder / "stormy" / "results.jsonl").read_bytes() == self.expected, "other bytes"
        events = [
            json.loads(line)
            for line in log.read_text("utf-8").splitlines()
            if line.startswith("{") and line.endswith("}")
        ]
        begun = [event["path"] for event in events if event["event"] == "started"]
        again = len(begun) - self.files
        assert 0 <= again <= kills * self.jobs, f"{again} files begun again by {kills} kills"
        self.runs_ended += 1
        self.begun += len(begun)
        self.kills_of_ended += kills
        shutil.rmtree(self.folder / "stormy")
        log.unlink()


def children_of(pid: int) -> list[int]:
    """Its workers; one of them may be gone by the time it is struck."""
    found = []
    for tasks in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += [int(child) for child in tasks.read_text().split()]
        except OSError:
            continue
    return [child for child in found if Path(f"/proc/{child}").exists()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--files", type=int, default=300)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=36_000, help="end sooner, with fewer kills")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--save", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mmi-kills-") as scratch:
        folder = Path(scratch)
        (folder / "in").mkdir()
        for number in range(given.files):
            text = f"Receipt {number}\nDate: 2026-03-{number % 28 + 1:02}\nTotal: {number}.50\n" * (1 + number % 5)
            (folder / "in" / f"{number:03}.txt").write_text(text)
        storm = Storm(folder=folder, files=given.files, jobs=given.jobs, chance=random.Random(given.seed))
        longest_s = storm.calm()
        started_s = time.monotonic()
        storm.rage(given.kills, longest_s, started_s + given.seconds)
        numbers = {
            "files": given.files,
            "workers": given.jobs,
            "kills_of_parent": storm.kills["parent"],
            "kills_of_worker": storm.kills["worker"],
            "runs_brought_to_their_end": storm.runs_ended,
            "results_with_other_bytes": 0,
            "files_begun_again": storm.begun - storm.runs_ended * given.files,
            "files_begun_again_per_kill": round(
                (storm.begun - storm.runs_ended * given.files) / max(1, storm.kills_of_ended), 2
            ),
            "seconds": round(time.monotonic() - started_s),
        }
    print(json.dumps(numbers, indent=2))
    if given.save:
        save("kills", numbers, data=f"{given.files} text files of 50 to 250 bytes", packages=("mmi-cli",))


if __name__ == "__main__":
    main()
