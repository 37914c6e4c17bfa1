"""Other formats become schemas: field lists, JSON Schema of generators, classes, templates, analyzers with analyzers in them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from mmi_cli.datamodel.schema import Schema
from mmi_cli.errors import UsageError
from mmi_cli.schema_file import (
    built_in_names,
    import_schema,
    load_schema,
    read_schema_text,
    to_analyzer,
    to_field_list,
    to_json_schema,
    to_python_source,
    to_yaml,
)

PLAIN = [name for name in built_in_names() if not load_schema(name).categories]


def read(document: Any) -> Schema:
    return read_schema_text(document if isinstance(document, str) else json.dumps(document), name="x", default_name="x")


def leaves_of(schema: Schema) -> dict[str, tuple[str, str]]:
    return {path: (leaf.type, leaf.kind) for field in schema.fields for path, leaf in field.leaves()}


FIELDS_JSON = {
    "$schema": "https://schema.cognitiveservices.azure.com/formrecognizer/2021-03-01/fields.json",
    "fields": [
        {"fieldKey": "Invoice Number", "fieldType": "string", "fieldFormat": "not-specified"},
        {"fieldKey": "Due", "fieldType": "date", "fieldFormat": "mdy"},
        {"fieldKey": "Paid", "fieldType": "selectionMark", "fieldFormat": "not-specified"},
        {"fieldKey": "Total", "fieldType": "number", "fieldFormat": "currency"},
        {"fieldKey": "items", "fieldType": "array", "fieldFormat": "not-specified", "itemType": "items_object"},
        {
            "fieldKey": "taxes",
            "fieldType": "object",
            "fieldFormat": "not-specified",
            "fields": [{"fieldKey": "VAT", "fieldType": "taxes_object", "fieldFormat": "not-specified"}],
        },
    ],
    "definitions": {
        "items_object": {
            "fieldKey": "items_object",
            "fieldType": "object",
            "fields": [
                {"fieldKey": "Description", "fieldType": "string"},
                {"fieldKey": "Amount", "fieldType": "number"},
            ],
        },
        "taxes_object": {
            "fieldKey": "taxes_object",
            "fieldType": "object",
            "fields": [{"fieldKey": "rate", "fieldType": "number"}],
        },
    },
}


def test_the_field_list_of_a_labelling_project_is_read() -> None:
    schema = read(FIELDS_JSON)
    assert leaves_of(schema) == {
        "Invoice_Number": ("string", "extracted"),
        "Due": ("date", "extracted"),
        "Paid": ("boolean", "extracted"),
        "Total": ("number", "extracted"),
        "items[].Description": ("string", "extracted"),
        "items[].Amount": ("number", "extracted"),
        "taxes.VAT.rate": ("number", "extracted"),
    }
    assert schema.fields[0].aliases == ("Invoice Number",) and schema.locale == "en_US"


def test_a_field_list_that_says_too_much_or_nothing_says_where() -> None:
    with pytest.raises(UsageError, match=r"x:1: unknown fieldType 'strng'; did you mean 'string'\?"):
        read({"fields": [{"fieldKey": "a", "fieldType": "strng"}]})


def test_the_fields_of_a_built_model_are_read_and_several_kinds_of_papers_are_a_router() -> None:
    bill = {
        "description": "A bill",
        "fieldSchema": {
            "Total": {"type": "currency", "description": "What to pay", "example": "$4.00"},
            "Items": {"type": "array", "items": {"type": "object", "properties": {"Name": {"type": "string"}}}},
        },
    }
    one = read({"modelId": "my bills", "docTypes": {"my:bill": bill}})
    assert one.name == "my-bills" and one.description == "A bill"
    assert leaves_of(one) == {"Total": ("number", "extracted"), "Items[].Name": ("string", "extracted")}
    assert one.fields[0].examples == ("$4.00",)
    several = read({"docTypes": {"m:bill": bill, "m:slip": {"fieldSchema": {"When": {"type": "date"}}}}})
    assert several.split and [each.name for each in several.categories] == ["bill", "slip"]
    assert [leaves_of(each.filled_by) for each in several.categories if each.filled_by] == [
        leaves_of(one),
        {"When": ("date", "extracted")},
    ]
    assert read(to_yaml(several)).digest == several.digest


@pytest.mark.parametrize("name", PLAIN)
def test_a_field_list_reads_back_with_the_fields_that_stand_on_the_page(name: str) -> None:
    schema = load_schema(name)
    made, unsaid = to_field_list(schema)
    kept = [field["fieldKey"] for field in made["fields"]]
    assert {f.name for f in schema.fields} - set(kept) == {
        field.name for field in schema.fields if any(each.startswith(f"`{field.name}` (") for each in unsaid)
    }
    if kept:
        again = read(made)
        assert [field.name for field in again.fields] == kept
        ours = {path: leaf for path, leaf in leaves_of(schema).items() if path.partition("[")[0] in kept}
        for path, leaf in leaves_of(again).items():
            assert ours.get(path, leaf) == leaf


def test_json_schema_of_pydantic_is_read_with_all_it_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "shop_models.py").write_text(
        '''
from __future__ import annotations
import datetime, decimal, enum, uuid
from typing import Annotated, Literal, Optional
from pydantic import BaseModel, Field

class Mood(enum.Enum):
    GOOD = "good"
    BAD = "bad"

class Line(BaseModel):
    """One line of an order."""
    name: str = Field(description="What was bought")
    price: decimal.Decimal

class Order(BaseModel):
    """An order of a shop."""
    id: uuid.UUID
    number: Annotated[str, Field(pattern=r"[A-Z]{2}-\\d+", examples=["AB-1"])]
    placed: datetime.date
    at: Optional[datetime.time] = None
    shipped: datetime.datetime | None = None
    paid: bool = False
    state: Literal["open", "closed"] = "open"
    level: Literal[1, 2, 3] = 1
    mood: Mood | None = None
    lines: list[Line] = []
    tags: set[str] = set()
    first: Line | None = None
    prices: dict[str, float] = {}
    size: tuple[float, float] = (0, 0)
    share: Annotated[float, Field(ge=0, le=1, title="How much of it")] = 0
''',
        "utf-8",
    )
    monkeypatch.chdir(tmp_path)
    schema, notes = import_schema("shop_models:Order")
    assert (schema.name, schema.description) == ("Order", "An order of a shop.")
    assert leaves_of(schema) == {
        "id": ("string", "extracted"),
        "number": ("string", "extracted"),
        "placed": ("date", "extracted"),
        "at": ("time", "extracted"),
        "shipped": ("date", "extracted"),
        "paid": ("boolean", "extracted"),
        "state": ("string", "inferred"),
        "level": ("integer", "extracted"),
        "mood": ("string", "inferred"),
        "lines[].name": ("string", "extracted"),
        "lines[].price": ("number", "extracted"),
        "tags[]": ("string", "extracted"),
        "first.name": ("string", "extracted"),
        "first.price": ("number", "extracted"),
        "prices[].key": ("string", "extracted"),
        "prices[].value": ("number", "extracted"),
        "size[]": ("number", "extracted"),
        "share": ("number", "extracted"),
    }
    assert [field.name for field in schema.fields if field.required] == ["id", "number", "placed"]
    assert notes == ("prices: a dictionary becomes a list of objects with `key` and `value`",)
    of = {field.name: field for field in schema.fields}
    assert of["share"].description == "How much of it" and of["mood"].enum == ("good", "bad")
    assert of["level"].examples == ("1", "2", "3") and of["number"].pattern == r"[A-Z]{2}-\d+"
    sys.modules.pop("shop_models")


def test_a_class_is_a_schema_by_its_dotted_path_and_what_is_none_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack" / "__init__.py").write_text("")
    (tmp_path / "pack" / "models.py").write_text(
        "from pydantic import BaseModel\nclass A(BaseModel):\n    n: int\nB = 3\n"
    )
    (tmp_path / "pack" / "broken.py").write_text("import no_such_thing\n")
    monkeypatch.chdir(tmp_path)
    assert load_schema("pack.models:A") == import_schema("pack.models.A")[0]
    for path, said in (
        ("pack.models:C", "there is no 'C' in pack.models"),
        ("pack.models:B", "no JSON Schema can be made of it"),
        ("pack.broken:A", "cannot import 'pack.broken' .*No module named 'no_such_thing'"),
        ("nowhere.models:A", "cannot import 'nowhere.models'"),
    ):
        with pytest.raises(UsageError, match=said):
            load_schema(path)
    for name in [name for name in sys.modules if name.partition(".")[0] == "pack"]:
        sys.modules.pop(name)


@pytest.mark.parametrize("name", PLAIN)
def test_a_schema_reads_back_from_its_class_as_the_same_schema(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = f"made_{name.replace('-', '_')}"
    (tmp_path / f"{module}.py").write_text(to_python_source(load_schema(name)), "utf-8")
    monkeypatch.chdir(tmp_path)
    class_name = "".join(part.capitalize() for part in name.split("-"))
    source = (tmp_path / f"{module}.py").read_text()
    assert f'__all__ = ["{class_name}"]' in source
    again, notes = import_schema(f"{module}:{class_name}")
    sys.modules.pop(module)
    assert (again.digest, notes) == (load_schema(name).digest, ())


def test_a_router_has_no_class() -> None:
    with pytest.raises(UsageError, match="a router and has no fields"):
        to_python_source(load_schema("tax-packet"))


TEMPLATE = """
issuer: Corner Shop B.V.
keywords: [Corner Shop, 'NL\\d{9}B01']
fields:
  amount: 'Total\\s+EUR\\s+(\\d+\\.\\d{2})'
  date:
    parser: regex
    regex: ['Invoice date:\\s*(\\d{2}-\\d{2}-\\d{4})', 'Dated\\s+(\\S+)']
    type: date
  invoice_number: 'Invoice No\\.?:\\s+([A-Z]{2}\\d{6})'
  static_vat: NL001234567B01
  bic: BIC DEUTDEFF
  paid_by: [(iDEAL), '(?i)(VISA)']
  advance: {parser: regex, regex: 'Paid in advance:\\s+(\\d+)', type: float, group: sum}
