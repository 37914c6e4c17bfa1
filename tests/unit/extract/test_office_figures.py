"""Figures of Office documents: pictures at their place, captions, formulas, charts read from their own data."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from PIL import Image
from pptx import Presentation
from pptx.chart.data import CategoryChartData, XyChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Pt

from mmi_cli.datamodel.content import Content
from mmi_cli.datamodel.content_builder import ContentBuilder
from mmi_cli.datamodel.content_json import from_json, to_json
from mmi_cli.datamodel.figure import Figure, Tag
from mmi_cli.datamodel.markdown import to_markdown
from mmi_cli.extract.docx import extract as read_docx
from mmi_cli.extract.pptx import extract as read_pptx
from mmi_cli.extract.xlsx import extract as read_xlsx
from tests.support.office_files import paragraph, write_docx, write_zip
from tests.support.reading import a_context

DRAWING = (
    '<w:p><w:r><w:drawing><wp:inline><wp:docPr id="1" name="p"/><a:graphic><a:graphicData>'
    '<a:blip r:embed="i1"/></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>'
)
FORMULA = "<w:p><m:oMathPara><m:oMath><m:r><m:t>y=x</m:t></m:r></m:oMath></m:oMathPara></w:p>"


def a_picture(side: int = 60) -> bytes:
    target = io.BytesIO()
    Image.linear_gradient("L").resize((side, side)).save(target, "PNG")
    return target.getvalue()


def a_docx(path: Path, body: str, side: int = 60) -> Path:
    return write_docx(path, body, parts={"media/1.png": a_picture(side)}, targets={"i1": ("image", "media/1.png")})


def test_a_picture_stands_between_its_paragraphs_with_the_caption_below(tmp_path: Path) -> None:
    body = paragraph("Before.") + DRAWING + paragraph("Figure 2: The pier.") + paragraph("After.")
    content = read_docx(a_docx(tmp_path / "a.docx", body), a_context())
    (figure,) = content.figures
    assert (figure.kind, figure.source, figure.box) == ("picture", "word/media/1.png", None)
    assert [block.kind for block in content.blocks] == ["paragraph", "figure", "caption", "paragraph"]
    assert figure.caption is not None
    assert content.text_of(*figure.caption) == "Figure 2: The pier."


def test_an_icon_without_a_description_is_no_figure(tmp_path: Path) -> None:
    content = read_docx(a_docx(tmp_path / "a.docx", paragraph("Text") + DRAWING, side=16), a_context())
    assert content.figures == ()


def test_what_the_reader_of_a_picture_saw_is_told_of_the_figure_and_not_twice(tmp_path: Path) -> None:
    def read_part(name: str, data: bytes) -> Content:
        builder = ContentBuilder()
        builder.add_figure(Figure(kind="picture", block=0, page=1, box=(0, 0, 60, 60), tags=(Tag("pier", 0.9),)))
        return builder.build()

    path = a_docx(tmp_path / "a.docx", DRAWING + paragraph("Between.") + DRAWING)
    content = read_docx(path, a_context(read_part=read_part))
    assert [figure.tags for figure in content.figures] == [(Tag("pier", 0.9),)] * 2
    assert [block.kind for block in content.blocks] == ["figure", "paragraph", "figure"]


def test_an_equation_of_its_own_is_a_formula_and_one_in_a_line_is_not(tmp_path: Path) -> None:
    inline = "<w:p><w:r><w:t>where </w:t></w:r><m:oMath><m:r><m:t>z=1</m:t></m:r></m:oMath></w:p>"
    content = read_docx(write_docx(tmp_path / "a.docx", FORMULA + inline), a_context())
    (figure,) = content.figures
    assert figure.kind == "formula"
    assert content.text == "y=x\n\nwhere z=1"
    assert to_markdown(content) == "y=x\n\nwhere z=1\n"


def test_figures_past_the_limit_are_left_out_with_one_warning(tmp_path: Path) -> None:
    content = read_docx(a_docx(tmp_path / "a.docx", DRAWING * 5), a_context(max_figures=2))
    assert len(content.figures) == 2
    assert [warning.code for warning in content.warnings] == ["limit_exceeded"]


def test_a_chart_of_a_slide_has_the_data_it_was_drawn_from(tmp_path: Path) -> None:
    talk = Presentation()
    slide = talk.slides.add_slide(talk.slide_layouts[6])
    data = CategoryChartData()
    data.categories = ["Jan", "Feb"]
    data.add_series("Ships", (3, 4.5))
    data.add_series("Boats", (7, None))
    chart = slide.shapes.add_chart(XL_CHART_TYPE.BAR_STACKED, Pt(100), Pt(50), Pt(300), Pt(200), data).chart
    chart.has_title = True
    chart.chart_title.text_frame.text = "By month"
    chart.value_axis.has_title = True
    chart.value_axis.axis_title.text_frame.text = "count"
    talk.save(str(tmp_path / "a.pptx"))
    content = read_pptx(tmp_path / "a.pptx", a_context())
    (figure,) = content.figures
    assert (figure.kind, figure.page, figure.box) == ("chart", 1, (100.0, 50.0, 400.0, 250.0))
    found = figure.chart
    assert found is not None
    assert (found.kind, found.title, found.y_title, found.is_horizontal, found.is_stacked) == (
        "bar", "By month", "count", True, True,
    )  # fmt: skip
    assert [(mark.series, mark.x, mark.y) for mark in found.marks] == [
        ("Ships", "Jan", 3.0), ("Ships", "Feb", 4.5), ("Boats", "Jan", 7.0),
    ]  # fmt: skip
    assert all(mark.confidence == 0.99 and mark.box == figure.box for mark in found.marks)
    assert from_json(to_json(content)) == content


def test_a_scatter_chart_has_numbers_on_both_axes(tmp_path: Path) -> None:
    talk = Presentation()
    slide = talk.slides.add_slide(talk.slide_layouts[6])
    data = XyChartData()
    series = data.add_series("Depth")
    series.add_data_point(1.5, 10)
    series.add_data_point(2.5, 20)
    slide.shapes.add_chart(XL_CHART_TYPE.XY_SCATTER, Pt(0), Pt(0), Pt(300), Pt(200), data)
    talk.save(str(tmp_path / "a.pptx"))
    chart = read_pptx(tmp_path / "a.pptx", a_context()).figures[0].chart
    assert chart is not None
    assert (chart.kind, chart.x_type) == ("scatter", "number")
    assert [(mark.x, mark.y) for mark in chart.marks] == [(1.5, 10.0), (2.5, 20.0)]


def test_a_picture_in_a_group_that_is_shown_smaller_has_its_box_on_the_slide(tmp_path: Path) -> None:
    talk = Presentation()
    slide = talk.slides.add_slide(talk.slide_layouts[6])
    group = slide.shapes.add_group_shape()
    group.shapes.add_picture(io.BytesIO(a_picture()), Pt(100), Pt(100), Pt(200), Pt(100))
    group.left, group.top, group.width, group.height = Pt(50), Pt(60), Pt(100), Pt(50)
    talk.save(str(tmp_path / "a.pptx"))
    (figure,) = read_pptx(tmp_path / "a.pptx", a_context()).figures
    assert figure.box == pytest.approx((50, 60, 150, 110))


def test_a_chart_of_a_workbook_adds_no_words(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    for row in (("Month", "Ships"), ("Jan", 3), ("Feb", 4)):
        sheet.append(row)
    chart = BarChart()
    chart.title = "Traffic"
    chart.add_data(Reference(sheet, min_col=2, min_row=1, max_row=3), titles_from_data=True)
    chart.set_categories(Reference(sheet, min_col=1, min_row=2, max_row=3))
    book.save(tmp_path / "plain.xlsx")
    sheet.add_chart(chart, "E5")
    book.save(tmp_path / "a.xlsx")
    with zipfile.ZipFile(tmp_path / "a.xlsx") as package:
        parts = {name: package.read(name) for name in package.namelist()}
    cache = "<numCache><ptCount val='2'/><pt idx='0'><v>3</v></pt><pt idx='1'><v>4</v></pt></numCache>"
    name = next(name for name in parts if name.startswith("xl/charts/chart"))
    cached = re.sub(r"(<val><numRef><f>[^<]*</f>)", rf"\1{cache}", parts[name].decode())
    write_zip(tmp_path / "a.xlsx", {**parts, name: cached})  # as Excel saves it, with the values beside the reference
    content = read_xlsx(tmp_path / "a.xlsx", a_context())
    (figure,) = content.figures
    assert figure.chart is not None
    assert (content.blocks[figure.block].label, [mark.y for mark in figure.chart.marks]) == ("Traffic", [3.0, 4.0])
    assert content.text == read_xlsx(tmp_path / "plain.xlsx", a_context()).text
