"""Workbooks: values as a reader takes them from the sheet, each with its cell."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment

from mmi_cli.datamodel.content import Content, SheetCell
from mmi_cli.errors import CorruptFile, LimitExceeded
from mmi_cli.extract.sheet_table import column_letters
from mmi_cli.extract.xlsx import column_number, extract
from tests.support.office_files import BOMB, make_strict, write_xlsx
from tests.support.reading import a_context


def read(path: Path, **settings: object) -> Content:
    return extract(path, a_context(name=path.name, **settings))


def values(content: Content) -> dict[str, str]:
    """Cell → text."""
    found: dict[str, list[str]] = {}
    for word in content.words:
        assert isinstance(word.place, SheetCell)
        found.setdefault(word.place.cell, []).append(word.text)
    return {cell: " ".join(words) for cell, words in found.items()}


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Costs"
    sheet.append(["Day", "What", "Amount", "Share"])
    for day, what, amount, share in ((1, "Train", 1234.5, 0.125), (31, "Hotel", 89.9, 0.5)):
        sheet.append([dt.date(2026, 1, day), what, amount, share])
        row = sheet.max_row
        sheet.cell(row, 1).number_format = "dd.mm.yyyy"
        sheet.cell(row, 3).number_format = '#,##0.00\\ "€"'
        sheet.cell(row, 4).number_format = "0.0%"
    sheet["A6"] = "Checked"
    sheet["B6"] = True
    sheet["A6"].comment = Comment("by Ann", "Bob")
    hidden = book.create_sheet("Notes")
    hidden["C3"] = "secret"
    hidden.sheet_state = "hidden"
    path = tmp_path / "costs.xlsx"
    book.save(path)
    return path


def test_values_stand_as_they_are_shown_with_their_cells(workbook: Path) -> None:
    content = read(workbook)
    shown = values(content)
    assert shown["A2"] == "2026-01-01"
    assert shown["C2"] == "1234.50 €"
    assert shown["D2"] == "12.5%"
    assert shown["B6"] == "TRUE"
    assert {word.place.sheet for word in content.words if isinstance(word.place, SheetCell)} == {"Costs", "Notes"}


def test_empty_rows_set_tables_apart_and_headers_are_known(workbook: Path) -> None:
    content = read(workbook)
    first, second = content.tables
    assert [content.text_of(cell.first, cell.last) for cell in first.cells if cell.is_header] == [
        "Day",
        "What",
        "Amount",
        "Share",
    ]
    assert (first.rows, first.columns, second.rows) == (3, 4, 1)
    assert content.blocks[first.block].label == "Costs"


def test_hidden_sheets_are_read_and_marked(workbook: Path) -> None:
    content = read(workbook)
    assert [block.label for block in content.blocks if "secret" in content.text_of(block.first, block.last)] == [
        "Notes (hidden)"
    ]
    assert [notice.code for notice in content.warnings] == ["hidden_sheet"]


def test_comments_keep_their_cell(workbook: Path) -> None:
    content = read(workbook)
    (comment,) = [block for block in content.blocks if block.label == "comment"]
    assert content.words[comment.first].place == SheetCell("Costs", "A6")


def test_merged_cells_have_spans(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Quarter", None, "Sum"])
    book.active.append(["Jan", "Feb", 3])
    book.active.merge_cells("A1:B1")
    book.save(tmp_path / "a.xlsx")
    content = read(tmp_path / "a.xlsx")
    (table,) = content.tables
    spans = {content.text_of(c.first, c.last): (c.row_span, c.column_span) for c in table.cells if c.first < c.last}
    assert spans == {"Quarter": (1, 2), "Sum": (1, 1), "Jan": (1, 1), "Feb": (1, 1), "3": (1, 1)}


def test_the_values_are_those_of_openpyxl(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in range(1, 60):
        book.active.append([row, row / 7, f"text {row}", row % 2 == 0, dt.datetime(2026, 2, 1 + row % 28, 13, row)])
    book.save(tmp_path / "a.xlsx")
    shown = values(read(tmp_path / "a.xlsx"))
    for cells in openpyxl.load_workbook(tmp_path / "a.xlsx", read_only=True, data_only=True).active.iter_rows():
        for cell in cells:
            text = shown[cell.coordinate]
            match cell.value:
                case bool():
                    assert text == str(cell.value).upper()
                case dt.datetime():
                    assert text == cell.value.isoformat(" ", "minutes")
                case int() | float():
                    assert float(text) == pytest.approx(cell.value, rel=1e-14)
                case _:
                    assert text == cell.value


def test_dates_of_1904_are_four_years_later(tmp_path: Path) -> None:
    styles = (
        '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cellXfs><xf numFmtId="0"/>'
        '<xf numFmtId="14"/></cellXfs></styleSheet>'
    )
    sheet = '<sheetData><row r="1"><c r="A1" s="1"><v>100</v></c></row></sheetData>'
    parts = {"xl/styles.xml": styles}
    assert read(write_xlsx(tmp_path / "a.xlsx", sheet, parts=parts)).text == "1900-04-09"
    old = write_xlsx(tmp_path / "b.xlsx", sheet, parts=parts, workbook='<workbookPr date1904="1"/>')
    assert read(old).text == "1904-04-10"


def test_cells_of_every_kind_without_references_and_styles(tmp_path: Path) -> None:
    strings = (
        '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        "<si><r><t>rich </t></r><r><t>text</t></r><rPh><t>reading</t></rPh></si></sst>"
    )
    sheet = (
        '<sheetData><row><c t="s"><v>0</v></c><c t="inlineStr"><is><t>in_x0020_line</t></is></c><c t="e"><v>#DIV/0!</v></c>'
        '<c t="str"><f>A1</f><v>result</v></c><c t="d"><v>2026-03-04T00:00:00</v></c><c><v>0.30000000000000004</v></c></row></sheetData>'
    )
    content = read(write_xlsx(tmp_path / "a.xlsx", sheet, parts={"xl/sharedStrings.xml": strings}))
    assert content.text == "rich text\tin line\t#DIV/0!\tresult\t2026-03-04\t0.3"
    assert content.words[-1].place == SheetCell("Sheet1", "F1")


def test_formulas_without_a_stored_result_are_told(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append([1, 2, "=A1+B1"])
    book.save(tmp_path / "a.xlsx")
    content = read(tmp_path / "a.xlsx")
    assert content.text == "1\t2"
    assert [notice.code for notice in content.warnings] == ["no_stored_result"]


def test_a_cell_at_the_far_end_costs_nothing(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "here"
    book.active["XFD1048576"] = "there"
    book.save(tmp_path / "a.xlsx")
    content = read(tmp_path / "a.xlsx", max_cells=10)
    assert values(content) == {"A1": "here", "XFD1048576": "there"}


def test_a_strict_workbook_reads_as_its_transitional_twin(workbook: Path, tmp_path: Path) -> None:
    assert read(make_strict(workbook, tmp_path / "strict.xlsx")) == read(workbook)


def test_too_many_cells_are_stopped(workbook: Path) -> None:
    with pytest.raises(LimitExceeded, match="max_cells = 5"):
        read(workbook, max_cells=5)


@pytest.mark.parametrize("part", ["xl/sharedStrings.xml", "xl/styles.xml"])
def test_entity_bombs_are_refused(tmp_path: Path, part: str) -> None:
    sheet = '<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row></sheetData>'
    with pytest.raises(CorruptFile, match="entities"):
        read(write_xlsx(tmp_path / "a.xlsx", sheet, parts={part: f"{BOMB}<sst><si><t>&c;</t></si></sst>"}))


def test_an_entity_bomb_in_the_only_sheet_fails_the_file(tmp_path: Path) -> None:
    with pytest.raises(CorruptFile, match="entities"):
        read(write_xlsx(tmp_path / "a.xlsx", "<sheetData/>", prolog=BOMB))


def test_a_damaged_sheet_costs_only_its_rest(tmp_path: Path) -> None:
    content = read(write_xlsx(tmp_path / "a.xlsx", '<sheetData><row><c t="str"><v>kept</v></c></row><row><c'))
    assert content.text == "kept"
    assert [notice.code for notice in content.warnings] == ["corrupt"]


def test_columns_are_counted_as_excel_does() -> None:
    for number, letters in ((1, "A"), (26, "Z"), (27, "AA"), (702, "ZZ"), (703, "AAA"), (16384, "XFD")):
        assert column_letters(number) == letters
        assert column_number(letters) == number
