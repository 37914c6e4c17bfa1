"""A digest changes with the meaning of a schema and with nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mmi_cli.schema_file import built_in_names, built_in_path, field_digest, load_schema, read_schema_text

_TEXT = "name: a\nfields:\n  x: {type: number, description: One.}\n  y: {type: number}\n  z: {type: number, expression: x + 1}\n"


def digest_of(text: str) -> str:
    return read_schema_text(text, name="x").digest


def test_comments_quotes_and_order_of_keys_do_not_count() -> None:
    same = (
        "# comment\nfields:\n  x:\n    description: 'One.'\n    type: number\n  y: number\n"
        "  z: {expression: x + 1, kind: inferred, type: number}\nversion: '1'\nname: a"
    )
    assert digest_of(same) == digest_of(_TEXT)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("One.", "Two."), ("name: a", "name: b"), ("x + 1", "x + 2"), ("y: {type: number}", "y: {type: integer}"),
        ("name: a", "name: a\nlocale: de"), ("name: a", "name: a\nvocabulary: [q]"), ("name: a", "name: a\nversion: 2"),
    ],
)  # fmt: skip
def test_meaning_counts(old: str, new: str) -> None:
    assert digest_of(_TEXT.replace(old, new)) != digest_of(_TEXT)


def test_the_order_of_fields_counts_since_it_is_that_of_the_record() -> None:
    assert digest_of("fields: {a: string, b: string}") != digest_of("fields: {b: string, a: string}")


def test_a_field_s_digest_is_its_own() -> None:
    before = read_schema_text(_TEXT, name="x")
    after = read_schema_text(_TEXT.replace("y: {type: number}", "y: {type: number, aliases: [why]}"), name="x")
    assert field_digest(before, "x") == field_digest(after, "x")
    assert field_digest(before, "y") != field_digest(after, "y")


def test_a_computed_field_s_digest_changes_with_its_inputs() -> None:
    before = read_schema_text(_TEXT, name="x")
    after = read_schema_text(_TEXT.replace("One.", "Two."), name="x")
    assert field_digest(before, "z") != field_digest(after, "z")
    assert field_digest(before, "y") == field_digest(after, "y")


def test_a_field_s_digest_changes_with_what_reads_it() -> None:
    before = read_schema_text(_TEXT, name="x")
    for text in (_TEXT + "checks: [x > 0]\n", _TEXT + "locale: de\n"):
        after = read_schema_text(text, name="x")
        assert field_digest(before, "x") != field_digest(after, "x")
    with pytest.raises(KeyError):
        field_digest(before, "nothing")


def test_the_same_schema_has_the_same_digest_in_every_program() -> None:
    # A changed value here means that every run recorded so far would be done again.
    assert digest_of("fields: {a: string}") == digest_of("fields: {a: {type: string}}")
    assert replace(read_schema_text(_TEXT, name="x"), digest="") == replace(
        read_schema_text(_TEXT, name="y"), digest=""
    )


@pytest.mark.parametrize("name", built_in_names())
def test_built_in_schemas_are_whole_and_described(name: str) -> None:
    schema = load_schema(name)
    assert schema.name == name and schema.description
    assert all(leaf.description for field in schema.fields for _, leaf in field.leaves())
    assert built_in_path(name).read_text("utf-8").startswith("#")


def test_the_built_in_schemas_are_all_there() -> None:
    wanted = {
        "invoice",
        "receipt",
        "contract",
        "resume",
        "id-document",
        "bank-statement",
        "call",
        "meeting",
        "video",
        "image",
    }
    assert wanted | {"email", "document"} <= set(built_in_names())
