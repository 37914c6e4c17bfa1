"""Words that label common fields on pages in seven languages, by what the field's name says."""

from __future__ import annotations

import re

# Each sense of a field's name: the words that carry it.
_SENSES: dict[str, tuple[str, ...]] = {
    "number": ("number", "no", "nr", "num", "id", "identifier", "code"),
    "date": ("date", "day", "on"),
    "name": ("name",),
    "invoice": ("invoice", "bill"),
    "receipt": ("receipt",),
    "order": ("order", "purchase", "po"),
    "contract": ("contract", "agreement"),
    "customer": ("customer", "client"),
    "issue": ("issue", "issued", "issuing"),
    "due": ("due",),
    "delivery": ("delivery", "shipping", "service"),
    "seller": ("seller", "vendor", "supplier", "merchant", "issuer", "provider", "biller"),
    "buyer": ("buyer", "customer", "client", "recipient", "purchaser", "payer"),
    "phone": ("phone", "telephone", "tel"),
    "fax": ("fax",),
    "email": ("email", "mail"),
    "address": ("address",),
    "birth": ("birth", "birthday", "dob", "born"),
    "reference": ("reference", "ref"),
    "account": ("account",),
    "subject": ("subject",),
    "tax": ("tax", "vat", "gst", "tva", "iva"),
}
_LABELS: tuple[tuple[frozenset[str], tuple[str, ...]], ...] = tuple(
    (frozenset(senses.split()), tuple(labels.split("|")))
    for senses, labels in (
        (
            "invoice number",
            "invoice number|invoice no|invoice nr|invoice #|invoice id|invoice num|inv no|bill no|bill number|tax invoice no|"
            "document no|"
            "rechnungs-nummer|rechnungs-nr|rechnung nr|rechnungsnr|rechnung #|handelsrechnung nr|handelsrechnung|rechnung|beleg-nummer|"
            "beleg-nr|numéro de facture|"
            "n° de facture|facture n°|facture no|facture|número de factura|nº de factura|factura nº|fattura n|numero fattura|"
            "factuurnummer|invoice|avoir n°|avoir|credit note no|credit note|gutschrift nr|gutschrift|factuur nr|factuurnr|"
            "factuur|fattura nr|fattura|número da fatura|fatura nº|fatura",
        ),
        ("receipt number", "receipt number|receipt no|receipt #|receipt id|bon-nr|quittung nr|ticket no|document no|bill no"),
        (
            "order number",
            "order number|order no|order #|order id|po number|po no|p.o. no|purchase order|bestell-nummer|bestell-nr|bestellung nr|"
            "auftrags-nummer|"
            "auftrags-nr|numéro de commande|commande n°|número de pedido|pedido nº|ordernummer|bestelnummer|order|numero ordine|"
            "ordine n|número da encomenda|encomenda nº",
        ),
        ("contract number", "contract number|contract no|contract #|vertrags-nummer|vertrags-nr|numéro de contrat|contrat n°|"
        "contractnummer|numero contratto|número do contrato"),
        ("customer number", "customer number|customer no|customer id|client no|kunden-nummer|kunden-nr|n° client|numéro client|"
        "nº cliente|id client|klantnummer|klant nr|debiteurnummer|codice cliente|número de cliente"),
        ("reference number", "reference|reference no|ref no|your reference|our reference|referenz|akten-zeichen|référence|"
        "referencia|referentie|kenmerk|riferimento|referência"),
        ("account number", "account number|account no|account #|konto-nummer|konto-nr|numéro de compte|número de cuenta|"
        "rekeningnummer|numero conto|número da conta"),
        (
            "invoice date",
            "invoice date|date of invoice|date of issue|issue date|bill date|rechnungs-datum|ausstellungs-datum|beleg-datum|"
            "date de facture|date de facturation|date d'émission|"
            "fecha de factura|fecha de emisión|data fattura|factuurdatum|handelsrechnung|rechnung|facture|factuur|fattura|factura|"
            "fatura|factuur datum|data da fatura|data de emissão",
        ),
        ("issue date", "invoice date|date of issue|issue date|issued on|bill date|rechnungs-datum|ausstellungs-datum|beleg-datum|"
        "fecha de factura|data fattura|date d'émission|factuurdatum|factuur datum|data emissione|data da fatura|data de emissão|"
        "date de facture|fecha de emisión|"
         "handelsrechnung|rechnung|invoice|facture|factuur|fattura|factura|fatura"),
        ("due date", "due date|payment due|pay by|due by|fälligkeits-datum|fällig am|zahlbar bis|date d'échéance|échéance|"
        "vencimiento|date limite de paiement|vervaldatum|vervaldag|betaal voor|uiterste betaaldatum|data scadenza|vencimento|"
        "data de vencimento|"
        "scadenza"),
        ("delivery date", "delivery date|date of delivery|ship date|liefer-datum|leistungs-datum|date de livraison|"
        "fecha de entrega|leverdatum|data di consegna|data de entrega"),
        ("order date", "order date|date of order|bestell-datum|auftrags-datum|date de commande|fecha de pedido|orderdatum|"
        "besteldatum|data ordine|data da encomenda"),
        ("birth date", "date of birth|birth date|born|dob|geburts-datum|geboren am|date de naissance|né le|née le|"
        "fecha de nacimiento|geboortedatum|geboren op|data di nascita|nato il|nata il|data de nascimento"),
        ("date", "date|datum|fecha|data"),
        (
            "seller",
            "seller|vendor|supplier|sold by|issued by|verkäufer|lieferant|rechnungs-ersteller|rechnungs-steller|vendeur|fournisseur|"
            "vendedor|proveedor|verkoper|leverancier|venditore|cedente|fornecedor|"
            "fornitore",
        ),
        (
            "buyer",
            "buyer|bill to|billed to|invoice to|sold to|customer|client|käufer|kunde|rechnungs-empfänger|leistungs-empfänger|"
            "rechnung an|acheteur|"
            "facturé à|client facturé|cliente|comprador|klant|koper|afnemer|acquirente|cessionario|destinatario|adquirente",
        ),
        ("phone", "phone|telephone|tel|telefon|téléphone|tél|teléfono|telefoon|telefono|telefone"),
        ("fax", "fax|telefax|télécopie"),
        ("email", "e-mail|email|mail|courriel|correo"),
        ("address", "address|anschrift|adresse|dirección|indirizzo|adres|endereço|morada"),
        ("subject", "subject|betreff|objet|asunto|onderwerp|betreft|oggetto|assunto"),
    )
)  # fmt: skip
_NARROW = frozenset({"tax"})
"""Senses that make a field another one: a customer's tax number is no customer number."""
_MAX_TOLD = 8
"""Words of a description that say what a field is; the rest explains."""
_SENSE_OF: dict[str, set[str]] = {}
for _sense, _words in _SENSES.items():
    for _word in _words:
        _SENSE_OF.setdefault(_word, set()).add(_sense)


