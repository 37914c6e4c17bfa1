"""A schema on one line."""

from __future__ import annotations

import pytest

from mmi_cli.errors import UsageError
from mmi_cli.schema_file import load_schema


def test_names_types_and_marks() -> None:
    schema = load_schema("total number!, issue_date: date, company 'who sold it'")
    assert [(f.name, f.type, f.required, f.description) for f in schema.fields] == [
        ("total", "number", True, ""),
        ("issue_date", "date", False, ""),
        ("company", "string", False, "who sold it"),
    ]
    assert schema.name == "ad-hoc"


def test_arrays_objects_tables_and_labels() -> None:
    schema = load_schema(
        "tags[], days[] date, buyer {name, age integer}, lines[]: {name, amount number}, mood (good|bad)"
    )
    leaves = [(path, leaf.type) for field in schema.fields for path, leaf in field.leaves()]
    assert leaves == [
        ("tags[]", "string"), ("days[]", "date"), ("buyer.name", "string"), ("buyer.age", "integer"), ("lines[].name", "string"),
        ("lines[].amount", "number"), ("mood", "string"),
    ]  # fmt: skip
    assert (schema.fields[-1].kind, schema.fields[-1].enum) == ("inferred", ("good", "bad"))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("total numbr", "column 7: unknown type 'numbr'; did you mean 'number'?"),
        ("a array", "arrays are name[]"),
        ("a object", "objects are name {…}"),
        ("a, a", "column 4: 'a' stands here a second time"),
        ("a {b", "column 5: '}' is missing"),
        ("a b c", "column 3: unknown type 'b'"),
        ("a,", "column 3: a field name is missing"),
        ("a ()", "labels are missing"),
        ("a, b = 3", "column 6: '= 3' is not understood"),
    ],
)
def test_a_mistake_is_told_with_its_column(text: str, problem: str) -> None:
    with pytest.raises(UsageError) as caught:
        load_schema(text)
    assert problem in str(caught.value)


def test_nesting_without_end_is_refused() -> None:
    with pytest.raises(UsageError, match="nested deeper"):
        load_schema("a {" * 100)


def test_a_single_word_is_a_built_in_name_and_a_near_one_is_offered() -> None:
    assert load_schema("invoice").name == "invoice"
    with pytest.raises(UsageError, match="did you mean 'invoice'"):
        load_schema("invoce")
    with pytest.raises(UsageError, match="one field is 'company string'"):
        load_schema("company")
