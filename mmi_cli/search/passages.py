"""Cuts a content into passages: bounded in tokens, under their headings, each in one place that can be shown.

A passage never crosses a page, a slide, a sheet, a file inside the file, a heading, or the turn of a speaker. What is longer than the
bound is split between lines, then between sentences, then between words: nothing of the text is left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from ..datamodel.content import (
    Block,
    Content,
    FrameBox,
    PageBox,
    Place,
    SheetCell,
    SlideShape,
    TimeSpan,
)
from ..datamodel.record import Evidence
from ..datamodel.word_places import own_box, place_of_words

MOST_TOKENS = 200
"""Of a passage with its headings: what sentence encoders are best at, well below the 256 that the default one reads."""
_HEADING_TOKENS = 40
_FEW_TOKENS = 24
"""A heading with less text than this under it goes on with what follows, so that a list of headings is no list of passages."""
_SENTENCE_END = re.compile(r"[.!?…;:。！？]['\")\]»”]*$")
_LINES_APART = 2
CountTokens = Callable[[str], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A stretch of `Content.text`."""

    text: str
    """As it stands in the file, without its headings."""
    headings: tuple[str, ...]
    """The headings it stands under, outermost first."""
    place: Evidence
    """Where: its box is the hull of its words, its cell the first, its times from the first word to the last."""
    is_spoken: bool = False
    """A turn of a speaker, or part of one."""
    said_s: tuple[float, ...] = ()
    """When each of its words begins, where it is spoken."""

    @property
    def text_with_headings(self) -> str:
        return "\n".join((" > ".join(self.headings), self.text)) if self.headings else self.text


