"""Schemas from files (YAML, analyzer JSON, field lists, JSON Schema, templates), one line, a class or a built-in name → `Schema`."""

from __future__ import annotations

from .analyzer_json import to_analyzer
from .digest import field_digest
from .field_list import to_field_list
from .json_schema import to_json_schema
from .loading import built_in_names, built_in_path, import_schema, load_schema, read_schema_text
from .python_class import to_python_source
from .template import new_schema_text
from .writing import to_mapping, to_yaml

__all__ = [
    "built_in_names",
    "built_in_path",
    "field_digest",
    "import_schema",
    "load_schema",
    "new_schema_text",
    "read_schema_text",
    "to_analyzer",
    "to_field_list",
    "to_json_schema",
    "to_mapping",
    "to_python_source",
    "to_yaml",
]
