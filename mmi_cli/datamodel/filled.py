"""What filling a schema from a content gives, before it becomes a record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from .content import Notice, Usage
from .record import ArrayValue, CheckResult, Evidence, FieldValue, LeafValue, ObjectValue
from .schema import Schema


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """Values for every field of the schema, in its order; a field without a value is there with `value=None`."""

    fields: tuple[tuple[str, FieldValue], ...]
    checks: tuple[CheckResult, ...] = ()
    warnings: tuple[Notice, ...] = ()
    usage: Usage = field(default_factory=Usage)
    """Model tokens only; pages and seconds are counted by the readers."""
    engines: tuple[tuple[str, str], ...] = ()


def lacks_required(schema: Schema, fields: Sequence[tuple[str, FieldValue]]) -> bool:
    """Whether a required field has no value: nothing, or a list or object with nothing in it."""
    known = dict(fields)
    return any(field.required and not _is_there(known.get(field.name)) for field in schema.fields)


def put_back(filled: Filled, offset: int) -> Filled:
    """What was found in a slice, with spans in the text of the whole."""
    return replace(filled, fields=tuple((name, _moved(value, offset)) for name, value in filled.fields))


def _is_there(value: FieldValue | None) -> bool:
    match value:
        case LeafValue():
            return value.value is not None
        case ArrayValue():
            return bool(value.items)
        case ObjectValue():
            return bool(value.members)
        case None:
            return False


def _moved(value: FieldValue, offset: int) -> FieldValue:
    match value:
        case LeafValue():
            return replace(value, evidence=tuple(_evidence_moved(each, offset) for each in value.evidence))
        case ArrayValue():
            return replace(value, items=tuple(_moved(item, offset) for item in value.items))
        case ObjectValue():
            return replace(value, members=tuple((name, _moved(member, offset)) for name, member in value.members))


def _evidence_moved(evidence: Evidence, offset: int) -> Evidence:
    if evidence.span is None:
        return evidence
    return replace(evidence, span=(evidence.span[0] + offset, evidence.span[1]))
