"""How a page is put together: lines, columns in reading order, running headers and footers, tables, headings, lists."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from mmi_cli.datamodel.content import Content
from mmi_cli.extract.pdf import extract
from tests.support.pdf_files import grid, line, lines, right, text, write_pdf
from tests.support.reading import a_context

PROSE = (
    "the harbour was quiet that morning",
    "and nobody had seen the ferry come",
    "in from the islands before the fog",
    "had lifted off the water and shown",
    "the empty moorings along the quays",
)


def read(tmp_path: Path, *pages: str, size: tuple[float, float] = (595, 842)) -> Content:
    return extract(write_pdf(tmp_path / "a.pdf", *pages, size=size), a_context())


def kinds(content: Content) -> list[tuple[str, str]]:
    return [
        (block.kind, " ".join(word.text for word in content.words[block.first : block.last]))
        for block in content.blocks
    ]


def rows_of(content: Content, number: int = 0) -> list[list[str]]:
    table = content.tables[number]
    rows = [[""] * table.columns for _ in range(table.rows)]
    for cell in table.cells:
        rows[cell.row][cell.column] = " ".join(word.text for word in content.words[cell.first : cell.last])
    return rows


# --- columns


def test_two_columns_are_read_one_after_the_other(tmp_path: Path) -> None:
    left = [f"{row} left {words}" for row, words in enumerate(PROSE)]
    rest = [f"{row} right {words}" for row, words in enumerate(PROSE)]
    content = read(tmp_path, lines(40, 100, left) + lines(320, 100, rest))
    assert content.text.replace("\n\n", "\n").split("\n") == [*left, *rest]


def test_a_title_across_two_columns_comes_before_both_and_a_line_below_them_after(tmp_path: Path) -> None:
    page = (
        text(100, 60, "News from the harbour", size=20, font="F2")
        + lines(40, 100, PROSE)
        + lines(320, 100, [words.upper() for words in PROSE])
        + text(40, 220, "Printed by the harbour office on the first working day of every month, free of charge.")
    )
    content = read(tmp_path, page)
    found = [part for _, part in kinds(content)]
    assert found[0] == "News from the harbour"
    assert found[1].startswith("the harbour was quiet")
    assert found[2].startswith("THE HARBOUR WAS QUIET")
    assert found[-1].startswith("Printed by")
    assert kinds(content)[0][0] == "title"


def test_three_columns_are_read_one_after_the_other(tmp_path: Path) -> None:
    page = "".join(
        lines(40 + 180 * column, 100, [f"{name} {words[:18]}" for words in PROSE])
        for column, name in enumerate(("one", "two", "six"))
    )
    names = [word for word in read(tmp_path, page).text.split() if word in ("one", "two", "six")]
    assert names == ["one"] * 5 + ["two"] * 5 + ["six"] * 5


def test_columns_whose_lines_do_not_stand_level_are_columns_still(tmp_path: Path) -> None:
    page = lines(40, 100, PROSE, pitch=14) + lines(320, 105, [words.upper() for words in PROSE], pitch=17)
    content = read(tmp_path, page)
    assert content.text.index("quays") < content.text.index("THE HARBOUR")


def test_two_addresses_side_by_side_are_read_one_after_the_other(tmp_path: Path) -> None:
    sender = ("Northfield Furniture Ltd", "14 Quay Street", "Bristol BS1 6QF")
    receiver = ("Harbour Coffee Company", "2 Dock Road", "Cardiff CF10 4PA")
    content = read(tmp_path, lines(50, 100, sender) + lines(350, 100, receiver))
    assert content.text.split("\n") in ([*sender, "", *receiver], [*sender, *receiver])


@pytest.mark.parametrize("markers", [("(a)", "(b)", "(c)"), ("1.", "2.", "3."), ("iii.", "iv.", "v."), ("•", "•", "•")])
def test_the_numbers_of_a_list_stay_with_their_items(tmp_path: Path, markers: tuple[str, ...]) -> None:
    page = "".join(
        text(50, 100 + 42 * row, marker.replace("•", "\x95")) + lines(90, 100 + 42 * row, PROSE[:2])
        for row, marker in enumerate(markers)
    )
    assert kinds(read(tmp_path, page)) == [("list_item", f"{marker} {PROSE[0]} {PROSE[1]}") for marker in markers]


def test_a_blank_to_fill_in_does_not_part_a_sentence(tmp_path: Path) -> None:
    page = text(50, 86, "Agreement on the use of the moorings of the harbour by guests and members.")
    page += text(50, 100, "This agreement is made on the day of May") + text(340, 100, ", 2026, by and between the")
    page += text(50, 114, "Harbour Office in Bonn, the owner, and") + text(400, 114, "the tenant named below")
    assert "May , 2026, by and" in read(tmp_path, page).text


def test_columns_that_begin_below_a_summary_take_the_short_lines_above_them_along(tmp_path: Path) -> None:
    summary = [
        "What the harbour office found out about the fog of the last year, told in short",
        "and for all readers.",
    ]
    left = ["1 Fog", *PROSE]
    rest = ["it was gone by noon, they said", *[words.upper() for words in PROSE]]
    page = lines(40, 60, summary) + text(40, 112, left[0], font="F2") + lines(40, 142, PROSE, pitch=14)
    page += lines(320, 105, rest[:2], pitch=14) + lines(320, 142, rest[2:], pitch=14)
    found = read(tmp_path, page).text.replace("\n\n", "\n").split("\n")
    assert found == [*summary, *left, *rest]


def test_rows_of_an_order_stay_rows_with_a_small_table_below_each(tmp_path: Path) -> None:
    rows = [f"{row} 05/2{row}/26 News :30 NM 1 $25{row}.00".split() for row in range(1, 5)]
    inner = (("First and last day", "Weekday", "Rate"), ("05/21/26 - 05/27/26", "--W----", "$25.00"))
    page = ""
    for number, row in enumerate(rows):
        y = 100 + 62 * number
        page += "".join(text(x, y, cell) for x, cell in zip((30, 50, 130, 200, 440, 480, 520), row, strict=True))
        page += text(60, y + 15, "Class of time: pre-emptible with notice")
        for below, cells in enumerate(inner):
            page += "".join(text(60 + 150 * at, y + 32 + 14 * below, cell) for at, cell in enumerate(cells))
    found = read(tmp_path, page).text.replace("\t", " ")
    for row in rows:
        assert " ".join(row) in found


def test_labels_stay_with_their_values(tmp_path: Path) -> None:
    pairs = (("Invoice number:", "NF-20417"), ("Invoice date:", "14 March 2026"), ("Due date:", "13 April 2026"))
    page = "".join(
        text(50, 100 + 15 * row, label) + text(200, 100 + 15 * row, value) for row, (label, value) in enumerate(pairs)
    )
    found = read(tmp_path, page).text.split("\n")
    assert [row for row in found if row] == [f"{label} {value}" for label, value in pairs]


# --- headers and footers


def running(page: int, *, of: int = 4) -> str:
    return (
        text(50, 40, "Harbour Office - Annual report")
        + lines(50, 200, [f"{row} on {page}: {words}" for row, words in enumerate(PROSE)])
        + text(250, 810, f"Page {page} of {of}")
    )


def test_what_stands_at_the_same_place_on_every_page_is_header_and_footer(tmp_path: Path) -> None:
    content = read(tmp_path, *[running(page) for page in range(1, 5)])
    for page in range(4):
        own = kinds(content)[3 * page : 3 * page + 3]
        assert [kind for kind, _ in own] == ["header", "paragraph", "footer"]
        assert own[0][1] == "Harbour Office - Annual report"
        assert own[2][1] == f"Page {page + 1} of 4"


def test_one_page_alone_has_neither(tmp_path: Path) -> None:
    assert {kind for kind, _ in kinds(read(tmp_path, running(1, of=1)))}.isdisjoint({"header", "footer"})


def test_left_and_right_pages_may_have_different_headers(tmp_path: Path) -> None:
    pages = [
        text(50 if page % 2 else 380, 40, "Chapter of fog" if page % 2 else "Harbour Office")
        + lines(50, 200, [f"{page} {row} {words}" for row, words in enumerate(PROSE)])
        for page in range(1, 5)
    ]
    headers = [words for kind, words in kinds(read(tmp_path, *pages)) if kind == "header"]
    assert headers == ["Chapter of fog", "Harbour Office", "Chapter of fog", "Harbour Office"]


def test_text_that_repeats_in_the_middle_of_the_pages_is_text(tmp_path: Path) -> None:
    pages = [lines(50, 300, ["Signature of the tenant", f"on sheet {page}"]) for page in range(3)]
    assert {kind for kind, _ in kinds(read(tmp_path, *pages))} == {"paragraph"}


# --- tables

ITEMS = (
    ("Description", "Quantity", "Unit price", "Amount"),
    ("Oak desk, 160 x 80 cm", "2", "349.00", "698.00"),
    ("Desk lamp", "4", "59.90", "239.60"),
    ("Assembly on site", "3", "45.00", "135.00"),
    ("Delivery", "1", "38.50", "38.50"),
)


def items(x: Sequence[float] = (50, 330, 430, 530), *, y: float = 200, pitch: float = 20) -> str:
    """The first column begins at its x, the others end at theirs."""
    return "".join(
        text(x[0], y + pitch * row, cells[0])
        + "".join(right(at, y + pitch * row, cell) for at, cell in zip(x[1:], cells[1:], strict=True))
        for row, cells in enumerate(ITEMS)
    )


def test_a_table_without_lines_is_rows_and_cells(tmp_path: Path) -> None:
    page = text(50, 100, "Thank you for your order of last week.") + items() + text(50, 400, "Please pay soon.")
    content = read(tmp_path, page)
    assert len(content.tables) == 1
    assert rows_of(content) == [list(row) for row in ITEMS]
    assert {cell.row for cell in content.tables[0].cells if cell.is_header} == {0}
    assert content.tables[0].page == 1
    assert content.tables[0].box == pytest.approx((50, 192, 530, 283), abs=2)
    assert "2\t349.00\t698.00\nDesk lamp\t4" in content.text


def test_a_ruled_table_is_rows_and_cells(tmp_path: Path) -> None:
    ys = [186 + 20 * row for row in range(6)]
    content = read(tmp_path, items() + grid((45, 270, 345, 445, 535), ys))
    assert rows_of(content) == [list(row) for row in ITEMS]
    assert content.tables[0].box == pytest.approx((45, 186, 535, 286), abs=1)
    assert {cell.row for cell in content.tables[0].cells if cell.is_header} == {0}


def test_a_ruled_table_of_words_alone_is_one_too(tmp_path: Path) -> None:
    words = (("Role", "Name"), ("Tenant", "Ada Lovelace"), ("Owner", "Mara Lindqvist"))
    page = grid((50, 150, 300), [100, 120, 140, 160]) + "".join(
        text(55, 114 + 20 * row, role) + text(155, 114 + 20 * row, name) for row, (role, name) in enumerate(words)
    )
    assert rows_of(read(tmp_path, page)) == [list(row) for row in words]


def test_an_empty_cell_keeps_its_place(tmp_path: Path) -> None:
    page = grid((50, 150, 250, 350), [100, 120, 140, 160]) + "".join(
        text(55 + 100 * column, 114 + 20 * row, cell)
        for row, cells in enumerate((("Day", "In", "Out"), ("Monday", "", "17:00"), ("Friday", "9:00", "")))
        for column, cell in enumerate(cells)
        if cell
    )
    assert rows_of(read(tmp_path, page)) == [["Day", "In", "Out"], ["Monday", "", "17:00"], ["Friday", "9:00", ""]]


def test_a_cell_across_columns_spans_them(tmp_path: Path) -> None:
    frame = "".join(line(x, 100, x, 160) for x in (50, 350)) + "".join(line(x, 120, x, 160) for x in (150, 250))
    frame += "".join(line(50, y, 350, y) for y in (100, 120, 140, 160))
    page = frame + text(55, 114, "Opening hours in winter")
    page += "".join(
        text(55 + 100 * column, 134 + 20 * row, cell)
        for row, cells in enumerate((("Day", "In", "Out"), ("Monday", "9:00", "17:00")))
        for column, cell in enumerate(cells)
    )
    content = read(tmp_path, page)
    first = content.tables[0].cells[0]
    assert (first.row, first.column, first.column_span) == (0, 0, 3)
    assert rows_of(content)[1:] == [["Day", "In", "Out"], ["Monday", "9:00", "17:00"]]


def test_a_description_on_two_lines_stays_in_its_cell(tmp_path: Path) -> None:
    page = items(pitch=32) + text(50, 200 + 32 + 11, "with cable duct, oiled")
    rows = rows_of(read(tmp_path, page))
    assert rows[1] == ["Oak desk, 160 x 80 cm with cable duct, oiled", "2", "349.00", "698.00"]
    assert len(rows) == 5


def test_a_frame_around_text_is_no_table(tmp_path: Path) -> None:
    page = grid((40, 560), (80, 200)) + lines(50, 100, [" ".join((words, words)) for words in PROSE])
    assert read(tmp_path, page).tables == ()


def test_two_columns_of_prose_are_no_table(tmp_path: Path) -> None:
    assert read(tmp_path, lines(40, 100, PROSE) + lines(320, 100, PROSE)).tables == ()


def test_text_before_and_after_a_table_stays_before_and_after_it(tmp_path: Path) -> None:
    content = read(tmp_path, text(50, 170, "Your order:") + items() + right(530, 330, "Total 1,111.10"))
    assert content.text.startswith("Your order:\n\nDescription\t")
    assert content.text.endswith("38.50\t38.50\n\nTotal 1,111.10")


# --- blocks


def test_headings_lists_captions_and_footnotes_are_told_apart(tmp_path: Path) -> None:
    page = (
        text(50, 80, "Rules of the harbour", size=22, font="F2")
        + text(50, 130, "1. Mooring", size=14, font="F2")
        + lines(50, 155, PROSE)
        + lines(50, 250, ["- boats over nine metres", "- boats under sail", "- boats under tow"], pitch=16)
        + text(50, 330, "Figure 3: the quays in winter")
        + text(50, 790, "1 Measured along the waterline.", size=7)
    )
    found = kinds(read(tmp_path, page))
    assert found[0] == ("title", "Rules of the harbour")
    assert found[1] == ("heading", "1. Mooring")
    assert found[2][0] == "paragraph"
    assert [kind for kind, _ in found[3:6]] == ["list_item"] * 3
    assert found[6] == ("caption", "Figure 3: the quays in winter")
    assert found[7][0] == "footnote"


def test_paragraphs_part_where_the_lines_do(tmp_path: Path) -> None:
    page = lines(50, 100, PROSE) + lines(50, 100 + 14 * 5 + 12, PROSE)
    assert [kind for kind, _ in kinds(read(tmp_path, page))] == ["paragraph", "paragraph"]


def test_double_spaced_text_is_one_paragraph(tmp_path: Path) -> None:
    assert len(kinds(read(tmp_path, lines(50, 100, PROSE, pitch=20)))) == 1


def test_two_lone_lines_far_apart_are_two_paragraphs(tmp_path: Path) -> None:
    assert len(kinds(read(tmp_path, text(50, 100, "Delivered") + text(50, 160, "Paid")))) == 2


def test_a_word_set_higher_or_smaller_stays_on_its_line(tmp_path: Path) -> None:
    page = text(50, 100, "Area of 120 m") + text(128, 96, "2", size=6) + text(134, 100, "in all")
    assert read(tmp_path, page).text.split("\n")[0].startswith("Area of 120 m")
    assert "\n" not in read(tmp_path, page).text
