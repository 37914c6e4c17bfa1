"""OpenDocument files, packed and flat."""

from __future__ import annotations

from pathlib import Path

import pytest

from mmi_cli.datamodel.content import Content, ParagraphPlace, SheetCell, SlideShape
from mmi_cli.errors import CorruptFile, EncryptedFile, LimitExceeded
from mmi_cli.extract.odf import extract
from mmi_cli.extract.odf_sheets import shown_number
from tests.support.office_files import BOMB, write_zip
from tests.support.reading import a_context

URN = "urn:oasis:names:tc:opendocument:xmlns"
NAMES = " ".join(
    f'xmlns:{prefix}="{URN}:{name}:1.0"'
    for prefix, name in (
        ("office", "office"), ("text", "text"), ("table", "table"), ("draw", "drawing"), ("style", "style"),
        ("presentation", "presentation"), ("svg", "svg-compatible"), ("meta", "meta"), ("chart", "chart"),
    )
)  # fmt: skip


def read(
    tmp_path: Path, body: str, *, styles: str = "", flat: bool = False, prolog: str = "", **settings: object
) -> Content:
    content = (
        f'{prolog}<office:document-content {NAMES} xmlns:dc="http://purl.org/dc/elements/1.1/" '
        f'xmlns:xlink="http://www.w3.org/1999/xlink"><office:automatic-styles>{styles}</office:automatic-styles>'
        f"<office:body>{body}</office:body></office:document-content>"
    )
    path = tmp_path / "a.odf"
    if flat:
        path.write_text(content)
    else:
        meta = (
            f'<office:document-meta {NAMES} xmlns:dc="http://purl.org/dc/elements/1.1/"><office:meta>'
            "<dc:title>My title</dc:title></office:meta></office:document-meta>"
        )
        write_zip(path, {"content.xml": content, "meta.xml": meta})
    return extract(path, a_context(name="a.odf", **settings))


TEXT = """<office:text><text:tracked-changes><text:changed-region><text:deletion><text:p>deleted</text:p></text:deletion>
</text:changed-region></text:tracked-changes><text:h text:outline-level="2">Head</text:h>
<text:p>One<text:s text:c="3"/>two<text:tab/>three<text:line-break/>four<text:note><text:note-citation>1</text:note-citation>
<text:note-body><text:p>A note</text:p></text:note-body></text:note></text:p>
<text:list text:style-name="L1"><text:list-item><text:p>first</text:p><text:list><text:list-item><text:p>inner</text:p>
    </text:list-item></text:list>
</text:list-item><text:list-item><text:p>second</text:p></text:list-item></text:list>
<table:table><table:table-header-rows><table:table-row><table:table-cell table:number-columns-spanned="2"><text:p>Wide</text:p>
    </table:table-cell>
<table:covered-table-cell/></table:table-row></table:table-header-rows><table:table-row><table:table-cell><text:p>a</text:p>
    </table:table-cell>
<table:table-cell><text:p>b</text:p></table:table-cell></table:table-row></table:table>
<text:p><draw:frame><draw:text-box><text:p>In the box</text:p></draw:text-box></draw:frame></text:p></office:text>"""
LIST_STYLE = (
    '<text:list-style style:name="L1"><text:list-level-style-number text:level="1" style:num-format="1" style:num-suffix="."/>'
    '<text:list-level-style-bullet text:level="2"/></text:list-style>'
)


@pytest.mark.parametrize("flat", [False, True])
def test_text_is_read_in_order_with_structure(tmp_path: Path, flat: bool) -> None:
    content = read(tmp_path, TEXT, styles=LIST_STYLE, flat=flat)
    assert [(block.kind, content.text_of(block.first, block.last), block.label) for block in content.blocks] == [
        ("heading", "Head", None),
        ("paragraph", "One two three\nfour", None),
        ("list_item", "first", "1."),
        ("list_item", "inner", "•"),
        ("list_item", "second", "2."),
        ("table", "Wide\na\tb", None),
        ("paragraph", "In the box", None),
        ("footnote", "A note", "1"),
    ]
    (table,) = content.tables
    assert [(cell.row, cell.column_span, cell.is_header) for cell in table.cells if cell.last > cell.first] == [
        (0, 2, True), (1, 1, False), (1, 1, False),
    ]  # fmt: skip
    assert content.words[0].place == ParagraphPlace(1)


def test_metadata_is_kept(tmp_path: Path) -> None:
    assert dict(read(tmp_path, TEXT).metadata) == {"title": "My title"}


