"""Check digits and shapes of identifiers: IBAN, card number, ISBN, VAT number."""

from __future__ import annotations


def is_luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of a card number."""
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + position % 2)
        total += value - 9 * (value > 9)
    return total % 10 == 0
