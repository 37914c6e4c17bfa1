"""Word documents: what a reader sees, in the order a reader sees it."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from mmi_cli.datamodel.content import Content, ParagraphPlace
from mmi_cli.datamodel.content_builder import ContentBuilder
from mmi_cli.errors import CorruptFile, EncryptedFile, LimitExceeded
from mmi_cli.extract.docx import extract
from tests.support.office_files import BOMB, cell, make_strict, paragraph, table, write_docx
from tests.support.reading import a_context

STYLES = """<w:styles {names}>
<w:style w:type="paragraph" w:styleId="Titel"><w:name w:val="Title"/></w:style>
<w:style w:type="paragraph" w:styleId="berschrift2"><w:name w:val="heading 2"/></w:style>
<w:style w:type="paragraph" w:styleId="Eigene"><w:name w:val="Own"/><w:basedOn w:val="berschrift2"/></w:style>
</w:styles>"""
NUMBERING = """<w:numbering {names}>
<w:abstractNum w:abstractNumId="0">
 <w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>
 <w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%1.%2)"/></w:lvl>
</w:abstractNum>
<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val=""/></w:lvl></w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>
<w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>
<w:num w:numId="3"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="7"/></w:lvlOverride></w:num>
</w:numbering>"""


def read(path: Path, **settings: object) -> Content:
    return extract(path, a_context(name=path.name, **settings))


def blocks(content: Content) -> list[tuple[str, str]]:
    return [(block.kind, content.text_of(block.first, block.last)) for block in content.blocks]


def numbered(text: str, list_id: int, depth: int = 0) -> str:
    return paragraph(text, f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{list_id}"/></w:numPr>')


def test_headings_are_known_by_style_names_in_any_language(tmp_path: Path) -> None:
    body = "".join(paragraph(style, f'<w:pStyle w:val="{style}"/>') for style in ("Titel", "berschrift2", "Eigene"))
    path = write_docx(tmp_path / "a.docx", body, parts={"styles.xml": STYLES}, targets={"s": ("styles", "styles.xml")})
    found = [(block.kind, block.level) for block in read(path).blocks]
    assert found == [("title", 1), ("heading", 2), ("heading", 2)]


def test_list_numbers_are_counted_as_word_counts_them(tmp_path: Path) -> None:
    body = "".join([
        numbered("a", 1), numbered("b", 1, 1), numbered("c", 1, 1), numbered("bullet", 2), numbered("d", 1),
        numbered("e", 1, 1), numbered("f", 3),
    ])  # fmt: skip
    path = write_docx(
        tmp_path / "a.docx", body, parts={"numbering.xml": NUMBERING}, targets={"n": ("numbering", "numbering.xml")}
    )
    content = read(path)
    assert [block.label for block in content.blocks] == ["1.", "1.a)", "1.b)", "•", "2.", "2.a)", "7."]
    assert [block.level for block in content.blocks] == [0, 1, 1, 0, 0, 1, 0]


def test_tracked_insertions_stay_and_deletions_go(tmp_path: Path) -> None:
    body = (
        "<w:p><w:r><w:t>The fee is </w:t></w:r><w:del><w:r><w:delText>100</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>120</w:t></w:r></w:ins><w:r><w:t> euros</w:t></w:r></w:p>"
        "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t>one line</w:t></w:r></w:p>"
        "<w:p><w:r><w:t> of two</w:t></w:r></w:p>"
    )
    assert blocks(read(write_docx(tmp_path / "a.docx", body))) == [
        ("paragraph", "The fee is 120 euros"),
        ("paragraph", "one line of two"),
    ]


def test_merged_cells_have_spans(tmp_path: Path) -> None:
    body = table(
        cell("wide", '<w:gridSpan w:val="2"/>') + cell("tall", '<w:vMerge w:val="restart"/>'),
        cell("a") + cell("b") + cell("", "<w:vMerge/>"),
    )
    content = read(write_docx(tmp_path / "a.docx", body))
    (found,) = content.tables
    spans = {
        content.text_of(c.first, c.last): (c.row, c.column, c.row_span, c.column_span)
        for c in found.cells
        if c.last > c.first
    }
    assert spans == {"wide": (0, 0, 1, 2), "tall": (0, 2, 2, 1), "a": (1, 0, 1, 1), "b": (1, 1, 1, 1)}
    assert (found.rows, found.columns) == (2, 3)


def test_a_table_in_a_cell_is_a_table_of_its_own(tmp_path: Path) -> None:
    inner = table(cell("item") + cell("9.00"))
    body = table(
        cell("left") + cell("right"), cell("before") + cell(f"{inner}{paragraph('after')}"), cell("x") + cell("y")
    )
    content = read(write_docx(tmp_path / "a.docx", body))
    assert content.text == "left\tright\n\nbefore\n\nitem\t9.00\n\nafter\n\nx\ty"
    assert len(content.tables) == 3


def test_paragraphs_are_counted_over_the_body_table_cells_included(tmp_path: Path) -> None:
    body = paragraph("one") + table(cell("two") + cell("three")) + paragraph("four")
    content = read(write_docx(tmp_path / "a.docx", body))
    assert [word.place for word in content.words] == [ParagraphPlace(number) for number in (1, 2, 3, 4)]


def test_headers_notes_comments_and_footers_stand_around_the_body(tmp_path: Path) -> None:
    parts = {
        "header1.xml": f"<w:hdr {{names}}>{paragraph('Letter head')}</w:hdr>",
        "header2.xml": f"<w:hdr {{names}}>{paragraph('Letter head')}</w:hdr>",
        "footer1.xml": f"<w:ftr {{names}}>{paragraph('Page foot')}</w:ftr>",
        "footnotes.xml": '<w:footnotes {names}><w:footnote w:type="separator" w:id="0"/>'
        f'<w:footnote w:id="2">{paragraph("A note")}</w:footnote></w:footnotes>',
        "comments.xml": f'<w:comments {{names}}><w:comment w:author="Ann">{paragraph("Check this")}</w:comment></w:comments>',
    }
    targets = {name: (name.rstrip("12").removesuffix(".xml").rstrip("12"), f"{name}") for name in parts}
    body = paragraph("Body")
    content = read(write_docx(tmp_path / "a.docx", body, parts=parts, targets=targets))
    assert blocks(content) == [
        ("header", "Letter head"), ("paragraph", "Body"), ("footnote", "A note"), ("footnote", "Check this"),
        ("footer", "Page foot"),
    ]  # fmt: skip
    assert [block.label for block in content.blocks if block.kind == "footnote"] == ["2", "comment by Ann"]


def test_a_text_box_is_read_once(tmp_path: Path) -> None:
    box = f"<w:txbxContent>{paragraph('In the box')}</w:txbxContent>"
    body = (
        '<w:p><w:r><w:t>Around</w:t></w:r><w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing>'
        f"<a:graphic>{box}</a:graphic></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict>"
        "</mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )
    assert blocks(read(write_docx(tmp_path / "a.docx", body))) == [("paragraph", "Around"), ("paragraph", "In the box")]


def test_check_boxes_are_boxes(tmp_path: Path) -> None:
    symbol = '<w:r><w:sym w:font="Wingdings" w:char="{}"/></w:r>'
    field = '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox>{}</w:checkBox></w:ffData></w:fldChar></w:r>'
    control = "<w:sdt><w:sdtContent><w:r><w:t>☒</w:t></w:r></w:sdtContent></w:sdt>"
    body = f"<w:p>{symbol.format('F0FE')}{symbol.format('F0A8')}{field.format('<w:checked/>')}{field.format('')}{control}</w:p>"
    assert read(write_docx(tmp_path / "a.docx", body)).text == "☒☐☒☐☒"


def test_equations_are_linear_text(tmp_path: Path) -> None:
    def run(text: str) -> str:
        return f"<m:r><m:t>{text}</m:t></m:r>"

    power = f"<m:sSup><m:e>{run('x')}</m:e><m:sup>{run('2')}</m:sup></m:sSup>"
    fraction = f"<m:f><m:num>{run('a+b')}</m:num><m:den>{power}</m:den></m:f>"
    body = f"<w:p><w:r><w:t>y =</w:t></w:r><m:oMath>{fraction}<m:rad><m:e>{run('n')}</m:e></m:rad></m:oMath></w:p>"
    assert read(write_docx(tmp_path / "a.docx", body)).text == "y = (a+b)/(x^2)√(n)"


def test_hidden_text_is_not_read(tmp_path: Path) -> None:
    body = "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>secret</w:t></w:r><w:r><w:t>shown</w:t></w:r></w:p>"
    assert read(write_docx(tmp_path / "a.docx", body)).text == "shown"


def test_a_strict_file_reads_as_its_transitional_twin(tmp_path: Path) -> None:
    body = paragraph("Head", '<w:pStyle w:val="berschrift2"/>') + table(cell("a") + cell("b"))
    path = write_docx(tmp_path / "a.docx", body, parts={"styles.xml": STYLES}, targets={"s": ("styles", "styles.xml")})
    assert read(make_strict(path, tmp_path / "strict.docx")) == read(path)


def test_pictures_that_can_hold_text_are_parts_and_icons_are_not(tmp_path: Path) -> None:
    def png(side: int) -> bytes:
        data = io.BytesIO()
        Image.new("RGB", (side, side)).save(data, "PNG")
        return data.getvalue()

    def drawing(identifier: str) -> str:
        return (
            f'<w:p><w:r><w:drawing><wp:inline><wp:docPr descr="A scan"/><a:blip r:embed="{identifier}"/></wp:inline>'
            "</w:drawing></w:r></w:p>"
        )

    asked = []

    def read_part(name: str, data: bytes) -> Content:
        asked.append(name)
        builder = ContentBuilder()
        builder.add_text_block("paragraph", "text of the scan", ParagraphPlace(1))
        return builder.build()

    path = write_docx(
        tmp_path / "a.docx",
        drawing("r1") + drawing("r2") + drawing("r1") + drawing("r3") + paragraph("End"),
        parts={"media/scan.png": png(80), "media/icon.png": png(16)},
        targets={
            "r1": ("image", "media/scan.png"),
            "r2": ("image", "media/icon.png"),
            "r3": ("image", "https://example.com/x.png"),
        },
    )
    content = extract(path, a_context(read_part=read_part))
    assert asked == ["scan.png"]
    assert [part.name for part in content.parts] == ["scan.png"]
    assert content.text == "End\n\ntext of the scan"
    assert content.part_at(content.text.index("scan")) == content.parts[0]
    assert [block.label for block in content.blocks if block.kind == "figure"] == ["A scan"] * 4


def test_entity_bombs_are_refused(tmp_path: Path) -> None:
    path = write_docx(tmp_path / "a.docx", paragraph("&c;"), prolog=BOMB)
    with pytest.raises(CorruptFile, match="entities"):
        read(path)


def test_a_document_type_in_another_encoding_is_refused_too(tmp_path: Path) -> None:
    bomb = f'<?xml version="1.0" encoding="UTF-16"?>{BOMB}<x>&c;</x>'.encode("utf-16")
    path = write_docx(tmp_path / "a.docx", "", parts={"styles.xml": bomb}, targets={"s": ("styles", "styles.xml")})
    assert ["entities" in notice.message for notice in read(path).warnings] == [True]


def test_a_packed_bomb_is_stopped_by_a_limit_that_is_named(tmp_path: Path) -> None:
    path = write_docx(tmp_path / "a.docx", paragraph("x"), parts={"filler.xml": " " * 20_000_000})
    with pytest.raises(LimitExceeded, match="max_unpack_ratio"):
        read(path)
    with pytest.raises(LimitExceeded, match="max_unpacked_bytes = 1,000"):
        read(path, max_unpacked_bytes=1000)
    with pytest.raises(LimitExceeded, match="max_archive_entries = 3"):
        read(path, max_archive_entries=3)


def test_too_much_text_is_stopped(tmp_path: Path) -> None:
    path = write_docx(tmp_path / "a.docx", paragraph("word " * 100) * 10)
    with pytest.raises(LimitExceeded, match="max_text_chars = 2,000"):
        read(path, max_text_chars=2000)


def test_a_cut_off_file_is_corrupt(tmp_path: Path) -> None:
    path = write_docx(tmp_path / "a.docx", paragraph("x") * 500)
    path.write_bytes(path.read_bytes()[:700])
    with pytest.raises(CorruptFile, match="not a readable zip"):
        read(path)


def test_a_document_without_its_main_part_is_corrupt(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("word/other.xml", "<x/>")
    with pytest.raises(CorruptFile, match="names no main document"):
        read(path)


def test_an_encrypted_document_opens_with_its_password_only(tmp_path: Path) -> None:
    from msoffcrypto.format.ooxml import OOXMLFile

    # msoffcrypto writes packages under 4 KiB wrongly
    plain = write_docx(tmp_path / "plain.docx", paragraph("for your eyes"), parts={"filler.bin": os.urandom(8000)})
    locked = tmp_path / "locked.docx"
    with plain.open("rb") as source, locked.open("wb") as target:
        OOXMLFile(source).encrypt("right", target)
    with pytest.raises(EncryptedFile, match="--password"):
        read(locked)
    with pytest.raises(EncryptedFile, match="none of the given"):
        read(locked, passwords=["wrong"])
    assert read(locked, passwords=["wrong", "right"]).text == "for your eyes"
