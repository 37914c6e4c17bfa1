"""Places as that service writes them: `D(page,x1,y1,…,x4,y4)` on pages, `AV(milliseconds[,x,y,w,h])` in audio and video."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..boxes import hull
from ..content import Box, Content, FrameBox, Page, PageBox, TimeSpan, Word
from ..record import Evidence
from .markdown import milliseconds

_POINTS_PER_INCH = 72


def unit_of(content: Content) -> str | None:
    """`inch` where pages are measured in points, `pixel` for pictures; None where nothing has a size."""
    page = next((page for page in content.pages if page.part is None), None)
    return None if page is None else "inch" if page.unit == "pt" else "pixel"


def in_unit(value: float, page_unit: str) -> float:
    """A length of ours in the unit of the content."""
    return round(value / _POINTS_PER_INCH if page_unit == "pt" else value, 4)


def polygon(page: int, box: Box, page_unit: str) -> str:
    """Clockwise from the top left."""
    scale = _POINTS_PER_INCH if page_unit == "pt" else 1
    left, top, right, bottom = box
    x0, y0, x1, y1 = (
        "%.4f" % (left / scale),
        "%.4f" % (top / scale),
        "%.4f" % (right / scale),
        "%.4f" % (bottom / scale),
    )
    return f"D({page},{x0},{y0},{x1},{y0},{x1},{y1},{x0},{y1})"


def source_of_word(content: Content, pages: dict[int, Page], index: int) -> str | None:
    """The place of one word of a page of the file itself, which is what there are most of."""
    place = content.words[index].place
    if isinstance(place, PageBox) and (page := pages.get(place.page)) is not None and not content.parts:
        return polygon(place.page, place.box, page.unit)
    return source_of_words(content, pages, index, index + 1)


def source_of_words(content: Content, pages: dict[int, Page], first: int, last: int) -> str | None:
    """One place for each line of some words, joined by `;`; None where they have none, or lie in a file inside the file."""
    found: list[str] = []
    for line in _lines(content, first, last):
        places = [content.words[index].place for index in line]
        boxes = [place for place in places if isinstance(place, PageBox)]
        frames = [place for place in places if isinstance(place, FrameBox)]
        times = [place for place in places if isinstance(place, TimeSpan)]
        if boxes and boxes[0].page in pages and not _is_in_part(content, content.words[line[0]]):
            for number in sorted({place.page for place in boxes}):
                page = pages.get(number)
                box = hull(*(place.box for place in boxes if place.page == number))
                if page is not None:
                    found.append(polygon(number, box, page.unit))
        elif frames:
            found.append(_frame(frames[0].frame_s, hull(*(place.box for place in frames))))
        elif times:
            found.append(f"AV({milliseconds(times[0].start_s)})")
    return ";".join(dict.fromkeys(found)) or None


def source_of_evidence(content: Content, pages: dict[int, Page], evidence: Iterable[Evidence]) -> str | None:
    """Where all the pieces of a value's evidence stand."""
    found: list[str] = []
    for piece in evidence:
        source = None
        if piece.span is not None:
            words = content.words_of_span(piece.span[0], sum(piece.span))
            source = source_of_words(content, pages, words.start, words.stop) if words else None
        if source is None and piece.part is None:
            source = _own_place(piece)
        found += source.split(";") if source else ()
    return ";".join(dict.fromkeys(found)) or None


def _own_place(piece: Evidence) -> str | None:
    if piece.page is not None and piece.box is not None:
        return polygon(piece.page, piece.box, piece.unit or "px")
    if piece.frame_s is not None:
        return _frame(piece.frame_s, piece.box)
    return f"AV({milliseconds(piece.start_s)})" if piece.start_s is not None else None


def _frame(frame_s: float, box: Box | None) -> str:
    if box is None:
        return f"AV({milliseconds(frame_s)})"
    x0, y0, x1, y1 = map(round, box)
    return f"AV({milliseconds(frame_s)},{x0},{y0},{x1 - x0},{y1 - y0})"


def _lines(content: Content, first: int, last: int) -> list[Sequence[int]]:
    """The words line by line, and cell by cell inside a row of a table."""
    lines: list[Sequence[int]] = []
    begin = first
    for index in range(first + 1, last + 1):
        before = content.words[index - 1]
        end = before.offset + len(before.text)
        if index == last or any(char in "\t\n" for char in content.text[end : content.words[index].offset]):
            lines.append(range(begin, index))
            begin = index
    return [line for line in lines if line]


def _is_in_part(content: Content, word: Word) -> bool:
    return bool(content.parts) and content.part_at(word.offset) is not None
