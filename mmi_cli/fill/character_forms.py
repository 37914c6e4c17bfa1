"""Digits and marks of other scripts and widths as their ASCII ones, character for character, so that offsets hold."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

_MARKS = {
    "٫": ".", "٬": ",", "٪": "%", "۔": ".", "،": ",", "−": "-", "﹣": "-", "﹪": "%", "﹩": "$", "／": "/", "⁄": "/", "∕": "/",
    "。": ".", "〜": "~", "￥": "¥", "￡": "£", "￠": "¢", "￦": "₩", "　": " ", "﹕": ":", "﹐": ",", "﹒": ".",
}  # fmt: skip
"""Arabic and small marks, and those whose compatibility form is more than one character or another."""
_FULL_WIDTH = range(0xFF01, 0xFF5F)
"""`！` to `～`: the printable ASCII characters in the width of an ideograph."""


def plain_forms(text: str) -> str:
    """`text`, of the same length, with digits of any script and full-width letters, digits and marks in their ASCII form."""
    return text if text.isascii() else text.translate(_forms())


@cache
def _forms() -> dict[int, str]:
    forms = {code: chr(code - 0xFEE0) for code in _FULL_WIDTH}
    for first in _first_digits():
        forms.update({first + number: str(number) for number in range(10)})
    forms.update({ord(mark): plain for mark, plain in _MARKS.items()})
    return forms


def _first_digits() -> list[int]:
    """The zero of every script that has decimal digits in the Basic Multilingual Plane, ASCII apart."""
    return [code for code in range(0x80, 0x10000) if unicodedata.decimal(chr(code), None) == 0]


_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_UNITS = "円圓圆元块원฿年月日년월일時时点點分秒시분초"
"""Money, dates and times of day stand behind their numbers."""
_LETTERS = re.compile(f"[{_UNSPACED}]")
_LETTERS_APART_FROM_UNITS = re.compile(f"(?![{_UNITS}])[{_UNSPACED}]")


def set_apart(text: str, *, keep_units: bool) -> str:
    """`text`, of the same length, with letters of scripts that are written without spaces (Chinese, Japanese, Korean, Thai …) as dots.

    So a number or code that stands between such letters has borders, as it has between spaces in other scripts.
    """
    if text.isascii() or _LETTERS.search(text) is None:
        return text
    return (_LETTERS_APART_FROM_UNITS if keep_units else _LETTERS).sub("·", text)


def is_unspaced(character: str) -> bool:
    """Whether a letter is of a script that is written without spaces."""
    return _LETTERS.match(character) is not None
