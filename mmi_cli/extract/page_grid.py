"""Tables drawn with ruled lines: lines → grid → cells with spans → rows of words."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ..datamodel.content import Box
from .page_lines import PlacedWord, lines_of

_TOLERANCE = 3.0  # points between ends of lines that are meant to meet
_MERGE = 2.5  # points between parallel lines that are drawn for one
_MAX_RULES = 3_000
_MAX_SLOTS = 4_000
_MAX_CELL_WORDS = 120  # a cell with more is a box around text, not a cell of a table
_MIN_HEADER = 3  # cells filled in the first row make a table of one below which hardly anything is filled in
_MIN_FILLED = 0.3  # of the cells


class Rule(NamedTuple):
    """A straight ruled line, or one side of a drawn rectangle."""

    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(slots=True)
class TableDraft:
    """A table before it is added: rows of cells of words in reading order."""

    box: Box
    rows: list[list[list[PlacedWord]]]
    spans: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    header_rows: int = 0


class _Line(NamedTuple):
    at: float
    start: float
    end: float


def ruled_tables(words: Sequence[PlacedWord], rules: Sequence[Rule]) -> tuple[list[TableDraft], list[PlacedWord]]:
    """(tables, words that are in none of them)."""
    if len(rules) < 5 or len(rules) > _MAX_RULES:
        return [], list(words)
    across = _merged([_Line(rule.y0, rule.x0, rule.x1) for rule in rules if rule.x1 - rule.x0 > rule.y1 - rule.y0])
    down = _merged([_Line(rule.x0, rule.y0, rule.y1) for rule in rules if rule.y1 - rule.y0 > rule.x1 - rule.x0])
    tables: list[TableDraft] = []
    left = list(words)
    for rows, columns in _connected(across, down):
        found, left = _tables(rows, columns, left)
        tables += found
    return tables, left


def _merged(lines: list[_Line]) -> list[_Line]:
    """Parallel lines at nearly one place that touch, as one."""
    merged: list[_Line] = []
    lines.sort()
    group: list[_Line] = []
    for line in lines:
        if group and line.at - group[-1].at > _MERGE:
            merged += _joined(group)
            group = []
        group.append(line)
    return merged + _joined(group)


def _joined(group: list[_Line]) -> list[_Line]:
    joined: list[_Line] = []
    for line in sorted(group, key=lambda line: line.start):
        if joined and line.start <= joined[-1].end + _TOLERANCE:
            last = joined[-1]
            joined[-1] = _Line(last.at, last.start, max(last.end, line.end))
        else:
            joined.append(line)
    return joined


def _connected(across: list[_Line], down: list[_Line]) -> list[tuple[list[_Line], list[_Line]]]:
    """Groups of crossing lines, as (across, down), top to bottom."""
    owner = list(range(len(across) + len(down)))

    def root(index: int) -> int:
        while owner[index] != index:
            owner[index] = owner[owner[index]]
            index = owner[index]
        return index

    ats = [line.at for line in across]
    for number, column in enumerate(down):
        first = bisect_right(ats, column.start - _TOLERANCE)
        for index in range(first, len(across)):
            row = across[index]
            if row.at > column.end + _TOLERANCE:
                break
            if row.start - _TOLERANCE <= column.at <= row.end + _TOLERANCE:
                owner[root(len(across) + number)] = root(index)
    groups: dict[int, tuple[list[_Line], list[_Line]]] = {}
    for index in range(len(owner)):
        rows, columns = groups.setdefault(root(index), ([], []))
        if index < len(across):
            rows.append(across[index])
        else:
            columns.append(down[index - len(across)])
    found = [(rows, columns) for rows, columns in groups.values() if len(rows) >= 2 and len(columns) >= 3]
    return sorted(found, key=lambda group: (group[0][0].at, group[1][0].at))


def _places(lines: list[_Line]) -> list[float]:
    places: list[float] = []
    for line in sorted(lines):
        if not places or line.at - places[-1] > _MERGE:
            places.append(line.at)
    return places


def _tables(
    across: list[_Line], down: list[_Line], words: list[PlacedWord]
) -> tuple[list[TableDraft], list[PlacedWord]]:
    """The tables of one grid, and the words that are in none of them."""
    ys, xs = _places(across), _places(down)
    rows, columns = len(ys) - 1, len(xs) - 1
    if rows < 1 or columns < 2 or rows * columns > _MAX_SLOTS:
        return [], words
    slots: dict[tuple[int, int], list[PlacedWord]] = {}
    inside = 0
    left: list[PlacedWord] = []
    for word in words:
        x, y = (word.box[0] + word.box[2]) / 2, (word.box[1] + word.box[3]) / 2
        row, column = bisect_right(ys, y) - 1, bisect_right(xs, x) - 1
        if 0 <= row < rows and 0 <= column < columns:
            slots.setdefault((row, column), []).append(word)
            inside += 1
        else:
            left.append(word)
    if inside < 4:
        return [], words
    cells = _cells(across, down, ys, xs)
    filled: dict[tuple[int, int], list[PlacedWord]] = {}
    for top_left, members in list(cells.items()):
        inner = [word for member in members for word in slots.get(member, ())]
        if _is_open(members, across, down, ys, xs):  # what lies beside the drawn cells, inside the hull of the grid
            left += inner
            del cells[top_left]
        elif inner:
            filled[top_left] = inner
    tables = []
    for first, last in _row_ranges(cells, filled, rows):
        table = _range_table(cells, filled, ys[first : last + 1], xs, first)
        if table is None:
            left += [word for (row, _), inner in filled.items() if first <= row < last for word in inner]
        else:
            tables.append(table)
    ranges = [row for first, last in _row_ranges(cells, filled, rows) for row in range(first, last)]
    left += [word for (row, _), inner in filled.items() if row not in ranges for word in inner]
    return tables, left


def _is_drawn(lines: list[_Line], at: float, start: float, end: float) -> bool:
    """Whether one of the lines, which are sorted, is drawn at that place over the middle of the side of a slot."""
    middle = (start + end) / 2
    for index in range(bisect_left(lines, (at - _MERGE,)), len(lines)):
        line = lines[index]
        if line.at > at + _MERGE:
            return False
        if line.start <= middle <= line.end:
            return True
    return False


def _is_open(
    members: list[tuple[int, int]], across: list[_Line], down: list[_Line], ys: list[float], xs: list[float]
) -> bool:
    """Whether a cell has no line where the grid ends: above or below it, or beside it when it reaches over several rows."""
    is_tall = len({row for row, _ in members}) > 1
    last_row, last_column = len(ys) - 2, len(xs) - 2
    for row, column in members:
        if is_tall and column in (0, last_column):
            at = xs[0] if column == 0 else xs[-1]
            if not _is_drawn(down, at, ys[row], ys[row + 1]):
                return True
        if row in (0, last_row):
            at = ys[0] if row == 0 else ys[-1]
            if not _is_drawn(across, at, xs[column], xs[column + 1]):
                return True
    return False


def _row_ranges(
    cells: dict[tuple[int, int], list[tuple[int, int]]], filled: dict[tuple[int, int], list[PlacedWord]], rows: int
) -> list[tuple[int, int]]:
    """Runs of rows, as (first, after last), without a box: a cell over several rows and columns, or with a text of its own."""
    boxed: set[int] = set()
    for top_left, members in cells.items():
        spans_rows = {row for row, _ in members}
        spans_columns = {column for _, column in members}
        if (len(spans_rows) > 1 and len(spans_columns) > 1) or len(filled.get(top_left, ())) > _MAX_CELL_WORDS:
            boxed |= spans_rows
    ranges: list[tuple[int, int]] = []
    for row in range(rows):
        if row in boxed:
            continue
        if ranges and ranges[-1][1] == row:
            ranges[-1] = (ranges[-1][0], row + 1)
        else:
            ranges.append((row, row + 1))
    # A cell that reaches from one run into a box keeps its words with the run in which it starts.
    return ranges


def _range_table(
    cells: dict[tuple[int, int], list[tuple[int, int]]],
    filled: dict[tuple[int, int], list[PlacedWord]],
    ys: list[float],
    xs: list[float],
    first: int,
) -> TableDraft | None:
    """The table of the rows between `ys`, or None when they are no table."""
    rows, columns = len(ys) - 1, len(xs) - 1
    own = [top_left for top_left in cells if first <= top_left[0] < first + rows]
    if sum(top_left in filled for top_left in own) < max(3, _MIN_FILLED * len(own)):
        return None
    body: list[list[list[PlacedWord]]] = []
    spans: dict[tuple[int, int], tuple[int, int]] = {}
    for row in range(first, first + rows):
        drafts = [filled.get((row, column), []) for column in range(columns)]
        here = {
            column: (
                min(1 + max(r for r, _ in members), first + rows) - row,
                1 + max(c for _, c in members) - column,
            )
            for column in range(columns)
            if len(members := cells.get((row, column), [])) > 1
        }
        split = [drafts] if any(height > 1 for height, _ in here.values()) else split_row(drafts)
        for number, part in enumerate(split):
            spans.update({(len(body), column): span for column, span in here.items() if number == 0 or span[0] == 1})
            body.append([[word for line in lines_of(cell) for word in line] for cell in part])
    table = _without_empty(TableDraft((xs[0], ys[0], xs[-1], ys[-1]), body, spans))
    filled_rows = [row for row in table.rows if sum(map(bool, row)) > 1]
    has_header = bool(table.rows) and sum(map(bool, table.rows[0])) >= _MIN_HEADER
    if len(table.rows) < 2 or (len(filled_rows) < 2 and not has_header) or len(table.rows[0]) < 2:
        return None
    in_cells = sum(len(cell) for row in filled_rows for cell in row)
    in_all = sum(len(cell) for row in table.rows for cell in row)
    return table if in_cells >= 0.5 * in_all else None


def _cells(
    across: list[_Line], down: list[_Line], ys: list[float], xs: list[float]
) -> dict[tuple[int, int], list[tuple[int, int]]]:
    """Top left slot → slots of the cell: neighbours without a line between them are one cell."""
    rows, columns = len(ys) - 1, len(xs) - 1
    owner = {(row, column): (row, column) for row in range(rows) for column in range(columns)}

    def root(slot: tuple[int, int]) -> tuple[int, int]:
        while owner[slot] != slot:
            slot = owner[slot]
        return slot

    for row in range(rows):
        for column in range(columns):
            if column + 1 < columns and not _is_drawn(down, xs[column + 1], ys[row], ys[row + 1]):
                one, other = sorted((root((row, column)), root((row, column + 1))))
                owner[other] = one
            if row + 1 < rows and not _is_drawn(across, ys[row + 1], xs[column], xs[column + 1]):
                one, other = sorted((root((row, column)), root((row + 1, column))))
                owner[other] = one
    cells: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for slot in owner:
        cells.setdefault(root(slot), []).append(slot)
    return cells


def split_row(cells: list[list[PlacedWord]]) -> list[list[list[PlacedWord]]]:
    """A drawn row that holds several rows of text, one below the other without a line between them, as those rows.

    Two columns whose lines stand side by side, more than one each, tell that there are several; other columns may have more lines.
    """
    columns = [[(_middle(line), line) for line in lines_of(cell)] for cell in cells]
    counts = [len(lines) for lines in columns]
    best: list[float] = []
    for count in sorted({count for count in counts if count > 1}, reverse=True):
        having = [index for index, lines in enumerate(columns) if len(lines) == count]
        numeric = [index for index in having if all(_has_digit(line) for _, line in columns[index])]
        if len(having) < 2 or not numeric:
            continue
        reference = [middle for middle, _ in columns[numeric[0]]]
        height = max(word.box[3] - word.box[1] for _, line in columns[numeric[0]] for word in line)
        level = [
            index
            for index in having
            if all(abs(middle - at) < 0.6 * height for (middle, _), at in zip(columns[index], reference, strict=True))
        ]
        if len(level) >= 2:
            best = [at - 0.6 * height for at in reference]
            break
    if not best:
        return [cells]
    rows: list[list[list[PlacedWord]]] = [[[] for _ in cells] for _ in best]
    for column, lines in enumerate(columns):
        for middle, line in lines:
            rows[max(0, bisect_right(best, middle) - 1)][column] += line
    return rows


def _middle(line: list[PlacedWord]) -> float:
    return sum(word.box[1] + word.box[3] for word in line) / (2 * len(line))


def _has_digit(line: list[PlacedWord]) -> bool:
    return any(char.isdigit() for word in line for char in word.text)


def _without_empty(table: TableDraft) -> TableDraft:
    """Leaves out rows and columns without a word, as double lines and margins make them."""
    keep_rows = [index for index, row in enumerate(table.rows) if any(row)]
    width = max(map(len, table.rows))
    keep_columns = [column for column in range(width) if any(row[column] for row in table.rows)]
    new_row = {old: new for new, old in enumerate(keep_rows)}
    new_column = {old: new for new, old in enumerate(keep_columns)}
    rows = [[table.rows[row][column] for column in keep_columns] for row in keep_rows]
    spans: dict[tuple[int, int], tuple[int, int]] = {}
    for (row, column), (height, wide) in table.spans.items():
        if row in new_row and column in new_column:
            span = (
                sum(1 for index in range(row, row + height) if index in new_row),
                sum(1 for index in range(column, column + wide) if index in new_column),
            )
            if span != (1, 1):
                spans[new_row[row], new_column[column]] = span
    return TableDraft(table.box, rows, spans, table.header_rows)
