"""Where the fields of a case come from: values of its papers by `from`, or by the same name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..datamodel.record import ArrayValue, FieldValue, LeafValue, ObjectValue
from ..datamodel.schema import Field, Schema
from ..fill.confidence import Signals, confidence_of
from ..fill.proposals import absent
from .papers import Paper


def paths_in(paper: Paper, field: Field, schema: Schema) -> tuple[str, ...]:
    """Dotted paths of the paper's fields that a field of the case comes from; "" is the whole paper.

    A paper that is filled with the case's own fields gives what it has under the field's own name.
    """
    if not schema.categories:
        return field.sources or (field.name,)
    own = {category.name for category in schema.categories if not category.schema}
    if not field.sources or (paper.category in own and (_is_fact(field) or paper.category in field.sources)):
        return (field.name,)
    found = [source.partition(".") for source in field.sources]
    return tuple(path for category, _, path in found if category == paper.category)


def leaves_from(paper: Paper, field: Field, schema: Schema) -> list[LeafValue]:
    """What a paper says of a fact."""
    values = [paper.value(path) for path in paths_in(paper, field, schema) if path]
    return [_typed(value, field) for value in values if isinstance(value, LeafValue) and _fits(value, field)]


def objects_from(paper: Paper, field: Field, schema: Schema) -> list[ObjectValue]:
    values = [paper.value(path) for path in paths_in(paper, field, schema) if path]
    return [value for value in values if isinstance(value, ObjectValue)]


def items_from(paper: Paper, field: Field, schema: Schema) -> list[FieldValue]:
    """What a paper adds to a list of the case: itself as a row, or the items of a list of its own."""
    inner = field.items
    out: list[FieldValue] = []
    for path in paths_in(paper, field, schema):
        if not path:
            if inner is not None and inner.type == "object":
                out.append(_row(paper.fields, inner))
            continue
        value = paper.value(path)
        if isinstance(value, ArrayValue):
            for item in value.items:
                if inner is not None and inner.type == "object" and isinstance(item, ObjectValue):
                    out.append(_row(item.members, inner))
                elif isinstance(item, LeafValue) and item.value is not None:
                    out.append(item)
        elif isinstance(value, LeafValue) and value.value is not None:
            out.append(value)
    return out


def _fits(value: LeafValue, field: Field) -> bool:
    return value.type == field.type or field.type == "string" or {value.type, field.type} <= {"number", "integer"}


def _typed(value: LeafValue, field: Field) -> LeafValue:
    if value.type == field.type:
        return value
    plain = str(value.value) if field.type == "string" and value.value is not None else value.value
    return replace(value, type=field.type, value=plain)


def _row(members: Sequence[tuple[str, FieldValue]], inner: Field) -> ObjectValue:
    known = dict(members)
    return ObjectValue(members=tuple((child.name, _member(known, child)) for child in inner.properties))


def _member(known: dict[str, FieldValue], child: Field) -> FieldValue:
    for source in child.sources or (child.name,):
        first, _, rest = source.partition(".")
        value = known.get(first)
        if rest and isinstance(value, ObjectValue):
            value = dict(value.members).get(rest)
        if isinstance(value, LeafValue) and value.value is None:
            continue
        if isinstance(value, LeafValue) and child.is_leaf and _fits(value, child):
            return _typed(value, child)
        if value is not None and not isinstance(value, LeafValue) and not child.is_leaf:
            return value
    if not child.is_leaf:
        return ArrayValue(items=()) if child.type == "array" else ObjectValue(members=())
    return absent(child, confidence_of(Signals(finder="none", field_type=child.type)))


def _is_fact(field: Field) -> bool:
    return not (field.type == "array" and field.items is not None and field.items.type == "object")
