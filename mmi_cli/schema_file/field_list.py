"""Field lists of Azure Document Intelligence → the mapping that the same schema would be in YAML, and back.

Two forms: `fields.json` of a labelling project (`{"fields": [{"fieldKey", "fieldType", "fieldFormat"}], "definitions": {}}`), and what a
built model says of itself (`{"docTypes": {name: {"fieldSchema": {field: {"type", "items", "properties"}}}}}`). A model of several kinds of
documents is a router.
"""

from __future__ import annotations

from typing import Any

from ..datamodel.schema import Field, Schema
from .left_out import left_out
from .located import Mapping, Problems, Sequence
from .names import add_field, mapping, schema_name
from .reading import did_you_mean

_SCHEMA = "https://schema.cognitiveservices.azure.com/formrecognizer/2021-03-01/fields.json"
_TYPES = {
    "string": "string", "number": "number", "integer": "integer", "date": "date", "time": "time", "boolean": "boolean",
    "selectionMark": "boolean", "signature": "boolean", "currency": "number", "countryRegion": "string", "address": "string",
    "phoneNumber": "string", "array": "array", "object": "object", "selectionGroup": "array",
}  # fmt: skip
_SAID = frozenset({"type", "kind", "items", "properties"})
_FORMATS = {"dmy": "en_GB", "mdy": "en_US", "ymd": "sv_SE"}
"""How dates are written in a list whose dates are all written so."""


def is_field_list(document: Mapping) -> bool:
    """Whether a document is a field list of that service."""
    fields = document.get("fields")
    if isinstance(fields, Sequence):
        return any(isinstance(field, Mapping) and "fieldKey" in field for field in fields)
    if isinstance(fields, Mapping):
        return any(isinstance(field, Mapping) and "fieldType" in field for field in fields.values())
    if isinstance(document.get("docTypes"), Mapping):
        return True
    schema = document.get("fieldSchema")
    return isinstance(schema, Mapping) and "fields" not in schema and _holds_fields(schema)


def from_field_list(document: Mapping, problems: Problems) -> Mapping:
    """The same fields in our words."""
    types = document.get("docTypes")
    if isinstance(types, Mapping):
        return _from_model(document, types, problems)
    if isinstance(document.get("fieldSchema"), Mapping):
        return _from_type(document, problems)
    out = mapping(document.line)
    definitions = document.get("definitions")
    known = definitions if isinstance(definitions, Mapping) else Mapping()
    out["fields"] = _listed(document, "fields", known, problems, depth=0)
    formats = {_FORMATS.get(each) for each in _formats(document.get("fields"))}
    if len(formats) == 1 and (locale := formats.pop()) is not None:
        out["locale"] = locale
    return out


def to_field_list(schema: Schema) -> tuple[dict[str, Any], tuple[str, ...]]:
    """`fields.json` of a labelling project, and the names of what is left out: it holds only what stands on the page."""
    definitions: dict[str, Any] = {}
    kept, unsaid = [], []
    for field in schema.fields:
        made = _as_listed(field, definitions)
        if made is None:
            unsaid.append(f"`{field.name}` ({field.kind})")
        else:
            kept.append(made)
    unsaid += left_out(schema, of_fields=_SAID, of_schema=("name", "version", "fields"))
    return {"$schema": _SCHEMA, "fields": kept, "definitions": definitions}, tuple(unsaid)


def _as_listed(field: Field, definitions: dict[str, Any]) -> dict[str, Any] | None:
    leaves = [leaf for _, leaf in field.leaves()]
    if all(leaf.kind != "extracted" for leaf in leaves):
        return None
    out: dict[str, Any] = {"fieldKey": field.name, "fieldType": field.type, "fieldFormat": "not-specified"}
    if field.type == "boolean":
        out["fieldType"] = "selectionMark"
    holder = field.items if field.items is not None and field.items.properties else field if field.properties else None
    if field.type == "array" and holder is None:
        # A list of texts is a table of one column there.
        holder = Field(name="", type="object", properties=(Field(name="value", type="string"),))
    if holder is not None:
        name = f"{field.name}_object"
        members = [each for member in holder.properties if (each := _as_listed(member, definitions)) is not None]
        definitions[name] = {"fieldKey": name, "fieldType": "object", "fieldFormat": "not-specified", "fields": members}
        out["itemType"] = name
        if field.type == "object":
            out["fieldType"] = "array"  # it has no single objects
    return out


def _from_model(document: Mapping, types: Mapping, problems: Problems) -> Mapping:
    if len(types) == 1:
        name, only = next(iter(types.items()))
        out = _from_type(only if isinstance(only, Mapping) else Mapping(), problems)
        out["name"] = schema_name(str(document.get("modelId") or name))
        return out
    out = mapping(document.line, description=document.get("description"), split=True)
    if document.get("modelId"):
        out["name"] = schema_name(str(document["modelId"]))
    categories = mapping(types.line)
    for name, value in types.items():
        inner = _from_type(value, problems) if isinstance(value, Mapping) else Mapping()
        inner["name"] = schema_name(name.rpartition(":")[2])
        add_field(
            categories,
            inner["name"],
            mapping(types.line_of(name), description=inner.get("description") or name, schema=inner),
            types.line_of(name),
        )
    out["categories"] = categories
    return out


