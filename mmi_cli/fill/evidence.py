"""Turns a span of the text into evidence: the words it covers and where each run of them stands."""

from __future__ import annotations

from ..datamodel.content import (
    Box,
    Content,
    FrameBox,
    PageBox,
    TimeSpan,
    Word,
)
from ..datamodel.record import Evidence, MatchKind
from ..datamodel.word_places import own_box, place_of_words


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
        **place_of_words(content, run, lambda word: _covered(word, start, end)),
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


def _covered(word: Word, start: int, end: int) -> Box:
    """The part of a word's box under [start, end): cut where letters or digits are left out, whole where only punctuation is."""
    x0, y0, x1, y1 = whole = own_box(word)
    length = len(word.text)
    first, last = max(0, start - word.offset), min(length, end - word.offset)
    is_upright = y1 - y0 > 1.5 * (x1 - x0)  # text that runs up or down: where to cut is not known
    if length < 2 or is_upright:
        return whole
    left = first / length if any(character.isalnum() for character in word.text[:first]) else 0.0
    right = last / length if any(character.isalnum() for character in word.text[last:]) else 1.0
    width = x1 - x0
    return (x0 + left * width, y0, x0 + right * width, y1)
