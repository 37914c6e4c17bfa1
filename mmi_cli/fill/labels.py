"""Values beside their labels: the words that name a field on a page, and what stands right of them, below them or in their column."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from ..datamodel.schema import Field
from .amount_words import is_amount_of_bill, is_money
from .amounts import by_amount_words
from .candidates import Candidate, candidate_kinds, candidates_within
from .checkboxes import by_boxes
from .form_fields import by_form_fields
from .label_hits import LabelHit, label_words, range_side
from .names_in_text import can_be_name
from .own_labels import by_own_labels
from .pairs import places_of_label
from .proposals import Proposal, fuller, proposal_of_span, with_margins
from .reading import Line, Reading
from .running_balance import without_balances
from .split_names import last_name_beside

# How much a place beside a label is worth; right of it is where most values stand.
_RIGHT, _BELOW, _LEFT = 1.0, 0.75, 0.3
_LOOSE = 0.7
"""What a place on the label's line is worth where the segments of the page show none."""
_MAX_BELOW_LINES = 3
_MAX_BELOW_NAME = 6
"""Names stand below a heading such as `Seller`, with numbers between."""
_MIN_STRENGTH = 0.25
_NAMED_CLEARLY = 0.85
_MOST_BESIDE = 40
"""Values looked at on one line: the next one is worth 0.08 less."""
_BETWEEN = re.compile(r"\s*(?:[-–—]|to|thru|through|until|till|bis|au|al|hasta|a)\s*", re.IGNORECASE)
_TOTAL_WORDS = re.compile(r"\b(?:total|sum|amount|balance|gross|due)\b", re.IGNORECASE)


