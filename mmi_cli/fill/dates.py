"""Finds and reads dates as people write them, in seven languages, without guessing: a month and a year are no date."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import islice
from typing import NamedTuple

from .letter_case import lowered
from .locale_hints import LocaleHints
from .month_names import EVERYDAY_WORDS, ORDINALS, fold, month_beginnings, month_number

LAST_YEAR_OF_20XX = 68
"""Two-digit years up to this one are 20xx, the others 19xx: the rule of POSIX `strptime`. No clock is read."""
YEARS = range(1500, 2200)
"""Years that a number must lie in to be taken for one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedDate:
    """A calendar day."""

    iso: str
    """`2026-04-03`."""
    is_ambiguous: bool = False
    """Day and month could be exchanged and nothing decides."""


class DateInText(NamedTuple):
    """A date and where it stands; without the day of the week and the time beside it."""

    start: int
    end: int
    iso: str
    is_ambiguous: bool


def parse_date(text: str, hints: LocaleHints) -> ParsedDate | None:
    """The one date that stands in `text`, whatever else is written with it; None when there is none, or two that differ."""
    found = {each.iso: each for each in find_dates(text, hints)}
    if not found:
        bare = _BARE.fullmatch(text.strip())
        return _bare_date(bare, hints) if bare else None
    if len(found) > 1:
        return None
    each = next(iter(found.values()))
    return ParsedDate(iso=each.iso, is_ambiguous=each.is_ambiguous)


def find_dates(text: str, hints: LocaleHints) -> list[DateInText]:
    """Every date of a text, by start; they do not overlap."""
    found = [*_numeric_dates(text, hints), *_month_name_dates(text, hints.language)]
    found.sort(key=lambda each: (each.start, -each.end))
    out: list[DateInText] = []
    for each in found:
        if not out or each.start >= out[-1].end:
            out.append(each)
    return out


# In a date a scan's O, l, I and | are digits.
_DIGIT = r"[\dOoIl|]"
_NUMERIC = re.compile(
    rf"""(?<!\d)(?<!\d[./])(?:
        # 2018-03-05, 2018.3.5, 2018 / 03 / 05, 2018年3月5日
        (?P<year>[12]{_DIGIT}{{3}})
        (?:\ ?(?P<separator>[./-])\ ?(?P<month>{_DIGIT}{{1,2}})\ ?(?P=separator)\ ?(?P<day>{_DIGIT}{{1,2}})(?!{_DIGIT}{{2}}(?!:))
          |\ ?[年년]\ ?(?P<cjk_month>\d{{1,2}})\ ?[月월]\ ?(?P<cjk_day>\d{{1,2}})\ ?[日일])
        # 令和6年3月5日, 民國113年3月5日
      | (?P<era>令和|平成|昭和|民國|民国)\ ?(?P<era_year>元|\d{{1,3}})\ ?年\ ?(?P<era_month>\d{{1,2}})\ ?月\ ?(?P<era_day>\d{{1,2}})\ ?日
        # 25/12/2018, 25. 12. 2018, 25-12-18, 12/08/201714:32
      | (?P<first>{_DIGIT}{{1,2}})(?P<gap>\ ?[./-]\ ?|')(?P<second>{_DIGIT}{{1,2}})(?P<gap2>\ ?[./-]\ ?|')'?
        (?P<long>[12]{_DIGIT}{{3}}(?=$|\D|\d\d:\d\d)|\d\d(?=$|[^\d\w]|[A-Z]|\d\d:\d\d))
        # 20180305, 20180305T1432
      | (?<!\w)(?<!\w[-_])(?P<compact>(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))(?=T?\d{{6}}\b|T\d{{4}}|(?![\w-]))
    )(?![./]\d)""",
    re.VERBOSE,
)
_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "民國": 1911, "民国": 1911}
"""The year before the first of an era, in Japan and Taiwan."""
_BARE = re.compile(r"(\d\d)\s?(\d\d)\s?(\d{4})")
"""25122018 and 25 12 2018: too little to find in a text, enough when it is the whole value."""
_IN_RUN = re.compile(r"\d-#|#-\d")
"""A dash on either side: with dashes inside, that is a longer number; with strokes or dots inside, a range of dates."""
_SLIPS = str.maketrans("OoIl|", "00111")


