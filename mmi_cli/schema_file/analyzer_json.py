"""Content Understanding analyzer JSON → the mapping that the same schema would be in YAML, and back.

Spellings of every version are read: `method` or `kind`, `extract generate classify` or `generative`, `fieldSchema` with or without
`definitions`, `contentCategories` or `categories`.
"""

from __future__ import annotations

from collections.abc import Sequence as Several
from typing import Any

from ..datamodel.schema import Category, Field, FieldKind, Schema
from .left_out import fields_below, left_out
from .located import Mapping, Problems, Sequence
from .names import add_field, schema_name
from .reading import did_you_mean

_ROOT_KEYS = frozenset({"fieldSchema", "baseAnalyzerId", "BaseAnalyzerId", "contentCategories"})
_MODALITIES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("document", ("document", "image")),  # that analyzer reads pictures too
    ("image", ("image",)),
    ("video", ("video",)),
    ("audio", ("audio", "video", "document")),  # the transcript of a recording is given to the same analyzer
    ("call", ("audio", "video", "document")),
)
_PREBUILT = {
    "invoice": "prebuilt-invoice", "receipt": "prebuilt-receipt", "contract": "prebuilt-contract", "call": "prebuilt-callCenter",
    "id-document": "prebuilt-idDocument", "bank-statement": "prebuilt-bankStatement.us", "document": "prebuilt-documentSearch",
    "image": "prebuilt-imageSearch", "video": "prebuilt-videoSearch", "purchase-order": "prebuilt-purchaseOrder",
    "pay-slip": "prebuilt-payStub.us", "w2": "prebuilt-tax.us.w2", "form-1040": "prebuilt-tax.us.1040",
    "form-1099": "prebuilt-tax.us.1099Combo",
}  # fmt: skip
_OF_PREBUILT = {
    **{theirs.lower(): ours for ours, theirs in _PREBUILT.items()},
    **{theirs.lower().removesuffix(".us"): ours for ours, theirs in _PREBUILT.items()},
    "prebuilt-documentanalyzer": "document", "prebuilt-layout": "document", "prebuilt-read": "document", "prebuilt-document": "document",
    "prebuilt-image": "image", "prebuilt-video": "video", "prebuilt-callcenteranalytics": "call",
}  # fmt: skip
_METHODS = {"extract": "extract", "generate": "generate", "generative": "generate", "classify": "classify"}
_DIGITAL_TYPES = {"json": "string"}


def is_analyzer(document: Mapping) -> bool:
    """Whether a document is an analyzer, or the field schema of one, and not a schema of ours."""
    fields = document.get("fields")
    if isinstance(fields, Mapping):
        return any(isinstance(field, Mapping) and "method" in field for field in fields.values())
    return any(key in document for key in _ROOT_KEYS)


def from_analyzer(document: Mapping, problems: Problems) -> Mapping:
    """The same schema in our words; `extract` is extracted, `classify` inferred with an enum, `generate` abstracted or inferred."""
    out = Mapping()
    out.line = document.line
    schema = document if "fields" in document else _mapping(document, "fieldSchema")
    config = _mapping(document, "config")
    if name := str(schema.get("name") or document.get("analyzerId") or ""):
        out["name"] = schema_name(name)
    out["description"] = str(document.get("description") or schema.get("description") or "")
    base = str(document.get("baseAnalyzerId") or document.get("BaseAnalyzerId") or "").lower()
    if modalities := next((modalities for word, modalities in _MODALITIES if word in base), None):
        out["modalities"] = _list(modalities, document.line)
    locales = config.get("locales")
    if isinstance(locales, Sequence) and len(locales) == 1:
        out["locale"], out.lines["locale"] = locales[0], config.line_of("locales")
    definitions = schema.get("definitions") or schema.get("$defs")
    if isinstance(definitions, Mapping):
        out["$defs"] = _definitions(definitions, problems)
    categories = config.get("contentCategories") or document.get("contentCategories")
    fields = schema.get("fields")
    if isinstance(fields, Mapping) and fields:
        out["fields"] = _fields(fields, problems)
        out.lines["fields"] = schema.line_of("fields")
    elif isinstance(categories, Mapping):
        out["categories"] = _categories(categories, problems)
        out["split"] = config.get("enableSegment") is True
    return out


