"""Cells of a sheet → tables: a block wherever empty rows set rows apart, empty rows and columns left out."""

from __future__ import annotations

from collections.abc import Sequence

from .. import progress
from ..datamodel.content import SheetCell
from ..datamodel.content_builder import ContentBuilder, WordIn
from .flow_text import Spans, TextLimits, clean_label

_MAX_ROWS = 100_000
"""Rows after which a table is closed and another begun, so that the cells of a huge sheet are not all held twice."""


class SheetWriter:
    """Takes rows from top to bottom and adds a table where a run of rows ends; call `close` at the end."""

    def __init__(
        self,
        builder: ContentBuilder,
        limits: TextLimits,
        *,
        sheet: str,
        label: str | None = None,
        merged: Spans | None = None,
    ) -> None:
        self._builder = builder
        self._limits = limits
        self._sheet = sheet
        self._label = clean_label(label or sheet)
        self._merged = merged or {}
        """(row, column), both from 1 → (row span, column span)."""
        self._rows: list[tuple[int, list[tuple[int, str]]]] = []

    def add_row(self, number: int, cells: Sequence[tuple[int, str]]) -> None:
        """A row's cells that hold something: (column from 1, text), left to right. `number` counts from 1 and grows."""
        if not cells:
            return
        progress.step()
        self._limits.add_cells(len(cells))
        self._limits.add_characters(sum(len(text) for _, text in cells))
        if self._rows and (number > self._rows[-1][0] + self._height_at_end() or len(self._rows) >= _MAX_ROWS):
            self.close()
        self._rows.append((number, list(cells)))

    def _height_at_end(self) -> int:
        """Rows that the last row covers: 1, or more where a cell of it is merged with those below."""
        number, cells = self._rows[-1]
        return max(self._merged.get((number, column), (1, 1))[0] for column, _ in cells)

    def close(self) -> None:
        """Adds the rows taken since the last table."""
        if not self._rows:
            return
        rows, self._rows = self._rows, []
        if len(rows) == 1 and len(rows[0][1]) == 1:  # a title or a remark, not a table
            number, [(column, text)] = rows[0]
            place = SheetCell(self._sheet, f"{column_letters(column)}{number}")
            self._builder.add_text_block("paragraph", text, place, label=self._label)
            return
        columns = sorted({column for _, cells in rows for column, _ in cells})
        column_index = {column: index for index, column in enumerate(columns)}
        row_index = {number: index for index, (number, _) in enumerate(rows)}
        grid: list[list[list[WordIn]]] = []
        spans: dict[tuple[int, int], tuple[int, int]] = {}
        self._limits.add_cells(len(rows) * len(columns) - sum(len(cells) for _, cells in rows))
        for index, (number, cells) in enumerate(rows):
            line: list[list[WordIn]] = [[] for _ in columns]
            for column, text in cells:
                if column % 1000 == 0:
                    progress.step()
                place = SheetCell(self._sheet, f"{column_letters(column)}{number}")
                line[column_index[column]] = [(word, place, None) for word in text.split()]
                if span := self._merged.get((number, column)):
                    height = sum(number + down in row_index for down in range(span[0])) if span[0] < 1000 else 1
                    width = sum(column + right in column_index for right in range(span[1])) if span[1] < 1000 else 1
                    if height > 1 or width > 1:
                        spans[index, column_index[column]] = (height, width)
            grid.append(line)
        header = 1 if len(rows) > 1 and _looks_like_header(rows[0][1], rows[1:]) else 0
        self._builder.add_table(grid, spans=spans, header_rows=header, label=self._label)


def _looks_like_header(first: list[tuple[int, str]], rest: Sequence[tuple[int, list[tuple[int, str]]]]) -> bool:
    """Whether the first row names the columns: words over every column that is filled below, none of them a number."""
    below = {column for _, cells in rest[:20] for column, _ in cells}
    named = {column for column, _ in first}
    if any(_is_number(text) for _, text in first) or len(named) < 2 <= len(below):
        return False
    return len(below - named) <= len(below) // 4


def _is_number(text: str) -> bool:
    return any(character.isdigit() for character in text) and not any(character.isalpha() for character in text)


def column_letters(column: int) -> str:
    """1 → A, 27 → AA."""
    letters = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
