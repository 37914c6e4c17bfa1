"""Where words that stand in one place stand, in the terms of `Evidence`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .boxes import hull
from .content import Box, Content, FrameBox, PageBox, ParagraphPlace, SheetCell, SlideShape, TimeSpan, Word


def place_of_words(content: Content, words: Sequence[Word], box_of: Callable[[Word], Box]) -> dict[str, Any]:
    """The place of words of one page, frame, turn, cell, shape or paragraph, as arguments of `Evidence`.

    Args:
        words: in the order of the text, at least one.
        box_of: the part of a word's box that is meant; asked only of words that have one.
    """
    place = words[0].place
    match place:
        case PageBox():
            page = content.page_at(words[0].offset, place.page)
            size: dict[str, Any] = {"page_size": (page.width, page.height), "unit": page.unit} if page else {}
            return {"page": place.page, "box": _hull(words, box_of), **size}
        case FrameBox():
            return {"frame_s": place.frame_s, "box": _hull(words, box_of)}
        case TimeSpan():
            spans = [word.place for word in words if isinstance(word.place, TimeSpan)]
            start_s, end_s = min(span.start_s for span in spans), max(span.end_s for span in spans)
            return {"start_s": start_s, "end_s": end_s, "speaker": place.speaker}
        case SheetCell():
            return {"sheet": place.sheet, "cell": place.cell}
        case SlideShape():
            return {"slide": place.slide, "shape": place.shape}
        case ParagraphPlace():
            return {"paragraph": place.paragraph}


def own_box(word: Word) -> Box:
    """The whole box of a word on a page or a frame.

    Raises:
        TypeError: it stands elsewhere.
    """
    if not isinstance(word.place, PageBox | FrameBox):
        raise TypeError(f"a word at {word.place} has no box")
    return word.place.box


def _hull(words: Sequence[Word], box_of: Callable[[Word], Box]) -> Box:
    return hull(*(box_of(word) for word in words if isinstance(word.place, PageBox | FrameBox)))
