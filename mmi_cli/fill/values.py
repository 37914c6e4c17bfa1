"""Turns a value as it stands in a file into the type of its field."""

# ruff: noqa: SIM905 - long word lists read better without quotes
from __future__ import annotations

import re
from typing import NamedTuple

from ..datamodel.record import Scalar
from ..datamodel.schema import Field
from .character_forms import plain_forms
from .currencies import CURRENCY, currency_code
from .dates import parse_date
from .identifiers import can_be_iban
from .locale_hints import LocaleHints
from .number_spans import find_numbers_in
from .numbers import ParsedNumber, parse_number
from .times import parse_time

_YES = frozenset(
    "yes y true ja oui si sí sim vero wahr vrai verdadero verdadeiro on checked selected ticked enabled x ✓ ✔ ☒ ☑ [x] (x) "
    "available included approved".split(" ")
)
_NO = frozenset(
    "no n false nein non nee não nao falso falsch faux off unchecked unselected unticked disabled none ☐ ✗ ✘ [] [_] "
    "not_available excluded".split(" ")
)


class Normalized(NamedTuple):
    """A value of the type of its field."""

    value: Scalar
    is_ambiguous: bool = False
    """Could be read in another way (03/04/2026, 1.234), and nothing decides."""


def normalize(text: str, field: Field, hints: LocaleHints) -> Scalar | None:
    """The typed value, or None when `text` cannot be a value of the field; see `read_value`."""
    read = read_value(text, field, hints)
    return None if read is None else read.value


def read_value(text: str, field: Field, hints: LocaleHints) -> Normalized | None:
    """The typed value with what is doubtful about it, or None when `text` cannot be a value of the field.

    Dates and times come as ISO 8601, numbers as float, integers as int (from digits of any script), texts with white space collapsed
    and the punctuation of a label trimmed. A field's `pattern` must match the whole text as it stands or as normalised; of a longer
    text the one part that matches is taken.
    """
    plain = " ".join((text if field.type == "string" else plain_forms(text)).split())
    if not plain:
        return None
    if field.pattern is not None:
        matched = _matching(plain, field.pattern)
        read = None if matched is None else _typed(matched, field, hints)
        if read is not None:
            return read
        read = _typed(plain, field, hints)
        return read if read is not None and re.fullmatch(field.pattern, str(read.value)) else None
    return _typed(plain, field, hints)


def _typed(text: str, field: Field, hints: LocaleHints) -> Normalized | None:
    match field.type:
        case "date":
            date = parse_date(text, hints)
            return Normalized(date.iso, date.is_ambiguous) if date else None
        case "time":
            time = parse_time(text)
            return Normalized(time) if time else None
        case "number":
            number = read_number(text, hints)
            return None if number is None else Normalized(float(number.value), number.is_ambiguous)
        case "integer":
            number = read_number(text, hints)
            if number is None or number.value != number.value.to_integral_value():
                return None
            return Normalized(int(number.value), number.is_ambiguous)
        case "boolean":
            is_true = read_boolean(text)
            return None if is_true is None else Normalized(is_true)
        case "string":
            string = _string(text, field)
            return None if string is None else Normalized(string)
        case _:
            return None


def read_number(text: str, hints: LocaleHints) -> ParsedNumber | None:
    """The number that a text is, or the only one that stands in it (`Total: RM 9.00 SR`)."""
    number = parse_number(text, hints)
    if number is not None:
        return number
    found = {(each.value, each.is_percent): each for each in find_numbers_in(text, hints)}
    if len(found) != 1:
        return None
    each = next(iter(found.values()))
    currencies = [currency_code(match[0]) for match in _CURRENCY.finditer(text)]
    return ParsedNumber(
        value=each.value,
        currency=currencies[0] if len(set(currencies)) == 1 else None,
        is_percent=each.is_percent,
        has_decimals=each.value.as_tuple().exponent != 0,
        is_ambiguous=each.is_ambiguous,
    )


