"""Amounts beside a label that is the field's own, word for word: boxes and lines of forms, whose words mean what their number says.

`4 Social security tax withheld` is no tax of a sale, and `2b Taxable interest` no net amount: what the words beside an amount mean in
general (`amounts`) is asked only where no label is the field's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ..datamodel.schema import Field
from .candidates import Candidate, candidates_within
from .label_hits import LabelHit
from .label_synonyms import is_label
from .proposals import Proposal, proposal_of_span, with_margins
from .reading import Reading
from .segments import Segment

BOX_CODE = re.compile(r"\s*(?:\(?\d{1,2}[a-z]?\)?|[a-z])[.:)]?\s+(?=[^\W\d_])")
"""What numbers a box or a line of a form, before its words: `4 Social security tax`, `b Employer identification number`."""
_LINE_CODE = re.compile(r"\W*(?:\d{1,2}[a-z]?|[a-z])\W*")
"""The number of a line again, before its amount."""
_LEADERS = re.compile(r"[\s.·…_:$€£]*")
_REMARK = re.compile(r"[\s.·…_]*\([^()\n]{1,60}\)[\s.·…_:$]*")
_YEAR = re.compile(r"(?:19|20)\d\d")
_NUMBERED = re.compile(r"\d{1,2}[a-z]?\.? [^\W\d_]{2,}")
_WHOLE, _OPEN = 1.0, 0.88
"""A label that fills its segment; one that ends or begins it."""
_RIGHT, _BELOW = 0.97, 0.95
_MAX_HOPS = 3
_MIN_STRENGTH = 0.9
_MOST = 40


def by_own_labels(
    reading: Reading, field: Field, hits: Sequence[LabelHit], candidates: Sequence[Candidate]
) -> list[Proposal]:
    """Amounts at labels of two words or more, or in numbered boxes, that name the field, best first.

    Args:
        hits: where the field is named.
        candidates: amounts and numbers, by start.
    """
    found: dict[tuple[int, int], Proposal] = {}
    candidates = [
        each for each in candidates if not _YEAR.fullmatch(each.text)
    ]  # the year of a form stands beside its title
    for hit in hits[:_MOST]:
        if hit.strength < _MIN_STRENGTH:
            continue
        for start, end, strength, is_ambiguous in _places(reading, hit, candidates):
            proposal = proposal_of_span(reading, field, start, end, "label", strength=strength * hit.strength)
            known = found.get((start, end))
            if proposal is not None and (known is None or proposal.strength > known.strength):
                found[start, end] = replace(proposal, is_ambiguous=is_ambiguous)
    return with_margins(sorted(found.values(), key=lambda each: (-each.strength, each.start)))


def _places(reading: Reading, hit: LabelHit, candidates: Sequence[Candidate]) -> Iterator[tuple[int, int, float, bool]]:
    segment = reading.segments.at(hit.end - 1)
    if segment is None:
        return
    text = reading.content.text
    prefix = text[segment.start : hit.start] if hit.start > segment.start else ""
    code = BOX_CODE.match(text[segment.start : hit.start + 1]) if prefix else None
    is_first = not prefix.strip() or (code is not None and segment.start + code.end() == hit.start)
    words = len(re.findall(r"[^\W\d_]+", text[hit.start : hit.end]))
    if words < 2 and not (code and is_first):
        return
    after = _end_of_label(text, hit.end, segment.end)
    inside = candidates_within(candidates, after, segment.end)
    rest = text[after : inside[0].start if inside else segment.end].strip(" .·…_:$€£\t")
    is_last = not rest or (inside and _LINE_CODE.fullmatch(rest) is not None)
    if not (is_first or is_last) or (rest and not is_last and is_label(rest)):
        return
    if inside and _LINE_CODE.fullmatch(text, after, segment.end):
        inside = []  # the line's own number, repeated behind the leaders
    quality = _WHOLE if is_first and is_last else _OPEN
    if inside and is_last:
        first = _amount_of(text, inside)
        yield first.start, first.end, quality, first.is_ambiguous
        return
    beside = _right(reading, segment, candidates)
    below = _below(reading, segment, candidates)
    for order, (found, worth) in enumerate(((beside, _RIGHT), (below, _BELOW))):
        if found is not None and not (order and beside is not None):
            yield found.start, found.end, quality * worth, found.is_ambiguous


def _end_of_label(text: str, at: int, end: int) -> int:
    """Behind what only fills the line up to the amount: leaders, and a remark in brackets."""
    remark = _REMARK.match(text, at, end)
    return remark.end() if remark else _LEADERS.match(text, at, end).end()  # type: ignore[union-attr]


def _amount_of(text: str, inside: Sequence[Candidate]) -> Candidate:
    """The first amount of money, since a line's own number may stand before it, else the first number."""
    return next((each for each in inside if each.detector == "amount"), inside[-1])


def _right(reading: Reading, segment: Segment, candidates: Sequence[Candidate]) -> Candidate | None:
    """The number in the next segment of the row; the line's number may be repeated before it."""
    at: Segment = segment
    for _ in range(_MAX_HOPS):
        beside = reading.segments.right_of(at)
        if beside is None or _is_other_label(beside[0].text):
            return None
        at = beside[0]
        inside = candidates_within(candidates, at.start, at.end)
        if inside and not (_LINE_CODE.fullmatch(at.text) and reading.segments.right_of(at) is not None):
            found = _amount_of(reading.content.text, inside)
            return None if re.search(r"[^\W\d_]{4,}", reading.content.text[at.start : found.start]) else found
        if not inside and not _LINE_CODE.fullmatch(at.text):
            return None
    return None


def _below(reading: Reading, segment: Segment, candidates: Sequence[Candidate]) -> Candidate | None:
    """The number in the nearest segment under the label, when that is none of another label."""
    for below in reading.segments.below(segment):
        if _is_other_label(below.text):
            return None
        inside = candidates_within(candidates, below.start, below.end)
        if inside:
            found = _amount_of(reading.content.text, inside)
            return None if re.search(r"[^\W\d_]{4,}", reading.content.text[below.start : found.start]) else found
    return None


def _is_other_label(text: str) -> bool:
    """Whether a segment names a box of its own."""
    return _NUMBERED.match(text) is not None or is_label(text) or text.rstrip().endswith(":")
