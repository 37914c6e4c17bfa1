"""Schemas from files: YAML, one line, Content Understanding analyzer JSON, JSON Schema, or a built-in name → `Schema`."""

from __future__ import annotations

from .analyzer_json import to_analyzer
from .digest import field_digest
from .json_schema import to_json_schema
from .loading import built_in_names, built_in_path, load_schema, read_schema_text
from .template import new_schema_text
from .writing import to_mapping, to_yaml

__all__ = [
    "built_in_names",
    "built_in_path",
    "field_digest",
    "load_schema",
    "new_schema_text",
    "read_schema_text",
    "to_analyzer",
    "to_json_schema",
    "to_mapping",
    "to_yaml",
]
