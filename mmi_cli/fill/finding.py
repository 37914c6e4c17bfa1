"""The cheap finders: what they say of every field, which of them is believed, and whether that is sure enough to ask nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .. import progress
from ..datamodel.record import ArrayValue
from ..datamodel.schema import Field
from .address_blocks import by_address_blocks
from .addressees import find_addressees
from .agreements import asks_for_parties, by_clauses, find_parties
from .candidates import Candidate, candidate_kinds, find_matching
from .chart_fields import from_charts
from .chart_reports import from_reports
from .checkboxes import by_boxes, ticked_options
from .confidence import features_of
from .e_invoices import StructuredInvoice
from .enums import choose_by_words
from .issuers import at_head, on_its_side
from .label_hits import find_labels
from .labels import by_labels
from .line_items import rows_from_tables
from .members import looked_for
from .own_addresses import by_own_addresses
from .phrases import find_phrases, is_closed, spelled_out
from .proposals import Proposal, proposal_of_span
from .sums import settle_sums
from .task import MAX_LIST, Finds, Task, Weighed
from .titles import asks_for_title, asks_for_year, by_heading, by_year, of_the_file

# Kinds whose form alone proves them: a checksum, or a shape that nothing else has.
_SELF_EVIDENT = frozenset({"iban", "email", "url", "isbn", "card"})
_NAMES = frozenset({"company", "person"})
_CLEAR_CLAUSE = 0.7
_SURE = 0.45
"""Probability from which a cheap find is taken without asking the model: on what the finders leave, it is right about as often."""


def find_cheaply(task: Task) -> None:
    task.decided.update(from_charts(task.reading.content, task.schema))
    reports, notices = from_reports(task.reading.content, task.schema)
    task.decided.update(reports)
    task.warnings.extend(notices)
    named = [each for each in task.schema.fields if each.expression is None and each.name not in task.decided]
    asked = [one for each in named for one in looked_for(each)]
    task.hits = find_labels(task.reading, asked)
    invoice = StructuredInvoice(task.reading)
    every_hit = sorted((hit for hits in task.hits.values() for hit in hits), key=lambda hit: hit.start)
    phrases = find_phrases(task.reading, named)
    for each in named:
        if (ticked := _ticked(task, each)) is not None:
            task.decided[each.name] = ticked
        elif each.type == "array" and each.items is not None and phrases.get(each.name):
            task.decided[each.name] = task.array([(each.items, one) for one in phrases[each.name]])
        elif each.type == "array" and (value := _array_without_model(task, each)) is not None:
            task.decided[each.name] = value
    for each in asked:
        progress.step()
        if each.name in task.decided:
            continue
        if each.kind == "extracted" and each.is_leaf:
            if asks_for_title(each):
                task.hits[each.name] = of_the_file(task.reading, task.hits[each.name])
            labelled = by_labels(task.reading, each, task.hits[each.name], every_hit)
            has_boxes = by_boxes(task.reading, each, _label_spans(task, each)) is not None  # they say more than words
            task.finds[each.name] = Finds(
                labelled=labelled,
                evident=invoice.find(each) or _self_evident(task, each),
                clauses=[*by_clauses(task.reading, each), *by_address_blocks(task.reading, each)],
                phrases=[] if has_boxes else phrases.get(each.name, []),
                is_closed=not has_boxes and is_closed(task.reading, each, named),
                learned=task.taught.by_lessons(each, labelled) if task.taught else [],
            )
        elif (each.enum or each.type == "boolean") and (
            chosen := choose_by_words(task.reading, each, _label_spans(task, each))
        ) is not None:
            task.decided[each.name] = chosen

    for each in asked:
        if each.name in task.finds and each.name.endswith("_address") and candidate_kinds(each) == {"address"}:
            finds = task.finds[each.name]
            own = by_own_addresses(task.reading, each, task.hits[each.name], _name_beside(task, each))
            finds.clauses = [*own, *finds.clauses]
    leaves = [each for each in asked if each.name in task.finds]
    settled = settle_sums(task.reading, leaves, {name: finds.labelled for name, finds in task.finds.items()})
    for name, labelled in settled.items():
        task.finds[name].labelled = labelled


def _name_beside(task: Task, each: Field) -> Proposal | None:
    """Whose address a field asks for, where the schema asks for the name as well: `employee_address`, `employee_name`."""
    owner = each.name.removesuffix("_address")
    for name in (f"{owner}_name", owner):
        other = next((other for other in task.schema.fields if other.name == name), None)
        if other is not None and other is not each and other.name in task.finds:
            return cheapest(task, other, task.finds[other.name])
    return None


def _ticked(task: Task, each: Field) -> ArrayValue | None:
    """The options that are ticked, for a list of choices that has check boxes."""
    if each.items is None or not each.items.enum:
        return None
    ticked = ticked_options(task.reading, each.items, _label_spans(task, each))
    return None if ticked is None else task.array([(each.items, proposal) for proposal in ticked])


def _array_without_model(task: Task, each: Field) -> ArrayValue | None:
    inner = each.items
    if inner is None or each.kind != "extracted":
        return None
    if inner.type == "object":
        return rows_from_tables(task.reading, each)
    if addressees := find_addressees(task.reading, each):
        return task.array([(inner, one) for one in addressees])
    if asks_for_parties(each):
        parties = find_parties(task.reading, each)
        task.parties[each.name] = parties
        if _are_listed(parties):
            task.weighed += [Weighed(each.name, one.value, features_of(task.signals(inner, one))) for one in parties]
        return task.array([(inner, proposal) for proposal in parties]) if _are_listed(parties) else None
    if inner.kind == "extracted" and inner.type in ("date", "number", "integer"):
        kinds = frozenset({"amount"}) if inner.type == "number" else candidate_kinds(inner)
        found = {c.value: c for c in reversed(task.reading.candidates(kinds))}
        ordered = sorted(found.values(), key=lambda candidate: candidate.start)[:MAX_LIST]
        proposals = [proposal_of_span(task.reading, inner, c.start, c.end, "pattern") for c in ordered]
        return task.array([(inner, proposal) for proposal in proposals if proposal is not None])
    return None


def _are_listed(parties: Sequence[Proposal]) -> bool:
    return len(parties) > 1 and all(party.strength >= _CLEAR_CLAUSE for party in parties)


def _label_spans(task: Task, each: Field) -> list[tuple[int, int]]:
    return [(hit.start, hit.end) for hit in task.hits[each.name]]


def _self_evident(task: Task, each: Field) -> list[Proposal]:
    """Values that their form proves: a checksum, the field's own pattern."""
    found = [*find_matching(task.reading.content, each)]
    kinds = candidate_kinds(each) & _SELF_EVIDENT
    if kinds and each.type == "string":
        found += [c for c in task.reading.candidates(kinds) if c.detector in kinds and not c.is_ambiguous]
    proposals = [proposal_of_span(task.reading, each, c.start, c.end, "pattern") for c in found]
    return [proposal for proposal in proposals if proposal is not None]


