"""A picture of a page → placed words, upright: orientation, slices of huge pictures, small ones enlarged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from .. import progress
from ..datamodel.boxes import hull
from ..datamodel.content import Box
from ..engines.interface import OcrEngine, OcrLine, OcrWord
from .layout import PlacedWord

if TYPE_CHECKING:
    from numpy.typing import NDArray

Quad = tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]
_ENGINE_SIDE = 1280
"""Longer side to which an engine scales a picture before it looks for text, pixels."""
_LEAST_SIDE = 4
"""Pixels below which a strip holds no letter; one of a hundred million pixels would be read in as many thousand slices."""
_SMALL_SIDE = 860
"""Pictures below it are enlarged: on receipts shrunk to 500, 640 and 800 px, word F1 rises by 0.05, 0.03 and 0.04."""
_LEGIBLE = 10.0
"""Height of a found line, at the size where engines look, below which text begins to be missed; 6 px type is found at 10."""
_COMFORTABLE = 16.0
_DOUBTFUL = 0.9
"""Mean score below which lines that are not higher than comfortable are looked at once more, larger."""
_SMALL_PRINT = 20
"""Percentile of the line heights that must be legible."""
_OVERLAP = 0.15
"""Of a slice with the next; words are kept from the slice in whose core they lie."""
_LONG_RATIO = 3.0
_ENOUGH_VOTES = 8
"""Characters."""
_CLEAR_MAJORITY = 4
_NUMBER_VOTES = 3
"""Of a short number that was read surely: along the axis of a chart whose names stand sideways they are upright."""
_SURE = 0.95
_LEAST_IN_ROWS = 8
"""Lines with others beside them from which it can be told how the rows of a page lie."""
_MOST_IN_ROWS = 400
_LEVER = 0.25
"""Of the width, from the middle of a line to that of one beside it: neighbours are even on any page."""
_REACH = 1.25
"""How far slopes are tried about that of the lines, in rows over the width of the page; one row further all would be even again."""
_STRIDE = 0.25
"""In line heights over the width of the page, then halves and quarters of it."""
_MOST_ROW = 4.0
"""Line heights of a row; empty paper between rows tells nothing."""
_EVEN = 0.2
"""Line heights between the levels of lines of one row, at most."""
_OF_ONE_ROW = 0.75
"""Beyond which a line has none beside it."""
_RIGHT = 0.7
"""Share of the lines with one beside them that are even with it, on a page whose rows lie right; by chance it is half of them."""
_BETTER = 0.15
"""More of them than when the rows lie as the lines do, or they do."""
_FAR = 0.02
"""What each row of another slope counts against it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OcrPage:
    """What OCR found on one picture, in pixels of the picture after `rotation`."""

    words: tuple[PlacedWord, ...]
    """Line by line; where a line is skewed or bent, `box` is straightened and `place` is where the word truly stands."""
    width: int
    height: int
    rotation: int
    """Clockwise degrees by which the picture was turned to stand upright: 0, 90, 180, 270."""
    lines: tuple[OcrLine, ...] = ()
    """The same as the engine gave it, line by line, in the same pixels."""
    skew_degrees: float = 0.0
    """How much its lines rise (below zero) or fall (above zero) to the right, after `rotation`; the boxes are not turned by it."""


class _Tilt(NamedTuple):
    """How lines lie on a picture: at its middle, and how their slope changes down the page, as on one that is seen from aside."""

    slope: float
    """Pixels down for each to the right."""
    change: float
    """Of the slope, for each pixel down."""
    x: float
    y: float
    """Middle of the picture, pixels."""

    def level(self, x: float, y: float) -> float:
        """How high a line through a point is at the middle of the picture."""
        right = x - self.x
        return (y - (self.slope - self.change * self.y) * right) / (1 + self.change * right)


class _Read(NamedTuple):
    """A line in pixels of the whole picture."""

    words: tuple[PlacedWord, ...]
    direction: tuple[float, float]
    """From its start to its end."""
    height: float
    score: float
    quad: Quad


