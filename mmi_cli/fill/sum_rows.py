"""Tells the rows of sums, and of what a page carries over, from the rows of goods."""

# ruff: noqa: E501 - long word lists read better whole
from __future__ import annotations

import re

_TOTAL_ROW = re.compile(
    r"^\W*(?:(?:zzgl|plus|inkl|incl)\.?\s+)?(?:\d{1,2}(?:[.,]\d+)?\s*%\s*)?(?:sub\s?-?total|total|grand total|net total|summe|gesamt\w*|zwischensumme|netto\w*|brutto\w*|(?:sub|tussen|eind)?totaal\w*|excl\w* btw|btw|imponibile|imposta|totale|mwst|ust|vat|tax|gst|tva|iva|"
    r"sous-total|montant total|importe total|balance due|amount due|(?:page|seiten?)[ -]?(?:sub)?(?:total|summe)|"
    r"(?:sales|value added) tax|(?:positions|rechnungs|beleg)summen?|umsatzsteuer|mehrwertsteuer|zahlbetrag|endbetrag)\b",
    re.IGNORECASE,
)  # fmt: skip
_CARRIED = re.compile(
    r"^\W*(?:(?:sub ?total|total|balance|amount)?[ ,]*(?:carried|brought) (?:forward|over|down)|[cb]/[fd]|(?:saldo)?[üu]e?bertrag\w*|"
    r"(?:saldo)?vortrag|[àa] reporter|report(?: (?:de la )?page.*)?|suma y sigue|suma anterior|(?:a )?riport(?:o|are)|"
    r"(?:continued|fortsetzung)\b.*)"
    r"(?:[ :]*(?:(?:from|to|von|auf|de|da) )?(?:(?:next|previous|last) )?(?:page|seite|pagina|página)?\W*\d{0,4})?\W*$",
    re.IGNORECASE,
)
"""What a page carries over to the next."""


_BALANCE = re.compile(
    r"^\W*(?:(?:opening|closing|beginning|ending|starting|final|previous|new|available) balance|balance (?:at|on|as of)\b.*|"
    r"(?:anfangs|end|schluss)saldo|(?:alter|neuer) (?:konto)?(?:saldo|stand)|(?:ancien|nouveau) solde|solde (?:initial|final|précédent)|"
    r"saldo (?:inicial|final|anterior|iniziale|finale))\b\W*$",
    re.IGNORECASE,
)
"""What stands on an account before and after its movements."""
_PAID = re.compile(
    r"^\W*(?:cash|change|tender(?:ed)?|rounding|round(?:ing)? (?:amt|amount|adj\w*)|bar(?:geld|zahlung)?|gegeben|rückgeld|wechselgeld|espèces|"
    r"rendu|monnaie|efectivo|cambio|entregado|visa|master ?card|debit(?: card)?|credit card|karte(?:nzahlung)?|carte(?: bancaire)?|tarjeta)"
    r"(?: (?:received|due|amount|paid|tendered|gegeben))?\W*(?:\(?[a-z]{2,3}\)?)?\W*$",
    re.IGNORECASE,
)
"""How it was paid, and what came back."""


_GOES_ON = re.compile(r"[^\W\dA-Z_]|[(,&/+]")
_IS_OPEN = re.compile(
    r"(?:[-,&/+(]|\b(?:and|or|with|for|of|in|und|mit|für|von|et|avec|pour|de|du|y|con|para|e))\s*$", re.IGNORECASE
)


def goes_on(before: str, text: str) -> bool:
    """Whether a text without numbers beside it ends the name that a page break has parted, rather than being a heading of its own."""
    return bool(text) and (
        (_GOES_ON.match(text) is not None and text[0] == text[0].lower()) or _IS_OPEN.search(before) is not None
    )


def is_sum(text: str) -> bool:
    """Whether a cell says that its row is a sum, a payment or what a page carries over."""
    return any(form.match(text) is not None for form in (_TOTAL_ROW, _CARRIED, _BALANCE, _PAID))
