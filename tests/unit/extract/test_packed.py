"""Zip-based documents are read within their limits."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

import pytest

from mmi_cli.errors import CorruptFile, EncryptedFile, LimitExceeded
from mmi_cli.extract.packed import Package
from mmi_cli.settings import Settings
from tests.support.office_files import write_zip


def test_parts_are_found_whatever_their_case_and_slashes(tmp_path: Path) -> None:
    package = Package(write_zip(tmp_path / "a", {"Word\\Document.xml": "x"}), "a", Settings())
    assert "word/document.xml" in package
    assert package.read("/word/document.xml") == b"x"


def test_a_missing_part_is_corrupt(tmp_path: Path) -> None:
    with pytest.raises(CorruptFile, match="is missing"):
        Package(write_zip(tmp_path / "a", {"x": "x"}), "a", Settings()).read("no.xml")


def test_the_directory_is_checked_before_anything_is_unpacked(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a", {"x": b"\0" * 50_000_000})
    with pytest.raises(LimitExceeded, match=r"max_unpack_ratio = 100"):
        Package(path, "a", Settings())
    with pytest.raises(LimitExceeded, match=r"max_unpacked_bytes = 40,000,000"):
        Package(path, "a", Settings(max_unpacked_bytes=40_000_000, max_unpack_ratio=1e9))


def test_a_directory_that_lies_about_sizes_gives_no_more_than_it_says(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a", {"x": b"\0" * 20_000_000})
    data = bytearray(path.read_bytes())
    entry = data.rindex(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = struct.pack("<I", 100)  # the size in the directory
    path.write_bytes(data)
    with pytest.raises(CorruptFile):  # cut off at 100 bytes, its checksum is wrong
        Package(path, "a", Settings()).read("x")


def test_small_files_of_repeated_text_are_no_bombs(tmp_path: Path) -> None:
    assert len(Package(write_zip(tmp_path / "a", {"x": b" " * 9_000_000}), "a", Settings()).read("x")) == 9_000_000


def test_encrypted_parts_are_told(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a", {"x": "secret"})
    data = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    path.write_bytes(data)
    with pytest.raises(EncryptedFile):
        Package(path, "a", Settings())


def test_damaged_data_is_corrupt(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a", {"x": "some text " * 100})
    data = bytearray(path.read_bytes())
    data[40:50] = b"\xff" * 10
    path.write_bytes(data)
    with pytest.raises(CorruptFile, match="cannot be unpacked"):
        Package(path, "a", Settings()).read("x")


def test_an_unknown_compression_is_corrupt(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a", {"x": "text"})
    data = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        data[data.index(mark) + offset] = 97
    path.write_bytes(data)
    with pytest.raises(CorruptFile):
        Package(path, "a", Settings()).read("x")
    assert zipfile.is_zipfile(path)
