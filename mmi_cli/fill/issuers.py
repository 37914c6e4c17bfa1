"""The name at the head of a document: who issued it, where no label says so."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, NamedTuple

from ..datamodel.content import TimeSpan
from ..datamodel.schema import Field
from .candidates import Candidate, candidate_kinds, candidates_within
from .label_synonyms import is_label
from .names_in_text import can_be_name, ends_with_legal_form, is_legal_form
from .pairs import looks_like_label
from .proposals import Proposal, proposal_of_span
from .reading import Line, Reading

_HEAD_LINES = 8
_HEAD_OF_LETTER = 40
_MAX_ADDRESSES = 6
_ISSUER = re.compile(
    r"\b(?:shop|store|merchant|seller|vendor|supplier|issuer|issuing|provider|restaurant|company|verkäufer|händler|vendeur)\b",
    re.IGNORECASE,
)
_MAX_LINE = 400
"""Characters of a line that can hold a name beside other things; longer ones are running text, or meant to cost time."""
_OTHER_SIDE = re.compile(
    r"\b(?:buyer|customer|client|recipient|bill(?:ed)? to|ship(?:ped)? to|payer|debtor|tenant|employee|patient|account holder|insured|"
    r"claimant|käufer|kunde|empfänger|acheteur|cliente|addressee|advertiser)\b",
    re.IGNORECASE,
)
_ISSUED = re.compile(r"\b(?:who|which|that) issued\b", re.IGNORECASE)
"""Of a payer or a buyer: the paper is their own."""
_TITLE = re.compile(
    r"\b(?:(?:rechnung|lieferschein|gutschrift)\w*|invoice|receipt|quittung|facture|reçu|factura|recibo|factuur|fattura|devis|offerte|"
    r"angebot|quotation|quote|estimate|ticket|kassenbon|statement|order|contract|agreement|page|seite|date|datum|copy|"
    r"original|duplicate|welcome|thank|tel|fax|phone|www|http|e-?mail|gst|vat|tax|reg|cash|bill|no|nr|number)\b|@|\d{2}[:/.-]\d{2}",
    re.IGNORECASE,
)
_REGISTRATION = re.compile(
    r"\s*[(\[]?\s*(?:(?:co|company|reg|roc|no|gst|business)\b[\w. ]{0,12}[:.]?\s*)*[(\[]?\s*\d{5,}\s*-?\s*[A-Z]{0,2}\s*[)\]]?\s*$",
    re.IGNORECASE,
)
_ADDRESS_BEHIND = re.compile(r"\s+[-–—·•|]\s+(?=.*\d)")
"""`Acme AG - High Street 4 - 80331 Munich`, the sender in the window of an envelope."""
_TRADE = re.compile(
    r"(?<![^\W_])(?:bakery|stores?|shop|market|supermarket|pharmacy|restaurant|caf[eé]|cafeteria|hotel|bistro|bar|grill|kitchen|"
    "trading|"
    r"enterprises?|hardware|electronics|stationery|bookstore|bookshop|clinic|salon|motors?|garage|services?|group|holdings?|industries|"
    r"solutions|association|foundation|university|hospital|bäckerei|metzgerei|apotheke|gasthof|gaststätte|markt|handel|autohaus|verlag|"
    r"boulangerie|pharmacie|librairie|garage|épicerie|panadería|farmacia|supermercado|tienda|ferretería|librería|ristorante|trattoria)"
    r"(?![^\W_])",
    re.IGNORECASE,
)
"""Words that name a trade: of the lines at the head they tell a shop from its owner."""
_REGISTER = re.compile(
    r"(?<![^\W_])(?:kvk|hrb|hra|siren|siret|rcs|c\.?i\.?f|n\.?i\.?f|p\.? ?iva|company (?:no|number|reg\w*)|companies house|"
    "handelsregister|"
    r"amtsgericht|registergericht)(?![^\W_])",
    re.IGNORECASE,
)
_THEIRS = re.compile(
    r"(?:(?:bill|billed|ship|shipped|sold|invoice|invoiced|deliver|delivered)(?:ing)? to|(?:billing|shipping|delivery|customer|"
    "invoice) address|"
    r"factuuradres|afleveradres|klant|(?:rechnungs|liefer)(?:adresse|anschrift)|rechnungsempfänger|kunde|customer|client|buyer|"
    "recipient|"
    r"adresse de (?:facturation|livraison)|factur[ée] à|cliente|destinatario|dirección de (?:facturación|envío))(?![^\W_])",
    re.IGNORECASE,
)
_MAX_COMPANIES, _REACH, _ENOUGH, _NEAR = 40, 320, 2, 40
"""Companies looked at; characters behind a name in which its facts stand; how many there are to be; what may stand before an address."""
_MAX_NAME_LINE, _MAX_HEADING, _MAX_BLOCK_LINES = 70, 40, 5
_GOES_BACK = re.compile(r"^(?:(?:and|und|et|y|e|&)\s)", re.IGNORECASE)
_GOES_ON = re.compile(r"(?:&|\band|\bof|,|-)\s*$", re.IGNORECASE)


class _Place(NamedTuple):
    """Where a name stands."""

    start: int
    end: int
    strength: float


def at_head(reading: Reading, field: Field) -> Proposal | None:
    """The name or address at the head of the first page, for a field that asks for the issuing side; the addressee for one that asks
    for the other side. A name with a legal form counts more."""
    if any(isinstance(word.place, TimeSpan) for word in reading.content.words[:1]):
        return None  # what is said first is a greeting, and no letterhead
    kinds = candidate_kinds(field)
    asked = f"{field.name.replace('_', ' ')} {field.description}"
    if "address" in kinds:
        return _address_at_head(reading, field) if _ISSUER.search(asked) and not _OTHER_SIDE.search(asked) else None
    if "company" not in kinds:
        return None
    if _OTHER_SIDE.search(asked) and not _ISSUED.search(field.description):
        return _addressee(reading, field)
    return _issuer(reading, field)


def on_its_side(
    reading: Reading, field: Field, candidates: Sequence[Candidate], fields: Sequence[tuple[Field, str | None]]
) -> list[Candidate]:
    """Names that can be of the side that a field asks for: what stands below `Bill to` issued nothing, and who issued it owes nothing.

    Args:
        fields: the other fields of the schema, each with what labels give it.
    """
    side = _side(field)
    if side == "issuer":
        return [each for each in candidates if not _is_theirs_at(reading, each.start)]
    if side == "other":
        issuer = _issuer(reading, replace(field, name="seller", description=""))
        names = {_letters(str(issuer.value))} if issuer else set()
        names |= {_letters(value) for other, value in fields if value is not None and _side(other) == "issuer"}
        return [each for each in candidates if _letters(str(each.value)) not in names]
    return list(candidates)


def _letters(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.casefold())


def _side(field: Field) -> Literal["issuer", "other"] | None:
    asked = f"{field.name.replace('_', ' ')} {field.description}"
    if _OTHER_SIDE.search(asked) and not _ISSUED.search(field.description):
        return "other"
    return "issuer" if _ISSUER.search(asked) else None


def _address_at_head(reading: Reading, field: Field) -> Proposal | None:
    own = _address_of_house(reading, field)
    if own is not None:
        return proposal_of_span(reading, field, own.start, own.end, "head", strength=0.9)
    addresses = reading.candidates(frozenset({"address"}))[:_MAX_ADDRESSES]
    first = next((each for each in addresses if not _is_theirs_at(reading, each.start)), None)
    line = reading.line_at(first.start) if first is not None else None
    if first is None or line is None or line.number > _HEAD_LINES:
        return None
    return proposal_of_span(reading, field, first.start, first.end, "head", strength=0.9)


def _address_of_house(reading: Reading, field: Field) -> Candidate | None:
    """The address right below the name of who issued the paper, wherever that stands."""
    issuer = _issuer(reading, replace(field, name="seller", description=""))
    if issuer is None:
        return None
    name, text = str(issuer.value).casefold(), reading.content.text
    for candidate in reading.candidates(frozenset({"address"}))[:_MAX_ADDRESSES]:
        above = text[max(0, candidate.start - len(name) - _NEAR) : candidate.start]
        if name in " ".join(above.casefold().split()) or (text[candidate.start :].casefold().startswith(name)):
            return candidate
    return None


def _house(reading: Reading) -> Candidate | None:
    """The company among whose lines the registration, the tax number, the account and the web address of a paper stand."""
    facts = _house_facts(reading)
    best: tuple[int, Candidate] | None = None
    for company in reading.candidates(frozenset({"company"}))[:_MAX_COMPANIES]:
        line = reading.line_at(company.start)
        if (
            line is None
            or len(line.text) > _MAX_NAME_LINE
            or _is_theirs(reading, line)
            or not ends_with_legal_form(_name_of(line))
        ):
            continue
        near = bisect_right(facts, company.end + _REACH) - bisect_left(facts, company.start)
        if near >= _ENOUGH and (best is None or near > best[0]):
            best = near, company
    return best[1] if best else None


def _house_facts(reading: Reading) -> list[int]:
    """Where registration, tax number, account and addresses of the net stand."""
    return sorted(
        {each.start for each in reading.candidates(frozenset({"vat", "iban", "url", "email"}))}
        | {match.start() for match in _REGISTER.finditer(reading.content.text)}
    )


def _is_theirs(reading: Reading, line: Line) -> bool:
    """Whether a line stands in the block below a heading of the other side: `Bill to`, `Factuuradres`."""
    above = [line]
    for each in reversed(reading.lines[max(0, line.number - _MAX_BLOCK_LINES) : line.number]):
        is_apart = reading.content.text.count("\n", each.end, above[-1].start) > 1
        if is_apart and len(above) > 1:
            break  # only a heading may stand apart from what it heads
        above.append(each)
        if is_apart:
            break
    return any(len(each.text) <= _MAX_HEADING and _THEIRS.match(each.text.strip()) for each in above)


def _is_theirs_at(reading: Reading, offset: int) -> bool:
    line = reading.line_at(offset)
    return line is not None and _is_theirs(reading, line)


def _addressee(reading: Reading, field: Field) -> Proposal | None:
    """The first line of the block with an address that is not the issuer's: what shows in the window of an envelope."""
    issuer = _issuer(reading, replace(field, name="seller", description=""))
    own = str(issuer.value).casefold() if issuer else ""
    for candidate in reading.candidates(frozenset({"address"}))[:_MAX_ADDRESSES]:
        segment = reading.segments.at(candidate.start)
        if segment is None or (line := reading.line_at(candidate.start)) is None or line.number > _HEAD_OF_LETTER:
            break
        block = [each for each in reading.segments.block_of(segment) if each.end <= candidate.end]
        names = [
            each for each in block if each.start < candidate.start and can_be_name(each.text, frozenset({"company"}))
        ]
        names = [
            each
            for each in names
            if not looks_like_label(each.text) and not _TITLE.search(each.text) and not _THEIRS.match(each.text)
        ]
        if not names or (own and (own in names[0].text.casefold() or names[0].text.casefold() in own)):
            continue
        return proposal_of_span(reading, field, names[0].start, names[0].end, "head", strength=0.5)
    return None


