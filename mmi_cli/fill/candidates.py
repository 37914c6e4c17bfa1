"""Typed detectors: every place in a text that can be a date, an amount, a number, an identifier …"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from ..datamodel.content import Content
from ..datamodel.record import Scalar
from ..datamodel.schema import Field
from . import identifiers, names_in_text
from .character_forms import plain_forms, set_apart
from .currencies import CURRENCY, FIRST_OF_CURRENCY, currency_code
from .dates import DateInText, find_dates
from .identifiers import IdentifierInText
from .locale_hints import LocaleHints
from .number_spans import NumberInText, find_numbers
from .times import TimeInText, find_times

_Spanned = DateInText | TimeInText | IdentifierInText


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A place in `Content.text` that can be a value of a type."""

    start: int
    end: int
    text: str
    """`content.text[start:end]`."""
    value: Scalar
    """Normalised: ISO 8601 date, number, …"""
    detector: str
    """Which detector found it: `date`, `amount`, `number`, `iban`, `email`, …"""
    is_ambiguous: bool = False
    """Could be read in another way (03/04/2026) and nothing in the file decides; or check digits do not hold."""


_NUMERIC = frozenset({"amount", "number", "integer", "percent"})
_NAMES: dict[str, Callable[[str], list[names_in_text.NameInText]]] = {
    "company": names_in_text.find_companies,
    "person": names_in_text.find_persons,
    "address": names_in_text.find_addresses,
}
KINDS = frozenset({"date", "time", "currency", "checkbox"}) | _NUMERIC | identifiers.KINDS | _NAMES.keys()
"""Every kind of candidate there is."""


_MOST_NUMBERS = 40_000
"""Numbers kept of a file, most of them from its end, where sums stand; the other columns of a long table say nothing of a field."""


