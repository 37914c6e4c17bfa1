"""Turns a span of the text into evidence: the words it covers and where each run of them stands."""

from __future__ import annotations

from typing import Any

from ..datamodel.boxes import hull
from ..datamodel.content import (
    Box,
    Content,
    FrameBox,
    PageBox,
    ParagraphPlace,
    Place,
    SheetCell,
    SlideShape,
    TimeSpan,
    Word,
)
from ..datamodel.record import Evidence, MatchKind


def evidence_of_span(content: Content, start: int, end: int, match: MatchKind) -> tuple[Evidence, ...]:
    """One piece of evidence for each run of words in one place that [start, end) covers, in order of the text.

    A run is the words of one line on one page or frame, of one speaker's turn, of one cell, shape or paragraph. Boxes are the hull of
    the words; of a word that is only partly covered, the covered part by its share of characters.
    """
    runs: list[list[Word]] = []
    for index in content.words_of_span(start, end):
        word = content.words[index]
        if runs and _goes_on(content, runs[-1][-1], word):
            runs[-1].append(word)
        else:
            runs.append([word])
    return tuple(_piece(content, run, start, end, match) for run in runs)


def _goes_on(content: Content, before: Word, word: Word) -> bool:
    """Whether a word belongs to the run of the word before it."""
    if type(before.place) is not type(word.place):
        return False
    between = content.text[before.offset + len(before.text) : word.offset]
    match before.place, word.place:
        case PageBox(), PageBox():
            return before.place.page == word.place.page and not between.strip(" ")
        case FrameBox(), FrameBox():
            return before.place.frame_s == word.place.frame_s and not between.strip(" ")
        case TimeSpan(), TimeSpan():
            return before.place.speaker == word.place.speaker and between.count("\n") < 2
        case _:
            return before.place == word.place


def _piece(content: Content, run: list[Word], start: int, end: int, match: MatchKind) -> Evidence:
    first = max(start, run[0].offset)
    last = min(end, run[-1].offset + len(run[-1].text))
    part = content.part_at(first)
    return Evidence(
        text=_text(content, run, first, last),
        match=match,
        span=(first, last - first),
        part=part.name if part else None,
        **_place(content, run, start, end),
    )


def _text(content: Content, run: list[Word], first: int, last: int) -> str:
    """What stands in the file at [first, last), words as they were read even where the text is blank for those who fill."""
    pieces: list[str] = []
    at = first
    for word in run:
        pieces.append(content.text[at : max(at, word.offset)])
        pieces.append(word.text[max(0, first - word.offset) : last - word.offset])
        at = word.offset + len(word.text)
    return "".join(pieces)


def _place(content: Content, run: list[Word], start: int, end: int) -> dict[str, Any]:
    place: Place = run[0].place
    match place:
        case PageBox():
            page = content.page_at(run[0].offset, place.page)
            known: dict[str, Any] = {"page_size": (page.width, page.height), "unit": page.unit} if page else {}
            return {"page": place.page, "box": _hull(run, start, end), **known}
        case FrameBox():
            return {"frame_s": place.frame_s, "box": _hull(run, start, end)}
        case TimeSpan():
            spans = [word.place for word in run if isinstance(word.place, TimeSpan)]
            return {
                "start_s": min(span.start_s for span in spans),
                "end_s": max(span.end_s for span in spans),
                "speaker": place.speaker,
            }
        case SheetCell():
            return {"sheet": place.sheet, "cell": place.cell}
        case SlideShape():
            return {"slide": place.slide, "shape": place.shape}
        case ParagraphPlace():
            return {"paragraph": place.paragraph}


def _hull(run: list[Word], start: int, end: int) -> Box:
    return hull(*(_covered(word, start, end) for word in run))


def _covered(word: Word, start: int, end: int) -> Box:
    """The part of a word's box under [start, end): cut where letters or digits are left out, whole where only punctuation is."""
    if not isinstance(word.place, PageBox | FrameBox):
        raise TypeError(f"a word at {word.place} has no box")
    x0, y0, x1, y1 = word.place.box
    length = len(word.text)
    first, last = max(0, start - word.offset), min(length, end - word.offset)
    is_upright = y1 - y0 > 1.5 * (x1 - x0)  # text that runs up or down: where to cut is not known
    if length < 2 or is_upright:
        return word.place.box
    left = first / length if any(character.isalnum() for character in word.text[:first]) else 0.0
    right = last / length if any(character.isalnum() for character in word.text[last:]) else 1.0
    width = x1 - x0
    return (x0 + left * width, y0, x0 + right * width, y1)
