"""Finds where in a file a value stands: exactly, then up to case, spacing and punctuation, then with few slips."""

from __future__ import annotations

from typing import Literal, NamedTuple

from ..datamodel.content import Content


class Located(NamedTuple):
    """A place in `Content.text` where a value stands."""

    start: int
    end: int
    match: Literal["exact", "normalized", "fuzzy"]
    score: float
    """Similarity in (0, 1]; 1 when exact."""


class TextIndex:
    """The text of a content made ready for many searches."""

    def __init__(self, content: Content) -> None:
        self.content = content


def locate(content: Content | TextIndex, text: str, *, near: int | None = None, limit: int = 8) -> tuple[Located, ...]:
    """Where `text` stands, best first."""
    index = content if isinstance(content, TextIndex) else TextIndex(content)
    source = index.content.text
    found: list[Located] = []
    at = source.lower().find(text.lower()) if text else -1
    while at >= 0 and len(found) < limit:
        exact = source[at : at + len(text)] == text
        found.append(Located(at, at + len(text), "exact" if exact else "normalized", 1.0 if exact else 0.99))
        at = source.lower().find(text.lower(), at + 1)
    return tuple(sorted(found, key=lambda place: (-place.score, abs(place.start - near) if near is not None else 0)))
