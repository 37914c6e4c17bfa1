"""Reading order: pieces of a page → bands → columns, each read from top to bottom before the next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from .page_blocks import is_list_marker
from .page_grid import TableDraft
from .page_lines import Segment
from .page_tables import is_number

_MIN_GUTTER = 0.9  # line heights between two columns
_MAX_DEPTH = 4
_STRIPE = 0.9  # line heights of empty space across all columns, where what stands side by side begins anew
_PROSE_WORDS = 6  # in the middle segment of a band: columns of prose
_SENTENCE_WORDS = 4  # a piece with fewer may be a label, a list marker or a cell
_GRID_PIECES = 4  # side by side in the middle row: a table of some kind, read row by row
_SHARED_ROWS = (
    0.7  # of the lines of the shorter column stand beside a line of the other: label and value, or two addresses
)


_MARKERS = 0.7  # of the pieces before a cut are the numbers or bullets of a list


class Piece(NamedTuple):
    """A segment or a table, to be put in order."""

    x0: float
    y0: float
    x1: float
    y1: float
    content: Segment | TableDraft


Row = list[Piece]


def in_reading_order(pieces: Sequence[Piece], *, right_to_left: bool = False, depth: int = 0) -> list[list[Row]]:
    """Runs of rows; a run is read through before the next one, its rows from top to bottom."""
    rows = _rows_of(pieces)
    if depth >= _MAX_DEPTH or len(rows) < 3:
        return [rows] if rows else []
    runs: list[list[Row]] = []
    plain: list[Row] = []
    for part, cuts in _parted_bands(rows):
        if not cuts:
            plain += part
            continue
        if plain:
            runs.append(plain)
            plain = []
        columns = _columns(part, cuts)
        for column in reversed(columns) if right_to_left else columns:
            runs += in_reading_order(column, right_to_left=right_to_left, depth=depth + 1)
    if plain:
        runs.append(plain)
    return runs


def _parted_bands(rows: Sequence[Row]) -> Iterator[tuple[list[Row], list[float]]]:
    """Rows in runs that share gutters, each with the x of the cuts between its columns; no cuts: read row by row."""
    for band in _bands(rows):
        sections = _sections(band)
        if len(sections) == 1:
            yield band, _cuts(band)
            continue
        for section in sections:
            for part in _bands(section):
                yield part, _cuts(part)


def _rows_of(pieces: Sequence[Piece]) -> list[Row]:
    """Pieces side by side, top to bottom; a table is a row of its own unless something stands beside all of it."""
    rows: list[Row] = []
    middle = height = 0.0
    for piece in sorted(pieces, key=lambda piece: piece.y0 + piece.y1):
        at, tall = (piece.y0 + piece.y1) / 2, piece.y1 - piece.y0
        if rows and at - middle <= 0.6 * min(tall, height):
            rows[-1].append(piece)
            if tall > height:
                middle, height = at, tall
        else:
            rows.append([piece])
            middle, height = at, tall
    for row in rows:
        row.sort(key=lambda piece: piece.x0)
    return rows


def _bands(rows: Sequence[Row]) -> list[list[Row]]:
    """Maximal runs of rows that share a gutter, or have none."""
    left, right, gutter = _extent(rows)
    bands: list[list[Row]] = []
    start = 0
    has_inner_before = False
    while start < len(rows):
        rivers = _gaps(rows[start], left, right, gutter)
        has_inner = _has_inner(rivers, rows[start : start + 1])
        is_plain = len(rows[start]) == 1
        end = start + 1
        while end < len(rows):
            narrowed = _common(rivers, _gaps(rows[end], left, right, gutter), gutter)
            has_inner_then = _has_inner(narrowed, rows[start : end + 1])
            if not has_inner_then and (
                has_inner or not narrowed or (is_plain and _is_prose_beside_prose(rows[end : end + 2]))
            ):
                break
            is_plain = is_plain and len(rows[end]) == 1
            rivers, has_inner = narrowed, has_inner_then
            end += 1
        band = list(rows[start:end])
        if has_inner and bands and not has_inner_before and any(map(_is_prose_beside_prose, pairwise(band))):
            # Rows above that were taken for part of what stands over all columns, and fit into the columns below.
            while bands[-1]:
                narrowed = _common(_gaps(bands[-1][-1], left, right, gutter), rivers, gutter)
                if not _has_inner(narrowed, [bands[-1][-1], *band]):
                    break
                rivers = narrowed
                band.insert(0, bands[-1].pop())
            if not bands[-1]:
                bands.pop()
        bands.append(band)
        has_inner_before = has_inner
        start = end
    return bands


def _is_prose_beside_prose(rows: Sequence[Row]) -> bool:
    """Whether two rows begin columns of text: pieces as long as part of a sentence, at the same places, parted by one gutter."""
    if len(rows) < 2 or any(
        not isinstance(piece.content, Segment) or len(piece.content.words) < _SENTENCE_WORDS
        for row in rows
        for piece in row
    ):
        return False
    left, right, gutter = _extent(rows)
    if len(rows[0]) != len(rows[1]) or any(abs(a.x0 - b.x0) > 2 * gutter for a, b in zip(*rows, strict=True)):
        return False
    one, other = (_gaps(row, left, right, gutter) for row in rows)
    return _has_inner(_common(one, other, gutter), rows)


def _extent(rows: Sequence[Row]) -> tuple[float, float, float]:
    """Left and right end of the rows, and the least width of a gutter between them."""
    heights = sorted(piece.y1 - piece.y0 for row in rows for piece in row)
    left = min(piece.x0 for row in rows for piece in row)
    right = max(piece.x1 for row in rows for piece in row)
    return left, right, _MIN_GUTTER * heights[len(heights) // 2]


def _cuts(rows: Sequence[Row]) -> list[float]:
    """x of the cuts between columns that are to be read one after the other."""
    pieces_per_row = sorted(map(len, rows))
    if len(rows) < 2 or pieces_per_row[len(rows) // 2] >= _GRID_PIECES:
        return []
    left, right, gutter = _extent(rows)
    rivers = _gaps(rows[0], left, right, gutter)
    for row in rows[1:]:
        rivers = _common(rivers, _gaps(row, left, right, gutter), gutter)
    return [(low + high) / 2 for low, high in rivers if _parts(rows, (low + high) / 2)]


def _sections(rows: list[Row]) -> list[list[Row]]:
    """Rows of a band cut at empty stripes across all its columns; columns of prose are left whole."""
    counts = sorted(len(piece.content.words) for row in rows for piece in row if isinstance(piece.content, Segment))
    if not counts or counts[len(counts) // 2] >= _PROSE_WORDS:
        return [rows]
    heights = sorted(piece.y1 - piece.y0 for row in rows for piece in row)
    stripe = _STRIPE * heights[len(heights) // 2]
    sections = [[rows[0]]]
    bottom = max(piece.y1 for piece in rows[0])
    for row in rows[1:]:
        if min(piece.y0 for piece in row) - bottom > stripe:
            sections.append([])
        sections[-1].append(row)
        bottom = max(bottom, *(piece.y1 for piece in row))
    return sections


def _gaps(row: Row, left: float, right: float, gutter: float) -> list[tuple[float, float]]:
    gaps = []
    at = left
    for piece in row:
        if piece.x0 - at >= gutter:
            gaps.append((at, piece.x0))
        at = max(at, piece.x1)
    if right - at >= gutter:
        gaps.append((at, right))
    return gaps


def _common(
    one: list[tuple[float, float]], other: list[tuple[float, float]], gutter: float
) -> list[tuple[float, float]]:
    return [(max(a, c), min(b, d)) for a, b in one for c, d in other if min(b, d) - max(a, c) >= gutter]


def _has_inner(rivers: list[tuple[float, float]], rows: Sequence[Row]) -> bool:
    """Whether a river has text on both sides."""
    return any(
        any(piece.x1 <= low + 0.01 for row in rows for piece in row)
        and any(piece.x0 >= high - 0.01 for row in rows for piece in row)
        for low, high in rivers
    )


def _parts(rows: Sequence[Row], cut: float) -> bool:
    """Whether the cut parts columns to be read one after the other, not labels from their values."""
    left = [[piece for piece in row if piece.x1 <= cut] for row in rows]
    right = [[piece for piece in row if piece.x0 >= cut] for row in rows]
    left_rows, right_rows = sum(map(bool, left)), sum(map(bool, right))
    if min(left_rows, right_rows) < 2:
        return False
    beside = [row[-1] for row in left if row]
    if sum(_is_marker(piece) for piece in beside) >= _MARKERS * len(beside):
        return False
    shared = [(a[-1], b[0]) for a, b in zip(left, right, strict=True) if a and b]
    if len(shared) < _SHARED_ROWS * min(left_rows, right_rows):
        return True
    widths = sorted(len(a) + len(b) for a, b in zip(left, right, strict=True) if a and b)
    if widths[len(widths) // 2] >= _GRID_PIECES:
        return False
    labels = values = 0
    for label, value in shared:
        if not isinstance(label.content, Segment) or not isinstance(value.content, Segment):
            return True
        text = value.content.text
        labels += label.content.words[-1].text.endswith(":") or text.startswith(":")
        short = len(label.content.words) <= 4 and len(value.content.words) <= 4
        values += is_number(text) or (
            short and _has_digit(text) and not _has_digit(label.content.text) and ":" not in text
        )
    return 2 * max(labels, values) <= len(shared)


def _is_marker(piece: Piece) -> bool:
    """Whether a piece is the number or bullet of a list item, which stands before its text and not in a column of its own."""
    if not isinstance(piece.content, Segment) or len(piece.content.words) != 1:
        return False
    text = piece.content.text
    return is_list_marker(text) or (text.isdecimal() and len(text) <= 3)


def _columns(rows: Sequence[Row], cuts: Sequence[float]) -> list[list[Piece]]:
    columns: list[list[Piece]] = [[] for _ in range(len(cuts) + 1)]
    for row in rows:
        for piece in row:
            middle = (piece.x0 + piece.x1) / 2
            columns[sum(cut < middle for cut in cuts)].append(piece)
    return [column for column in columns if column]


def _has_digit(text: str) -> bool:
    return any(char.isdigit() for char in text)
