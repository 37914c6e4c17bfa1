"""Words with boxes → lines, columns, tables and blocks in reading order; shared by text layers and OCR."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from ..datamodel.content import BlockKind, Box, PageBox
from ..datamodel.content_builder import ContentBuilder, WordIn
from ..datamodel.figure import Figure
from .figure_places import Laid, place_figures
from .page_blocks import Line, blocks_of
from .page_columns import Piece, Row, in_reading_order
from .page_figures import FoundFigure
from .page_formulas import find_formulas
from .page_grid import Rule, TableDraft, ruled_tables
from .page_lines import PlacedWord, Segment, lines_of, segments_of
from .page_tables import is_number, unruled_tables
from .pictures import what_is_seen

__all__ = ["PlacedWord", "Rule", "lay_out_page"]

FindFigures = Callable[[Sequence[Box]], list[FoundFigure]]
"""Boxes of the tables of a page → its figures."""
LookAtFigures = Callable[[Sequence[FoundFigure]], None]


def lay_out_page(
    builder: ContentBuilder,
    *,
    page: int,
    width: float,
    height: float,
    words: Sequence[PlacedWord],
    rules: Sequence[Rule] = (),
    header: Sequence[PlacedWord] = (),
    footer: Sequence[PlacedWord] = (),
    asides: Sequence[Sequence[PlacedWord]] = (),
    find: FindFigures | None = None,
    look: LookAtFigures | None = None,
) -> None:
    """Adds the words and figures of one upright page to `builder` as blocks, tables and figures in reading order.

    Args:
        words: all words of the page, in any order.
        rules: lines drawn on it.
        header: those of `words` that are known to be a running header, in reading order.
        footer: those of `words` that are known to be a running footer, in reading order.
        asides: lines that are not among `words` and run another way, each in reading order.
        find: gives the figures of the page, told the boxes of its tables.
        look: is shown the figures once they have their labels, and may say that one is a chart.
    """
    if header or footer:
        marginal = set(map(id, header)) | set(map(id, footer))
        words = [word for word in words if id(word) not in marginal]
    if header:
        _add_lines(builder, page, "header", lines_of(header))
    laid = _laid_body(words, rules, page, height) if words else []
    figures = find([item.table.box for item in laid if item.table is not None]) if find is not None else []
    figures += find_formulas(laid)
    if figures:
        laid = place_figures(laid, figures, asides, body_size=_body_size(words) if words else 1.0)
        if look is not None:
            look([item.figure for item in laid if item.figure is not None])
    _add_laid(builder, page, laid)
    for aside in asides:
        _add_lines(builder, page, "paragraph", [aside])
    if footer:
        _add_lines(builder, page, "footer", lines_of(footer))


def _laid_body(words: Sequence[PlacedWord], rules: Sequence[Rule], page: int, height: float) -> list[Laid]:
    """Blocks and tables in reading order."""
    ruled, loose = ruled_tables(words, rules)
    uprights = [rule for rule in rules if rule.y1 - rule.y0 > 2 * (rule.x1 - rule.x0)]
    segmented = []
    for line in lines_of(loose):
        middle = (line[0].box[1] + line[0].box[3]) / 2
        segmented.append(segments_of(line, [rule.x0 for rule in uprights if rule.y0 <= middle <= rule.y1]))
    unruled, plain = unruled_tables(segmented)
    pieces = [
        Piece(segment.x0, segment.y0, segment.x1, segment.y1, segment) for segments in plain for segment in segments
    ]
    pieces += [Piece(*table.box, table) for table in (*ruled, *unruled)]
    body_size = _body_size(words)
    laid: list[Laid] = []

    def lay_blocks(lines: list[Line]) -> None:
        blocks = blocks_of(lines, body_size=body_size, page_height=height, is_first_page=page == 1)
        laid.extend([Laid(block=block) for block in blocks])

    for run in in_reading_order(pieces, right_to_left=_is_right_to_left(words)):
        lines: list[Line] = []
        for row in run:
            tables, segments = _parted(row)
            if segments:
                lines.append(Line(segments))
            if tables:
                lay_blocks(lines)
                lines = []
                laid.extend([Laid(table=table) for table in tables])
        lay_blocks(lines)
    return laid


def _add_laid(builder: ContentBuilder, page: int, laid: Sequence[Laid]) -> None:
    numbers: list[tuple[int, Laid]] = []
    ranges: dict[int, tuple[int, int]] = {}
    for item in laid:
        first = builder.word_count
        if item.table is not None:
            _add_table(builder, page, item.table)
        elif item.block is not None:
            block = item.block
            inner = ([word for segment in line.segments for word in segment.words] for line in block.lines)
            _add_lines(builder, page, block.kind, inner, level=block.level)
        elif item.figure is not None:
            x0, y0, x1, y1 = item.figure.box
            box = (round(x0, 2), round(y0, 2), round(x1, 2), round(y1, 2))
            numbers.append((builder.figure_count, item))
            seen = what_is_seen(item.figure.seen)
            given = {**seen, "kind": item.figure.kind, "chart": item.figure.chart}
            builder.add_figure(Figure(block=0, page=page, box=box, **given))
        ranges[id(item)] = (first, builder.word_count)
    for number, item in numbers:
        if item.caption is not None:
            builder.change_figure(number, caption=ranges[id(item.caption)])


def _parted(row: Row) -> tuple[list[TableDraft], list[Segment]]:
    tables = [piece.content for piece in row if isinstance(piece.content, TableDraft)]
    segments = [piece.content for piece in row if isinstance(piece.content, Segment)]
    return tables, segments


def _add_lines(
    builder: ContentBuilder, page: int, kind: BlockKind, lines: Iterable[Iterable[PlacedWord]], *, level: int = 0
) -> None:
    builder.add_block(kind, (_given(line, page) for line in lines), level=level)


def _given(words: Iterable[PlacedWord], page: int) -> list[WordIn]:
    return [(text, PageBox(page, box if place is None else place), score) for text, box, score, _, place, _ in words]


def _add_table(builder: ContentBuilder, page: int, table: TableDraft) -> None:
    x0, y0, x1, y1 = _true_hull(table)
    builder.add_table(
        [[_given(cell, page) for cell in row] for row in table.rows],
        spans=table.spans,
        header_rows=table.header_rows or _header_rows(table),
        page=page,
        box=(round(x0, 2), round(y0, 2), round(x1, 2), round(y1, 2)),
    )


def _true_hull(table: TableDraft) -> Box:
    """The table's box, or where its words were straightened the hull of where they truly stand."""
    places = [word.place for row in table.rows for cell in row for word in cell if word.place is not None]
    if not places:
        return table.box
    x0, y0, x1, y1 = zip(*places, strict=True)
    return min(x0), min(y0), max(x1), max(y1)


