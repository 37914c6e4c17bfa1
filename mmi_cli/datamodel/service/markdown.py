"""`Content` as that service writes markdown, with the place of every word in it.

Its dialect: tables as HTML with one cell a line, page marks as comments, charts as a fenced Chart.js block; audio and video as a heading
with times, a fenced WebVTT transcript and a list of key frames. Spans of its results count in this text, in code points.
"""

from __future__ import annotations

import json
import re
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from ..chartjs import to_chartjs
from ..content import Block, Content, FrameBox, PageBox, SheetCell, SlideShape, Table, TableCell, TimeSpan, Word
from ..figure import Figure

Span = tuple[int, int]
"""Offset and length."""
Escape = Callable[[str], str]

_TAG = re.compile(r"<(?=[a-zA-Z/!?])")
_STARTS_A_BLOCK = re.compile(r"#{1,6}$|>|[-+*]$|\d{1,9}[.)]$|```|~~~|(?:=+|_{3,}|\*{3,}|-{3,})$")
_NUMBERED = re.compile(r"\d{1,9}[.)]")


@dataclass(slots=True)
class ServiceMarkdown:
    """The markdown of a content and where its words stand in it."""

    content: Content
    text: str = ""
    starts: array[int] = field(default_factory=lambda: array("q"))
    """For each word of the content its offset in `text`; -1 for one that does not stand there."""
    escapes: dict[int, Escape] = field(default_factory=dict)
    """How a word was escaped, for those that were changed."""
    blocks: list[Span] = field(default_factory=list)
    """Of each block of the content; length 0 for one that is not there."""
    cells: dict[tuple[int, int], Span] = field(default_factory=dict)
    """Of each cell that holds words: (index of its table, index of the cell)."""
    figures: dict[int, Span] = field(default_factory=dict)
    """Of each figure that is there, by its index."""

    def end_of(self, word: int) -> int:
        """Offset after a word that stands there."""
        text = self.content.words[word].text
        escape = self.escapes.get(word)
        return self.starts[word] + len(escape(text) if escape else text)

    def spans_of(self, start: int, end: int) -> list[Span]:
        """Where the characters [start, end) of `Content.text` stand: one span for each run that nothing but white space parts."""
        found: list[Span] = []
        for index in self.content.words_of_span(start, end):
            at = self.starts[index]
            if at < 0:
                continue
            word = self.content.words[index]
            escape = self.escapes.get(index) or _as_it_is
            begin = at + _escaped_length(escape, word.text, start - word.offset)
            stop = at + _escaped_length(escape, word.text, end - word.offset)
            if found and begin >= sum(found[-1]) and not self.text[sum(found[-1]) : begin].strip():
                found[-1] = (found[-1][0], stop - found[-1][0])
            elif stop > begin:
                found.append((begin, stop - begin))
        return found

    def span_of_words(self, first: int, last: int) -> Span | None:
        """From the first to the last of some words that stand there; None where none does."""
        inside = [index for index in range(first, last) if self.starts[index] >= 0]
        if not inside:
            return None
        begin = min(self.starts[index] for index in inside)
        return begin, max(self.end_of(index) for index in inside) - begin


def service_markdown(content: Content, *, is_media: bool) -> ServiceMarkdown:
    """The markdown of a content.

    Args:
        is_media: it is of audio or video, or a transcript with times.
    """
    writer = _Writer(content)
    if is_media:
        writer.media()
    else:
        writer.document()
    return writer.finish()


def page_of(word: Word) -> int | None:
    """The page or slide of a word."""
    place = word.place
    return place.page if isinstance(place, PageBox) else place.slide if isinstance(place, SlideShape) else None


def milliseconds(seconds: float) -> int:
    return round(seconds * 1000)


def cue_time(seconds: float) -> str:
    """`00:02.480`, and `01:00:02.480` from an hour on."""
    whole, thousandths = divmod(milliseconds(seconds), 1000)
    hours = f"{whole // 3600:02d}:" if whole >= 3600 else ""
    return f"{hours}{whole // 60 % 60:02d}:{whole % 60:02d}.{thousandths:03d}"


