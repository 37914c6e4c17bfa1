"""Finds every number that stands in a text: amounts with a tax code glued on, numbers split by a bad scan, groups parted by spaces."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from ..datamodel.content import Content, PageBox, TimeSpan
from .currencies import CURRENCY, currency_code
from .letter_case import lowered
from .locale_hints import LocaleHints
from .number_words import parse_number_words, spelled_number
from .numbers import PERCENT, read_digits


class NumberInText(NamedTuple):
    """A number and where it stands: sign and digits, without the currency."""

    start: int
    end: int
    value: Decimal
    is_money: bool
    """Has two or more decimals, or a currency beside it."""
    is_percent: bool
    is_ambiguous: bool


_NUMBER = re.compile(
    r"(?<![\d_])(?<!\d[.,])"
    r"(?P<core>\d{1,3}(?:[\u00a0\u202f ]\d{3}){1,6}(?:[.,]\d{1,4})?(?![\d.,]*\d)|\d[\d.,'’]*|(?<![\w.,])[.,]\d{1,4}(?![\d.,]))"
)
_SPLIT_MARK = re.compile(r" ([.,]) ?(\d\d)(?![\d.,%]|[^\W\d_])")
"""`9 . 00`: a space before the mark is no way to write anything else."""
_SPLIT_AFTER = re.compile(r"([.,]) (\d\d)(?=[ \t]{0,9}(?:\n|\Z))")
"""`9. 00` at the end of a line."""
_CURRENCY_BEFORE = re.compile(rf"(?<![^\W\d_]){CURRENCY}$", re.IGNORECASE)
_CURRENCY_AFTER = re.compile(rf"{CURRENCY}(?![^\W\d_])", re.IGNORECASE)
_SIGNED_CURRENCY = re.compile(rf"(?<![^\W_])[-−]{CURRENCY} ?$", re.IGNORECASE)
_OPEN_BRACKET = re.compile(rf"\({CURRENCY}? ?$", re.IGNORECASE)
_IN_WORDS = re.compile(
    r"(?:hundred|thousand|million|billion|hundert|tausend|cents?|mille|mil|dollars?|euros?|pounds?|francs?|pesos?|ringgit|rupees|pence|only)\W*$",
    re.IGNORECASE,
)
"""Before a bracket that repeats in digits what was said in words: `Five Hundred Dollars ($500.00)`."""
_PERCENT = re.compile(rf" ?(?:{PERCENT})", re.IGNORECASE)
_UNIT = re.compile(
    r"(?:[xX×]|pcs?|pce|stk|st|kg|g|mg|lbs?|oz|ml|cl|l|m|cm|mm|km|h|hrs?|min|s|k[Ww]h|[kM]?[WwVv]|[KMG][Bb]|[GM]?Hz|dpi|px|pt)(?![^\W_])"
)
_GLUED_CODE = re.compile(r"[A-Z]{1,3}(?![^\W_])")
_WORD_BEFORE = re.compile(r"(?<![^\W_])[^\W\d_]{3,}:?$")
_SLIPPED = re.compile(r"(?<![^\W_])(?<![.,])(?=[\dOolI]*\d)(?=[\d.,]*[OolI])[\dOolI]{1,6}[.,][\dOolI]{2}(?![^\W_])")
_SLIPS = str.maketrans("OolI", "0011")
_POINT = LocaleHints(decimal_comma=False)
_REACH = 9
"""Characters looked at on either side: the longest currency word and some space."""
_CREDIT = re.compile(r" ?[CD][Rr](?![\w/])")
"""Credit or debit: which of them is minus depends on whose account it is."""


def find_numbers(content: Content, hints: LocaleHints, taken: Sequence[tuple[int, int]] = ()) -> list[NumberInText]:
    """Numbers by start; they may overlap where spaces can be read as group marks or as gaps.

    Args:
        taken: sorted spans (dates, times, telephone numbers …) whose digits are no numbers of their own.
    """
    text = content.text
    starts = [start for start, _ in taken]
    out: list[NumberInText] = []
    for match in _NUMBER.finditer(text):
        start = match.start()
        at = bisect_right(starts, start) - 1
        if (at >= 0 and start < taken[at][1]) or (out and start < out[-1].end):
            continue
        core = match["core"]
        if not core.isdecimal() and core[0] not in ".," and _has_gap(core):
            out.extend(_with_gaps(content, match, hints))
            continue
        out.extend(_numbers_of(text, start, core, hints))
    if is_from_ocr(content):
        out.extend(_slipped(text, hints))
    out.extend(_spelled(content, hints))
    out.sort()
    return out


def find_numbers_in(text: str, hints: LocaleHints) -> list[NumberInText]:
    """Numbers of a short text without places, as `find_numbers` gives them."""
    return find_numbers(Content(text=text, words=()), hints)


def is_from_ocr(content: Content) -> bool:
    """Whether words of the content were read from a picture (they have a score and a box)."""
    step = max(1, len(content.words) // 200)
    return any(word.score is not None and isinstance(word.place, PageBox) for word in content.words[::step])


def _has_gap(core: str) -> bool:
    return " " in core or "\u00a0" in core or "\u202f" in core


def _numbers_of(text: str, start: int, core: str, hints: LocaleHints) -> Iterator[NumberInText]:
    core = core.rstrip(".,'’")
    number = _number_at(text, start, core, hints)
    if number is not None:
        yield number
    elif core.count(",") > 1 and all(part.isdecimal() for part in core.split(",")):  # 12,13,14
        offset = start
        for part in core.split(","):
            yield NumberInText(offset, offset + len(part), Decimal(part), False, False, False)
            offset += len(part) + 1


def _with_gaps(content: Content, match: re.Match[str], hints: LocaleHints) -> Iterator[NumberInText]:
    """`1 234,56`: one number when it is set close, several when the digits stand in columns, both when nothing tells."""
    text, start, core = content.text, match.start(), match["core"]
    is_close = _is_set_close(content, start, match.end())
    if is_close is not False:
        number = _number_at(text, start, core.replace("\u00a0", " ").replace("\u202f", " "), hints)
        if number is not None:
            yield number
    if not is_close:
        for part in re.finditer(r"[^ \u00a0\u202f]+", core):
            yield from _numbers_of(text, start + part.start(), part[0], hints)


def _is_set_close(content: Content, start: int, end: int) -> bool | None:
    """Whether the gaps between the words of a span are narrower than a digit; None when the words have no boxes."""
    words = [content.words[index] for index in content.words_of_span(start, end)]
    if len(words) < 2:
        return True if words else None
    for left, right in pairwise(words):
        if not isinstance(left.place, PageBox) or not isinstance(right.place, PageBox):
            return None
        digit = (right.place.box[2] - right.place.box[0]) / len(right.text)
        if right.place.box[0] - left.place.box[2] > 0.9 * digit:
            return False
    return True


def _number_at(text: str, start: int, core: str, hints: LocaleHints) -> NumberInText | None:
    """The number whose digits stand at `start`, with its sign and what is glued to it; None when it is part of a code."""
    end = start + len(core)
    before, after = text[max(0, start - _REACH) : start], text[end : end + _REACH]
    loose = _SPLIT_MARK.match(text, end) or _SPLIT_AFTER.match(text, end)
    if loose is not None and loose.re is _SPLIT_AFTER and not _is_alone(text, start):
        loose = None
    if loose is not None and core.isdecimal():
        core, end = f"{core}.{loose[2]}", end + loose.end()
        after = text[end : end + _REACH]
        hints = _POINT
    currency = _currency_beside(before, after)
    read = read_digits(core, hints, is_money=currency)
    if read is None:
        return None
    value, is_ambiguous = read
    places = -int(value.as_tuple().exponent)
    is_money = currency or places >= 2
    if not _stands_alone(before, after, core, has_decimals=places > 0, has_currency=currency):
        return None
    percent = _PERCENT.match(after)
    sign_start, sign_end, is_negative = _sign(before, after, is_money=is_money, has_decimals=places > 0)
    if percent is not None:
        sign_end = percent.end()
    elif sign_end == 1 and after[0] == ")" and _IN_WORDS.search(text[max(0, start - 40) : start - sign_start]):
        sign_start, sign_end, is_negative = 0, 0, False
    return NumberInText(
        start - sign_start, end + sign_end, -value if is_negative and value else value, is_money and percent is None,
        percent is not None, is_ambiguous or (is_money and _CREDIT.match(text, end) is not None),
    )  # fmt: skip


def _is_alone(text: str, start: int) -> bool:
    """Whether a number begins its line, a currency apart."""
    line = text[text.rfind("\n", 0, start) + 1 : start].strip()
    return not line or currency_code(line) is not None


_SIGN_CHARACTERS = frozenset("$€£¥₹₩₽₺₪₫฿₴₦₱")


def _currency_beside(before: str, after: str) -> bool:
    """Whether a currency stands directly before or after; a sign after it does not count when it belongs to a further number."""
    if _ends_in_currency(before):
        return True
    head = after.lstrip(" ")
    if not head or len(after) - len(head) > 1:
        return False
    if head[0] in _SIGN_CHARACTERS:
        return not head[1:2].isdecimal()  # "12 $5.00": the sign belongs to what follows it
    return head[0].isalpha() and _CURRENCY_AFTER.match(head) is not None


def _ends_in_currency(before: str) -> bool:
    """Whether a currency sign or code ends a text, a space, a colon, a sign of the number or a bracket apart."""
    tail = before.rstrip(" :.-+(−")
    if not tail or len(before) - len(tail) > 3:
        return False
    if tail[-1] in _SIGN_CHARACTERS:
        return True
    return tail[-1].isalpha() and _CURRENCY_BEFORE.search(tail) is not None


def _stands_alone(before: str, after: str, core: str, *, has_decimals: bool, has_currency: bool) -> bool:
    """Whether digits are a number rather than part of a code, a path or a range of pages."""
    first, last = before[-1:], after[:1]
    if first.isalpha():
        is_glued_word = has_decimals and _WORD_BEFORE.search(before) is not None
        if not (is_glued_word or (first in "xX×" and not before[-2:-1].isalnum()) or _ends_in_currency(before)):
            return False
    if last.isalpha() and not (
        has_currency or _UNIT.match(after) or (has_decimals and _GLUED_CODE.match(after)) or after.startswith("x")
    ):
        return False
    if has_decimals:
        return not (first in "/-" and before[-2:-1].isalpha() and not has_currency)
    if first in ("/", "-", "\\", "_", "#", "&") and before[-2:-1].isalnum():
        return False
    if last in ("/", "-", "\\", "_") and after[1:2].isalnum():
        return False
    if last in ("'", "’") and after[1:2].isalpha():
        return False
    digits = core.replace(" ", "")
    return len(digits) <= 15 and not (len(digits) > 2 and digits[0] == "0" and digits.isdecimal())


def _sign(before: str, after: str, *, is_money: bool, has_decimals: bool) -> tuple[int, int, bool]:
    """(characters of the sign before, after, whether the number is negative)."""
    first = before[-1:]
    if first in ("-", "−", "–") and (not before[-2:-1].isalnum() or (has_decimals and _ends_in_currency(before[:-1]))):
        return 1, 0, True
    if is_money and ("-" in before or "−" in before or "(" in before or after[:1] == "-"):
        signed = _SIGNED_CURRENCY.search(before)
        if signed is not None:
            return len(before) - signed.start(), 0, True
        bracket = _OPEN_BRACKET.search(before)
        if bracket is not None and has_decimals and after[:1] == ")":
            return len(before) - bracket.start(), 1, True
        if has_decimals and after[:1] == "-" and not after[1:2].strip():
            return 0, 1, True
    return 0, 0, False


def _slipped(text: str, hints: LocaleHints) -> Iterator[NumberInText]:
    """Amounts in which a scan has letters for digits: 1O.00."""
    for match in _SLIPPED.finditer(text):
        read = read_digits(match[0].translate(_SLIPS), hints)
        if read is not None:
            yield NumberInText(match.start(), match.end(), read[0], True, False, True)


def _spelled(content: Content, hints: LocaleHints) -> Iterator[NumberInText]:
    """Number words; "one" alone counts only in speech, where no digit would be written."""
    is_speech = bool(content.words) and isinstance(content.words[0].place, TimeSpan)
    text = content.text
    end = 0
    for match in spelled_number().finditer(lowered(text)):
        if match.start() < end or (match[0] == "one" and not is_speech):
            continue
        number = parse_number_words(match[0], hints.language)
        if number is not None:
            percent = _PERCENT.match(text, match.end())
            end = percent.end() if percent else match.end()
            yield NumberInText(match.start(), end, number, False, percent is not None, False)
