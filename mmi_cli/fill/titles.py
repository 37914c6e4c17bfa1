"""The title of a document: the heading that stands highest, as its layout says."""

from __future__ import annotations

import re

from ..datamodel.content import Block
from ..datamodel.schema import Field
from .proposals import Proposal, proposal_of_span
from .reading import Reading

_TITLE = re.compile(r"(?:^|_| )(?:title|headline|titel|titre|t[ií]tulo|titolo)$", re.IGNORECASE)
_ABOUT_PEOPLE = re.compile(r"\b(?:job|person|people|position|salutation|mr|mrs)\b", re.IGNORECASE)
_FIRST_PAGES = 2
_MAX_CHARS = 200


def asks_for_title(field: Field) -> bool:
    """Whether a field asks for the title of the file, and not for that of a person."""
    name = field.name.replace("_", " ")
    is_title = field.type == "string" and _TITLE.search(name) is not None
    return is_title and _ABOUT_PEOPLE.search(f"{name} {field.description}") is None


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
    return proposal_of_span(reading, field, start, last.offset + len(last.text), "head", strength=1 / max(1, rivals))


def _is_early(reading: Reading, block: Block) -> bool:
    if block.first >= block.last:
        return False
    words = reading.content.words
    first, last = words[block.first], words[block.last - 1]
    page = getattr(first.place, "page", 1)
    return last.offset + len(last.text) - first.offset <= _MAX_CHARS and page <= _FIRST_PAGES
