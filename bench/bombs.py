"""Runs over every bomb of the tests, and over the hostile set of `MMI_BENCH_DATA`, with the limits as they are by default.

    python -m bench.bombs --memory 2e9 --stall 60 --save

Tells what became of each file, the most memory a worker held (looked at from outside) and the longest file.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

from bench.record import DATA, save
from mmi_cli.runner.workers.process_tree import descendants, own_memory_bytes
from tests.support import bombs

SCHEMA = "name: s\nversion: 1\nfields:\n  total: {type: number}\n  date: {type: date}\n  issuer: {type: string}\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--memory", type=float, default=2e9, help="bytes a worker may hold")
    parser.add_argument("--stall", type=float, default=60)
    parser.add_argument("--save", action="store_true", help="write bench/results/bombs.json")
    chosen = parser.parse_args()
    numbers: dict[str, Any] = {"worker_memory_bytes": int(chosen.memory), "stall_s": chosen.stall}
    with tempfile.TemporaryDirectory() as folder_name:
        folder = Path(folder_name)
        bombs.make_all(folder / "bombs")
        (folder / "s.yaml").write_text(SCHEMA)
        for name, files in (("bombs", folder / "bombs"), ("hostile", DATA / "hostile" / "files")):
            if files.is_dir():
                numbers |= {f"{name}_{key}": value for key, value in run(folder, name, files, chosen).items()}
            else:
                print(f"no {files}: left out")
    print(json.dumps(numbers, indent=2))
    if chosen.save:
        save(
            "bombs",
            numbers,
            data="tests/support/bombs.py and hostile",
            packages=["pypdfium2", "pillow", "av", "lxml", "selectolax"],
        )


def run(folder: Path, name: str, files: Path, chosen: argparse.Namespace) -> dict[str, Any]:
    """What one run over a folder comes to."""
    output = folder / f"{name}-out"
    environment = {**os.environ, "MMI_WORKER_MEMORY_BYTES": str(int(chosen.memory)), "MMI_STALL_S": str(chosen.stall)}
    command = [
        sys.executable, "-m", "mmi_cli", "run", str(files), "-s", str(folder / "s.yaml"), "-o", str(output), "--jobs", "2",
        "--log-format", "json", "--language-model", "none", "--embedding", "none",
    ]  # fmt: skip
    began = time.monotonic()
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    peak, is_over = [0], threading.Event()

    def look() -> None:
        while not is_over.wait(0.01):
            peak[0] = max([peak[0], *(own_memory_bytes([pid]) for pid in descendants(process.pid)[1:])])

    threading.Thread(target=look, daemon=True).start()
    _, said = process.communicate()
    is_over.set()
    events = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    finished = [event for event in events if event["event"] == "finished"]
    for event in sorted(finished, key=lambda event: -event["seconds"])[:15]:
        print(
            f"{event['seconds']:8.1f} s  {event['path'][:60]:60} {event['status']} {(event.get('error') or {}).get('code', '')}"
        )
    records = [json.loads(line) for line in (output / "results.jsonl").read_text("utf-8").splitlines()]
    codes = Counter(error["code"] for record in records for error in record["errors"])
    return {
        "exit_code": process.returncode,
        "seconds": round(time.monotonic() - began, 1),
        "files": len({record["source"]["path"].split("!")[0] for record in records}),
        "records": len(records),
        "statuses": dict(Counter(record["status"] for record in records)),
        "codes": dict(codes),
        "peak_bytes": peak[0],
        "slowest_s": max(event["seconds"] for event in finished),
    }


if __name__ == "__main__":
    main()
