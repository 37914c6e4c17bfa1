"""A line that was read → its words, each with a box that lies on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ..datamodel.content import Box
from .interface import OcrLine, OcrWord

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Quad = tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]


class Glyph(NamedTuple):
    """A character that was read."""

    text: str
    at: float
    """Middle of the character along the line, 0 at its start, 1 at its end."""
    score: float


def line_of_glyphs(
    text: str, corners: NDArray[np.float32], crop: NDArray[np.uint8], glyphs: Sequence[Glyph], score: float
) -> OcrLine:
    """A line with words.

    Args:
        text: What was read, with its spaces.
        corners: Shape (4, 2), clockwise from the top left of the picture.
        crop: The line cut from the picture, its text running from left to right.
        glyphs: The characters of `text` that are not white space, in order.
        score: Of the whole line.
    """
    quad = turned_quad(corners)
    words = []
    first = 0
    start = 0.0
    texts = text.split()
    for number, word in enumerate(texts):
        last = first + len(word)
        is_end = number == len(texts) - 1
        end = 1.0 if is_end else (glyphs[last - 1].at + glyphs[last].at) / 2
        word_score = sum(glyph.score for glyph in glyphs[first:last]) / len(word)
        words.append(OcrWord(text=word, box=box_along(quad, start, end), score=word_score))
        first, start = last, end
    return OcrLine(text=" ".join(texts), box=box_along(quad, 0.0, 1.0), quad=quad, score=score, words=tuple(words))


def turned_quad(corners: Any) -> Quad:
    """Corners clockwise from the text's own top left: a line much higher than wide runs from top to bottom."""
    a, b, c, d = ((float(x), float(y)) for x, y in corners)
    width = ((b[0] - a[0]) ** 2 + (b[1] - a[1]) ** 2) ** 0.5
    height = ((d[0] - a[0]) ** 2 + (d[1] - a[1]) ** 2) ** 0.5
    return (b, c, d, a) if height >= 1.5 * max(width, 1.0) else (a, b, c, d)


def box_along(quad: Quad, start: float, end: float) -> Box:
    """Axis-aligned hull of the part of `quad` between two positions along the line, each in [0, 1]."""
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = quad
    xs = [x0 + (x1 - x0) * at for at in (start, end) for x0, x1 in ((ax, bx), (dx, cx))]
    ys = [y0 + (y1 - y0) * at for at in (start, end) for y0, y1 in ((ay, by), (dy, cy))]
    return (round(min(xs), 1), round(min(ys), 1), round(max(xs), 1), round(max(ys), 1))
