"""A segment of a recording as a content of its own."""

from __future__ import annotations

from dataclasses import replace

from ..datamodel.content import Block, Content, Usage
from .time_line import Segment, blocks_of


def slice_of_segment(content: Content, segment: Segment) -> tuple[Content, int]:
    """(content, offset): the blocks that begin in a segment; its words begin at offset 0, and stand at `offset` in the whole.

    Times stay those of the recording. What reading cost is told by the whole.
    """
    first, last = blocks_of(content, segment)
    blocks = content.blocks[first:last]
    begin = min((block.first for block in blocks), default=0)
    end = max((block.last for block in blocks), default=begin)
    if begin == end:
        offset = stop = content.words[begin].offset if begin < len(content.words) else len(content.text)
    else:
        offset = content.words[begin].offset
        stop = content.words[end - 1].offset + len(content.words[end - 1].text)
    media = content.media
    if media is not None:
        media = replace(media, shots=tuple(shot for shot in media.shots if segment.holds(shot.start_s)))
    part = replace(
        content,
        text=content.text[offset:stop],
        words=tuple(word._replace(offset=word.offset - offset) for word in content.words[begin:end]),
        blocks=tuple(_moved(block, begin) for block in blocks),
        tables=(),
        figures=tuple(
            replace(figure, block=figure.block - first, caption=None)
            for figure in content.figures
            if first <= figure.block < last
        ),
        media=media,
        metadata=(),
        warnings=(),
        usage=Usage(),
    )
    return part, offset


def _moved(block: Block, begin: int) -> Block:
    return replace(block, first=max(0, block.first - begin), last=max(0, block.last - begin))