def to_analyzer(schema: Schema) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The analyzer of a schema, and what of the schema an analyzer cannot say, in words."""
    modality = schema.modalities[0] if schema.modalities else "document"
    if modality == "image" and "document" in schema.modalities:
        modality = "document"  # whose base analyzer reads pictures too
    config: dict[str, Any] = {"returnDetails": True}
    if schema.locale:
        config["locales"] = [schema.locale.replace("_", "-")]
    out: dict[str, Any] = {
        "description": schema.description,
        "baseAnalyzerId": f"prebuilt-{modality}",
        "config": config,
    }
    unsaid = _unsaid(schema)
    if schema.categories:
        config["enableSegment"] = schema.split
        config["contentCategories"] = {}
        for category in schema.categories:
            made, more = _analyzer_category(category)
            config["contentCategories"][category.name] = made
            unsaid += [each for each in more if each not in unsaid]
    else:
        config["estimateFieldSourceAndConfidence"] = True
        out["fieldSchema"] = {
            "name": schema.name,
            "fields": {field.name: _analyzer_field(field) for field in schema.fields},
        }
    return out, tuple(unsaid)


def _analyzer_category(category: Category) -> tuple[dict[str, Any], list[str]]:
    """A built-in schema is the prebuilt analyzer for the same papers, any other stands in the category."""
    out: dict[str, Any] = {"description": category.description}
    if category.schema in _PREBUILT:
        return {**out, "analyzerId": _PREBUILT[category.schema]}, []
    if category.filled_by is None:
        return {**out, **({"analyzerId": category.schema} if category.schema else {})}, []
    analyzer, unsaid = to_analyzer(category.filled_by)
    return {**out, "analyzer": analyzer}, [f"{category.name}: {each}" for each in unsaid]


def _analyzer_field(field: Field) -> dict[str, Any]:
    out: dict[str, Any] = {"type": field.type}
    if field.is_leaf or field.type == "array":
        out["method"] = _method(field)
    if field.description:
        out["description"] = field.description
    if field.examples:
        out["examples"] = list(field.examples)
    if field.enum:
        out["enum"] = list(field.enum)
    if field.enum_descriptions:
        out["enumDescriptions"] = dict(field.enum_descriptions)
    if field.items is not None:
        out["items"] = _analyzer_field(field.items)
    if field.properties:
        out["properties"] = {each.name: _analyzer_field(each) for each in field.properties}
    return out


def _method(field: Field) -> str:
    leaf = field.items if field.items is not None and field.items.is_leaf else field
    if leaf.kind == "extracted":
        return "extract"
    return "classify" if leaf.enum else "generate"


_SAID = frozenset({"type", "description", "examples", "enum", "enum_descriptions", "items", "properties", "kind"})
_SAID_OF_ALL = frozenset({"name", "version", "description", "locale", "modalities", "fields", "categories", "split"})


def _unsaid(schema: Schema) -> list[str]:
    # The fields of a case are of no one paper, so a router of that service cannot hold them.
    of_schema = _SAID_OF_ALL - {"fields"} if schema.categories else _SAID_OF_ALL
    said = left_out(schema, of_fields=_SAID, of_schema=of_schema)
    inferred = sum(
        field.is_leaf and field.kind == "inferred" and field.type == "string" and not field.enum
        for field in fields_below(schema)
    )
    return [*said, *([f"`kind: inferred` of {inferred} field{'s' * (inferred > 1)}"] if inferred else ())]


def _fields(fields: Mapping, problems: Problems) -> Mapping:
    out = Mapping()
    out.line = fields.line
    for name, value in fields.items():
        if isinstance(value, Mapping):
            add_field(out, name, _field(value, problems, inherited=None), fields.line_of(name))
        else:
            problems.add(fields.line_of(name), f"field {name!r} is an object with a `type`")
    return out


def _definitions(definitions: Mapping, problems: Problems) -> Mapping:
    """Under the names by which they are referred to."""
    out = Mapping()
    out.line, out.lines = definitions.line, dict(definitions.lines)
    for name, value in definitions.items():
        out[name] = _field(value, problems, inherited=None) if isinstance(value, Mapping) else value
    return out


def _field(value: Mapping, problems: Problems, *, inherited: str | None) -> Mapping:
    out = Mapping()
    out.line, out.lines = value.line, dict(value.lines)
    type_ = str(value.get("type", "string"))
    method = _given_method(value, problems) or inherited
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
            line = value["properties"].line_of(name)
            if isinstance(member, Mapping):
                add_field(properties, name, _field(member, problems, inherited=None), line)
            else:
                problems.add(line, f"field {name!r} is an object with a `type`")
        out["properties"] = properties
    if type_ not in ("array", "object"):
        out["kind"] = _kind(method, type_, has_enum=bool(value.get("enum")))
    elif type_ == "array" and "items" in out and "kind" in out["items"]:
        out["kind"] = out["items"]["kind"]
    return out


def _given_method(value: Mapping, problems: Problems) -> str | None:
    key = "method" if "method" in value else "kind"
    given = value.get(key)
    if given is None:
        return None
    method = _METHODS.get(str(given).lower())
    if method is None:
        problems.add(value.line_of(key), f"unknown {key} {given!r}{did_you_mean(str(given), tuple(_METHODS))}")
    return method


def _kind(method: str | None, type_: str, *, has_enum: bool) -> FieldKind:
    if method == "classify" or (has_enum and method != "extract"):
        return "inferred"
    if method == "generate":
        return "abstracted" if type_ == "string" else "inferred"
    return "extracted"


def _categories(categories: Mapping, problems: Problems) -> Mapping:
    out = Mapping()
    out.line = categories.line
    for name, value in categories.items():
        category = Mapping()
        category.line = categories.line_of(name)
        if isinstance(value, Mapping):
            category["description"] = str(value.get("description", ""))
            if isinstance(value.get("analyzer"), Mapping):
                category["schema"] = from_analyzer(value["analyzer"], problems)
                category.lines["schema"] = value.line_of("analyzer")
                out[name], out.lines[name] = category, categories.line_of(name)
                continue
            analyzer = str(value.get("analyzerId") or "document")
            category["schema"] = _built_in(analyzer, problems)
            category.lines["schema"] = value.line_of("analyzerId")
        out[name] = category
        out.lines[name] = categories.line_of(name)
    return out


def _built_in(analyzer: str, problems: Problems) -> str:
    """The built-in schema for a prebuilt analyzer; an analyzer of one's own keeps its name."""
    found = _OF_PREBUILT.get(analyzer.lower()) or _OF_PREBUILT.get(analyzer.lower().removesuffix(".us"))
    if found is None and analyzer.lower().startswith("prebuilt-"):
        family = analyzer.split(".")[0].lower()
        found = _OF_PREBUILT.get(family, "document")
        problems.note(f"{analyzer}: there is no built-in schema of that name; {found!r} stands in for it")
    return found or analyzer


def _mapping(document: Mapping, key: str) -> Mapping:
    value = document.get(key)
    return value if isinstance(value, Mapping) else Mapping()


def _list(items: Several[Any], line: int) -> Sequence:
    out = Sequence()
    out.extend(items)
    out.item_lines = [line] * len(items)
    return out