class _Writer:
    def __init__(self, content: Content) -> None:
        self._content = content
        self._pieces: list[str] = []
        self._length = 0
        self._out = ServiceMarkdown(
            content=content,
            starts=array("q", [-1]) * len(content.words),
            blocks=[(0, 0)] * len(content.blocks),
        )
        self._figures = {figure.block: (index, figure) for index, figure in enumerate(content.figures)}
        self._tables = {table.block: (index, table) for index, table in enumerate(content.tables)}

    def finish(self) -> ServiceMarkdown:
        self._out.text = "".join(self._pieces)
        return self._out

    def document(self) -> None:
        content = self._content
        blocks = content.blocks or (
            (Block(kind="paragraph", first=0, last=len(content.words)),) if content.words else ()
        )
        if not content.blocks:
            self._out.blocks = [(0, 0)] * len(blocks)
        charts = iter(to_chartjs(content))
        page_before: tuple[str | None, int | str] | None = None
        kind_before = ""
        for number, block in enumerate(blocks):
            page = self._page(block)
            if page is not None and page_before is not None and page != page_before:
                self._apart("<!-- PageBreak -->")
                kind_before = ""
            page_before = page or page_before
            is_tight = block.kind == kind_before == "list_item"
            if self._after("" if not self._pieces else "\n" if is_tight else "\n\n", number, block, charts):
                kind_before = block.kind
        if self._pieces:
            self._put("\n")

    def media(self) -> None:
        content, media = self._content, self._content.media
        end_s = media.duration_s if media else max((_end_s(word) for word in content.words), default=0.0)
        what = "Video" if media and media.has_video else "Audio"
        self._put(f"# {what}: {cue_time(0)} => {cue_time(end_s)}")
        if media and media.has_video and media.width and media.height:
            self._put(f"\nWidth: {media.width}\nHeight: {media.height}")
        utterances = [number for number, block in enumerate(content.blocks) if block.kind == "utterance"]
        if utterances:
            self._put("\n\nTranscript\n```\nWEBVTT\n")
            for number in utterances:
                self._utterance(number, content.blocks[number])
            self._put("```")
        frames = sorted({milliseconds(each) for shot in (media.shots if media else ()) for each in shot.key_frames_s})
        if frames:
            self._put("\n\nKey Frames")
            for frame in frames:
                self._put(f"\n- {cue_time(frame / 1000)} ![](keyFrame.{frame}.jpg)")
        charts = iter(to_chartjs(content))
        for number, block in enumerate(content.blocks):
            if block.kind in ("utterance", "shot"):
                continue
            place = content.words[block.first].place if block.first < block.last else None
            shown = f"On screen at {cue_time(place.frame_s)}: " if isinstance(place, FrameBox) else ""
            self._after(f"\n\n{shown}", number, block, charts)
        self._put("\n")

    def _after(self, gap: str, number: int, block: Block, charts: Iterator[object]) -> bool:
        """Writes a block behind a gap; without either where the block has nothing to say."""
        self._put(gap)
        start = self._length
        self._block(number, block, charts)
        if self._length == start:
            self._pieces.pop()
            self._length -= len(gap)
            return False
        self._out.blocks[number] = (start, self._length - start)
        return True

    def _utterance(self, number: int, block: Block) -> None:
        places = [w.place for w in self._content.words[block.first : block.last] if isinstance(w.place, TimeSpan)]
        if not places:
            return
        start_s, end_s = min(place.start_s for place in places), max(place.end_s for place in places)
        speaker = places[0].speaker
        self._put(f"\n{cue_time(start_s)} --> {cue_time(end_s)}\n" + (f"<v {_entities(speaker)}>" if speaker else ""))
        begin = self._length
        self._words(block.first, block.last, _entities, line_break="\n")
        self._out.blocks[number] = (begin, self._length - begin)
        self._put("\n")

    def _page(self, block: Block) -> tuple[str | None, int | str] | None:
        if block.first == block.last:
            return None
        word = self._content.words[block.first]
        part = self._content.part_at(word.offset) if self._content.parts else None
        name = part.name if part else None
        if isinstance(word.place, SheetCell):
            return name, word.place.sheet
        number = page_of(word)
        return None if number is None else (name, number)

    def _block(self, number: int, block: Block, charts: Iterator[object]) -> None:
        if number in self._figures:
            self._figure(*self._figures[number], block, charts)
            return
        if number in self._tables:
            self._table(*self._tables[number])
            return
        first, last = block.first, block.last
        label = block.label or ""
        match block.kind:
            case "title" | "heading":
                if first < last:
                    self._put(f"{'#' * min(max(block.level, 1), 6)} {label + ' ' if label else ''}")
                    self._words(first, last, _tags, line_break=" ")
            case "list_item":
                indent = "    " * block.level
                self._put(indent + (label if _NUMBERED.fullmatch(label) else "-") + " ")
                self._words(first, last, _tags, line_break=f"\n{indent}  ")
            case "barcode":
                self._put(f'![{label or "barcode"}](barcodes/{number} "')
                self._words(first, last, _quoted, line_break=" ")
                self._put('")')
            case "code":
                text = self._content.text_of(first, last)
                fence = "`" * max(3, 1 + max((len(run) for run in re.findall(r"`+", text)), default=0))
                self._put(f"{fence}\n")
                self._words(first, last, _as_it_is, line_break="\n")
                self._put(f"\n{fence}")
            case "header" | "footer":
                self._put(f'<!-- Page{block.kind.capitalize()}="')
                self._words(first, last, _commented, line_break=" ")
                self._put('" -->')
            case "form_field" if label:
                self._put(f"{_tags(label)}: ")
                self._words(first, last, _tags, line_break="\n")
            case _:
                if first < last:
                    if _STARTS_A_BLOCK.match(self._content.words[first].text):
                        self._put("\\")
                    self._words(first, last, _tags, line_break="\n")

    def _figure(self, index: int, figure: Figure, block: Block, charts: Iterator[object]) -> None:
        begin = self._length
        label = " ".join((block.label or figure.description or "").split())
        page = self._content.page_at(0, figure.page) if figure.page is not None and figure.part is None else None
        if page is not None and page.unit == "px" and not label and figure.chart is None and block.first == block.last:
            return  # the picture that the whole file is
        self._put(f"![{_tags(label).replace(']', chr(92) + ']')}](figures/{figure.page or 1}.{index + 1})")
        if figure.chart is not None and figure.chart.marks:
            config = json.dumps(next(charts, {}), ensure_ascii=False, separators=(",", ":"))
            self._put(f"\n\n```chart.js\n{config}\n```")
        self._out.figures[index] = (begin, self._length - begin)
        if block.first < block.last:
            self._put("\n\n")
            self._words(block.first, block.last, _tags, line_break="\n")

    def _table(self, index: int, table: Table) -> None:
        self._put("<table>")
        rows: list[list[tuple[int, TableCell]]] = [[] for _ in range(table.rows)]
        covered: set[tuple[int, int]] = set()
        for number, cell in enumerate(table.cells):
            if (cell.row, cell.column) in covered:
                continue
            covered.update(
                (cell.row + down, cell.column + right)
                for down in range(cell.row_span)
                for right in range(cell.column_span)
            )
            rows[cell.row].append((number, cell))
        for row in rows:
            self._put("\n<tr>")
            for number, cell in row:
                tag = "th" if cell.is_header else "td"
                spans = (f' rowspan="{cell.row_span}"' if cell.row_span > 1 else "") + (
                    f' colspan="{cell.column_span}"' if cell.column_span > 1 else ""
                )
                self._put(f"\n<{tag}{spans}>")
                begin = self._length
                self._words(cell.first, cell.last, _entities, line_break=" ")
                self._out.cells[index, number] = (begin, self._length - begin)
                self._put(f"</{tag}>")
            self._put("\n</tr>")
        self._put("\n</table>")

    def _apart(self, mark: str) -> None:
        self._put(f"\n\n{mark}" if self._pieces else mark)

    def _put(self, text: str) -> None:
        self._pieces.append(text)
        self._length += len(text)

    def _words(self, first: int, last: int, escape: Escape, *, line_break: str) -> None:
        words, text = self._content.words, self._content.text
        end_before = -1
        for index in range(first, last):
            word = words[index]
            if end_before >= 0:
                between = text[end_before : word.offset]
                self._put(line_break if "\n" in between else " " if between else "")
            self._out.starts[index] = self._length
            written = escape(word.text)
            if written != word.text:
                self._out.escapes[index] = escape
            self._put(written)
            end_before = word.offset + len(word.text)


def _escaped_length(escape: Escape, text: str, count: int) -> int:
    """How long the first characters of a word are once they are escaped; escaping looks one character ahead at most."""
    if count >= len(text):
        return len(escape(text))
    return 0 if count <= 0 else len(escape(text)) - len(escape(text[count:]))


def _as_it_is(text: str) -> str:
    return text


def _tags(text: str) -> str:
    """A tag of the file becomes no tag of the markdown."""
    return _TAG.sub("&lt;", text)


def _entities(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _quoted(text: str) -> str:
    return _tags(text).replace('"', "&quot;")


def _commented(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")


def _end_s(word: Word) -> float:
    return word.place.end_s if isinstance(word.place, TimeSpan) else 0.0
