"""Analyzer JSON and JSON Schema are read, and written so that they read back as the same schema."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from mmi_cli.datamodel.schema import Schema
from mmi_cli.errors import UsageError
from mmi_cli.schema_file import (
    built_in_names,
    load_schema,
    read_schema_text,
    to_analyzer,
    to_json_schema,
    to_yaml,
)

_DATA = Path(os.environ.get("MMI_BENCH_DATA", Path(__file__).parents[4] / "shared" / "data"))


def read(document: dict[str, Any]) -> Schema:
    return read_schema_text(json.dumps(document, indent="\t"), name="x.json", default_name="x")


def leaves_of(schema: Schema) -> dict[str, tuple[str, str]]:
    return {path: (leaf.type, leaf.kind) for field in schema.fields for path, leaf in field.leaves()}


def test_an_analyzer_is_read_by_its_methods() -> None:
    schema = read(
        {
            "baseAnalyzerId": "prebuilt-document",
            "description": "Invoices 🧾",
            "config": {"locales": ["de-DE"], "returnDetails": True},
            "fieldSchema": {
                "name": "InvoiceFields",
                "fields": {
                    "Vendor": {"type": "string", "method": "extract", "description": "Who sells", "examples": ["A"]},
                    "Summary": {"type": "string", "method": "generate"},
                    "Score": {"type": "number", "method": "generate"},
                    "Mood": {
                        "type": "string",
                        "method": "classify",
                        "enum": ["+", "-"],
                        "enumDescriptions": {"+": "good"},
                    },
                    "Topics": {"type": "array", "method": "generate", "items": {"type": "string"}},
                    "Items": {"type": "array", "method": "generate", "items": {"$ref": "#/$defs/Item"}},
                    "Raw": {"type": "json"},
                },
                "definitions": {"Item": {"type": "object", "properties": {"Price": {"type": "number"}}}},
            },
        }
    )
    assert (schema.name, schema.description, schema.locale) == ("InvoiceFields", "Invoices 🧾", "de_DE")
    assert schema.modalities == ("document", "image")
    assert leaves_of(schema) == {
        "Vendor": ("string", "extracted"),
        "Summary": ("string", "abstracted"),
        "Score": ("number", "inferred"),
        "Mood": ("string", "inferred"),
        "Topics[]": ("string", "abstracted"),
        "Items[].Price": ("number", "extracted"),  # tables are "generated" there, yet their cells have places
        "Raw": ("string", "extracted"),
    }
    assert schema.fields[3].enum_descriptions == (("+", "good"),)


def test_older_spellings_and_a_bare_field_schema_are_read() -> None:
    old = read(
        {
            "BaseAnalyzerId": "prebuilt-audioAnalyzer",
            "fieldSchema": {"fields": {"S": {"type": "string", "kind": "generative"}}},
        }
    )
    assert leaves_of(old) == {"S": ("string", "abstracted")} and "audio" in old.modalities
    bare = read({"name": "F", "fields": {"S": {"type": "date", "method": "extract"}}})
    assert leaves_of(bare) == {"S": ("date", "extracted")}


def test_content_categories_become_a_router() -> None:
    config = {
        "enableSegment": True,
        "contentCategories": {"Bill": {"description": "A bill", "analyzerId": "prebuilt-invoice"}},
    }
    schema = read({"baseAnalyzerId": "prebuilt-document", "config": config})
    assert schema.split and [(c.name, c.description, c.schema) for c in schema.categories] == [
        ("Bill", "A bill", "invoice")
    ]
    analyzer, _ = to_analyzer(schema)
    assert analyzer["config"]["contentCategories"] == config["contentCategories"]


def test_a_mistake_in_an_analyzer_has_its_line() -> None:
    text = '{"fieldSchema": {"fields": {\n"A": {"type": "strng"},\n"B": {"type": "string",\n "method": "extrct"}}}}'
    with pytest.raises(UsageError) as caught:
        read_schema_text(text, name="a.json")
    assert str(caught.value).splitlines() == [
        "a.json:2: unknown type 'strng'; did you mean 'string'?",
        "a.json:4: unknown method 'extrct'; did you mean 'extract'?",
    ]


def test_json_schema_as_generators_write_it_is_read() -> None:
    schema = read(
        {
            "$defs": {
                "Line": {
                    "type": "object",
                    "properties": {"name": {"title": "Name", "type": "string"}},
                    "required": ["name"],
                },
                "Mood": {"enum": ["good", "bad"], "type": "string"},
            },
            "title": "Order",
            "type": "object",
            "properties": {
                "when": {"anyOf": [{"format": "date", "type": "string"}, {"type": "null"}], "default": None},
                "mood": {"allOf": [{"$ref": "#/$defs/Mood"}], "description": "How it sounds"},
                "count": {"type": ["integer", "null"]},
                "lines": {"type": "array", "items": {"$ref": "#/$defs/Line"}},
                "kind": {"const": "order"},
            },
            "required": ["when"],
        }
    )
    assert schema.name == "Order" and [field.name for field in schema.fields if field.required] == ["when"]
    assert leaves_of(schema) == {
        "when": ("date", "extracted"),
        "mood": ("string", "inferred"),
        "count": ("integer", "extracted"),
        "lines[].name": ("string", "extracted"),
        "kind": ("string", "inferred"),
    }
    assert (schema.fields[1].enum, schema.fields[1].description) == (("good", "bad"), "How it sounds")


def test_json_schema_that_is_one_definition_is_read() -> None:
    definitions = {"Order": {"title": "Order", "type": "object", "properties": {"a": {"type": "number"}}}}
    assert leaves_of(read({"$schema": "x", "$ref": "#/definitions/Order", "definitions": definitions})) == {
        "a": ("number", "extracted")
    }


def test_a_field_that_may_be_two_things_is_refused() -> None:
    choice = {"anyOf": [{"type": "string"}, {"type": "number"}]}
    with pytest.raises(UsageError, match="anyOf of 2 is not read"):
        read({"type": "object", "properties": {"a": choice}})


ROUTERS = [name for name in built_in_names() if load_schema(name).categories]


@pytest.mark.parametrize("name", ROUTERS)
def test_a_router_reads_back_from_a_file_as_the_same_schema(name: str, tmp_path: Path) -> None:
    path = tmp_path / "router.yaml"
    path.write_text(to_yaml(load_schema(name)), "utf-8")
    assert load_schema(str(path)) == load_schema(name)


@pytest.mark.parametrize("name", [name for name in built_in_names() if name not in ROUTERS])
def test_yaml_and_json_schema_read_back_as_the_same_schema(name: str) -> None:
    schema = load_schema(name)
    assert read_schema_text(to_yaml(schema), name="x.yaml") == schema
    assert read(to_json_schema(schema)) == schema


CASES = [name for name in built_in_names() if load_schema(name).unit == "folder"]


@pytest.mark.parametrize("name", [name for name in built_in_names() if name not in CASES])
def test_an_analyzer_reads_back_with_the_same_leaves(name: str) -> None:
    schema = load_schema(name)
    analyzer, _ = to_analyzer(schema)
    # An analyzer has no word for what is computed, nor for text that follows from the file and is not written: both are told.
    without_kind = {
        path
        for field in schema.fields
        for path, leaf in field.leaves()
        if field.expression or (leaf.kind == "inferred" and leaf.type == "string" and not leaf.enum)
    }
    ours, theirs = leaves_of(schema), leaves_of(read(analyzer))
    assert {path: type_ for path, (type_, _) in theirs.items()} == {path: type_ for path, (type_, _) in ours.items()}
    assert {path: leaf for path, leaf in theirs.items() if path not in without_kind} == {
        path: leaf for path, leaf in ours.items() if path not in without_kind
    }
    assert [field.enum for field in read(analyzer).fields] == [field.enum for field in schema.fields]


@pytest.mark.parametrize("name", CASES)
def test_an_analyzer_of_a_case_is_its_router_and_tells_that_its_fields_are_left_out(name: str) -> None:
    schema = load_schema(name)
    analyzer, unsaid = to_analyzer(schema)
    assert {"`fields`", "`unit`"} <= set(unsaid) and "fieldSchema" not in analyzer
    assert list(analyzer["config"]["contentCategories"]) == [category.name for category in schema.categories]


def test_what_an_analyzer_cannot_say_is_told() -> None:
    _, unsaid = to_analyzer(load_schema("invoice"))
    assert "2 checks" in unsaid and "`required` of 4 fields" in unsaid


def test_yaml_keeps_kinds_that_differ_from_their_array() -> None:
    text = "fields: {a: {type: array, kind: abstracted, items: {type: object, properties: {n: {kind: extracted}, t: string}}}}"
    schema = read_schema_text(text, name="x")
    assert leaves_of(schema) == {"a[].n": ("string", "extracted"), "a[].t": ("string", "abstracted")}
    assert read_schema_text(to_yaml(schema), name="x") == schema


@pytest.mark.skipif(not _DATA.is_dir(), reason=f"no benchmark data at {_DATA}: set MMI_BENCH_DATA")
def test_the_service_s_own_templates_are_read_unchanged() -> None:
    templates = sorted((_DATA / "content_understanding").glob("*/template*.json"))
    assert len(templates) >= 5
    for path in templates:
        schema = load_schema(str(path))
        assert len(schema.fields) == len(json.loads(path.read_text())["fieldSchema"]["fields"]), path.name
        assert len(leaves_of(schema)) >= len(schema.fields), path.name
