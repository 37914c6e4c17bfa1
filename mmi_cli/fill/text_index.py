"""The text of a content made ready for many searches: folded to what two ways of writing the same thing share."""

from __future__ import annotations

import re
import unicodedata
from array import array
from functools import cache, cached_property
from typing import NamedTuple

from ..datamodel.content import Content, PageBox

_DASHES = frozenset("-‐‑‒–—−")
_SLIPS = str.maketrans({"o": "0", "l": "1", "i": "1", "|": "1", "s": "5", "b": "8", "z": "2"})
"""Letters that bad scans give for digits, after folding."""


_TOKEN = re.compile(
    r"[^\W_]+|[@%&]"
    # Between digits a mark carries meaning: 9.00, 25/12/2018, 12:30; with a space after it only, it parts two numbers.
    r"|(?<=\d)(?:[.,:]| [.,:] ?| ?[/\-‐‑‒–—−] ?)(?=\d)"
    r"|(?<![^\W_])[-−–](?=\d)"  # a sign
)


class Folded(NamedTuple):
    """Folded text and where each of its characters came from."""

    text: str
    offsets: array[int]
    """Offset in the text it was folded from, one a character of `text`."""


class TextIndex:
    """A content's text, folded once; build it once a file and give it to every search."""

    def __init__(self, content: Content) -> None:
        self.content = content
        self.folded = fold_text(content.text)
        self.is_ocr = _is_from_ocr(content)

    @cached_property
    def unslipped(self) -> str:
        """The folded text without the letters that scans mistake for digits; the same offsets."""
        return without_slips(self.folded.text)


def fold_text(text: str) -> Folded:
    """Letters and digits without case, accents, ligatures and width; marks between digits stay, `&` is `and`, all else is left out.

    `1 234,56 €` → `1234,56`; `Ben’s Ca-\\nfé` → `benscafe`.
    """
    pieces: list[str] = []
    offsets = array("I")
    for token in _TOKEN.finditer(text):
        piece, start = token[0], token.start()
        if piece.isascii() and piece.isalnum():
            pieces.append(piece.lower())
            offsets.extend(range(start, token.end()))
            continue
        if not piece[0].isalnum():
            mark = piece.strip()
            if mark == "&":
                pieces.append("and")
                offsets.extend([start] * 3)
                continue
            pieces.append("-" if mark in _DASHES else mark)
            offsets.append(start + len(piece) - len(piece.lstrip()))
            continue
        for position, character in enumerate(piece, start):
            folded = _fold_character(character)
            pieces.append(folded)
            offsets.extend([position] * len(folded))
    return Folded("".join(pieces), offsets)


@cache
def _fold_character(character: str) -> str:
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    decomposed = unicodedata.normalize("NFKD", character).casefold()
    return "".join(each for each in decomposed if each.isalnum())


def without_slips(folded: str) -> str:
    """Folded text in which letters that scans mistake for digits are those digits."""
    return folded.translate(_SLIPS)


def _is_from_ocr(content: Content) -> bool:
    """Whether words were read from a picture: they have a score and a box."""
    step = max(1, len(content.words) // 200)
    return any(word.score is not None and isinstance(word.place, PageBox) for word in content.words[::step])
