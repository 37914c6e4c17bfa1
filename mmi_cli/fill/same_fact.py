"""Whether two values state one fact: written in other words, shortened, misread by a letter; never by another digit."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from ..datamodel.record import Scalar
from ..datamodel.schema import FieldType
from .names_in_text import LEGAL_FORMS

_HALF_CENT = 0.005
_SLIP = 80
"""Of 100: likeness of two words of four letters or more that may be one word misread."""
_SLIP_LETTERS = 4
_MASKED = re.compile(r"[x*•·#]", re.IGNORECASE)
_LEAST_SHOWN = 4
"""Digits at the end that a masked number must show to be taken for another that ends with them."""
_TOKEN = re.compile(r"[^\W_]+")
_FORMS = frozenset(token for form in LEGAL_FORMS for token in _TOKEN.findall(form.casefold()))
# Words that papers leave out or put before a name.
_TITLES = frozenset("mr mrs ms miss dr prof herr frau the and und".split())  # noqa: SIM905


def is_same_fact(one: Scalar, other: Scalar, type_: FieldType) -> bool:
    """
    Args:
        one, other: values of a field of the type, neither None.
    """
    if type_ in ("number", "integer"):
        return abs(float(one) - float(other)) < _HALF_CENT  # type: ignore[arg-type]
    if type_ != "string":
        return one == other
    return _is_same_text(str(one), str(other))


def _is_same_text(one: str, other: str) -> bool:
    one, other = _plain(one), _plain(other)
    if one == other:
        return True
    if _is_number(one) or _is_number(other):
        return _is_same_number(one, other)
    words, others = _words(one), _words(other)
    if not words or not others:
        return False
    digits, other_digits = _digits(words), _digits(others)
    if not (digits <= other_digits or other_digits <= digits):
        return False
    short, long = sorted(([w for w in each if not w.isdigit()] for each in (words, others)), key=len)
    if not short:
        return bool(digits & other_digits)
    return _stands_in(short, long)


def _stands_in(short: Sequence[str], long: Sequence[str]) -> bool:
    """Whether each word of a name has one in the other, at least one of them in full."""
    from rapidfuzz import fuzz

    left = list(long)
    in_full = 0
    for word in short:
        partner = next((each for each in left if each == word), None)
        if partner is None:
            partner = next((each for each in left if _is_short_for(word, each) or _is_short_for(each, word)), None)
        elif len(word) > 1:
            in_full += 1
        if partner is None and len(word) >= _SLIP_LETTERS:
            partner = next(
                (each for each in left if len(each) >= _SLIP_LETTERS and fuzz.ratio(word, each) >= _SLIP), None
            )
            in_full += partner is not None
        if partner is None:
            return False
        left.remove(partner)
    return in_full > 0


def _is_short_for(word: str, other: str) -> bool:
    """An initial, or the beginning of a word: `st` of `street`."""
    return len(word) < len(other) and other.startswith(word)


def _is_number(text: str) -> bool:
    """Mostly digits: a number of an account, a person, a phone."""
    letters = [c for c in text if c.isalnum()]
    return bool(letters) and sum(c.isdigit() for c in letters) * 2 >= len(letters) and " " not in text.strip()


def _is_same_number(one: str, other: str) -> bool:
    one, other = ("".join(c for c in each if c.isalnum() or _MASKED.match(c)) for each in (one, other))
    if one == other:
        return True
    for masked, whole in ((one, other), (other, one)):
        shown = re.sub(r"^.*[^\d]", "", masked)
        if _MASKED.search(masked) and len(shown) >= _LEAST_SHOWN and whole.endswith(shown):
            return True
    return False


def _words(text: str) -> list[str]:
    words = [word for word in _TOKEN.findall(text) if word not in _TITLES]
    return [word for word in words if word not in _FORMS] or words


def _digits(words: Sequence[str]) -> set[str]:
    return {word for word in words if any(c.isdigit() for c in word)}


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split()).strip(" .,;:")
