"""A possible value of a field: where it stands, who found it, and how well."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ..datamodel.record import Evidence, LeafValue, MatchKind, Scalar
from ..datamodel.schema import Field
from .evidence import evidence_of_span
from .reading import Reading
from .values import normalize

Finder = Literal["label", "model", "label+model", "sole", "pattern", "table", "words", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A span of the text that can be the value of a field."""

    start: int
    end: int
    value: Scalar
    finder: Finder
    match: MatchKind = "exact"
    strength: float = 1.0
    """How good the finder thinks it is, in (0, 1]; comparable within one finder only, and not a confidence."""
    margin: float = 1.0
    """How far the strength is above the runner-up's."""
    is_ambiguous: bool = False
    """Could be read in another way, and nothing in the file decides."""
    token_logprob: float | None = None
    """Mean log-probability of the model's tokens for it."""


def proposal_of_span(
    reading: Reading, field: Field, start: int, end: int, finder: Finder, *, match: MatchKind = "exact", strength: float = 1.0
) -> Proposal | None:  # fmt: skip
    """A span as a value of the field; None when it cannot be one."""
    text = reading.content.text[start:end]
    value = normalize(text, field, reading.hints)
    if value is None or value == "":
        return None
    return Proposal(start=start, end=end, value=value, finder=finder, match=match, strength=strength)


def leaf_of(reading: Reading, field: Field, proposal: Proposal, confidence: float) -> LeafValue:
    """A decided proposal as it stands in the record."""
    return LeafValue(
        type=field.type,
        kind=field.kind,
        value=proposal.value,
        confidence=confidence,
        evidence=evidence_of_span(reading.content, proposal.start, proposal.end, proposal.match),
    )


def absent(field: Field, confidence: float) -> LeafValue:
    """No value was found."""
    return LeafValue(type=field.type, kind=field.kind, value=None, confidence=confidence)


def cited(field: Field, value: Scalar, confidence: float, evidence: tuple[Evidence, ...]) -> LeafValue:
    """A value that does not stand in the file but follows from the passages."""
    return LeafValue(type=field.type, kind=field.kind, value=value, confidence=confidence, evidence=evidence)
