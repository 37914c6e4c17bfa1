"""Structured invoices (UN/CEFACT CII as in ZUGFeRD and Factur-X, and UBL): what an element says needs no guessing.

The XML reader gives elements as `Name: value` under the path of the element they stand in; both are matched here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from ..datamodel.schema import Field
from .amount_words import is_money, meanings_of
from .label_synonyms import senses_of
from .proposals import Proposal, proposal_of_span
from .reading import Reading

_MARK = re.compile(r"Supply Chain Trade Transaction|Exchanged Document|Legal Monetary Total|Accounting Supplier Party")
_ENTRY = re.compile(r"^(?P<key>[^\W\d_][\w ]{0,80}): (?P<value>\S[^\n]*)$")
_LINE_LEVEL = re.compile(r"Line Item|Invoice Line|Credit Note Line")
_TOTALS = r"Monetary Summation$|Legal Monetary Total$"
_HEAD = r"Exchanged Document$|^(?:Invoice|Credit Note)?$"

# What is asked for → (path of the element, its name).
_ELEMENTS: dict[str, tuple[tuple[str, str], ...]] = {
    "lines": ((_TOTALS, r"Line Total Amount|Line Extension Amount"),),
    "net": ((_TOTALS, r"Tax Basis Total Amount|Tax Exclusive Amount"),),
    "tax": ((_TOTALS, r"Tax Total Amount"), (r"(?:^|/ )Tax Total$", r"Tax Amount")),
    "gross": ((_TOTALS, r"Grand Total Amount|Tax Inclusive Amount"),),
    "due": ((_TOTALS, r"Due Payable Amount|Payable Amount"),),
    "paid": ((_TOTALS, r"Total Prepaid Amount|Prepaid Amount"),),
    "invoice number": ((_HEAD, r"ID"),),
    "issue date": ((_HEAD, r"Issue Date Time|Issue Date"),),
    "due date": ((r"Payment Terms$|^(?:Invoice)?$", r"Due Date Date Time|Due Date"),),
    "delivery date": ((r"Delivery Supply Chain Event$|Delivery$", r"Occurrence Date Time|Actual Delivery Date"),),
    "seller": ((r"Seller Trade Party$|Accounting Supplier Party / Party(?: / Party (?:Name|Legal Entity))?$", r"Name|Registration Name"),),
    "buyer": ((r"Buyer Trade Party$|Accounting Customer Party / Party(?: / Party (?:Name|Legal Entity))?$", r"Name|Registration Name"),),
    "order number": ((r"Buyer Order Referenced Document$|Order Reference$", r"Issuer Assigned ID|ID"),),
    "currency": ((r"Settlement$|^(?:Invoice|Credit Note)?$", r"Invoice Currency Code|Document Currency Code"),),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Entry:
    path: str
    key: str
    start: int
    end: int


class StructuredInvoice:
    """The elements of a structured invoice that is the file, or a part of it."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    @cached_property
    def entries(self) -> tuple[_Entry, ...]:
        return tuple(self._entries()) if _MARK.search(self._reading.content.text) else ()

    def find(self, field: Field) -> list[Proposal]:
        """The element that holds the field's value; empty when there is none, or the field asks for something else."""
        asked = _asked(field) if self.entries else None
        if asked is None:
            return []
        for path, key in _ELEMENTS[asked]:
            for entry in self.entries:
                if re.fullmatch(key, entry.key) and re.search(path, entry.path) and not _LINE_LEVEL.search(entry.path):
                    found = proposal_of_span(self._reading, field, entry.start, entry.end, "pattern")
                    return [found] if found is not None else []
        return []

    def _entries(self) -> Iterator[_Entry]:
        content = self._reading.content
        inside = [(part.start, part.end) for part in content.parts if part.media_type.endswith("xml")] or [
            (0, len(content.text))
        ]
        for start, end in inside:
            path, at = "", start
            for line in content.text[start:end].split("\n"):
                entry = _ENTRY.match(line)
                if entry is not None:
                    yield _Entry(path, entry["key"], at + entry.start("value"), at + len(line.rstrip()))
                elif line.strip() and "\t" not in line:
                    path = line.strip()
                at += len(line) + 1


def _asked(field: Field) -> str | None:
    """Which of the elements a field asks for."""
    senses = senses_of(field.name)
    if is_money(field):
        meant = meanings_of(field)
        for one in ("lines", "tax", "net", "due", "paid"):
            if one in meant and not (one == "tax" and meant & {"net", "gross"}):
                return one
        return "gross" if meant & {"sum", "gross"} else None
    if field.type == "date":
        for one in ("due", "delivery"):
            if one in senses:
                return f"{one} date"
        return "issue date" if not senses - {"date", "issue", "invoice"} else None
    if field.type == "string":
        if "currency" in field.name.casefold():
            return "currency"
        if "number" in senses and senses & {"invoice", "order"}:
            return "invoice number" if "invoice" in senses else "order number"
        if not senses - {"seller", "buyer", "name", "customer"}:
            return "seller" if "seller" in senses else "buyer" if "buyer" in senses else None
    return None
