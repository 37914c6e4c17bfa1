"""Currency signs and codes as they stand beside amounts."""

# ruff: noqa: SIM905 - long word lists read better without quotes
from __future__ import annotations

import re

SIGNS = {
    "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "₩": "KRW", "₽": "RUB", "₺": "TRY", "₪": "ILS", "₫": "VND", "฿": "THB",
    "₴": "UAH", "₦": "NGN", "₱": "PHP", "zł": "PLN", "kč": "CZK", "ft": "HUF", "rm": "MYR", "r$": "BRL", "us$": "USD", "a$": "AUD",
    "c$": "CAD", "s$": "SGD", "hk$": "HKD", "nz$": "NZD", "rs": "INR", "rs.": "INR", "rp": "IDR", "euro": "EUR", "euros": "EUR",
    "dollar": "USD", "dollars": "USD", "sfr": "CHF", "fr.": "CHF", "$": "USD", "dh": "MAD", "dhs": "MAD", "円": "JPY",
    "元": "CNY", "원": "KRW", "บาท": "THB", "ש״ח": "ILS", 'ש"ח': "ILS", "ر.س": "SAR", "د.إ": "AED", "руб": "RUB", "грн": "UAH",
}  # fmt: skip
"""Lower-case sign or word → ISO 4217; `$` alone is taken for USD."""

CODES = frozenset(
    "AED ARS AUD BGN BRL CAD CHF CLP CNY COP CZK DKK EGP EUR GBP HKD HUF IDR ILS INR ISK JPY KES KRW KWD MAD MXN MYR NGN NOK NZD "
    "PEN PHP PKR PLN QAR RON RSD RUB SAR SEK SGD THB TND TRY TWD UAH USD UYU VND ZAR DEM FRF".split()
)
"""ISO 4217, the usual ones; DEM and FRF for older papers."""

_WORDS = sorted((*SIGNS, *(code.lower() for code in CODES)), key=len, reverse=True)
CURRENCY = "(?:" + "|".join(re.escape(word) for word in _WORDS) + ")"
"""Regular expression of any sign or code, for use with IGNORECASE."""
FIRST_OF_CURRENCY = "".join(sorted({re.escape(word[0]) for word in _WORDS}))
"""Inside of a character class: what a sign or code begins with, so that a search can pass over all else quickly."""


def currency_code(text: str) -> str | None:
    """ISO 4217 code of a sign, a code or a word."""
    text = text.strip().lower()
    return SIGNS.get(text) or (text.upper() if text.upper() in CODES else None)