def _from_type(value: Mapping, problems: Problems) -> Mapping:
    out = mapping(value.line)
    if value.get("description"):
        out["description"] = value["description"]
    schema = value.get("fieldSchema")
    out["fields"] = _described(schema if isinstance(schema, Mapping) else Mapping(), problems)
    return out


def _described(fields: Mapping, problems: Problems) -> Mapping:
    out = mapping(fields.line)
    for name, value in fields.items():
        if isinstance(value, Mapping):
            add_field(out, name, _one_described(value, problems), fields.line_of(name))
    return out


def _one_described(value: Mapping, problems: Problems) -> Mapping:
    out = mapping(value.line, type=_type(value, "type", problems))
    for theirs, ours in (("description", "description"), ("example", "examples")):
        if value.get(theirs):
            out[ours] = value[theirs]
    if isinstance(value.get("items"), Mapping):
        out["items"] = _one_described(value["items"], problems)
    if isinstance(value.get("properties"), Mapping):
        out["properties"] = _described(value["properties"], problems)
    return _whole(out)


def _listed(holder: Mapping, key: str, definitions: Mapping, problems: Problems, *, depth: int) -> Mapping:
    out = mapping(holder.line_of(key))
    given = holder.get(key)
    pairs: list[tuple[str, Mapping]] = []
    if isinstance(given, Mapping):
        pairs = [(name, each) for name, each in given.items() if isinstance(each, Mapping)]
    elif isinstance(given, Sequence):
        for each, line in zip(given, given.item_lines, strict=True):
            if isinstance(each, Mapping) and each.get("fieldKey"):
                pairs.append((str(each["fieldKey"]), each))
            else:
                problems.add(line, "a field of the list has a `fieldKey` and a `fieldType`")
    for name, each in pairs:
        add_field(out, name, _one_listed(each, definitions, problems, depth=depth), each.line)
    return out


def _one_listed(value: Mapping, definitions: Mapping, problems: Problems, *, depth: int) -> Mapping:
    type_ = _type(value, "fieldType", problems)
    out = mapping(value.line, type=type_)
    if value.get("description"):
        out["description"] = value["description"]
    if value.get("fieldFormat") == "currency" and type_ == "string":
        out["type"] = "number"
    target = definitions.get(str(value.get("itemType")))
    if depth > 8:
        return mapping(value.line, type="string")
    if type_ == "array" and isinstance(target, Mapping):
        out["items"] = mapping(
            target.line, type="object", properties=_listed(target, "fields", definitions, problems, depth=depth + 1)
        )
    elif type_ == "object" and value.get("fields"):
        # A fixed table: each member is a row, and the type of a row stands among the definitions.
        rows = mapping(value.line)
        for row in value["fields"] if isinstance(value["fields"], Sequence) else ():
            if isinstance(row, Mapping) and row.get("fieldKey"):
                of_row = definitions.get(str(row.get("fieldType")))
                made = (
                    mapping(
                        row.line,
                        type="object",
                        properties=_listed(of_row, "fields", definitions, problems, depth=depth + 1),
                    )
                    if isinstance(of_row, Mapping)
                    else _one_listed(row, definitions, problems, depth=depth + 1)
                )
                add_field(rows, str(row["fieldKey"]), made, row.line)
        out["properties"] = rows
    return _whole(out)


def _whole(field: Mapping) -> Mapping:
    """A list of no known things is one of texts, an object of no known members a text."""
    if field["type"] == "array" and "items" not in field:
        field["items"] = mapping(field.line, type="string")
    if field["type"] == "object" and not field.get("properties"):
        field["type"] = "string"
        field.pop("properties", None)
    items = field.get("items")
    if isinstance(items, Mapping) and items.get("type") == "object" and not items.get("properties"):
        field["items"] = mapping(field.line, type="string")
    return field


def _type(value: Mapping, key: str, problems: Problems) -> str:
    given = str(value.get(key, "string"))
    if given not in _TYPES:
        problems.add(value.line_of(key), f"unknown {key} {given!r}{did_you_mean(given, tuple(_TYPES))}")
    return _TYPES.get(given, "string")


def _formats(fields: object) -> set[str]:
    listed = fields.values() if isinstance(fields, Mapping) else fields if isinstance(fields, Sequence) else ()
    return {
        str(each.get("fieldFormat"))
        for each in listed
        if isinstance(each, Mapping)
        and each.get("fieldType") == "date"
        and each.get("fieldFormat") not in (None, "not-specified")
    }


def _holds_fields(schema: Mapping) -> bool:
    return bool(schema) and all(isinstance(field, Mapping) and "type" in field for field in schema.values())
