"""Tables without drawn lines: rows of segments that stand in the same columns, with numbers in at least one of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from .page_grid import TableDraft
from .page_lines import Segment, segment_from

_MIN_COLUMNS = 3
_MIN_PAIRS = 3  # rows of a table of two columns
_MAX_ROW_GAP = 2.2  # line heights of empty space below a row; more ends the table
_NEXT_LINE_GAP = 0.75  # line heights; a row that is nearer and fills only text columns goes on with the row above
_MAX_FULL_ROW_GAP = 9.0  # line heights; a row that fills nearly all columns may stand as far below
_NEXT_NOTE_GAP = (
    1.6  # line heights; the same for a lone line below a lone line, or between rows that stand farther apart
)
_MAX_HEADER_LINES = 4
_MAX_NOTE_CELLS = 2  # of a line that goes on with the row above; more cells are a row of their own
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

    def take(self, row: list[Segment], *, may_split: bool = True, may_add: bool = True) -> bool:
        """Adds a row when each of its segments has a column of its own; columns may widen, and new ones may come.

        Args:
            may_split: two segments below one heading part it, where its words stand close together.
            may_add: a segment below no column makes a new one.
        """
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
                beside_it = next(other for taken_column, other in taken if taken_column is column)
                return may_split and self._split(column, beside_it, segment) and self.take(row, may_split=may_split)
            used.add(id(column))
            taken.append((column, segment))
        fresh = [segment for column, segment in taken if column is None]
        if fresh and (not may_add or (len(fresh) > 1 and len(fresh) == len(row))):
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

    def _split(self, column: _Column, left: Segment, right: Segment) -> bool:
        """Parts a column between two segments of one row, with the words of the headings above them."""
        cut = _best_cut([segment for line in self.rows for place, segment in line if place is column], left, right)
        if right.x0 <= left.x1 or len(self.rows) > _MAX_HEADER_LINES:
            return False
        if any(is_number(segment.text) for line in self.rows for place, segment in line if place is column):
            return False
        fresh = _Column(min(cut, right.x0), column.x1)
        for line in self.rows:
            for index, (place, segment) in enumerate(line):
                if place is not column:
                    continue
                before = [word for word in segment.words if word.box[0] + word.box[2] < 2 * cut]
                after = [word for word in segment.words if word.box[0] + word.box[2] >= 2 * cut]
                if not before:
                    line[index] = (fresh, segment)
                elif after:
                    line[index : index + 1] = [(column, segment_from(before)), (fresh, segment_from(after))]
                break
        self.columns.append(fresh)
        column.x1 = max(cut, left.x1)
        return True


def _best_cut(headings: Sequence[Segment], left: Segment, right: Segment) -> float:
    """x between two words of the longest heading, where one ends above the end of `left` or one starts above the start of `right`."""
    words = max(headings, key=lambda segment: len(segment.words)).words
    cuts = [
        (min(abs(a.box[2] - left.x1), abs(b.box[0] - right.x0), abs(a.box[0] - left.x0)), (a.box[2] + b.box[0]) / 2)
        for a, b in pairwise(words)
    ]
    return min(cuts)[1] if cuts else (left.x1 + right.x0) / 2


def unruled_tables(lines: Sequence[list[Segment]]) -> tuple[list[TableDraft], list[list[Segment]]]:
    """(tables, lines that are in none of them), from visual lines as segments, top to bottom."""
    tables: list[TableDraft] = []
    left: list[list[Segment]] = []
    index = 0
    while index < len(lines):
        if len(lines[index]) >= 2:
            table, after = _grown(lines, index)
            if table is not None:
                tables.append(table)
                index = after
                continue
        left.append(list(lines[index]))
        index += 1
    return tables, left


def _grown(lines: Sequence[list[Segment]], start: int) -> tuple[TableDraft | None, int]:
    """The table that starts at a line, and the line after it."""
    run = _Run(lines[start])
    end = start + 1
    while end < len(lines):
        row = lines[end]
        height = max(segment.height for segment in row)
        gap = _gap(lines[end - 1], row)
        is_near = gap <= _MAX_ROW_GAP * height
        is_full = len(row) >= max(_MIN_COLUMNS, len(run.columns) - 2) and gap <= _MAX_FULL_ROW_GAP * height
        if not ((is_near or is_full) and run.take(row, may_split=is_near, may_add=is_near)):
            note = _note_before_row(run, lines, end) if is_near else 0
            if not note:
                break
            end += note
            continue
        end += 1
    while end - start >= 2:
        table = _table(run, end - start)
        if table is not None:
            return table, start + _last_full_row(run, end - start)
        # What was taken last may be text below the table: try again without it.
        shorter = _last_full_row(run, end - start - 1)
        if shorter < 2 or shorter >= end - start:
            break
        end = start + shorter
    return None, start + 1


def _note_before_row(run: _Run, lines: Sequence[list[Segment]], at: int) -> int:
    """Takes a lone line across columns, between two rows of the table, into the column in which it starts; lines taken, 0 or 1."""
    row = lines[at]
    after = lines[at + 1] if at + 1 < len(lines) else []
    if len(row) != 1 or len(after) < max(_MIN_COLUMNS, len(run.columns) - 2) or len(run.rows) < 2:
        return 0
    start = row[0].x0
    column = next((column for column in run.columns if column.x0 - 2 <= start < column.x1), None)
    if column is None or not _stand_below(after, run.columns):
        return 0
    run.rows.append([(column, row[0])])
    return 1


def _stand_below(row: Sequence[Segment], columns: Sequence[_Column]) -> bool:
    """Whether each segment of a row lies below exactly one column."""
    return all(sum(segment.x0 < column.x1 and segment.x1 > column.x0 for column in columns) == 1 for segment in row)


def _gap(above: Sequence[Segment], row: Sequence[Segment]) -> float:
    return min(segment.y0 for segment in row) - max(segment.y1 for segment in above)


def _last_full_row(run: _Run, count: int) -> int:
    """Number of lines up to the last one with more than one cell, and what goes on below it closely in a text column."""
    last = count
    while last > 0 and len(run.rows[last - 1]) < 2:
        last -= 1
    has_notes = any(len(line) == 1 for line in run.rows[1:last])
    while 0 < last < count and _goes_on(run.rows[last - 1], run.rows[last], has_notes=has_notes):
        last += 1
    return last


def _goes_on(above: list[tuple[_Column, Segment]], row: list[tuple[_Column, Segment]], *, has_notes: bool) -> bool:
    height = max(segment.height for _, segment in row)
    gap = _gap([segment for _, segment in above], [segment for _, segment in row])
    near = _NEXT_NOTE_GAP if has_notes or len(above) == 1 else _NEXT_LINE_GAP
    return len(row) == 1 and gap < near * height and not _AMOUNT.search(row[0][1].text)


def _table(run: _Run, count: int) -> TableDraft | None:
    count = _last_full_row(run, count)
    lines = run.rows[:count]
    columns = sorted({column for line in lines for column, _ in line}, key=_left)
    if len(columns) < 2 or count < 2:
        return None
    numbers = sum([is_number(segment.text) for line in lines for _, segment in line])
    if numbers < (1 if len(columns) >= _MIN_COLUMNS else 2 * _MIN_PAIRS):
        return None  # told early, since most runs of lines are label and value, or text
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


def _left(column: _Column) -> float:
    return column.x0


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
    gaps = [_gap([segment for _, segment in one], [segment for _, segment in other]) for one, other in pairwise(lines)]
    for number, line in enumerate(lines):
        height = max(segment.height for _, segment in line)
        gap = gaps[number - 1] if number else 0.0
        after = gaps[number] if number < len(gaps) else 0.0
        is_text_only = not any(
            place[id(column)] in numeric and is_number(segment.text) for column, segment in line
        ) and len(line) < max(2, min(_MAX_NOTE_CELLS + 1, len(columns) - 1))
        is_close = (
            gap < _NEXT_LINE_GAP * height
            or (len(line) == 1 and gap < _NEXT_NOTE_GAP * height and gap < 1.3 * after + 1)
            or (len(line) == 1 and number == len(lines) - 1 and gap < _NEXT_NOTE_GAP * height)
        )
        goes_on = is_text_only and number > header_lines
        if rows and number and is_close and (number < header_lines or goes_on):
            target = rows[-1]
        else:
            target = [[] for _ in columns]
            rows.append(target)
        for column, segment in line:
            target[place[id(column)]].append(segment)
        if number == header_lines - 1:
            header_rows = len(rows)
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
    kinds = ""
    for index in range(columns):
        texts = [" ".join(segment.text for segment in row[index]) for row in body if row[index]]
        if len(texts) >= 0.5 * len(body) and sum(map(is_number, texts)) >= 0.7 * len(texts):
            numeric += 1
            kinds += "#"
        else:
            kinds += "a"
        if texts and sum(len(segment.words) for row in body for segment in row[index]) > _LONG_CELL * len(texts):
            long += 1
    if columns < _MIN_COLUMNS:  # two columns are label and value, unless a heading stands above numbers in both
        full = sum(all(row) for row in body)
        return kinds == "##" and header_rows == 1 and all(rows[0]) and full >= _MIN_PAIRS and full == len(body)
    if header_rows:
        if max(sum(map(bool, header)) for header in rows[:header_rows]) < _MIN_COLUMNS:
            return False
    else:
        if kinds in ("a#a#", "a#a#a#"):  # label and value, two or three times side by side
            return False
        if sum(sum(map(bool, row)) >= _MIN_COLUMNS for row in body) < 0.6 * len(body):
            return False
    return numeric >= (2 if len(body) < 3 else 1) and long <= 1


@lru_cache(maxsize=4096)
def is_number(text: str) -> bool:
    """Whether a cell holds a number, an amount, a date or a quantity with its unit, and nothing else."""
    return bool(_NUMBER.match(text)) or text in ("-", "–", "—")
