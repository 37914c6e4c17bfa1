"""Rich Text Format."""

from __future__ import annotations

import io
import time
from pathlib import Path

import pytest
from PIL import Image

from mmi_cli.datamodel.content import Content
from mmi_cli.datamodel.content_builder import ContentBuilder
from mmi_cli.errors import CorruptFile
from mmi_cli.extract.rtf import extract
from tests.support.reading import a_context


def read(tmp_path: Path, source: bytes, **given: object) -> Content:
    path = tmp_path / "a.rtf"
    path.write_bytes(source)
    return extract(path, a_context(name="a.rtf", **given))  # type: ignore[arg-type]


def test_paragraphs_lists_and_notes_are_read(tmp_path: Path) -> None:
    source = (
        rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}{\info{\title My title}}{\header Letter head\par}"
        rb"Gr\'f6\'dfe \u8364? 5\par a|b\par 1.\tab first\par{\footnote A note}\par}"
    )
    content = read(tmp_path, source)
    assert content.text == "Letter head\n\nGröße € 5\n\na|b\n\nfirst\n\nA note"
    assert [block.label for block in content.blocks if block.kind == "list_item"] == ["1."]
    assert dict(content.metadata) == {"title": "My title"}


def test_tables_are_tables_even_with_bars_in_their_cells(tmp_path: Path) -> None:
    source = (
        rb"{\rtf1 Before\par\trowd\cellx1\cellx2\intbl a|x\cell b\cell\row\trowd\intbl c\cell\cell\row\pard After\par}"
    )
    content = read(tmp_path, source)
    assert content.text == "Before\n\na|x\tb\nc\n\nAfter"
    (table,) = content.tables
    assert (table.rows, table.columns) == (2, 2)


def test_pictures_are_parts(tmp_path: Path) -> None:
    data = io.BytesIO()
    Image.new("RGB", (60, 60)).save(data, "PNG")
    seen = {}

    def read_part(name: str, given: bytes) -> Content:
        seen[name] = given
        return ContentBuilder().build()

    read(tmp_path, rb"{\rtf1{\pict\pngblip\picw60 " + data.getvalue().hex().encode() + rb"}\par}", read_part=read_part)
    assert seen == {"picture1.png": data.getvalue()}


@pytest.mark.parametrize(
    "source", [rb"{\rtf1{{{{", rb"{\rtf1}}}}", rb"{\rtf1\u99999999?\'zz\bin9999999999 x}", rb"{\rtf1\ansicpg99999 x}"]
)
def test_damaged_sources_do_not_raise(tmp_path: Path, source: bytes) -> None:
    assert isinstance(read(tmp_path, source), Content)


def test_what_is_no_rtf_is_corrupt(tmp_path: Path) -> None:
    with pytest.raises(CorruptFile, match="begin"):
        read(tmp_path, b"hello")


def test_fields_show_their_result_and_never_take_long(tmp_path: Path) -> None:
    link = rb'{\field{\*\fldinst{HYPERLINK "https://example.com"}}{\fldrslt{the link}}}'
    started = time.perf_counter()
    assert read(tmp_path, rb"{\rtf1 See " + link + rb"{\field{\*\fldinst{ x" * 20_000).text == "See the link"
    assert time.perf_counter() - started < 20  # minutes, if links were searched for everywhere
