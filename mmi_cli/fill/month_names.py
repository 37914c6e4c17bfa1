"""Names of months and days of the week, and ordinals, in English, German, French, Spanish, Italian, Dutch and Portuguese."""

# ruff: noqa: SIM905 - long word lists read better without quotes
from __future__ import annotations

import unicodedata
from functools import cache

LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pt")

# Forms that people and machines write beside those of the locale data.
_MORE = {
    1: ("jänner", "jaenner", "janv", "gener"),
    2: ("fevr", "febr", "feber"),
    3: ("maerz", "mrz", "marz", "marc", "mar"),
    4: ("abril",),
    5: ("mayo",),
    6: ("juni",),
    7: ("juill", "juil", "july"),
    8: ("aout", "augt"),
    9: ("sept", "setiembre", "sep"),
    10: ("okt",),
    11: ("novem",),
    12: ("dic", "dez", "decem"),
}
# Month names that are also everyday words; only with a capital letter, or between a day and a year.
EVERYDAY_WORDS = frozenset({"may", "march", "mars", "mai", "mar", "set", "out", "ago", "dic", "ene", "gen", "mei"})

ORDINALS = {
    word: number
    for number, word in enumerate(
        (
            "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
            "sixteenth seventeenth eighteenth nineteenth twentieth twenty-first twenty-second twenty-third twenty-fourth "
            "twenty-fifth twenty-sixth twenty-seventh twenty-eighth twenty-ninth thirtieth thirty-first"
        ).split(),
        start=1,
    )
} | {"premier": 1, "primero": 1, "primo": 1, "ersten": 1}
"""English ordinals, as contracts and speakers use them, and the first of other languages: it alone is an ordinal there."""


@cache
def _spelled() -> dict[str, int]:
    """Name or abbreviation in lower case, as spelled → 1 to 12."""
    from babel.core import Locale

    out: dict[str, int] = {}
    for language in LANGUAGES:
        months = Locale(language).months
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in months[context][width].items():
                    out[name.lower().rstrip(".")] = number
    for number, names in _MORE.items():
        out.update(dict.fromkeys(names, number))
    return {name: number for name, number in out.items() if len(name) >= 3}


@cache
def month_beginnings() -> tuple[str, ...]:
    """The first three letters of every month name, with and without accents, and with the zero for O of bad scans."""
    beginnings = {name[:3] for name in _spelled()}
    beginnings |= {fold(each) for each in beginnings}
    beginnings |= {each.replace("o", "0") for each in beginnings}
    return tuple(sorted(each for each in beginnings if len(each) == 3))


@cache
def month_numbers() -> dict[str, int]:
    """Folded name or abbreviation → 1 to 12."""
    return {fold(name): number for name, number in _spelled().items()}


@cache
def month_number(word: str) -> int | None:
    """Which month a word names, whatever its case and accents; a zero stands for the letter O, as bad scans have it."""
    return month_numbers().get(fold(word).replace("0", "o"))


@cache
def _weekdays() -> dict[str, int]:
    from babel.core import Locale

    out: dict[str, int] = {}
    for language in LANGUAGES:
        days = Locale(language).days
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in days[context][width].items():
                    folded = fold(name).rstrip(".")
                    if len(folded) >= 3:
                        out[folded] = number if out.get(folded, number) == number else -1
    # An abbreviation that means different days in two languages says nothing.
    return {name: number for name, number in out.items() if number >= 0} | {"tues": 1, "weds": 2, "thur": 3, "thurs": 3}


def weekday_number(word: str) -> int | None:
    """Which day of the week a word names, from 0 for Monday, whatever its case and accents."""
    return _weekdays().get(fold(word))


def fold(word: str) -> str:
    """Lower case without accents."""
    if word.isascii():
        return word.lower()
    return "".join(c for c in unicodedata.normalize("NFKD", word.lower()) if not unicodedata.combining(c))
