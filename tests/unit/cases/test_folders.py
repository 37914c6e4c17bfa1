"""Which files are one case, and what each of them is filled with."""

from __future__ import annotations

from mmi_cli.cases.folders import HERE, case_folder, schema_of_files
from mmi_cli.schema_file import load_schema, read_schema_text

PLAIN = """
name: trip
unit: folder
fields:
  traveller: {type: string, required: true}
  total: {type: number}
  half: {type: number, kind: inferred, expression: total / 2}
checks: ['total > 0']
"""


def test_a_folder_below_the_input_is_a_case_with_all_that_lies_in_it() -> None:
    assert case_folder("anna/w2.pdf", "top") == "anna"
    assert case_folder("anna/receipts/1.jpg", "top") == "anna"
    assert case_folder("letter.pdf", "top") == HERE


def test_an_archive_is_a_folder_and_a_name_with_an_exclamation_mark_is_not() -> None:
    assert case_folder("anna.zip!w2.pdf", "top") == "anna.zip"
    assert case_folder("anna.zip!inner.tar!w2.pdf", "top") == "anna.zip"
    assert case_folder("hello!/w2.pdf", "top") == "hello!"
    assert case_folder("clients/anna.zip!w2.pdf", "top") == "clients"


def test_the_whole_input_can_be_one_case() -> None:
    assert case_folder("anna/w2.pdf", "input") == case_folder("w2.pdf", "input") == HERE


def test_files_are_filled_with_what_can_stand_in_a_file() -> None:
    schema = schema_of_files(read_schema_text(PLAIN, name="s"))
    assert [field.name for field in schema.fields] == ["traveller", "total"]
    assert not schema.checks
    assert not any(field.required for field in schema.fields)


def test_another_total_of_the_case_leaves_its_files_as_they_are() -> None:
    before = schema_of_files(read_schema_text(PLAIN, name="s"))
    other = schema_of_files(read_schema_text(PLAIN.replace("total / 2", "total / 3"), name="s"))
    assert before.digest == other.digest
    asked_more = schema_of_files(
        read_schema_text(PLAIN.replace("total > 0", "total > 0") + "locale: de_DE\n", name="s")
    )
    assert asked_more.digest != before.digest


def test_a_schema_of_files_stays_as_it_is() -> None:
    receipt = load_schema("receipt")
    assert schema_of_files(receipt) is receipt


def test_papers_of_a_category_without_a_schema_are_filled_with_the_fields_of_the_case() -> None:
    text = (
        PLAIN + "categories:\n  receipt: {description: A receipt., schema: receipt}\n  note: {description: A note.}\n"
    )
    router = schema_of_files(read_schema_text(text, name="s"))
    assert not router.fields
    assert router.split
    note = router.categories[1].filled_by
    assert note is not None
    assert [field.name for field in note.fields] == ["traveller", "total"]
