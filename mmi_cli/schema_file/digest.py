"""A fingerprint of what a schema means, and of each of its fields."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from typing import Any

from ..datamodel.schema import Field, Schema


def schema_digest(schema: Schema) -> str:
    """SHA-256 (hex) of everything that can change a record; key order, comments and spelling of YAML do not count."""
    meaning = dataclasses.asdict(schema)
    del meaning["digest"]
    meaning["fields"] = [_meaning(field) for field in schema.fields]  # their order is the order of the record
    return _hash(meaning)


def field_digest(field: Field) -> str:
    """The same of one field."""
    return _hash(_meaning(field))


def _meaning(field: Field) -> dict[str, Any]:
    return {key: value for key, value in dataclasses.asdict(field).items() if value not in (None, (), "", False)}


def _hash(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
