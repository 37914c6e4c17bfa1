"""A content made ready for filling: its lines with places, its folded text, its candidates, each worked out once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar, cast

from ..datamodel.boxes import hull
from ..datamodel.content import Box, Content, PageBox, Word
from ..engines.interface import TextEmbedder
from .candidates import Candidate, Detectors
from .instructions import without_instructions
from .locale_hints import LocaleHints, decide_locale
from .segments import Segments
from .text_index import TextIndex

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of the text."""

    number: int
    first: int
    """Index of its first word."""
    last: int
    """Index after its last word."""
    start: int
    """Offset of its first character."""
    end: int
    text: str
    page: int | None
    box: Box | None
    """Hull of its words, where they have boxes on one page."""


class Reading:
    """What the finders share while one content is filled by one schema."""

    def __init__(self, content: Content, schema_locale: str | None) -> None:
        text, self.instructions = without_instructions(content.text)
        """What in the file speaks to a language model; it is blank in `content.text`, so that nobody finds or shows it."""
        self.content = content = replace(content, text=text) if self.instructions else content
        self.hints: LocaleHints = decide_locale(content, schema_locale)
        self.embedder: TextEmbedder | None = None
        """Compares lines by meaning, once it is there."""
        self._detectors = Detectors(content, self.hints)
        self._worked_out: dict[Callable[[Reading], Any], Any] = {}
        self._candidates: dict[frozenset[str], tuple[Candidate, ...]] = {}
        self._vectors: dict[int, NDArray[np.float32]] = {}

    @cached_property
    def index(self) -> TextIndex:
        return TextIndex(self.content)

    @cached_property
    def segments(self) -> Segments:
        return Segments(self.content)

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        return tuple(self._line(number, first, last) for number, (first, last) in enumerate(self.content.lines()))

    @cached_property
    def line_starts(self) -> list[int]:
        return [line.start for line in self.lines]

    def line_at(self, offset: int) -> Line | None:
        """The line that holds the character, or the one before it."""
        from bisect import bisect_right

        at = bisect_right(self.line_starts, offset) - 1
        return self.lines[at] if at >= 0 else None

    def once(self, work: Callable[[Reading], T]) -> T:
        """What a function makes of the reading, worked out when the first field asks for it and kept for the others."""
        if work not in self._worked_out:
            self._worked_out[work] = work(self)
        return cast(T, self._worked_out[work])

    def candidates(self, kinds: frozenset[str]) -> tuple[Candidate, ...]:
        """All candidates of the kinds, sorted by start."""
        if kinds not in self._candidates:
            self._candidates[kinds] = self._detectors.find(kinds) if kinds else ()
        return self._candidates[kinds]

    def nearness(self, text: str, numbers: Sequence[int]) -> dict[int, float]:
        """Line number → cosine with a text, for some lines; needs the embedder."""
        if self.embedder is None:
            return {}
        missing = [number for number in numbers if number not in self._vectors]
        if missing:
            vectors = self.embedder.embed([self.lines[number].text for number in missing])
            self._vectors.update(zip(missing, vectors, strict=True))
        (wanted,) = self.embedder.embed([text])
        return {number: float(self._vectors[number] @ wanted) for number in numbers}

    def box_of(self, start: int, end: int) -> tuple[int, Box] | None:
        """(page, hull) of the words of a span, when all of them lie on one page."""
        boxes = []
        page = None
        for index in self.content.words_of_span(start, end):
            place = self.content.words[index].place
            if not isinstance(place, PageBox) or page not in (None, place.page):
                return None
            page = place.page
            boxes.append(place.box)
        if page is None:
            return None
        return page, hull(*boxes)

    @cached_property
    def words_of_pages(self) -> dict[int, list[Word]]:
        """The words of each page of the file, those of a scan and of a text layer alike."""
        pages: dict[int, list[Word]] = {}
        for word in self.content.words:
            if isinstance(word.place, PageBox):
                pages.setdefault(word.place.page, []).append(word)
        return pages

    def source_scores(self, start: int, end: int) -> list[float]:
        """The reader's own scores of the words of a span; empty for digital text."""
        words = (self.content.words[index] for index in self.content.words_of_span(start, end))
        return [word.score for word in words if word.score is not None]

    def _line(self, number: int, first: int, last: int) -> Line:
        words = self.content.words
        start, end = words[first].offset, words[last - 1].offset + len(words[last - 1].text)
        found = self.box_of(start, end)
        return Line(
            number=number, first=first, last=last, start=start, end=end, text=self.content.text[start:end],
            page=found[0] if found else None, box=found[1] if found else None,
        )  # fmt: skip
