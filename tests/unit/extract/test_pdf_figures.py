"""Figures of PDF pages: what is one and what is not, captions, formulas, where they stand among the words."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from PIL import Image

from mmi_cli.datamodel.content import Content, PageBox
from mmi_cli.datamodel.figure import Figure
from mmi_cli.extract.pdf import extract
from tests.support.pdf_files import PdfFile, filled, grid, line, lines, shown, text, write_pdf
from tests.support.reading import a_context

PROSE = (
    "The harbour was rebuilt after the storm and opened to ships",
    "of every size in the second year of the plan that the board",
    "had made, and most of its cost was borne by the towns along",
)


def read(path: Path, **given: object) -> Content:
    return extract(path, a_context(**given))  # type: ignore[arg-type]


def caption_of(content: Content, figure: Figure) -> str | None:
    return " ".join(content.text_of(*figure.caption).split()) if figure.caption else None


def a_photo() -> Image.Image:
    return Image.linear_gradient("L").convert("RGB")


def page_with_photo(path: Path, around: str, *boxes: tuple[float, float, float, float]) -> Path:
    pdf = PdfFile()
    photo = pdf.add_picture(a_photo())
    pdf.add_page(around + "".join(shown("P", *box) for box in boxes), pictures={"P": photo})
    return pdf.save(path)


def bars(x: float, y: float) -> str:
    """Five bars on a base line at `y`, with names below."""
    heights = (40, 90, 60, 120, 75)
    drawn = "".join(filled(x + 40 * n, y - h, x + 40 * n + 24, y, rgb="0.2 0.4 0.7") for n, h in enumerate(heights))
    names = "".join(
        text(x + 40 * n + 2, y + 12, name, size=8) for n, name in enumerate(("Jan", "Feb", "Mar", "Apr", "May"))
    )
    return drawn + names + line(x - 10, y, x + 200, y) + line(x - 10, y - 130, x - 10, y)


def test_a_picture_is_located_with_its_caption_where_it_stands(tmp_path: Path) -> None:
    around = lines(72, 80, PROSE) + text(140, 330, "Figure 3: The old pier.", size=8) + lines(72, 380, PROSE)
    content = read(page_with_photo(tmp_path / "a.pdf", around, (120, 140, 360, 310)))
    (figure,) = content.figures
    assert (figure.kind, figure.page, figure.box) == ("picture", 1, (120.0, 140.0, 360.0, 310.0))
    assert caption_of(content, figure) == "Figure 3: The old pier."
    assert [block.kind for block in content.blocks] == ["paragraph", "figure", "caption", "paragraph"]
    assert content.blocks[figure.block].first == content.blocks[figure.block].last


def test_figures_leave_the_words_as_they_are(tmp_path: Path) -> None:
    around = lines(72, 80, PROSE) + bars(120, 330) + text(140, 380, "Fig. 1. Ships.", size=8)
    content = read(write_pdf(tmp_path / "a.pdf", around), max_figure_looks=0)
    assert len(content.figures) == 1
    assert sorted(word.text for word in content.words) == sorted(
        " ".join([*PROSE, "Jan Feb Mar Apr May", "Fig. 1. Ships."]).split()
    )
    covered = [index for block in content.blocks for index in range(block.first, block.last)]
    assert covered == list(range(len(content.words)))


def test_a_drawing_holds_the_labels_beside_it(tmp_path: Path) -> None:
    content = read(write_pdf(tmp_path / "a.pdf", lines(72, 80, PROSE) + bars(120, 330)), max_figure_looks=0)
    (figure,) = content.figures
    assert figure.kind == "drawing"
    assert figure.box is not None
    x0, y0, x1, y1 = figure.box
    may = next(word for word in content.words if word.text == "May")
    assert isinstance(may.place, PageBox)
    assert x0 <= may.place.box[0] <= may.place.box[2] <= x1
    assert y0 == pytest.approx(200, abs=2)
    assert y1 == pytest.approx(may.place.box[3], abs=0.1)


def test_a_chart_that_is_drawn_is_read_with_the_words_of_the_page(tmp_path: Path) -> None:
    scale = "".join(
        text(78, 333 - 30 * n, f"{20 * n:>3}", size=8) + line(104, 330 - 30 * n, 110, 330 - 30 * n) for n in range(5)
    )
    content = read(write_pdf(tmp_path / "a.pdf", lines(72, 80, PROSE) + bars(120, 330) + scale))
    (figure,) = content.figures
    assert figure.kind == "chart"
    assert figure.chart is not None
    assert figure.chart.kind == "bar"
    assert [mark.x for mark in figure.chart.marks] == ["Jan", "Feb", "Mar", "Apr", "May"]
    assert [mark.y for mark in figure.chart.marks] == pytest.approx([26.7, 60, 40, 80, 50], rel=0.05)
    assert figure.chart.marks[0].box == pytest.approx((120, 290, 144, 330), abs=2)


def test_no_more_figures_are_looked_at_for_charts_than_the_limit(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "a.pdf", *[bars(120, 330)] * 2)
    assert {figure.kind for figure in read(path, max_figure_looks=0).figures} == {"drawing"}


def test_rules_tables_underlines_forms_and_frames_are_no_figures(tmp_path: Path) -> None:
    table = grid((72, 172, 272, 372), (100, 120, 140, 160)) + "".join(
        text(80 + 100 * column, 114 + 20 * row, str(17 * row + column)) for row in range(3) for column in range(3)
    )
    frame = f"60 190 400 70 re S\n{lines(72, 210, PROSE)}"
    underlined = text(72, 300, "Of the wall") + line(72, 303, 150, 303)
    form = "".join(f"200 {330 + 25 * n} 200 15 re S\n" + text(72, 341 + 25 * n, "Name") for n in range(4))
    content = read(write_pdf(tmp_path / "a.pdf", table + frame + underlined + form))
    assert content.figures == ()


def test_a_picture_of_the_whole_page_is_the_page_and_no_figure(tmp_path: Path) -> None:
    around = "".join(lines(72, 80 + 60 * n, PROSE) for n in range(4))
    assert read(page_with_photo(tmp_path / "a.pdf", around, (0, 0, 595, 842))).figures == ()


def test_bullets_and_coloured_boxes_under_text_are_no_figures(tmp_path: Path) -> None:
    boxes = [(60.0, 70.0 + 14 * n, 68.0, 78.0 + 14 * n) for n in range(3)] + [(60.0, 270.0, 520.0, 330.0)]
    around = lines(72, 80, PROSE) + lines(72, 290, PROSE)
    assert read(page_with_photo(tmp_path / "a.pdf", around, *boxes)).figures == ()


def test_a_logo_on_every_page_counts_once_and_a_photo_at_one_place_on_each_counts_each_time(tmp_path: Path) -> None:
    pdf = PdfFile()
    photo = pdf.add_picture(a_photo())
    for _ in range(3):
        marks = shown("P", 450, 30, 530, 70) + shown("P", 100, 300, 400, 500)
        pdf.add_page(lines(72, 120, PROSE) + marks, pictures={"P": photo})
    content = read(pdf.save(tmp_path / "a.pdf"))
    assert [figure.page for figure in content.figures] == [1, 1, 2, 3]


def test_a_picture_ends_where_its_clipping_path_does(tmp_path: Path) -> None:
    pdf = PdfFile()
    photo = pdf.add_picture(a_photo())
    clipped = f"q 150 200 100 80 re W n {shown('P', 100, 150, 400, 350)} Q\n"
    pdf.add_page(lines(72, 80, PROSE) + clipped, pictures={"P": photo})
    (figure,) = read(pdf.save(tmp_path / "a.pdf")).figures
    assert figure.box == (150.0, 200.0, 250.0, 280.0)


def test_strips_of_one_picture_are_one_figure_and_pictures_side_by_side_are_two_with_one_caption(
    tmp_path: Path,
) -> None:
    strips = [(100.0, 150.0 + 20 * n, 250.0, 170.0 + 20 * n) for n in range(6)]
    around = lines(72, 80, PROSE) + text(190, 290, "Abb. 2: Links und rechts", size=8)
    content = read(page_with_photo(tmp_path / "a.pdf", around, *strips, (300, 150, 450, 270)))
    assert [figure.box for figure in content.figures] == [(100, 150, 250, 270), (300, 150, 450, 270)]
    assert {caption_of(content, figure) for figure in content.figures} == {"Abb. 2: Links und rechts"}


def test_the_caption_of_a_table_is_not_that_of_a_figure_and_small_type_right_below_is(tmp_path: Path) -> None:
    around = lines(72, 80, PROSE) + text(140, 320, "Table 4: Tonnage", size=8)
    (figure,) = read(page_with_photo(tmp_path / "a.pdf", around, (120, 140, 360, 310))).figures
    assert figure.caption is None
    around = lines(72, 80, PROSE) + text(190, 320, "the pier in winter", size=8)
    content = read(page_with_photo(tmp_path / "b.pdf", around, (120, 140, 360, 310)))
    assert caption_of(content, content.figures[0]) == "the pier in winter"


def test_a_formula_on_a_line_of_its_own_is_located_and_keeps_its_text(tmp_path: Path) -> None:
    pdf = PdfFile()
    pdf.add_font("F9", {"a": "\u2211", "b": "=", "c": "\u221e", "d": "x", "e": "y"})
    formula = text(240, 160, "e b a d", font="F9") + text(300, 160, "(7)")
    pdf.add_page(lines(72, 80, PROSE) + formula + lines(72, 200, PROSE))
    content = read(pdf.save(tmp_path / "a.pdf"))
    (figure,) = content.figures
    assert figure.kind == "formula"
    assert figure.box is not None
    assert figure.box[0] == pytest.approx(240, abs=1)
    assert figure.box[2] < 300
    assert "y = \u2211 x" in content.text


def test_a_sign_in_a_line_of_text_makes_no_formula(tmp_path: Path) -> None:
    pdf = PdfFile()
    pdf.add_font("F9", {"a": "\u2211"})
    pdf.add_page(
        lines(72, 80, PROSE)
        + text(72, 122, "where the sum")
        + text(155, 122, "a", font="F9")
        + text(165, 122, "is over all ships")
    )
    assert read(pdf.save(tmp_path / "a.pdf")).figures == ()


@pytest.mark.parametrize("rotate", [90, 180, 270])
def test_boxes_are_those_of_the_page_as_shown(tmp_path: Path, rotate: int) -> None:
    pdf = PdfFile()
    photo = pdf.add_picture(a_photo())
    pdf.add_page(shown("P", 100, 150, 300, 250), pictures={"P": photo}, rotate=rotate)
    (figure,) = read(pdf.save(tmp_path / "a.pdf"), ocr_mode="never").figures
    expected = {90: (592, 100, 692, 300), 180: (295, 592, 495, 692), 270: (150, 295, 250, 495)}
    assert figure.box == pytest.approx(expected[rotate], abs=0.1)


def test_thousands_of_pictures_and_paths_on_a_page_are_taken_in_seconds(tmp_path: Path) -> None:
    boxes = [
        (10.0 + 9 * (n % 60), 10.0 + 9 * (n // 60), 18.0 + 9 * (n % 60), 18.0 + 9 * (n // 60)) for n in range(3000)
    ]
    paths = "".join(
        f"{x0} {y0} m {x1} {y0} {x1} {y1} {x0} {y1} c {x0} {y0} {x1} {y0} {x1} {y1} c S\n" for x0, y0, x1, y1 in boxes
    )
    started = time.monotonic()
    content = read(page_with_photo(tmp_path / "a.pdf", lines(72, 700, PROSE) + paths, *boxes), max_figure_looks=0)
    assert time.monotonic() - started < 10
    assert len(content.figures) <= 300
