"""Says whether a value is the labelled one: exactly after its type is taken into account, and fuzzily for strings."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Any

from ..datamodel.schema import Field, FieldType
from ..fill.locale_hints import LocaleHints
from ..fill.values import normalize

FUZZY_RATIO = 0.85
"""Similarity from which two strings are taken for the same up to slips."""
_HALF_CENT = 0.005
"""Sums of floats and rounded amounts; …"""
_PER_VALUE = 0.0005
"""… but never more than this share of the value, so that rates and weights are told apart."""
_TICKED = {"selected": True, ":selected:": True, "unselected": False, ":unselected:": False, "1": True, "0": False}
"""How other programs write a tick."""

# A label may be written in either order or with either decimal mark; the record holds the typed value.
_READINGS = tuple(LocaleHints(day_first=day, decimal_comma=comma) for day in (True, False) for comma in (False, True))


def is_same(value: Any, truth: Any, field_type: FieldType) -> bool:
    """Whether a record's value is the labelled one."""
    if value is None or truth is None:
        return value is truth
    if field_type in ("number", "integer"):
        return any(_is_near(value, reading) for reading in readings(truth, field_type))
    if field_type == "boolean":
        return any(bool(value) == reading for reading in readings(truth, field_type))
    if field_type in ("date", "time"):
        return str(value) in {str(reading) for reading in readings(truth, field_type)}
    return plain(str(value)) == plain(str(truth))


def _is_near(value: Any, reading: Any) -> bool:
    try:
        difference = abs(float(value) - float(reading))
    except (TypeError, ValueError, OverflowError):
        return False
    return difference == 0 or difference < min(_HALF_CENT, _PER_VALUE * abs(float(reading)))


def is_similar(value: Any, truth: Any, field_type: FieldType) -> bool:
    """Like `is_same`, with slips allowed in strings."""
    if is_same(value, truth, field_type):
        return True
    if field_type != "string" or value is None or truth is None:
        return False
    from rapidfuzz import fuzz

    return fuzz.ratio(plain(str(value)), plain(str(truth))) >= 100 * FUZZY_RATIO


def readings(truth: Any, field_type: FieldType) -> tuple[Any, ...]:
    """Every typed value that a label may stand for."""
    if isinstance(truth, bool) or (isinstance(truth, int | float) and field_type in ("number", "integer")):
        return (truth,)
    return _readings_of(str(truth), field_type)


@lru_cache(maxsize=20_000)  # rows are held against every labelled row
def _readings_of(text: str, field_type: FieldType) -> tuple[Any, ...]:
    if field_type == "boolean" and text.casefold() in _TICKED:
        return (_TICKED[text.casefold()],)
    field = Field(name="truth", type=field_type)
    found = [normalize(text, field, hints) for hints in _READINGS]
    return tuple(dict.fromkeys(reading for reading in found if reading is not None))


@lru_cache(maxsize=20_000)
def plain(text: str) -> str:
    """A string without case, doubled white space, typographic variants and punctuation at its ends."""
    text = unicodedata.normalize("NFKC", text).casefold()
    text = text.translate({0x2018: "'", 0x2019: "'", 0x201C: '"', 0x201D: '"', 0x2013: "-", 0x2014: "-"})
    text = re.sub(r"\s*([,.;:])\s*", r"\1 ", text)
    return re.sub(r"\s+", " ", text).strip(" .,;:")
