"""A run over 100,000 small text files: speed, what the bookkeeping costs beside the bare work, flat memory, a run with nothing to do.

    python bench/scale.py [--files 100000] [--folder /tmp/scale] [--only bare,two]

The files are generated, a few lines of text each; no engine is used. Parts, each a process of its own:

- `bare`: detect, extract and fill in one process, records as lines, nothing kept;
- `one`, `two`: `mmi run` with so many workers. Before `two` a run on the same output is killed while it lists its inputs;
- `again`: the same command once more, with nothing to do.

CPU seconds are of all processes of a part and hold on a busy machine; wall seconds are told with the load. Memory is that of the run's own
process and of its largest worker, looked at every two seconds; the slope is a line through the second half of them. Writes
`bench/results/scale.json`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from record import save

PARTS = ("bare", "one", "two", "again")
SCHEMA = "total number, date date, company"
MODEL_FREE = {f"MMI_{name}": "none" for name in ("LANGUAGE_MODEL", "EMBEDDING", "OCR", "SPEECH")}
FILES_A_FOLDER = 1000
LOOK_S = 2.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, help="where files and outputs go, and stay; else a temporary folder")
    parser.add_argument("--only", default=",".join(PARTS), help="parts, with commas between them")
    parser.add_argument("--save", action="store_true", help="write bench/results/scale.json")
    parser.add_argument("--bare", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.bare:
        bare(arguments.bare)
        return
    folder = arguments.folder or Path(tempfile.mkdtemp(prefix="mmi-scale-"))
    numbers = measure(folder, arguments.files, arguments.only.split(","))
    for name, value in numbers.items():
        print(f"{name:62} {value:>14,}")
    if arguments.save:
        print(save("scale", numbers, data=f"{arguments.files} generated text files", packages=("pydantic",)))
    if arguments.folder is None:
        shutil.rmtree(folder)


def measure(folder: Path, files: int, parts: list[str]) -> dict[str, Any]:
    """The numbers of the parts that are wanted."""
    inputs = folder / f"in-{files}"
    if not inputs.exists():
        generate(files, inputs)
    numbers: dict[str, Any] = {"load of the machine before": round(os.getloadavg()[0], 1)}
    if "bare" in parts:
        told = Command([sys.executable, __file__, "--bare", str(inputs)]).run()
        numbers["bare: CPU s"] = round(told.cpu_s, 1)
        numbers["bare: CPU ms a file"] = round(1000 * told.cpu_s / files, 3)
    for part, jobs in (("one", 1), ("two", 2)):
        if part not in parts:
            continue
        output = folder / f"out-{part}-{files}"
        shutil.rmtree(output, ignore_errors=True)
        if part == "two":
            numbers["killed while it listed"] = killed_while_listing(inputs, output)
        told = Command(run_command(inputs, output, jobs)).run()
        numbers |= {f"{part}: {name}": value for name, value in told.numbers(output, files).items()}
        if "bare: CPU s" in numbers:
            over = told.cpu_s - numbers["bare: CPU s"]
            numbers[f"{part}: CPU beyond the bare work, %"] = round(100 * over / numbers["bare: CPU s"], 1)
    if {"one", "two"} <= set(parts):
        numbers["two workers against one: wall"] = round(
            numbers["one: wall s"] / numbers["two: wall s"], 2
        )  # of a machine with other work on it this tells little
        same = digest(folder / f"out-one-{files}") == digest(folder / f"out-two-{files}")
        numbers["one and two workers give the same bytes"] = same
    if "again" in parts:
        output = folder / f"out-two-{files}"
        before = digest(output)
        told = Command(run_command(inputs, output, 2)).run()
        numbers["again: wall s"], numbers["again: CPU s"] = round(told.wall_s, 2), round(told.cpu_s, 2)
        numbers["again: peak MB of the run"] = round(max(told.run_mb), 1)
        numbers["again: the same bytes"] = before == digest(output)
    numbers["load of the machine after"] = round(os.getloadavg()[0], 1)
    return numbers


def generate(count: int, folder: Path) -> None:
    """A few lines each, no two alike."""
    for index in range(count):
        below = folder / f"{index // FILES_A_FOLDER:04d}"
        if index % FILES_A_FOLDER == 0:
            below.mkdir(parents=True)
        (below / f"note-{index:06d}.txt").write_text(
            f"Invoice INV-{index:06d}\nNorthwind {index % 97} Ltd\nDate: 2024-{index % 12 + 1:02d}-{index % 28 + 1:02d}\n"
            f"Total: {index % 9000 + 1}.{index % 100:02d} EUR\n"
        )


def bare(folder: Path) -> None:
    """The work and nothing else."""
    from mmi_cli.runner.work import WorkSpec, build_pipeline
    from mmi_cli.schema_file import load_schema
    from mmi_cli.settings import Settings
    from mmi_cli.storage.addresses import open_source

    names = dict.fromkeys(("language_model", "embedding", "image_tags", "ocr", "speech"), "none")
    settings = Settings.model_validate({"threads": 1, **names})
    spec = WorkSpec(inputs=(str(folder),), schemas=(load_schema(SCHEMA),), settings=settings)
    pipeline = build_pipeline(spec)
    for file in open_source(spec.inputs).list():
        for record in pipeline.process(file).records:
            record.to_line()


def run_command(inputs: Path, output: Path, jobs: int) -> list[str]:
    """`mmi run` over the generated files."""
    return [
        sys.executable, "-m", "mmi_cli", "run", str(inputs), "-s", SCHEMA, "-o", str(output), "--jobs", str(jobs), "--quiet",
    ]  # fmt: skip


def killed_while_listing(inputs: Path, output: Path) -> bool:
    """Kills a run when it has begun to write its list of inputs; whether it was still at it."""
    process = subprocess.Popen(run_command(inputs, output, 2), env={**os.environ, **MODEL_FREE})
    state = output / ".mmi"
    wal = state / "manifest.sqlite-wal"
    while process.poll() is None and not (wal.exists() and wal.stat().st_size > 500_000):
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    journal = state / "journal.jsonl"
    return process.returncode == -signal.SIGKILL and not (journal.exists() and journal.stat().st_size > 1000)


def digest(output: Path) -> str:
    """Of the results."""
    with (output / "results.jsonl").open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@dataclass
class Command:
    """A process and what is seen of it while it runs."""

    command: list[str]
    wall_s: float = 0.0
    cpu_s: float = 0.0
    done_bytes: list[int] = field(default_factory=list)
    """Size of the journal at each look."""
    run_mb: list[float] = field(default_factory=list)
    worker_mb: list[float] = field(default_factory=list)

    def run(self) -> Command:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        started = time.monotonic()
        process = subprocess.Popen(self.command, env={**os.environ, **MODEL_FREE})
        ended = threading.Event()
        watching = threading.Thread(target=self._watch, args=(process.pid, ended))
        watching.start()
        code = process.wait()
        self.wall_s = time.monotonic() - started
        ended.set()
        watching.join()
        if code:
            raise SystemExit(f"{' '.join(self.command)} returned {code}")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return self

    def _watch(self, pid: int, ended: threading.Event) -> None:
        output = Path(self.command[self.command.index("-o") + 1]) if "-o" in self.command else None
        journal = output / ".mmi" / "journal.jsonl" if output else None
        while not ended.wait(LOOK_S if self.run_mb else 0.2):
            self.done_bytes.append(journal.stat().st_size if journal is not None and journal.exists() else 0)
            self.run_mb.append(resident_mb(pid))
            self.worker_mb.append(max(map(resident_mb, descendants(pid)), default=0.0))

    def numbers(self, output: Path, files: int) -> dict[str, Any]:
        """Speed, CPU and memory of a run."""
        cpu = json.loads((output / "summary.json").read_text("utf-8"))["cpu_seconds"]
        whole = max(self.done_bytes) or 1
        done = [files * each / whole for each in self.done_bytes]
        return {
            "wall s": round(self.wall_s, 1),
            "files a second": round(files / self.wall_s, 1),
            "CPU s": round(self.cpu_s, 1),
            "CPU ms a file": round(1000 * self.cpu_s / files, 3),
            "CPU s of the run's own process": cpu["run"],
            "CPU s of workers": cpu["workers"],
            "CPU s of detect, extract, fill": cpu["detect_extract_fill"],
            "CPU s inside files": cpu["files"],
            "bookkeeping, % of the CPU time": round(100 * (1 - cpu["files"] / (cpu["run"] + cpu["workers"])), 1),
            "peak MB of the run": round(max(self.run_mb), 1),
            "peak MB of a worker": round(max(self.worker_mb), 1),
            "slope of the run, bytes a file": slope(done, self.run_mb),
            "slope of a worker, bytes a file": slope(done, self.worker_mb),
        }


def resident_mb(pid: int) -> float:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
        return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) * 1024 / 1e6
    except (OSError, StopIteration):
        return 0.0


def descendants(pid: int) -> list[int]:
    """Processes below a process."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = [int(each) for each in task.read_text().split()]
        except OSError:
            continue
        found += [each for child in children for each in (child, *descendants(child))]
    return found


def slope(done: list[float], megabytes: list[float]) -> int:
    """Least squares over the second half of the files, bytes a file."""
    half = max(done) / 2
    points = [(x, 1e6 * y) for x, y in zip(done, megabytes, strict=True) if half < x < max(done) and y]
    if len(points) < 3:
        return 0
    mean_x, mean_y = (sum(each) / len(points) for each in zip(*points, strict=True))
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    return round(sum((x - mean_x) * (y - mean_y) for x, y in points) / spread) if spread else 0


if __name__ == "__main__":
    main()
