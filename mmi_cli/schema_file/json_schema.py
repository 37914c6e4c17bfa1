"""Plain JSON Schema → the mapping that the same schema would be in YAML, and back.

What JSON Schema has no word for (kinds, aliases, expressions, checks) stands under the key `x-mmi`, which other readers pass over.
"""

from __future__ import annotations

from typing import Any

from ..datamodel.schema import Field, Schema
from .located import Mapping, Problems, Sequence
from .names import add_field, mapping, schema_name, sequence
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
        out["name"] = schema_name(str(document["title"]))
    out["description"] = str(document.get("description") or "")
    if isinstance(definitions, Mapping):
        named = Mapping()
        named.line = definitions.line
        for name, value in definitions.items():
            named.lines[name] = definitions.line_of(name)
            named[name] = _field(value, problems, where=name) if isinstance(value, Mapping) else value
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
        field = _field(value, problems, where=name) if isinstance(value, Mapping) else Mapping()
        if name in required:
            field["required"] = True
        add_field(out, name, field, properties.line_of(name))
    return out


def _field(value: Mapping, problems: Problems, *, where: str) -> Mapping:
    """Args:
    where: name of the field, for notes.
    """
    out = Mapping()
    out.line, out.lines = value.line, dict(value.lines)
    said = value
    value = _one_choice(value, problems, where)
    for each in (said, value):
        if "description" not in out and (each.get("description") or (each is said and _is_a_title(each, where))):
            out["description"] = each.get("description") or each["title"]
    ours = Mapping()
    for each in (value, said):
        if isinstance(each.get(_OURS), Mapping):
            ours.update(each[_OURS])
            ours.lines.update(each[_OURS].lines)
    if "$ref" in value:
        out["$ref"] = value["$ref"]
        out.update({key: each for key, each in ours.items() if key in ("aliases", "kind")})
        return out
    type_ = str(value.get("type", "object" if "properties" in value else "array" if _items(value) else "string"))
    if type_ not in _TYPES:
        problems.add(value.line_of("type"), f"unknown type {type_!r}{did_you_mean(type_, _TYPES)}")
        type_ = "string"
    out["type"] = _FORMATS.get(str(value.get("format", "")), type_) if type_ == "string" else type_
    if "const" in value or "enum" in value:
        _take_labels(value, out)
    for key in ("pattern", "examples"):
        if key in said or key in value:
            out[key] = said.get(key, value.get(key))
    if out["type"] in ("date", "time"):
        out.pop("pattern", None)  # of the normalised value, which says no more than the format
    if type_ == "array":
        out["items"] = _items_field(value, problems, where)
    if type_ == "object":
        _take_members(value, out, problems, where)
    out.update(ours)
    out.lines.update(ours.lines)
    return out


def _is_a_title(value: Mapping, where: str) -> bool:
    """Whether the title says something that the name does not."""
    title = str(value.get("title") or "")
    return bool(title) and title.casefold() != " ".join(where.replace("_", " ").split()).casefold()


def _items(value: Mapping) -> Mapping | None:
    """What a list holds: `items`, or where each place has a kind of its own, the first one's."""
    if isinstance(value.get("items"), Mapping):
        items: Mapping = value["items"]
        return items
    first = value.get("prefixItems")
    if isinstance(first, Sequence) and first and isinstance(first[0], Mapping):
        return first[0]
    return None


def _items_field(value: Mapping, problems: Problems, where: str) -> Mapping:
    items = _items(value)
    if isinstance(value.get("prefixItems"), Sequence) and len({str(each) for each in value["prefixItems"]}) > 1:
        problems.note(f"{where}: a tuple becomes a list of what stands first in it")
    if items is None:
        problems.note(f"{where}: a list of anything becomes a list of texts")
        return mapping(value.line, type="string")
    return _field(items, problems, where=f"{where}[]")


def _take_members(value: Mapping, out: Mapping, problems: Problems, where: str) -> None:
    if "properties" in value:
        out["properties"] = _properties(value, problems)
        return
    of_values = value.get("additionalProperties")
    if isinstance(of_values, Mapping):
        problems.note(f"{where}: a dictionary becomes a list of objects with `key` and `value`")
        members = mapping(value.line, key=mapping(value.line, type="string"))
        members["value"] = _field(of_values, problems, where=f"{where}[].value")
        out["type"], out["items"] = "array", mapping(value.line, type="object", properties=members)
    else:
        problems.note(f"{where}: an object of no known members becomes a text")
        out["type"] = "string"


def _take_labels(value: Mapping, out: Mapping) -> None:
    given = value.get("enum")
    labels = sequence(value.line)
    for each in given if isinstance(given, Sequence) else [value.get("const", given)]:
        if each is not None:  # `null` says that the value may be missing: all of ours may
            labels.append(each)
    labels.item_lines = [value.line] * len(labels)
    if out["type"] == "string":
        out["enum"], out["kind"] = labels, "inferred"
    elif out["type"] in ("integer", "number"):
        out["examples"] = labels  # a choice among numbers: they stand in the file as any number does


def _one_choice(value: Mapping, problems: Problems, where: str) -> Mapping:
    """A value that may be missing is what it is when it is there: `type: [string, null]`, `anyOf: [{…}, {type: null}]`.

    A number that may be written as a text, as generators say of decimals, is a number.
    """
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
        if len(kept) == 2 and (number := _decimal(kept)) is not None:
            return number
        if len(kept) == 1:
            return _one_choice(kept[0], problems, where)
        problems.add(value.line_of(key), f"a field is one thing; {key} of {len(kept)} is not read")
    return value


def _decimal(choices: list[Mapping]) -> Mapping | None:
    """The number of a choice between a number and a text, in that order: so generators say of decimals."""
    first, second = choices
    is_text = second.get("type") == "string" and not {"enum", "const", "format"} & second.keys()
    return first if first.get("type") == "number" and is_text else None


def _defined(document: Mapping, definitions: Any, problems: Problems) -> Mapping:
    name = str(document.get("$ref", "")).rsplit("/", 1)[-1]
    target = definitions.get(name) if isinstance(definitions, Mapping) else None
    if isinstance(target, Mapping):
        return target
    problems.add(document.line_of("$ref"), f"{document.get('$ref')!r} is not defined")
    return Mapping()
