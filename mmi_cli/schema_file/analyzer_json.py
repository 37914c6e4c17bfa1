"""Content Understanding analyzer JSON → the mapping that the same schema would be in YAML.

Spellings of every version are read: `method` or `kind`, `extract generate classify` or `generative`, `fieldSchema` with or without
`definitions`, `contentCategories` or `categories`.
"""

from __future__ import annotations

from typing import Any

from .located import Mapping, Problems, Sequence

_ROOT_KEYS = frozenset({"fieldSchema", "baseAnalyzerId", "BaseAnalyzerId", "contentCategories"})
_MODALITY = {"image": "image", "audio": "audio", "video": "video"}
_METHODS = {"extract": "extract", "generate": "generate", "generative": "generate", "classify": "classify"}
_DIGITAL_TYPES = {"json": "string"}


def is_analyzer(document: Mapping) -> bool:
    """Whether a document is an analyzer and not a schema of ours."""
    return "fields" not in document and any(key in document for key in _ROOT_KEYS)


def from_analyzer(document: Mapping, problems: Problems) -> Mapping:
    """The same schema in our words; `extract` is extracted, `classify` inferred with an enum, `generate` abstracted or inferred."""
    out = Mapping()
    out.line = document.line
    schema = document.get("fieldSchema")
    schema = schema if isinstance(schema, Mapping) else Mapping()
    config = document.get("config")
    config = config if isinstance(config, Mapping) else Mapping()
    name = str(schema.get("name") or document.get("analyzerId") or "")
    if name:
        out["name"] = "".join(char if char.isalnum() or char in "_-" else "-" for char in name)
    out["description"] = str(schema.get("description") or document.get("description") or "")
    base = str(document.get("baseAnalyzerId") or document.get("BaseAnalyzerId") or "")
    modality = next((modality for word, modality in _MODALITY.items() if word in base.lower()), None)
    if modality == "audio" or "call" in base.lower():
        # A recording's transcript is taken by the same analyzer.
        out["modalities"] = _list(["audio", "video", "document"], document.line)
    elif modality:
        out["modalities"] = _list([modality], document.line)
    definitions = schema.get("definitions") or schema.get("$defs")
    if isinstance(definitions, Mapping):
        out["$defs"] = _fields(definitions, problems)
    categories = config.get("contentCategories") or document.get("contentCategories")
    fields = schema.get("fields")
    if isinstance(fields, Mapping) and fields:
        out["fields"] = _fields(fields, problems)
        out.lines["fields"] = schema.line_of("fields")
    elif isinstance(categories, Mapping):
        out["categories"] = _categories(categories)
        out["split"] = bool(config.get("enableSegment", False))
    return out


def _fields(fields: Mapping, problems: Problems) -> Mapping:
    out = Mapping()
    out.line = fields.line
    for name, value in fields.items():
        out.lines[name] = fields.line_of(name)
        if isinstance(value, Mapping):
            out[name] = _field(value, problems, inherited=None)
        else:
            problems.add(fields.line_of(name), f"field {name!r} is an object with a `type`")
    return out


def _field(value: Mapping, problems: Problems, *, inherited: str | None) -> Mapping:
    out = Mapping()
    out.line, out.lines = value.line, dict(value.lines)
    type_ = str(value.get("type", "string"))
    method = _METHODS.get(str(value.get("method") or value.get("kind") or "").lower()) or inherited
    if "$ref" in value:
        out["$ref"] = value["$ref"]
    else:
        out["type"] = _DIGITAL_TYPES.get(type_, type_)
    if value.get("description"):
        out["description"] = value["description"]
    if "$ref" in value:
        return out
    examples = value.get("examples") or value.get("example")
    if examples is not None:
        out["examples"] = examples
    if value.get("enum"):
        out["enum"] = value["enum"]
        described = value.get("enumDescriptions")
        if isinstance(described, Mapping):
            out["enum_descriptions"] = described
    if isinstance(value.get("items"), Mapping):
        items = value["items"]
        # Tables are always "generated" there; their cells stand in the file all the same.
        of_items = None if "properties" in items or "$ref" in items else method
        out["items"] = _field(items, problems, inherited=of_items)
    if isinstance(value.get("properties"), Mapping):
        properties = Mapping()
        properties.line = value.line_of("properties")
        for name, member in value["properties"].items():
            properties.lines[name] = value["properties"].line_of(name)
            properties[name] = _field(member, problems, inherited=None) if isinstance(member, Mapping) else member
        out["properties"] = properties
    if type_ not in ("array", "object"):
        out["kind"] = _kind(method, type_, has_enum=bool(value.get("enum")))
    elif type_ == "array" and "items" in out and "kind" in out["items"]:
        out["kind"] = out["items"]["kind"]
    return out


def _kind(method: str | None, type_: str, *, has_enum: bool) -> str:
    if method == "classify" or (has_enum and method != "extract"):
        return "inferred"
    if method == "generate":
        return "abstracted" if type_ == "string" else "inferred"
    return "extracted"


def _categories(categories: Mapping) -> Mapping:
    out = Mapping()
    out.line = categories.line
    for name, value in categories.items():
        category = Mapping()
        category.line = categories.line_of(name)
        if isinstance(value, Mapping):
            category["description"] = str(value.get("description", ""))
            category["schema"] = str(value.get("analyzerId") or "document")
        out[name] = category
        out.lines[name] = categories.line_of(name)
    return out


def _list(items: list[Any], line: int) -> Sequence:
    out = Sequence()
    out.extend(items)
    out.item_lines = [line] * len(items)
    return out
