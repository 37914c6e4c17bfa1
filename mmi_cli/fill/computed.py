"""Computes fields that have an `expression`: the value, its evidence, and the order in which fields can be computed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..datamodel.record import ArrayValue, Evidence, FieldValue, LeafValue, ObjectValue, Scalar
from ..datamodel.schema import Field
from ..errors import UsageError
from ..expressions import Expression, evaluate, names, parse_expression

MAX_EVIDENCE = 100
"""Pieces of evidence kept of the inputs: a sum over a thousand rows need not repeat them all."""

NamedValue = tuple[str, FieldValue]


def plain_values(fields: Sequence[NamedValue]) -> dict[str, Any]:
    """Field values as expressions take them: leaves are scalars, arrays lists, objects mappings."""
    return {name: _plain(value) for name, value in fields}


def compute_field(field: Field, fields: Sequence[NamedValue], *, row: Sequence[NamedValue] = ()) -> LeafValue:
    """The value of a field with an expression, from values that are there already.

    Args:
        fields: the record's fields.
        row: members of the object the field stands in; their names go before those of the record.

    Returns:
        A leaf with the inputs' evidence as `computed`. Confidence is that of the least certain input (1 without inputs).
    """
    expression = parse_expression(field.expression or "")
    scope = [*row, *((name, value) for name, value in fields if name not in {member for member, _ in row})]
    result = evaluate(expression, plain_values(scope))
    inputs = inputs_of(expression, scope)
    evidence: dict[Evidence, None] = {}
    for leaf in inputs:
        for piece in leaf.evidence:
            evidence.setdefault(replace(piece, match="computed"), None)
    value = _typed(result, field)
    return LeafValue(
        type=field.type,
        kind=field.kind,
        value=value,
        confidence=min((leaf.confidence for leaf in inputs), default=1.0),
        evidence=tuple(evidence)[:MAX_EVIDENCE] if value is not None else (),
    )


def compute_all(
    schema_fields: Sequence[Field], values: Mapping[str, FieldValue], *, given: Sequence[NamedValue] = ()
) -> dict[str, FieldValue]:
    """The values with every computed field, those of rows first, in the order of the schema.

    Args:
        given: what expressions may read beside the fields: the measures of a call.

    Raises:
        UsageError: fields that need each other.
    """
    out = {
        field.name: _with_members(field, values[field.name], [*values.items(), *given])
        for field in schema_fields
        if field.expression is None
    }
    for field in computation_order(schema_fields):
        scope = [*out.items(), *given]
        out[field.name] = compute_list(field, scope) if field.type == "array" else compute_field(field, scope)
    return {field.name: out[field.name] for field in schema_fields}


def compute_list(field: Field, fields: Sequence[NamedValue]) -> ArrayValue:
    """The list that an expression names, `call.turns`, each row with the members that the field has."""
    value: FieldValue = ObjectValue(members=tuple(fields))
    for part in (field.expression or "").split("."):
        value = dict(value.members).get(part.strip(), value) if isinstance(value, ObjectValue) else value
    rows = value.items if isinstance(value, ArrayValue) else ()
    return ArrayValue(items=tuple(_as(field.items, row) for row in rows if field.items is not None))


def _as(item: Field, row: FieldValue) -> FieldValue:
    """A row with the members, types and kinds of the items of a field."""
    if isinstance(row, ObjectValue):
        has = dict(row.members)
        return ObjectValue(members=tuple((child.name, _as(child, has[child.name])) for child in item.properties))
    if isinstance(row, LeafValue):
        return replace(row, type=item.type, kind=item.kind, value=_typed(row.value, item))
    return row


def _with_members(field: Field, value: FieldValue, fields: Sequence[NamedValue]) -> FieldValue:
    """A value whose objects have their computed members."""
    if isinstance(value, ArrayValue) and field.items is not None:
        inner = field.items
        return replace(value, items=tuple(_with_members(inner, item, fields) for item in value.items))
    if not isinstance(value, ObjectValue):
        return value
    kinds = {child.name: child for child in field.properties}
    members = {
        name: _with_members(kinds[name], member, fields) if name in kinds else member for name, member in value.members
    }
    for child in computation_order(field.properties):
        others = [(name, member) for name, member in members.items() if name != child.name]
        members[child.name] = compute_field(child, fields, row=others)
    return ObjectValue(members=tuple(members.items()))


def inputs_of(expression: Expression, fields: Sequence[NamedValue]) -> tuple[LeafValue, ...]:
    """The leaves that an expression reads, in order of the record."""
    wanted = names(expression)
    return tuple(
        leaf
        for path, leaf in _leaves(fields, "")
        if any(path == name or path.startswith(f"{name}.") for name in wanted)
    )


def computation_order(fields: Sequence[Field]) -> tuple[Field, ...]:
    """The top-level fields that have an expression, each after those it reads.

    Raises:
        UsageError: fields that need each other.
    """
    waiting = {field.name: field for field in fields if field.expression}
    reads = {
        name: {path.split(".")[0] for path in names(parse_expression(field.expression or ""))} & waiting.keys()
        for name, field in waiting.items()
    }
    order: list[Field] = []
    while waiting:
        ready = [name for name in waiting if not reads[name] & waiting.keys()]
        if not ready:
            circle = ", ".join(sorted(waiting))
            raise UsageError(f"fields {circle}: their expressions need each other; break the circle")
        order.extend(waiting.pop(name) for name in ready)
    return tuple(order)


def _plain(value: FieldValue) -> Any:
    if isinstance(value, LeafValue):
        return value.value
    if isinstance(value, ArrayValue):
        return [_plain(item) for item in value.items]
    return plain_values(value.members)


def _leaves(fields: Sequence[NamedValue], prefix: str) -> Iterator[tuple[str, LeafValue]]:
    for name, value in fields:
        yield from _leaves_of(value, f"{prefix}{name}")


def _leaves_of(value: FieldValue, path: str) -> Iterator[tuple[str, LeafValue]]:
    if isinstance(value, LeafValue):
        yield path, value
    elif isinstance(value, ArrayValue):
        for item in value.items:
            yield from _leaves_of(item, path)
    elif isinstance(value, ObjectValue):
        yield from _leaves(value.members, f"{path}.")


def _typed(result: Any, field: Field) -> Scalar:
    """The result as the field's type; None when it is of another sort."""
    if result is None or isinstance(result, list | Mapping):
        return None
    if field.type == "boolean":
        return result if isinstance(result, bool) else None
    if isinstance(result, bool):
        return None
    if field.type == "number":
        return float(result) if isinstance(result, int | float) else None
    if field.type == "integer":
        return int(result) if isinstance(result, int | float) and result == int(result) else None
    if field.type == "string":
        return str(result)
    return result if isinstance(result, str) else None