def estimate_tokens(text: str) -> int:
    """Word pieces of a text, rather too many than too few: for embedders that cannot count."""
    return sum(1 + len(word) // 4 if word.isalpha() and word.isascii() else 1 + len(word) // 2 for word in text.split())


def split_passages(
    content: Content, *, count_tokens: CountTokens = estimate_tokens, most_tokens: int = MOST_TOKENS
) -> tuple[Passage, ...]:
    """Every word of the content, once, in passages of at most `most_tokens` tokens, headings included.

    Args:
        count_tokens: of a text; a single word that is longer stays whole.
    """
    return tuple(_Splitter(content, count_tokens, most_tokens).passages())


@dataclass(frozen=True, slots=True)
class _Piece:
    """Words [first, last) that stay together, a line or less, with the tokens that they have."""

    first: int
    last: int
    tokens: int


class _Splitter:
    def __init__(self, content: Content, count_tokens: CountTokens, most_tokens: int) -> None:
        self._content = content
        self._count = count_tokens
        self._most = most_tokens
        self._headings: list[tuple[int, str]] = []

    def passages(self) -> Iterator[Passage]:
        waiting: list[_Piece] = []
        tokens = 0
        under = self._shown_headings()
        part = None
        for block in self._blocks():
            if block.first == block.last:
                continue
            words = self._content.words
            here = self._content.part_at(words[block.first].offset)
            if here is not part:
                self._headings.clear()
                part = here
            is_heading = block.kind in ("title", "heading")
            if is_heading:
                self._enter(block)
                if tokens > _FEW_TOKENS and waiting:
                    yield self._made(waiting, under)
                    waiting, tokens = [], 0
            if not waiting:
                under = self._shown_headings(without_last=is_heading)
            # Whichever of the headings it will stand under once a passage ends.
            room = self._most - max(self._count(" > ".join(each)) for each in (under, self._shown_headings(), ()))
            for piece in self._pieces(block, room):
                if waiting and (tokens + piece.tokens > room or self._is_apart(waiting[0], waiting[-1], piece)):
                    yield self._made(waiting, under)
                    waiting, tokens = [], 0
                    under = self._shown_headings(without_last=is_heading)
                waiting.append(piece)
                tokens += piece.tokens
        if waiting:
            yield self._made(waiting, under)

    def _blocks(self) -> Iterator[Block]:
        """Blocks, and what no block covers."""
        at = 0
        for block in sorted(self._content.blocks, key=lambda block: (block.first, block.last)):
            if block.first > at:
                yield Block(kind="paragraph", first=at, last=block.first)
            if block.last > at:
                yield block if block.first >= at else replace(block, first=at)
            at = max(at, block.last)
        if at < len(self._content.words):
            yield Block(kind="paragraph", first=at, last=len(self._content.words))

    def _enter(self, heading: Block) -> None:
        level = 0 if heading.kind == "title" else max(1, heading.level)
        while self._headings and self._headings[-1][0] >= level:
            self._headings.pop()
        text = " ".join(self._content.text_of(heading.first, heading.last).split())
        self._headings.append((level, text))

    def _shown_headings(self, *, without_last: bool = False) -> tuple[str, ...]:
        """The headings that stand over a passage, the nearest as long as there is room; not the one it begins with itself."""
        texts = [text for _, text in (self._headings[:-1] if without_last else self._headings)]
        shown: list[str] = []
        room = min(_HEADING_TOKENS, self._most // 3)
        for text in reversed(texts):
            room -= self._count(text)
            if room < 0:
                break
            shown.insert(0, text)
        return tuple(shown)

    def _pieces(self, block: Block, room: int) -> Iterator[_Piece]:
        """Lines of a block; of lines that are too long, sentences; of sentences that are, runs of words."""
        for first, last in self._runs(block.first, block.last, self._ends_line):
            if (tokens := self._tokens(first, last)) <= room:
                yield _Piece(first, last, tokens)
                continue
            for start, end in self._runs(first, last, self._ends_sentence):
                if (tokens := self._tokens(start, end)) <= room:
                    yield _Piece(start, end, tokens)
                else:
                    yield from self._runs_of_words(start, end, room)

    def _runs(self, first: int, last: int, ends: Callable[[int], bool]) -> Iterator[tuple[int, int]]:
        start = first
        for index in range(first, last):
            if index + 1 == last or ends(index):
                yield start, index + 1
                start = index + 1

    def _ends_line(self, index: int) -> bool:
        word, following = self._content.words[index], self._content.words[index + 1]
        between = self._content.text[word.offset + len(word.text) : following.offset]
        return "\n" in between or self._differs(word.place, following.place)

    def _ends_sentence(self, index: int) -> bool:
        return bool(_SENTENCE_END.search(self._content.words[index].text))

    def _runs_of_words(self, first: int, last: int, room: int) -> Iterator[_Piece]:
        start, tokens = first, 0
        for index in range(first, last):
            more = self._count(self._content.words[index].text)
            if tokens and tokens + more > room:
                yield _Piece(start, index, tokens)
                start, tokens = index, 0
            tokens += more
        yield _Piece(start, last, tokens)

    def _tokens(self, first: int, last: int) -> int:
        return self._count(self._content.text_of(first, last))

    def _is_apart(self, begun: _Piece, before: _Piece, piece: _Piece) -> bool:
        words = self._content.words
        one, other = words[begun.first], words[piece.first]
        if self._content.part_at(one.offset) is not self._content.part_at(other.offset):
            return True
        last = words[before.last - 1]
        is_new_line = self._content.text.count("\n", last.offset + len(last.text), other.offset) >= _LINES_APART
        if isinstance(one.place, TimeSpan) and isinstance(other.place, TimeSpan):
            return one.place.speaker != other.place.speaker or (
                is_new_line and one.place.speaker is None and begun is not before
            )
        return self._differs(one.place, other.place)

    @staticmethod
    def _differs(one: Place, other: Place) -> bool:
        """Whether two places are never shown as one."""
        if type(one) is not type(other):
            return True
        match one, other:
            case PageBox(), PageBox():
                return one.page != other.page
            case FrameBox(), FrameBox():
                return one.frame_s != other.frame_s
            case SheetCell(), SheetCell():
                return one.sheet != other.sheet
            case SlideShape(), SlideShape():
                return one.slide != other.slide
            case TimeSpan(), TimeSpan():
                return one.speaker != other.speaker
            case _:
                return False

    def _made(self, pieces: list[_Piece], headings: tuple[str, ...]) -> Passage:
        words = self._content.words[pieces[0].first : pieces[-1].last]
        text = self._content.text_of(pieces[0].first, pieces[-1].last)
        start = words[0].offset
        part = self._content.part_at(start)
        place = Evidence(
            text=text,
            match="cited",
            span=(start, words[-1].offset + len(words[-1].text) - start),
            part=part.name if part else None,
            **place_of_words(self._content, words, own_box),
        )
        said_s = tuple(word.place.start_s for word in words if isinstance(word.place, TimeSpan))
        return Passage(text=text, headings=headings, place=place, is_spoken=bool(said_s), said_s=said_s)
