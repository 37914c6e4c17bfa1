"""Decides from the dates of a file whether 03/04/2026 is the third of April, as a careful reader would."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from .dates import find_dates
from .locale_hints import LocaleHints
from .month_names import weekday_number

_NUMERIC_DATE = re.compile(r"(?<![\d./-])(\d{1,2})([/-])(\d{1,2})\2(\d{4}|\d\d)(?![\d/-])")
_DAY_FIRST_FORM = re.compile(r"(?<!\w)(?:dd?|jj?|tt?|gg?)\s?[./-]\s?(?:mm?)\s?[./-]\s?(?:yy|aa|jj)", re.IGNORECASE)
_MONTH_FIRST_FORM = re.compile(r"(?<!\w)mm?\s?[./-]\s?dd?\s?[./-]\s?yy", re.IGNORECASE)
_NEAR = 12
"""Characters between a date and its day of the week."""
_SERIES = 4
"""Different dates from which a column of them tells days from months: days run, months hardly do."""


class Order(NamedTuple):
    """What the dates of a text show."""

    is_day_first: bool
    reason: str


class _Open(NamedTuple):
    """A date that can be read in two ways."""

    start: int
    end: int
    text: str
    day_first: date
    month_first: date


def shown_order(text: str, known: str = "") -> Order | None:
    """What dates prove, when all that prove something agree.

    A day above 12; a form such as `(MM/DD/YYYY)`; a day of the week that fits one reading only; the same day written out, or as ISO 8601.

    Args:
        known: other text that holds dates of the file, such as its metadata.
    """
    shown: dict[bool, str] = {}
    for is_day_first, reason in _certain(text):
        shown.setdefault(is_day_first, reason)
    if not shown:
        for is_day_first, reason in _stated(text):
            shown.setdefault(is_day_first, reason)
    if not shown and (doubtful := list(_doubtful(text))):
        for is_day_first, reason in (*_by_weekday(text, doubtful), *_by_same_day(f"{text}\n\n{known}", doubtful)):
            shown.setdefault(is_day_first, reason)
    if len(shown) != 1:
        return None
    return Order(*next(iter(shown.items())))


def likely_order(text: str) -> Order | None:
    """What dates suggest: of a series of days the month stays, and `March 4, 2024` is written where 03/04 is a month first."""
    doubtful = list(_doubtful(text))
    if not doubtful:
        return None
    days = {each.day_first for each in doubtful}
    firsts, seconds = len({each.day for each in days}), len({each.month for each in days})
    if len(days) >= _SERIES and max(firsts, seconds) >= 3 * min(firsts, seconds):
        return Order(firsts > seconds, f"{len(days)} dates such as {doubtful[0].text} are of few months")
    written = [
        text[each.start : each.end]
        for each in find_dates(text, LocaleHints())
        if re.search(r"[^\W\d_]{3}", text[each.start : each.end])
    ]
    day_first = {each[0].isdecimal() for each in written}
    if len(day_first) == 1:
        return Order(day_first.pop(), f"{written[0]} stands in the file")
    return None


def _certain(text: str) -> Iterator[tuple[bool, str]]:
    for match in _NUMERIC_DATE.finditer(text):
        first, second = int(match[1]), int(match[3])
        if 12 < first <= 31 and 1 <= second <= 12:
            yield True, f"{match[0]} stands in the file"
        elif 12 < second <= 31 and 1 <= first <= 12:
            yield False, f"{match[0]} stands in the file"


def _stated(text: str) -> Iterator[tuple[bool, str]]:
    for is_day_first, form in ((True, _DAY_FIRST_FORM), (False, _MONTH_FIRST_FORM)):
        match = form.search(text)
        if match is not None:
            yield is_day_first, f"the file says {match[0]}"


def _doubtful(text: str) -> Iterator[_Open]:
    for match in _NUMERIC_DATE.finditer(text):
        first, second = int(match[1]), int(match[3])
        year = int(match[4]) + (2000 if len(match[4]) == 2 else 0)
        if 1 <= first <= 12 and 1 <= second <= 12 and first != second and year > 0:
            yield _Open(match.start(), match.end(), match[0], date(year, second, first), date(year, first, second))


def _by_weekday(text: str, doubtful: list[_Open]) -> Iterator[tuple[bool, str]]:
    for each in doubtful:
        around = text[max(0, each.start - _NEAR) : each.start], text[each.end : each.end + _NEAR]
        names = [*re.findall(r"[^\W\d_]+", around[0])[-1:], *re.findall(r"[^\W\d_]+", around[1])[:1]]
        for name in names:
            number = weekday_number(name)
            fits = number == each.day_first.weekday(), number == each.month_first.weekday()
            if number is not None and fits[0] != fits[1]:
                yield fits[0], f"{each.text} is a {name}"


def _by_same_day(text: str, doubtful: list[_Open]) -> Iterator[tuple[bool, str]]:
    """Whether a day that is written without doubt is one of the two readings, and the other is written nowhere."""
    certain = {each.iso for each in find_dates(text, LocaleHints()) if not each.is_ambiguous}
    for each in doubtful:
        fits = each.day_first.isoformat() in certain, each.month_first.isoformat() in certain
        if fits[0] != fits[1]:
            yield fits[0], f"{(each.day_first if fits[0] else each.month_first).isoformat()} is written out too"