_CURRENCY = re.compile(rf"(?<![^\W\d_]){CURRENCY}(?![^\W\d_])", re.IGNORECASE)


def read_boolean(text: str) -> bool | None:
    """Yes, no, a ticked box, an empty one, in seven languages; a box followed by its label is read by the box."""
    word = text.strip().strip(".:;,!").casefold().replace(" ", "_" if " " in text.strip("[]() ") else "")
    if word in _YES:
        return True
    if word in _NO:
        return False
    boxes = re.findall(r"[☐☑☒✓✔✗✘🗹🗷]|\[[ _xX]?\]|\([ xX]\)", text)
    if len(boxes) == 1:
        return boxes[0] not in ("☐", "✗", "✘", "[ ]", "[_]", "[]", "( )")
    first = re.match(r"[^\W\d_]+", text)
    if first is not None and text[first.end() : first.end() + 1] in (",", "."):  # "Yes, in full."
        return True if first[0].casefold() in _YES else False if first[0].casefold() in _NO else None
    return None


_LABEL_END = re.compile(r"^[\s:;=|•·*>–—_-]+(?=[^\s\d.,])|^[\s:;=|•·*>_]+|[\s:;,=|•·*<_–—]+$|\s+-+$")
_ASKS_FOR_IBAN = re.compile(r"(?<![^\W_])iban(?![^\W_])", re.IGNORECASE)
_MAIL_BEHIND = re.compile(r"(?<=\w)\s*<[^<>@\s]+@[^<>\s]+>$")
"""`Helen Turner <helen@post.example>`, where a name is asked for."""
_MOST_SPACES, _WORD_LETTERS = 10, 4
_SHORTENED = frozenset("corp gmbh sarl blvd assn dept govt intl".split())
_QUOTES = {'"': '"', "“": "”", "„": "“", "«": "»", "'": "'", "‘": "’"}


def _string(text: str, field: Field) -> str | None:
    """White space collapsed, and what belongs to a label or a frame rather than to the value taken off."""
    trimmed = _LABEL_END.sub("", text).strip()
    if len(trimmed) > 2 and _QUOTES.get(trimmed[0]) == trimmed[-1] and trimmed[0] not in trimmed[1:-1]:
        trimmed = trimmed[1:-1].strip()
    for opening, closing in ("()", "[]"):
        if trimmed.endswith(closing) and trimmed.count(opening) < trimmed.count(closing):
            trimmed = trimmed[:-1].rstrip()
        elif trimmed.startswith(opening) and trimmed.count(opening) > trimmed.count(closing):
            trimmed = trimmed[1:].lstrip()
    if _ASKS_FOR_IBAN.search(field.name) and not can_be_iban(trimmed):
        return None  # `FR76 ****`, or the number of another account
    if "name" in field.name.lower().split("_"):
        trimmed = _MAIL_BEHIND.sub("", trimmed)
    if _is_end_of_sentence(trimmed):
        trimmed = trimmed[:-1]
    if field.enum:
        return next((each for each in field.enum if each.casefold() == trimmed.casefold()), trimmed or None)
    return trimmed or None


def _is_end_of_sentence(text: str) -> bool:
    """Whether the full stop behind a name or address is that of a sentence: `This is David Hunter.`, but not `Northwind Corp.`"""
    if not text.endswith(".") or text.count(" ") > _MOST_SPACES or ". " in text:
        return False
    last = text[:-1].rpartition(" ")[2]
    if last.isdigit():
        return len(last) > 1
    return len(last) >= _WORD_LETTERS and last.isalpha() and last.casefold() not in _SHORTENED


def _matching(text: str, pattern: str) -> str | None:
    """All of a text when it matches a pattern, else the only part of it between word borders that does."""
    if re.fullmatch(pattern, text):
        return text
    found = {match[0] for match in re.finditer(rf"(?<![^\W_])(?:{pattern})(?![^\W_])", text[:1000]) if match[0]}
    return found.pop() if len(found) == 1 else None
