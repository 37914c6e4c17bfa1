"""Check digits of European VAT numbers, by the rules that the tax offices publish.

No library does this under a permissive licence (see ADR 0012); countries whose rule is not here are told by their form alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable


def is_luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of the others by Luhn's rule."""
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + position % 2)
        total += value - 9 * (value > 9)
    return total % 10 == 0


def vat_holds(number: str) -> bool | None:
    """Whether the check digits of a VAT number without spaces, dots and dashes hold; None for countries without a known rule."""
    country = "CHE" if number.startswith("CHE") else number[:2]
    rule = _RULES.get(country)
    if rule is None:
        return None
    form, holds = rule
    match = re.fullmatch(form, number[len(country) :])
    return match is not None and holds(match[1])


def _weighted(digits: str, *weights: int) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))


def _austria(digits: str) -> bool:
    total = sum(sum(map(int, str(int(digit) * (1 + position % 2)))) for position, digit in enumerate(digits[:7]))
    return (10 - (total + 4) % 10) % 10 == int(digits[7])


def _belgium(digits: str) -> bool:
    digits = digits.zfill(10)
    return 97 - int(digits[:8]) % 97 == int(digits[8:])


def _switzerland(digits: str) -> bool:
    return (11 - _weighted(digits, 5, 4, 3, 2, 7, 6, 5, 4) % 11) % 11 == int(digits[8])


def _germany(digits: str) -> bool:
    product = 10
    for digit in digits[:8]:
        product = 2 * ((int(digit) + product) % 10 or 10) % 11
    return (11 - product) % 10 == int(digits[8])


def _denmark(digits: str) -> bool:
    return _weighted(digits, 2, 7, 6, 5, 4, 3, 2, 1) % 11 == 0


_DNI = "TRWAGMYFPDXBNJZSQVHLCKE"


def _spain(value: str) -> bool:
    first, middle, last = value[0], value[1:8], value[8]
    if first.isdecimal() or first in "XYZ":  # persons
        return _DNI[int(first.translate(str.maketrans("XYZ", "012")) + middle) % 23] == last
    total = sum(int(digit) for digit in middle[1::2]) + sum(sum(map(int, str(2 * int(digit)))) for digit in middle[::2])
    check = (10 - total % 10) % 10
    return last in (str(check), "JABCDEFGHI"[check])


def _finland(digits: str) -> bool:
    return (11 - _weighted(digits, 7, 9, 10, 5, 8, 4, 2) % 11) % 11 == int(digits[7])


def _france(value: str) -> bool:
    key, siren = value[:2], value[2:]
    if not siren.startswith("000") and not is_luhn(siren):  # Monaco's begin with 000
        return False
    return not key.isdecimal() or int(key) == (12 + 3 * (int(siren) % 97)) % 97


def _united_kingdom(digits: str) -> bool:
    total = _weighted(digits, 8, 7, 6, 5, 4, 3, 2) + int(digits[7:9])
    return total % 97 == 0 or (total + 55) % 97 == 0


def _ireland(value: str) -> bool:
    total = _weighted(value, 8, 7, 6, 5, 4, 3, 2) + (9 * (ord(value[8]) - 64) if len(value) > 8 else 0)
    return "WABCDEFGHIJKLMNOPQRSTUV"[total % 23] == value[7]


def _luxembourg(digits: str) -> bool:
    return int(digits[:6]) % 89 == int(digits[6:])


def _netherlands(value: str) -> bool:
    by_owner = (_weighted(value, 9, 8, 7, 6, 5, 4, 3, 2) - int(value[8])) % 11 == 0
    spelled = "".join(str(int(character, 36)) for character in f"NL{value}")
    return by_owner or int(spelled) % 97 == 1


def _poland(digits: str) -> bool:
    return _weighted(digits, 6, 5, 7, 2, 3, 4, 5, 6, 7) % 11 == int(digits[9])


def _portugal(digits: str) -> bool:
    check = 11 - _weighted(digits, 9, 8, 7, 6, 5, 4, 3, 2) % 11
    return (0 if check > 9 else check) == int(digits[8])


def _sweden(digits: str) -> bool:
    return is_luhn(digits[:10])


_RULES: dict[str, tuple[str, Callable[[str], bool]]] = {
    "AT": (r"U(\d{8})", _austria),
    "BE": (r"([01]?\d{9})", _belgium),
    "CHE": (r"(\d{9})(?:MWST|TVA|IVA)?", _switzerland),
    "DE": (r"(\d{9})", _germany),
    "DK": (r"(\d{8})", _denmark),
    "ES": (r"([A-Z0-9]\d{7}[A-Z0-9])", _spain),
    "FI": (r"(\d{8})", _finland),
    "FR": (r"([A-Z0-9]{2}\d{9})", _france),
    "GB": (r"(\d{9})(?:\d{3})?", _united_kingdom),
    "IE": (r"(\d{7}[A-W][A-I]?)", _ireland),
    "IT": (r"(\d{11})", is_luhn),
    "LU": (r"(\d{8})", _luxembourg),
    "NL": (r"(\d{9}B\d{2})", _netherlands),
    "PL": (r"(\d{10})", _poland),
    "PT": (r"(\d{9})", _portugal),
    "SE": (r"(\d{12})", _sweden),
}
"""Country → (form of what follows, rule over its first group)."""
