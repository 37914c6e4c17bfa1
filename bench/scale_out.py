"""Shards and Ray against worker processes: what a run costs, what a file costs, and how much faster two workers are than one.

    python -m bench.scale_out [--files 400] [--receipts 12] [--save]

Small text files show the cost of the way itself; receipts read by OCR, one thread an engine, show the speed-up. Each number is the
least of its repetitions, and the load of the machine beside it is kept with it. Without Ray its numbers are left out.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.record import DATA, save

LIGHT = {"MMI_LANGUAGE_MODEL": "none", "MMI_EMBEDDING": "none", "MMI_SPEECH": "none", "MMI_THREADS": "1"}
SCHEMA = "total number, date date"


def command(inputs: Path, output: Path, *more: str) -> list[str]:
    base = [
        sys.executable,
        "-m",
        "mmi_cli",
        "run",
        str(inputs),
        "-s",
        SCHEMA,
        "-o",
        str(output),
        "--quiet",
        "--fail-on",
        "never",
    ]
    return [*base, *more]


def seconds(*steps: list[list[str]]) -> float:
    """Wall time of steps one after another, each of commands side by side."""
    started = time.perf_counter()
    for step in steps:
        running = [subprocess.Popen(each, env={**os.environ, **LIGHT}, stderr=subprocess.DEVNULL) for each in step]
        for process in running:
            if process.wait():
                raise SystemExit(f"{process.args} ended with {process.returncode}")
    return time.perf_counter() - started


def ways(inputs: Path, folder: Path) -> dict[str, tuple[list[list[str]], ...]]:
    """Name → steps."""

    def fresh(name: str) -> Path:
        return folder / f"{name}-{time.monotonic_ns()}"

    shards = fresh("shards")
    merge = [sys.executable, "-m", "mmi_cli", "merge", str(shards), "--quiet"]
    found = {
        "one worker": ([command(inputs, fresh("one"), "--jobs", "1")],),
        "two workers": ([command(inputs, fresh("two"), "--jobs", "2")],),
        "two shards of one worker, merged": (
            [command(inputs, shards, "--jobs", "1", "--shard", f"{index}/2") for index in (1, 2)],
            [merge],
        ),
    }
    if importlib.util.find_spec("ray") is not None:
        for name, actors in (("one Ray actor", 1), ("two Ray actors", 2)):
            more = ("--runner", "ray", "--set", f"ray_actors={actors}")
            found[name] = ([command(inputs, fresh(name.replace(" ", "-")), *more)],)
    return found


def texts(folder: Path, count: int) -> Path:
    """Receipts of a few lines each."""
    folder.mkdir()
    for number in range(count):
        text = f"Receipt {number}\nDate: 2026-03-{number % 28 + 1:02}\nTotal: {number}.50\n"
        (folder / f"{number:05}.txt").write_text(text)
    return folder


def receipts(folder: Path, count: int) -> Path | None:
    """Photographs of receipts from the bench data; None without it."""
    pictures = sorted((DATA / "sroie" / "files").glob("*.jpg"))[:count]
    if len(pictures) < count:
        return None
    folder.mkdir()
    for picture in pictures:
        (folder / picture.name).symlink_to(picture.resolve())
    return folder


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--files", type=int, default=400)
    parser.add_argument("--receipts", type=int, default=12)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--save", action="store_true")
    given = parser.parse_args()
    numbers: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        sets = {"1 text": texts(folder / "t1", 1), f"{given.files} texts": texts(folder / "tn", given.files)}
        if (pictures := receipts(folder / "r", given.receipts)) is not None:
            sets[f"{given.receipts} receipts"] = pictures
        for name, inputs in sets.items():
            for way in ways(inputs, folder):
                took = min(seconds(*ways(inputs, folder)[way]) for _ in range(given.repeat))
                numbers[f"{name}, {way}: s"] = round(took, 2)
                print(f"{name:14} {way:34} {took:7.2f} s   load {os.getloadavg()[0]:.1f}", flush=True)
    many, one = f"{given.files} texts", "1 text"
    for way in sorted({key.split(", ", 1)[1] for key in numbers}):
        each = (numbers[f"{many}, {way}"] - numbers[f"{one}, {way}"]) / (given.files - 1)
        numbers[f"a text more, {way.removesuffix(': s')}: ms"] = round(1000 * each, 2)
    slow = f"{given.receipts} receipts, one worker: s"
    if slow in numbers:
        for way in ("two workers", "two shards of one worker, merged", "two Ray actors"):
            if (key := f"{given.receipts} receipts, {way}: s") in numbers:
                numbers[f"speed-up of {way} over one"] = round(numbers[slow] / numbers[key], 2)
    numbers["load of the machine at the end"] = round(os.getloadavg()[0], 1)
    for key, value in numbers.items():
        print(f"{key:60} {value}")
    if given.save:
        print(
            save(
                "scale_out",
                numbers,
                data="texts made here; photographs of receipts (SROIE)",
                packages=("ray", "onnxruntime", "rapidocr"),
            )
        )


if __name__ == "__main__":
    main()