def read_page_image(image: NDArray[np.uint8], engine: OcrEngine) -> OcrPage:
    """Reads a picture: RGB, shape (height, width, 3), uint8, in any of four orientations.

    A picture that stands upright is read once; one that does not is turned and read again.
    """
    progress.step()
    lines = _read_any_size(image, engine)
    rotation = _rotation(lines)
    if rotation:
        image = upright(image, rotation)
        lines = _read_any_size(image, engine)
    skew = _skew(lines)
    tilt = _tilt(lines, skew, width=image.shape[1], height=image.shape[0])
    return OcrPage(
        words=tuple(word for line in lines for word in _straightened(line, tilt)),
        width=image.shape[1],
        height=image.shape[0],
        rotation=rotation,
        lines=tuple(_as_line(line) for line in lines if line.words),
        skew_degrees=skew,
    )


def upright(image: NDArray[np.uint8], rotation: int) -> NDArray[np.uint8]:
    """The picture turned clockwise by `rotation` degrees, a multiple of 90."""
    return np.ascontiguousarray(np.rot90(image, k=-(rotation // 90))) if rotation else image


def _as_line(line: _Read) -> OcrLine:
    return OcrLine(
        text=" ".join(word.text for word in line.words),
        box=hull(*(word.box for word in line.words)),
        quad=line.quad,
        score=line.score,
        words=tuple(OcrWord(text=word.text, box=word.box, score=word.score or 0.0) for word in line.words),
    )


def _straightened(line: _Read, tilt: _Tilt) -> tuple[PlacedWord, ...]:
    """The words of a line on one level, as they would stand if the page lay straight.

    On a photographed receipt a line may rise by more than its height from one end to the other: the middles of its words do not tell
    which line they belong to, and the engine has told it already.
    """
    x, y = line.direction
    words = _in_order(line)
    if abs(y) > abs(x) or not words:
        return words
    left, right = min(word.box[0] for word in words), max(word.box[2] for word in words)
    top, bottom = min(word.box[1] for word in words), max(word.box[3] for word in words)
    middle, half = tilt.level((left + right) / 2, (top + bottom) / 2), min(line.height, bottom - top) / 2
    return tuple(
        word._replace(box=(word.box[0], middle - half, word.box[2], middle + half), place=word.box) for word in words
    )


def _in_order(line: _Read) -> tuple[PlacedWord, ...]:
    """The words of a line; a sideways one, as beside the axis of a chart, stays in one piece, since its words' places do not tell
    whether it runs up or down."""
    if abs(line.direction[1]) <= abs(line.direction[0]) or len(line.words) < 2:
        return line.words
    box = hull(*(word.box for word in line.words))
    return (PlacedWord(" ".join(word.text for word in line.words), box, line.score),)


def _rotation(lines: Sequence[_Read]) -> int:
    """Clockwise degrees that turn the text upright; lines of one or two characters do not vote.

    Only a clear majority turns a picture: a chart may have most of its labels sideways.
    """
    votes: Counter[int] = Counter()
    for line in lines:
        count = sum(len(word.text) for word in line.words)
        is_number = count <= 5 and all(
            word.text.strip("-%").replace(".", "").replace(",", "").isdigit() for word in line.words
        )
        if is_number and line.score >= _SURE and (count <= 2 or line.direction[0] > abs(line.direction[1])):
            votes[0] += _NUMBER_VOTES
        if count > 2:
            x, y = line.direction
            turned = (0 if x >= 0 else 180) if abs(x) >= abs(y) else (270 if y >= 0 else 90)
            votes[turned] += count
    turned, count = max(votes.items(), key=lambda item: item[1], default=(0, 0))
    return turned if count >= _ENOUGH_VOTES and count >= _CLEAR_MAJORITY * votes[0] else 0


def _skew(lines: Sequence[_Read]) -> float:
    angles = [
        float(np.degrees(np.arctan2(line.direction[1], line.direction[0])))
        for line in lines
        if line.direction[0] > 4 * max(line.height, abs(line.direction[1]))
    ]
    return round(float(np.median(angles)), 2) if angles else 0.0


def _tilt(lines: Sequence[_Read], skew_degrees: float, *, width: int, height: int) -> _Tilt:
    """How the rows of a page lie: as its lines say, or, on a page that is seen from aside, as they are most even.

    Lines of one word tell their slope to a pixel, and thus hardly: what stands beside each other tells it for the whole width.
    """
    slope = float(np.tan(np.radians(skew_degrees)))
    plain = _Tilt(slope, 0.0, width / 2, height / 2)
    level = [line for line in lines if abs(line.direction[1]) < line.direction[0]][:_MOST_IN_ROWS]
    rows = _Rows.of(level, width)
    if rows is None or (now := rows.share_even(plain)) > 1 - _BETTER:
        return plain
    reach, stride = _REACH * rows.pitch / width, _STRIDE * rows.line_height / width
    best, least, at = plain, np.inf, (0.0, 0.0)
    while stride > _STRIDE / 5 * rows.line_height / width:
        middle = at
        tries = np.arange(-reach, reach + stride / 2, stride)
        for top in (tries + middle[0]).tolist():
            for bottom in (tries + middle[1]).tolist():
                tilt = _Tilt(slope + (top + bottom) / 2, (bottom - top) / height, width / 2, height / 2)
                cost = rows.unevenness(tilt) + _FAR * (abs(top) + abs(bottom)) * width / rows.pitch
                if cost < least:
                    best, least, at = tilt, cost, (top, bottom)
        reach, stride = stride, stride / 2
    return best if rows.share_even(best) >= max(_RIGHT, now + _BETTER) else plain


@dataclass(frozen=True, slots=True)
class _Rows:
    """Lines of a page, and which stand beside each other near one level."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    line_height: float
    pitch: float
    """From one line to the next below it."""
    first: NDArray[np.int64]
    """Of each pair; all pairs of a line stand together."""
    second: NDArray[np.int64]
    begins: NDArray[np.int64]
    """Where the pairs of each line begin."""

    @staticmethod
    def of(lines: Sequence[_Read], width: int) -> _Rows | None:
        """None where too few lines have another one far enough beside them."""
        if len(lines) < _LEAST_IN_ROWS:
            return None
        quads = np.array([line.quad for line in lines])
        x, y = quads[:, :, 0].mean(axis=1), quads[:, :, 1].mean(axis=1)
        starts, ends = quads[:, :, 0].min(axis=1), quads[:, :, 0].max(axis=1)
        height = float(np.median([line.height for line in lines]))
        is_beside = (starts[:, None] >= ends[None, :]) | (ends[:, None] <= starts[None, :])
        is_near = np.abs(y[:, None] - y[None, :]) < 2.5 * height
        is_far = np.abs(x[:, None] - x[None, :]) > _LEVER * width
        first, second = np.nonzero(is_beside & is_near & is_far)
        begins = np.flatnonzero(np.diff(first, prepend=-1))
        if len(begins) < _LEAST_IN_ROWS:
            return None
        below = np.where(~is_beside & (y[None, :] - y[:, None] > height / 2), y[None, :] - y[:, None], np.inf).min(
            axis=1
        )
        pitch = float(np.median(below[np.isfinite(below)])) if np.isfinite(below).any() else height
        return _Rows(x, y, height, min(max(pitch, height), _MOST_ROW * height), first, second, begins)

    def unevenness(self, tilt: _Tilt) -> float:
        """How far, in line heights, a line is from the level of the nearest one beside it: the mean over lines."""
        return float(np.minimum(self._steps(tilt), _OF_ONE_ROW).mean())

    def share_even(self, tilt: _Tilt) -> float:
        """Of the lines that have one beside them, those on one level with it."""
        steps = self._steps(tilt)
        return float((steps < _EVEN).sum() / max(1, (steps < _OF_ONE_ROW).sum()))

    def _steps(self, tilt: _Tilt) -> NDArray[np.float64]:
        right = self.x - tilt.x
        levels = (self.y - (tilt.slope - tilt.change * tilt.y) * right) / (1 + tilt.change * right)
        steps = np.abs(levels[self.first] - levels[self.second]) / self.line_height
        nearest: NDArray[np.float64] = np.minimum.reduceat(steps, self.begins)
        return nearest


def _read_any_size(image: NDArray[np.uint8], engine: OcrEngine) -> list[_Read]:
    height, width = image.shape[:2]
    longer, shorter = max(height, width), min(height, width)
    if shorter < _LEAST_SIDE:
        return []
    if longer < _SMALL_SIDE:
        return _read_enlarged(image, engine, min(2.0, _ENGINE_SIDE / longer))
    if longer > 2 * _ENGINE_SIDE and longer > _LONG_RATIO * shorter:
        return _read_slices(image, engine, max(_ENGINE_SIDE, int(1.5 * shorter)))
    lines = [_read(line) for line in engine.read(image)]
    if longer <= 2 * _ENGINE_SIDE:
        return lines
    line_height = float(np.percentile([line.height for line in lines], _SMALL_PRINT)) if lines else 0.0
    seen_height = line_height * _ENGINE_SIDE / longer
    if seen_height >= _COMFORTABLE or (seen_height >= _LEGIBLE and _mean_score(lines) >= _DOUBTFUL):
        return lines
    side = max(_ENGINE_SIDE, longer // 3, int(line_height * _ENGINE_SIDE / _COMFORTABLE))
    sliced = _read_slices(image, engine, side) if side < longer else lines
    return sliced if _amount(sliced) > _amount(lines) else lines


def _amount(lines: Sequence[_Read]) -> float:
    return sum(line.score * len(word.text) for line in lines for word in line.words)


def _mean_score(lines: Sequence[_Read]) -> float:
    """Over characters."""
    return _amount(lines) / max(1, sum(len(word.text) for line in lines for word in line.words))


def _read_enlarged(image: NDArray[np.uint8], engine: OcrEngine, scale: float) -> list[_Read]:
    from PIL import Image

    height, width = image.shape[:2]
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    larger = np.asarray(Image.fromarray(image).resize(size, Image.Resampling.BICUBIC))
    return [_read(line, x_scale=width / size[0], y_scale=height / size[1]) for line in engine.read(larger)]


def _read_slices(image: NDArray[np.uint8], engine: OcrEngine, side: int) -> list[_Read]:
    """Reads overlapping slices of about `side` pixels, and keeps each word once.

    A line that is cut by a slice comes as several lines of words.
    """
    kept: list[_Read] = []
    for top, bottom, core_top, core_bottom in _spans(image.shape[0], side):
        for left, right, core_left, core_right in _spans(image.shape[1], side):
            for line in engine.read(np.ascontiguousarray(image[top:bottom, left:right])):
                read = _read(line, x_offset=left, y_offset=top)
                words = tuple(
                    word
                    for word in read.words
                    if core_left <= (word.box[0] + word.box[2]) / 2 < core_right
                    and core_top <= (word.box[1] + word.box[3]) / 2 < core_bottom
                )
                if words:
                    kept.append(read._replace(words=words))
    return kept


def _spans(length: int, side: int) -> Iterator[tuple[int, int, int, int]]:
    """(start, end, start and end of the core) of equal slices that cover `length`; the cores do not overlap."""
    count = max(1, -(-length // side))
    overlap = int(side * _OVERLAP) if count > 1 else 0
    for index in range(count):
        core_start, core_end = index * length // count, (index + 1) * length // count
        yield max(0, core_start - overlap), min(length, core_end + overlap), core_start, core_end


def _read(
    line: OcrLine, *, x_scale: float = 1.0, y_scale: float = 1.0, x_offset: float = 0.0, y_offset: float = 0.0
) -> _Read:
    def placed(box: Box) -> Box:
        if x_scale == y_scale == 1.0 and x_offset == y_offset == 0.0:
            return box
        return (
            round(box[0] * x_scale + x_offset, 1),
            round(box[1] * y_scale + y_offset, 1),
            round(box[2] * x_scale + x_offset, 1),
            round(box[3] * y_scale + y_offset, 1),
        )

    (ax, ay), (bx, by), (cx, cy), (dx, dy) = line.quad
    return _Read(
        words=tuple(PlacedWord(word.text, placed(word.box), word.score) for word in line.words),
        direction=((bx - ax) * x_scale, (by - ay) * y_scale),
        height=float(np.hypot((dx - ax) * x_scale, (dy - ay) * y_scale)),
        score=line.score,
        quad=(
            (ax * x_scale + x_offset, ay * y_scale + y_offset),
            (bx * x_scale + x_offset, by * y_scale + y_offset),
            (cx * x_scale + x_offset, cy * y_scale + y_offset),
            (dx * x_scale + x_offset, dy * y_scale + y_offset),
        ),
    )