def _issuer(reading: Reading, field: Field) -> Proposal | None:
    found = reading.once(_place_of_issuer)
    return proposal_of_span(reading, field, found.start, found.end, "head", strength=found.strength) if found else None


def _place_of_issuer(reading: Reading) -> _Place | None:
    head = [
        line for line in reading.lines[:_HEAD_LINES] if len(line.text) <= _MAX_LINE and not _is_theirs(reading, line)
    ]
    companies = reading.candidates(frozenset({"company"}))
    addresses = reading.candidates(frozenset({"address"}))
    end_of_head = min((candidate.start for candidate in addresses), default=None)
    named = [
        line
        for line in head
        if (candidates_within(companies, line.start, line.end + 1) or ends_with_legal_form(_name_of(line)))
        and _is_name(line, strict=False)
    ]
    plain = [line for line in head if _is_name(line, strict=True) and (end_of_head is None or line.start < end_of_head)]
    if named and (not plain or named[0].number <= plain[0].number + 2):
        return _place(reading, named[0], 0.9)
    house = _house(reading)
    if house is not None:
        return _Place(house.start, house.end, 0.8)
    trading = [line for line in plain[:3] if _TRADE.search(line.text)]
    if trading:
        return _place(reading, trading[0], 0.75)
    if plain:
        return _place(reading, plain[0], 0.6)
    return None


