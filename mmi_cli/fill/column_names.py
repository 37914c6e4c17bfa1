"""What the columns of a list of goods hold, by the words of their headings and of the fields that ask for them, in seven languages."""

# ruff: noqa: E501 - a row a form
from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

Sense = Literal[
    "description",
    "quantity",
    "unit",
    "unit_price",
    "amount",
    "code",
    "position",
    "date",
    "tax_rate",
    "tax_amount",
    "discount",
]

NUMERIC: frozenset[str] = frozenset({"quantity", "unit_price", "amount", "tax_rate", "tax_amount", "discount"})

_TAX = r"(?:tax(?:es)?|taxe|vat|gst|hst|mwst|ust|steuer\w*|umsatzsteuer|mehrwertsteuer|tva|iva|btw|moms)"
_WITHOUT = re.compile(rf"\b(?:ohne|without|w o|excl\w*|exkl\w*|before|hors|sin|senza|net of)\b.*\b{_TAX}\b|\bht\b")
_WITH = re.compile(rf"\b(?:incl\w*|inkl\w*|with|mit|avec|con|com)\b.*\b{_TAX}\b|\bttc\b")
_IS_TAX = re.compile(rf"\b{_TAX}\b|\b(?:steuer|ust|mwst)\w*")
_RATE = re.compile(r"\b(?:rate|satz|taux|tipo|aliquota)\b|satz\b|\bin\b|\bprozent\b|\bpercent\b")

# (sense, form of the heading or name, how surely it means that); forms match the whole unless they say otherwise.
_FORMS: tuple[tuple[Sense, re.Pattern[str], float], ...] = tuple(
    (sense, re.compile(form), score)  # type: ignore[misc]
    for sense, form, score in (
        ("description", r"(?:item |product |article |service |goods )?(?:descriptions?|name|title|text)|details|particulars|goods|services?", 1.0),
        ("description", r"(?:artikel|produkt|leistungs|waren|positions)?(?:beschreibung|bezeichnung|text)|leistung", 1.0),
        ("description", r"d[ée]signation|libell[ée]|descripci[óo]n|descri[çc][ãa]o|descrizione|concepto|prestations?|produit|produits|omschrijving|prodotto|produto", 1.0),
        ("description", r"items?|products?|articles?|artikel|produkt|ware|articulos?|art[íi]culos?|articolo|activity|work|task", 0.85),
        ("description", r".*(?:description|beschreibung|bezeichnung|d[ée]signation|descripci[óo]n)\b.*", 0.75),
        ("quantity", r"(?:item )?(?:quantity|quantities|qty|qnty|qnt|count|units?|pieces|pcs|hours|hrs|days|nights)(?: ordered| shipped| billed)?", 1.0),
        ("quantity", r"(?:bestell|liefer)?menge|anzahl|stk|st[üu]ck|stunden|quantit[éeà]s?|qt[ée]s?|cantidad|cant|aantal|hoeveelheid|stuks|quantidade|qtd|q t[ée]", 1.0),
        ("quantity", r".*\b(?:quantity|qty|menge|anzahl|quantit[ée])\b.*", 0.7),
        ("unit", r"(?:quantity |mengen ?|meng )?(?:units?|einheit|einh|me)|u ?o? ?m|unit of (?:measure|measurement)|unit[ée]|unidad|u m|eenheid", 1.0),
        ("unit_price", r"(?:unit|item|net|list)?(?: |-)?(?:unit )?(?:price|cost|rate)(?: each)?|unit|each|p u(?: ht)?|pu|ppu", 0.95),
        ("unit_price", r"price (?:per|each|a) ?(?:unit|piece|item)?|unit (?:price|cost|rate|amount|value).*", 1.0),
        ("unit_price", r"(?:einzel|st[üu]ck|einheits|e|netto|brutto|vk|listen)? ?preis(?: (?:einheit|pro|je|st[üu]ck|netto).*)?|einzelbetrag", 1.0),
        ("unit_price", r"prix(?: unitaire)?(?: ht| net)?|prix unit.*|precio(?: unitario)?|prezzo(?: unitario)?|pre[çc]o(?: unit[áa]rio)?|tarif|prijs|prijs per (?:stuk|eenheid)|(?:stuk|eenheids)prijs", 0.9),
        ("amount", r"(?:line|row|item|net|total|ext|extended|sub)? ?(?:total|amount|sum|value)s?(?: amount| price| net| due)?|line price", 1.0),
        ("amount", r"(?:total|extended|ext|line) price|net (?:amount|total)|charge|subtotal|total cost", 1.0),
        ("amount", r"(?:gesamt|positions|netto|zeilen|rechnungs|end)?(?:betrag|summe|wert)(?: (?:ohne|in|netto|eur|exkl|excl).*)?", 1.0),
        ("amount", r"gesamt(?:preis|betrag)?(?: .*)?|entgelt|summe|warenwert|total(?: \w{1,3})?", 1.0),
        ("amount", r"montant(?: .*)?|importe(?: .*)?|importo(?: .*)?|prix total(?: .*)?|total ht|valor|bedrag|totaal|totaal(?:prijs|bedrag)|prezzo totale|pre[çc]o total", 1.0),
        ("amount", r".*\b(?:total|amount|montant|importe)\b.*|.*(?:betrag|summe)\b.*", 0.7),
        ("amount", r"(?:price|preis|prix|precio|cost|prijs|prezzo|pre[çc]o)(?: .*)?", 0.5),
        ("code", r"(?:item|product|article|part|stock|material|catalog(?:ue)?|service) ?(?:code|no|number|num|id|nr)s?|sku|code|codes|upc|ean|gtin|model", 1.0),
        ("code", r"(?:unsere |ihre |pos |lief(?:eranten)? ?)?art(?:ikel)? ?(?:nr|nummer|no)(?: (?:lief\w*|kunde\w*|hersteller|art|nr))*|artikelnummer|r[ée]f(?:[ée]rence)?|referencia|c[óo]digo|codice|item", 0.9),
        ("position", r"pos(?:ition)?|line(?: ?(?:no|nr|number|num|item))?|no|nr|n|#|lfd(?: nr)?|ligne|row(?: number)?", 1.0),
        ("date", r"(?:service |item |delivery )?date|datum|fecha|data|day|tag", 1.0),
        ("discount", r"discount.*|disc|rem(?:ise)?|rabatt.*|nachlass|descuento|dto|sconto", 1.0),
    )
)  # fmt: skip


