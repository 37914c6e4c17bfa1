"""Finds identifiers by shape and check digits: e-mail, web address, telephone, IBAN, card, ISBN, VAT number, post code, codes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from .letter_case import lowered
from .vat_numbers import is_luhn, vat_holds


class IdentifierInText(NamedTuple):
    """An identifier and where it stands."""

    start: int
    end: int
    value: str
    """Without the spaces and dashes that only group it."""
    is_doubtful: bool = False
    """Has the form and not the check digits: misread, or made up."""


def find_identifiers(kind: str, text: str) -> list[IdentifierInText]:
    """Every identifier of a kind (a key of `KINDS`), by start."""
    return sorted(_FINDERS[kind](text))


_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64} ?@ ?(?:[A-Za-z0-9-]{1,63}\.){1,5}[A-Za-z]{2,24}(?![\w-])")
_URL = re.compile(
    r"(?<![\w@./-])(?:(?:https?|ftp)://[^\s<>\"'{}|\\^`]{3,500}|(?:www\.)?(?:[A-Za-z0-9][A-Za-z0-9-]{1,62}\.){1,4}"
    r"(?:com|org|net|edu|gov|info|biz|io|ai|app|dev|eu|de|at|ch|fr|es|it|nl|be|pt|pl|uk|ie|us|ca|my|sg|au|nz|in|jp|cn|br|mx|se|no"
    r"|dk|fi|cz|hu|ro|ru|tr|za|hk|kr)(?![\w@])(?:\.[a-z]{2}\b)?(?:/[^\s<>\"'{}|\\^`]{0,300})?)",
    re.IGNORECASE,
)
_URL_END = ".,;:!?)]}'\"»”"


def _emails(text: str) -> Iterator[IdentifierInText]:
    if "@" not in text:
        return
    for match in _EMAIL.finditer(text):
        local, _, domain = match[0].partition("@")
        start = match.start() + (len(local) - len(local.lstrip(".+-")))
        if re.search(r"\.\.|\.$", local.strip()) is None and re.match(r"\d+[A-Z]*\b", domain.strip()) is None:
            yield IdentifierInText(start, match.end(), re.sub(r"\s", "", text[start : match.end()]))


def _urls(text: str) -> Iterator[IdentifierInText]:
    for match in _URL.finditer(text):
        value = match[0].rstrip(_URL_END)
        if value and (re.search(r"[A-Za-z]{2}.*\.", value) or "://" in value):
            yield IdentifierInText(match.start(), match.start() + len(value), value)


_IBAN = re.compile(r"(?<![^\W_])[A-Z]{2} ?\d{2}(?: ?[A-Z0-9]{1,4}){3,8}")
_IBAN_LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "BA": 20, "BE": 16, "BG": 22, "BR": 29, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18,
    "EE": 20, "ES": 24, "FI": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IS": 26,
    "IT": 27, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MT": 31, "NL": 18, "NO": 15, "PL": 28,
    "PT": 25, "QA": 29, "RO": 24, "RS": 22, "SA": 24, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "TN": 24, "TR": 26, "UA": 29, "XK": 20,
}  # fmt: skip
"""Characters of an IBAN by country: the registry's table."""


def is_iban(value: str) -> bool:
    """Whether country, length and check digits (ISO 7064 mod 97-10) of an IBAN without spaces hold."""
    if not value.isascii() or not value.isalnum() or _IBAN_LENGTHS.get(value[:2].upper()) != len(value):
        return False
    turned = value[4:] + value[:4]
    return int("".join(str(int(character, 36)) for character in turned)) % 97 == 1


def can_be_iban(value: str) -> bool:
    """Whether a text has the country and the length of an IBAN; a misread sign in it may break its check digits."""
    plain = re.sub(r"[\s.-]", "", value).upper()
    return plain.isascii() and plain.isalnum() and _IBAN_LENGTHS.get(plain[:2]) == len(plain)


def is_isbn(value: str) -> bool:
    """Whether the check digit of an ISBN-10 or ISBN-13 without dashes holds."""
    if len(value) == 10 and value[:9].isdecimal() and (value[9].isdecimal() or value[9] in "xX"):
        digits = [int(character) for character in value[:9]] + [10 if value[9] in "xX" else int(value[9])]
        return sum((10 - position) * digit for position, digit in enumerate(digits)) % 11 == 0
    if len(value) == 13 and value.isdecimal() and value[:3] in ("978", "979"):
        return sum(int(digit) * (1 + 2 * (position % 2)) for position, digit in enumerate(value)) % 10 == 0
    return False


