"""Reads numbers as people write them: either decimal mark, groups, signs, currencies, percent, number words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from .currencies import CURRENCY, currency_code
from .locale_hints import LocaleHints
from .number_words import parse_number_words

MAX_DIGITS = 30
"""Longer runs are codes, not numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedNumber:
    """A number with what stood around it."""

    value: Decimal
    """`12 %` is 12."""
    currency: str | None = None
    """ISO 4217, when a sign or code stood with it."""
    is_percent: bool = False
    has_decimals: bool = False
    is_ambiguous: bool = False
    """1.234 could be either and nothing decides; or credit or debit stands with it (`12.50 CR`), which is minus for one side only."""


_MULTIPLES = {
    "thousand": 10**3, "k": 10**3, "tsd": 10**3, "million": 10**6, "millions": 10**6, "mio": 10**6, "mn": 10**6, "m": 10**6,
    "millionen": 10**6, "billion": 10**9, "bn": 10**9, "mrd": 10**9, "milliarden": 10**9, "milliards": 10**9,
    "millones": 10**6,
}  # fmt: skip
PERCENT = r"[%％٪]|per ?cent\b|prozent\b|pour cent\b|por ciento\b|por cento\b|per cento\b|procent\b|percento\b|v\. ?h\."
"""The percent sign and its names, to be matched without regard to case."""
_SHAPE = re.compile(
    rf"""(?P<open>\()?\s*
        (?:(?P<sign>[-+])\s*)?(?:(?P<before>{CURRENCY})\.?)?[ :]*(?P<open2>\()?(?P<sign2>[-+])?\s*
        (?P<core>\d[\d.,'’ ]*|[.,]\d+)\s*
        (?:(?P<minus>-)(?!\d))?\s*
        (?:(?P<multiple>{"|".join(sorted(_MULTIPLES, key=len, reverse=True))})\b\.?)?\s*
        (?P<percent>{PERCENT.replace(" ", chr(92) + " ")})?\s*
        (?P<after>{CURRENCY})?(?:\s*(?P<credit>[CD]R))?\s*(?P<close>\))?
        [.,;:*/=]*""",
    re.VERBOSE | re.IGNORECASE,
)
_PERCENT_AT_END = re.compile(rf" (?:{PERCENT})$", re.IGNORECASE)
_DASHES = str.maketrans(
    {"−": "-", "–": "-", "—": "-", "‐": "-", "‑": "-", "\u00a0": " ", "\u202f": " ", "\u2009": " ", "％": "%"}
)
_LOOSE_MARK = re.compile(r"(?<=\d) ?([.,]) ?(?=\d)")


def parse_number(text: str, hints: LocaleHints) -> ParsedNumber | None:
    """The number that `text` is, with a currency, percent sign or brackets around it; None when there is anything else."""
    text = text.translate(_DASHES).strip()
    match = _SHAPE.fullmatch(text)
    if match is None or (match["sign"] and match["sign2"]):
        percent = _PERCENT_AT_END.search(text)
        spelled = parse_number_words(text[: percent.start()] if percent else text, hints.language)
        return None if spelled is None else ParsedNumber(value=spelled, is_percent=percent is not None)
    before, after = match["before"], match["after"]
    currency = currency_code(before or after or "")
    multiple = (match["multiple"] or "").lower()
    if multiple in ("k", "m") and currency is None:  # 5 m is a length
        return None
    read = read_digits(match["core"].strip(), hints, is_money=currency is not None)
    if read is None:
        return None
    value, is_ambiguous = read
    has_decimals = value != value.to_integral_value() or value.as_tuple().exponent != 0
    no_cents = match["core"].rstrip()[-1] in ",."  # 12,- is twelve
    is_negative = "-" in (match["sign"] or "", match["sign2"] or "", "" if no_cents else match["minus"] or "") or bool(
        (match["open"] or match["open2"]) and match["close"]
    )
    if multiple:
        value = (value * _MULTIPLES[multiple]).normalize()
        value = value.quantize(Decimal(1)) if value == value.to_integral_value() else value
    return ParsedNumber(
        value=-value if is_negative and value else value,
        currency=currency,
        is_percent=match["percent"] is not None,
        has_decimals=has_decimals,
        is_ambiguous=is_ambiguous or match["credit"] is not None,
    )


def read_digits(core: str, hints: LocaleHints, *, is_money: bool = False) -> tuple[Decimal, bool] | None:
    """Digits with marks and groups → (value, whether the mark could be read in another way), or None when they make no number.

    Args:
        is_money: amounts hardly ever have three decimals, so that a single mark before three digits parts thousands.
    """
    core = _LOOSE_MARK.sub(r"\1", core.rstrip(".,' ’")) if " " in core else core.rstrip(".,'’")
    if core.isdecimal():
        return (Decimal(core), False) if len(core) <= MAX_DIGITS else None
    if sum(character.isdecimal() for character in core) > MAX_DIGITS:
        return None
    core = core.replace("’", "'")
    marks = [character for character in core if not character.isdecimal()]
    last = marks[-1]
    if last in ".," and marks.count(last) == 1:
        whole, _, decimals = core.rpartition(last)
        groups = set(marks[:-1])
        if not decimals or not decimals.isdecimal():
            return None
        if groups or len(decimals) != 3 or whole in ("", "0") or len(whole) > 3:
            return _joined(whole, decimals)
        is_decimal, is_ambiguous = _is_decimal_mark(last, hints, is_money=is_money)
        if is_decimal:
            return Decimal(f"{whole}.{decimals}"), is_ambiguous
        return Decimal(whole + decimals), is_ambiguous
    return _joined(core, "")


def _is_decimal_mark(mark: str, hints: LocaleHints, *, is_money: bool) -> tuple[bool, bool]:
    """Whether 1.234 (or 1,234) has decimals, and whether that is a guess."""
    if hints.decimal_comma is not None:
        return (mark == ",") == hints.decimal_comma, False
    if is_money:
        return False, False
    return mark == ".", True


_GROUPED = re.compile(r"\d{1,3}(?:(?P<mark>[.,' ])\d{3}(?:(?P=mark)\d{3})*|,\d\d(?:,\d\d)*,\d{3})|\d*")


def _joined(whole: str, decimals: str) -> tuple[Decimal, bool] | None:
    """The number when the groups of its whole part are of three digits (or of two, as in India)."""
    if _GROUPED.fullmatch(whole) is None:
        return None
    digits = "".join(character for character in whole if character.isdecimal()) or "0"
    return Decimal(f"{digits}.{decimals}" if decimals else digits), False