def _numeric_dates(text: str, hints: LocaleHints) -> list[DateInText]:
    out: list[DateInText] = []
    for match in _NUMERIC.finditer(text):
        read = _read_numeric(match, text, hints)
        if read is not None:
            out.append(DateInText(match.start(), match.end(), read.iso, read.is_ambiguous))
    return out


def _read_numeric(match: re.Match[str], text: str, hints: LocaleHints) -> ParsedDate | None:
    if compact := match["compact"]:
        return _dated(int(compact[:4]), int(compact[4:6]), int(compact[6:]))
    if match["era"]:
        year_of_era = 1 if match["era_year"] == "元" else int(match["era_year"])
        return _dated(_ERAS[match["era"]] + year_of_era, int(match["era_month"]), int(match["era_day"]))
    if not _is_mostly_digits(match[0]):
        return None
    separator = (match["separator"] or match["gap"] or "").strip()
    if separator == "-" and _IN_RUN.search(
        text[max(0, match.start() - 2) : match.start()] + "#" + text[match.end() : match.end() + 2]
    ):
        return None
    if match["year"]:
        month, day = match["month"] or match["cjk_month"], match["day"] or match["cjk_day"]
        return _dated(_number(match["year"]), _number(month), _number(day))
    gap, second_gap, year = match["gap"], match["gap2"], match["long"]
    if gap.strip() != second_gap.strip():
        return None
    before = text[match.start() - 1 : match.start()]
    if len(year) == 2:
        if before.isalpha():  # part of a code
            return None
        if "." in gap and not len(match["first"]) == len(match["second"]) == 2:  # 3.2.10 is a section
            return None
        if "-" in gap and " " in gap + second_gap:  # 10 - 12 - 14 is a list
            return None
    if "'" in gap and len(year) != 4:
        return None
    return _day_and_month(
        _number(match["first"]), _number(match["second"]), _full_year(year), hints, is_dotted="." in gap
    )


def _bare_date(match: re.Match[str], hints: LocaleHints) -> ParsedDate | None:
    return _day_and_month(int(match[1]), int(match[2]), int(match[3]), hints, is_dotted=False)


def _day_and_month(first: int, second: int, year: int, hints: LocaleHints, *, is_dotted: bool) -> ParsedDate | None:
    """Which of the two is the day; dots are written day first unless the file is known to do otherwise."""
    if first > 12 or second > 12 or first == second:
        day, month = (first, second) if second <= 12 else (second, first)
        return _dated(year, month, day)
    is_day_first = hints.day_first is not False
    is_ambiguous = hints.day_first is None and not is_dotted
    day, month = (first, second) if is_day_first else (second, first)
    read = _dated(year, month, day)
    return ParsedDate(iso=read.iso, is_ambiguous=is_ambiguous) if read else None


def _dated(year: int, month: int, day: int) -> ParsedDate | None:
    if year not in YEARS:
        return None
    try:
        return ParsedDate(iso=date(year, month, day).isoformat())
    except ValueError:
        return None


def _full_year(text: str) -> int:
    year = _number(text)
    if len(text) == 4:
        return year
    return year + (2000 if year <= LAST_YEAR_OF_20XX else 1900)


def _number(text: str) -> int:
    return int(text.translate(_SLIPS))


def _is_mostly_digits(text: str) -> bool:
    letters = sum(character in "OoIl|" for character in text)
    return letters == 0 or letters < sum(character.isdigit() for character in text)


@cache
def _month_word() -> re.Pattern[str]:
    """Words in lower case that begin like a month name; the dictionary decides."""
    return re.compile(rf"(?:{'|'.join(month_beginnings())})[^\W\d_]*")


