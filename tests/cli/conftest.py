"""Small folders of files that need no model."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture
def receipts(tmp_path: Path) -> Path:
    """Three receipts in two folders, an empty file, one that is no PDF though it begins like one, and a program."""
    folder = tmp_path / "receipts"
    (folder / "may").mkdir(parents=True)
    (folder / "a.txt").write_text("Corner Shop\nDate: 2026-03-04\nTotal: 9.50\n")
    (folder / "may" / "b.txt").write_text("Date: 2026-05-06\nTotal: 12.00\n")
    (folder / "naïve 日本.txt").write_text("Total: 4.00\n", "utf-8")
    (folder / "empty.txt").write_bytes(b"")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.4\n1 0 obj\n")
    (folder / "tool").write_bytes(b"\x7fELF\x02\x01\x01" + bytes(90))
    return folder


@pytest.fixture
def good(tmp_path: Path) -> Path:
    """Two receipts, nothing wrong with them."""
    folder = tmp_path / "good"
    folder.mkdir()
    (folder / "a.txt").write_text("Corner Shop\nDate: 2026-03-04\nTotal: 9.50\n")
    (folder / "b.txt").write_text("Date: 2026-05-06\nTotal: 12.00\n")
    return folder


@pytest.fixture
def odd_names(tmp_path: Path) -> Path:
    """Names that no shell likes, one of them not UTF-8."""
    folder = tmp_path / "odd"
    folder.mkdir()
    for name in (
        b"new\nline.txt",
        b'it\'s "quoted".txt',
        b"\xff\xfe.txt",
        b"\x1b[31mred.txt",
        b"-o.txt",
        b"*.txt",
        b"a!b.txt",
    ):
        with open(os.path.join(os.fsencode(folder), name), "w") as stream:
            stream.write("Total: 4.00\n")
    return folder
