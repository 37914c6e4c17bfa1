"""Display formulas of a page: lines apart from the running text that are set in the fonts and signs of mathematics."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..datamodel.boxes import gap, hull
from ..datamodel.figure import Box
from .page_figures import FoundFigure
from .page_lines import PlacedWord, Segment

if TYPE_CHECKING:
    from .figure_places import Laid

_NUMBER = re.compile(r"^[(\[]\s?(?:[A-Z]\.?)?\d{1,3}(?:[.–-]\d{1,3})*[a-z]?\s?[)\]]$")
_WORD = re.compile(r"[^\W\d_]{3,}")
# Names that stand upright in formulas.
_FUNCTIONS = frozenset({
    "sin", "cos", "tan", "cot", "sec", "exp", "log", "lim", "sup", "inf", "min", "max", "arg", "det", "dim", "ker",
    "deg", "gcd", "mod", "rank", "sgn", "sign", "diag", "var", "cov", "erf", "arcsin", "arccos", "arctan", "sinh",
    "cosh", "tanh", "argmin", "argmax", "softmax", "subject", "for", "all", "with", "and", "where", "otherwise",
})  # fmt: skip
_MAX_PROSE = 0.3  # of the words of a formula's line may be ordinary ones
_ABOVE_BELOW = 5.0  # points between the rows of one formula: limits, numerator, denominator
_SET_IN = 8.0  # points by which a formula is set in from the text above or below it
_LEAST_WORDS = 2


def find_formulas(laid: Sequence[Laid]) -> list[FoundFigure]:
    """Formulas that stand on lines of their own, among the blocks of one page; without their numbers."""
    if not any(
        word.is_math
        for item in laid
        if item.block
        for line in item.block.lines
        for segment in line.segments
        for word in segment.words
    ):
        return []
    rows = [
        _Row([word for segment in line.segments for word in segment.words], line.segments)
        for item in laid
        if item.block is not None
        for line in item.block.lines
    ]
    rows += [
        _Row([word for cell in row for word in cell], [])
        for item in laid
        if item.table is not None
        for row in item.table.rows
        if any(cell for cell in row)
    ]
    prose = [row for row in rows if row.is_prose]
    seeds = [row for row in rows if row.is_formula and _is_set_in(row, prose)]
    found: list[Box] = []
    for seed in seeds:
        box = seed.box
        while True:
            near = [
                row.box
                for row in rows
                if row.may_go_with and gap(row.box, box) <= _ABOVE_BELOW and hull(row.box, box) != box
            ]
            if not near:
                break
            for each in near:
                box = hull(box, each)
        found.append(box)
    merged: list[Box] = []
    for box in found:
        while touching := [other for other in merged if gap(other, box) <= 1.0]:
            for other in touching:
                merged.remove(other)
                box = hull(box, other)
        merged.append(box)
    return [FoundFigure("formula", _between(box, prose)) for box in merged]


def _between(box: Box, prose: Sequence[_Row]) -> Box:
    """The box without what lies over the text above and below: the boxes of large signs are higher than the signs."""
    x0, y0, x1, y1 = box
    middle = (y0 + y1) / 2
    for row in prose:
        left, top, right, bottom = row.box
        if left < x1 and right > x0:
            if bottom < middle:
                y0 = max(y0, bottom)
            elif top > middle:
                y1 = min(y1, top)
    return x0, y0, x1, y1


class _Row:
    """A line of the page, its number apart."""

    def __init__(self, words: list[PlacedWord], segments: Sequence[Segment]) -> None:
        self.own = [word for word in words if not (word is words[-1] and len(words) > 1 and _NUMBER.match(word.text))]
        boxes = [word.box for word in self.own]
        x0, y0, x1, y1 = zip(*boxes, strict=True)
        self.box: Box = (min(x0), min(y0), max(x1), max(y1))
        ordinary = sum(_is_ordinary(word) for word in self.own)
        math = sum(word.is_math for word in self.own)
        signs = any(char in "=<>≤≥≈≡∈→∑∫∏√∝∼≠←↦⊂∪∩" for word in self.own for char in word.text)
        self.is_prose = ordinary >= 4 and ordinary > 0.5 * len(self.own)
        self.is_formula = (
            math > 0
            and ordinary <= _MAX_PROSE * len(self.own)
            and ordinary <= 4
            and (signs or math >= 3)
            and len(self.own) >= _LEAST_WORDS
        )
        self.may_go_with = ordinary == 0 and len(self.own) <= 25 and not _NUMBER.match(self.own[0].text)


def _is_ordinary(word: PlacedWord) -> bool:
    return not word.is_math and any(run.lower() not in _FUNCTIONS for run in _WORD.findall(word.text))


def _is_set_in(row: _Row, prose: Sequence[_Row]) -> bool:
    """Whether a line is set in from the running text around it."""
    x0, y0, x1, y1 = row.box
    beside = [other.box for other in prose if other.box[0] < x1 and other.box[2] > x0]
    if any(min(y1, box[3]) - max(y0, box[1]) > 0.5 * min(y1 - y0, box[3] - box[1]) for box in beside):
        return False  # in the middle of a line of text
    near = sorted(beside, key=lambda box: max(box[1] - y1, y0 - box[3]))[:3]
    return not near or x0 >= min(box[0] for box in near) + _SET_IN