class Detectors:
    """The detectors over one content; what several kinds need (dates, times, telephones …) is found once.

    Made once a content, since a pass over a long text takes a second and a schema asks for many sets of kinds.
    """

    def __init__(self, content: Content, hints: LocaleHints) -> None:
        self._text = content.text
        self._plain = plain_forms(content.text)
        """The same with ASCII digits and marks, at the same offsets."""
        self._with_borders = set_apart(self._plain, keep_units=True)
        self._content = content
        self._hints = hints
        self._identifiers: dict[str, list[IdentifierInText]] = {}
        self._of_kind: dict[str, list[Candidate]] = {}

    def find(self, kinds: frozenset[str]) -> tuple[Candidate, ...]:
        """All candidates of the kinds, sorted by start, then end.

        A number is given once, as the narrowest kind asked for that holds it: percent, then amount (money: decimals or a currency), then
        integer, then number. Candidates of different detectors may overlap.

        Raises:
            ValueError: a kind that does not exist.
        """
        if unknown := kinds - KINDS:
            raise ValueError(
                f"no such kinds of candidate: {', '.join(sorted(unknown))}; there are {', '.join(sorted(KINDS))}"
            )
        found: list[Candidate] = []
        if kinds & _NUMERIC:
            found.extend(_as_kinds(self._text, self._numbers, kinds))
        for kind in sorted(kinds - _NUMERIC):
            if kind not in self._of_kind:
                self._of_kind[kind] = self._find(kind)
            found.extend(self._of_kind[kind])
        found.sort(key=lambda candidate: (candidate.start, candidate.end, candidate.detector))
        return tuple(found)

    def _find(self, kind: str) -> list[Candidate]:
        text = self._text
        if kind == "date":
            return [_candidate(text, date.start, date.end, date.iso, kind, date.is_ambiguous) for date in self._dates]
        if kind == "time":
            return [_candidate(text, time.start, time.end, time.iso, kind) for time in self._times]
        if kind == "currency":
            return list(_currencies(text, self._with_borders))
        if kind == "checkbox":
            return list(_checkboxes(text))
        if kind in _NAMES:
            return [
                _candidate(text, name.start, name.end, " ".join(text[name.start : name.end].split()), kind)
                for name in _NAMES[kind](text)
            ]
        found = self._phones if kind == "phone" else self._identified(kind)
        if kind == "identifier":
            found = _codes_proper(found, self._dates, self._phones)
        return [_candidate(text, each.start, each.end, each.value, kind, each.is_doubtful) for each in found]

    def _identified(self, kind: str) -> list[IdentifierInText]:
        if kind not in self._identifiers:
            self._identifiers[kind] = identifiers.find_identifiers(kind, set_apart(self._plain, keep_units=False))
        return self._identifiers[kind]

    @cached_property
    def _dates(self) -> list[DateInText]:
        return find_dates(self._plain, self._hints)

    @cached_property
    def _times(self) -> list[TimeInText]:
        times = find_times(self._plain, frozenset(date.end for date in self._dates))
        return [time for time in times if not _overlaps(self._dates, time.start, time.end)]

    @cached_property
    def _phones(self) -> list[IdentifierInText]:
        return [phone for phone in self._identified("phone") if not _overlaps(self._dates, phone.start, phone.end)]

    @cached_property
    def _numbers(self) -> list[NumberInText]:
        """Numbers beside what has digits and is none."""
        taken: list[_Spanned] = [*self._dates, *self._times, *self._phones]
        for kind in ("email", "url", "iban", "vat"):
            taken.extend(self._identified(kind))
        found = find_numbers(replace(self._content, text=self._with_borders), self._hints, _joined(taken))
        return (
            found if len(found) <= _MOST_NUMBERS else [*found[: _MOST_NUMBERS // 4], *found[-_MOST_NUMBERS * 3 // 4 :]]
        )


def find_candidates(content: Content, kinds: frozenset[str], hints: LocaleHints) -> tuple[Candidate, ...]:
    """As `Detectors.find`, of a content that is looked at once."""
    return Detectors(content, hints).find(kinds)


def _candidate(text: str, start: int, end: int, value: Scalar, detector: str, is_ambiguous: bool = False) -> Candidate:
    return Candidate(
        start=start, end=end, text=text[start:end], value=value, detector=detector, is_ambiguous=is_ambiguous
    )


def _overlaps(spans: Sequence[_Spanned], start: int, end: int) -> bool:
    """Whether [start, end) shares a character with one of the spans, which are sorted and do not overlap each other."""
    at = bisect_left(spans, end, key=lambda span: span.start) - 1
    return at >= 0 and spans[at].end > start


def _codes_proper(
    codes: list[IdentifierInText], dates: list[DateInText], phones: list[IdentifierInText]
) -> list[IdentifierInText]:
    """Codes without those that are pieces of a date or a telephone number; a compact date such as 20180305 may be a code."""
    spelled_dates = [date for date in dates if date.end - date.start != len("20180305")]
    certain_phones = [phone for phone in phones if not phone.value[0].isdecimal()]
    return [
        code
        for code in codes
        if not _overlaps(spelled_dates, code.start, code.end) and not _overlaps(certain_phones, code.start, code.end)
    ]


def _joined(spans: Iterable[_Spanned]) -> list[tuple[int, int]]:
    """Spans by start, joined where they touch."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted((span.start, span.end) for span in spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _as_kinds(text: str, numbers: Iterable[NumberInText], kinds: frozenset[str]) -> Iterable[Candidate]:
    for number in numbers:
        kind = _kind_of(number, kinds)
        if kind is not None:
            value = int(number.value) if kind == "integer" else float(number.value)
            yield _candidate(text, number.start, number.end, value, kind, number.is_ambiguous)


def _kind_of(number: NumberInText, kinds: frozenset[str]) -> str | None:
    is_whole = number.value == number.value.to_integral_value()
    if number.is_percent and "percent" in kinds:
        return "percent"
    if number.is_money and "amount" in kinds:
        return "amount"
    if is_whole and not number.is_percent and "integer" in kinds:
        return "integer"
    return "number" if "number" in kinds else None


_CURRENCY = re.compile(rf"(?=[{FIRST_OF_CURRENCY}])(?<![^\W\d_]){CURRENCY}(?![^\W\d_])", re.IGNORECASE)


def _currencies(text: str, plain: str) -> Iterable[Candidate]:
    for match in _CURRENCY.finditer(plain):
        word = match[0]
        code = currency_code(word)
        # Signs anywhere; letters only in capitals or beside a number: "all" and "try" are words, ALL and TRY may be currencies.
        if code is not None and (
            not word[0].isalpha()
            or word.isupper()
            or (
                word.upper() == word.lower()
                and text[max(0, match.start() - 2) : match.start()].rstrip()[-1:].isdecimal()
            )
            or word.lower() in ("euro", "euros", "dollars", "zł", "kč")
        ):
            yield _candidate(text, match.start(), match.end(), code, "currency")


_CHECKBOX = re.compile(r"[☐☑☒✓✔✗✘🗹🗷]|\[[ _xX]?\]|\([ xX]\)")
_NOT_TICKED = frozenset("☐✗✘") | {"[]", "[ ]", "[_]", "( )"}


def _checkboxes(text: str) -> Iterable[Candidate]:
    for match in _CHECKBOX.finditer(text):
        yield _candidate(text, match.start(), match.end(), match[0] not in _NOT_TICKED, "checkbox")


def candidates_within(candidates: Sequence[Candidate], start: int, end: int) -> list[Candidate]:
    """Those of candidates sorted by start that lie in [start, end)."""
    first = bisect_left(candidates, start, key=lambda candidate: candidate.start)
    last = bisect_left(candidates, end, lo=first, key=lambda candidate: candidate.start)
    return [candidate for candidate in candidates[first:last] if candidate.end <= end]


def find_matching(content: Content, field: Field) -> tuple[Candidate, ...]:
    """The places that match the field's `pattern`, within their lines and on word boundaries, by start; detector `pattern`."""
    if field.pattern is None:
        return ()
    pattern = re.compile(rf"(?<![^\W_])(?:{field.pattern})(?![^\W_])")
    found = []
    for line in re.finditer(r"[^\n\t]{1,1000}", content.text):
        for match in pattern.finditer(line[0]):
            if match[0]:
                start = line.start() + match.start()
                found.append(_candidate(content.text, start, start + len(match[0]), match[0], "pattern"))
    return tuple(found)


_WORDS_OF_KIND = (
    ("email", r"e ?mail"),
    ("url", r"url|website|web ?(?:site|address|page)|homepage|link|domain"),
    ("phone", r"phone|telephone|tel|fax|mobile|handy|telefon\w*"),
    ("iban", r"iban|bank account|account number|kontonummer"),
    ("vat", r"vat|ust|tva|iva|btw|tax (?:id|number|registration)|steuernummer"),
    ("card", r"(?:credit |debit |bank )?card (?:number|no)|pan"),
    ("isbn", r"isbn"),
    ("postcode", r"post ?(?:al )?code|zip(?: ?code)?|plz|postleitzahl"),
    ("currency", r"currency|waehrung|währung|devise|moneda"),
    ("address", r"address|adresse|anschrift|direccion|indirizzo"),
    (
        "person",
        r"taxpayer|claimant|policyholder|named insured|holder|recipient|"
        r"person|cashier|clerk|employee|contact|signatory|author|patient|attendant|salesperson|agent|manager|customer name",
    ),
    (
        "company",
        r"company|vendor|supplier|seller|merchant|store|shop|firm|employer|issuer|organi[sz]ation|payee|payer|buyer|customer|client|party|"
        r"recipient|claimant|policyholder|named insured|holder|"
        r"parties|advertiser|bank name|lieferant|firma|kunde|business|agency|landlord|tenant|insurer",
    ),
    (
        "identifier",
        r"number|no|nr|num|id|identifier|code|reference|ref|sku|serial|article|ticket|nummer|kennung|contract num\w*",
    ),
)
_PATTERNS_OF_KIND = tuple((kind, re.compile(rf"\b(?:{words})\b")) for kind, words in _WORDS_OF_KIND)


@lru_cache(maxsize=4096)
def candidate_kinds(field: Field) -> frozenset[str]:
    """Which detectors serve a field, by its type, and for texts by its name, aliases and description; empty: none does."""
    match field.type:
        case "date" | "time":
            return frozenset({field.type})
        case "number":
            return frozenset({"amount", "number", "percent"})
        case "integer":
            return frozenset({"integer"})
        case "boolean":
            return frozenset({"checkbox"})
        case "string":
            return _kinds_of_text(field)
        case _:
            return frozenset()


def _kinds_of_text(field: Field) -> frozenset[str]:
    name = _spaced(" ".join((field.name, *field.aliases)))
    kinds = {kind for kind, pattern in _PATTERNS_OF_KIND if pattern.search(name)}
    if not kinds and field.description:
        kinds = {kind for kind, pattern in _PATTERNS_OF_KIND if pattern.search(_spaced(field.description))}
    own = _spaced(field.name)
    if own.endswith(" address") and "address" in kinds:
        return frozenset({"address"})
    if own.endswith(" name"):  # `Employer's name, address, and ZIP code` labels a name as well
        named = {kind for kind, pattern in _PATTERNS_OF_KIND if pattern.search(own)} & _NAMES.keys()
        if named:
            return frozenset(named)
    if kinds & {"email", "url", "phone", "postcode", "currency", "isbn", "card"}:
        kinds -= {"company", "person", "address", "identifier"}  # "phone number of the customer" is a phone
    if "identifier" in kinds or kinds & {"iban", "vat"}:
        kinds -= {"company", "person", "address"}
        kinds.add("identifier")
    if "address" in kinds:
        kinds -= {"company", "person"}
    return frozenset(kinds)


def _spaced(name: str) -> str:
    """`invoiceNumber`, `invoice_number` → `invoice number`."""
    return re.sub(r"[\W_]+", " ", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)).lower()
