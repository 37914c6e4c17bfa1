"""Two fields that claim one place: an identifier belongs to the one whose label stands beside it, a title to the one that asks for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from ..datamodel.record import FieldValue, LeafValue
from ..datamodel.schema import Field
from .candidates import candidate_kinds
from .proposals import Proposal
from .reading import Reading
from .titles import asks_for_title

_OWNED = frozenset({"identifier", "address"})
"""What belongs to one field alone; an address at the head of a letter is its sender's."""
_COUNTED = ("number", "integer", "date", "time")
_AHEAD = 0.1
"""How much surer the owner must be than the field that loses the value."""


def without_own_place(
    fields: Iterable[Field], values: Mapping[str, FieldValue], labelled: Mapping[str, Sequence[Proposal]]
) -> set[str]:
    """Fields whose value is an identifier at the label of another field, or the title of the file, and at no label of their own."""
    fields = tuple(fields)
    places: dict[tuple[int, int], list[tuple[float, bool, str]]] = {}
    for field in fields:
        value = values.get(field.name)
        if not isinstance(value, LeafValue) or value.value is None or not candidate_kinds(field) & _OWNED:
            continue
        span = _span(value)
        if span is None:
            continue
        is_own = any(each.start == span[0] for each in labelled.get(field.name, ()))
        places.setdefault(span, []).append((value.confidence, is_own, field.name))
    addresses = {field.name for field in fields if "address" in candidate_kinds(field)}
    titles = {span for field in fields if asks_for_title(field) and (span := _span(values.get(field.name)))}
    called = {
        field.name
        for field in fields
        if field.type == "string" and field.kind == "extracted" and not asks_for_title(field)
        and (span := _span(values.get(field.name))) in titles
        and not any(each.start == span[0] for each in labelled.get(field.name, ()) if span)
    }  # fmt: skip
    return called | {
        name
        for claims in places.values()
        for confidence, is_own, name in claims
        if not is_own and any(other - confidence > _AHEAD and (own or name in addresses) for other, own, _ in claims)
    }


def shared_out(
    fields: Iterable[Field],
    values: Mapping[str, FieldValue],
    labelled: Mapping[str, Sequence[Proposal]],
    reading: Reading,
    named_at: Mapping[str, Sequence[int]],
) -> dict[str, LeafValue]:
    """Numbers and dates that several fields of one type claim at one place, none with a label there: at most one of them is right.

    That is the one that the line names, where it names one of them alone: `I had interest, in and come, of $760.63`.

    Args:
        named_at: where the words stand that name each field.
    """
    claims: dict[tuple[str, tuple[int, int]], list[Field]] = {}
    for field in fields:
        value = values.get(field.name)
        span = _span(value)
        if field.type in _COUNTED and field.kind == "extracted" and span is not None:
            claims.setdefault((field.type, span), []).append(field)
    out: dict[str, LeafValue] = {}
    for (_, span), rivals in claims.items():
        is_owned = any(each.start == span[0] for field in rivals for each in labelled.get(field.name, ()))
        if len(rivals) < 2 or is_owned or sum(field.required for field in rivals) == 1:
            continue
        line = reading.line_at(span[0])
        in_line = [
            field.name
            for field in rivals
            if line is not None and any(line.start <= at < span[0] for at in named_at.get(field.name, ()))
        ]
        for field in rivals:
            value = values[field.name]
            if isinstance(value, LeafValue) and in_line != [field.name]:
                out[field.name] = replace(value, confidence=round(value.confidence / len(rivals), 4))
    return out


def _span(value: FieldValue | None) -> tuple[int, int] | None:
    if not isinstance(value, LeafValue) or value.value is None:
        return None
    return next((piece.span for piece in value.evidence if piece.span is not None), None)
