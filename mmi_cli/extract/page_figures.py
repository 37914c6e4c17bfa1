"""Where the figures of a page are: pictures and drawings on it, apart from what only arranges text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..datamodel.boxes import gap, hull
from ..datamodel.figure import Box, Chart, Figure, FigureKind

if TYPE_CHECKING:
    from numpy.typing import NDArray

_THIN = 2.0  # points; a path no thicker is a line
_WHOLE_PAGE = 0.85  # of the page: what covers as much is its background, or the page itself
_MIN_SIDE = 24.0  # points; smaller ones are bullets and icons
_MIN_SHARE = 0.004  # of the page, for a picture
_MIN_DRAWING_SIDE = 36.0
_MIN_DRAWING_SHARE = 0.01
_NEAR = 9.0  # points between two paths of one drawing
_FAR = 24.0  # between those of a flow chart
_TOUCHING = 1.5  # points between two pictures that are strips of one
_CELL = 3.0  # points a side; drawings are put together on a grid of such cells
_FRAME_WORDS = 12
_FRAME_TEXT = 0.10  # of a path's box under words: it is a frame around text
_MAX_TEXT = 0.20  # of a drawing under words
_LARGE = 0.6  # of the page, for a drawing
_FRAMED_WORDS = 6
_FRAME_SHARE = 0.7
_MANY_WORDS = 60
_THIN_TEXT = 0.06
_BACKDROP_WORDS = 8
_BACKDROP_TEXT = 0.2
_BAND = 2.6  # line heights; a lower picture with words on it is the band of a heading
_FEW_PATHS = 3
_LONE_SHAPE_SIDE = 60.0
_EDGE = 0.25  # of the page height
_SMALL = 0.1  # of the page
_SAME_PLACE = 5.0  # points
_MANY_SHAPES = 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """What is drawn on a page beside text, upright; boxes as rows x0, y0, x1, y1."""

    pictures: Sequence[Box]
    """Raster images, cut to the page."""
    plain: NDArray[np.float32]
    """Straight lines and rectangles."""
    shapes: NDArray[np.float32]
    """Paths of more corners, curves, shadings."""

    def pictures_alone(self) -> Drawn:
        """Without the paths."""
        return Drawn(pictures=self.pictures, plain=self.plain[:0], shapes=self.shapes[:0])


@dataclass(slots=True)
class FoundFigure:
    """A figure on a page."""

    kind: FigureKind
    box: Box
    pictures: int = 0
    """Raster images in it."""
    paths: int = 0
    """Paths in it."""
    chart: Chart | None = None
    seen: Figure | None = None
    """What is seen on it, as a figure of its own."""

    @property
    def area(self) -> float:
        return _area(self.box)


class Furniture:
    """Remembers small figures near the edge of the pages of one document: a logo counts on the first page that has it."""

    def __init__(self) -> None:
        self._seen: set[tuple[int, int, int, int]] = set()

    def without(self, figures: Sequence[FoundFigure], width: float, height: float) -> list[FoundFigure]:
        """Those of a page that do not stand at the same place on an earlier one."""
        kept = []
        for figure in figures:
            x0, y0, x1, y1 = figure.box
            is_marginal = y1 < _EDGE * height or y0 > (1 - _EDGE) * height
            if is_marginal and figure.area < _SMALL * width * height:
                cells = [round(side / _SAME_PLACE) for side in (x0, y0, x1, y1)]
                places = {
                    (cells[0] + dx, cells[1] + dy, cells[2] + dx, cells[3] + dy)
                    for dx in (-1, 0, 1)
                    for dy in (-1, 0, 1)
                }
                if places & self._seen:
                    continue
                self._seen.add((cells[0], cells[1], cells[2], cells[3]))
            kept.append(figure)
        return kept


def find_figures(
    drawn: Drawn, words: Sequence[Box], tables: Sequence[Box], *, width: float, height: float
) -> list[FoundFigure]:
    """Pictures and drawings of a page, from top to bottom.

    Args:
        words: boxes of the words on the page.
        tables: boxes of its tables; a drawing inside of one belongs to it.
    """
    page_area = max(1.0, width * height)
    rasters = [box for box in drawn.pictures if _area(box) < _WHOLE_PAGE * page_area]
    shapes = _without_huge(drawn.shapes, width, height)
    plain = _without_huge(drawn.plain, width, height)
    if not rasters and not len(shapes) and len(plain) < _FEW_PATHS:
        return []
    placed = np.array(words, dtype=np.float32).reshape(-1, 4)
    inside = np.array(tables, dtype=np.float32).reshape(-1, 4)
    shapes = shapes[~_within_any(shapes, inside)]
    plain = plain[~_within_any(plain, inside)]
    seeds, lines = _parted(shapes, plain, placed)
    figures = [
        figure
        for figure in _merged_pictures(rasters)
        if _is_picture(figure, page_area) and not _is_backdrop(figure.box, placed)
    ]
    if len(seeds):
        figures = _with_drawings(figures, seeds, lines, placed, width, height)
    return sorted(figures, key=lambda figure: (figure.box[1], figure.box[0]))


def _without_huge(boxes: NDArray[np.float32], width: float, height: float) -> NDArray[np.float32]:
    """Without backgrounds, page borders and what lies off the page; cut to the page."""
    if not len(boxes):
        return boxes
    cut = np.clip(boxes, 0, np.array([width, height, width, height], dtype=np.float32))
    sides = cut[:, 2:] - cut[:, :2]
    on_page = (boxes[:, 2] >= 0) & (boxes[:, 3] >= 0) & (boxes[:, 0] <= width) & (boxes[:, 1] <= height)
    is_huge = sides[:, 0] * sides[:, 1] > 0.6 * width * height
    kept: NDArray[np.float32] = cut[on_page & ~is_huge]
    return kept


def _within_any(boxes: NDArray[np.float32], frames: NDArray[np.float32]) -> NDArray[np.bool_]:
    within = np.zeros(len(boxes), dtype=np.bool_)
    x, y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
    for x0, y0, x1, y1 in frames.tolist():
        within |= (x >= x0 - 2) & (x <= x1 + 2) & (y >= y0 - 2) & (y <= y1 + 2)
    return within


def _parted(
    shapes: NDArray[np.float32], plain: NDArray[np.float32], words: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """(paths that make a drawing, thin lines that may belong to one); frames around text are neither."""
    thin = _sides(plain).min(axis=1) <= _THIN if len(plain) else np.zeros(0, dtype=np.bool_)
    lines, rectangles = plain[thin], plain[~thin]
    shapes = shapes[~_are_frames(shapes, words)]
    shapes = shapes[~_are_glyphs(shapes, words)]
    bars = _bars(rectangles, words)
    others = rectangles[~bars & ~_are_frames(rectangles, words)] if len(shapes) or bars.any() else rectangles[:0]
    lines = np.concatenate([lines, others])
    return np.concatenate([shapes, rectangles[bars]]), lines


def _sides(boxes: NDArray[np.float32]) -> NDArray[np.float32]:
    sides: NDArray[np.float32] = boxes[:, 2:] - boxes[:, :2]
    return sides


def _are_frames(boxes: NDArray[np.float32], words: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Which boxes hold running text."""
    found: NDArray[np.bool_] = np.zeros(len(boxes), dtype=np.bool_)
    if not len(boxes) or not len(words):
        return found
    sides = _sides(boxes)
    x, y = (words[:, 0] + words[:, 2]) / 2, (words[:, 1] + words[:, 3]) / 2
    word_areas = np.prod(_sides(words), axis=1)
    for index in np.flatnonzero((sides[:, 0] > 60) & (sides[:, 1] > 10)).tolist():
        x0, y0, x1, y1 = boxes[index].tolist()
        held = (x >= x0) & (x <= x1) & (y >= y0) & (y <= y1)
        share = float(word_areas[held].sum()) / max(1.0, (x1 - x0) * (y1 - y0))
        count = int(held.sum())  # a box with a few words is part of a flow chart
        found[index] = (count > 5 and share > _MAX_TEXT) or (count >= _FRAME_WORDS and share > _FRAME_TEXT)
    return found


