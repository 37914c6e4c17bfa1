"""Reads number words in seven languages: twelve, einundzwanzig, quatre-vingt-dix, dos millones, two and a half."""

# ruff: noqa: SIM905 - long word lists read better without quotes
from __future__ import annotations

import re
from decimal import Decimal
from functools import cache, lru_cache

LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl")
_MAX_WORDS = 16
# Words that are numbers only as part of a longer number or in their own language: "a" cup, "un" café, "ein" Haus, a "cent".
_ARTICLES = frozenset("a an un une una uno ein eine een um uma".split())
_ONLY_IN = {"cent": ("fr", "pt"), "million": (), "thousand": (), "millionen": ()}
# Spellings that the number parser does not know: articles for one, no umlauts or accents, as old systems and scans write.
_SPELLINGS = {
    "en": ((re.compile(r"^an? (?=hundred|thousand|million|billion)"), "one "),),
    "de": (
        (re.compile(r"f(?:ue|u)nf"), "fünf"),
        (re.compile(r"zw(?:oe|o)lf"), "zwölf"),
        (re.compile(r"\beine (?=million|milliarde)"), "ein "),
    ),
    "es": ((re.compile(r"\bveintidos\b"), "veintidós"), (re.compile(r"\bveintitres\b"), "veintitrés")),
}
_HALF = re.compile(
    r"(?: and a half| und (?:ein(?:en)? )?halb\w*| et demie?| y medi[oa]| e mezz[oa]| e mei[oa]| en een half)$"
)


def parse_number_words(text: str, language: str | None = None) -> Decimal | None:
    """The number that all of `text` spells, or None; `language` is tried first."""
    words = " ".join(text.lower().split())
    if not words or re.search(r"[^\w\s'’-]|\d|_", words):
        return None
    half = _HALF.search(words)
    words = words[: half.start()] if half else words
    if words in _ARTICLES and not half:
        return None
    if words.count(" ") >= _MAX_WORDS:
        return None
    for code in sorted(LANGUAGES, key=lambda code: code != language):
        if words not in _ONLY_IN or (code == language and code in _ONLY_IN[words]):
            number = _read(words, code)
            if number is not None:
                return number + Decimal("0.5") if half else Decimal(number)
    return None


@lru_cache(maxsize=4096)
def _read(words: str, code: str) -> int | None:
    from text_to_num import text2num  # type: ignore[import-untyped]

    for pattern, spelling in _SPELLINGS.get(code, ()):
        words = pattern.sub(spelling, words)
    try:
        return int(text2num(words, code))
    except ValueError:
        return None


_ENGLISH = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen "
    "twenty thirty forty fifty sixty seventy eighty ninety"
).split()
_GERMAN = (
    "ein eins zwei zwo drei vier fünf fuenf funf sechs sech sieben sieb acht neun zehn elf zwölf zwoelf zwolf zwanzig dreißig dreissig "
    "vierzig fünfzig fuenfzig funfzig achtzig neunzig hundert tausend"
).split()
"""Parts of German number words, which are written as one."""
_ROMANCE = (
    "un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize vingt vingts trente quarante cinquante "
    "soixante septante huitante octante nonante cent cents mille "
    "uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciseis dieciséis diecisiete dieciocho "
    "diecinueve veinte veintiuno veintiún veintidos veintidós veintitres veintitrés veinticuatro veinticinco veintiseis veintiséis "
    "veintisiete veintiocho veintinueve treinta cuarenta cincuenta sesenta setenta ochenta noventa cien ciento doscientos doscientas "
    "trescientos trescientas cuatrocientos cuatrocientas quinientos quinientas seiscientos setecientos ochocientos novecientos mil"
).split()
_NOT_ALONE = frozenset(
    "un une neuf acht sept once cien quarante seize ein eins onze vier cent cents mille mil zwo elf sech sieb dix six tres diez dos "
    "hundert tausend funf zwolf".split()
)
"""Words that mean something else in another of the languages: once, sept(ember), neuf (new), acht (attention), seize …"""


@cache
def spelled_number() -> re.Pattern[str]:
    """Runs of number words in a text in lower case, and single ones that no everyday word of another language shares."""
    english, german, romance = (_any(words) for words in (_ENGLISH, _GERMAN, _ROMANCE))
    safe = [
        word for word in (*_GERMAN, *_ROMANCE, "sechzehn", "siebzehn", "sechzig", "siebzig") if word not in _NOT_ALONE
    ]
    first = "".join(sorted({word[0] for word in (*_ENGLISH, *_GERMAN, *_ROMANCE, "a")}))
    big = "hundred|thousand|million|billion"
    return re.compile(
        rf"(?<![\w-])(?=[{first}])(?:(?:{english}|a[ ](?={big}))(?:[ -](?:and[ ])?(?:{english}|{big}))*(?:[ ]and[ ]a[ ]half(?![\w-]))?"
        rf"|(?:{german}|und){{2,12}}(?:[ ]million(?:en)?)?|(?:ein|eine|{german})[ ]million(?:en)?"
        rf"|(?:{romance})(?:(?:[ -]|[ ](?:et|y|e)[ ]|-et-)(?:{romance}))+(?:[ ](?:millions?|mill(?:ón|ones)))?"
        rf"|(?:{romance})[ ](?:millions?|mill(?:ón|ones))|{_any(safe)})(?![\w-])"
    )


def _any(words: list[str]) -> str:
    return "|".join(sorted(set(words), key=lambda word: (-len(word), word)))
