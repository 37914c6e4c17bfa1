"""Plain JSON Schema → the mapping that the same schema would be in YAML, and back.

What JSON Schema has no word for (kinds, aliases, expressions, checks) stands under the key `x-mmi`, which other readers pass over.
"""

from __future__ import annotations

from typing import Any

from ..datamodel.schema import Field, Schema
from .located import Mapping, Problems, Sequence
from .reading import did_you_mean
from .writing import field_mapping, to_mapping

_FORMATS = {"date": "date", "time": "time", "date-time": "date"}
_TYPES = ("string", "number", "integer", "boolean", "array", "object")
_OURS = "x-mmi"
_SAID_BY_JSON_SCHEMA = ("type", "description", "pattern", "examples", "enum", "items", "properties", "required")
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def is_json_schema(document: Mapping) -> bool:
    """Whether a document is a JSON Schema of an object and not a schema of ours."""
    is_described = "$schema" in document or document.get("type") == "object"
    return "fields" not in document and is_described and ("properties" in document or "$ref" in document)


def from_json_schema(document: Mapping, problems: Problems) -> Mapping:
    """The same fields in our words; what JSON Schema says beyond them (lengths, ranges) is not read."""
    out = Mapping()
    out.line = document.line
    ours = document.get(_OURS)
    if isinstance(ours, Mapping):
        out.update(ours)
        out.lines.update(ours.lines)
    definitions = document.get("$defs") or document.get("definitions")
    if "properties" not in document:  # a whole schema that is one definition, as some generators write it
        document = _defined(document, definitions, problems)
    if document.get("title") and "name" not in out:
        out["name"] = "".join(char if char.isalnum() or char in "_-" else "-" for char in str(document["title"]))
    out["description"] = str(document.get("description") or "")
    if isinstance(definitions, Mapping):
        named = Mapping()
        named.line = definitions.line
        for name, value in definitions.items():
            named.lines[name] = definitions.line_of(name)
            named[name] = _field(value, problems) if isinstance(value, Mapping) else value
        out["$defs"] = named
    out["fields"] = _properties(document, problems)
    return out


def to_json_schema(schema: Schema) -> dict[str, Any]:
    """The JSON Schema of a schema's plain values, as `{name: value}`; every value may be missing."""
    out: dict[str, Any] = {"$schema": _DIALECT, "title": schema.name, "type": "object"}
    if schema.description:
        out["description"] = schema.description
    out.update(_of_fields(schema.fields))
    ours = {key: value for key, value in to_mapping(schema).items() if key not in ("fields", "description")}
    out[_OURS] = ours
    return out


def _of_fields(fields: tuple[Field, ...]) -> dict[str, Any]:
    out: dict[str, Any] = {"properties": {field.name: _of_field(field) for field in fields}}
    if required := [field.name for field in fields if field.required]:
        out["required"] = required
    return out


def _of_field(field: Field) -> dict[str, Any]:
    is_moment = field.type in ("date", "time")
    out: dict[str, Any] = {"type": "string", "format": field.type} if is_moment else {"type": field.type}
    for key in ("description", "pattern"):
        if value := getattr(field, key):
            out[key] = value
    if field.pattern and not is_moment and field.type == "string":
        out["pattern"] = f"^(?:{field.pattern})$"  # ours is of the whole value
    for key in ("examples", "enum"):
        if values := getattr(field, key):
            out[key] = list(values)
    if field.items is not None:
        out["items"] = _of_field(field.items)
    if field.properties:
        out.update(_of_fields(field.properties))
    ours = {key: value for key, value in field_mapping(field).items() if key not in _SAID_BY_JSON_SCHEMA}
    ours["kind"] = field.kind
    if field.pattern:
        ours["pattern"] = field.pattern
    out[_OURS] = ours
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
    if value.get("description") or value.get("title"):
        out["description"] = value.get("description") or value["title"]
    value = _one_choice(value, problems)
    if "description" not in out and value.get("description"):
        out["description"] = value["description"]
    if "$ref" in value:
        out["$ref"] = value["$ref"]
        return out
    type_ = str(value.get("type", "object" if "properties" in value else "array" if "items" in value else "string"))
    if type_ not in _TYPES:
        problems.add(value.line_of("type"), f"unknown type {type_!r}{did_you_mean(type_, _TYPES)}")
        type_ = "string"
    out["type"] = _FORMATS.get(str(value.get("format", "")), type_) if type_ == "string" else type_
    if "const" in value or "enum" in value:
        out["enum"], out["kind"] = _labels(value), "inferred"
    for key in ("pattern", "examples"):
        if key in value:
            out[key] = value[key]
    if isinstance(value.get("items"), Mapping):
        out["items"] = _field(value["items"], problems)
    if type_ == "object" and "properties" in value:
        out["properties"] = _properties(value, problems)
    ours = value.get(_OURS)
    if isinstance(ours, Mapping):
        out.update(ours)
        out.lines.update(ours.lines)
    return out


def _labels(value: Mapping) -> Sequence:
    given = value.get("enum")
    out = Sequence()
    for each in given if isinstance(given, Sequence) else [value.get("const", given)]:
        if each is not None:  # `null` says that the value may be missing: all of ours may
            out.append(each)
    return out


def _one_choice(value: Mapping, problems: Problems) -> Mapping:
    """A value that may be missing is what it is when it is there: `type: [string, null]`, `anyOf: [{…}, {type: null}]`."""
    types = value.get("type")
    if isinstance(types, Sequence):
        kept = [each for each in types if each not in ("null", None)]
        if len(kept) > 1:
            problems.add(value.line_of("type"), f"a field has one type, not {', '.join(map(str, kept))}")
        value["type"] = kept[0] if kept else "string"
    for key in ("anyOf", "oneOf", "allOf"):
        choices = value.get(key)
        if not isinstance(choices, Sequence):
            continue
        kept = [each for each in choices if isinstance(each, Mapping) and each.get("type", "?") not in ("null", None)]
        if len(kept) == 1:
            return _one_choice(kept[0], problems)
        problems.add(value.line_of(key), f"a field is one thing; {key} of {len(kept)} is not read")
    return value


def _defined(document: Mapping, definitions: Any, problems: Problems) -> Mapping:
    name = str(document.get("$ref", "")).rsplit("/", 1)[-1]
    target = definitions.get(name) if isinstance(definitions, Mapping) else None
    if isinstance(target, Mapping):
        return target
    problems.add(document.line_of("$ref"), f"{document.get('$ref')!r} is not defined")
    return Mapping()