def _header_rows(table: TableDraft) -> int:
    """1 when the first row of a ruled table tells what stands below: words above numbers, or bold above plain."""
    top = [cell for cell in table.rows[0] if cell]
    below = [cell for row in table.rows[1:] for cell in row if cell]
    if len(top) < 2 or not below or any(is_number(" ".join([word.text for word in cell])) for cell in top):
        return 0
    is_bold_above = all(word.is_bold for cell in top for word in cell) and not all(
        word.is_bold for cell in below for word in cell
    )
    has_number_below = any(is_number(" ".join([word.text for word in cell])) for cell in below)
    return int(is_bold_above or has_number_below)


def _body_size(words: Sequence[PlacedWord]) -> float:
    """The height of ordinary text: the median over characters."""
    chars: dict[float, int] = {}
    for word in words:
        tall = word.box[3] - word.box[1]
        chars[tall] = chars.get(tall, 0) + len(word.text)
    half = sum(chars.values()) / 2
    for tall, length in sorted(chars.items()):
        half -= length
        if half <= 0:
            return tall or 1.0
    return max(chars) or 1.0


def _is_right_to_left(words: Sequence[PlacedWord]) -> bool:
    """Whether most words are of a script that runs from right to left (Hebrew, Arabic and their neighbours)."""
    return 2 * sum(["\u0590" <= word.text[0] <= "\u08ff" for word in words]) > len(words)