def _one_side(reading: Reading, field: Field, candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """The candidates without the other ends of ranges: of `12/30/19 - 03/29/20` only the end that the field asks for."""
    side = range_side(field)
    if side is None or field.type not in ("date", "time"):
        return tuple(candidates)
    text = reading.content.text
    other = set()
    for first, last in pairwise(candidates):
        if _BETWEEN.fullmatch(text[first.end : last.start]):
            other.add(last if side == "first" else first)
    return tuple(candidate for candidate in candidates if candidate not in other)


def by_labels(reading: Reading, field: Field, hits: Sequence[LabelHit], all_hits: Sequence[LabelHit]) -> list[Proposal]:
    """Values beside the field's labels, and in form fields of its name, best first."""
    return without_balances(reading.content, field, _by_labels(reading, field, hits, all_hits))


def _by_labels(
    reading: Reading, field: Field, hits: Sequence[LabelHit], all_hits: Sequence[LabelHit]
) -> list[Proposal]:
    if field.is_leaf and (named := by_form_fields(reading, field, label_words(field))):
        return with_margins(named)
    if field.type == "number":
        own = by_own_labels(reading, field, hits, reading.candidates(frozenset({"amount", "number"})))
        if own and not is_amount_of_bill(field):
            return own
        if is_money(field):
            return by_amount_words(reading, field, label_words(field)) or own
    if field.type == "boolean" or field.enum:
        boxed = by_boxes(reading, field, [(hit.start, hit.end) for hit in hits])
        if boxed is not None:
            return with_margins(boxed)
    kinds = candidate_kinds(field)
    found: dict[tuple[int, int], Proposal] = {}
    candidates = _one_side(reading, field, reading.candidates(kinds))
    for hit in hits:
        places: tuple[tuple[int, int, float, bool], ...] = tuple(
            places_of_label(reading, field, hit.start, hit.end, kinds, candidates)
        )
        if not places:
            places = _typed_places(reading, field, hit, candidates) if candidates else ()
            if field.type in ("string", "boolean") and not places:
                places = tuple(_text_places(reading, hit, all_hits))
            places = tuple((start, end, _LOOSE * strength, doubt) for start, end, strength, doubt in places)
        for start, end, value_strength, is_ambiguous in places:
            if field.type == "string":
                if _is_heading_of_another(reading, field, start, end, all_hits):
                    continue
                clause = _NEXT_CLAUSE.search(reading.content.text, start, end)
                end = clause.start() if clause else end
            proposal = proposal_of_span(reading, field, start, end, "label", strength=value_strength * hit.strength)
            if proposal is None or proposal.strength < _MIN_STRENGTH:
                continue
            if not can_be_name(str(proposal.value), kinds) or ("address" in kinds and not _has_digit(proposal.value)):
                continue
            if kinds & {"person"} and (last := last_name_beside(reading, hit.end - 1, start)) is not None:
                whole = f"{proposal.value} {reading.content.text[slice(*last)]}"
                proposal = replace(proposal, value=" ".join(whole.split()), rest=(last,))
            known = found.get((start, end))
            if known is None or proposal.strength > known.strength:
                found[start, end] = replace(proposal, is_ambiguous=is_ambiguous)
    ranked = sorted(found.values(), key=lambda each: (-each.strength, _position(field, each), each.start - each.end))
    return with_margins(fuller(ranked))


def _is_heading_of_another(reading: Reading, field: Field, start: int, end: int, all_hits: Sequence[LabelHit]) -> bool:
    """Whether a place is the label of another field, alone or with its value: `From` beside `To`, `Holder: Ida Holm` below `Number:`."""
    text = reading.content.text[start:end].rstrip(" .:")
    at = bisect_left(all_hits, start, key=lambda other: other.start)
    while at < len(all_hits) and all_hits[at].start == start:
        other = all_hits[at]
        if other.field != field.name and other.strength >= _NAMED_CLEARLY:
            after = reading.content.text[other.end : end].lstrip()
            if other.end >= start + len(text) or after.startswith((":", "：")):
                return True
        at += 1
    return False


def _has_digit(value: object) -> bool:
    """Whether a text can be a postal address: it has the number of a house or a post code."""
    return any(character.isdigit() for character in str(value))


def _position(field: Field, proposal: Proposal) -> int:
    """Of equally good places the first counts, and the last for sums, which stand at the end."""
    is_sum = field.type in ("number", "integer") and _TOTAL_WORDS.search(field.name.replace("_", " "))
    return -proposal.start if is_sum else proposal.start


Place = tuple[int, int, float, bool]


def _typed_places(reading: Reading, field: Field, hit: LabelHit, candidates: Sequence[Candidate]) -> tuple[Place, ...]:
    line = reading.line_at(hit.start)
    if line is None:
        return ()
    places: list[Place] = []
    right = candidates_within(candidates, hit.end, line.end)
    wants_sum = field.type == "number"
    # In a row of amounts the sum stands last; of dates and codes the first is meant.
    for order, candidate in enumerate((right[::-1] if wants_sum else right)[:_MOST_BESIDE]):
        gap = reading.content.text[hit.end : candidate.start]
        strength = (
            _RIGHT
            - 0.08 * order
            - min(0.3, 0.004 * max(0, len(gap) - 20))
            - (0.25 if re.search(r"[^\W\d_]{4,}", gap) else 0)
        )
        places.append((candidate.start, candidate.end, strength, candidate.is_ambiguous))
    if not right:
        places.extend(_below(reading, line, hit, candidates))
    left = candidates_within(candidates, line.start, hit.start)
    if not right and not places and left:
        places.append((left[-1].start, left[-1].end, _LEFT, left[-1].is_ambiguous))
    return tuple(places)


def _below(reading: Reading, line: Line, hit: LabelHit, candidates: Sequence[Candidate]) -> Iterator[Place]:
    label = reading.box_of(hit.start, hit.end)
    is_name = any(candidate.detector in ("company", "person") for candidate in candidates[:1])
    reach = _MAX_BELOW_NAME if is_name else _MAX_BELOW_LINES
    for step, below in enumerate(reading.lines[line.number + 1 : line.number + 1 + reach]):
        in_line = candidates_within(candidates, below.start, below.end)[:_MOST_BESIDE]
        for candidate in in_line:
            overlap = _overlap(label, reading.box_of(candidate.start, candidate.end)) if label else None
            if overlap is not None and overlap <= 0:
                continue
            # Without boxes only the next line can be meant.
            if overlap is None and (step > 0 or candidate is not in_line[0]):
                continue
            yield candidate.start, candidate.end, _BELOW - (0.06 if is_name else 0.12) * step, candidate.is_ambiguous
        if in_line and step == 0 and label is None:
            return


def _overlap(label: object, value: object) -> float:
    """How much two boxes share of the narrower one's width; a value may begin a little left of a label and still be under it."""
    if not isinstance(label, tuple) or not isinstance(value, tuple) or label[0] != value[0]:
        return 0.0
    (left, _, right, _), (x0, _, x1, _) = label[1], value[1]
    slack = 0.15 * (right - left)
    shared = min(right + slack, x1) - max(left - slack, x0)
    return float(shared / max(1e-6, min(right - left, x1 - x0)))


_SEPARATOR = re.compile(r"^[\s.]*[:：=#\t]|^\s*[-–]\s|^\s*no\.?:?\s", re.IGNORECASE)


_NEXT_CLAUSE = re.compile(
    r",\s+(?=(?:I|I['’]m|we|my|our|ich|wir|meine?|je|j['’]|nous|mon|ma)\b)"  # `This is Martin Cooper, I was born …`
)


def _text_places(reading: Reading, hit: LabelHit, all_hits: Sequence[LabelHit]) -> Iterator[Place]:
    """The rest of the label's line up to the next label or cell, when a colon or a gap parts them; else the line below."""
    line = reading.line_at(hit.start)
    if line is None:
        return
    text = reading.content.text
    after = bisect_left(all_hits, hit.end, key=lambda other: other.start)
    end = min(line.end, all_hits[after].start) if after < len(all_hits) else line.end
    rest = text[hit.end : end]
    separator = _SEPARATOR.match(rest)
    if separator and rest[separator.end() :].strip():
        start = hit.end + separator.end()
        start += len(text[start:end]) - len(text[start:end].lstrip())
        cell_end = text.find("\t", start, end)
        stop = cell_end if cell_end > start else end
        yield start, start + len(text[start:stop].rstrip()), _RIGHT, False
        return
    is_alone = not rest.strip(" .:#\t") and not text[line.start : hit.start].strip(" .:#\t*•-")
    if is_alone and line.number + 1 < len(reading.lines):
        below = reading.lines[line.number + 1]
        label, value = reading.box_of(hit.start, hit.end), below.box
        if label and value and below.page == line.page and _overlap(label, (below.page, value)) <= 0:
            return
        yield below.start, below.end, _BELOW, False
