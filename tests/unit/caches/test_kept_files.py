"""Kept files are whole or absent, bounded, and readable by their owner alone."""

from __future__ import annotations

import os
from pathlib import Path

from mmi_cli.caches.kept_files import KeptFiles


def test_what_was_not_used_for_longest_goes_first(tmp_path: Path) -> None:
    kept = KeptFiles(tmp_path / "kept", max_bytes=1000)
    for number in range(9):
        kept.write(f"{number:03}", bytes(100))
        os.utime(tmp_path / "kept" / "00" / f"{number:03}", (number, number))
    assert kept.read("000") is not None  # used just now
    for number in (9, 10, 11):
        kept.write(f"{number:03}", bytes(100))
    left = {path.name for path in (tmp_path / "kept").rglob("*") if path.is_file()}
    assert len(left) <= 10
    assert "000" in left
    assert "001" not in left


def test_what_is_larger_than_the_bound_is_not_kept(tmp_path: Path) -> None:
    kept = KeptFiles(tmp_path / "kept", max_bytes=99)
    kept.write("abc", bytes(100))
    assert kept.read("abc") is None


def test_folder_and_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    KeptFiles(tmp_path / "kept", max_bytes=1000).write("abc", b"secret")
    for path in (tmp_path / "kept", *(tmp_path / "kept").rglob("*")):
        assert path.stat().st_mode & 0o077 == 0, path


def test_a_folder_that_cannot_be_made_keeps_nothing_and_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    kept = KeptFiles(tmp_path / "file" / "kept", max_bytes=1000)
    kept.write("abc", b"x")
    assert kept.read("abc") is None
