"""Tables without drawn lines: rows of segments that stand in the same columns, with numbers in at least one of them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .page_grid import TableDraft
from .page_lines import PlacedWord, Segment

_MIN_COLUMNS = 3
_MAX_ROW_GAP = 2.2  # line heights of empty space below a row; more ends the table
_NEXT_LINE_GAP = 0.75  # line heights; a row that is nearer and fills only text columns goes on with the row above
_MAX_LABELS = 0.25  # share of cells that end in a colon; more is a form
_LONG_CELL = 9  # words; a table has at most one column of such cells
_NUMBER = re.compile(
    r"^[(\[+-]?(?:[A-Z]{0,3}[$€£¥₹]?)\s?-?\d[\d.,:/'’ -]*(?:%|[$€£¥₹]|\s?[A-Za-zÀ-ÿ.²³]{1,8}\d?)?[)\]]?(?:\s?[-*A-Z])?$"
)
_AMOUNT = re.compile(r"\d[.,]\d\d(?!\d)")


class _Column:
    __slots__ = ("x0", "x1")

    def __init__(self, x0: float, x1: float) -> None:
        self.x0 = x0
        self.x1 = x1


class _Run:
    """Rows that were found to stand in the same columns."""

    def __init__(self, first: list[Segment]) -> None:
        self.columns = [_Column(segment.x0, segment.x1) for segment in first]
        self.rows: list[list[tuple[_Column, Segment]]] = [list(zip(self.columns, first, strict=True))]

    def take(self, row: list[Segment]) -> bool:
        """Adds a row when each of its segments has a column of its own; columns may widen, and new ones may come."""
        taken: list[tuple[_Column | None, Segment]] = []
        used: set[int] = set()
        for segment in row:
            overlaps = [
                (min(segment.x1, column.x1) - max(segment.x0, column.x0), column)
                for column in self.columns
                if segment.x0 < column.x1 and segment.x1 > column.x0
            ]
            if not overlaps:
                taken.append((None, segment))
                continue
            overlaps.sort(key=lambda pair: -pair[0])
            width, column = overlaps[0]
            if len(overlaps) > 1:
                second, beside = overlaps[1]
                if second > 0.35 * min(segment.x1 - segment.x0, beside.x1 - beside.x0) or second > 0.6 * width:
                    return False
            if id(column) in used:
                return False
            used.add(id(column))
            taken.append((column, segment))
        fresh = [segment for column, segment in taken if column is None]
        if fresh and (len(fresh) > 1 and len(fresh) == len(row)):
            return False
        placed: list[tuple[_Column, Segment]] = []
        for given, segment in taken:
            if given is None:
                column = _Column(segment.x0, segment.x1)
                self.columns.append(column)
            else:
                column = given
            placed.append((column, segment))
        for column, segment in placed:
            others = [other for other in self.columns if other is not column]
            left = max((other.x1 for other in others if other.x1 <= column.x0), default=float("-inf"))
            right = min((other.x0 for other in others if other.x0 >= column.x1), default=float("inf"))
            column.x0 = max(min(column.x0, segment.x0), min(left, column.x0))
            column.x1 = min(max(column.x1, segment.x1), max(right, column.x1))
        self.rows.append(placed)
        return True


def unruled_tables(lines: Sequence[list[Segment]]) -> tuple[list[TableDraft], list[list[Segment]]]:
    """(tables, lines that are in none of them), from visual lines as segments, top to bottom."""
    tables: list[TableDraft] = []
    left: list[list[Segment]] = []
    index = 0
    while index < len(lines):
        if len(lines[index]) >= _MIN_COLUMNS or _may_start(lines, index):
            table, after = _grown(lines, index)
            if table is not None:
                tables.append(table)
                index = after
                continue
        left.append(list(lines[index]))
        index += 1
    return tables, left


def _may_start(lines: Sequence[list[Segment]], index: int) -> bool:
    """Two segments above a line with more: the upper line of a heading in two lines is not a row of its own."""
    return False


def _grown(lines: Sequence[list[Segment]], start: int) -> tuple[TableDraft | None, int]:
    run = _Run(lines[start])
    end = start + 1
    while end < len(lines):
        above, row = lines[end - 1], lines[end]
        height = max(segment.height for segment in row)
        gap = min(segment.y0 for segment in row) - max(segment.y1 for segment in above)
        if gap > _MAX_ROW_GAP * height or not run.take(row):
            break
        end += 1
    while end - start >= 2:
        table = _table(run, end - start)
        if table is not None:
            return table, start + table_lines(run, end - start)
        # What was taken last may be text below the table: try again without it, but not for long.
        shorter = _last_full_row(run, end - start - 1)
        if shorter < 2 or shorter >= end - start:
            break
        end = start + shorter
    return None, start + 1


def table_lines(run: _Run, count: int) -> int:
    """How many of the first `count` lines belong to the table: lone lines at its end are text below it."""
    return _last_full_row(run, count)


def _last_full_row(run: _Run, count: int) -> int:
    """Number of lines up to the last one with more than one cell, and what goes on below it closely in a text column."""
    last = count
    while last > 0 and len(run.rows[last - 1]) < 2:
        last -= 1
    while 0 < last < count and _goes_on(run.rows[last - 1], run.rows[last]):
        last += 1
    return last


def _goes_on(above: list[tuple[_Column, Segment]], row: list[tuple[_Column, Segment]]) -> bool:
    height = max(segment.height for _, segment in row)
    gap = min(segment.y0 for _, segment in row) - max(segment.y1 for _, segment in above)
    return gap < _NEXT_LINE_GAP * height and not any(_AMOUNT.search(segment.text) for _, segment in row)


def _table(run: _Run, count: int) -> TableDraft | None:
    count = _last_full_row(run, count)
    lines = run.rows[:count]
    columns = sorted({column for line in lines for column, _ in line}, key=lambda column: column.x0)
    if len(columns) < _MIN_COLUMNS or count < 2:
        return None
    rows, header_rows = _rows(lines, columns)
    if not _is_table(rows, header_rows, len(columns)):
        return None
    segments = [segment for line in lines for _, segment in line]
    box = (
        min(segment.x0 for segment in segments),
        min(segment.y0 for segment in segments),
        max(segment.x1 for segment in segments),
        max(segment.y1 for segment in segments),
    )
    words = [[[word for segment in cell for word in segment.words] for cell in row] for row in rows]
    return TableDraft(box, words, {}, header_rows)


def _rows(lines: list[list[tuple[_Column, Segment]]], columns: list[_Column]) -> tuple[list[list[list[Segment]]], int]:
    """Rows of cells, each a list of segments from top to bottom, and how many rows at the top are headers."""
    place = {id(column): index for index, column in enumerate(columns)}
    numeric = _numeric_columns(lines, place)
    rows: list[list[list[Segment]]] = []
    header_lines = 0
    for line in lines:
        if any(is_number(segment.text) for _, segment in line):
            break
        header_lines += 1
    if header_lines == len(lines):
        header_lines = 0
    above: list[tuple[_Column, Segment]] = []
    for number, line in enumerate(lines):
        is_text_only = not any(
            place[id(column)] in numeric and is_number(segment.text) for column, segment in line
        ) and len(line) < max(2, len(columns) - 1)
        close = bool(above) and (
            min(segment.y0 for _, segment in line) - max(segment.y1 for _, segment in above)
            < _NEXT_LINE_GAP * max(segment.height for _, segment in line)
        )
        in_header = number < header_lines
        if rows and close and ((in_header and number > 0) or (is_text_only and number > header_lines)):
            target = rows[-1]
        else:
            target = [[] for _ in columns]
            rows.append(target)
        for column, segment in line:
            target[place[id(column)]].append(segment)
        if number == header_lines - 1:
            header_rows = len(rows)
        above = line
    return rows, header_rows if header_lines else 0


def _numeric_columns(lines: list[list[tuple[_Column, Segment]]], place: dict[int, int]) -> set[int]:
    numbers: dict[int, int] = {}
    texts: dict[int, int] = {}
    for line in lines:
        for column, segment in line:
            counted = numbers if is_number(segment.text) else texts
            index = place[id(column)]
            counted[index] = counted.get(index, 0) + 1
    return {index for index, count in numbers.items() if count >= texts.get(index, 0) - 1}


def _is_table(rows: list[list[list[Segment]]], header_rows: int, columns: int) -> bool:
    body = [row for row in rows[header_rows:] if sum(map(bool, row)) > 1]
    if not body or (not header_rows and len(body) < 3):
        return False
    cells = [" ".join(segment.text for segment in cell) for row in rows for cell in row if cell]
    if sum(text.endswith(":") for text in cells) > _MAX_LABELS * len(cells):
        return False
    filled = sum(bool(cell) for row in body for cell in row)
    if filled < 0.5 * columns * len(body):
        return False
    numeric = long = 0
    for index in range(columns):
        texts = [" ".join(segment.text for segment in row[index]) for row in body if row[index]]
        if len(texts) >= 0.5 * len(body) and sum(map(is_number, texts)) >= 0.7 * len(texts):
            numeric += 1
        if texts and sum(len(segment.words) for row in body for segment in row[index]) > _LONG_CELL * len(texts):
            long += 1
    if header_rows:
        header = rows[0]
        if sum(map(bool, header)) < min(3, columns):
            return False
    return numeric >= (2 if len(body) < 3 else 1) and long <= 1


def is_number(text: str) -> bool:
    """Whether a cell holds a number, an amount, a date or a quantity with its unit, and nothing else."""
    return bool(_NUMBER.match(text)) or text in ("-", "–", "—")


def words_of(segments: Sequence[Segment]) -> list[PlacedWord]:
    """Words of segments in their order."""
    return [word for segment in segments for word in segment.words]
