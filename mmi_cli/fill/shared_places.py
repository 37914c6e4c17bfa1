"""Two fields that claim one identifier: it belongs to the one whose label stands beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ..datamodel.record import FieldValue, LeafValue
from ..datamodel.schema import Field
from .candidates import candidate_kinds
from .proposals import Proposal

_AHEAD = 0.1
"""How much surer the owner must be than the field that loses the value."""


def without_own_place(
    fields: Iterable[Field], values: Mapping[str, FieldValue], labelled: Mapping[str, Sequence[Proposal]]
) -> set[str]:
    """Fields whose value is an identifier that stands at the label of another field, and at none of their own."""
    places: dict[tuple[int, int], list[tuple[float, bool, str]]] = {}
    for field in fields:
        value = values.get(field.name)
        if not isinstance(value, LeafValue) or value.value is None or "identifier" not in candidate_kinds(field):
            continue
        span = next((piece.span for piece in value.evidence if piece.span is not None), None)
        if span is None:
            continue
        is_own = any(each.start == span[0] for each in labelled.get(field.name, ()))
        places.setdefault(span, []).append((value.confidence, is_own, field.name))
    return {
        name
        for claims in places.values()
        for confidence, is_own, name in claims
        if not is_own and any(other - confidence > _AHEAD and own for other, own, _ in claims)
    }
