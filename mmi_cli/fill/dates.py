"""Finds and reads dates as people write them, in seven languages, without guessing: a month and a year are no date."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .locale_hints import LocaleHints


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedDate:
    """A calendar day."""

    iso: str
    """`2026-04-03`."""
    is_ambiguous: bool = False
    """Day and month could be exchanged and nothing decides."""


def parse_date(text: str, hints: LocaleHints) -> ParsedDate | None:
    """The date that `text` is."""
    m = re.search(r"(\d{1,4})\s?([./-])\s?(\d{1,2})\s?\2\s?(\d{1,4})", text)
    if not m:
        return None
    a, b, c = int(m[1]), int(m[3]), int(m[4])
    if len(m[1]) == 4:
        year, month, day = a, b, c
    else:
        year = c if len(m[4]) == 4 else c + (2000 if c < 69 else 1900)
        day, month = (a, b) if (hints.day_first is not False and b <= 12) or a > 12 else (b, a)
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    return ParsedDate(
        iso=f"{year:04}-{month:02}-{day:02}", is_ambiguous=hints.day_first is None and a <= 12 and b <= 12
    )
