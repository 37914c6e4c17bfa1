"""Lines of one column → titles, headings, paragraphs, list items, captions, footnotes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from ..datamodel.content import BlockKind
from .page_lines import Segment

_BULLETS = frozenset("•·▪▫■□●○◦‣⁃–—*-➢✓❖\uf0b7")
_NUMBERED = re.compile(r"^\(?(?:\d{1,2}(?:\.\d{1,2}){0,3}|[a-zA-Z]|[ivxIVX]{1,5})[.)]$|^\d{1,2}(?:\.\d{1,2}){1,3}$")
_CAPTION = re.compile(r"^(?:fig(?:ure)?|table|abb(?:ildung)?|tab(?:elle)?|tableau|chart)\.?\s?\d+[.:]?\b", re.I)
_FOOTNOTE = re.compile(r"^(?:\d{1,2}|[*†‡§]|\(\d{1,2}\))$")
_LARGER = 1.18  # times the height of ordinary text: a heading
_TITLE = 1.45  # times that height, in the upper part of the first page: the title
_MAX_HEADING_WORDS = 25
_MAX_BOLD_HEADING_WORDS = 12
_PARAGRAPH_GAP = 0.55  # line heights of empty space more than between the lines of the column
_WIDEST_PITCH = 1.0  # line heights of empty space between lines of one paragraph; double-spaced text has 0.9


@dataclass(slots=True)
class Line:
    """A line of one column: its segments side by side."""

    segments: list[Segment]
    x0: float = 0.0
    y0: float = 0.0
    x1: float = 0.0
    y1: float = 0.0
    size: float = 0.0
    """Height of its words, in the unit of the page; stands for the font size."""
    is_bold: bool = False
    word_count: int = 0

    def __post_init__(self) -> None:
        words = self.segments[0].words
        if len(self.segments) > 1:
            words = [word for segment in self.segments for word in segment.words]
        self.x0 = min([segment.x0 for segment in self.segments])
        self.y0 = min([segment.y0 for segment in self.segments])
        self.x1 = max([segment.x1 for segment in self.segments])
        self.y1 = max([segment.y1 for segment in self.segments])
        heights = sorted([word.box[3] - word.box[1] for word in words])
        self.size = heights[len(heights) // 2]
        self.is_bold = all(word.is_bold for word in words)
        self.word_count = len(words)

    @property
    def text(self) -> str:
        return " ".join([segment.text for segment in self.segments])


@dataclass(slots=True)
class BlockDraft:
    """A block before it is added."""

    kind: BlockKind
    lines: list[Line] = field(default_factory=list)
    level: int = 0


def blocks_of(
    lines: Sequence[Line], *, body_size: float, page_height: float, is_first_page: bool
) -> Iterator[BlockDraft]:
    """Blocks of the lines of one column, top to bottom.

    Args:
        body_size: height of ordinary text on the page.
    """
    if not lines:
        return
    gaps = sorted(b.y0 - a.y1 for a, b in pairwise(lines))
    usual_gap = max(0.0, gaps[len(gaps) // 4]) if gaps else 0.0
    usual_gap = min(usual_gap, _WIDEST_PITCH * lines[0].size)
    right = max(line.x1 for line in lines)
    block: list[Line] = [lines[0]]
    for line in lines[1:]:
        if _starts_block(block, line, usual_gap, right):
            yield _draft(block, body_size, page_height, is_first_page)
            block = []
        block.append(line)
    yield _draft(block, body_size, page_height, is_first_page)


def _starts_block(block: list[Line], line: Line, usual_gap: float, right: float) -> bool:
    above = block[-1]
    size = min(above.size, line.size)
    gap = line.y0 - above.y1
    if gap > usual_gap + _PARAGRAPH_GAP * size or gap < -0.8 * size:
        return True
    if max(above.size, line.size) > _LARGER * size or above.is_bold != line.is_bold:
        return True
    if _is_item(line) or not _is_text(line) or not _is_text(above):
        return True
    # A first line set in, below a line that ends short, starts a paragraph.
    return line.x0 > above.x0 + 1.2 * size and above.x1 < right - 6 * size and not _is_item(block[0])


def is_list_marker(text: str) -> bool:
    """Whether a word is a bullet or a number that begins a list item."""
    return text in _BULLETS or (text[-1] in ".)0123456789" and bool(_NUMBERED.match(text)))


def _is_item(line: Line) -> bool:
    return line.word_count > 1 and is_list_marker(line.segments[0].words[0].text)


def _is_text(line: Line) -> bool:
    """Whether a line runs on without a wide gap, apart from one after a list marker."""
    count = len(line.segments)
    return count == 1 or (count == 2 and len(line.segments[0].words) == 1 and _is_item(line))


def _draft(lines: list[Line], body_size: float, page_height: float, is_first_page: bool) -> BlockDraft:
    first = lines[0]
    words = sum([line.word_count for line in lines])
    size = first.size
    text = first.text
    has_letters = any(char.isalpha() for char in text)
    is_single = all(map(_is_text, lines))
    is_compact = is_single or len(lines) == 1
    if size >= _LARGER * body_size and words <= _MAX_HEADING_WORDS and has_letters and is_compact and len(lines) <= 4:
        ratio = size / body_size
        if is_first_page and ratio >= _TITLE and first.y0 < 0.4 * page_height:
            return BlockDraft("title", lines, 1)
        return BlockDraft("heading", lines, 1 if ratio >= 1.6 else 2)
    if _CAPTION.match(text) and len(lines) <= 4:
        return BlockDraft("caption", lines)
    if (
        first.is_bold
        and is_single
        and len(lines) <= 2
        and words <= _MAX_BOLD_HEADING_WORDS
        and has_letters
        and size >= 0.9 * body_size
        and not lines[-1].text.endswith((".", ",", ";", ":"))
        and sum(char.isdigit() for char in text) < 0.3 * len(text)
    ):
        return BlockDraft("heading", lines, 3)
    if _is_item(first):
        return BlockDraft("list_item", lines)
    if not is_single and first.segments[0].words[-1].text.endswith(":"):
        return BlockDraft("key_value", lines)
    if size < 0.88 * body_size and first.y0 > 0.7 * page_height and _FOOTNOTE.match(first.segments[0].words[0].text):
        return BlockDraft("footnote", lines)
    return BlockDraft("paragraph", lines)
