"""What a user may write as an input: files, folders, patterns, lists on stdin."""

from __future__ import annotations

import io
import os
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from mmi_cli.datamodel.source import SourceFile
from mmi_cli.errors import FileIoError, StorageDown, UsageError
from mmi_cli.storage.addresses import open_destination, open_source
from mmi_cli.storage.local import LocalDestination, LocalSource, path_of, uri_of


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Working folder with `in/` in it."""
    for name in (
        "in/a.pdf",
        "in/b.txt",
        "in/sub/c.pdf",
        "in/sub/deep/d.pdf",
        "in/sub2/e.pdf",
        "in/.hidden/f.pdf",
        "in/.g.pdf",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def paths(*inputs: str) -> list[str]:
    return [file.path for file in open_source(inputs).list()]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("in/*.pdf", ["a.pdf"]),
        ("in/*/*.pdf", ["sub/c.pdf", "sub2/e.pdf"]),
        ("in/**/*.pdf", ["a.pdf", "sub/c.pdf", "sub/deep/d.pdf", "sub2/e.pdf"]),
        ("in/**", ["a.pdf", "b.txt", "sub/c.pdf", "sub/deep/d.pdf", "sub2/e.pdf"]),
        ("in/sub*", ["sub/c.pdf", "sub/deep/d.pdf", "sub2/e.pdf"]),
        ("in/[ab].*", ["a.pdf", "b.txt"]),
        ("in/?.txt", ["b.txt"]),
        ("in/.h*/*", [".hidden/f.pdf"]),
        ("in/.*.pdf", [".g.pdf"]),
        ("**/deep/*.pdf", ["in/sub/deep/d.pdf"]),
        ("./in/su[b]/**/d.pdf", ["sub/deep/d.pdf"]),
    ],
)
def test_a_pattern_names_files_and_whole_folders(pattern: str, expected: list[str], folder: Path) -> None:
    assert paths(pattern) == expected
    assert paths(str(folder / pattern)) == expected


def test_a_pattern_without_a_match_stops_the_run(folder: Path) -> None:
    for pattern in ("in/*.docx", "nothing/*.pdf"):
        with pytest.raises(StorageDown, match="no file matches"):
            paths(pattern)


def test_a_file_that_is_called_like_a_pattern_is_a_file(folder: Path) -> None:
    (folder / "in/a[1].pdf").write_text("x")
    assert paths("in/a[1].pdf") == ["a[1].pdf"]


def test_an_address_of_a_storage_that_is_not_known_is_refused(folder: Path) -> None:
    with pytest.raises(UsageError, match="s3:// is no storage"):
        open_source(["s3://bucket/x"])


def test_a_very_long_name_is_a_missing_input_and_no_crash(folder: Path) -> None:
    with pytest.raises(StorageDown):
        paths("x" * 5000)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\0"])
def test_paths_on_stdin_keep_the_path_they_are_listed_by(
    end: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [
        "in/sub/c.pdf",
        "./in/a.pdf",
        "",
        "../" + folder.name + "/in/b.txt",
        str(folder / "in/sub2/e.pdf"),
        "in/a.pdf",
    ]
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(end.join(lines).encode())))
    source = open_source(["-"])
    files = list(source.list())
    expected = [f"{folder.name}/in/b.txt", "in/a.pdf", "in/sub/c.pdf", "in/sub2/e.pdf"]
    assert sorted(file.path for file in files) == sorted(expected)
    assert list(source.list()) == files
    for file in files:
        with source.local_copy(file) as path:
            assert path.read_text().startswith("in/")


def test_folders_on_stdin_are_read_with_all_below_them(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"in/sub\n")))
    assert paths("-") == ["c.pdf", "deep/d.pdf"]


def test_names_that_are_not_utf_8_have_an_address_and_open(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9 \xff.txt")
    (tmp_path / name).write_bytes(b"x")
    (file,) = LocalSource(tmp_path).list()
    assert file.uri.endswith("/caf%E9%20%FF.txt") and file.uri.isascii()
    assert path_of(file.uri) == tmp_path / name and uri_of(tmp_path / name) == file.uri
    with LocalSource(tmp_path).local_copy(file) as path:
        assert path.read_bytes() == b"x"


def test_links_to_files_are_read_and_links_to_folders_are_not_followed(folder: Path) -> None:
    (folder / "in/link.pdf").symlink_to(folder / "in/a.pdf")
    (folder / "in/loop").symlink_to(folder / "in")
    (folder / "in/nowhere").symlink_to(folder / "gone")
    listed = paths("in")
    assert "link.pdf" in listed and not any(path.startswith(("loop", "nowhere")) for path in listed)
    assert not any("loop" in path for path in paths("in/**/*.pdf"))


def test_pipes_and_sockets_are_no_files(folder: Path) -> None:
    os.mkfifo(folder / "in/pipe")
    assert "pipe" not in paths("in")
    with pytest.raises(UsageError, match="neither a file nor a folder"):
        paths("in/pipe")


@pytest.fixture
def deep_folder(tmp_path: Path) -> Iterator[Path]:
    """1200 folders in each other with a file at the bottom; taken away by a program that does not recurse, as Python would."""
    here = os.open(tmp_path, os.O_RDONLY)
    for _ in range(1200):
        os.mkdir("d", dir_fd=here)
        inner = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
    os.close(os.open("f", os.O_CREAT | os.O_WRONLY, dir_fd=here))
    os.close(here)
    yield tmp_path
    subprocess.run(["rm", "-rf", str(tmp_path / "d")], check=True)


def test_a_folder_deeper_than_python_recurses_is_walked(deep_folder: Path) -> None:
    (file,) = LocalSource(deep_folder).list()
    assert file.path == "d/" * 1200 + "f"


def test_a_folder_that_cannot_be_read_is_told_and_not_lost(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.scandir
    locked = folder / "in/sub"

    def scandir(path: Path) -> object:
        if Path(path).absolute() == locked:  # permissions do not stop root, who may run this test
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    files = {file.path: file for file in open_source(["in"]).list()}
    assert list(files) == [".g.pdf", ".hidden/f.pdf", "a.pdf", "b.txt", "sub", "sub2/e.pdf"]
    with pytest.raises(FileIoError, match="sub cannot be read"), open_source(["in"]).local_copy(files["sub"]):
        pass


def test_the_numbered_path_of_a_second_file_is_never_one_that_is_taken(tmp_path: Path) -> None:
    for name in ("x/a", "y/a", "x/a (2)"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    listed = paths(str(tmp_path / "x"), str(tmp_path / "y"))
    assert len(listed) == len(set(listed)) == 3


def test_listing_a_large_folder_keeps_no_list_of_files(tmp_path: Path) -> None:
    for number in range(50):
        (tmp_path / f"{number:02}").mkdir()
        (tmp_path / f"{number:02}" / "f").write_bytes(b"")
    listing = LocalSource(tmp_path).list()
    assert isinstance(next(listing), SourceFile)
    (tmp_path / "40" / "late").write_bytes(b"")
    assert "40/late" in [file.path for file in listing]  # the folder was not looked into before its turn


def test_what_is_written_has_the_permissions_of_any_new_file(tmp_path: Path) -> None:
    (tmp_path / "local").write_bytes(b"x")
    (tmp_path / "plain").write_bytes(b"x")
    open_destination(str(tmp_path / "out")).write("r", tmp_path / "local")
    assert stat.S_IMODE((tmp_path / "out/r").stat().st_mode) == stat.S_IMODE((tmp_path / "plain").stat().st_mode)
    assert [each.name for each in (tmp_path / "out").iterdir()] == ["r"]


@pytest.mark.parametrize("name", ["../x", "/x", "a/../../x", ""])
def test_a_result_never_leaves_its_folder(name: str, tmp_path: Path) -> None:
    (tmp_path / "local").write_bytes(b"x")
    with pytest.raises(ValueError, match="does not lie below"):
        LocalDestination(tmp_path / "out").write(name, tmp_path / "local")


def test_a_destination_that_cannot_be_written_stops_the_run_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "out").write_bytes(b"a file")
    (tmp_path / "local").write_bytes(b"x")
    with pytest.raises(StorageDown, match="cannot write"):
        LocalDestination(tmp_path / "out").write("r", tmp_path / "local")
    with pytest.raises(StorageDown, match="cannot write"):
        LocalDestination(tmp_path / "new").write("r", tmp_path / "gone")
    assert list((tmp_path / "new").iterdir()) == []
