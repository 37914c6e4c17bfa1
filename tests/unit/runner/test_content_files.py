"""Where the content of a file is written: below its own path, and never where another file's is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmi_cli.datamodel.content import ParagraphPlace
from mmi_cli.datamodel.content_builder import ContentBuilder
from mmi_cli.datamodel.source import SourceFile
from mmi_cli.errors import StorageDown
from mmi_cli.runner.work import mirrored, write_content


def a_file(path: str, *members: str) -> SourceFile:
    return SourceFile(uri="file:///in/x", path=path, size_bytes=1, members=members)


def content_of(text: str):  # type: ignore[no-untyped-def]
    builder = ContentBuilder()
    builder.add_text_block("paragraph", text, ParagraphPlace(1))
    return builder.build()


def test_a_path_is_mirrored_as_it_is_and_an_archive_is_a_folder() -> None:
    assert mirrored(a_file("a/b c/naïve 日本.pdf")) == "a/b c/naïve 日本.pdf"
    assert mirrored(a_file("a!b.txt")) == "a!b.txt"
    assert mirrored(a_file("z.zip!in/a.txt", "0:in/a.txt")) == "z.zip/in/a.txt"
    assert mirrored(a_file("a!z.zip!y.tar!a.txt", "0:y.tar", "0:a.txt")) == "a!z.zip/y.tar/a.txt"


LONG = "x" * 251


@pytest.mark.parametrize(
    "paths",
    [
        (LONG + ".txt", LONG + ".pdf", "x" * 200 + ".txt"),
        ("ü" * 127, "ü" * 126 + "v"),
        ("new\nline.txt", "new_line.txt", "new\tline.txt"),
        ("\udcff" * 250, "\udcfe" * 250),
        ("a", "a.md/x"),
        ("a.json/x", "a.json"),
        ("/".join(["d" * 200] * 19) + "/a", "/".join(["d" * 200] * 19) + "/b"),
    ],
)  # fmt: skip
def test_every_name_that_a_file_system_holds_has_a_place_of_its_own(paths: tuple[str, ...], tmp_path: Path) -> None:
    for number, path in enumerate(paths):
        write_content(tmp_path, a_file(path), content_of(f"text {number}"))
    texts = sorted(each.read_text() for each in tmp_path.rglob("*.md") if each.is_file())
    assert texts == [f"text {number}\n" for number in range(len(paths))]


@given(
    st.lists(st.text(st.characters(exclude_characters="\0"), min_size=1, max_size=260), min_size=1, max_size=3).map(
        "/".join
    )
)
def test_no_path_leads_out_of_the_folder(path: str) -> None:
    place = mirrored(a_file(path))
    assert not place.startswith("/")
    assert all(part not in ("", ".", "..") and len(os.fsencode(part)) <= 245 for part in place.split("/"))


def test_content_that_cannot_be_written_stops_the_run_and_no_file_is_blamed(tmp_path: Path) -> None:
    (tmp_path / "content").write_text("a file in the way")
    with pytest.raises(StorageDown, match="cannot write"):
        write_content(tmp_path / "content", a_file("a.txt"), content_of("text"))
