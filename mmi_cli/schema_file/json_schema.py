"""Plain JSON Schema → the mapping that the same schema would be in YAML."""

from __future__ import annotations

from typing import Any

from .located import Mapping, Problems, Sequence

_FORMATS = {"date": "date", "time": "time", "date-time": "date"}
_TYPES = ("string", "number", "integer", "boolean", "array", "object")


def is_json_schema(document: Mapping) -> bool:
    """Whether a document is a JSON Schema of an object and not a schema of ours."""
    return (
        "fields" not in document
        and "properties" in document
        and ("$schema" in document or document.get("type") == "object")
    )


def from_json_schema(document: Mapping, problems: Problems) -> Mapping:
    """The same fields in our words; what JSON Schema says beyond them (lengths, ranges) is not read."""
    out = Mapping()
    out.line = document.line
    if document.get("title"):
        out["name"] = "".join(char if char.isalnum() or char in "_-" else "-" for char in str(document["title"]))
    out["description"] = str(document.get("description", ""))
    definitions = document.get("$defs") or document.get("definitions")
    if isinstance(definitions, Mapping):
        named = Mapping()
        named.line = definitions.line
        for name, value in definitions.items():
            named.lines[name] = definitions.line_of(name)
            named[name] = _field(value, problems) if isinstance(value, Mapping) else value
        out["$defs"] = named
    out["fields"] = _properties(document, problems)
    return out


def _properties(holder: Mapping, problems: Problems) -> Mapping:
    out = Mapping()
    properties = holder.get("properties")
    if not isinstance(properties, Mapping):
        problems.add(holder.line_of("properties"), "`properties` is a mapping")
        return out
    required = holder.get("required")
    required = list(required) if isinstance(required, Sequence) else []
    out.line = properties.line
    for name, value in properties.items():
        out.lines[name] = properties.line_of(name)
        field = _field(value, problems) if isinstance(value, Mapping) else Mapping()
        if name in required:
            field["required"] = True
        out[name] = field
    return out


def _field(value: Mapping, problems: Problems) -> Mapping:
    out = Mapping()
    out.line, out.lines = value.line, dict(value.lines)
    if value.get("description"):
        out["description"] = value["description"]
    if "$ref" in value:
        out["$ref"] = value["$ref"]
        return out
    value = _without_null(value)
    if "$ref" in value:
        out["$ref"] = value["$ref"]
        return out
    type_ = str(value.get("type", "object" if "properties" in value else "string"))
    if type_ not in _TYPES:
        problems.add(value.line_of("type"), f"unknown type {type_!r}; known: {', '.join(_TYPES)}")
        type_ = "string"
    out["type"] = _FORMATS.get(str(value.get("format", "")), type_) if type_ == "string" else type_
    if "enum" in value:
        out["enum"], out["kind"] = value["enum"], "inferred"
    if "pattern" in value:
        out["pattern"] = value["pattern"]
    if "examples" in value:
        out["examples"] = value["examples"]
    if isinstance(value.get("items"), Mapping):
        out["items"] = _field(value["items"], problems)
    if type_ == "object" and "properties" in value:
        out["properties"] = _properties(value, problems)
    return out


def _without_null(value: Mapping) -> Mapping:
    """`type: [string, null]` and `anyOf: [{…}, {type: null}]` are how JSON Schema says that a value may be missing: all ours may."""
    types = value.get("type")
    if isinstance(types, Sequence):
        kept: list[Any] = [each for each in types if each not in ("null", None)]
        value["type"] = kept[0] if kept else "string"
    choices = value.get("anyOf") or value.get("oneOf")
    if isinstance(choices, Sequence):
        others = [each for each in choices if isinstance(each, Mapping) and each.get("type") not in ("null", None)]
        referenced = [each for each in choices if isinstance(each, Mapping) and "$ref" in each]
        if len(others) + len(referenced) == 1:
            return (others + referenced)[0]
    return value
