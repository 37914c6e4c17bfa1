"""The title of a document: the heading that stands highest, as its layout says."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..datamodel.content import Block
from ..datamodel.schema import Field
from .label_hits import LabelHit
from .proposals import Proposal, proposal_of_span
from .reading import Reading

_TITLE = re.compile(r"(?:^|_| )(?:title|headline|titel|titre|t[ií]tulo|titolo)$", re.IGNORECASE)
_ABOUT_PEOPLE = re.compile(r"\b(?:job|person|people|position|salutation|mr|mrs)\b", re.IGNORECASE)
_ABOUT_AXES = re.compile(r"\b(?:x|y|axis|axes|legend)\b", re.IGNORECASE)
_YEAR_NAME = re.compile(r"(?:^| )(?:year|jahr|ann[ée]e|exercice|año|anno|jaar|ano)(?: |$)", re.IGNORECASE)
_YEAR = re.compile(r"(?<![\w.,/-])(?:19|20)\d\d(?![\w/-]|[.,]\d)")
_FIRST_LINES = 25
_IS_TITLE = re.compile(r"[^\W\d_]{2,}\W+(?:\w+\W+){0,40}?[^\W\d_]{2,}\W*$")
"""Two words or more, the last one no number: `Spain 75` is a bar."""
_UNLIKELY = 0.5
_FIRST_PAGES = 2
_MAX_CHARS = 200


def asks_for_title(field: Field) -> bool:
    """Whether a field asks for the title of the file, and not for that of a person."""
    name = field.name.replace("_", " ")
    is_title = field.type == "string" and _TITLE.search(name) is not None
    is_of_another = _ABOUT_PEOPLE.search(f"{name} {field.description}") or _ABOUT_AXES.search(name)
    return is_title and is_of_another is None


def by_heading(reading: Reading, field: Field) -> Proposal | None:
    """The first heading of the highest level on the first pages, for a field that asks for a title; None where there is none."""
    if not asks_for_title(field):
        return None
    headings = [
        block for block in reading.content.blocks if block.kind in ("title", "heading") and _is_early(reading, block)
    ]
    if not headings:
        return None
    best = min(headings, key=lambda block: (block.kind != "title", block.level, block.first))
    words = reading.content.words
    start, last = words[best.first].offset, words[best.last - 1]
    rivals = sum(block.kind == best.kind and block.level == best.level for block in headings)
    end = last.offset + len(last.text)
    strength = 1 / max(1, rivals)
    if not _IS_TITLE.search(reading.content.text[start:end]):
        strength *= _UNLIKELY
    return proposal_of_span(reading, field, start, end, "heading", strength=strength)


def of_the_file(reading: Reading, hits: Sequence[LabelHit]) -> list[LabelHit]:
    """Of labels of a title those that may be the file's: at the beginning of a line of the first pages.

    `Title:` further on is that of whoever signs, and `this agreement` within a sentence labels nothing.
    """
    begins = {line.start for line in reading.lines}
    return [hit for hit in hits if hit.start in begins and _page_of(reading, hit.start) <= _FIRST_PAGES]


def asks_for_year(field: Field) -> bool:
    return field.type == "integer" and _YEAR_NAME.search(field.name.replace("_", " ")) is not None


def by_year(reading: Reading, field: Field) -> Proposal | None:
    """The first year that stands alone in the first lines, as in the title of a form."""
    dates = reading.candidates(frozenset({"date"}))
    for line in reading.lines[:_FIRST_LINES]:
        for match in _YEAR.finditer(reading.content.text, line.start, line.end):
            if not any(each.start < match.end() and match.start() < each.end for each in dates):
                return proposal_of_span(reading, field, match.start(), match.end(), "head", strength=0.6)
    return None


def _is_early(reading: Reading, block: Block) -> bool:
    if block.first >= block.last:
        return False
    words = reading.content.words
    first, last = words[block.first], words[block.last - 1]
    is_short = last.offset + len(last.text) - first.offset <= _MAX_CHARS
    return is_short and _page_of(reading, first.offset) <= _FIRST_PAGES


def _page_of(reading: Reading, offset: int) -> int:
    """Of a character; 1 in what has no pages."""
    (index, *_) = reading.content.words_of_span(offset, offset + 1) or (None,)
    return getattr(reading.content.words[index].place, "page", 1) if index is not None else 1
