"""Reads number words below a million in English, German, French and Spanish: twelve, einundzwanzig, quatre-vingt-dix, veintidós."""

# ruff: noqa: SIM905 - long word lists read better without quotes
from __future__ import annotations

import re
from functools import cache

from .month_names import fold

_ENGLISH = {
    word: number
    for number, word in enumerate(
        (
            "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
            "eighteen nineteen"
        ).split()
    )
} | {
    word: 10 * tens
    for tens, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2)
}
_FRENCH = {
    word: number
    for number, word in enumerate(
        "zero un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize".split()
    )
} | {"une": 1, "vingt": 20, "vingts": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60,
     "septante": 70, "huitante": 80, "octante": 80, "nonante": 90}  # fmt: skip
_SPANISH = (
    {
        word: number
        for number, word in enumerate(
            (
                "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciseis diecisiete "
                "dieciocho diecinueve veinte veintiuno veintidos veintitres veinticuatro veinticinco veintiseis veintisiete "
                "veintiocho veintinueve"
            ).split()
        )
    }
    | {word: 10 * tens for tens, word in enumerate("treinta cuarenta cincuenta sesenta setenta ochenta noventa".split(), start=3)}
    | {"un": 1, "una": 1, "veintiun": 21, "veintiuna": 21, "cien": 100, "ciento": 100, "doscientos": 200, "doscientas": 200,
       "trescientos": 300, "cuatrocientos": 400, "quinientos": 500, "seiscientos": 600, "setecientos": 700,
       "ochocientos": 800, "novecientos": 900}
)  # fmt: skip
_LANGUAGES = {
    "en": (_ENGLISH, {"hundred": 100}, {"thousand": 1000}, {"and", "a"}),
    "fr": (_FRENCH, {"cent": 100, "cents": 100}, {"mille": 1000}, {"et"}),
    "es": (_SPANISH, {}, {"mil": 1000}, {"y"}),
}
"""Words that add, words that multiply what stands before them in the hundreds, thousands, words in between."""

_GERMAN_UNITS = {
    "null": 0, "ein": 1, "eins": 1, "zwei": 2, "zwo": 2, "drei": 3, "vier": 4, "fuenf": 5, "funf": 5, "sechs": 6, "sieben": 7,
    "acht": 8, "neun": 9, "zehn": 10, "elf": 11, "zwoelf": 12, "zwolf": 12, "dreizehn": 13, "vierzehn": 14, "fuenfzehn": 15,
    "funfzehn": 15, "sechzehn": 16, "siebzehn": 17, "achtzehn": 18, "neunzehn": 19,
}  # fmt: skip
_GERMAN_TENS = {
    "zwanzig": 20, "dreissig": 30, "dreißig": 30, "vierzig": 40, "fuenfzig": 50, "funfzig": 50, "sechzig": 60, "siebzig": 70,
    "achtzig": 80, "neunzig": 90,
}  # fmt: skip
# Words that are numbers only as part of a longer number: "a" cup, "un" café, "ein" Haus are articles, "six" is safe.
_ARTICLES = frozenset({"a", "un", "une", "una", "ein"})


def parse_number_words(text: str, language: str | None = None) -> int | None:
    """The number that all of `text` spells, or None; `language` is tried first."""
    words = re.findall(r"[^\W\d_]+", fold(text))
    if not words or len(words) > 12 or re.search(r"[^\w\s'’-]", text) or (len(words) == 1 and words[0] in _ARTICLES):
        return None
    for code in sorted(("en", "de", "fr", "es"), key=lambda code: code != language):
        number = _german("".join(words)) if code == "de" else _additive(words, code)
        if number is not None:
            return number
    return None


def _additive(words: list[str], code: str) -> int | None:
    units, hundreds, thousands, between = _LANGUAGES[code]
    total, below, previous = 0, 0, 0
    used = False
    for position, word in enumerate(words):
        if word in between and (code != "en" or word != "a" or position == 0):
            if position == len(words) - 1:
                return None
            continue
        if word in hundreds:
            if below > 99 or (below == 0 and used and total == 0):
                return None
            below = (below or 1) * 100
            previous = 100
        elif word in thousands:
            if total:
                return None
            total, below, previous = (below or 1) * 1000, 0, 1000
        elif word in units:
            number = units[word]
            if code == "fr" and number == 20 and below % 100 == 4:  # quatre-vingt
                below += 76
                previous = 80
            elif below and not _may_follow(number, previous, code):
                return None
            else:
                below += number
                previous = number
        else:
            return None
        used = True
    return total + below if used else None


def _may_follow(number: int, previous: int, code: str) -> bool:
    """Whether a unit may be added: one below the round number before it, and up to 19 after soixante and quatre-vingt."""
    if previous >= 100:
        return number < 100
    if code == "fr" and previous == 10:  # dix-sept
        return number in (7, 8, 9)
    return (
        previous >= 20
        and previous % 10 == 0
        and number < (20 if code == "fr" and previous in (60, 80) else 10)
        and number > 0
    )


@cache
def _german(word: str) -> int | None:
    if word in _GERMAN_UNITS:
        return _GERMAN_UNITS[word]
    if word in _GERMAN_TENS:
        return _GERMAN_TENS[word]
    for name, value in (("tausend", 1000), ("hundert", 100)):
        before, found, after = word.partition(name)
        if found:
            factor = _german(before) if before else 1
            rest = _german(after.removeprefix("und")) if after else 0
            if factor is None or rest is None or factor == 0 or rest >= value or factor >= 1000:
                return None
            return factor * value + rest
    unit, found, tens = word.partition("und")
    if found and tens in _GERMAN_TENS and 0 < _GERMAN_UNITS.get(unit, 0) < 10:
        return _GERMAN_TENS[tens] + _GERMAN_UNITS[unit]
    return None


@cache
def spelled_number() -> re.Pattern[str]:
    """Runs of English number words in a text in lower case, and single ones of other languages that no everyday word shares."""
    words = [word for word in _ENGLISH if word != "zero"]
    unit = "|".join(sorted(words, key=len, reverse=True))
    more = rf"(?:[ -](?:and[ ])?(?:{unit}|hundred|thousand))*"
    safe = sorted(
        {
            word
            for word in (*_FRENCH, *_SPANISH, *_GERMAN_UNITS, *_GERMAN_TENS)
            if len(word) > 3 and fold(word) not in _NOT_ALONE
        },
        key=len,
        reverse=True,
    )
    return re.compile(rf"(?<![\w-])(?:(?:{unit}|a[ ](?=hundred|thousand)){more}|{'|'.join(safe)})(?![\w-])")


_NOT_ALONE = frozenset(
    {"null", "zero", "neuf", "acht", "sept", "once", "cien", "quarante", "seize", "eins", "onze", "vier"}
)
"""Words that mean something else in another of the languages: once, sept(ember), neuf (new), acht (attention), seize …"""
