"""A possible value of a field: where it stands, who found it, and how well."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from ..datamodel.record import ArrayValue, Evidence, FieldValue, LeafValue, MatchKind, Scalar
from ..datamodel.schema import Field
from .evidence import evidence_of_span
from .reading import Reading
from .values import read_value

Finder = Literal[
    "label", "model", "label+model", "listed", "head", "heading", "sole", "pattern", "table", "words", "clause", "named", "learned",
    "phrase", "none",
]  # fmt: skip


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
    support: int = 1
    """How many places hold the value, by the same finder."""
    is_summed: bool = False
    """Other amounts of the file add up to it."""
    is_ambiguous: bool = False
    """Could be read in another way, and nothing in the file decides."""
    token_logprob: float | None = None
    """Mean log-probability of the model's tokens for it."""
    rest: tuple[tuple[int, int], ...] = ()
    """Where the rest of a value stands that a form parts over several boxes or lines."""
    other: Literal["alone", "agrees", "differs", "denies"] = "alone"
    """What the other finder says, of the labels and the model: nothing, the same, another value, or that there is none."""


def proposal_of_span(
    reading: Reading, field: Field, start: int, end: int, finder: Finder, *, match: MatchKind = "exact", strength: float = 1.0
) -> Proposal | None:  # fmt: skip
    """A span as a value of the field; None when it cannot be one."""
    read = read_value(reading.content.text[start:end], field, reading.hints)
    if read is None or read.value == "":
        return None
    return Proposal(
        start=start,
        end=end,
        value=read.value,
        finder=finder,
        match=match,
        strength=strength,
        is_ambiguous=read.is_ambiguous,
    )


_MOST = 200
"""Proposals kept of one field: a label that is repeated ten thousand times says no more than its best places."""


def with_margins(ranked: Sequence[Proposal]) -> list[Proposal]:
    """The best proposals, best first, that know how far each is above the next one with another value at another place."""
    ranked = ranked[:_MOST]
    out = []
    counts = Counter(each.value for each in ranked)
    for position, each in enumerate(ranked):
        rivals = (after.strength for after in ranked[position + 1 :] if _is_rival(each, after))
        out.append(replace(each, margin=each.strength - next(rivals, 0.0), support=counts[each.value]))
    return out


_ALIKE = 0.05


def fuller(ranked: Sequence[Proposal]) -> list[Proposal]:
    """Best first; of two texts that are about as good, of which one begins with the other, the longer is the whole of it."""
    if not ranked or not isinstance(ranked[0].value, str):
        return list(ranked)
    first = ranked[0]
    begun = str(first.value).rstrip() + " "
    for each in ranked[1:_MOST]:
        if each.strength < first.strength - _ALIKE:
            break
        if str(each.value).startswith(begun):
            return [each, *(other for other in ranked if other is not each)]
    return list(ranked)


def _is_rival(each: Proposal, other: Proposal) -> bool:
    is_part = str(each.value).startswith(str(other.value)) if isinstance(each.value, str) else False
    return other.value != each.value and not is_part and not (each.start < other.end and other.start < each.end)


def weigh(said: Proposal | None, cheap: Proposal | None, *, model_denies: bool) -> list[Proposal]:
    """What the model and the cheap finders say of one field, each knowing of the other; one proposal where they agree."""
    if said is None or cheap is None:
        alone = [each for each in (said, cheap) if each is not None]
        return [replace(each, other="denies") for each in alone] if model_denies else alone
    if cheap.value == said.value and cheap.finder == "learned":
        return [replace(cheap, other="agrees", token_logprob=said.token_logprob)]
    if cheap.value == said.value:
        both = replace(
            said,
            finder="label+model" if cheap.finder == "label" else "model",
            strength=cheap.strength,
            margin=cheap.margin,
            support=cheap.support,
            is_summed=cheap.is_summed,
        )
        return [replace(both, other="agrees")]
    return [replace(said, other="differs"), replace(cheap, other="differs")]


def leaf_of(reading: Reading, field: Field, proposal: Proposal, confidence: float) -> LeafValue:
    """A decided proposal as it stands in the record."""
    evidence = evidence_of_span(reading.content, proposal.start, proposal.end, proposal.match)
    for start, end in proposal.rest:
        evidence += evidence_of_span(reading.content, start, end, proposal.match)
    return LeafValue(type=field.type, kind=field.kind, value=proposal.value, confidence=confidence, evidence=evidence)


def absent(field: Field, confidence: float) -> LeafValue:
    """No value was found."""
    return LeafValue(type=field.type, kind=field.kind, value=None, confidence=confidence)


def is_empty(value: FieldValue) -> bool:
    """Whether there is nothing in a value: no list item, no member that is known."""
    if isinstance(value, LeafValue):
        return value.value is None
    inner = value.items if isinstance(value, ArrayValue) else tuple(member for _, member in value.members)
    return all(map(is_empty, inner))


def cited(field: Field, value: Scalar, confidence: float, evidence: tuple[Evidence, ...]) -> LeafValue:
    """A value that does not stand in the file but follows from the passages."""
    return LeafValue(type=field.type, kind=field.kind, value=value, confidence=confidence, evidence=evidence)