def cheapest(task: Task, each: Field, finds: Finds) -> Proposal | None:
    """The best that is found without a model."""
    if finds.evident:
        values = len({proposal.value for proposal in finds.evident})
        if values > 1 and (beside := _at_label(task, each, finds)) is not None:
            return beside  # of several of the form the one that its label stands beside
        return replace(finds.evident[0], strength=1 / values)
    untaught = _untaught(task, each, finds)
    if task.taught is None or not finds.learned:
        return untaught
    taught = finds.learned[0]
    if untaught is None:
        return taught
    if task.taught.trust(each, untaught, task.confidence(each, untaught)) <= task.confidence(each, taught):
        return taught
    is_same_place = (taught.start, taught.end) == (untaught.start, untaught.end)
    return replace(untaught, value=taught.value, match=taught.match) if is_same_place else untaught


def _at_label(task: Task, each: Field, finds: Finds) -> Proposal | None:
    """Of several values of the form the one that stands where the label points: `NV` in `NV 692262` under `15 State`."""
    for place in finds.labelled[:1]:
        for one in finds.evident:
            if one.value == place.value or (place.start <= one.start and one.end <= place.end):
                return one
    segments = task.reading.segments
    for hit in task.hits.get(each.name, ())[:MAX_LIST]:
        label = segments.at(hit.end - 1)
        if label is None:
            continue
        right = segments.right_of(label)
        for beside in ([right[0]] if right else []) + list(segments.below(label)):
            for one in finds.evident:
                if beside.start <= one.start and one.end <= beside.end:
                    return one
    return None


def _untaught(task: Task, each: Field, finds: Finds) -> Proposal | None:
    """The best without labelled files."""
    if finds.is_closed or finds.phrases or (each.enum and each.type == "string"):
        return spelled_out(each, finds.phrases, () if finds.is_closed else finds.labelled)
    if finds.clauses and finds.clauses[0].strength >= _CLEAR_CLAUSE:
        return finds.clauses[0]
    head = at_head(task.reading, each) if "address" in candidate_kinds(each) else None
    if finds.labelled and not (head and head.end < finds.labelled[0].start):
        return finds.labelled[0]
    if finds.clauses:
        return finds.clauses[0]
    if asks_for_year(each):
        return by_year(task.reading, each)
    return head or by_heading(task.reading, each) or at_head(task.reading, each) or _sole(task, each)


def sure_find(task: Task, each: Field, finds: Finds) -> Proposal | None:
    """What needs no model: proved by its form, or named so clearly that the model is hardly ever better."""
    best = cheapest(task, each, finds)
    if best is None or task.confidence(each, best) < _SURE:
        return None
    if best.finder == "sole" and best.strength < 1:
        return None  # the first of several
    return best


def _labelled(task: Task, each: Field) -> str | None:
    """What stands beside a field's label, as text."""
    finds = task.finds.get(each.name)
    return str(finds.labelled[0].value) if finds is not None and finds.labelled else None


def _places_of_others(task: Task, each: Field) -> set[int]:
    """Where the label of another field of the type has its value: that is its own."""
    others = [field for field in task.schema.fields if field.type == each.type and field.name != each.name]
    if each.type == "string":
        return set()
    found = [finds.labelled[0] for field in others if (finds := task.finds.get(field.name)) and finds.labelled]
    return {proposal.start for proposal in found}


def _sole(task: Task, each: Field) -> Proposal | None:
    """The only value of its kind in the file, or the first name of its kind; being shaped like some number proves nothing."""
    if each.type == "boolean":
        return None  # one check box somewhere says nothing of the field
    kinds = candidate_kinds(each) - {"identifier"}
    candidates: Sequence[Candidate] = task.reading.candidates(kinds)
    if kinds & _NAMES:
        candidates = on_its_side(
            task.reading, each, candidates, [(other, _labelled(task, other)) for other in task.schema.fields]
        )
    taken = _places_of_others(task, each)
    candidates = [candidate for candidate in candidates if candidate.start not in taken]
    values = {candidate.value for candidate in candidates}
    if candidates and (len(values) == 1 or each.type == "string" or (each.type == "date" and len(values) <= 2)):
        rivals = sum(other.type == each.type and other.is_leaf for other in task.schema.fields)
        first = candidates[0]
        return proposal_of_span(
            task.reading, each, first.start, first.end, "sole", strength=1 / len(values) / max(1, rivals)
        )
    return None
