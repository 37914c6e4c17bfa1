"""What the words beside an amount, or the name of a field, say of it: net or gross, tax, due, paid, change, …"""

from __future__ import annotations

import re
from functools import cache

from ..datamodel.schema import Field

# ruff: noqa: SIM905 - long word lists read better without quotes
_MEANINGS = {
    "sum": "total totals sum summe gesamt gesamtbetrag gesamtsumme amount amounts amt betrag summen montant importe importo totale "
    "totaal insgesamt jumlah somme monto bedrag complessivo totais",
    "gross": "gross grand brutto bruttobetrag bruttosumme bruttowert rechnungsbetrag rechnungssumme endbetrag endsumme "
    "gesamtbetrag ttc "
    "rounded nett factuurbedrag totaalbedrag eindtotaal",
    "net": "net netto nettobetrag nettosumme nettowert nettopreis ht subtotal sub zwischensumme warenwert taxable basis base "
    "basisbetrag "
    "untaxed imponible subtotaal nettobedrag grondslag tussentotaal imponibile ilíquido",
    "lines": "line lines item items position positionen positionssumme positionsbetrag article articles goods merchandise zeilen "
    "lignes",
    "tax": "tax taxes gst vat sst mwst ust umsatzsteuer mehrwertsteuer steuer steuern steuerbetrag ustbetrag mwstbetrag tva iva "
    "btw hst "
    "pst taxe impuesto imposta steuersumme btwbedrag imposto",
    "due": "due payable pay balance zahlbetrag zahlen fällig faellig offen payer pagar outstanding owed owing zahlungsbetrag "
    "remaining residual restant solde saldo betalen voldoen openstaand pagare liquidar",
    "paid": "paid cash tender tendered tenders received given gegeben bar cb espèces efectivo card visa mastercard debit credit "
    "payment "
    "deposit prepaid anzahlung anzahlungen advance vorauszahlung acompte accepted ideal rembours betaald contant voldaan "
    "vooruitbetaald contanti pagato pago sinal acconto",
    "earlier": "previous prior earlier unpaid forward opening brought past overdue arrears vortrag saldovortrag übertrag rückstand "
    "rückständig altsaldo antérieur précédent anterior precedente arretrati",
    "change": "change rückgeld wechselgeld rendu cambio zurück wisselgeld resto troco",
    "discount": "discount discounts rabatt skonto allowance allowances abschlag abschläge remise descuento sconto savings saved "
    "rebate commission korting desconto",
    "charge": "charge charges zuschlag zuschläge shipping freight delivery versand versandkosten porto frais livraison tip gratuity "
    "service handling postage fee fees surcharge verzendkosten toeslag spedizione spese portes",
    "rounding": "rounding rundung arrondi afronding arrotondamento arredondamento",
    "quantity": "qty quantity quantities quantité menge anzahl pcs pieces count units hours stk stück items aantal hoeveelheid "
    "stuks quantità quantidade",
    "unit": "unit each per price prices rate bruttopreis einzelpreis stückpreis unitaire unitario preis prix precio uprice "
    "stukprijs eenheidsprijs prijs prezzo preço unitário",
}  # fmt: skip
_WORDS = {word: meaning for meaning, words in reversed(_MEANINGS.items()) for word in words.split()}
_ALSO = {
    "positionssumme": ("lines", "sum"),
    "gesamtbetrag": ("sum", "gross"),
    "items": ("lines", "quantity"),
    "subtotal": ("sum", "net"),
    "nettopreis": ("net", "unit"),
    "bruttopreis": ("gross", "unit"),
    "nett": ("gross",),
    "subtotaal": ("sum", "net"),
    "totaalbedrag": ("sum", "gross"),
    "eindtotaal": ("sum", "gross"),
    "factuurbedrag": ("sum", "gross"),
}
_MEANS = {word: frozenset(_ALSO.get(word, (meaning,))) for word, meaning in _WORDS.items()}