def synonyms(name_words: list[str]) -> tuple[str, ...]:
    """Labels in several languages for a field whose name has these words; those of the closest sense only."""
    senses = frozenset().union(*(_SENSE_OF.get(word, frozenset()) for word in name_words)) - {"name"}
    known = sum(word in _SENSE_OF for word in name_words)
    fitting = [(wanted, labels) for wanted, labels in _LABELS if wanted <= senses and _NARROW & senses <= wanted]
    if not fitting or known < len(name_words) - 1:
        return ()
    most = max(len(wanted) for wanted, _ in fitting)
    return tuple(label for wanted, labels in fitting if len(wanted) == most for label in labels)


_PAPERS = frozenset({"invoice", "receipt", "order", "contract"})


def told_papers(description: str) -> list[str]:
    """The paper that a description says a bare `date` or `number` is of: `Date of the invoice.` → invoice."""
    words = re.findall(r"[^\W\d_]+", description.casefold())[:_MAX_TOLD]
    senses = frozenset().union(*(_SENSE_OF.get(word, frozenset()) for word in words))
    return sorted(_PAPERS & senses) if len(_PAPERS & senses) == 1 else []


def senses_of(name: str) -> frozenset[str]:
    """What the words of a field's name can mean: `vendor_name` → seller, name."""
    words = re.sub(r"[\W_]+", " ", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)).casefold().split()
    return frozenset().union(*(_SENSE_OF.get(word, frozenset({word})) for word in words))


_ALL = frozenset(re.sub(r"[\W_]", "", label) for _, labels in _LABELS for label in labels)


def is_label(text: str) -> bool:
    """Whether a text is nothing but the label of a common field."""
    return re.sub(r"[\W_]", "", text.casefold()) in _ALL
