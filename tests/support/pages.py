"""Pages made of lines of text, with a box a word, for tests of filling and layout."""

from __future__ import annotations

from mmi_cli.datamodel.content import Content, Page, PageBox
from mmi_cli.datamodel.content_builder import ContentBuilder

CHAR_WIDTH = 6.0
LINE_HEIGHT = 14.0


def page_of(*lines: str, scores: float | None = None) -> Content:
    """One page; words stand where their characters stand, as in a fixed-width font, so that columns of spaces are columns."""
    builder = ContentBuilder()
    builder.add_page(Page(number=1, width=612, height=792, unit="pt", source="text_layer", reason="made for a test"))
    placed = []
    for number, line in enumerate(lines):
        top = 40 + number * LINE_HEIGHT
        words, at = [], 0
        for word in line.split():
            at = line.index(word, at)
            box = (40 + at * CHAR_WIDTH, top, 40 + (at + len(word)) * CHAR_WIDTH, top + LINE_HEIGHT - 3)
            words.append((word, PageBox(1, box), scores))
            at += len(word)
        placed.append(words)
    builder.add_block("paragraph", placed)
    return builder.build()
