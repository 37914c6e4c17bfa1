"""Figures among the blocks of a page: their labels, their captions, and where in the reading order they stand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..datamodel.boxes import gap, hull
from ..datamodel.figure import Box
from .figure_captions import is_figure_caption
from .page_blocks import BlockDraft, Line
from .page_figures import FoundFigure, overlap_share
from .page_grid import TableDraft
from .page_lines import PlacedWord

_OF_TABLE = re.compile(r"^\W?(?:tab(?:le|elle|leau|la)?)\b\.?\s?[\divxl]", re.IGNORECASE)
_NUMBERED_GAP = 60.0  # points between a figure and its numbered caption
_PLAIN_GAP = 13.0  # points between a figure and a caption without a number
_CLEAR_GAP = 32.0  # when it is both centred and smaller than ordinary text
_CAPTION_LINES = 3  # of a caption without a number
_CAPTION_WORDS = 30
_LABEL_GAP = 12.0  # points between a drawing and the labels beside it
_LABEL_WORDS = 7
_PROSE_WORDS = 9  # in a line: running text


@dataclass(slots=True)
class Laid:
    """A block, a table or a figure of a page on its way into the content."""

    block: BlockDraft | None = None
    table: TableDraft | None = None
    figure: FoundFigure | None = None
    caption: Laid | None = None
    """Of the figure."""

    def box(self) -> Box:
        if self.figure is not None:
            return self.figure.box
        if self.table is not None:
            return self.table.box
        lines = self.block.lines if self.block is not None else []
        return (
            min(line.x0 for line in lines), min(line.y0 for line in lines),
            max(line.x1 for line in lines), max(line.y1 for line in lines),
        )  # fmt: skip

    @property
    def words(self) -> int:
        return sum(line.word_count for line in self.block.lines) if self.block is not None else 0


def place_figures(
    laid: list[Laid], figures: Sequence[FoundFigure], asides: Sequence[Sequence[PlacedWord]], *, body_size: float
) -> list[Laid]:
    """The blocks of a page in reading order with its figures among them, each linked to its caption."""
    laid = _with_captions_apart(laid, figures)
    boxes = [item.box() for item in laid]
    drawings = [figure for figure in figures if figure.paths]
    for figure in drawings:
        _take_labels(figure, laid, boxes, asides)
    figures = _apart(figures)
    placed = [Laid(figure=figure) for figure in figures]
    _link_captions(placed, laid, boxes, body_size)
    inserts: dict[int, list[Laid]] = {}
    for item in placed:
        inserts.setdefault(_position(item, laid, boxes), []).append(item)
    ordered: list[Laid] = []
    for index, item in enumerate(laid):
        ordered += inserts.get(index, [])
        ordered.append(item)
    return ordered + inserts.get(len(laid), [])


def _with_captions_apart(laid: Sequence[Laid], figures: Sequence[FoundFigure]) -> list[Laid]:
    """A numbered caption that was taken for one block with a label of its figure becomes a block of its own."""
    parted: list[Laid] = []
    for item in laid:
        block = item.block
        cut = 0
        if (
            block is not None
            and len(block.lines) > 1
            and any(gap(item.box(), figure.box) < _NUMBERED_GAP for figure in figures)
        ):
            cut = next((row for row, line in enumerate(block.lines) if row and is_figure_caption(line.text)), 0)
        if block is None or not cut:
            parted.append(item)
            continue
        parted.append(Laid(block=replace(block, lines=block.lines[:cut])))
        parted.append(Laid(block=BlockDraft("caption", block.lines[cut:])))
    return parted


def _apart(figures: Sequence[FoundFigure]) -> list[FoundFigure]:
    """Figures of which none lies in another: a drawing grown by its labels may have taken in its neighbour."""
    kept: list[FoundFigure] = []
    for figure in sorted(figures, key=lambda figure: -figure.area):
        holder = next((other for other in kept if overlap_share(figure.box, other.box) > 0.6), None)
        if holder is None:
            kept.append(figure)
        else:
            holder.pictures += figure.pictures
            holder.paths += figure.paths
            holder.box = hull(holder.box, figure.box)
    return sorted(kept, key=lambda figure: (figure.box[1], figure.box[0]))


def _take_labels(
    figure: FoundFigure, laid: Sequence[Laid], boxes: Sequence[Box], asides: Sequence[Sequence[PlacedWord]]
) -> None:
    """Grows a drawing by the labels that stand on its border and beside it."""
    labels = [
        (segment.x0, segment.y0, segment.x1, segment.y1)
        for item, box in zip(laid, boxes, strict=True)
        if item.block is not None and gap(box, figure.box) < 60
        for line in item.block.lines
        if _may_be_label(item.block, line, figure.box)
        for segment in line.segments
        if len(segment.words) <= _LABEL_WORDS
    ]
    for item, box in zip(laid, boxes, strict=True):
        if item.table is not None and overlap_share(box, figure.box) > 0.25:
            labels += [word.true_box for row in item.table.rows for cell in row for word in cell]
    labels += [hull(*[word.true_box for word in aside]) for aside in asides if aside]
    for _ in range(3):
        before = figure.box
        remaining = []
        for label in labels:
            if _is_beside(label, figure.box):
                figure.box = hull(figure.box, label)
            else:
                remaining.append(label)
        labels = remaining
        if figure.box == before:
            break


def _may_be_label(block: BlockDraft, line: Line, box: Box) -> bool:
    if block.kind == "caption" or is_figure_caption(block.lines[0].text):
        return False
    if box[1] <= (line.y0 + line.y1) / 2 <= box[3]:
        return True
    is_centred = abs(line.x0 + line.x1 - box[0] - box[2]) < 0.2 * (box[2] - box[0])
    if block.kind in ("title", "heading"):
        return is_centred and len(block.lines) == 1
    if any(len(segment.words) >= _PROSE_WORDS for each in block.lines for segment in each.segments):
        left = min(each.x0 for each in block.lines)  # a title that was taken for the end of a paragraph
        return is_centred and line.x0 > left + 2 * line.size
    return True


def _is_beside(label: Box, box: Box) -> bool:
    x, y = (label[0] + label[2]) / 2, (label[1] + label[3]) / 2
    wide, high = box[2] - box[0], box[3] - box[1]
    if box[0] <= x <= box[2] and box[1] <= y <= box[3]:
        return label[2] - label[0] <= 1.1 * wide
    if gap(label, box) > _LABEL_GAP:
        return False
    if box[0] - 4 <= x <= box[2] + 4:  # above or below
        return label[2] - label[0] <= wide
    return box[1] - 4 <= y <= box[3] + 4 and label[2] - label[0] <= 0.4 * wide and label[3] - label[1] <= 1.1 * high


def _link_captions(placed: Sequence[Laid], laid: Sequence[Laid], boxes: Sequence[Box], body_size: float) -> None:
    pairs = []
    for item in placed:
        if item.figure is not None and item.figure.kind == "formula":
            continue
        for index, box in enumerate(boxes):
            cost = _caption_cost(item, laid[index], box, body_size)
            if cost is not None or (cost := _shared_cost(item, placed, laid[index], box)) is not None:
                pairs.append((cost, index, item))
    taken: dict[int, Laid] = {}
    for _, index, item in sorted(pairs, key=lambda pair: pair[:2]):
        if item.caption is not None:
            continue
        other = taken.get(index)
        if other is not None and not _side_by_side(item.box(), other.box()):
            continue
        taken[index] = item
        item.caption = laid[index]
        block = laid[index].block
        if block is not None:
            block.kind, block.level = "caption", 0


def _shared_cost(item: Laid, placed: Sequence[Laid], caption: Laid, box: Box) -> float | None:
    """The same for a numbered caption that stands in the middle under several figures side by side."""
    if caption.block is None or not is_figure_caption(caption.block.lines[0].text):
        return None
    row = [other.box() for other in placed if other is item or _side_by_side(other.box(), item.box())]
    whole = hull(*row)
    apart = max(box[1] - whole[3], whole[1] - box[3])
    is_within = box[0] >= whole[0] - 10 and box[2] <= whole[2] + 10
    is_centred = abs(box[0] + box[2] - whole[0] - whole[2]) < 0.2 * (whole[2] - whole[0])
    return apart if len(row) > 1 and -4 <= apart <= _NUMBERED_GAP and is_within and is_centred else None


def _caption_cost(placed: Laid, item: Laid, box: Box, body_size: float) -> float | None:
    """How far a block is from being the figure's caption, in points; None: it is none."""
    figure, block = placed.box(), item.block
    if block is None or (block.kind == "heading" and block.level < 3):
        return None
    text = block.lines[0].text
    if _OF_TABLE.match(text):
        return None
    below, above = box[1] - figure[3], figure[1] - box[3]
    gap = max(below, above)
    shared = min(box[2], figure[2]) - max(box[0], figure[0])
    if gap < -0.4 * (box[3] - box[1]) or shared < 0.5 * min(box[2] - box[0], figure[2] - figure[0]):
        return None
    side = 0.0 if below > above else 6.0  # captions stand below more often than above
    if is_figure_caption(text):
        return max(0.0, gap) + side - 100 if gap <= _NUMBERED_GAP else None
    is_drawing = placed.figure is not None and placed.figure.paths > 0
    if gap > _CLEAR_GAP or len(block.lines) > _CAPTION_LINES or not 2 <= item.words <= _CAPTION_WORDS:
        return None
    if block.kind not in ("paragraph", "caption") or any(len(line.segments) > 1 for line in block.lines):
        return None
    wide = figure[2] - figure[0]
    if box[0] < figure[0] - 0.05 * wide or box[2] > figure[2] + 0.05 * wide:
        return None
    is_centred = abs(box[0] + box[2] - figure[0] - figure[2]) < 0.05 * wide and box[2] - box[0] < 0.9 * wide
    is_small = block.lines[0].size < 0.93 * body_size
    if (is_drawing and above > below) or not (is_centred or is_small):  # a title above a chart is part of it
        return None
    return max(0.0, gap) + side if gap <= _PLAIN_GAP or (is_centred and is_small) else None


def _position(item: Laid, laid: Sequence[Laid], boxes: Sequence[Box]) -> int:
    """Index of the block before which a figure is read."""
    x0, y0, x1, y1 = item.box()
    last = None
    for index, box in enumerate(boxes):
        shared = min(box[2], x1) - max(box[0], x0)
        if shared < 0.2 * min(box[2] - box[0], x1 - x0):
            continue
        if (box[1] + box[3]) / 2 > y0 and laid[index] is not item.caption:
            return index
        if laid[index] is item.caption and box[1] >= y1 - 4:
            return index
        last = index
    if last is not None:
        return last + 1
    return next((index for index, box in enumerate(boxes) if box[1] >= y0), len(laid))


def _side_by_side(one: Box, other: Box) -> bool:
    shared = min(one[3], other[3]) - max(one[1], other[1])
    return shared > 0.5 * min(one[3] - one[1], other[3] - other[1])
