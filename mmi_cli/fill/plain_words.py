"""The words of a text in the form in which two ways of saying the same thing are one: no case, no accents, no plural, numbers as digits."""

from __future__ import annotations

import re
from typing import NamedTuple

from .month_names import fold
from .number_words import parse_number_words

_WORD = re.compile(r"[^\W_]+(?:['’][^\W\d_]+)*")
_MOST_NUMBER_WORDS = 5


class PlainWord(NamedTuple):
    """A word, or the words of one number, and where it stands."""

    plain: str
    start: int
    end: int


def plain_words(text: str, language: str | None = None) -> tuple[PlainWord, ...]:
    """In order; `Twenty-one ounces` → `21`, `ounce`."""
    found = [(match[0], match.start(), match.end()) for match in _WORD.finditer(text)]
    out: list[PlainWord] = []
    at = 0
    while at < len(found):
        count, plain = 1, _plain(found[at][0])
        if found[at][0][0].isalpha():
            for last in range(min(len(found), at + _MOST_NUMBER_WORDS), at, -1):
                spelled = text[found[at][1] : found[last - 1][2]]
                number = parse_number_words(spelled, language) if "\n" not in spelled else None
                if number is not None:
                    count, plain = last - at, str(number)
                    break
        out.append(PlainWord(plain, found[at][1], found[at + count - 1][2]))
        at += count
    return tuple(out)


def _plain(word: str) -> str:
    plain = re.sub(r"['’]", "", fold(word))
    return plain[:-1] if len(plain) > 3 and plain.endswith("s") and not plain.endswith("ss") else plain
