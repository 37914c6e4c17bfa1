"""Fills a schema from a content; the order of decisions is the order of this file.

1. Cheap finders: labels and typed candidates for extracted leaves, tables for arrays of objects, words for enums such as a currency.
2. The language model, once a file, for what is left: it copies, and each answer is looked up in the text again; an extracted value that
   does not stand there is dropped with the warning `ungrounded`.
3. One decision a field between what the finders say.
4. Fields with an `expression`, then the checks.

Without a language model everything but abstracted and model-inferred fields is still filled, and a warning says what was missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from .. import progress
from ..datamodel.content import Content, Notice, Usage
from ..datamodel.filled import Filled
from ..datamodel.record import ArrayValue, FieldValue, LeafValue, ObjectValue
from ..datamodel.schema import Field, Schema
from ..engines.interface import Engines, LanguageModel, TextEmbedder
from ..errors import EngineFailed, LimitExceeded, MissingEngine
from ..settings import Settings
from .abstracted import write
from .address_blocks import by_address_blocks
from .agreements import asks_for_parties, by_clauses, find_parties
from .candidates import candidate_kinds, find_matching
from .checkboxes import by_boxes, ticked_options
from .checks import run_checks
from .computed import compute_all
from .confidence import Signals, confidence_of, features_of
from .doubts import with_doubts
from .e_invoices import StructuredInvoice
from .enums import choose_by_words, cite_choice
from .introductions import with_roles
from .issuers import at_head
from .labels import LabelHit, by_labels, find_labels
from .lessons import Lessons, Taught
from .line_items import rows_from_tables
from .members import assembled, looked_for, money_of, stand_in, within
from .model_answers import Answers, ask_model, grounded, is_answer
from .names_in_text import can_be_name
from .phrases import find_phrases, is_closed, spelled_out
from .proposals import Proposal, absent, leaf_of, proposal_of_span, weigh
from .reading import Reading
from .shared_places import without_own_place
from .sums import settle_sums
from .titles import by_heading

# Kinds whose form alone proves them: a checksum, or a shape that nothing else has.
_SELF_EVIDENT = frozenset({"iban", "email", "url", "isbn", "card"})
_MAX_LIST = 50
_MAX_SAID = 5
_CLEAR_CLAUSE = 0.7
_SURE = 0.45
"""Probability from which a cheap find is taken without asking the model: on what the finders leave, it is right about as often."""


def fill_content(
    content: Content, schema: Schema, *, engines: Engines, settings: Settings, lessons: Lessons | None = None
) -> Filled:
    """Values for every field of the schema, in its order.

    Args:
        lessons: what labelled files taught, without this file.

    Raises:
        EngineFailed: the language model failed.
    """
    return _Task(content, schema, lessons).fill(engines, settings)


@dataclass(frozen=True, slots=True)
class Weighed:
    """One possible answer for a field that was weighed on the way, for fitting the confidence."""

    field: str
    value: Any
    """None: that there is no value."""
    features: dict[str, float]
    is_chosen: bool = True
    """Whether it was given."""


def fill_and_weigh(
    content: Content, schema: Schema, *, engines: Engines, settings: Settings, lessons: Lessons | None = None
) -> tuple[Filled, tuple[Weighed, ...]]:
    """Like `fill_content`, with every answer that was weighed and its signals."""
    task = _Task(content, schema, lessons)
    filled = task.fill(engines, settings)
    return filled, tuple(task.weighed)


@dataclass(slots=True)
class _Finds:
    """What the finders say of one extracted leaf, best first."""

    labelled: list[Proposal] = field(default_factory=list)
    evident: list[Proposal] = field(default_factory=list)
    clauses: list[Proposal] = field(default_factory=list)
    learned: list[Proposal] = field(default_factory=list)
    phrases: list[Proposal] = field(default_factory=list)
    is_closed: bool = False
    """What is not among the phrases is not there."""


class _Task:
    """One content and one schema on their way."""

    def __init__(self, content: Content, schema: Schema, lessons: Lessons | None = None) -> None:
        self.schema = schema
        self.reading = Reading(content, schema.locale)
        self.taught = Taught(lessons, self.reading) if lessons is not None else None
        self.decided: dict[str, FieldValue] = {}
        self.finds: dict[str, _Finds] = {}
        self.hits: dict[str, list[LabelHit]] = {}
        self.warnings: list[Notice] = [
            Notice(code="instructions", message=f"text that speaks to a language model was passed over: {said[:120]!r}")
            for said in self.reading.instructions[:_MAX_SAID]
        ]
        self.answers: Answers | None = None
        self.engines: dict[str, str] = {} if lessons is None else {"lessons": lessons.name}
        self.weighed: list[Weighed] = []
        self.parties: dict[str, list[Proposal]] = {}

    def fill(self, engines: Engines, settings: Settings) -> Filled:
        self.find_cheaply()
        open_fields = self.open_fields()
        if open_fields:
            self.ask(open_fields, engines, settings)
        return self.result()

    # --- 1. cheap finders

    def find_cheaply(self) -> None:
        named = [each for each in self.schema.fields if each.expression is None]
        asked = [one for each in named for one in looked_for(each)]
        self.hits = find_labels(self.reading, asked)
        invoice = StructuredInvoice(self.reading)
        every_hit = sorted((hit for hits in self.hits.values() for hit in hits), key=lambda hit: hit.start)
        phrases = find_phrases(self.reading, named)
        for each in named:
            if (ticked := self._ticked(each)) is not None:
                self.decided[each.name] = ticked
            elif each.type == "array" and each.items is not None and phrases.get(each.name):
                self.decided[each.name] = self._array([(each.items, one) for one in phrases[each.name]])
            elif each.type == "array" and (value := self._array_without_model(each)) is not None:
                self.decided[each.name] = value
        for each in asked:
            progress.step()
            if each.name in self.decided:
                continue
            if each.kind == "extracted" and each.is_leaf:
                labelled = by_labels(self.reading, each, self.hits[each.name], every_hit)
                has_boxes = (
                    by_boxes(self.reading, each, self._label_spans(each)) is not None
                )  # they say more than words
                self.finds[each.name] = _Finds(
                    labelled=labelled,
                    evident=invoice.find(each) or self._self_evident(each),
                    clauses=[*by_clauses(self.reading, each), *by_address_blocks(self.reading, each)],
                    phrases=[] if has_boxes else phrases.get(each.name, []),
                    is_closed=not has_boxes and is_closed(self.reading, each, named),
                    learned=self.taught.by_lessons(each, labelled) if self.taught else [],
                )
            elif (each.enum or each.type == "boolean") and (
                chosen := choose_by_words(self.reading, each, self._label_spans(each))
            ) is not None:
                self.decided[each.name] = chosen

        leaves = [each for each in asked if each.name in self.finds]
        settled = settle_sums(self.reading, leaves, {name: finds.labelled for name, finds in self.finds.items()})
        for name, labelled in settled.items():
            self.finds[name].labelled = labelled

    def _ticked(self, each: Field) -> ArrayValue | None:
        """The options that are ticked, for a list of choices that has check boxes."""
        if each.items is None or not each.items.enum:
            return None
        ticked = ticked_options(self.reading, each.items, self._label_spans(each))
        return None if ticked is None else self._array([(each.items, proposal) for proposal in ticked])

    def _array_without_model(self, each: Field) -> ArrayValue | None:
        inner = each.items
        if inner is None or each.kind != "extracted":
            return None
        if inner.type == "object":
            return rows_from_tables(self.reading, each)
        if asks_for_parties(each):
            parties = find_parties(self.reading, each)
            self.parties[each.name] = parties
            if self._are_listed(parties):
                self.weighed += [
                    Weighed(each.name, one.value, features_of(self._signals(inner, one))) for one in parties
                ]
            return self._array([(inner, proposal) for proposal in parties]) if self._are_listed(parties) else None
        if inner.kind == "extracted" and inner.type in ("date", "number", "integer"):
            kinds = frozenset({"amount"}) if inner.type == "number" else candidate_kinds(inner)
            found = {c.value: c for c in reversed(self.reading.candidates(kinds))}
            ordered = sorted(found.values(), key=lambda candidate: candidate.start)[:_MAX_LIST]
            proposals = [proposal_of_span(self.reading, inner, c.start, c.end, "pattern") for c in ordered]
            return self._array([(inner, proposal) for proposal in proposals if proposal is not None])
        return None

    @staticmethod
    def _are_listed(parties: Sequence[Proposal]) -> bool:
        return len(parties) > 1 and all(party.strength >= _CLEAR_CLAUSE for party in parties)

    def _label_spans(self, each: Field) -> list[tuple[int, int]]:
        return [(hit.start, hit.end) for hit in self.hits[each.name]]

    def _self_evident(self, each: Field) -> list[Proposal]:
        """Values that their form proves: a checksum, the field's own pattern."""
        found = [*find_matching(self.reading.content, each)]
        kinds = candidate_kinds(each) & _SELF_EVIDENT
        if kinds and each.type == "string":
            found += [c for c in self.reading.candidates(kinds) if c.detector in kinds and not c.is_ambiguous]
        proposals = [proposal_of_span(self.reading, each, c.start, c.end, "pattern") for c in found]
        return [proposal for proposal in proposals if proposal is not None]

    # --- 2. the language model

    def open_fields(self) -> tuple[Field, ...]:
        """What the model is to be asked: everything that is neither decided, nor computed, nor evident."""
        return tuple(
            each
            for each in self.schema.fields
            if each.expression is None and each.name not in self.decided and not self._is_sure(each)
        )

    def _is_sure(self, each: Field) -> bool:
        parts = [(part, self.finds.get(part.name)) for part in looked_for(each)]
        return all(
            finds is not None and (finds.is_closed or self._sure(part, finds) is not None) for part, finds in parts
        )

    def ask(self, fields: Sequence[Field], engines: Engines, settings: Settings) -> None:
        model = self._engine("language model", engines.language_model, fields)
        if model is None:
            return
        embedder = self.reading.embedder = self._embedder(engines)
        try:
            self.answers = ask_model(
                model, self.reading, self.schema, fields, self.hits, settings=settings, embedder=embedder
            )
        except LimitExceeded as error:
            raise EngineFailed(str(error)) from error
        self.engines["language_model"] = model.name
        if embedder is not None:
            self.engines["embedding"] = embedder.name
        if not self.answers.is_complete:
            self.warnings.append(
                Notice(code="answer_cut", message="the model's answer was longer than its room; its end is missing")
            )

    def _engine(self, what: str, load: Any, fields: Sequence[Field]) -> LanguageModel | None:
        try:
            model: LanguageModel | None = load()
        except MissingEngine as error:
            self.warnings.append(Notice(code="missing_engine", message=f"{what}: {error}"))
            return None
        if model is None and any(each.kind != "extracted" for each in fields):
            names = ", ".join(each.name for each in fields if each.kind != "extracted")
            self.warnings.append(Notice(code="missing_engine", message=f"{what} is turned off; not filled: {names}"))
        return model

    def _embedder(self, engines: Engines) -> TextEmbedder | None:
        try:
            embedder = engines.text_embedder()
        except MissingEngine:
            return None  # passages are then chosen by words
        return embedder

    # --- 3. one decision a field

    def _decide(self, each: Field) -> FieldValue:
        if each.name in self.decided:
            return self.decided[each.name]
        answer = self.answers.values.get(each.name) if self.answers else None
        return self._value(each, answer, self.finds.get(each.name))

    def _value(
        self, each: Field, answer: Any, finds: _Finds | None = None, *, anchor: Proposal | None = None
    ) -> FieldValue:
        if each.type == "array":
            return self._answered_array(each, answer)
        if each.type == "object":
            given = answer if isinstance(answer, dict) else {}
            pair = money_of(each)
            if pair is not None:
                amount = self._extracted(stand_in(each), given.get(pair[0].name), finds or _Finds(), anchor=anchor)
                return assembled(self.reading, each, {(pair[0].name,): amount})
            return self._object(each, given, anchor)
        if each.kind == "extracted":
            return self._extracted(each, answer, finds or _Finds(), anchor=anchor)
        if each.kind == "abstracted" and each.type == "string":
            return self._written(each, answer)
        return self._inferred(each, answer)

    def _object(self, each: Field, answers: dict[str, Any], anchor: Proposal | None) -> ObjectValue:
        """Members that belong together stand together: each is looked for nearest to the longest of them."""
        anchor = self._anchor(each, answers, anchor) or anchor
        members: list[tuple[str, FieldValue]] = []
        for child in each.properties:
            named = within(each, child)
            value = self._value(named, answers.get(child.name), self.finds.get(named.name), anchor=anchor)
            members.append((child.name, value))
        return ObjectValue(members=tuple(members))

    def _anchor(self, each: Field, answers: dict[str, Any], near: Proposal | None) -> Proposal | None:
        """The place of the longest text among the members, nearest behind what came before."""
        texts = [
            (len(str(answers.get(child.name))), child)
            for child in each.properties
            if child.kind == "extracted" and child.type == "string" and is_answer(answers.get(child.name))
        ]
        if not texts:
            return None
        _, child = max(texts, key=lambda pair: pair[0])
        return grounded(self.reading, child, answers[child.name], near=[near] if near else ())

    def _extracted(
        self,
        each: Field,
        answer: Any,
        finds: _Finds,
        *,
        was_asked: bool | None = None,
        anchor: Proposal | None = None,
    ) -> LeafValue:
        if answer is None and (sure := self._sure(each, finds)) is not None:
            self.weighed.append(Weighed(each.name, sure.value, features_of(self._signals(each, sure))))
            return self._leaf(each, sure)
        if was_asked is None:
            was_asked = self.answers is not None and each.name in self.answers.values
        logprob = self.answers.logprobs.get(each.name) if self.answers else None
        near = [*finds.learned[:1], *finds.labelled, *finds.evident, *([anchor] if anchor else ())]
        said = grounded(self.reading, each, answer, near=near, logprob=logprob)
        if said is None and is_answer(answer):
            self._ungrounded(each, answer)
        cheap = self._cheap(each, finds)
        if said and cheap and cheap.finder == "sole" and cheap.strength < 1 and each.type != "string":
            cheap = None  # the first of several dates is a guess, and says nothing against an answer that stands there
        proposals = weigh(said, cheap, model_denies=was_asked and said is None)
        best = max(proposals, key=lambda one: self._confidence(each, one), default=None)
        absence = Signals(
            finder="unsaid" if finds.is_closed else "none" if was_asked else "unasked",
            strength=1.0 - self._confidence(each, best) if best else 1.0,
            field_type=each.type,
            other="differs" if is_answer(answer) else "alone",
        )
        if best is not None and best.finder != "pattern" and self._confidence(each, best) < confidence_of(absence):
            best = None
        for one in proposals:
            self.weighed.append(Weighed(each.name, one.value, features_of(self._signals(each, one)), one is best))
        self.weighed.append(Weighed(each.name, None, features_of(absence), best is None))
        return absent(each, confidence_of(absence)) if best is None else self._leaf(each, best)

    def _cheap(self, each: Field, finds: _Finds) -> Proposal | None:
        """The best that is found without a model."""
        if finds.evident:
            values = len({proposal.value for proposal in finds.evident})
            return replace(finds.evident[0], strength=1 / values)
        untaught = self._untaught(each, finds)
        if self.taught is None or not finds.learned:
            return untaught
        taught = finds.learned[0]
        if untaught is None:
            return taught
        if self.taught.trust(each, untaught, self._confidence(each, untaught)) <= self._confidence(each, taught):
            return taught
        is_same_place = (taught.start, taught.end) == (untaught.start, untaught.end)
        return replace(untaught, value=taught.value, match=taught.match) if is_same_place else untaught

    def _untaught(self, each: Field, finds: _Finds) -> Proposal | None:
        """The best without labelled files."""
        if finds.is_closed or finds.phrases or (each.enum and each.type == "string"):
            return spelled_out(each, finds.phrases, () if finds.is_closed else finds.labelled)
        if finds.clauses and finds.clauses[0].strength >= _CLEAR_CLAUSE:
            return finds.clauses[0]
        head = at_head(self.reading, each) if "address" in candidate_kinds(each) else None
        if finds.labelled and not (head and head.end < finds.labelled[0].start):
            return finds.labelled[0]
        if finds.clauses:
            return finds.clauses[0]
        return head or by_heading(self.reading, each) or at_head(self.reading, each) or self._sole(each)

    def _sure(self, each: Field, finds: _Finds) -> Proposal | None:
        """What needs no model: proved by its form, or named so clearly that the model is hardly ever better."""
        best = self._cheap(each, finds)
        if best is None or self._confidence(each, best) < _SURE:
            return None
        if best.finder == "sole" and best.strength < 1:
            return None  # the first of several
        return best

    def _ungrounded(self, each: Field, answer: object) -> None:
        self.warnings.append(
            Notice(code="ungrounded", message=f"{each.name}: does not stand in the file: {str(answer)[:120]!r}")
        )

    def _sole(self, each: Field) -> Proposal | None:
        """The only value of its kind in the file, or the first name of its kind; being shaped like some number proves nothing."""
        if each.type == "boolean":
            return None  # one check box somewhere says nothing of the field
        candidates = self.reading.candidates(candidate_kinds(each) - {"identifier"})
        values = {candidate.value for candidate in candidates}
        if candidates and (len(values) == 1 or each.type == "string" or (each.type == "date" and len(values) <= 2)):
            rivals = sum(other.type == each.type and other.is_leaf for other in self.schema.fields)
            first = candidates[0]
            return proposal_of_span(
                self.reading, each, first.start, first.end, "sole", strength=1 / len(values) / max(1, rivals)
            )
        return None

    def _signals(self, each: Field, proposal: Proposal) -> Signals:
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
            token_logprob=proposal.token_logprob,
            is_ambiguous=proposal.is_ambiguous,
            field_type=each.type,
            other=proposal.other,
        )

    def _confidence(self, each: Field, proposal: Proposal) -> float:
        return confidence_of(self._signals(each, proposal))

    def _leaf(self, each: Field, proposal: Proposal) -> LeafValue:
        return leaf_of(self.reading, each, proposal, self._confidence(each, proposal))

    def _answered_array(self, each: Field, answer: Any) -> ArrayValue:
        inner = each.items
        if inner is None or not isinstance(answer, list):
            return self._names(each) if self.answers is None else ArrayValue(items=())
        if inner.type == "object":
            rows, anchor = [], None
            for item in answer:
                if isinstance(item, dict):
                    anchor = self._anchor(inner, item, anchor) or anchor
                    rows.append(with_roles(self.reading, inner, self._object(inner, item, anchor)))
            return ArrayValue(items=tuple(row for row in rows if _holds_something(row)))
        if inner.kind == "extracted":
            found = []
            named = replace(inner, name=each.name)
            for item in answer:
                proposal = grounded(self.reading, inner, item)
                if proposal is not None and not can_be_name(str(proposal.value), candidate_kinds(named)):
                    continue
                if proposal is not None:
                    proposal = replace(proposal, finder="listed")
                    self.weighed.append(Weighed(each.name, proposal.value, features_of(self._signals(inner, proposal))))
                    found.append((inner, proposal))
                elif is_answer(item):
                    self._ungrounded(each, item)
            return self._array(found)
        values = [self._value(replace(inner, name=each.name), item) for item in dict.fromkeys(map(str, answer))]
        given = [value for value in values if isinstance(value, LeafValue) and value.value is not None]
        supported = [value for value in given if value.evidence]
        return ArrayValue(items=tuple(supported or given))  # beside what the file speaks of, the rest is guessed

    def _names(self, each: Field) -> ArrayValue:
        """Names of the kind a list asks for, found by their form, when there is no model."""
        inner = each.items
        if inner is None or inner.type != "string" or inner.kind != "extracted":
            return ArrayValue(items=())
        if each.name in self.parties:
            return self._array([(inner, proposal) for proposal in self.parties[each.name]])
        kinds = candidate_kinds(replace(inner, name=each.name)) & {"company", "person", "email", "phone"}
        found = [
            proposal_of_span(
                self.reading, inner, c.start, c.end, "named" if c.detector in ("company", "person") else "pattern"
            )
            for c in self.reading.candidates(frozenset(kinds))
        ]
        return self._array([(inner, proposal) for proposal in found if proposal is not None])

    def _array(self, found: Sequence[tuple[Field, Proposal]]) -> ArrayValue:
        """Leaves without repetition, in the order they were found."""
        seen: dict[Any, LeafValue] = {}
        for inner, proposal in found:
            key = proposal.value.casefold() if isinstance(proposal.value, str) else proposal.value
            if key not in seen and len(seen) < _MAX_LIST:
                seen[key] = self._leaf(inner, proposal)
        return ArrayValue(items=tuple(seen.values()))

    def _written(self, each: Field, answer: Any) -> LeafValue:
        if not isinstance(answer, str) or not answer.strip():
            return absent(each, confidence_of(Signals(finder="none")))
        value, notices = write(self.reading, each, answer)
        self.warnings.extend(notices)
        return value

    def _inferred(self, each: Field, answer: Any) -> LeafValue:
        if answer is None:
            return absent(each, confidence_of(Signals(finder="none", field_type=each.type)))
        logprob = self.answers.logprobs.get(each.name) if self.answers else None
        confidence = confidence_of(Signals(finder="chosen", token_logprob=logprob, field_type=each.type))
        if each.enum:
            return cite_choice(self.reading, each, str(answer), confidence)
        if each.type == "string":
            value, notices = write(self.reading, each, str(answer))
            self.warnings.extend(notices)
            return value
        chosen = cite_choice(self.reading, each, each.description, confidence)
        return (
            replace(chosen, value=answer)
            if isinstance(answer, bool | int | float)
            else replace(chosen, value=str(answer))
        )

    def _part_people_from_companies(self, values: dict[str, FieldValue]) -> None:
        """A small model lists companies among people too: what stands in a list of companies is no person."""
        kinds = {
            each.name: candidate_kinds(replace(each.items, name=each.name))
            for each in self.schema.fields
            if each.type == "array" and each.items is not None and each.items.type == "string"
        }
        lists = {name: value for name, value in values.items() if name in kinds and isinstance(value, ArrayValue)}
        companies = {
            str(item.value).casefold()
            for name, value in lists.items()
            if "company" in kinds[name] and "person" not in kinds[name]
            for item in value.items
            if isinstance(item, LeafValue)
        }
        for name, value in lists.items():
            if "person" in kinds[name] and "company" not in kinds[name]:
                kept = (item for item in value.items if _text(item) not in companies)
                values[name] = replace(value, items=tuple(kept))

    # --- 4. computed fields and checks

    def result(self) -> Filled:
        values: dict[str, FieldValue] = {
            each.name: self._decide(each) for each in self.schema.fields if each.expression is None
        }
        self._part_people_from_companies(values)
        labelled = {name: finds.labelled for name, finds in self.finds.items()}
        for each in self.schema.fields:
            if each.name in without_own_place(self.schema.fields, values, labelled):
                values[each.name] = absent(each, confidence_of(Signals(finder="none", other="differs")))
        fields = tuple(compute_all(self.schema.fields, values).items())
        checks = run_checks(self.schema, fields)
        return Filled(
            fields=with_doubts(self.schema, fields, checks),
            checks=checks,
            warnings=tuple(self.warnings),
            usage=self.answers.usage if self.answers else Usage(),
            engines=tuple(sorted(self.engines.items())),
        )


def _text(item: FieldValue) -> str:
    return str(item.value).casefold() if isinstance(item, LeafValue) else ""


def _holds_something(row: ObjectValue) -> bool:
    return any(not isinstance(value, LeafValue) or value.value is not None for _, value in row.members)