def test_sheets_have_cells_and_repeats_are_counted(tmp_path: Path) -> None:
    body = """<office:spreadsheet><table:table table:name="Costs"><table:table-row><table:table-cell table:number-columns-repeated="2"/>
    <table:table-cell office:value-type="date" office:date-value="2026-03-04T00:00:00"><text:p>04.03.26</text:p></table:table-cell>
    </table:table-row>
    <table:table-row table:number-rows-repeated="3"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>
    <table:table-row table:number-rows-repeated="2"><table:table-cell office:value-type="currency" office:value="1234.5">
    <text:p>1.234,50 €</text:p>
    </table:table-cell><table:table-cell office:value-type="string"><text:p>x</text:p><office:annotation><text:p>Why?</text:p>
    </office:annotation></table:table-cell></table:table-row>
    <table:table-row table:number-rows-repeated="1048570"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>
    </table:table></office:spreadsheet>"""
    content = read(tmp_path, body, max_cells=20)
    assert [(word.text, word.place) for word in content.words][:4] == [
        ("2026-03-04", SheetCell("Costs", "C1")),
        ("1234.50", SheetCell("Costs", "A5")),
        ("€", SheetCell("Costs", "A5")),
        ("x", SheetCell("Costs", "B5")),
    ]
    assert [word.place for word in content.words if word.text == "Why?"] == [
        SheetCell("Costs", "B5"),
        SheetCell("Costs", "B6"),
    ]


def test_a_row_repeated_a_million_times_is_stopped(tmp_path: Path) -> None:
    body = """<office:spreadsheet><table:table table:name="T"><table:table-row table:number-rows-repeated="1000000">
    <table:table-cell office:value-type="string" table:number-columns-repeated="16000"><text:p>x</text:p></table:table-cell>
    </table:table-row></table:table></office:spreadsheet>"""
    with pytest.raises(LimitExceeded, match="max_cells"):
        read(tmp_path, body, max_cells=50_000)


@pytest.mark.parametrize(
    ("value", "shown", "expected"),
    [
        ("1234.5", "1.234,50 €", "1234.50 €"),
        ("1234.5", "$1,234.50", "$1234.50"),
        ("-7", "-7,00 €", "-7.00 €"),
        ("0.30000000000000004", "0,3", "0.3"),
        ("12", "12", "12"),
        ("1234567", "1,2 Mio", "1234567"),
        ("5", "", "5"),
    ],
)
def test_numbers_are_shown_without_grouping(value: str, shown: str, expected: str) -> None:
    assert shown_number(value, shown) == expected


def test_slides_are_read_title_first_with_notes(tmp_path: Path) -> None:
    body = """<office:presentation><draw:page><draw:frame draw:name="Low" svg:x="1cm" svg:y="12cm"><draw:text-box><text:list>
    <text:list-item>
    <text:p>point</text:p></text:list-item></text:list></draw:text-box></draw:frame><draw:custom-shape svg:x="1cm" svg:y="5cm">
    <text:p>shape</text:p></draw:custom-shape>
    <draw:frame draw:name="Head" presentation:class="title" svg:x="1cm" svg:y="15cm"><draw:text-box><text:p>Title</text:p>
    </draw:text-box></draw:frame>
    <presentation:notes><draw:frame presentation:class="notes"><draw:text-box><text:p>say this</text:p></draw:text-box></draw:frame>
    </presentation:notes>
    </draw:page></office:presentation>"""
    content = read(tmp_path, body)
    assert [(word.text, word.place) for word in content.words] == [
        ("Title", SlideShape(1, "Head")),
        ("shape", SlideShape(1, "custom-shape")),
        ("point", SlideShape(1, "Low")),
        ("say", SlideShape(1, "notes")),
        ("this", SlideShape(1, "notes")),
    ]


def test_entity_bombs_are_refused(tmp_path: Path) -> None:
    for flat in (False, True):
        with pytest.raises(CorruptFile, match="entities"):
            read(tmp_path, "<office:text><text:p>&c;</text:p></office:text>", prolog=BOMB, flat=flat)


def test_encrypted_files_are_told(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.odt", {"META-INF/manifest.xml": "<manifest:encryption-data/>", "content.xml": "x"})
    with pytest.raises(EncryptedFile):
        extract(path, a_context())


def test_a_file_without_a_body_is_corrupt(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.odt", {"content.xml": f"<office:document-content {NAMES}/>"})
    with pytest.raises(CorruptFile, match="body"):
        extract(path, a_context())
