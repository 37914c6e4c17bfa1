"""What was read from a file: every word once, with its place, and the structure over the words.

`Content` is the word index that everything grounded hangs on. `text` holds the words in reading order, joined by one
space inside a line, a tab between the cells of a table row, a newline between lines and a blank line between blocks.
A character span of `text` maps back to words by bisection and from words to places. Markdown, VTT and plain text are
projections of it (see `markdown`, `plain_text`, `timed_text` and `content_json` beside this module).

Words and places are NamedTuples, not dataclasses: a page has about 500 of each, and building a frozen dataclass costs four times as
much as a tuple.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from .figure import Box as Box
from .figure import Figure


class PageBox(NamedTuple):
    """On a page of a document or on a picture (then page 1; one page a frame of a multi-frame TIFF)."""

    page: int
    """From 1."""
    box: Box


class TimeSpan(NamedTuple):
    """Said at a time in audio or video, or in a transcript with times."""

    start_s: float
    end_s: float
    speaker: str | None = None


class FrameBox(NamedTuple):
    """Seen on a frame of a video."""

    frame_s: float
    """Presentation time of the frame, seconds from the start of the stream."""
    box: Box


class SheetCell(NamedTuple):
    """In a cell of a spreadsheet, or of a CSV file (sheet is then the file's stem)."""

    sheet: str
    cell: str
    """A1 style."""


class SlideShape(NamedTuple):
    """In a shape of a slide; notes are the shape `notes`."""

    slide: int
    shape: str


class ParagraphPlace(NamedTuple):
    """In a paragraph of a flowing text (docx, html, txt, eml body, …)."""

    paragraph: int
    """From 1, counted over the whole part, table cells included."""


Place = PageBox | TimeSpan | FrameBox | SheetCell | SlideShape | ParagraphPlace


class Word(NamedTuple):
    """One word, or one unit between white space; CJK text may keep a run of characters as one word."""

    text: str
    offset: int
    """Code points from the start of `Content.text`; `Content.text[offset:offset + len(text)] == text`."""
    place: Place
    score: float | None = None
    """The reader's own score in [0, 1] (OCR line score, speech word probability); None for digital text. Not a confidence."""


BlockKind = Literal[
    "title", "heading", "paragraph", "list_item", "table", "header", "footer", "footnote", "caption", "code", "form_field",
    "key_value", "utterance", "on_screen_text", "shot", "figure", "barcode", "metadata",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A run of words that belong together; blocks are in reading order, do not overlap, and cover all words."""

    kind: BlockKind
    first: int
    """Index of the first word."""
    last: int
    """Index after the last word; `first == last` for a block without words (a figure, a silent shot)."""
    level: int = 0
    """Heading level from 1; list depth from 0."""
    label: str | None = None
    """Name of a form field, alternative text of a figure, list marker, sheet name of a table, symbology of a barcode."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableCell:
    """A cell; `row` and `column` from 0."""

    row: int
    column: int
    first: int
    """Index of the first word."""
    last: int
    """Index after the last word; equal to `first` when empty."""
    row_span: int = 1
    column_span: int = 1
    is_header: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows and cells over the words of one `table` block."""

    block: int
    """Index into `Content.blocks`."""
    rows: int
    columns: int
    cells: tuple[TableCell, ...]
    """Row by row, left to right."""
    page: int | None = None
    box: Box | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page, picture or picture frame, as shown upright (after rotation)."""

    number: int
    """From 1, within its part."""
    width: float
    height: float
    unit: Literal["pt", "px"]
    source: Literal["text_layer", "ocr", "none"]
    """What the words came from."""
    reason: str
    """Why: `1 812 characters of text, 0.2 % of them unmapped`."""
    rotation: int = 0
    """Clockwise degrees applied to show it upright: 0, 90, 180, 270."""
    part: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """A run of frames without a cut, by presentation time."""

    start_s: float
    end_s: float
    start_frame: int
    key_frames_s: tuple[float, ...] = ()


SoundKind = Literal["speech", "music", "silence", "other"]


class Sound(NamedTuple):
    """A stretch of sound of one kind."""

    start_s: float
    end_s: float
    kind: SoundKind
    """`speech` wherever somebody speaks, music below it or not; `other` is noise, applause, machines…"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """Facts of an audio or video stream."""

    duration_s: float
    has_audio: bool
    has_video: bool
    speech_s: float = 0.0
    """Seconds that hold speech, by voice activity detection."""
    width: int | None = None
    height: int | None = None
    sample_rate_hz: int | None = None
    shots: tuple[Shot, ...] = ()
    sounds: tuple[Sound, ...] = ()
    """What kind of sound there is, in order, without gaps; empty where nobody listened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A file inside the file (attachment, embedded file) whose words are part of the parent's text."""

    name: str
    """As evidence names it; nested ones are joined with `/`; made unique by ` (2)`."""
    media_type: str
    start: int
    """Offset of its first character in `Content.text`."""
    end: int
    """Offset after its last character."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something a reader of the record should know; not an error."""

    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What reading and filling a file cost; added up over stages."""

    pages: int = 0
    audio_seconds: float = 0.0
    model_input_tokens: int = 0
    model_output_tokens: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            pages=self.pages + other.pages,
            audio_seconds=self.audio_seconds + other.audio_seconds,
            model_input_tokens=self.model_input_tokens + other.model_input_tokens,
            model_output_tokens=self.model_output_tokens + other.model_output_tokens,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A file as read; build it with `mmi_cli.datamodel.content_builder.ContentBuilder`."""

    text: str
    words: tuple[Word, ...]
    blocks: tuple[Block, ...] = ()
    tables: tuple[Table, ...] = ()
    pages: tuple[Page, ...] = ()
    media: Media | None = None
    parts: tuple[Part, ...] = ()
    figures: tuple[Figure, ...] = ()
    """In the order of their blocks."""
    language: str | None = None
    """ISO 639-1, when the reader knows it (speech recognition does)."""
    metadata: tuple[tuple[str, str], ...] = ()
    """Facts that do not stand in the text: title, author, camera, subject of a mail…; sorted by key."""
    warnings: tuple[Notice, ...] = ()
    usage: Usage = field(default_factory=Usage)
    engines: tuple[tuple[str, str], ...] = ()
    """Which engine did what: `("ocr", "rapidocr-3.10.0/PP-OCRv6-small")`; sorted by key."""

    def words_of_span(self, start: int, end: int) -> range:
        """Indices of the words that overlap the characters [start, end) of `text`."""
        first = bisect_right(self.words, start, key=lambda word: word.offset) - 1
        if first < 0 or self.words[first].offset + len(self.words[first].text) <= start:
            first += 1
        return range(first, bisect_left(self.words, end, lo=first, key=lambda word: word.offset))

    def part_at(self, offset: int) -> Part | None:
        """The innermost part that holds the character, or None in the file itself."""
        found = None
        for part in self.parts:
            if part.start <= offset < part.end and (found is None or part.end - part.start <= found.end - found.start):
                found = part
        return found

    def page_at(self, offset: int, number: int) -> Page | None:
        """The page with that number in the part that holds the character."""
        part = self.part_at(offset)
        name = part.name if part else None
        return next((page for page in self.pages if page.number == number and page.part == name), None)

    def lines(self) -> Iterator[tuple[int, int]]:
        """(first, last) word indices of each line of `text`; last is exclusive."""
        first = 0
        for index in range(1, len(self.words) + 1):
            if index == len(self.words):
                if first < index:
                    yield first, index
            else:
                before = self.words[index - 1]
                if "\n" in self.text[before.offset + len(before.text) : self.words[index].offset]:
                    yield first, index
                    first = index

    def text_of(self, first: int, last: int) -> str:
        """The characters from word `first` to the word before `last`, as they stand in `text`."""
        if first >= last:
            return ""
        end = self.words[last - 1]
        return self.text[self.words[first].offset : end.offset + len(end.text)]