def _name_of(line: Line) -> str:
    start, end = _trimmed(line.text, 0, len(line.text))
    return line.text[start:end]


def _is_name(line: Line, *, strict: bool) -> bool:
    name = _name_of(line)
    letters = sum(character.isalpha() for character in name)
    if letters < 4 or letters < 0.5 * len(name.replace(" ", "")):
        return False
    if len(name) > 70 or (_TITLE.search(line.text) if strict else _TITLE.match(line.text)):
        return False
    if strict and (":" in line.text or is_label(line.text)):
        return False
    # A bare line is taken for a name only when it is written like one.
    words = re.findall(r"[^\W_]+", line.text)
    return not strict or not any((word[0].islower() and len(word) > 3) or word.isdecimal() for word in words)


def _place(reading: Reading, line: Line, strength: float) -> _Place:
    text = reading.content.text
    start, end = _trimmed(text, *_own_segment(reading, line))
    behind = reading.segments.at(end - 1)
    if behind is not None and start < behind.start and _TITLE.match(behind.text):
        start, end = _trimmed(text, start, behind.start)  # `Acme Ltd.` at the left edge, `INVOICE` at the right one
    before = reading.lines[line.number - 1] if line.number else None
    if before is not None and _is_begun_above(text[start:end], before):
        start, _ = _trimmed(text, before.start, before.end)
    if _GOES_ON.search(text[start:end]) and line.number + 1 < len(reading.lines):
        end = reading.lines[line.number + 1].end
        start, end = _trimmed(text, start, end)
    return _Place(start, end, strength)


