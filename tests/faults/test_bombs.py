"""Every bomb meets a wall that says its name: the run ends, each file has a record, memory and clocks hold."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from mmi_cli.datamodel.record import STATUSES
from mmi_cli.runner.workers.process_tree import descendants, own_memory_bytes
from tests.support import bombs

MEMORY = 1_000_000_000
STALL_S = 15.0
LIMITS = {
    "worker_memory_bytes": MEMORY, "timeout_s": 25, "stall_s": STALL_S, "timeout_page_s": 2, "timeout_minute_s": 10,
    "max_unpacked_bytes": 20_000_000, "max_image_pixels": 5_000_000, "max_text_chars": 2_000_000, "max_cells": 100_000,
    "max_pages": 200, "max_archive_entries": 500,
}  # fmt: skip
# What the record must name. Files that are merely slow or damaged may be told as either.
NAMED = {
    "zeros.zip": "max_unpacked_bytes", "overlapping.zip": "max_unpacked_bytes", "a-million-entries.zip": "max_archive_entries",
    "nested.zip!6.zip!5.zip!4.zip": "max_depth", "entries.tar.bz2": "max_archive_entries", "zeros.gz": "max_unpack_ratio",
    "zeros.tar.gz": "max_unpack_ratio", "zeros.bz2": "max_unpack_ratio", "zeros.xz": "max_unpack_ratio",
    "sparse.tar!hole.txt": "max_file_bytes", "large.png": "max_image_pixels", "large.jpg": "max_image_pixels",
    "large.gif": "max_image_pixels", "large.tif": "max_image_pixels", "large.webp": "max_image_pixels", "large.bmp": "max_image_pixels",
    "pages.tif": "max_pages", "many-pages.pdf": "max_pages", "zeros.docx": "max_unpacked_bytes", "runs.docx": "max_unpacked_bytes",
    "shared-strings.xlsx": "max_unpacked_bytes", "shared-string.xlsx": "max_text_chars", "repeated.ods": "max_cells",
    "columns.csv": "max_cells", "spans.html": "max_cells", "spine.epub": "max_text_chars", "one-line.txt": "max_text_chars",
    "cues.srt": "max_text_chars", "slow.wav": "max_media_hours", "claims-samples.flac": "max_media_hours",
    "large-frames.avi": "max_media_hours", "deep.html": "nested deeper", "deep.json": "nested deeper",
    "parts-in-parts.eml": "nested deeper", "attributes.html": "attributes",
}  # fmt: skip
HARMLESS = {
    "ways-out.zip!a/b.txt", "ways-out.tar!tmp/mmi-way-out.txt", "corner.xlsx", "merged.xlsx", "deep.rtf", "deep.xml", "xref-loop.pdf",
    "claims-pages.pdf", "deep-but-allowed.odt", "large.svg", "binary.rtf", "tags.vtt",
}  # fmt: skip
"""Read as if they were like others: what they claim does not matter."""


@pytest.mark.slow
def test_every_bomb_meets_a_wall_that_says_its_name(tmp_path: Path) -> None:
    names = bombs.make_all(tmp_path / "in")
    (tmp_path / "s.yaml").write_text("name: s\nversion: 1\nfields:\n  total: {type: number}\n")
    (tmp_path / "temporary").mkdir()
    environment = {
        **os.environ, **{f"MMI_{name.upper()}": str(value) for name, value in LIMITS.items()}, "OMP_NUM_THREADS": "1",
        "TMPDIR": str(tmp_path / "temporary"),
    }  # fmt: skip
    engines = ["--language-model", "none", "--embedding", "none", "--ocr", "none", "--speech", "none"]
    command = [
        sys.executable, "-m", "mmi_cli", "run", str(tmp_path / "in"), "-s", str(tmp_path / "s.yaml"), "-o", str(tmp_path / "out"),
        "--jobs", "2", "--log-format", "json", *engines,
    ]  # fmt: skip
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    peak, is_over = [0], threading.Event()

    def look() -> None:
        while not is_over.wait(0.01):
            peak[0] = max([peak[0], *(own_memory_bytes([pid]) for pid in descendants(process.pid)[1:])])

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    _, said = process.communicate(timeout=550)
    is_over.set()
    thread.join()
    assert process.returncode == 3, said[-2000:]
    records = {}
    for line in (tmp_path / "out" / "results.jsonl").read_text("utf-8").splitlines():
        record = json.loads(line)
        records[record["source"]["path"]] = record
    of_a_file = {path.split("!")[0] for path in records}
    assert of_a_file == set(names)
    assert {record["status"] for record in records.values()} <= set(STATUSES)
    told = {
        path: " ".join(error["code"] + " " + error["message"] for error in record["errors"])
        for path, record in records.items()
    }
    unforeseen = {path: text for path, text in told.items() if "internal" in text.split(" ")[:1] or "crashed" in text}
    assert not unforeseen
    assert {path for path, wall in NAMED.items() if wall not in told[path]} == set()
    assert {path for path in HARMLESS if records[path]["status"] != "ok"} == set()
    assert peak[0] < 1.3 * MEMORY
    events = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    slowest = max(event["seconds"] for event in events if event["event"] == "finished")
    assert slowest < 25 + 200 * 2 + 10
    assert not Path("/tmp/mmi-way-out.txt").exists()
    assert os.listdir(tmp_path / "temporary") == []
