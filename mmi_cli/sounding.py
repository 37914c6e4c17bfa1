"""How alike two runs of words sound, by their spelling alone: for telling what a recogniser misheard from what was not said."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_UNITS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen",
    "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")

# Spelling → sound, the first that fits; capitals are sounds that are done. Coarse on purpose: voiced and voiceless are one, so are
# all vowels, and what European languages write differently for one sound.
_RULES = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"(?<=[aeiou])gh(?=t|$|s)", ""),
        (r"^(?:kn|gn)", "N"),
        (r"^wr", "R"),
        (r"^wh", "W"),
        (r"mb$", "M"),
        (r"tsch|sch|sh|tch|dge|(?<=[td])j", "X"),
        (r"ch(?=[aou]|$|[^a-z])", "K"),
        (r"ch", "X"),
        (r"ph|[fv]", "F"),
        (r"th", "T"),
        (r"ck|qu?|[kg]|c(?![eiy])", "K"),
        (r"x", "KS"),
        (r"[szßc]", "S"),
        (r"j", "X"),
        (r"[bp]", "P"),
        (r"[td]", "T"),
        (r"(?<=[^aeiouyPTX])e(?=[dT]$)", ""),
        (r"(?<![aeiouy])e(?=s?$)(?<=..)", ""),
        (r"[aeiouy]+w?(?![aeiouy])", "A"),
        (r"w", "W"),
        (r"^h", "H"),
        (r"h", ""),
        (r"[mnlr]", lambda match: match[0].upper()),
    )
)


@lru_cache(maxsize=20_000)
def sound_of(word: str) -> str:
    """A word in coarse sounds, a letter each: `roast` and `rust` are `RAST`; whole numbers below a hundred as they are said in English.

    Scripts without Latin letters stay as they are, in lower case.
    """
    folded = "".join(
        character
        for character in unicodedata.normalize("NFKD", word.casefold().replace("é", "ee"))
        if not unicodedata.combining(character)
    )
    if folded.isdecimal():
        return "".join(sound_of(part) for part in _said(folded))
    folded = re.sub(r"[\W_]+", "", folded)
    if not re.search(r"[a-z]", folded):
        return folded
    for pattern, sound in _RULES:
        folded = pattern.sub(sound, folded)
    return re.sub(r"(.)\1+", r"\1", folded)


def _said(digits: str) -> list[str]:
    number = int(digits)
    if number < 20:
        return [_UNITS[number]]
    if number < 100:
        return [_TENS[number // 10 - 2]] + ([_UNITS[number % 10]] if number % 10 else [])
    return [_UNITS[int(digit)] for digit in digits]


def likeness(one: str, other: str) -> float:
    """How alike two texts sound, in [0, 1]; where words begin and end does not matter (`A-Town's`, `eight ounce`)."""
    from rapidfuzz.distance import Levenshtein

    sounds = [
        "".join(sound_of(word) for word in re.findall(r"[^\W_]+", text.replace("'", ""))) for text in (one, other)
    ]
    return Levenshtein.normalized_similarity(*(re.sub(r"(.)\1+", r"\1", sound) for sound in sounds))