@lru_cache(maxsize=8192)
def senses(text: str) -> dict[Sense, float]:
    """What a heading, or the name of a field, can say of its column: sense → how surely, in (0, 1]."""
    plain = _plain(text)
    if not plain or len(plain) > 60:
        return {}
    if _IS_TAX.search(plain) and not _WITHOUT.search(plain) and not _WITH.search(plain):
        is_rate = "%" in text or _RATE.search(plain) is not None
        is_amount = re.search(r"amount|betrag|montant|importe", plain) is not None
        if is_rate:
            return {"tax_rate": 1.0}
        return {"tax_amount": 1.0} if is_amount else {"tax_amount": 0.8, "tax_rate": 0.6}
    found: dict[Sense, float] = {}
    for sense, form, score in _FORMS:
        if form.fullmatch(plain):
            found[sense] = max(found.get(sense, 0.0), score)
    return found


def _plain(text: str) -> str:
    """`Positions-\\nbetrag ohne USt.` → `positionsbetrag ohne ust`, `UnitPrice` → `unit price`."""
    spaced = re.sub(r"(?<=[a-zäöüßéèà])(?=[A-Z])", " ", text.replace("MwSt", "Mwst").replace("USt", "Ust"))
    joined = re.sub(r"(?<=[^\W\d_])-\s+(?=[^\W\d_])", "", spaced)
    without_currency = re.sub(r"[(\[].*?[)\]]|[€$£¥]|\b(?:EUR|USD|GBP|CHF)\b", " ", joined)
    return " ".join(re.sub(r"[\W_]+", " ", without_currency).casefold().split()) or ("#" if "#" in text else "")
