"""Says whether a value is the labelled one: exactly after its type is taken into account, and fuzzily for strings."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from ..datamodel.schema import Field, FieldType
from ..fill.locale_hints import LocaleHints
from ..fill.values import normalize

FUZZY_RATIO = 0.85
"""Similarity from which two strings are taken for the same up to slips."""
_HALF_CENT = 0.005

# A label may be written in either order or with either decimal mark; the record holds the typed value.
_READINGS = tuple(LocaleHints(day_first=day, decimal_comma=comma) for day in (True, False) for comma in (False, True))


def is_same(value: Any, truth: Any, field_type: FieldType) -> bool:
    """Whether a record's value is the labelled one."""
    if value is None or truth is None:
        return value is truth
    if field_type in ("number", "integer"):
        return any(abs(float(value) - float(reading)) < _HALF_CENT for reading in readings(truth, field_type))
    if field_type == "boolean":
        return bool(value) == (truth if isinstance(truth, bool) else str(truth).casefold() in ("true", "yes", "1"))
    if field_type in ("date", "time"):
        return str(value) in {str(reading) for reading in readings(truth, field_type)}
    return plain(str(value)) == plain(str(truth))


def is_similar(value: Any, truth: Any, field_type: FieldType) -> bool:
    """Like `is_same`, with slips allowed in strings."""
    if is_same(value, truth, field_type):
        return True
    if field_type != "string" or value is None or truth is None:
        return False
    from rapidfuzz import fuzz

    return fuzz.ratio(plain(str(value)), plain(str(truth))) >= 100 * FUZZY_RATIO


def readings(truth: Any, field_type: FieldType) -> list[Any]:
    """Every typed value that a label may stand for."""
    if isinstance(truth, int | float) and not isinstance(truth, bool):
        return [truth]
    field = Field(name="truth", type=field_type)
    found = [normalize(str(truth), field, hints) for hints in _READINGS]
    return [reading for reading in found if reading is not None]


def plain(text: str) -> str:
    """A string without case, doubled white space, typographic variants and punctuation at its ends."""
    text = unicodedata.normalize("NFKC", text).casefold()
    text = text.translate({0x2018: "'", 0x2019: "'", 0x201C: '"', 0x201D: '"', 0x2013: "-", 0x2014: "-"})
    text = re.sub(r"\s*([,.;:])\s*", r"\1 ", text)
    return re.sub(r"\s+", " ", text).strip(" .,;:")
