"""A content by its modalities: what is said, shown and written, and each file inside the file, every one a content of its own."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..datamodel.content import Block, Content, FrameBox, Part, Table, TimeSpan, Word
from ..datamodel.record import ArrayValue, Evidence, FieldValue, LeafValue, ObjectValue


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What one modality of a file says."""

    name: str
    """`speech`, `screen` or `text`; of a file inside the file after its name: `memo.mp3 speech`."""
    content: Content
    starts: tuple[int, ...]
    """Where each run of its blocks begins in its own text."""
    offsets: tuple[int, ...]
    """What to add to an offset in each run to have that in the whole."""

    def in_whole(self, offset: int) -> int:
        """Where a character of the view stands in the text of the whole."""
        return offset + self.offsets[max(0, bisect_right(self.starts, offset) - 1)]

    def put_back(self, value: FieldValue) -> FieldValue:
        """A value with the spans of its evidence in the text of the whole."""
        match value:
            case LeafValue():
                return replace(value, evidence=tuple(self._moved(piece) for piece in value.evidence))
            case ArrayValue():
                return ArrayValue(items=tuple(map(self.put_back, value.items)))
            case ObjectValue():
                return ObjectValue(members=tuple((name, self.put_back(member)) for name, member in value.members))

    def _moved(self, piece: Evidence) -> Evidence:
        if piece.span is None:
            return piece
        start, length = piece.span
        begin = self.in_whole(start)
        return replace(piece, span=(begin, self.in_whole(start + length - 1) + 1 - begin if length else 0))


def views_of(content: Content) -> tuple[View, ...]:
    """The modalities that a file has words in, in the order in which they first speak; one for most files."""
    runs: dict[str, list[int]] = {}
    for number, block in enumerate(content.blocks):
        if block.first < block.last:
            runs.setdefault(_source_of(content, block), []).append(number)
    if len(runs) < 2:
        whole = next(iter(runs), "text")
        return (View(name=whole, content=content, starts=(0,), offsets=(0,)),) if runs else ()
    return tuple(_view(content, name, blocks) for name, blocks in runs.items())


def source_at(content: Content, offset: int) -> str:
    """The modality that says what stands at a character."""
    (index, *_) = content.words_of_span(offset, offset + 1) or (None,)
    block = next((each for each in content.blocks if index is not None and each.first <= index < each.last), None)
    return _source_of(content, block) if block is not None else "text"


def _source_of(content: Content, block: Block) -> str:
    word = content.words[block.first]
    kind = "speech" if isinstance(word.place, TimeSpan) else "screen" if isinstance(word.place, FrameBox) else "text"
    part = content.part_at(word.offset) if content.parts else None
    return kind if part is None else f"{part.name} {kind}"


def _view(content: Content, name: str, chosen: Sequence[int]) -> View:
    words: list[Word] = []
    blocks: list[Block] = []
    pieces: list[str] = []
    starts, offsets, length = [], [], 0
    new_index: dict[int, tuple[int, int]] = {}
    for number in chosen:
        block = content.blocks[number]
        begin = content.words[block.first].offset
        text = content.text_of(block.first, block.last)
        if pieces:
            pieces.append("\n\n")
            length += 2
        starts.append(length)
        offsets.append(begin - length)
        first = len(words)
        words.extend(
            word._replace(offset=word.offset - begin + length) for word in content.words[block.first : block.last]
        )
        new_index[number] = (len(blocks), first - block.first)
        blocks.append(replace(block, first=first, last=len(words)))
        pieces.append(text)
        length += len(text)
    tables = tuple(_table(table, *new_index[table.block]) for table in content.tables if table.block in new_index)
    view = View(
        name=name,
        content=replace(
            content, text="".join(pieces), words=tuple(words), blocks=tuple(blocks), tables=tables, figures=(), parts=(),
            pages=content.pages,
        ),
        starts=tuple(starts),
        offsets=tuple(offsets),
    )  # fmt: skip
    parts = tuple(_part(part, view, content) for part in content.parts if _is_of(part, view))
    return replace(view, content=replace(view.content, parts=parts))


def _table(table: Table, block: int, shift: int) -> Table:
    cells = tuple(replace(cell, first=cell.first + shift, last=cell.last + shift) for cell in table.cells)
    return replace(table, block=block, cells=cells)


def _is_of(part: Part, view: View) -> bool:
    return bool(view.starts) and part.start <= view.in_whole(0) < part.end


def _part(part: Part, view: View, content: Content) -> Part:
    """A part that the whole view lies in, so that evidence goes on naming it."""
    return replace(part, start=0, end=len(view.content.text))
