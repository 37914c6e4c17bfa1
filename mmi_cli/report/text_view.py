"""What was read of a file, cut to what a page can hold: blocks with offsets for marks, sheets around their evidence, markdown.

Offsets are code points of the file's text, as in the evidence's `span`.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Any

from ..datamodel.content import Block, Content, FrameBox, PageBox, SheetCell, SlideShape, Table, TimeSpan
from ..datamodel.markdown import to_markdown

MOST_CHARS = 60_000
"""Of the text of a file beside its evidence: about 20 pages."""
_AROUND = 2
"""Blocks kept before and after one with evidence."""
_MOST_ROWS = 400
_ROWS_AROUND = 6
_HEAD_ROWS = 4
_MOST_COLUMNS = 60
_CELL = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")


def text_view(content: Content, spans: Sequence[tuple[int, int]], cells: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """`{blocks, sheets?, markdown, cut}`, JSON values only.

    `blocks` are `[kind, offset, text, more]`: `more` has `level label page slide shape part t end speaker frame rows`; a block of kind
    `gap` stands where some were left out.

    Args:
        spans: offset and length of every piece of evidence.
        cells: sheet and cell of it.
    """
    if not content.words:
        return {}
    blocks, is_cut = _blocks(content, spans)
    view: dict[str, Any] = {"blocks": blocks}
    if sheets := _sheets(content, cells):
        view["sheets"] = sheets
    markdown = to_markdown(content)
    view["markdown"] = markdown[:MOST_CHARS]
    view["cut"] = is_cut or len(markdown) > MOST_CHARS
    return view


def _blocks(content: Content, spans: Sequence[tuple[int, int]]) -> tuple[list[Any], bool]:
    blocks = content.blocks or (Block(kind="paragraph", first=0, last=len(content.words)),)
    firsts = [block.first for block in blocks]
    wanted: set[int] = set()
    for offset, length in spans:
        words = content.words_of_span(offset, offset + length)
        if len(words):
            low = max(0, bisect_right(firsts, words[0]) - 1)
            high = bisect_left(firsts, words[-1] + 1)
            wanted.update(range(max(0, low - _AROUND), min(len(blocks), high + _AROUND)))
    tables = {table.block: table for table in content.tables}
    out: list[Any] = []
    chars, left_out = 0, 0
    for index, block in enumerate(blocks):
        if block.first >= block.last:
            continue
        text = content.text_of(block.first, block.last)
        if chars > MOST_CHARS and (index not in wanted or chars > 5 * MOST_CHARS):
            left_out += len(text)
            continue
        if left_out:
            out.append(["gap", 0, "", {"chars": left_out}])
            left_out = 0
        chars += len(text)
        out.append(_block(content, block, tables.get(index), text))
    if left_out:
        out.append(["gap", 0, "", {"chars": left_out}])
    return out, any(block[0] == "gap" for block in out)


def _block(content: Content, block: Block, table: Table | None, text: str) -> list[Any]:
    word = content.words[block.first]
    more: dict[str, Any] = {}
    if block.level:
        more["level"] = block.level
    if block.label:
        more["label"] = block.label
    if content.parts and (part := content.part_at(word.offset)) is not None:
        more["part"] = part.name
    match word.place:
        case PageBox(page=page):
            more["page"] = page
        case SlideShape(slide=slide, shape=shape):
            more["slide"], more["shape"] = slide, shape
        case TimeSpan(start_s=start, speaker=speaker):
            last = content.words[block.last - 1].place
            more["t"] = start
            more["end"] = last.end_s if isinstance(last, TimeSpan) else start
            if speaker:
                more["speaker"] = speaker
        case FrameBox(frame_s=frame):
            more["t"] = more["frame"] = frame
    if table is not None:
        more["rows"] = _rows(content, table)
        return [block.kind, word.offset, "", more]
    return [block.kind, word.offset, text, more]


def _rows(content: Content, table: Table) -> list[list[Any]]:
    """Row by row `[offset, text, is_header, row_span, column_span]`; the last two left out where both are 1."""
    rows: list[list[Any]] = [[] for _ in range(table.rows)]
    for cell in table.cells:
        offset = content.words[cell.first].offset if cell.first < len(content.words) else 0
        out: list[Any] = [offset, content.text_of(cell.first, cell.last), int(cell.is_header)]
        if cell.row_span > 1 or cell.column_span > 1:
            out += (cell.row_span, cell.column_span)
        if 0 <= cell.row < table.rows:
            rows[cell.row].append(out)
    return rows


def _sheets(content: Content, evidence: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
    """`{name, columns: [letters], rows: [[number, [[offset, text] | 0, …]], …], cut}` of each sheet, those with evidence first."""
    grids: dict[str, dict[int, dict[int, list[Any]]]] = {}
    for word in content.words:
        if isinstance(word.place, SheetCell) and (at := _position(word.place.cell)) is not None:
            row = grids.setdefault(word.place.sheet, {}).setdefault(at[0], {})
            if at[1] in row:
                cell = row[at[1]]
                cell[1] = content.text[cell[0] : word.offset + len(word.text)]
            else:
                row[at[1]] = [word.offset, word.text]
    marked: dict[str, set[int]] = {}
    for sheet, cell_name in evidence:
        if (at := _position(cell_name)) is not None:
            marked.setdefault(sheet, set()).add(at[0])
    order = sorted(grids, key=lambda name: (name not in marked, list(grids).index(name)))
    return [_sheet(name, grids[name], marked.get(name, set())) for name in order[:12]]


def _sheet(name: str, grid: dict[int, dict[int, list[Any]]], marked: set[int]) -> dict[str, Any]:
    numbers = sorted(grid)
    kept = numbers
    if len(numbers) > _MOST_ROWS:
        near = {row + step for row in marked for step in range(-_ROWS_AROUND, _ROWS_AROUND + 1)}
        head = set(numbers[:_HEAD_ROWS] if marked else numbers[:_MOST_ROWS])
        kept = [number for number in numbers if number in near or number in head][: 4 * _MOST_ROWS]
    columns = sorted({column for number in kept for column in grid[number]})
    shown = list(range(columns[0], columns[-1] + 1)) if columns[-1] - columns[0] < _MOST_COLUMNS else columns
    shown = shown[:_MOST_COLUMNS]
    return {
        "name": name,
        "columns": [_letters(column) for column in shown],
        "rows": [[number, [grid[number].get(column, 0) for column in shown]] for number in kept],
        "cut": len(kept) < len(numbers) or len(shown) < len(columns),
    }


def _position(cell: str) -> tuple[int, int] | None:
    """(row, column) from 1 of `B7`."""
    match = _CELL.fullmatch(cell)
    if match is None:
        return None
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return int(match[2]), column


def _letters(column: int) -> str:
    out = ""
    while column:
        column, rest = divmod(column - 1, 26)
        out = chr(65 + rest) + out
    return out
