"""Members of archives are files of their own; bombs, traps and locks meet an error that says what they are."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import shutil
import struct
import subprocess
import tarfile
import time
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mmi_cli.datamodel.source import SourceFile
from mmi_cli.errors import CorruptFile, EncryptedFile, FileError, LimitExceeded
from mmi_cli.settings import Settings
from mmi_cli.storage.archive import extract_member, list_members

_DATA = Path(os.environ.get("MMI_BENCH_DATA", Path(__file__).parents[4] / "shared" / "data"))


def listed(path: Path, **limits: object) -> tuple[SourceFile, ...]:
    file = SourceFile(uri=path.as_uri(), path=path.name, size_bytes=path.stat().st_size)
    return list_members(path, file, Settings.model_validate(limits))


def taken_out(path: Path, **limits: object) -> dict[str, bytes]:
    """Path → bytes of every member."""
    out = {}
    for member in listed(path, **limits):
        to = path.with_name("taken")
        extract_member(path, member.members[-1], to, Settings.model_validate(limits))
        out[member.path] = to.read_bytes()
        assert len(out[member.path]) == member.size_bytes
    return out


def make_zip(path: Path, members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def make_tar(path: Path, members: dict[str, bytes], mode: str = "w") -> Path:
    with tarfile.open(path, mode) as tar:  # type: ignore[call-overload]
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return path


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_zip_gives_its_files_sorted_with_their_bytes(method: int, tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {"b/c.pdf": b"two" * 99, "a.txt": b"one", "b/": b""}, method)
    assert taken_out(path) == {"a.zip!a.txt": b"one", "a.zip!b/c.pdf": b"two" * 99}
    assert listed(path)[0].uri == path.as_uri()


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_a_tar_gives_its_files_however_it_is_packed(mode: str, tmp_path: Path) -> None:
    path = make_tar(tmp_path / "a.tar", {"x/b.txt": b"two" * 700, "a.txt": b"one", "c": b""}, mode)
    assert taken_out(path) == {"a.tar!a.txt": b"one", "a.tar!c": b"", "a.tar!x/b.txt": b"two" * 700}


@pytest.mark.parametrize(("pack", "suffix"), [(gzip.compress, "gz"), (bz2.compress, "bz2"), (lzma.compress, "xz")])
def test_a_packed_file_is_one_member_named_after_it(pack, suffix: str, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / f"letter.txt.{suffix}"
    path.write_bytes(pack(b"hello" * 1000))
    assert taken_out(path) == {f"letter.txt.{suffix}!letter.txt": b"hello" * 1000}
    other = path.rename(tmp_path / "noname")
    assert taken_out(other) == {"noname!content": b"hello" * 1000}


def test_a_tar_whose_last_file_is_a_zip_is_a_tar(tmp_path: Path) -> None:
    inner = make_zip(tmp_path / "in.zip", {"x": b"y"}).read_bytes()
    assert taken_out(make_tar(tmp_path / "a.tar", {"in.zip": inner})) == {"a.tar!in.zip": inner}


def test_archives_in_archives_are_followed_to_the_depth_that_is_allowed(tmp_path: Path) -> None:
    inner = make_zip(tmp_path / "in.zip", {"x.txt": b"y"})
    outer = make_zip(tmp_path / "out.zip", {"in.zip": inner.read_bytes()})
    (member,) = listed(outer)
    (deep,) = list_members(inner, member, Settings())
    assert deep.path == "out.zip!in.zip!x.txt" and deep.members == ("0:in.zip", "0:x.txt")
    with pytest.raises(LimitExceeded, match="max_depth = 1"):
        list_members(inner, member, Settings(max_depth=1))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "etc/passwd"), ("/etc/passwd", "etc/passwd"), ("C:\\Windows\\a.txt", "Windows/a.txt"), ("a/./b//c", "a/b/c"),
        ("a!b.txt", "a_b.txt"), ("\x1b[31mred", "_[31mred"), ("..", "_"), ("new\nline", "new_line"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_no_name_leads_out_of_the_archive_and_each_is_found_again(
    name: str, shown: str, kind: str, tmp_path: Path
) -> None:
    path = (make_zip if kind == "zip" else make_tar)(tmp_path / "a", {name: b"data"})
    assert taken_out(path) == {f"a!{shown}": b"data"}
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a", "taken"]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_entries_of_one_name_are_files_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in (("a.txt", b"1"), ("a.txt", b"2"), ("../a.txt", b"3"), ("d.x/a", b"4"), ("/d.x/a", b"5")):
            archive.writestr(name, data)
    assert taken_out(path) == {
        "a.zip!a (2).txt": b"2", "a.zip!a (3).txt": b"3", "a.zip!a.txt": b"1", "a.zip!d.x/a": b"4", "a.zip!d.x/a (2)": b"5",
    }  # fmt: skip


def test_links_devices_folders_and_what_systems_leave_are_left_out(tmp_path: Path) -> None:
    tar_path = tmp_path / "a.tar"
    with tarfile.open(tar_path, "w") as tar:
        for name, kind in (
            ("l", tarfile.SYMTYPE),
            ("h", tarfile.LNKTYPE),
            ("d", tarfile.CHRTYPE),
            ("f", tarfile.FIFOTYPE),
            ("o", tarfile.DIRTYPE),
        ):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            tar.addfile(info)
        tar.addfile(tarfile.TarInfo("__MACOSX/._a"))
    assert listed(tar_path) == ()
    zip_path = tmp_path / "a.zip"
    with zipfile.ZipFile(zip_path, "w") as archive:
        link = zipfile.ZipInfo("link")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr(".DS_Store", "x")
    assert listed(zip_path) == ()


def test_a_zip_bomb_is_stopped_by_its_ratio(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {"zeros": bytes(30_000_000)})
    (member,) = listed(path)
    with pytest.raises(LimitExceeded, match="max_unpack_ratio = 100 times"):
        extract_member(path, member.members[-1], tmp_path / "taken", Settings())
    assert (tmp_path / "taken").stat().st_size < 12_000_000
    assert len(taken_out(path, max_unpack_ratio=2000)["a.zip!zeros"]) == 30_000_000


def test_small_files_may_be_as_dense_as_they_like(tmp_path: Path) -> None:
    assert len(taken_out(make_zip(tmp_path / "a.zip", {"zeros": bytes(9_000_000)}))["a.zip!zeros"]) == 9_000_000


def test_a_bomb_of_many_files_is_stopped_by_their_sum(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {f"{n}": bytes(1_000_000) for n in range(5)})
    with pytest.raises(LimitExceeded, match="max_unpacked_bytes = 4,000,000"):
        listed(path, max_unpacked_bytes=4_000_000)


def test_a_zip_that_lies_about_its_size_is_counted_all_the_same(tmp_path: Path) -> None:
    data = bytearray(make_zip(tmp_path / "a.zip", {"zeros": bytes(5_000_000)}).read_bytes())
    for mark, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<I", data, data.find(mark) + at, 10)
    path = tmp_path / "a.zip"
    path.write_bytes(data)
    (member,) = listed(path)
    assert member.size_bytes == 10
    with pytest.raises(FileError):
        extract_member(path, member.members[-1], tmp_path / "taken", Settings(max_unpacked_bytes=1_000_000))
    assert (tmp_path / "taken").stat().st_size <= 1_000_000


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_packed_bombs_are_stopped_when_they_are_listed(pack, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "bomb"
    path.write_bytes(pack(bytes(40_000_000)))
    with pytest.raises(LimitExceeded, match="max_unpack_ratio"):
        listed(path)


@pytest.mark.parametrize("mode", ["w:gz", "w:xz"])
def test_a_packed_tar_bomb_is_stopped_while_it_is_listed(mode: str, tmp_path: Path) -> None:
    path = make_tar(tmp_path / "a.tgz", {"a": bytes(20_000_000), "b": bytes(20_000_000)}, mode)
    with pytest.raises(LimitExceeded, match="max_unpack_ratio"):
        listed(path)


@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_too_many_entries_are_refused(kind: str, tmp_path: Path) -> None:
    path = (make_zip if kind == "zip" else make_tar)(tmp_path / "a", {str(n): b"" for n in range(21)})
    with pytest.raises(LimitExceeded, match="max_archive_entries = 20"):
        listed(path, max_archive_entries=20)


_ZIP = shutil.which("zip")


@pytest.mark.skipif(_ZIP is None, reason="the program `zip` is not installed (Debian: apt install zip)")
def test_a_password_opens_an_encrypted_zip_and_without_it_the_error_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"secret words")
    subprocess.run([str(_ZIP), "-q", "-P", "open sesame", "a.zip", "a.txt"], cwd=tmp_path, check=True)
    path = tmp_path / "a.zip"
    (member,) = listed(path)
    assert taken_out(path, passwords=("wrong", "open sesame")) == {"a.zip!a.txt": b"secret words"}
    for passwords in ((), tuple(f"wrong {n}" for n in range(600))):
        with pytest.raises(EncryptedFile, match="--password"):
            extract_member(path, member.members[-1], tmp_path / "taken", Settings(passwords=passwords))


def test_a_zip_encrypted_with_aes_is_told_apart(tmp_path: Path) -> None:
    data = bytearray(make_zip(tmp_path / "a.zip", {"a": b"x" * 50}).read_bytes())
    for mark, flags, method in ((b"PK\x03\x04", 6, 8), (b"PK\x01\x02", 8, 10)):
        at = data.find(mark)
        struct.pack_into("<H", data, at + flags, 1)
        struct.pack_into("<H", data, at + method, 99)
    (tmp_path / "a.zip").write_bytes(data)
    (member,) = listed(tmp_path / "a.zip")
    with pytest.raises(EncryptedFile, match="AES"):
        extract_member(tmp_path / "a.zip", member.members[-1], tmp_path / "taken", Settings(passwords=("x",)))


def test_a_zip_with_strong_encryption_is_encrypted_too(tmp_path: Path) -> None:
    data = bytearray(make_zip(tmp_path / "a.zip", {"a": b"x" * 50}).read_bytes())
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        struct.pack_into("<H", data, data.find(mark) + flags, 0x41)
    (tmp_path / "a.zip").write_bytes(data)
    (member,) = listed(tmp_path / "a.zip")
    with pytest.raises(EncryptedFile, match="unpack it first"):
        extract_member(tmp_path / "a.zip", member.members[-1], tmp_path / "taken", Settings())


@pytest.mark.parametrize("mode", ["w:gz", "w:bz2", "w:xz"])
def test_a_packed_tar_is_unpacked_once_for_all_its_members(mode: str, tmp_path: Path) -> None:
    members = {f"{n:03}.bin": os.urandom(4_000) for n in range(100)}
    path = make_tar(tmp_path / "a.tar.packed", members, mode)
    began = time.process_time()
    list_members(path, SourceFile(uri=path.as_uri(), path="a", size_bytes=0), Settings())
    once = time.process_time() - began
    began = time.process_time()
    assert taken_out(path) == {f"a.tar.packed!{name}": data for name, data in members.items()}
    # From the start for each of 100 members it would take a hundred times as long.
    assert time.process_time() - began < 10 * once + 0.5


def test_an_archive_that_was_replaced_is_read_anew(tmp_path: Path) -> None:
    path = make_tar(tmp_path / "a.tar.gz", {"a": b"old"}, "w:gz")
    assert taken_out(path) == {"a.tar.gz!a": b"old"}
    make_tar(path, {"a": b"newer", "b": b"more"}, "w:gz")
    assert taken_out(path) == {"a.tar.gz!a": b"newer", "a.tar.gz!b": b"more"}


@pytest.mark.parametrize("kind", ["zip", "tar", "gz"])
def test_a_broken_archive_is_corrupt(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "a"
    payload = os.urandom(40_000)
    if kind == "zip":
        data = make_zip(path, {"a": payload}).read_bytes()
        path.write_bytes(data[: len(data) // 2])
    elif kind == "tar":
        data = make_tar(path, {"a": payload, "b": payload}).read_bytes()
        path.write_bytes(data[:50_000])
    else:
        path.write_bytes(gzip.compress(payload)[:20_000])
    with pytest.raises(CorruptFile):
        taken_out(path)


def test_a_member_that_is_not_there_is_said(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {"a": b"x"})
    for member in ("1:b", "0:b", "x", ""):
        with pytest.raises(CorruptFile):
            extract_member(path, member, tmp_path / "taken", Settings())


def test_a_member_whose_bytes_were_changed_is_corrupt(tmp_path: Path) -> None:
    data = make_zip(tmp_path / "a.zip", {"a": b"x" * 100}, zipfile.ZIP_STORED).read_bytes()
    (tmp_path / "a.zip").write_bytes(data.replace(b"xxxx", b"xxyx", 1))
    with pytest.raises(CorruptFile, match="CRC"):
        taken_out(tmp_path / "a.zip")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cut=st.integers(0, 400),
    flips=st.lists(st.tuples(st.integers(0, 399), st.integers(0, 255)), max_size=6),
    kind=st.integers(0, 3),
)
def test_a_damaged_archive_gives_members_or_a_named_error(
    cut: int, flips: list[tuple[int, int]], kind: int, tmp_path: Path
) -> None:
    path = tmp_path / "a"
    made = [
        lambda: make_zip(path, {"a/b": b"x" * 90, "c": b"y"}).read_bytes(),
        lambda: make_tar(path, {"a/b": b"x" * 90, "c": b"y"}).read_bytes(),
        lambda: make_tar(path, {"a/b": b"x" * 90}, "w:gz").read_bytes(),
        lambda: gzip.compress(b"x" * 900),
    ][kind]()
    data = bytearray(made[: len(made) - cut % len(made)] if cut > 200 else made)
    for at, value in flips:
        if data:
            data[at % len(data)] = value
    path.write_bytes(data)
    try:
        for member in listed(path):
            extract_member(path, member.members[-1], tmp_path / "taken", Settings())
    except FileError as error:
        assert str(error)


def test_the_checksum_of_what_is_taken_out_is_that_of_what_went_in(tmp_path: Path) -> None:
    data = os.urandom(3_000_000)
    out = taken_out(make_tar(tmp_path / "a.tar.gz", {"big": data, "small": b"1"}, "w:gz"))
    assert zlib.crc32(out["a.tar.gz!big"]) == zlib.crc32(data)


@pytest.mark.skipif(not _DATA.is_dir(), reason=f"no benchmark data at {_DATA}: set MMI_BENCH_DATA")
def test_real_archives() -> None:
    folder = _DATA / "hostile" / "files"
    assert [file.path for file in listed(folder / "tika_test-zip-of-zip.zip")]
    encrypted = listed(folder / "tika_testZipEncrypted.zip")
    with pytest.raises(EncryptedFile):
        extract_member(folder / "tika_testZipEncrypted.zip", encrypted[0].members[-1], Path(os.devnull), Settings())
