"""Whether a category names the medium that a file is of: an e-mail is likelier the letter than the invoice that it speaks of."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..datamodel.content import Content
from ..datamodel.schema import Category

_SAYS = {
    "mail": re.compile(
        r"\b(?:e-?mails?|mails?|messages?|letters?|correspondence|nachrichten?|courriels?)\b", re.IGNORECASE
    ),
    "sound": re.compile(
        r"\b(?:voice|audio|calls?|recordings?|spoken|speech|phone|telephone|voicemails?|memos?|conversations?|interviews?|meetings?|dictations?|anrufe?|sprachnotiz)\b",
        re.IGNORECASE,
    ),
    "film": re.compile(r"\b(?:videos?|films?|clips?|footage|screen ?casts?)\b", re.IGNORECASE),
}
"""What a category says of itself that is of a medium."""
_WEIGHT = 3.0
"""Of evidence, a logit: set by hand, for a medium is seldom wrong and seldom all."""


def by_medium(content: Content, categories: Sequence[Category]) -> list[float]:
    """Weight of evidence for each category; nothing where none, or every one, names the file's medium."""
    medium = medium_of(content)
    if medium is None:
        return [0.0] * len(categories)
    named = [_SAYS[medium].search(_said(category)) is not None for category in categories]
    return [_WEIGHT if names and not all(named) else 0.0 for names in named]


def medium_of(content: Content) -> str | None:
    """`mail`, `sound` or `film`; None for a file whose medium says nothing of what it is."""
    if content.media is not None:
        return "film" if content.media.has_video else "sound"
    known = dict(content.metadata)
    return "mail" if "from" in known and ("to" in known or "subject" in known) else None


def _said(category: Category) -> str:
    schema = category.filled_by
    return " ".join([category.name.replace("_", " "), category.description, schema.description if schema else ""])
