"""One decision a field between what the finders and the model say; no value without a place that it stands at."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..datamodel.record import ArrayValue, FieldValue, LeafValue, ObjectValue
from ..datamodel.schema import Field
from .abstracted import write
from .candidates import candidate_kinds
from .confidence import Signals, confidence_of, features_of
from .enums import cite_choice
from .finding import cheapest, sure_find
from .introductions import with_roles
from .members import assembled, money_of, stand_in, within
from .model_answers import grounded, is_answer
from .names_in_text import can_be_name
from .proposals import Proposal, absent, proposal_of_span, weigh
from .task import Finds, Task, Weighed


def decide(task: Task, each: Field) -> FieldValue:
    if each.name in task.decided:
        return task.decided[each.name]
    answer = task.answers.values.get(each.name) if task.answers else None
    return _value(task, each, answer, task.finds.get(each.name))


def _value(
    task: Task, each: Field, answer: Any, finds: Finds | None = None, *, anchor: Proposal | None = None
) -> FieldValue:
    if each.type == "array":
        return _answered_array(task, each, answer)
    if each.type == "object":
        given = answer if isinstance(answer, dict) else {}
        pair = money_of(each)
        if pair is not None:
            amount = _extracted(task, stand_in(each), given.get(pair[0].name), finds or Finds(), anchor=anchor)
            return assembled(task.reading, each, {(pair[0].name,): amount})
        return _object(task, each, given, anchor)
    if each.kind == "extracted":
        return _extracted(task, each, answer, finds or Finds(), anchor=anchor)
    if each.kind == "abstracted" and each.type == "string":
        return _written(task, each, answer)
    return _inferred(task, each, answer)


def _object(task: Task, each: Field, answers: dict[str, Any], anchor: Proposal | None) -> ObjectValue:
    """Members that belong together stand together: each is looked for nearest to the longest of them."""
    anchor = _anchor(task, each, answers, anchor) or anchor
    members: list[tuple[str, FieldValue]] = []
    for child in each.properties:
        named = within(each, child)
        value = _value(task, named, answers.get(child.name), task.finds.get(named.name), anchor=anchor)
        members.append((child.name, value))
    return ObjectValue(members=tuple(members))


def _anchor(task: Task, each: Field, answers: dict[str, Any], near: Proposal | None) -> Proposal | None:
    """The place of the longest text among the members, nearest behind what came before."""
    texts = [
        (len(str(answers.get(child.name))), child)
        for child in each.properties
        if child.kind == "extracted" and child.type == "string" and is_answer(answers.get(child.name))
    ]
    if not texts:
        return None
    _, child = max(texts, key=lambda pair: pair[0])
    return grounded(task.reading, child, answers[child.name], near=[near] if near else ())


def _extracted(
    task: Task,
    each: Field,
    answer: Any,
    finds: Finds,
    *,
    was_asked: bool | None = None,
    anchor: Proposal | None = None,
) -> LeafValue:
    if task.is_model_alone:
        said = grounded(task.reading, each, answer)
        return (
            absent(each, confidence_of(Signals(finder="none", field_type=each.type)))
            if said is None
            else task.leaf(each, said)
        )
    if answer is None and (sure := sure_find(task, each, finds)) is not None:
        task.weighed.append(Weighed(each.name, sure.value, features_of(task.signals(each, sure))))
        return task.leaf(each, sure)
    if was_asked is None:
        was_asked = task.answers is not None and each.name in task.answers.values
    logprob = task.answers.logprobs.get(each.name) if task.answers else None
    near = [*finds.learned[:1], *finds.labelled, *finds.evident, *([anchor] if anchor else ())]
    said = grounded(task.reading, each, answer, near=near, logprob=logprob)
    if said is None and is_answer(answer):
        task.ungrounded(each, answer)
    cheap = cheapest(task, each, finds)
    if said and cheap and cheap.finder == "sole" and cheap.strength < 1 and each.type != "string":
        cheap = None  # the first of several dates is a guess, and says nothing against an answer that stands there
    proposals = weigh(said, cheap, model_denies=was_asked and said is None)
    best = max(proposals, key=lambda one: task.confidence(each, one), default=None)
    absence = Signals(
        finder="unsaid" if finds.is_closed else "none" if was_asked else "unasked",
        strength=1.0 - task.confidence(each, best) if best else 1.0,
        field_type=each.type,
        other="differs" if is_answer(answer) else "alone",
    )
    if best is not None and best.finder != "pattern" and task.confidence(each, best) < confidence_of(absence):
        best = None
    for one in proposals:
        task.weighed.append(Weighed(each.name, one.value, features_of(task.signals(each, one)), one is best))
    task.weighed.append(Weighed(each.name, None, features_of(absence), best is None))
    return absent(each, confidence_of(absence)) if best is None else task.leaf(each, best)


def _answered_array(task: Task, each: Field, answer: Any) -> ArrayValue:
    inner = each.items
    if inner is None or not isinstance(answer, list):
        return _names(task, each) if task.answers is None else ArrayValue(items=())
    if inner.type == "object":
        rows, anchor = [], None
        for item in answer:
            if isinstance(item, dict):
                anchor = _anchor(task, inner, item, anchor) or anchor
                rows.append(with_roles(task.reading, inner, _object(task, inner, item, anchor)))
        return ArrayValue(items=tuple(row for row in rows if _holds_something(row)))
    if inner.kind == "extracted":
        found = []
        named = replace(inner, name=each.name)
        for item in answer:
            proposal = grounded(task.reading, inner, item)
            if proposal is not None and not can_be_name(str(proposal.value), candidate_kinds(named)):
                continue
            if proposal is not None:
                proposal = replace(proposal, finder="listed")
                task.weighed.append(Weighed(each.name, proposal.value, features_of(task.signals(inner, proposal))))
                found.append((inner, proposal))
            elif is_answer(item):
                task.ungrounded(each, item)
        return task.array(found)
    values = [_value(task, replace(inner, name=each.name), item) for item in dict.fromkeys(map(str, answer))]
    given = [value for value in values if isinstance(value, LeafValue) and value.value is not None]
    supported = [value for value in given if value.evidence]
    return ArrayValue(items=tuple(supported or given))  # beside what the file speaks of, the rest is guessed


def _names(task: Task, each: Field) -> ArrayValue:
    """Names of the kind a list asks for, found by their form, when there is no model."""
    inner = each.items
    if inner is None or inner.type != "string" or inner.kind != "extracted":
        return ArrayValue(items=())
    if each.name in task.parties:
        return task.array([(inner, proposal) for proposal in task.parties[each.name]])
    kinds = candidate_kinds(replace(inner, name=each.name)) & {"company", "person", "email", "phone"}
    found = [
        proposal_of_span(
            task.reading, inner, c.start, c.end, "named" if c.detector in ("company", "person") else "pattern"
        )
        for c in task.reading.candidates(frozenset(kinds))
    ]
    return task.array([(inner, proposal) for proposal in found if proposal is not None])


def _written(task: Task, each: Field, answer: Any) -> LeafValue:
    if not isinstance(answer, str) or not answer.strip():
        return absent(each, confidence_of(Signals(finder="none")))
    value, notices = write(task.reading, each, answer)
    task.warnings.extend(notices)
    return value


def _inferred(task: Task, each: Field, answer: Any) -> LeafValue:
    if answer is None:
        return absent(each, confidence_of(Signals(finder="none", field_type=each.type)))
    logprob = task.answers.logprobs.get(each.name) if task.answers else None
    confidence = confidence_of(Signals(finder="chosen", token_logprob=logprob, field_type=each.type))
    if each.enum:
        return cite_choice(task.reading, each, str(answer), confidence)
    if each.type == "string":
        value, notices = write(task.reading, each, str(answer))
        task.warnings.extend(notices)
        return value
    chosen = cite_choice(task.reading, each, each.description, confidence)
    return (
        replace(chosen, value=answer) if isinstance(answer, bool | int | float) else replace(chosen, value=str(answer))
    )


def part_people_from_companies(task: Task, values: dict[str, FieldValue]) -> None:
    """A small model lists companies among people too: what stands in a list of companies is no person."""
    kinds = {
        each.name: candidate_kinds(replace(each.items, name=each.name))
        for each in task.schema.fields
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


def _text(item: FieldValue) -> str:
    return str(item.value).casefold() if isinstance(item, LeafValue) else ""


def _holds_something(row: ObjectValue) -> bool:
    return any(not isinstance(value, LeafValue) or value.value is not None for _, value in row.members)