def _are_glyphs(boxes: NDArray[np.float32], words: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Which shapes are no larger than a letter and stand on a word: bullets, ticks and letters drawn beside the text."""
    if not len(boxes) or not len(words) or len(boxes) > 200:
        return np.zeros(len(boxes), dtype=np.bool_)
    small = _sides(boxes).max(axis=1) < 14
    found: NDArray[np.bool_] = small.copy()
    x, y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
    for index in np.flatnonzero(small).tolist():
        found[index] = bool(
            (
                (words[:, 0] - 8 <= x[index])
                & (x[index] <= words[:, 2] + 8)
                & (words[:, 1] <= y[index])
                & (y[index] <= words[:, 3])
            ).any()
        )
    return found


def _bars(rectangles: NDArray[np.float32], words: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Which rectangles are bars: three or more of one width on one line, of different lengths."""
    found = np.zeros(len(rectangles), dtype=np.bool_)
    if len(rectangles) < _FEW_PATHS:
        return found
    x0, y0, x1, y1 = rectangles.T
    for base, across, along in ((y1, x1 - x0, y1 - y0), (x0, y1 - y0, x1 - x0)):
        groups: dict[tuple[int, int], list[int]] = {}
        for index, key in enumerate(zip(np.rint(base).tolist(), np.rint(across * 2).tolist(), strict=True)):
            groups.setdefault((int(key[0]), int(key[1])), []).append(index)
        for indices in groups.values():
            lengths = along[indices]
            if (
                len(indices) >= _FEW_PATHS
                and len(set(np.rint(lengths).tolist())) >= _FEW_PATHS - 1
                and lengths.max() > max(20, 1.15 * lengths.min())
                and across[indices[0]] > _THIN
                and _hold_words(rectangles[indices], words).sum() <= 0.4 * len(indices)
            ):
                found[indices] = True
    return found


def _hold_words(boxes: NDArray[np.float32], words: NDArray[np.float32]) -> NDArray[np.int64]:
    """How many words have their middle in each box, at most counted for a few hundred boxes."""
    x, y = (words[:, 0] + words[:, 2]) / 2, (words[:, 1] + words[:, 3]) / 2
    counts = [int(((x >= x0) & (x <= x1) & (y >= y0) & (y <= y1)).sum()) for x0, y0, x1, y1 in boxes[:300].tolist()]
    return np.array(counts, dtype=np.int64)


def _merged_pictures(rasters: Sequence[Box]) -> list[FoundFigure]:
    """Pictures; strips and tiles that touch are one."""
    if len(rasters) > 300:  # tiles of one picture, or a page of dots
        rasters = sorted(rasters, key=_area, reverse=True)[:300]
    figures: list[FoundFigure] = []
    for raster in sorted(rasters, key=lambda box: (box[1], box[0])):
        box, count = raster, 1
        while True:
            touching = [figure for figure in figures if gap(figure.box, box) <= _TOUCHING]
            if not touching:
                break
            for figure in touching:
                figures.remove(figure)
                box, count = hull(box, figure.box), count + figure.pictures
        figures.append(FoundFigure("picture", box, pictures=count))
    return figures


def _is_picture(figure: FoundFigure, page_area: float) -> bool:
    x0, y0, x1, y1 = figure.box
    small = min(x1 - x0, y1 - y0) < _MIN_SIDE or figure.area < _MIN_SHARE * page_area
    return not small and figure.area < _WHOLE_PAGE * page_area


def _is_backdrop(box: Box, words: NDArray[np.float32]) -> bool:
    """Whether a picture lies under text: a coloured box around a paragraph, the band of a heading."""
    held, share = _held_words(box, words)
    if not len(held):
        return False
    tall = float(np.median(_sides(held)[:, 1]))
    return (len(held) >= _BACKDROP_WORDS and share > _BACKDROP_TEXT) or box[3] - box[1] < _BAND * tall


def _held_words(box: Box, words: NDArray[np.float32]) -> tuple[NDArray[np.float32], float]:
    """(the words with their middle in the box, the share of the box under them)."""
    x0, y0, x1, y1 = box
    x, y = (words[:, 0] + words[:, 2]) / 2, (words[:, 1] + words[:, 3]) / 2
    held: NDArray[np.float32] = words[(x >= x0) & (x <= x1) & (y >= y0) & (y <= y1)]
    return held, float(np.prod(_sides(held), axis=1).sum()) / max(1.0, _area(box))


def _with_drawings(
    pictures: list[FoundFigure],
    seeds: NDArray[np.float32],
    lines: NDArray[np.float32],
    words: NDArray[np.float32],
    width: float,
    height: float,
) -> list[FoundFigure]:
    """The pictures with the drawings beside and around them."""
    drawings: list[FoundFigure] = []
    for near in (_NEAR, _FAR):  # what is no drawing by itself may be part of one whose arrows do not touch
        clusters, boxes = _clustered(seeds, lines, width, height, near=near)
        left_seeds, left_lines = [], [boxes[len(seeds) :]]
        for members, lines_in in clusters:
            own = boxes[members]
            box = _with_lines(_hull_of(own), boxes[lines_in])
            if _is_drawing(box, own, len(lines_in), words, width * height):
                drawings.append(FoundFigure("drawing", box, paths=len(members) + len(lines_in)))
            else:
                left_seeds.append(own)
        if not left_seeds:
            break
        seeds, lines = np.concatenate(left_seeds), np.concatenate(left_lines)
        taken = np.array([drawing.box for drawing in drawings], dtype=np.float32).reshape(-1, 4)
        lines = lines[~_within_any(lines, taken)]
    for drawing in drawings:
        overlapped = [
            figure for figure in pictures if _overlap(figure.box, drawing.box) > 0.3 * min(figure.area, drawing.area)
        ]
        for figure in overlapped:
            pictures.remove(figure)
            drawing.box = hull(drawing.box, figure.box)
            drawing.pictures += figure.pictures
            if figure.area > 0.5 * drawing.area:
                drawing.kind = "picture"
    return pictures + drawings


def _clustered(
    seeds: NDArray[np.float32], lines: NDArray[np.float32], width: float, height: float, *, near: float
) -> tuple[list[tuple[list[int], list[int]]], NDArray[np.float32]]:
    """Seeds and lines that lie near each other: (indices of seeds, indices of lines) into the boxes returned."""
    import cv2

    boxes = np.concatenate([seeds, lines])[:_MANY_SHAPES]
    grown = (boxes + np.array([-near / 2, -near / 2, near / 2, near / 2], dtype=np.float32)) / _CELL
    rows, columns = int(height / _CELL) + 2, int(width / _CELL) + 2
    limits = np.array([columns - 1, rows - 1, columns - 1, rows - 1])
    cells = np.clip(grown.astype(np.int32), 0, limits)
    canvas = np.zeros((rows, columns), dtype=np.uint8)
    for x0, y0, x1, y1 in cells.tolist():
        canvas[y0 : y1 + 1, x0 : x1 + 1] = 1
    _, labels = cv2.connectedComponents(canvas, connectivity=4)
    found: dict[int, tuple[list[int], list[int]]] = {}
    for index, (x0, y0, _, _) in enumerate(cells.tolist()):
        pair = found.setdefault(int(labels[y0, x0]), ([], []))
        pair[index >= len(seeds)].append(index)
    return [pair for pair in found.values() if pair[0]], boxes


def _with_lines(box: Box, lines: NDArray[np.float32]) -> Box:
    """The box with the axes and grid lines that run along it; longer lines are rules of the page."""
    x0, y0, x1, y1 = box
    wide, high = max(x1 - x0, 20.0), max(y1 - y0, 20.0)
    for left, top, right, bottom in lines.tolist():
        if right - left <= 2.0 * wide + 40 and bottom - top <= 2.0 * high + 40:
            x0, y0, x1, y1 = min(x0, left), min(y0, top), max(x1, right), max(y1, bottom)
    return x0, y0, x1, y1


def _is_drawing(box: Box, seeds: NDArray[np.float32], lines: int, words: NDArray[np.float32], page_area: float) -> bool:
    x0, y0, x1, y1 = box
    wide, high = x1 - x0, y1 - y0
    if min(wide, high) < _MIN_DRAWING_SIDE or wide * high < _MIN_DRAWING_SHARE * page_area:
        return False
    if len(seeds) < _FEW_PATHS and _sides(seeds).max() < _LONE_SHAPE_SIDE:
        return False
    if len(seeds) == 1 and not lines:  # a rounded frame, a swoosh
        return False
    held, share = _held_words(box, words)
    if _is_framed(seeds, wide * high) and len(held) >= _FRAMED_WORDS:
        return False
    if (
        wide * high > _LARGE * page_area and len(held) >= _FRAME_WORDS
    ):  # the ornaments of a page, with its text in between
        return False
    return share < _MAX_TEXT and not (len(held) >= _MANY_WORDS and share > _THIN_TEXT)


def _hull_of(boxes: NDArray[np.float32]) -> Box:
    x0, y0 = boxes[:, :2].min(axis=0).tolist()
    x1, y1 = boxes[:, 2:].max(axis=0).tolist()
    return x0, y0, x1, y1


def _is_framed(seeds: NDArray[np.float32], area: float) -> bool:
    """Whether a drawing is hardly more than a frame."""
    inner = np.prod(_sides(seeds), axis=1) < _FRAME_SHARE * area
    return int(inner.sum()) < 2


def _area(box: Box) -> float:
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])


def _overlap(one: Box, other: Box) -> float:
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    return wide * high if wide > 0 and high > 0 else 0.0


def overlap_share(one: Box, other: Box) -> float:
    """Of the smaller box that lies under the other."""
    smaller: float = max(1.0, min(_area(one), _area(other)))
    return _overlap(one, other) / smaller
