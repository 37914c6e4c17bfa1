"""Turns a span of the text into evidence: the words it covers and where each run of them stands."""

from __future__ import annotations

from ..datamodel.content import Content, PageBox
from ..datamodel.record import Evidence, MatchKind


def evidence_of_span(content: Content, start: int, end: int, match: MatchKind) -> tuple[Evidence, ...]:
    """One piece of evidence per line, cell, paragraph or utterance that [start, end) covers, in order of the text."""
    out: list[Evidence] = []
    for index in content.words_of_span(start, end):
        word = content.words[index]
        place = word.place
        first, last = max(start, word.offset), min(end, word.offset + len(word.text))
        page = place.page if isinstance(place, PageBox) else None
        box = place.box if isinstance(place, PageBox) else None
        out.append(Evidence(text=content.text[first:last], match=match, span=(first, last - first), page=page, box=box))
    return tuple(out)