lines:
  start: Item
  end: Total
  line: '(?P<name>.+)\\s+(?P<qty>\\d+)\\s+(?P<price>[\\d.]+)'
  types: {qty: int, price: float}
options: {currency: EUR, date_formats: ['%d-%m-%Y']}
"""


def test_a_template_of_invoice2data_is_read() -> None:
    schema = read(TEMPLATE)
    assert (schema.name, schema.locale) == ("Corner-Shop-B-V", "en_GB")
    assert leaves_of(schema) == {
        "issuer": ("string", "inferred"),
        "amount": ("number", "extracted"),
        "date": ("date", "extracted"),
        "invoice_number": ("string", "extracted"),
        "vat": ("string", "inferred"),
        "bic": ("string", "extracted"),
        "paid_by": ("string", "inferred"),
        "advance": ("number", "extracted"),
        "currency": ("string", "inferred"),
        "lines[].name": ("string", "extracted"),
        "lines[].qty": ("integer", "extracted"),
        "lines[].price": ("number", "extracted"),
    }
    of = {field.name: field for field in schema.fields}
    assert of["issuer"].expression == '"Corner Shop B.V."' and of["vat"].expression == '"NL001234567B01"'
    assert of["date"].aliases == ("Invoice date", "Dated") and of["amount"].aliases == ("Total EUR",)
    assert (of["bic"].pattern, of["bic"].aliases, of["paid_by"].enum) == ("BIC DEUTDEFF", (), ("iDEAL", "VISA"))
    assert of["invoice_number"].pattern == r"[A-Z]{2}\d{6}" and of["invoice_number"].aliases == ("Invoice No",)


def test_what_a_template_says_beyond_its_fields_is_told(tmp_path: Path) -> None:
    (tmp_path / "shop.yml").write_text(TEMPLATE)
    _, notes = import_schema(str(tmp_path / "shop.yml"))
    assert notes == (
        "advance: the sum of several values becomes the value that is found first",
        "`keywords` choose a template among many; a router's description does that here",
    )


def test_an_analyzer_inside_a_category_is_read_and_written() -> None:
    inner = {
        "baseAnalyzerId": "prebuilt-document",
        "fieldSchema": {"name": "Slip", "fields": {"Sum": {"type": "number", "method": "extract"}}},
    }
    config = {
        "enableSegment": True,
        "contentCategories": {
            "Slip": {"description": "A slip", "analyzer": inner},
            "W2": {"description": "A wage statement", "analyzerId": "prebuilt-tax.us.w2"},
            "Odd": {"description": "Else", "analyzerId": "prebuilt-marriageCertificate.us"},
        },
    }
    schema = read({"baseAnalyzerId": "prebuilt-document", "config": config})
    assert [(each.name, each.schema) for each in schema.categories] == [("Slip", ""), ("W2", "w2"), ("Odd", "document")]
    assert schema.categories[0].filled_by is not None
    assert leaves_of(schema.categories[0].filled_by) == {"Sum": ("number", "extracted")}
    analyzer, unsaid = to_analyzer(schema)
    made = analyzer["config"]["contentCategories"]
    assert made["W2"]["analyzerId"] == "prebuilt-tax.us.w2" and unsaid == ()
    assert made["Slip"]["analyzer"]["fieldSchema"]["fields"] == {"Sum": {"type": "number", "method": "extract"}}


def test_the_analyzer_of_a_category_may_lie_beside_the_router(tmp_path: Path) -> None:
    (tmp_path / "my-slip.json").write_text(
        json.dumps({"fieldSchema": {"fields": {"Sum": {"type": "number", "method": "extract"}}}})
    )
    categories = {"Slip": {"description": "A slip", "analyzerId": "my-slip"}}
    (tmp_path / "router.json").write_text(
        json.dumps({"baseAnalyzerId": "x", "config": {"contentCategories": categories}})
    )
    (category,) = load_schema(str(tmp_path / "router.json")).categories
    assert category.filled_by is not None and leaves_of(category.filled_by) == {"Sum": ("number", "extracted")}


def test_names_that_no_field_can_have_become_names_and_labels() -> None:
    schema = read({"type": "object", "properties": {"Net Amount (EUR)": {"type": "number"}, "1st": {"type": "string"}}})
    assert [(field.name, field.aliases) for field in schema.fields] == [
        ("Net_Amount_EUR", ("Net Amount (EUR)",)), ("_1st", ("1st",)),
    ]  # fmt: skip


@pytest.mark.parametrize("name", PLAIN)
def test_json_schema_reads_back_with_the_same_digest(name: str) -> None:
    assert read(to_json_schema(load_schema(name))).digest == load_schema(name).digest