def _ibans(text: str) -> Iterator[IdentifierInText]:
    for match in _IBAN.finditer(text):
        length = _IBAN_LENGTHS.get(match[0][:2])
        if length is None:
            continue
        end = match.start()
        count = 0
        while end < match.end() and count < length:
            count += text[end] != " "
            end += 1
        value = text[match.start() : end].replace(" ", "")
        if count == length and not text[end : end + 1].isalnum():
            yield IdentifierInText(match.start(), end, value, not is_iban(value))


_CARD = re.compile(r"(?<![\w.-])[3-6]\d{3}(?:[ -]?\d{4}){2}[ -]?\d{3,7}(?![\w-])")
_ISBN = re.compile(r"(?<![\w-])(?:97[89][ -]?)?\d(?:[ -]?\d){8}[ -]?[\dXx](?![\w-])")


def _cards(text: str) -> Iterator[IdentifierInText]:
    for match in _CARD.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        if 13 <= len(digits) <= 19 and is_luhn(digits):
            yield IdentifierInText(match.start(), match.end(), digits)


def _isbns(text: str) -> Iterator[IdentifierInText]:
    for match in _ISBN.finditer(text):
        value = re.sub(r"[ -]", "", match[0]).upper()
        if is_isbn(value) and (len(value) == 13 or "ISBN" in text[max(0, match.start() - 12) : match.start()].upper()):
            yield IdentifierInText(match.start(), match.end(), value)


_VAT = re.compile(
    r"(?<![^\W_])(?:ATU ?\d{8}|BE ?[01]?\d{9}|BG ?\d{9,10}|CHE[- ]?\d{3}\.?\d{3}\.?\d{3}(?: ?(?:MWST|TVA|IVA))?|CY ?\d{8}[A-Z]"
    r"|CZ ?\d{8,10}|DE ?\d{3} ?\d{3} ?\d{3}|DK ?\d{2} ?\d{2} ?\d{2} ?\d{2}|EE ?\d{9}|EL ?\d{9}|ES ?[A-Z0-9]\d{7}[A-Z0-9]|FI ?\d{8}"
    r"|FR ?[A-Z0-9]{2} ?\d{3} ?\d{3} ?\d{3}|GB ?\d{3} ?\d{4} ?\d{2}(?: ?\d{3})?|HR ?\d{11}|HU ?\d{8}|IE ?\d[A-Z0-9]\d{5}[A-Z]{1,2}"
    r"|IT ?\d{11}|LT ?\d{9}(?:\d{3})?|LU ?\d{8}|LV ?\d{11}|MT ?\d{8}|NL ?\d{9}B\d{2}|PL ?\d{3}-?\d{3}-?\d{2}-?\d{2}|PT ?\d{9}"
    r"|RO ?\d{2,10}|SE ?\d{12}|SI ?\d{8}|SK ?\d{10})(?![^\W_])"
)
_PHONE = re.compile(
    r"(?<![\w.,/-])(?:(?:\+|00)[1-9]\d{0,2}[ .\-/]?(?:\(\d{1,4}\)[ .\-/]?)?\d{1,5}(?:[ .\-/]{1,3}\d{2,9}){0,5}|\(\d{2,5}\)[ .\-/]?\d{2,5}"
    r"(?:[ .\-/]{1,3}\d{2,8}){0,4}|0\d{1,4}(?:[ .\-/]{1,3}\d{2,9}){1,5}|0\d{8,10}|1?[-. ]?\d{3}[-.]\d{3}[-.]\d{4}"
    r"|1[- ]\d{3}[- ]\d{2,3}[- ]\d{3,4})"
    r"(?![\w])(?![.,/-]\d)"
)
_LABELLED_PHONE = re.compile(
    r"(?:(?:tel(?:e?phone|efon|efax)?|t[ée]l|phone|fon|fax|mobile?|handy|hp|call|whatsapps?|hotline)(?:[ .]?(?:no|nr|number))?"
    r"|(?<![^\W_])[tf](?=:))[ .:#)]{0,4}(?P<number>\+?\(?\d[\d ().\-/]{5,18}\d)(?!\w)"
)
"""In lower case."""


