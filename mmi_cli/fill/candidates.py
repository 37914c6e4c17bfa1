"""Typed detectors: every place in a text that can be a date, an amount, a number, an identifier …"""

from __future__ import annotations

from dataclasses import dataclass

from ..datamodel.record import Scalar


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
