"""Some pages of a content as a content of their own, and what was found in it put back into the whole."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, replace

from ..datamodel.content import Block, Content, PageBox


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """Pages of a content."""

    content: Content
    """Its words begin at offset 0; pages, boxes and times are those of the file."""
    offset: int
    """Where its first character stands in the text of the whole."""


def own_pages(content: Content) -> tuple[int, ...]:
    """Numbers of the pages of the file itself, without those of files inside it."""
    return tuple(page.number for page in content.pages if page.part is None)


def slice_of_pages(content: Content, first: int, last: int) -> Slice:
    """The pages from `first` to `last`, both counted from 1; files inside the file are in no slice.

    The words of pages stand in `content` page after page, as every reader of pages gives them.
    """
    begin, end = _words_of_pages(content, first, last)
    offset = content.words[begin].offset if begin < len(content.words) else len(content.text)
    stop = content.words[end - 1].offset + len(content.words[end - 1].text) if end > begin else offset
    figure_pages = {figure.block: figure.page for figure in content.figures if figure.part is None}
    kept: dict[int, int] = {}
    blocks: list[Block] = []
    for number, block in enumerate(content.blocks):
        is_empty = block.first == block.last
        page = figure_pages.get(number)
        is_in = page is not None and first <= page <= last if is_empty else begin <= block.first and block.last <= end
        if is_in:
            kept[number] = len(blocks)
            at = min(max(block.first, begin), end)
            blocks.append(replace(block, first=at - begin, last=(at if is_empty else block.last) - begin))
    tables = tuple(
        replace(
            table,
            block=kept[table.block],
            cells=tuple(replace(cell, first=cell.first - begin, last=cell.last - begin) for cell in table.cells),
        )
        for table in content.tables
        if table.block in kept
    )
    figures = tuple(
        replace(
            figure,
            block=kept[figure.block],
            caption=(figure.caption[0] - begin, figure.caption[1] - begin)
            if figure.caption is not None and begin <= figure.caption[0] and figure.caption[1] <= end
            else None,
        )
        for figure in content.figures
        if figure.block in kept
    )
    return Slice(
        content=replace(
            content,
            text=content.text[offset:stop],
            words=tuple(word._replace(offset=word.offset - offset) for word in content.words[begin:end]),
            blocks=tuple(blocks),
            tables=tables,
            figures=figures,
            pages=tuple(page for page in content.pages if page.part is None and first <= page.number <= last),
            parts=(),
        ),
        offset=offset,
    )


def _words_of_pages(content: Content, first: int, last: int) -> tuple[int, int]:
    """(index of the first word, index after the last)."""
    stop = min((part.start for part in content.parts), default=len(content.text) + 1)
    end_of_file = bisect_left(content.words, stop, key=lambda word: word.offset)
    inside = [
        index
        for index, word in enumerate(content.words[:end_of_file])
        if isinstance(word.place, PageBox) and first <= word.place.page <= last
    ]
    return (inside[0], inside[-1] + 1) if inside else (end_of_file, end_of_file)
