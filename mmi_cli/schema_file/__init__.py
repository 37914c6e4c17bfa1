"""Schemas from files: YAML, one line, Content Understanding analyzer JSON, JSON Schema, or a built-in name → `Schema`."""

from __future__ import annotations

from .digest import field_digest
from .loading import built_in_names, built_in_path, load_schema, read_schema_text

__all__ = ["built_in_names", "built_in_path", "field_digest", "load_schema", "read_schema_text"]
