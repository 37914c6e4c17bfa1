"""Typed detectors: every place in a text that can be a date, an amount, a number, an identifier …"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..datamodel.content import Content
from ..datamodel.record import Scalar
from ..datamodel.schema import Field
from .dates import parse_date
from .locale_hints import LocaleHints
from .numbers import parse_number


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
    """Could be read in another way (03/04/2026) and nothing in the file decides."""


def candidate_kinds(field: Field) -> frozenset[str]:
    """Which detectors serve a field."""
    if field.type == "date":
        return frozenset({"date"})
    if field.type == "time":
        return frozenset({"time"})
    if field.type == "number":
        return frozenset({"amount", "number"})
    if field.type == "integer":
        return frozenset({"integer"})
    return frozenset()


def find_candidates(content: Content, kinds: frozenset[str], hints: LocaleHints) -> tuple[Candidate, ...]:
    """All candidates of the kinds, sorted by start."""
    found: list[Candidate] = []
    if "date" in kinds:
        for m in re.finditer(r"\d{1,4}([./-])\d{1,2}\1\d{1,4}", content.text):
            if date := parse_date(m[0], hints):
                found.append(Candidate(start=m.start(), end=m.end(), text=m[0], value=date.iso, detector="date"))
    if kinds & {"amount", "number", "integer"}:
        for m in re.finditer(r"\d[\d.,]*\d|\d", content.text):
            if number := parse_number(m[0], hints):
                kind = "amount" if number.has_decimals and "amount" in kinds else "number"
                found.append(
                    Candidate(start=m.start(), end=m.end(), text=m[0], value=float(number.value), detector=kind)
                )
    return tuple(sorted(found, key=lambda candidate: (candidate.start, candidate.end)))