def _phones(text: str) -> Iterator[IdentifierInText]:
    seen: set[int] = set()
    for start, end in [
        *(match.span("number") for match in _LABELLED_PHONE.finditer(lowered(text))),
        *(match.span() for match in _PHONE.finditer(text)),
    ]:
        value = text[start:end]
        if start in seen or not 7 <= sum(character.isdecimal() for character in value) <= 15:
            continue
        is_date = re.fullmatch(r"\d{1,2}([./-])\d{1,2}\1(?:\d{4}|\d\d)", value) is not None
        if is_date or value.count("/") > 1:  # 0714/0601/00601 is a code
            continue
        seen.add(start)
        yield IdentifierInText(start, end, value)


_POST_CODE = re.compile(
    r"(?<![\w.,/-])(?:(?P<gb>[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})|(?P<ca>[A-Z]\d[A-Z] \d[A-Z]\d)|(?P<nl>[1-9]\d{3} ?[A-Z]{2}(?= [A-Z]))"
    r"|(?:(?<=[A-Z]{2} )|(?<=[A-Z]{2}, )|(?<=[A-Z]{2}  ))(?P<us>\d{5}(?:-\d{4})?)"
    r"|(?:(?:D|A|CH|F|L|B|I|E|DE|AT|FR|NL|PL|SE|DK)[- ])?(?P<eu>\d{4,5}|\d{3} \d{2}|\d{2}-\d{3})(?=[,.]? [^\W\d_]{2})"
    r"|(?<=[^\W\d_][ ,])(?P<end>\d{5})(?=[.,]?(?:\n|$)))(?![\w-])"
)


def _post_codes(text: str) -> Iterator[IdentifierInText]:
    for match in _POST_CODE.finditer(text):
        group = match.lastgroup or "eu"
        if re.fullmatch(r"(?:19|20)\d\d", match[group]):  # a year
            continue
        yield IdentifierInText(match.start(group), match.end(group), match[group])


_CODE = re.compile(r"(?<![^\W_])(?<![^\W_][-/_.])(?<!\d,)#?[^\W_][\w\-/.#]{0,38}[^\W_](?![^\W_])")
_LABEL = re.compile(r"(?:no|nr|num|inv|ref|id|art)[.#:]+(?=\w)", re.IGNORECASE)
_AMOUNT = re.compile(r"\d{1,3}(?:[.,]\d{3})*[.,]\d{1,2}|\d{1,3}|\d+[.,]\d{1,4}|\d{1,2}[./-]\d{1,2}(?:[./-]\d{2,4})?")
_UNIT_NUMBER = re.compile(r"\d+(?:[.,]\d+)?(?:st|nd|rd|th|[xX]|[kK][gG]|[mM][lLmM]|[cC][mM]|[gGlLmM]|[pP][cC][sS])")


def _codes(text: str) -> Iterator[IdentifierInText]:
    """Tokens of digits, or of letters and digits: invoice numbers, registration numbers, order numbers."""
    for match in _CODE.finditer(text):
        value, start = match[0], match.start()
        if label := _LABEL.match(value):
            value, start = value[label.end() :], start + label.end()
        stem = value.rstrip("./-#")
        if (
            not any(character.isdecimal() for character in stem)
            or _AMOUNT.fullmatch(stem)
            or _UNIT_NUMBER.fullmatch(stem)
        ):
            continue
        yield IdentifierInText(start, start + len(stem), stem)


def _vats(text: str) -> Iterator[IdentifierInText]:
    for match in _VAT.finditer(text):
        value = re.sub(r"[ .-]", "", match[0])
        yield IdentifierInText(match.start(), match.end(), value, vat_holds(value) is False)


_FINDERS: dict[str, Callable[[str], Iterator[IdentifierInText]]] = {
    "email": _emails,
    "url": _urls,
    "iban": _ibans,
    "card": _cards,
    "isbn": _isbns,
    "vat": _vats,
    "phone": _phones,
    "postcode": _post_codes,
    "identifier": _codes,
}
KINDS = frozenset(_FINDERS)
"""What `find_identifiers` finds."""
