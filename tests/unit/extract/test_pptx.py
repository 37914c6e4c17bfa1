"""Presentations: slides in order, shapes in reading order, tables, charts, notes."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from PIL import Image
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Cm

from mmi_cli.datamodel.content import Content, ParagraphPlace, SlideShape
from mmi_cli.datamodel.content_builder import ContentBuilder
from mmi_cli.errors import CorruptFile, LimitExceeded
from mmi_cli.extract.pptx import extract
from tests.support.office_files import BOMB, make_strict, write_zip
from tests.support.reading import a_context


def picture_part(name: str, data: bytes) -> Content:
    builder = ContentBuilder()
    builder.add_text_block("paragraph", f"picture {name}", ParagraphPlace(1))
    return builder.build()


def read(path: Path, **settings: object) -> Content:
    return extract(path, a_context(name=path.name, read_part=picture_part, **settings))


@pytest.fixture
def talk(tmp_path: Path) -> Path:
    deck = Presentation()
    blank, titled = deck.slide_layouts[6], deck.slide_layouts[1]
    first = deck.slides.add_slide(titled)
    box = first.shapes.add_textbox(Cm(1), Cm(16), Cm(5), Cm(1))
    box.text_frame.text = "Bottom"
    first.shapes.title.text = "The title"
    body = first.placeholders[1].text_frame
    body.text = "Point"
    body.add_paragraph().text = "Below"
    body.paragraphs[1].level = 1
    first.notes_slide.notes_text_frame.text = "Say this"

    second = deck.slides.add_slide(blank)
    for left, text in ((15, "right"), (1, "left")):
        second.shapes.add_textbox(Cm(left), Cm(2.1 if left == 1 else 2), Cm(4), Cm(1)).text_frame.text = text
    group = second.shapes.add_group_shape()
    group.shapes.add_textbox(Cm(1), Cm(5), Cm(4), Cm(1)).text_frame.text = "grouped"
    table = second.shapes.add_table(2, 3, Cm(1), Cm(8), Cm(10), Cm(2)).table
    for column, text in enumerate(("Item", "Net", "Gross")):
        table.cell(0, column).text = text
    table.cell(1, 0).text = "all"
    table.cell(1, 0).merge(table.cell(1, 1))
    data = CategoryChartData()
    data.categories = ["Jan", "Feb"]
    data.add_series("Sales", (1.5, 2.25))
    chart = second.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, Cm(1), Cm(12), Cm(8), Cm(5), data).chart
    chart.has_title = True
    chart.chart_title.text_frame.text = "By month"
    png = io.BytesIO()
    Image.new("RGB", (90, 90)).save(png, "PNG")
    for _ in range(2):
        second.shapes.add_picture(io.BytesIO(png.getvalue()), Cm(20), Cm(12))
    path = tmp_path / "talk.pptx"
    deck.save(path)
    return path


def test_slides_are_read_title_first_then_top_to_bottom(talk: Path) -> None:
    content = read(talk)
    first = [
        (block.kind, content.text_of(block.first, block.last), block.level)
        for block in content.blocks
        if block.first < block.last and getattr(content.words[block.first].place, "slide", 0) == 1
    ]
    assert first == [
        ("heading", "The title", 1), ("list_item", "Point", 0), ("list_item", "Below", 1), ("paragraph", "Bottom", 0),
        ("paragraph", "Say this", 0),
    ]  # fmt: skip
    notes = content.words[content.words_of_span(content.text.index("Say"), content.text.index("Say") + 3)[0]]
    assert notes.place == SlideShape(1, "notes")


def test_side_by_side_is_left_to_right_and_groups_are_read(talk: Path) -> None:
    text = read(talk).text
    assert text.index("left") < text.index("right") < text.index("grouped") < text.index("Item")


def test_tables_and_charts_are_tables(talk: Path) -> None:
    content = read(talk)
    table, chart = content.tables
    assert "Item\tNet\tGross\nall" in content.text
    assert [(c.row_span, c.column_span) for c in table.cells if content.text_of(c.first, c.last) == "all"] == [(1, 2)]
    assert "By month\n\nSales\nJan\t1.5\nFeb\t2.25" in content.text
    assert content.blocks[chart.block].label == "By month"


def test_a_picture_used_twice_is_one_part(talk: Path) -> None:
    assert [part.name for part in read(talk).parts] == ["image1.png"]


def test_a_strict_presentation_reads_as_its_transitional_twin(talk: Path, tmp_path: Path) -> None:
    assert read(make_strict(talk, tmp_path / "strict.pptx")).text == read(talk).text


def test_hidden_slides_are_read_and_told(talk: Path, tmp_path: Path) -> None:
    deck = Presentation(str(talk))
    deck.slides[0]._element.set("show", "0")
    deck.save(tmp_path / "hidden.pptx")
    content = read(tmp_path / "hidden.pptx")
    assert "The title" in content.text
    assert [notice.code for notice in content.warnings] == ["hidden_slide"]


def test_shapes_in_alternatives_are_read_once(talk: Path, tmp_path: Path) -> None:
    def wrap(data: bytes) -> bytes:
        start, end = data.index(b"<p:sp>"), data.index(b"</p:sp>") + len(b"</p:sp>")
        shape = data[start:end]
        wrapped = (
            b'<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:Choice Requires="a14">'
            + shape + b"</mc:Choice><mc:Fallback>" + shape + b"</mc:Fallback></mc:AlternateContent>"
        )  # fmt: skip
        return data[:start] + wrapped + data[end:]

    with zipfile.ZipFile(talk) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    parts["ppt/slides/slide1.xml"] = wrap(parts["ppt/slides/slide1.xml"])
    assert read(write_zip(tmp_path / "a.pptx", parts)).text == read(talk).text


def test_entity_bombs_are_refused(talk: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(talk) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    parts["ppt/slides/slide1.xml"] = BOMB.encode() + b"<x>&c;</x>"
    with pytest.raises(CorruptFile, match="entities"):
        read(write_zip(tmp_path / "a.pptx", parts))


def test_a_missing_slide_is_corrupt(talk: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(talk) as package:
        parts = {name: package.read(name) for name in package.namelist() if name != "ppt/presentation.xml"}
    with pytest.raises(CorruptFile):
        read(write_zip(tmp_path / "a.pptx", parts))


def test_too_many_slides_are_stopped(talk: Path) -> None:
    with pytest.raises(LimitExceeded, match="max_pages = 1"):
        read(talk, max_pages=1)
