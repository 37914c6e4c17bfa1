"""A line that was read → its words, each with a box that lies on its ink."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..datamodel.content import Box
from .interface import OcrLine, OcrWord

Quad = tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]

# Recognisers swallow spaces now and then. On receipts whose spaces are known, a swallowed one has a median probability of 0.33,
# the place between two letters of a word one below 0.004 in 99 of 100 cases, and above 0.2 hardly ever beside a wide gap.
_SPACE_PROBABILITY = 0.2
_SPACE_GAP = 0.25
"""Width without ink beside the height of the line."""
_CERTAIN_GAP = 0.9
"""A gap that is a space whatever the recogniser thinks."""
_IN_NUMBER = frozenset(".,:/-")


class Glyph(NamedTuple):
    """A character that was read, white space left out."""

    text: str
    at: float
    """Middle of the character along the line, 0 at its start, 1 at its end."""
    score: float
    space_before: float = 0.0
    """Probability that white space stands between the character before and this one; 1 where it was read."""


def line_of_glyphs(quad: Quad, crop: NDArray[np.uint8], glyphs: Sequence[Glyph], *, reach: float = 0.0) -> OcrLine:
    """A line with words.

    Args:
        quad: Corners clockwise from the text's own top left.
        crop: The line cut from the picture, its text running from left to right; any number of channels.
        glyphs: At least one, in the order of the line.
        reach: How far a gap may lie from where the glyphs say, as a part of the line; above 0 for glyphs whose places are guessed.
    """
    has_ink = ink_columns(crop)
    count, height = len(has_ink), crop.shape[0]
    columns = [min(max(int(glyph.at * count), 0), count - 1) for glyph in glyphs]
    starts = [0]
    edges = [(0, _next_ink(has_ink, 0, columns[0]))]  # (end of the word before, start of the word)
    for index in range(1, len(glyphs)):
        space = glyphs[index].space_before
        distance = columns[index] - columns[index - 1]
        if space < 1.0 and (reach or (space < _SPACE_PROBABILITY and distance < height)):
            continue  # nothing speaks for a space, or nothing is known about places
        earliest = max(columns[index - 1] - int(reach * count), edges[-1][1])
        gap = widest_gap(has_ink, earliest, max(min(columns[index] + int(reach * count), count - 1), earliest))
        if space >= 1.0 or _is_swallowed_space(glyphs, index, (gap[1] - gap[0]) / height):
            starts.append(index)
            edges.append(gap)
    edges.append((count - _next_ink(has_ink[::-1], 0, count - 1 - columns[-1]), count))
    words = []
    for number, first in enumerate(starts):
        last = starts[number + 1] if number + 1 < len(starts) else len(glyphs)
        part = glyphs[first:last]
        box = box_along(quad, edges[number][1] / count, edges[number + 1][0] / count)
        score = sum(glyph.score for glyph in part) / len(part)
        words.append(OcrWord(text="".join(glyph.text for glyph in part), box=box, score=round(score, 4)))
    return OcrLine(
        text=" ".join(word.text for word in words),
        box=box_along(quad, 0.0, 1.0),
        quad=quad,
        score=round(sum(glyph.score for glyph in glyphs) / len(glyphs), 4),
        words=tuple(words),
    )


def in_reading_order(lines: Sequence[OcrLine]) -> tuple[OcrLine, ...]:
    """Top to bottom, and left to right where lines stand side by side: the middle of one within the height of the first."""
    rows: list[list[OcrLine]] = []
    for line in sorted(lines, key=lambda line: (line.box[1] + line.box[3], line.box[0], line.text)):
        middle = (line.box[1] + line.box[3]) / 2
        if rows and middle < rows[-1][0].box[1] * 0.25 + rows[-1][0].box[3] * 0.75:
            rows[-1].append(line)
        else:
            rows.append([line])
    return tuple(line for row in rows for line in sorted(row, key=lambda line: line.box[0]))


def evenly_spread(text: str, score: float) -> list[Glyph]:
    """Glyphs of a line whose characters have no known places: each as wide as the next."""
    glyphs: list[Glyph] = []
    is_after_space = False
    for index, char in enumerate(text):
        if not char.isspace():
            glyphs.append(Glyph(char, (index + 0.5) / len(text), score, 1.0 if is_after_space and glyphs else 0.0))
        is_after_space = char.isspace()
    return glyphs


def turned_quad(corners: Any, *, is_upside_down: bool = False) -> Quad:
    """Corners clockwise from the text's own top left, from those clockwise from the top left of the picture.

    A line much higher than wide runs from top to bottom, or from bottom to top when it `is_upside_down`.
    """
    a, b, c, d = ((float(x), float(y)) for x, y in corners)
    width = max(_distance(a, b), _distance(c, d))
    height = max(_distance(a, d), _distance(b, c))
    if int(height) >= 1.5 * max(int(width), 1):
        a, b, c, d = b, c, d, a
    return (c, d, a, b) if is_upside_down else (a, b, c, d)


def box_along(quad: Quad, start: float, end: float) -> Box:
    """Axis-aligned hull of the part of `quad` between two positions along the line, each in [0, 1]."""
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = quad
    xs = [x0 + (x1 - x0) * at for at in (start, end) for x0, x1 in ((ax, bx), (dx, cx))]
    ys = [y0 + (y1 - y0) * at for at in (start, end) for y0, y1 in ((ay, by), (dy, cy))]
    return (round(min(xs), 1), round(min(ys), 1), round(max(xs), 1), round(max(ys), 1))


def ink_columns(crop: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Which columns of a line hold something that differs from its background, shape (width,)."""
    grey = crop[:, :, 1] if crop.ndim == 3 else crop  # green alone is a good grey and costs nothing
    margin = grey.shape[0] // 8  # rules and neighbouring lines touch the rim
    grey = grey[margin : grey.shape[0] - margin].astype(np.int16)
    sample = grey[:, ::4] if grey.shape[1] > 64 else grey
    difference = np.abs(grey - int(np.median(sample)))
    strongest: NDArray[np.int16] = difference.max(axis=0)
    return strongest > max(20.0, 0.35 * float(np.percentile(strongest, 95)))


def widest_gap(has_ink: NDArray[np.bool_], after: int, before: int) -> tuple[int, int]:
    """(first, last) column of the widest run without ink between the middles of two characters; last is exclusive.

    Where the ink does not part, the middle is taken.
    """
    inside = np.concatenate(([True], has_ink[after:before], [True]))
    edges = np.flatnonzero(inside)
    widths = np.diff(edges)
    widest = int(widths.argmax())
    if widths[widest] < 2:
        return (after + before) // 2, (after + before + 1) // 2
    return after + int(edges[widest]), after + int(edges[widest + 1]) - 1


def _is_swallowed_space(glyphs: Sequence[Glyph], index: int, gap: float) -> bool:
    before, here = glyphs[index - 1].text, glyphs[index].text
    if not (before.isascii() and here.isascii()):  # Chinese and Japanese are set without spaces
        return False
    if gap >= _CERTAIN_GAP:
        return True
    if (before.isdigit() and here in _IN_NUMBER) or (before in _IN_NUMBER and here.isdigit()):
        return False
    return glyphs[index].space_before >= _SPACE_PROBABILITY and gap >= _SPACE_GAP


def _next_ink(has_ink: NDArray[np.bool_], start: int, end: int) -> int:
    found = np.flatnonzero(has_ink[start:end])
    return start + int(found[0]) if found.size else start


def _distance(p: tuple[float, float], q: tuple[float, float]) -> float:
    return float(((p[0] - q[0]) ** 2 + (p[1] - q[1]) ** 2) ** 0.5)
