"""Placed words → visual lines → segments: runs of words with ordinary spaces between them."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from ..datamodel.content import Box

_SAME_LINE = 0.6  # of the smaller height: how far the middles of two words of one line may lie apart
_STACKED = 0.4  # of the smaller width, and of the smaller height, from which two words stand one above the other
_NEIGHBOURS = 3  # words before it, from left to right, that a word may stand under
_COLUMN_GAP = 0.8  # of the line height; spaces of justified text are narrower, gaps between table columns wider


class PlacedWord(NamedTuple):
    """A word on a page, not yet in reading order."""

    text: str
    box: Box
    """Where it stands for the layout."""
    score: float | None = None
    is_bold: bool = False
    place: Box | None = None
    """Where it truly stands, when `box` was straightened."""
    is_math: bool = False
    """Set in a font of formulas, or holds a sign of them."""

    @property
    def true_box(self) -> Box:
        return self.box if self.place is None else self.place


class Segment:
    """A run of words of one visual line, in reading order."""

    __slots__ = ("_text", "words", "x0", "x1", "y0", "y1")

    def __init__(self, x0: float, y0: float, x1: float, y1: float, words: list[PlacedWord]) -> None:
        self.x0, self.y0, self.x1, self.y1 = x0, y0, x1, y1
        self.words = words
        self._text: str | None = None

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    @property
    def middle(self) -> float:
        return (self.y0 + self.y1) / 2

    @property
    def text(self) -> str:
        """Its words with a space between them; put together once, since finding tables asks for it again and again."""
        if self._text is None:
            self._text = " ".join([word.text for word in self.words])
        return self._text


def lines_of(words: Sequence[PlacedWord]) -> list[list[PlacedWord]]:
    """Visual lines from top to bottom, each from left to right."""
    lines: list[list[PlacedWord]] = []
    middle = height = 0.0
    for twice_middle, word in sorted([(word.box[1] + word.box[3], word) for word in words], key=_first):
        tall = word.box[3] - word.box[1]
        if lines and twice_middle - 2 * middle <= 2 * _SAME_LINE * (tall if tall < height else height):
            lines[-1].append(word)
            if tall > height:  # the tallest word tells where the line runs
                middle, height = twice_middle / 2, tall
        else:
            lines.append([word])
            middle, height = twice_middle / 2, tall
    parted: list[list[PlacedWord]] = []
    for line in lines:
        line.sort(key=_left)
        if _is_stacked(line):
            parted += _unstacked(line)
        else:
            parted.append(line)
    return parted


def _is_stacked(line: Sequence[PlacedWord]) -> bool:
    """Whether words of a line stand one above the other: two lines that a line of another column, between them, has joined."""
    return any(
        before.box[2] > word.box[0] and _stands_over(before, word)
        for at, word in enumerate(line)
        for before in line[max(0, at - _NEIGHBOURS) : at]
    )


def _stands_over(one: PlacedWord, other: PlacedWord) -> bool:
    if one.is_math or other.is_math:
        return False
    shared = min(one.box[2], other.box[2]) - max(one.box[0], other.box[0])
    if shared <= _STACKED * min(one.box[2] - one.box[0], other.box[2] - other.box[0]):
        return False
    apart = abs(one.box[1] + one.box[3] - other.box[1] - other.box[3]) / 2
    return apart > _STACKED * min(one.box[3] - one.box[1], other.box[3] - other.box[1])


def _unstacked(line: Sequence[PlacedWord]) -> list[list[PlacedWord]]:
    """The words from top to bottom, with a new line wherever one stands under a word of the line so far."""
    lines: list[list[PlacedWord]] = []
    for word in sorted(line, key=_middle):
        if not lines or any(_stands_over(above, word) for above in lines[-1]):
            lines.append([])
        lines[-1].append(word)
    for each in lines:
        each.sort(key=_left)
    return lines


def segments_of(line: Sequence[PlacedWord], cuts: Sequence[float] = ()) -> list[Segment]:
    """A visual line cut at wide gaps and at `cuts` (x of vertical rules that cross it), left to right."""
    pieces: list[list[PlacedWord]] = [[line[0]]]
    _, before_y0, right, before_y1 = line[0].box
    before_tall = before_y1 - before_y0
    for word in line[1:]:
        x0, y0, x1, y1 = word.box
        own_tall = y1 - y0
        tall = own_tall if own_tall > before_tall else before_tall
        before_tall = own_tall
        if x0 - right > _COLUMN_GAP * tall or (cuts and any(right - 1 <= cut <= x0 + 1 for cut in cuts)):
            pieces.append([word])
        else:
            pieces[-1].append(word)
        right = x1 if x1 > right else right
    return [segment_from(piece) for piece in pieces]


def segment_from(words: list[PlacedWord]) -> Segment:
    """The words, given left to right, in reading order with the hull of their boxes."""
    if len(words) == 1:
        return Segment(*words[0].box, words)
    boxes = [word.box for word in words]
    x0, y0, x1, y1 = zip(*boxes, strict=True)
    if any(word.text > "\u0590" and _is_right_to_left(word.text) for word in words):
        words = _in_logical_order(words)
    return Segment(min(x0), min(y0), max(x1), max(y1), words)


def _in_logical_order(words: list[PlacedWord]) -> list[PlacedWord]:
    """Words of a line with right-to-left script: right to left where that script leads, runs of other words kept in order."""
    foreign = [not _is_right_to_left(word.text) for word in words]
    if 2 * sum(foreign) > len(words) and foreign[-1]:
        return words
    ordered: list[PlacedWord] = []
    run: list[PlacedWord] = []
    for word, is_foreign in zip(reversed(words), reversed(foreign), strict=True):
        if is_foreign:
            run.append(word)
        else:
            ordered += reversed(run)
            run = []
            ordered.append(word)
    return [*ordered, *reversed(run)]


def _is_right_to_left(text: str) -> bool:
    return any(unicodedata.bidirectional(char) in ("R", "AL") for char in text[:4])


def _first(pair: tuple[float, PlacedWord]) -> float:
    return pair[0]


def _middle(word: PlacedWord) -> float:
    return word.box[1] + word.box[3]


def _left(word: PlacedWord) -> float:
    return word.box[0]
