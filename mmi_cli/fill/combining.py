"""One value from what several sources say of one fact, with the probability that follows: agreement raises it, contradiction lowers it.

Each source is right with its own confidence, and the sources err on their own. The value that a group of sources states is then right
with weight ∏ confidence of the group · ∏ (1 - confidence of the others), none of them with ∏ (1 - confidence): weights over their sum.
Sources of one place are no independent witnesses, so a place counts once, by its surest word.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..datamodel.record import Evidence, LeafValue
from ..datamodel.schema import FieldType
from .same_fact import is_same_fact

MAX_EVIDENCE = 20
"""Pieces kept of all sources that agree."""
SURELY_SAID = 0.5
"""A source says something else only where it is more likely right than wrong."""
_MOST_CERTAIN = 0.999
_LEAST_CERTAIN = 0.001
_NEARLY = 0.25
_TOKEN = re.compile(r"\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What one source says of a fact."""

    source: str
    """File, or kind of content, it comes from: sources of one name are one witness."""
    leaf: LeafValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One of several values that sources state of one fact."""

    leaf: LeafValue
    """With the probability that it is the right one, and the evidence of all its sources, the surest first."""
    sources: tuple[str, ...]
    surest: float
    """Confidence of the surest source alone, in [0, 1]."""


def versions_of(stated: Sequence[Stated], type_: FieldType) -> tuple[Version, ...]:
    """What is said, likeliest first; nothing for sources that say nothing.

    Args:
        stated: in an order that does not change, so that neither does the result.
    """
    groups = _of_one_value(sorted(stated, key=lambda each: -each.leaf.confidence), type_)
    if not groups:
        return ()
    if len(groups) == 1 and len(groups[0]) == 1:
        only = groups[0][0]
        return (Version(leaf=only.leaf, sources=(only.source,), surest=only.leaf.confidence),)
    weights = _weights(groups)
    versions = [
        Version(
            leaf=replace(_exact(fullest(group), group), confidence=round(weight, 4), evidence=_evidence(group)),
            sources=tuple(dict.fromkeys(each.source for each in group)),
            surest=group[0].leaf.confidence,
        )
        for group, weight in zip(groups, weights, strict=True)
    ]
    return tuple(sorted(versions, key=lambda version: -version.leaf.confidence))


def each_once(stated: Sequence[Stated], type_: FieldType) -> tuple[LeafValue, ...]:
    """Items of a list of plain values, those of several sources that are the same as one, by their first place in `stated`."""
    return tuple(versions_of(group, type_)[0].leaf for group in _of_one_value(stated, type_))


def contradictions(versions: Sequence[Version]) -> tuple[Version, ...]:
    """All versions of a fact whose sources contradict each other: two or more that are surely said; otherwise none."""
    said = [version for version in versions if version.surest >= SURELY_SAID]
    return tuple(said) if len(said) > 1 else ()


def fullest(group: Sequence[Stated]) -> LeafValue:
    """The one that says most among those that are nearly as sure as the surest: a whole address before its first line."""
    least = group[0].leaf.confidence - _NEARLY
    near = [each.leaf for each in group if each.leaf.confidence >= least]
    return (
        max(near, key=lambda leaf: len(_TOKEN.findall(str(leaf.value)))) if isinstance(near[0].value, str) else near[0]
    )


def _says_the_same(one: LeafValue, other: LeafValue, type_: FieldType) -> bool:
    """Whether two leaves state one fact; whoever says an amount aloud leaves its cents out, or they are not heard."""
    if is_same_fact(one.value, other.value, type_):
        return True
    if type_ != "number" or _is_round_and_said(one) == _is_round_and_said(other):
        return False
    return abs(float(one.value or 0) - float(other.value or 0)) < 1


def _is_round_and_said(leaf: LeafValue) -> bool:
    is_said = bool(leaf.evidence) and all(piece.start_s is not None for piece in leaf.evidence)
    return is_said and isinstance(leaf.value, int | float) and float(leaf.value).is_integer()


def _exact(chosen: LeafValue, group: Sequence[Stated]) -> LeafValue:
    """The chosen one, or where it was said without its cents, the surest with them."""
    if not _is_round_and_said(chosen):
        return chosen
    return next((each.leaf for each in group if not _is_round_and_said(each.leaf)), chosen)


def _of_one_value(stated: Sequence[Stated], type_: FieldType) -> list[list[Stated]]:
    """Those that say the same as the first of their group together, without those that say nothing."""
    groups: list[list[Stated]] = []
    for each in stated:
        if each.leaf.value is None:
            continue
        home = next((group for group in groups if _says_the_same(group[0].leaf, each.leaf, type_)), None)
        if home is None:
            groups.append([each])
        else:
            home.append(each)
    return groups


def _weights(groups: Sequence[Sequence[Stated]]) -> list[float]:
    """Probability of each group's value; with that of none of them they sum to 1."""
    witnesses = [_surest_of_each(group) for group in groups]
    right = [sum(math.log(p) for p in own.values()) for own in witnesses]
    wrong = [sum(math.log1p(-p) for p in own.values()) for own in witnesses]
    none = sum(wrong)
    logs = [none - wrong[at] + right[at] for at in range(len(groups))]
    top = max(none, *logs)
    total = math.exp(none - top) + sum(math.exp(each - top) for each in logs)
    return [math.exp(each - top) / total for each in logs]


def _surest_of_each(group: Sequence[Stated]) -> dict[str, float]:
    out: dict[str, float] = {}
    for each in group:
        confidence = min(max(each.leaf.confidence, _LEAST_CERTAIN), _MOST_CERTAIN)
        out[each.source] = max(out.get(each.source, 0.0), confidence)
    return out


def _evidence(group: Sequence[Stated]) -> tuple[Evidence, ...]:
    pieces = dict.fromkeys(piece for each in group for piece in each.leaf.evidence)
    return tuple(pieces)[:MAX_EVIDENCE]
