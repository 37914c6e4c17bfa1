"""CSV files of every dialect, each value with its cell."""

from __future__ import annotations

from pathlib import Path

import pytest

from mmi_cli.datamodel.content import Content, SheetCell
from mmi_cli.errors import LimitExceeded
from mmi_cli.extract.csv import extract, find_delimiter
from tests.support.reading import a_context


def read(tmp_path: Path, data: str | bytes, **settings: object) -> Content:
    path = tmp_path / "file"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return extract(path, a_context(name="costs 2026.csv", **settings))


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(delimiter: str) -> None:
    assert (
        find_delimiter(f"a{delimiter}b{delimiter}c\n1{delimiter}2,5;x{delimiter}3\n4{delimiter}5{delimiter}6\n")
        == delimiter
    )


def test_german_decimals_do_not_cut_cells(tmp_path: Path) -> None:
    content = read(tmp_path, "Datum;Betrag\n01.02.2026;1.234,56\n03.02.2026;7,00\n")
    assert content.text == "Datum\tBetrag\n01.02.2026\t1.234,56\n03.02.2026\t7,00"


def test_cells_have_the_stem_of_the_file_as_sheet(tmp_path: Path) -> None:
    content = read(tmp_path, "a,b\n1,2\n")
    assert [word.place for word in content.words] == [
        SheetCell("costs 2026", cell) for cell in ("A1", "B1", "A2", "B2")
    ]


def test_quoted_newlines_and_ragged_rows_are_kept(tmp_path: Path) -> None:
    content = read(tmp_path, 'name,text\r\nAnn,"two\r\nlines, one ""cell"""\r\nBob,x,extra\r\n')
    (table,) = content.tables
    assert (table.rows, table.columns) == (3, 3)
    cells = {(c.row, c.column): content.text_of(c.first, c.last) for c in table.cells}
    assert cells[1, 1] == 'two lines, one "cell"'
    assert cells[2, 2] == "extra"
    assert content.words[-1].place == SheetCell("costs 2026", "C3")


def test_legacy_and_wide_encodings_are_read(tmp_path: Path) -> None:
    text = "Name;Straße\nJürgen;Größe\nAndré;Café\n"
    for encoding in ("cp1252", "utf-16", "utf-8-sig"):
        assert "Straße" in read(tmp_path, text.encode(encoding)).text, encoding


def test_the_separator_line_of_excel_is_obeyed(tmp_path: Path) -> None:
    assert read(tmp_path, "sep=|\na,b|c\n").text == "a,b\tc"


def test_empty_rows_set_tables_apart_and_row_numbers_stay(tmp_path: Path) -> None:
    content = read(tmp_path, "a,b\n,\nc,d\n")
    assert len(content.tables) == 2
    assert content.words[-1].place == SheetCell("costs 2026", "B3")


def test_nothing_is_nothing(tmp_path: Path) -> None:
    assert read(tmp_path, "").words == ()


def test_limits_are_kept(tmp_path: Path) -> None:
    with pytest.raises(LimitExceeded, match="max_cells = 4"):
        read(tmp_path, "a,b\n" * 10, max_cells=4)
    with pytest.raises(LimitExceeded, match="max_text_chars = 20"):
        read(tmp_path, "word,word\n" * 10, max_text_chars=20)
