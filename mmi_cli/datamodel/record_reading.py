"""A record's JSON → the values it was written from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from .record import ArrayValue, Evidence, FieldValue, LeafValue, ObjectValue

_PLACES = frozenset(field.name for field in fields(Evidence))
_TUPLES = ("span", "box", "page_size")


def values_of(json_fields: Mapping[str, Any]) -> tuple[tuple[str, FieldValue], ...]:
    """The `fields` of a record, in their order.

    Raises:
        KeyError, TypeError: it is none that `FileRecord.to_json` made.
    """
    return tuple((name, value_of(value)) for name, value in json_fields.items())


def value_of(value: Mapping[str, Any]) -> FieldValue:
    """One value; an object inside an array stands as its bare members."""
    if "evidence" in value and "kind" in value and not isinstance(value["evidence"], Mapping):
        return LeafValue(
            type=value["type"],
            kind=value["kind"],
            value=value["value"],
            confidence=value["confidence"],
            evidence=tuple(evidence_of(piece) for piece in value["evidence"]),
        )
    inner = value.get("value")
    if isinstance(inner, list):
        return ArrayValue(items=tuple(value_of(each) for each in inner))
    members = inner if value.get("type") == "object" and isinstance(inner, Mapping) else value
    return ObjectValue(members=tuple((name, value_of(each)) for name, each in members.items()))


def evidence_of(piece: Mapping[str, Any]) -> Evidence:
    known: dict[str, Any] = {
        name: tuple(value) if name in _TUPLES else value for name, value in piece.items() if name in _PLACES
    }
    return Evidence(**known)