def _own_segment(reading: Reading, line: Line) -> tuple[int, int]:
    """The part of a line that ends with a legal form, where two columns stand side by side; else the line."""
    found = []
    segment = reading.segments.at(line.start)
    while segment is not None and segment.start < line.end:
        found.append(segment)
        segment = reading.segments.all[segment.number + 1] if segment.number + 1 < len(reading.segments.all) else None
    companies = [each for each in found if ends_with_legal_form(each.text)]
    return (companies[0].start, companies[0].end) if len(found) > 1 and companies else (line.start, line.end)


def _is_begun_above(name: str, before: Line) -> bool:
    """Whether a name goes on from the line before it: that line ends with `&`, or what is left is a legal form, or begins with `and`."""
    if len(before.text) > _MAX_LINE or not _is_name(before, strict=True):
        return False
    return bool(before.text.rstrip().endswith("&") or _GOES_BACK.match(name)) or is_legal_form(name)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """A line without a registration number behind the name and without marks around it."""
    found = _REGISTRATION.search(text[start:end])
    if found and found.start() > 3:
        end = start + found.start()
    if behind := _ADDRESS_BEHIND.search(text[start:end]):
        end = start + behind.start()
    label = re.match(r"[^\W\d_]{2,20} ?: +(?=\S)", text[start:end])
    if label:
        start += label.end()
    while end > start and text[end - 1] in " -*:;,|\t":
        end -= 1
    while start < end and text[start] in " -*:;,|.\t":
        start += 1
    return start, end
