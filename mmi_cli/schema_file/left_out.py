"""What of a schema another format has no word for, in words."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from ..datamodel.schema import Field, Schema
from .writing import field_mapping, to_mapping


def left_out(schema: Schema, *, of_fields: Collection[str], of_schema: Collection[str]) -> list[str]:
    """The keys that are given and not said, whatever keys a schema may come to have: `aliases` of 3 fields, 2 checks, `vocabulary`.

    Args:
        of_fields: keys of a field that the other format says.
        of_schema: keys of a schema that it says.
    """
    counted: dict[str, int] = {}
    for field in fields_below(schema):
        for key in field_mapping(field):
            if key not in of_fields:
                counted[key] = counted.get(key, 0) + 1
    said = [f"`{key}` of {count} field{'s' * (count > 1)}" for key, count in counted.items()]
    for key, value in to_mapping(schema).items():
        if key == "checks":
            said.append(f"{len(value)} check{'s' * (len(value) > 1)}")
        elif key not in of_schema:
            said.append(f"`{key}`")
    return said


def fields_below(schema: Schema) -> Iterator[Field]:
    """Every field, items and members included."""
    waiting = list(schema.fields)
    while waiting:
        field = waiting.pop(0)
        waiting += [*field.properties, *((field.items,) if field.items is not None else ())]
        yield field
