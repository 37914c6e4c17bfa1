"""Builds a `Content`: words in reading order in, offsets and separators out, so that no reader counts characters."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from .. import progress
from .content import (
    Block,
    BlockKind,
    Box,
    Content,
    Media,
    Notice,
    Page,
    Part,
    Place,
    Table,
    TableCell,
    Usage,
    Word,
)
from .figure import Figure

# Control characters (C0 without tab and newline, DEL, C1) and surrogates have no place in a text that is shown and matched;
# bidi controls are kept out as well, since they reorder what a terminal shows.
_NOT_TEXT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ud800-\udfff]"
)
# What ends a line besides "\n": old Macs, Word's soft breaks, form feeds, separators, the NEL of mainframes.
_LINE_END = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1f\x85]")
_SPACE = re.compile(r"\s+")

WordIn = tuple[str, Place, float | None]
"""Text, place and score of a word that has no offset yet."""


class ContentBuilder:
    """Collects blocks in reading order.

    Text given to it may hold anything; white space inside a word splits it, control characters are dropped, empty words vanish.
    """

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = 0
        self._words: list[Word] = []
        self._blocks: list[Block] = []
        self._tables: list[Table] = []
        self._pages: list[Page] = []
        self._parts: list[Part] = []
        self._figures: list[Figure] = []
        self._part_names: dict[str, int] = {}
        """Name of a part → how many there are of it: a mail may have thousands of one name."""
        self._warnings: list[Notice] = []
        self._metadata: dict[str, str] = {}
        self._engines: dict[str, str] = {}
        self._usage = Usage()
        self.media: Media | None = None
        self.language: str | None = None

    @property
    def word_count(self) -> int:
        return len(self._words)

    @property
    def figure_count(self) -> int:
        return len(self._figures)

    def add_text_block(
        self, kind: BlockKind, text: str, place: Place, *, level: int = 0, label: str | None = None
    ) -> None:
        """A block whose words all have one place; newlines in `text` stay line breaks."""
        lines = [[(word, place, None) for word in line.split()] for line in text.splitlines()]
        self.add_block(kind, lines, level=level, label=label)

    def add_block(
        self, kind: BlockKind, lines: Iterable[Iterable[WordIn]], *, level: int = 0, label: str | None = None
    ) -> None:
        """A block of lines of words."""
        progress.step()
        first = len(self._words)
        separator = self._block_separator()
        for line in lines:
            for text, place, score in line:
                if self._add_words(text, place, score, separator):
                    separator = " "
            if separator == " ":
                separator = "\n"
        self._blocks.append(Block(kind=kind, first=first, last=len(self._words), level=level, label=label))

    def add_table(
        self,
        rows: Sequence[Sequence[Sequence[WordIn]]],
        *,
        spans: dict[tuple[int, int], tuple[int, int]] | None = None,
        header_rows: int = 0,
        label: str | None = None,
        page: int | None = None,
        box: Box | None = None,
    ) -> None:
        """A table: rows of cells of words.

        Args:
            rows: `rows[r][c]` is the words of the cell at row r, column c; cells hidden under a span are empty.
            spans: (row, column) → (row span, column span) where either is above 1.
            header_rows: how many rows at the top are headers.
        """
        progress.step()
        first = len(self._words)
        separator = self._block_separator()
        cells: list[TableCell] = []
        columns = 0
        for row_number, row in enumerate(rows):
            for column, cell in enumerate(row):
                if column % 1000 == 999:
                    progress.step()
                columns = max(columns, column + 1)
                cell_first = len(self._words)
                for text, place, score in cell:
                    if self._add_words(text, place, score, separator):
                        separator = " "
                if separator == " ":
                    separator = "\t"
                row_span, column_span = (spans or {}).get((row_number, column), (1, 1))
                cells.append(
                    TableCell(
                        row=row_number, column=column, first=cell_first, last=len(self._words),
                        row_span=row_span, column_span=column_span, is_header=row_number < header_rows,
                    )
                )  # fmt: skip
            if separator == "\t":
                separator = "\n"
        self._tables.append(
            Table(block=len(self._blocks), rows=len(rows), columns=columns, cells=tuple(cells), page=page, box=box)
        )
        self._blocks.append(Block(kind="table", first=first, last=len(self._words), label=label))

    def add_figure(self, figure: Figure, *, label: str | None = None) -> None:
        """A figure with a `figure` block of its own; its `block` is set here.

        Args:
            label: alternative text that the file gives.
        """
        self._figures.append(replace(figure, block=len(self._blocks)))
        self.add_block("figure", (), label=label)

    def change_figure(self, number: int, **changes: Any) -> None:
        """Sets fields of a figure that was added: what is known of it only later.

        Args:
            number: how many figures had been added before it.
        """
        self._figures[number] = replace(self._figures[number], **changes)

    def link_captions(self, is_caption: Callable[[str], bool]) -> None:
        """Gives figures without a caption the block beside them that is one: below, above a table of a chart's data, or above.

        Args:
            is_caption: whether the text of a paragraph says that it is the caption of a figure.
        """
        taken = {figure.caption for figure in self._figures}
        for number, figure in enumerate(self._figures):
            if figure.caption is not None or figure.kind == "formula":
                continue
            for index in self._beside(figure.block):
                block = self._blocks[index]
                words = self._words[block.first : block.last]
                is_marked = block.kind == "caption"
                if (
                    is_marked or (block.kind == "paragraph" and is_caption(" ".join(word.text for word in words[:8])))
                ) and (words and (block.first, block.last) not in taken):
                    self._blocks[index] = replace(block, kind="caption", level=0)
                    taken.add((block.first, block.last))
                    self._figures[number] = replace(figure, caption=(block.first, block.last))
                    break

    def _beside(self, index: int) -> Iterator[int]:
        """Blocks where the caption of the figure at a block may be, likeliest first."""
        below = index + 1
        while below < len(self._blocks) and self._blocks[below].kind == "figure":
            below += 1  # pictures side by side have their captions after them
        last = len(self._blocks)
        if below + 2 < last and self._blocks[below].kind == "caption" and self._blocks[below + 1].kind == "table":
            yield below + 2
        elif below + 1 < last and self._blocks[below].kind == "table":
            yield below + 1
        if below < last:
            yield below
        if index > 0:
            yield index - 1

    def add_page(self, page: Page) -> None:
        """A page; counts into usage."""
        self._pages.append(page)
        self._usage += Usage(pages=1)

    def add_warning(self, code: str, message: str) -> None:
        self._warnings.append(Notice(code=code, message=message))

    def warn_once(self, code: str, message: str) -> None:
        """A warning that may be met often, and is told the first time."""
        notice = Notice(code=code, message=message)
        if notice not in self._warnings:
            self._warnings.append(notice)

    def add_metadata(self, key: str, value: str) -> None:
        """A fact beside the text; empty values are left out."""
        if value := clean_text(value).strip():
            self._metadata[key] = value

    def add_usage(self, usage: Usage) -> None:
        self._usage += usage

    def add_engine(self, role: str, name: str) -> None:
        self._engines[role] = name

    def add_part(self, name: str, media_type: str, content: Content) -> None:
        """Appends the content of a file inside this file; its words keep their places, and evidence will name the part."""
        name = self._unique_part_name(_SPACE.sub(" ", clean_text(name)).strip() or "unnamed")
        word_base, block_base = len(self._words), len(self._blocks)
        separator = self._block_separator() if content.words else ""
        offset = self._length + len(separator)
        if content.words:
            self._append(separator + content.text)
        self._words.extend(word._replace(offset=word.offset + offset) for word in content.words)
        self._blocks.extend(
            replace(block, first=block.first + word_base, last=block.last + word_base) for block in content.blocks
        )
        for table in content.tables:
            cells = tuple(
                replace(cell, first=cell.first + word_base, last=cell.last + word_base) for cell in table.cells
            )
            self._tables.append(replace(table, block=table.block + block_base, cells=cells))
        self._pages.extend(
            replace(page, part=name if page.part is None else f"{name}/{page.part}") for page in content.pages
        )
        self._figures.extend(
            replace(
                figure,
                block=figure.block + block_base,
                part=name if figure.part is None else f"{name}/{figure.part}",
                caption=figure.caption and (figure.caption[0] + word_base, figure.caption[1] + word_base),
            )
            for figure in content.figures
        )
        self._parts.append(Part(name=name, media_type=media_type, start=offset, end=self._length))
        self._parts.extend(
            replace(part, name=f"{name}/{part.name}", start=part.start + offset, end=part.end + offset)
            for part in content.parts
        )
        self._part_names.update({f"{name}/{part.name}": 1 for part in content.parts})
        self._warnings.extend(Notice(code=w.code, message=f"{name}: {w.message}") for w in content.warnings)
        self._usage += content.usage
        for role, engine in content.engines:
            self._engines.setdefault(role, engine)

    def build(self) -> Content:
        return Content(
            text="".join(self._pieces),
            words=tuple(self._words),
            blocks=tuple(self._blocks),
            tables=tuple(self._tables),
            pages=tuple(self._pages),
            media=self.media,
            parts=tuple(self._parts),
            figures=tuple(self._figures),
            language=self.language,
            metadata=tuple(sorted(self._metadata.items())),
            warnings=tuple(self._warnings),
            usage=self._usage,
            engines=tuple(sorted(self._engines.items())),
        )

    def _block_separator(self) -> str:
        return "\n\n" if self._words else ""

    def _append(self, piece: str) -> None:
        self._pieces.append(piece)
        self._length += len(piece)

    def _add_words(self, text: str, place: Place, score: float | None, separator: str) -> bool:
        """Adds the words of `text`, the first after `separator`; whether there was one."""
        if text.isalnum():  # the hot path: nothing to clean or split
            self._append(separator)
            self._words.append(Word(text, self._length, place, score))
            self._append(text)
            return True
        added = False
        for word in clean_text(text).split():
            self._append(" " if added else separator)
            self._words.append(Word(word, self._length, place, score))
            self._append(word)
            added = True
        return added

    def _unique_part_name(self, name: str) -> str:
        unique, count = name, self._part_names.get(name, 1)
        while unique in self._part_names:
            count += 1
            unique = f"{name} ({count})"
        self._part_names[name] = count
        self._part_names.setdefault(unique, 1)
        return unique


def clean_text(text: str) -> str:
    """`text` without control, surrogate, zero-width and bidi-control characters; whatever ends a line becomes a newline."""
    return text if text.isprintable() else _NOT_TEXT.sub("", _LINE_END.sub("\n", text))
