"""Running headers and footers: lines at the top or bottom of a page that stand at the same place on a neighbouring page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .page_lines import PlacedWord, lines_of

_EDGE = 0.15  # of the page height, at the top and at the bottom
_MAX_LINES = 8  # looked at on each edge
_MAX_SHIFT = 4.0  # points that a repeated line may lie higher or lower
_DIGITS = re.compile(r"\d+")

Signature = tuple[str, float]
"""Text of a line with every number as #, and its middle in points from the top."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeLines:
    """The lines of a page that may be header or footer, outermost first."""

    top: tuple[tuple[Signature, tuple[PlacedWord, ...]], ...]
    bottom: tuple[tuple[Signature, tuple[PlacedWord, ...]], ...]


def edge_lines(words: Sequence[PlacedWord], height: float) -> EdgeLines:
    """Lines within the top and bottom edge of a page."""
    near_top = [word for word in words if word.box[3] < _EDGE * height]
    near_bottom = [word for word in words if word.box[1] > (1 - _EDGE) * height]
    top = [_signed(line) for line in lines_of(near_top)[:_MAX_LINES]]
    bottom = [_signed(line) for line in lines_of(near_bottom)[::-1][:_MAX_LINES]]
    return EdgeLines(top=tuple(top), bottom=tuple(bottom))


def repeated(
    edges: EdgeLines, neighbours: Iterable[EdgeLines]
) -> tuple[tuple[PlacedWord, ...], tuple[PlacedWord, ...]]:
    """(header, footer): words of the lines that a neighbouring page has too; a line inside of one that is not repeated is text."""
    others = list(neighbours)
    header = _outer_repeated(edges.top, [signature for other in others for signature, _ in other.top])
    footer = _outer_repeated(edges.bottom, [signature for other in others for signature, _ in other.bottom])
    return header, footer


def _signed(line: Sequence[PlacedWord]) -> tuple[Signature, tuple[PlacedWord, ...]]:
    text = _DIGITS.sub("#", "".join(word.text for word in line))
    middle = sum(word.box[1] + word.box[3] for word in line) / (2 * len(line))
    return (text, middle), tuple(line)


def _outer_repeated(
    lines: Sequence[tuple[Signature, tuple[PlacedWord, ...]]], others: Sequence[Signature]
) -> tuple[PlacedWord, ...]:
    found: list[PlacedWord] = []
    for (text, middle), words in lines:
        if not any(text == other and abs(middle - place) <= _MAX_SHIFT for other, place in others):
            break
        found += words
    return tuple(found)
