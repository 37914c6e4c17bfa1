"""Folders of files that ask the shipped test double for trouble, and runs over them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SCHEMA = """\
name: note
version: 1
fields:
  total: {type: number}
  gist: {type: string, kind: abstracted}
"""


@dataclass(frozen=True)
class Run:
    code: int
    seconds: float
    said: str
    records: dict[str, dict[str, Any]]
    """By path."""

    def error(self, path: str) -> tuple[str, str]:
        """(code, message) of the one error of a file."""
        (error,) = self.records[path]["errors"]
        return error["code"], error["message"]


def command(folder: Path, output: Path, *more: str) -> list[str]:
    """The run over a folder with the test double as its language model."""
    schema = output.parent / "note.yaml"
    schema.write_text(SCHEMA)
    fixed = [
        "--language-model",
        "faults",
        "--embedding",
        "none",
        "--ocr",
        "none",
        "--speech",
        "none",
        "--quiet",
        "--no-cache",
    ]
    return [sys.executable, "-m", "mmi_cli", "run", str(folder), "-s", str(schema), "-o", str(output), *fixed, *more]


def write(folder: Path, **orders: str) -> None:
    """`name="eat 100"` makes `name.txt` with that trouble; an empty one makes a file that is no trouble."""
    folder.mkdir(exist_ok=True)
    for number, (name, order) in enumerate(orders.items()):
        trouble = f"Trouble: {order}\n" if order else ""
        (folder / f"{name}.txt").write_text(f"A note of the {number}th.\nTotal: {number}.50\n{trouble}")


def run(folder: Path, output: Path, *more: str, limit_s: float = 120, **settings: object) -> Run:
    environment = {**os.environ, **{f"MMI_{name.upper()}": str(value) for name, value in settings.items()}}
    began = time.monotonic()
    done = subprocess.run(
        command(folder, output, *more), capture_output=True, text=True, timeout=limit_s, env=environment
    )
    seconds = time.monotonic() - began
    results = output / "results.jsonl"
    lines = results.read_text("utf-8").splitlines() if results.exists() else []
    records = {record["source"]["path"]: record for record in map(json.loads, lines)}
    return Run(done.returncode, seconds, done.stderr, records)


def alive(mark: str) -> list[int]:
    """Processes with these words among their arguments."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal() and int(entry.name) != os.getpid():
            try:
                is_zombie = (entry / "stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
                if not is_zombie and mark in (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode():
                    found.append(int(entry.name))
            except (OSError, UnicodeDecodeError):
                continue
    return found