_GAP = r"[ \t\u00a0]{0,2}\n?[ \t\u00a0]{0,2}"
_JOIN = rf"{_GAP}(?:[,./–-]{_GAP}|(?:de[lr]?|of|d[’']|in\ the\ year(?:\ of\ our\ lord)?|anno|a\.?\ ?d\.?){_GAP})?"
_ORDINAL = "|".join(sorted((word.replace("-", "[ -]") for word in ORDINALS), key=len, reverse=True))
_DAY_BEFORE = re.compile(
    rf"""(?<!\d)(?<!\d[.,/:-])(?<![^\W\d_])(?:the{_GAP})?
        (?:(?P<day>\d{{1,2}}){_GAP}(?:st|nd|rd|th|er|[ºª°.])?|(?P<word>{_ORDINAL}))
        (?:{_GAP}day)?[)]?{_JOIN}$""",
    re.VERBOSE | re.IGNORECASE,
)
_YEAR_BEFORE = re.compile(r"(?<![\d.,/:-])(?P<year>[12]\d{3})[ \t]?[-./, ]?[ \t]?$")
_YEAR = r"(?:(?P<year>[12]\d{3})|[’'‘]?(?P<short>\d\d))(?!\d)(?![.,:/-]\d)"
_YEAR_AFTER = re.compile(rf"\.?{_JOIN}{_JOIN}{_YEAR}", re.IGNORECASE)
_DAY_AND_YEAR_AFTER = re.compile(
    rf"""\.?{_GAP}[-/.]?{_GAP}(?:the{_GAP})?(?:(?P<day>\d{{1,2}})(?!\d){_GAP}(?:st|nd|rd|th)?|(?P<word>{_ORDINAL}))
        {_GAP}[,./-]?{_JOIN}
        (?:(?P<year>[12]\d{{3}})|(?<=[,/-])(?P<short>\d\d)|(?<=[,/-]\ )(?P<short2>\d\d)|[’'‘](?P<short3>\d\d))
        (?!\d)(?![.,/-]\d|:\d\d)""",
    re.VERBOSE | re.IGNORECASE,
)
_DAY_AFTER = re.compile(rf"\.?{_GAP}[-/. ]{_GAP}(?P<day>\d{{1,2}})(?![\d:])")
_MOST_MONTHS = 30_000
"""Words like a month name that are looked at; a calendar of eighty years has fewer."""
_REACH = 40
"""Characters before a month name that can belong to its date."""


def _month_name_dates(text: str, language: str | None) -> list[DateInText]:
    out: list[DateInText] = []
    for match in islice(_month_word().finditer(lowered(text)), _MOST_MONTHS):
        month = month_number(match[0])
        if month is None or text[match.start() - 1 : match.start()].isalpha():
            continue
        read = _date_around(text, match.start(), match.end(), month, language)
        if read is not None:
            out.append(read)
    return out


def _date_around(text: str, start: int, end: int, month: int, language: str | None) -> DateInText | None:
    """The date whose month name stands at [start, end): 5 May 2018, May 5th, 2018, 2018-May-05."""
    after = _DAY_AND_YEAR_AFTER.match(text, end)
    if after is not None:
        year = after["year"] or after["short"] or after["short2"] or after["short3"]
        return _around(start, after.end(), _full_year(year), month, _day(after))
    before = text[max(0, start - _REACH) : start]
    day = _DAY_BEFORE.search(before)
    if day is not None:
        year_match = _YEAR_AFTER.match(text, end)
        if year_match is None:
            return None
        is_everyday = language in (None, "en") and fold(text[start:end]) in EVERYDAY_WORDS
        if year_match["short"] and text[start:end].islower() and is_everyday:
            return None  # "the 2 may 15 times"
        first = start - len(before) + (day.start("day") if day["day"] else day.start("word"))
        return _around(first, year_match.end(), _full_year(year_match["year"] or year_match["short"]), month, _day(day))
    year_before = _YEAR_BEFORE.search(before)
    day_after = _DAY_AFTER.match(text, end)
    if year_before is not None and day_after is not None:
        first = start - len(before) + year_before.start()
        return _around(first, day_after.end(), int(year_before["year"]), month, int(day_after["day"]))
    return None


def _day(match: re.Match[str]) -> int:
    return int(match["day"]) if match["day"] else ORDINALS[re.sub(r"\s", "-", match["word"].lower())]


def _around(start: int, end: int, year: int, month: int, day: int) -> DateInText | None:
    read = _dated(year, month, day)
    return DateInText(start, end, read.iso, False) if read else None
