"""One content and one schema on their way: what is known so far, and what every step needs to weigh a value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ..datamodel.content import Content, Notice, Usage
from ..datamodel.record import ArrayValue, FieldValue, LeafValue
from ..datamodel.schema import Field, Schema
from .candidates import candidate_kinds
from .confidence import Signals, confidence_of
from .label_hits import LabelHit
from .lessons import Lessons, Taught
from .model_answers import Answers
from .proposals import Proposal, leaf_of
from .reading import Reading
from .sums import is_outdone

_NAMES = frozenset({"company", "person"})
MAX_LIST = 50
"""Values of a list that are kept."""
_MAX_SAID = 5


@dataclass(frozen=True, slots=True)
class Weighed:
    """One possible answer for a field that was weighed on the way, for fitting the confidence."""

    field: str
    value: Any
    """None: that there is no value."""
    features: dict[str, float]
    is_chosen: bool = True
    """Whether it was given."""


@dataclass(slots=True)
class Finds:
    """What the finders say of one extracted leaf, best first."""

    labelled: list[Proposal] = field(default_factory=list)
    evident: list[Proposal] = field(default_factory=list)
    clauses: list[Proposal] = field(default_factory=list)
    learned: list[Proposal] = field(default_factory=list)
    phrases: list[Proposal] = field(default_factory=list)
    is_closed: bool = False
    """What is not among the phrases is not there."""


class Task:
    """Filled in by `finding`, then `asking`, then `deciding`."""

    def __init__(self, content: Content, schema: Schema, lessons: Lessons | None = None) -> None:
        self.schema = schema
        self.reading = Reading(content, schema.locale)
        self.taught = Taught(lessons, self.reading) if lessons is not None else None
        self.decided: dict[str, FieldValue] = {}
        self.finds: dict[str, Finds] = {}
        self.hits: dict[str, list[LabelHit]] = {}
        self.warnings: list[Notice] = [
            Notice(code="instructions", message=f"text that speaks to a language model was passed over: {said[:120]!r}")
            for said in self.reading.instructions[:_MAX_SAID]
        ]
        self.answers: Answers | None = None
        self.engines: dict[str, str] = {} if lessons is None else {"lessons": lessons.name}
        self.weighed: list[Weighed] = []
        self.parties: dict[str, list[Proposal]] = {}
        self.unasked: tuple[str, ...] = ()
        """Fields for a language model that is turned off; what is seen or heard may still answer them."""
        self.is_model_alone = False
        """Finders have no say (early fusion)."""
        self.usage = Usage()
        """Of the language model, for segments that were filled by themselves."""

    def signals(self, each: Field, proposal: Proposal) -> Signals:
        scores = self.reading.source_scores(proposal.start, proposal.end)
        return Signals(
            finder=proposal.finder,
            match=proposal.match,
            strength=proposal.strength,
            margin=proposal.margin,
            source_score=min(scores, default=None),
            source_doubt=sum(1.0 - score for score in scores),
            support=proposal.support,
            is_summed=proposal.is_summed,
            is_outdone=not proposal.is_summed and is_outdone(self.reading, each, proposal.value),
            is_one_word=_is_one_word(each, proposal),
            token_logprob=proposal.token_logprob,
            is_ambiguous=proposal.is_ambiguous,
            field_type=each.type,
            other=proposal.other,
        )

    def confidence(self, each: Field, proposal: Proposal) -> float:
        return confidence_of(self.signals(each, proposal))

    def leaf(self, each: Field, proposal: Proposal) -> LeafValue:
        return leaf_of(self.reading, each, proposal, self.confidence(each, proposal))

    def array(self, found: Sequence[tuple[Field, Proposal]]) -> ArrayValue:
        """Leaves without repetition, in the order they were found."""
        seen: dict[Any, LeafValue] = {}
        for inner, proposal in found:
            key = proposal.value.casefold() if isinstance(proposal.value, str) else proposal.value
            if key not in seen and len(seen) < MAX_LIST:
                seen[key] = self.leaf(inner, proposal)
        return ArrayValue(items=tuple(seen.values()))

    def ungrounded(self, each: Field, answer: object) -> None:
        self.warnings.append(
            Notice(code="ungrounded", message=f"{each.name}: does not stand in the file: {str(answer)[:120]!r}")
        )


def _is_one_word(each: Field, proposal: Proposal) -> bool:
    return isinstance(proposal.value, str) and bool(candidate_kinds(each) & _NAMES) and proposal.value.isalpha()
