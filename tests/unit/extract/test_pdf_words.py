"""The text layer of a PDF → words: what they say, where they stand, which way round the page is to be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from mmi_cli.datamodel.content import Content, PageBox
from mmi_cli.extract.pdf import extract
from tests.support.pdf_files import ADVANCE, PdfFile, text, write_pdf
from tests.support.reading import a_context

NOTE = ("Deliver before noon", "Gate seven, second yard")


def read(path: Path) -> Content:
    return extract(path, a_context())


def box_of(content: Content, word: str) -> tuple[float, float, float, float]:
    (place,) = (found.place for found in content.words if found.text == word)
    assert isinstance(place, PageBox)
    return place.box


def note(x: float, y: float, *, degrees: float = 0) -> str:
    """Two lines; the second stands 14 points to the right hand of the first, seen along it."""
    steps = {0: (0, 14), 90: (-14, 0), 180: (0, -14), 270: (14, 0)}
    step_x, step_y = steps[int(degrees)]
    return text(x, y, NOTE[0], degrees=degrees) + text(x + step_x, y + step_y, NOTE[1], degrees=degrees)


def test_a_word_has_a_box_from_its_first_to_its_last_character(tmp_path: Path) -> None:
    content = read(write_pdf(tmp_path / "a.pdf", text(72, 100, "Deliver before noon", size=10)))
    for word, start in (("Deliver", 0), ("before", 8), ("noon", 15)):
        x0, y0, x1, y1 = box_of(content, word)
        assert x0 == pytest.approx(72 + 6 * start, abs=1)
        assert x1 == pytest.approx(72 + 6 * (start + len(word)), abs=1)
        assert 90 < y0 < 94  # above the tallest letter
        assert 100 < y1 < 104  # below the baseline


@pytest.mark.parametrize("size", [4, 10, 48])
def test_boxes_follow_the_size_of_the_type(tmp_path: Path, size: int) -> None:
    content = read(write_pdf(tmp_path / "a.pdf", text(50, 200, "gauge", size=size)))
    x0, y0, x1, y1 = box_of(content, "gauge")
    assert x1 - x0 == pytest.approx(5 * ADVANCE * size, abs=1)
    assert 0.8 * size < y1 - y0 < 1.3 * size


def test_offsets_count_code_points_of_the_text(tmp_path: Path) -> None:
    pdf = PdfFile()
    pdf.add_font("G", {"A": "𝒳", "B": "é", "C": "\ufb03"})
    pdf.add_page(text(72, 100, "A B oCce", font="G") + text(72, 130, "Total £9"))
    content = read(pdf.save(tmp_path / "a.pdf"))
    assert content.text == "𝒳 é office\n\nTotal £9"
    for word in content.words:
        assert content.text[word.offset : word.offset + len(word.text)] == word.text
    assert [word.offset for word in content.words] == [0, 2, 4, 12, 18]


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_a_page_that_is_shown_turned_has_the_boxes_of_the_page_as_shown(tmp_path: Path, rotate: int) -> None:
    """Text is drawn against the turn, as programs do, so that it is shown upright."""
    degrees = (360 - rotate) % 360
    at = {0: (100, 200), 90: (200, 742), 180: (495, 642), 270: (395, 100)}[rotate]
    content = read(write_pdf(tmp_path / "a.pdf", note(*at, degrees=degrees), rotate=rotate))
    (page,) = content.pages
    assert (page.width, page.height) == ((842, 595) if rotate in (90, 270) else (595, 842))
    assert page.rotation == rotate
    assert content.text == "\n".join(NOTE)
    x0, y0, x1, y1 = box_of(content, "before")
    assert (x0, x1) == pytest.approx((148, 184), abs=1)
    assert y0 < 200 < y1 < 205


@pytest.mark.parametrize(("degrees", "rotation"), [(90, 270), (180, 180), (270, 90)])
@pytest.mark.parametrize("rotate", [0, 90])
def test_a_page_whose_text_runs_sideways_is_turned_upright(
    tmp_path: Path, degrees: int, rotation: int, rotate: int
) -> None:
    content = read(write_pdf(tmp_path / "a.pdf", note(300, 400, degrees=degrees), rotate=rotate))
    (page,) = content.pages
    assert page.rotation == rotation
    assert content.text == "\n".join(NOTE)
    x0, y0, x1, y1 = box_of(content, "Deliver")
    assert (x1 - x0, y1 - y0) == pytest.approx((42, 10.5), abs=1)
    assert y1 < box_of(content, "Gate")[3]


def test_a_note_on_the_margin_stands_below_the_text_of_its_page(tmp_path: Path) -> None:
    rows = "".join(text(100, 200 + 14 * row, f"Row {row} of the text on the page") for row in range(8))
    margin = text(40, 300, "Printed in Bonn", degrees=270) + text(52, 300, "Form 7b", degrees=270)
    content = read(write_pdf(tmp_path / "a.pdf", margin + rows))
    assert content.pages[0].rotation == 0
    assert content.text.endswith("Row 7 of the text on the page\n\nPrinted in Bonn\n\nForm 7b")
    x0, y0, x1, y1 = box_of(content, "Bonn")
    assert (x1 - x0, y1 - y0) == pytest.approx((10.5, 24), abs=1)


def test_a_mark_across_the_page_does_not_break_the_lines_below_it(tmp_path: Path) -> None:
    rows = "".join(text(100, 200 + 14 * row, f"Row {row} of the text on the page") for row in range(8))
    content = read(write_pdf(tmp_path / "a.pdf", text(120, 320, "DRAFT", size=60, degrees=325) + rows))
    assert content.text.startswith("Row 0 of the text on the page\nRow 1 of the text")
    assert content.text.endswith("Row 7 of the text on the page\n\nDRAFT")


def test_boxes_count_from_the_crop_box(tmp_path: Path) -> None:
    pdf = PdfFile()
    pdf.add_page(text(172, 250, "Inside") + text(20, 20, "Outside"), crop=(100, 150, 500, 700))
    content = read(pdf.save(tmp_path / "a.pdf"))
    assert (content.pages[0].width, content.pages[0].height) == (400, 550)
    assert content.text == "Inside"
    x0, y0, _, y1 = box_of(content, "Inside")
    assert x0 == pytest.approx(72, abs=1)
    assert y0 < 100 < y1


def test_text_outside_of_the_page_is_left_out(tmp_path: Path) -> None:
    content = read(
        write_pdf(tmp_path / "a.pdf", text(72, 100, "Inside") + text(700, 100, "Beside") + text(72, -40, "Up"))
    )
    assert content.text == "Inside"


def test_ligatures_are_letters(tmp_path: Path) -> None:
    pdf = PdfFile()
    pdf.add_font("G", {"A": "\ufb01", "B": "fl"})
    pdf.add_page(text(72, 100, "Ane Bow of coAn", font="G"))
    assert read(pdf.save(tmp_path / "a.pdf")).text == "fine flow of cofin"


def test_a_word_parted_at_the_end_of_a_line_is_two_words_with_a_hyphen(tmp_path: Path) -> None:
    content = read(write_pdf(tmp_path / "a.pdf", text(72, 100, "The inter-") + text(72, 112, "national trade")))
    assert content.text == "The inter-\nnational trade"
    assert box_of(content, "inter-")[3] < box_of(content, "national")[3]


def test_bold_by_printing_twice_is_one_word(tmp_path: Path) -> None:
    content = read(write_pdf(tmp_path / "a.pdf", text(72, 100, "Total due") + text(72.4, 100, "Total due")))
    assert content.text == "Total due"


def test_cells_side_by_side_without_a_space_between_them_are_two_words(tmp_path: Path) -> None:
    content = read(write_pdf(tmp_path / "a.pdf", text(72, 100, "2026") + text(110, 100, "1,200.00")))
    assert [word.text for word in content.words] == ["2026", "1,200.00"]


def test_letters_set_one_by_one_are_words(tmp_path: Path) -> None:
    letters = "".join(text(72 + 6 * index, 100, char) for index, char in enumerate("Net amount") if char != " ")
    assert read(write_pdf(tmp_path / "a.pdf", letters)).text == "Net amount"


def test_text_drawn_in_any_order_is_read_from_top_to_bottom(tmp_path: Path) -> None:
    rows = ["First row", "Second row", "Third row"]
    drawn = "".join(text(72, 100 + 14 * index, rows[index]) for index in (2, 0, 1))
    assert read(write_pdf(tmp_path / "a.pdf", drawn)).text == "\n".join(rows)
