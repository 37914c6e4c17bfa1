"""What papers call themselves at their top, in seven languages, and which of them a category can mean."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import lru_cache

# ruff: noqa: E501 - long word lists read better whole
# Sense → the words that papers of the kind bear as a title; `|` parts them.
_TITLES = {
    "invoice": "invoice|tax invoice|commercial invoice|bill|rechnung|warenrechnung|handelsrechnung|schlussrechnung|facture|factura|fattura|"
    "factuur|fatura",
    "credit_note": "credit note|credit memo|gutschrift|avoir|nota de crédito|nota di credito|creditnota|stornorechnung",
    "receipt": "receipt|tax invoice|invoice|sales receipt|cash receipt|cash bill|cash sales|till receipt|simplified tax invoice|quittung|kassenbon|kassenbeleg|reçu|"
    "ticket de caisse|recibo|ticket|scontrino|ricevuta|kassabon|bon",
    "order": "purchase order|order|sales order|insertion order|order confirmation|bestellung|auftrag|auftragsbestätigung|bon de commande|"
    "commande|pedido|orden de compra|ordine|bestelling|order form|broadcast order|contract agreement between",
    "quote": "quotation|quote|estimate|offer|angebot|kostenvoranschlag|devis|presupuesto|preventivo|offerte|orçamento",
    "delivery_note": "delivery note|packing slip|packing list|lieferschein|bon de livraison|albarán|bolla di consegna|pakbon|guia de remessa",
    "contract": "agreement|contract|confidentiality agreement|non disclosure agreement|nondisclosure agreement|confidential disclosure agreement|"
    "mutual confidentiality agreement|lease|lease agreement|employment agreement|service agreement|deed|memorandum of understanding|vertrag|"
    "vereinbarung|mietvertrag|arbeitsvertrag|contrat|accord|contrato|acuerdo|contratto|accordo|overeenkomst|contrato de arrendamento",
    "bank_statement": "bank statement|account statement|statement of account|statement|kontoauszug|relevé de compte|relevé bancaire|"
    "extracto bancario|extracto de cuenta|estado de cuenta|estratto conto|rekeningafschrift|bankafschrift|extrato bancário",
    "pay_slip": "pay slip|payslip|pay stub|paystub|earnings statement|payroll statement|wage slip|salary slip|gehaltsabrechnung|lohnabrechnung|"
    "entgeltabrechnung|bulletin de paie|fiche de paie|nómina|busta paga|loonstrook|recibo de vencimento",
    "w2": "wage and tax statement|form w 2|w 2",
    "1099": "form 1099|1099 int|1099 div|1099 nec|1099 misc|interest income|dividends and distributions|nonemployee compensation|"
    "miscellaneous information",
    "1040": "form 1040|u s individual income tax return|individual income tax return",
    "insurance_policy": "insurance policy|policy declarations|declarations|policy schedule|certificate of insurance|versicherungsschein|"
    "versicherungspolice|police d'assurance|contrat d'assurance|póliza de seguro|polizza|verzekeringspolis|apólice",
    "insurance_claim": "claim form|insurance claim|notice of loss|proof of loss|claim|schadenmeldung|schadensanzeige|déclaration de sinistre|"
    "parte de accidente|denuncia di sinistro|schadeaangifte|participação de sinistro",
    "letter": "letter|brief|lettre|carta|lettera",
    "report": "report|annual report|bericht|geschäftsbericht|rapport|informe|relazione|relatório|summary",
    "id_document": "passport|identity card|driver license|driving licence|driver s license|personalausweis|reisepass|führerschein|passeport|"
    "carte d'identité|permis de conduire|pasaporte|documento de identidad|passaporto|carta d'identità|rijbewijs",
    "resume": "resume|curriculum vitae|cv|lebenslauf",
    "form": "application form|application|antrag|formular|formulaire|solicitud|formulario|modulo|aanvraag",
    "minutes": "minutes|minutes of meeting|protokoll|procès verbal|acta|verbale|notulen",
}
# Words that papers of a kind hold and others seldom do.
_TYPICAL = {
    "invoice": "due|payment terms|terms of payment|bill to|invoice date|invoice number|iban|bic|bank details|zahlbar|fällig|rechnungsnummer|"
    "rechnungsdatum|kundennummer|skonto|échéance|siret|vencimiento|scadenza|vervaldatum|purchase order|unit price|remit",
    "receipt": "cash|change|cashier|tender|tendered|till|table|thank you|rounding|visa|mastercard|debit|card|items sold|goods sold|exchange|"
    "refund|bar|rückgeld|kasse|bon|beleg|espèces|rendu|caissier|efectivo|cambio|contanti|resto|approval|terminal|receipt",
    "order": "order|ship to|deliver to|delivery date|requested|buyer|vendor|supplier|quantity ordered|flight|spots|advertiser|agency|"
    "account executive|bestellnummer|liefertermin|lieferanschrift|commande|pedido|authorized by",
    "contract": "whereas|hereby|hereto|hereof|herein|thereof|party|parties|shall|agreement|witness|governing law|terminate|termination|"
    "confidential|obligations|vertragspartner|vereinbaren|kündigung|parties conviennent|las partes|executed|undersigned|pursuant",
    "bank_statement": "opening balance|closing balance|balance|withdrawals|deposits|statement period|account number|transaction|transactions|"
    "debit|credit|kontostand|buchung|valuta|saldo|solde|iban|sort code|overdraft|interest",
    "pay_slip": "gross pay|net pay|deductions|pay period|ytd|employee|earnings|hours|federal|social security|medicare|brutto|netto|"
    "sozialversicherung|lohnsteuer|rate|overtime|bruttolohn|salaire|cotisations",
    "w2": "wages|federal income tax withheld|social security wages|medicare wages|employer|ein|employee s social security number|tips|w 2|"
    "nonqualified plans|dependent care",
    "1099": "payer|recipient|1099|recipient s tin|payer s tin|nonemployee|dividends|interest income|backup withholding|account number",
    "1040": "1040|filing status|dependents|adjusted gross income|standard deduction|taxable income|spouse|itemized|refund",
    "insurance_policy": "policy|policy number|coverage|premium|deductible|insured|liability|policy period|limits|named insured|endorsement|"
    "versicherungsnehmer|versicherungsschein|prime|assuré|póliza|prima",
    "insurance_claim": "claim|claim number|date of loss|loss|damage|claimant|adjuster|incident|accident|police report|schaden|schadentag|sinistre|"
    "siniestro|insured",
    "id_document": "nationality|date of birth|place of birth|surname|given names|sex|date of expiry|document no|identity|passport",
    "resume": "experience|education|skills|employment|references|university|objective",
    "delivery_note": "delivered|packages|weight|carrier|ship to|lieferschein|gewicht|colis|packing",
    "quote": "valid until|quotation|estimate|offer|gültig bis|angebot|devis|validité",
    "minutes": "present|apologies|agenda|action|minutes|attendees|resolved",
    "letter": "dear|sincerely|regards|yours|geehrte|grüßen|madame|monsieur|cordialement|estimado",
}
_TYPICAL_PHRASES = {sense: tuple(f" {phrase} " for phrase in phrases.split("|")) for sense, phrases in _TYPICAL.items()}
_SENSES: dict[str, tuple[str, ...]] = {}
for _sense, _titles in _TITLES.items():
    for _title in _titles.split("|"):
        _plain = " ".join(re.findall(r"[^\W_]+", _title.casefold()))
        _SENSES[_plain] = (*_SENSES.get(_plain, ()), _sense)
_LONGEST = max(title.count(" ") for title in _SENSES) + 1
_MAX_WORDS = 8
"""Of a line that can be a title."""


@lru_cache(maxsize=4096)
def title_senses(line: str) -> dict[str, float]:
    """What kinds of paper a line at the top can name: sense → how much of the line is the name, in (0, 1]."""
    words = re.findall(r"[^\W_]+", line.casefold())
    if not words or len(words) > _MAX_WORDS:
        return {}
    found: dict[str, float] = {}
    covered = [False] * len(words)
    for length in range(min(_LONGEST, len(words)), 0, -1):
        for at in range(len(words) - length + 1):
            senses = _SENSES.get(" ".join(words[at : at + length]), ())
            if senses and not any(covered[at : at + length]):
                covered[at : at + length] = [True] * length
                for position, sense in enumerate(senses):  # what a kind shares with another says less of it
                    found[sense] = max(found.get(sense, 0.0), length / len(words) * (0.8 if position else 1.0))
    return found


def senses_of(texts: Sequence[str]) -> frozenset[str]:
    """Kinds of paper that the first of some texts which names any can mean: the name of a category, of its schema, what is said of it."""
    for text in texts:
        words = re.findall(r"[^\W_]+", text.casefold())
        for length in range(min(_LONGEST, len(words)), 0, -1):
            found = {
                _SENSES[phrase][0]
                for at in range(len(words) - length + 1)
                if (phrase := " ".join(words[at : at + length])) in _SENSES
            }
            if found:
                return frozenset(found)
    return frozenset()


def typical_share(padded: str, senses: frozenset[str]) -> float:
    """How much a text speaks like papers of some kinds, in [0, 1).

    Args:
        padded: in lower case, words parted by single spaces, with one before and behind.
    """
    found = max((sum(phrase in padded for phrase in _TYPICAL_PHRASES.get(sense, ())) for sense in senses), default=0)
    return 1 - math.exp(-found / 4)
