"""A fingerprint of what a schema means, and of each of its fields."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Sequence
from typing import Any

from ..datamodel.schema import Field, Schema
from .computed import reads_of


def schema_digest(schema: Schema, *, category_digests: Sequence[str] = ()) -> str:
    """SHA-256 (hex) of everything that can change a record.

    Comments, spelling of YAML and the order of keys do not count; the order of the fields does, for it is that of the record.

    Args:
        category_digests: of the schemas a router leads to.
    """
    meaning = dataclasses.asdict(schema)
    del meaning["digest"]
    for key in ("subject", "expects", "fusion"):
        if not meaning[key]:
            del meaning[key]
    meaning["fields"] = [_meaning(field) for field in schema.fields]
    meaning["category_digests"] = list(category_digests)
    return _hash(meaning)


def field_digest(schema: Schema, name: str) -> str:
    """SHA-256 (hex) of everything that can change the value of one field: what it says, what it is computed from, its checks.

    Raises:
        KeyError: the schema has no such field.
    """
    field = schema.field(name)
    if field is None:
        raise KeyError(name)
    context = {
        "description": schema.description,
        "locale": schema.locale,
        "unit": schema.unit,
        "vocabulary": schema.vocabulary,
        "labelled": schema.labelled,
        "checks": [check.expression for check in schema.checks if name in reads_of(check.expression)],
    }
    return _hash({"context": context, "fields": [_meaning(each) for each in _with_inputs(schema, field)]})


def _with_inputs(schema: Schema, field: Field) -> list[Field]:
    """A field and, where it is computed, the fields it is computed from, by name."""
    found: dict[str, Field] = {}
    waiting = [field]
    while waiting:
        each = waiting.pop()
        if each.name not in found:
            found[each.name] = each
            waiting.extend(other for name in reads_of(each.expression) if (other := schema.field(name)) is not None)
    return [found[name] for name in sorted(found)]


def _meaning(field: Field) -> dict[str, Any]:
    out = {key: value for key, value in dataclasses.asdict(field).items() if value not in (None, (), "", False)}
    out["properties"] = [_meaning(each) for each in field.properties]
    if field.items is not None:
        out["items"] = _meaning(field.items)
    return out


def _hash(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode("utf-8", "replace")).hexdigest()
