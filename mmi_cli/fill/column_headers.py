"""Which column of a list of goods holds which member of its items, by the headings."""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Generic, TypeVar

from ..datamodel.schema import Field
from .column_names import Sense, senses
from .label_hits import label_words
from .members import Member
from .text_index import fold_text

Key = TypeVar("Key", bound=Hashable)
_BY_SENSE = 0.9
"""What a heading of the same meaning is worth beside one of the same words."""
_MAX_HEADING = 60


@dataclass(slots=True)
class Header(Generic[Key]):
    """The members by column."""

    columns: dict[Key, Member] = field(default_factory=dict)
    senses: dict[Key, Sense] = field(default_factory=dict)
    """What the columns hold, those too that nobody asked for."""
    score: float = 0.0


def match_header(cells: Sequence[tuple[Key, str]], members: Sequence[Member]) -> Header[Key]:
    """The best pairs of a heading and a member, each once; empty when fewer than two members are named, or the only one is not."""
    known = {key: senses(text) for key, text in cells}
    header: Header[Key] = Header()
    wanted = {member.sense for member in members}
    of_members = [
        (score, -order, "", key, member)
        for order, (key, text) in enumerate(cells)
        for member in members
        if (score := _score(text, known[key], member)) > 0
    ]
    of_others = [
        (0.95 * score, -order, sense, key, None)
        for order, (key, _) in enumerate(cells)
        for sense, score in known[key].items()
        if sense not in wanted
    ]
    taken: set[object] = set()
    for score, _, sense, key, member in sorted([*of_members, *of_others], key=lambda each: each[:3], reverse=True):
        if key in header.columns or key in header.senses or (member.path if member else sense) in taken:
            continue
        taken.add(member.path if member else sense)
        if member is not None:
            header.columns[key] = member
            header.score += score
            if member.sense is not None:
                header.senses[key] = member.sense
        else:
            header.senses[key] = sense  # type: ignore[assignment]
    return header if len(header.columns) >= min(2, len(members)) else Header()


def _score(text: str, known: dict[Sense, float], member: Member) -> float:
    by_sense = _BY_SENSE * known.get(member.sense, 0.0) * member.sense_score if member.sense else 0.0
    return max(by_sense, heading_score(text, member.field))


@lru_cache(maxsize=16384)
def heading_score(text: str, leaf: Field) -> float:
    """How well a heading names a field: the same words 1, all of its words among others less."""
    folded = fold_text(text).text
    if not folded or len(text) > _MAX_HEADING:
        return 0.0
    best = 0.0
    for phrase, strength in label_words(leaf):
        wanted = fold_text(phrase).text
        if not wanted:
            continue
        if folded == wanted:
            best = max(best, strength)
        elif re.search(rf"(?<![^\W_]){re.escape(phrase)}(?![^\W_])", text, re.IGNORECASE):
            best = max(best, strength * (0.4 + 0.5 * len(wanted) / len(folded)))
    return best
