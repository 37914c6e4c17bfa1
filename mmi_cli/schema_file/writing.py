"""`Schema` → the YAML that reads back as the same schema."""

from __future__ import annotations

from typing import Any

from ..datamodel.schema import Category, Field, Schema

_WIDTH = 120


def to_yaml(schema: Schema) -> str:
    """The schema as a YAML file, each field on as few lines as fit."""
    import yaml

    class Dumper(yaml.SafeDumper):
        """Leaves are written on one line, what holds others as a block."""

        def represent_mapping(self, tag: str, mapping: Any, flow_style: bool | None = None) -> Any:
            holds_others = any(isinstance(value, dict) for value in mapping.values())
            is_long = len(str(mapping)) > _WIDTH - 20
            return super().represent_mapping(tag, mapping, flow_style=not (holds_others or is_long))

        def represent_sequence(self, tag: str, sequence: Any, flow_style: bool | None = None) -> Any:
            return super().represent_sequence(tag, sequence, flow_style=not any(isinstance(x, dict) for x in sequence))

    Dumper.add_representer(dict, lambda dumper, data: dumper.represent_mapping("tag:yaml.org,2002:map", data))
    Dumper.add_representer(list, lambda dumper, data: dumper.represent_sequence("tag:yaml.org,2002:seq", data))
    return str(yaml.dump(to_mapping(schema), Dumper=Dumper, sort_keys=False, allow_unicode=True, width=_WIDTH))


def to_mapping(schema: Schema) -> dict[str, Any]:
    """The schema as the mapping its YAML holds; what stands at its default is left out."""
    version = schema.version
    is_number = version.isdecimal() and version == str(int(version))
    out: dict[str, Any] = {"name": schema.name, "version": int(version) if is_number else version}
    for key in ("description", "locale", "labelled"):
        if value := getattr(schema, key):
            out[key] = value
    for key in ("modalities", "vocabulary"):
        if values := getattr(schema, key):
            out[key] = list(values)
    if schema.unit != "file":
        out["unit"] = schema.unit
    if schema.fusion is not None:
        out["fusion"] = schema.fusion
    for key in ("subject", "expects"):
        if values := getattr(schema, key):
            out[key] = list(values)
    if schema.fields:
        out["fields"] = {field.name: field_mapping(field) for field in schema.fields}
    if schema.checks:
        out["checks"] = [
            {"expression": check.expression, **({"message": check.message} if check.message else {})}
            for check in schema.checks
        ]
    if schema.categories:
        out["categories"] = {
            category.name: {"description": category.description, **_of_category(category)}
            for category in schema.categories
        }
        out["split"] = schema.split
    return out


def _of_category(category: Category) -> dict[str, Any]:
    """Where its schema lies, or the schema itself where it stands in the router; nothing where the fields are those of the case."""
    if category.schema:
        return {"schema": category.schema}
    return {"schema": to_mapping(category.filled_by)} if category.filled_by is not None else {}


def field_mapping(field: Field) -> dict[str, Any]:
    """One field as its YAML mapping."""
    out: dict[str, Any] = {"type": field.type}
    if field.kind != "extracted" or field.expression:
        out["kind"] = field.kind
    for key in ("description", "per", "pattern", "expression"):
        if value := getattr(field, key):
            out[key] = value
    for key, names in (("from", field.sources), ("key", field.key)):
        if names:
            out[key] = list(names)
    for key in ("aliases", "examples", "enum"):
        if values := getattr(field, key):
            out[key] = list(values)
    if field.enum_descriptions:
        out["enum_descriptions"] = dict(field.enum_descriptions)
    if field.required:
        out["required"] = True
    if field.items is not None:
        items = field_mapping(field.items)
        # Without a kind of its own it would take that of its array.
        out["items"] = _with_kind(items, field.items, field)
    if field.properties:
        out["properties"] = {each.name: _with_kind(field_mapping(each), each, field) for each in field.properties}
    return out


def _with_kind(mapping: dict[str, Any], field: Field, holder: Field) -> dict[str, Any]:
    if "kind" in mapping or field.kind == holder.kind:
        return mapping
    return {"type": mapping.pop("type"), "kind": field.kind, **mapping}
