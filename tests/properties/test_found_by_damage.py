"""What bombs and damaged files have found, each once more by itself."""

from __future__ import annotations

import struct
import tarfile
import time
import zipfile
from pathlib import Path

import pytest

from mmi_cli.datamodel.content import ParagraphPlace
from mmi_cli.datamodel.content_builder import ContentBuilder
from mmi_cli.datamodel.source import SourceFile
from mmi_cli.errors import CorruptFile, UsageError
from mmi_cli.extract.packed import Package
from mmi_cli.extract.part_limits import PartLimits
from mmi_cli.fill.amounts import _words
from mmi_cli.settings import Settings
from mmi_cli.settings_sources import load_settings
from mmi_cli.storage.archive import list_members
from tests.support import bombs, fuzzing


def seconds(target: str, data: bytes, name: str, folder: Path) -> float:
    began = time.process_time()
    fuzzing.survive(target, data, name, folder)
    return time.process_time() - began


def test_a_word_of_hexadecimal_in_rtf_takes_no_minutes(tmp_path: Path) -> None:
    assert seconds("read", b"{\\rtf1 Total \\x" + b"ce" * 5_000 + b" 1.00}", "a.rtf", tmp_path) < 2


def test_the_data_of_a_picture_in_rtf_is_still_left_out_and_text_is_not(tmp_path: Path) -> None:
    from mmi_cli.extract.rtf import _PICTURE_DATA

    lines = "\n".join(["0123456789abcdef" * 4] * 10)
    assert _PICTURE_DATA.sub("", f"a {lines} b") == "a  b".replace("  b", " b")
    assert _PICTURE_DATA.sub("", "x" + "0" * 1000 + "}") == "x}"
    numbers = " ".join(map(str, range(10, 400)))
    assert _PICTURE_DATA.sub("", numbers) == numbers


def test_attributes_without_end_are_refused_and_a_long_picture_in_a_page_is_not(tmp_path: Path) -> None:
    many = b"<p " + b" ".join(b"a%d=1" % number for number in range(20_000)) + b">x</p>"
    assert fuzzing.survive("read", b"<html><body>" + many, "a.html", tmp_path) == "LimitExceeded"
    picture = b'<img src="data:image/png;base64,' + b"A" * 200_000 + b'"><p>Total 1.00</p>'
    assert fuzzing.survive("read", b"<html><body>" + picture, "a.html", tmp_path) == ""


def test_a_hundred_thousand_digits_before_an_amount_take_no_minutes() -> None:
    began = time.process_time()
    assert _words("Rate @ 12,5 % of " + "9" * 100_000 + " Total") == "rate of total"
    assert time.process_time() - began < 2


def test_thousands_of_parts_and_members_of_one_name_are_told_apart_in_no_time(tmp_path: Path) -> None:
    began = time.process_time()
    builder, part = ContentBuilder(), ContentBuilder()
    part.add_text_block("paragraph", "x", ParagraphPlace(1))
    content = part.build()
    for _ in range(5_000):
        builder.add_part("a", "text/plain", content)
    assert [each.name for each in builder.build().parts[:3]] == ["a", "a (2)", "a (3)"]
    with tarfile.open(tmp_path / "a.tar", "w") as tar:
        for _ in range(5_000):
            tar.addfile(tarfile.TarInfo("a.txt"))
    members = list_members(tmp_path / "a.tar", SourceFile(uri="", path="a.tar", size_bytes=1), Settings())
    assert len({member.path for member in members}) == 5_000
    assert time.process_time() - began < 5


def test_a_header_of_a_tar_that_claims_gigabytes_is_corrupt(tmp_path: Path) -> None:
    bombs.BOMBS["a-long-header.tar"](tmp_path / "a.tar")
    with pytest.raises(CorruptFile, match="a header of 8,589,934,592 bytes"):
        list_members(tmp_path / "a.tar", SourceFile(uri="", path="a.tar", size_bytes=1), Settings())


def test_an_entry_without_a_name_is_no_fault(tmp_path: Path) -> None:
    entry = struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, len(entry), 30, 0)
    (tmp_path / "a.zip").write_bytes(b"PK\x03\x04" + bytes(26) + entry + end)
    assert zipfile.ZipFile(tmp_path / "a.zip").namelist() == [""]
    (member,) = list_members(tmp_path / "a.zip", SourceFile(uri="", path="a.zip", size_bytes=1), Settings())
    assert member.path == "a.zip!_"
    assert Package(tmp_path / "a.zip", "a.zip", Settings()).parts == ("",)


@pytest.mark.parametrize(
    "text",
    [
        "jobs: !!python/object:os.system 3",
        "? [a]\n: 1",
        "{[a]: 1}",
        "jobs: 2026-99-99",
        "[" * 5_000,
        "&a [*a]",
        "? {a: b}\n: c",
    ],
)
def test_settings_that_are_none_are_named_as_such(text: str, tmp_path: Path) -> None:
    (tmp_path / "mmi.yaml").write_text(text)
    with pytest.raises(UsageError):
        load_settings({}, {}, config=tmp_path / "mmi.yaml")


def test_the_files_inside_a_file_count_together() -> None:
    settings = Settings.model_validate({"max_archive_entries": 2, "max_unpacked_bytes": 100, "max_text_chars": 10})
    limits = PartLimits(settings)
    assert limits.refusal(1) is None
    assert limits.refusal(1) is None
    assert "max_archive_entries = 2" in (limits.refusal(1) or "")
    assert limits.is_passed
    limits = PartLimits(settings)
    assert "max_unpacked_bytes = 100" in (limits.refusal(101) or "")
    limits = PartLimits(settings)
    limits.add_text(11)
    assert "max_text_chars = 10" in (limits.refusal(1) or "")