_WITH = frozenset(
    "incl including inclusive included inc with mit inkl inklusive inclus comprise incluido con ttc enthalten inclusief "
    "compreso".split()
)
_WITHOUT = frozenset(
    "excl excluding exclusive excluded exc without before ohne exkl zzgl zuzüglich hors sin senza plus no ex basis base exclusief "
    "esclusa escluso sem".split()
)
_MONEY = re.compile(
    r"(?<![^\W_])(?:amounts?|totals?|sum|price|cost|fees?|payments?|balance|tax(?:es)?|vat|gst|net|gross|subtotal|paid|due|charges?|"
    r"discount|"
    r"salary|wages?|deposit|premium|rent|revenue|credit|debit|money|dollars?|euros?|tip|betrag|summe|preis|kosten|steuer|montant|prix|"
    r"importe|"
    r"precio)(?![^\W_])"
)  # fmt: skip
_NO_MONEY = re.compile(
    r"(?<![^\W_])(?:percent\w*|rates?|quantity|count|how many|number of|qty|hours|weight|page|age)(?![^\W_])"
)

OWN_NAME_ONLY = frozenset({"paid", "earlier", "change", "discount", "charge", "rounding", "quantity", "unit"})
"""Meanings that a field has only by its name: "amount paid, tax included" describes a total."""
_WORD = re.compile(r"[^\W\d_]+")


def is_money(field: Field) -> bool:
    """Whether a number field asks for an amount of money."""
    if field.type != "number":
        return False
    name = " ".join((_spaced(field.name), *field.aliases)).casefold()
    if _NO_MONEY.search(name):
        return False
    return bool(
        _MONEY.search(name) or (_MONEY.search(field.description.casefold()) and not _NO_MONEY.search(field.description))
    )


def is_amount_of_bill(field: Field) -> bool:
    """Whether every word of a field's name is one of bills, which names amounts in many ways: `gross_amount`, but not `total_income`."""
    return all(word in _MEANS for word in _WORD.findall(_spaced(field.name)))


@cache
def meanings_of(field: Field) -> frozenset[str]:
    name = meanings(_spaced(field.name))
    told = frozenset().union(*(meanings(phrase) for phrase in (field.description, *field.aliases[:3])))
    clear = name & {"tax", "net", "gross", "due"}
    if clear:  # what the name says, the description cannot turn into its opposite
        told -= (
            {"net": {"gross", "tax"}, "gross": {"net", "tax"}, "tax": {"net", "gross"}}.get(min(clear), set())
            if len(clear) == 1
            else set()
        )
    return name | (told - OWN_NAME_ONLY)


@cache
def meanings(text: str) -> frozenset[str]:
    """What a label says of its amount: `Total Incl. GST` → sum, gross; `Rechnungssumme ohne USt.` → gross, net."""
    words = list(_WORD.findall(text.casefold().replace("u/price", "uprice")))
    out: set[str] = set()
    for at, word in enumerate(words):
        means = _MEANS.get(word, frozenset())
        if "tax" in means:
            before, after = words[max(0, at - 3) : at], words[at + 1 : at + 2]
            if _WITHOUT.intersection(before) or _WITHOUT.intersection(after):
                means = frozenset({"net"})
            elif _WITH.intersection(before) or _WITH.intersection(words[at + 1 : at + 3]):
                means = frozenset({"gross"})
        elif word in ("excl", "excluding", "exclusive", "exclusief"):
            means = frozenset({"net"})
        elif word in ("incl", "including", "inclusive", "inclusief"):
            rest = words[at + 1 : at + 4]  # `Incl. gift wrap` is another thing
            means = frozenset({"gross"} if not rest or any("tax" in _MEANS.get(one, ()) for one in rest) else ())
        out |= means
    if "net" in out and "gross" in out and not {"gross", "brutto"}.intersection(words):
        out.discard("gross")  # `Rechnungssumme ohne USt.`
    return frozenset(out)


def _spaced(name: str) -> str:
    return re.sub(r"[\W_]+", " ", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)).casefold()
