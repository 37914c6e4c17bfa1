"""Names that a form parts over two boxes: the first under `Your first name and middle initial`, the last under `Last name` beside it."""

from __future__ import annotations

import re

from .reading import Reading

_FIRST = re.compile(r"\b(?:first|given) names?\b", re.IGNORECASE)
_LAST = re.compile(r"(?:last|family) name|surname", re.IGNORECASE)
_MAX_WORDS = 4
_SHARED = 0.5


def last_name_beside(reading: Reading, label_start: int, value_start: int) -> tuple[int, int] | None:
    """Where the last name stands, when the label at `label_start` asks for the first one alone and the next box for the last."""
    label = reading.segments.at(label_start)
    value = reading.segments.at(value_start)
    if label is None or value is None or not _FIRST.search(label.text) or _LAST.search(label.text):
        return None
    beside = reading.segments.right_of(label)
    if beside is None or not _LAST.fullmatch(beside[0].text.strip(" :.")):
        return None
    for below in reading.segments.below(beside[0]):
        if below.box is None or value.box is None:
            return None
        shared = min(below.box[3], value.box[3]) - max(below.box[1], value.box[1])
        is_in_row = shared > _SHARED * (value.box[3] - value.box[1])
        if is_in_row and len(below.text.split()) <= _MAX_WORDS and not re.search(r"\d", below.text):
            return below.start, below.end
    return None
