"""Values beside their labels: the words that name a field on a page, and what stands right of them, below them or in their column."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ..datamodel.schema import Field
from .candidates import Candidate, candidate_kinds
from .proposals import Proposal, proposal_of_span
from .reading import Line, Reading

# How much a place beside a label is worth; right of it is where most values stand.
_RIGHT, _BELOW, _LEFT = 1.0, 0.75, 0.3
_ALIAS, _NAME, _NAME_PART = 1.0, 0.95, 0.5
_LOST_A_COLUMN = 0.02
_MAX_BELOW_LINES = 3
_MIN_STRENGTH = 0.25
_TOTAL_WORDS = re.compile(r"\b(?:total|sum|amount|balance|gross|due)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class LabelHit:
    """A place in the text where words stand that name a field."""

    start: int
    end: int
    strength: float
    field: str


def label_words(field: Field) -> tuple[tuple[str, float], ...]:
    """(phrase, strength) of every way to name the field: aliases, its name, and, weaker, the last word of its name."""
    name = " ".join(
        re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+|[^\W\d_a-zA-Z]+", field.name.replace("_", " ").replace("-", " "))
    )
    found = {name.casefold(): _NAME}
    for alias in field.aliases:
        found[alias.casefold()] = _ALIAS
    words = name.casefold().split()
    if len(words) > 1 and words[-1] in ("date", "number", "total", "amount", "address", "name", "id"):
        found.setdefault(" ".join(words[:-1]), _NAME_PART)
        if words[-1] in ("date", "total", "amount"):
            found.setdefault(words[-1], _NAME_PART)
    return tuple((phrase, strength) for phrase, strength in found.items() if phrase)


def find_labels(reading: Reading, fields: Sequence[Field]) -> dict[str, list[LabelHit]]:
    """Where each field is named; a name inside a longer one ("total" in "sub total") belongs to the longer one's field."""
    hits: list[LabelHit] = []
    for field in fields:
        for phrase, strength in label_words(field):
            hits.extend(_phrase_hits(reading, phrase, strength, field.name))
    hits.sort(key=lambda hit: (hit.start, -(hit.end - hit.start), -hit.strength))
    kept: dict[str, list[LabelHit]] = {field.name: [] for field in fields}
    reach = 0
    covering = ""
    for hit in hits:
        if hit.end <= reach and hit.field != covering:
            continue
        if hit.end > reach:
            reach, covering = hit.end, hit.field
        if not (kept[hit.field] and kept[hit.field][-1].end >= hit.end):
            kept[hit.field].append(hit)
    return kept


def _phrase_hits(reading: Reading, phrase: str, strength: float, field: str) -> Iterator[LabelHit]:
    pattern = r"[\s.:#/-]*".join(re.escape(word) for word in re.findall(r"[^\W_]+|#", phrase))
    if not pattern:
        return
    for match in re.finditer(rf"(?<![^\W_]){pattern}(?![^\W_])", reading.content.text, re.IGNORECASE):
        if "\n\n" not in match[0]:
            yield LabelHit(match.start(), match.end(), strength, field)


def by_labels(reading: Reading, field: Field, hits: Sequence[LabelHit], all_hits: Sequence[LabelHit]) -> list[Proposal]:
    """Values beside the field's labels, best first."""
    kinds = candidate_kinds(field)
    found: dict[tuple[int, int], Proposal] = {}
    candidates = reading.candidates(kinds)
    for hit in hits:
        places = _typed_places(reading, field, hit, candidates) if candidates else ()
        if field.type == "string" and not places:
            places = tuple(_text_places(reading, hit, all_hits))
        for start, end, value_strength, is_ambiguous in places:
            proposal = proposal_of_span(reading, field, start, end, "label", strength=value_strength * hit.strength)
            if proposal is None or proposal.strength < _MIN_STRENGTH:
                continue
            known = found.get((start, end))
            if known is None or proposal.strength > known.strength:
                found[start, end] = _with(proposal, is_ambiguous=is_ambiguous)
    ranked = sorted(found.values(), key=lambda each: (-each.strength, _position(field, each)))
    return [
        _with(each, margin=each.strength - (after.strength if after.value != each.value else 0.0))
        for each, after in pairwise(ranked)
    ] + [_with(each, margin=each.strength) for each in ranked[-1:]]


def _with(proposal: Proposal, **changes: object) -> Proposal:
    import dataclasses

    return dataclasses.replace(proposal, **changes)  # type: ignore[arg-type]


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
    right = [c for c in candidates if hit.end <= c.start < line.end]
    wants_sum = field.type == "number"
    for position, candidate in enumerate(right):
        # In a row of amounts the sum stands last; of dates and codes the first is meant.
        order = len(right) - 1 - position if wants_sum else position
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
    left = [c for c in candidates if line.start <= c.start and c.end <= hit.start]
    if not right and not places and left:
        places.append((left[-1].start, left[-1].end, _LEFT, left[-1].is_ambiguous))
    return tuple(places)


def _below(reading: Reading, line: Line, hit: LabelHit, candidates: Sequence[Candidate]) -> Iterator[Place]:
    label = reading.box_of(hit.start, hit.end)
    for step, below in enumerate(reading.lines[line.number + 1 : line.number + 1 + _MAX_BELOW_LINES]):
        in_line = [c for c in candidates if below.start <= c.start and c.end <= below.end]
        for candidate in in_line:
            overlap = _overlap(label, reading.box_of(candidate.start, candidate.end)) if label else None
            if overlap is not None and overlap <= 0:
                continue
            # Without boxes only the next line can be meant.
            if overlap is None and (step > 0 or candidate is not in_line[0]):
                continue
            yield candidate.start, candidate.end, _BELOW - 0.12 * step, candidate.is_ambiguous
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


_SEPARATOR = re.compile(r"^[\s.]*[:=#\t]|^\s*[-–]\s|^\s*no\.?:?\s", re.IGNORECASE)


def _text_places(reading: Reading, hit: LabelHit, all_hits: Sequence[LabelHit]) -> Iterator[Place]:
    """The rest of the label's line up to the next label or cell, when a colon or a gap parts them; else the line below."""
    line = reading.line_at(hit.start)
    if line is None:
        return
    text = reading.content.text
    end = min([line.end, *(other.start for other in all_hits if hit.end <= other.start < line.end)])
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
