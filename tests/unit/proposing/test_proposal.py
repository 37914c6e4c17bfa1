"""A schema proposed from sample files names what recurs in them, with types, and fills them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from mmi_cli.datamodel.content import Content, ParagraphPlace, TimeSpan
from mmi_cli.datamodel.content_builder import ContentBuilder
from mmi_cli.datamodel.schema import Field
from mmi_cli.engines.bundle import EngineBundle
from mmi_cli.fill.filling import fill_content
from mmi_cli.proposing.fields import fields_of, identifiers_of, list_of
from mmi_cli.proposing.kinds import type_of
from mmi_cli.proposing.labels import name_of, normal
from mmi_cli.proposing.proposal import Proposal, Sample, propose
from mmi_cli.proposing.seen import see
from mmi_cli.schema_file import read_schema_text
from mmi_cli.settings import Settings

PLACE = ParagraphPlace(1)
SETTINGS = Settings(language_model="none", embedding="none", cache="off")


def paper(*lines: str, table: Sequence[Sequence[str]] = ()) -> Content:
    builder = ContentBuilder()
    for line in lines:
        builder.add_text_block("paragraph", line, PLACE)
    if table:
        cells = [[[(word, PLACE, None) for word in cell.split()] for cell in row] for row in table]
        builder.add_table(cells, header_rows=1)
    return builder.build()


def proposed(*contents: Content) -> Proposal:
    found = propose(
        [Sample(content=content, modality="document") for content in contents],
        name="trial", engines=EngineBundle(SETTINGS), settings=SETTINGS,
    )  # fmt: skip
    assert found is not None
    return found


def permit(number: int, day: str, zone: str, share: str) -> Content:
    return paper(
        "Fishing permit", f"Permit No.: FP-{number}", f"Valid until: {day}", f"Zone: {zone}", f"Share of catch: {share}",
        "Anglers keep to the shore.", "Signed: Harbour Office",
    )  # fmt: skip


PERMITS = (
    permit(101, "2026-05-01", "North", "12.5"),
    permit(102, "2026-06-11", "South", "8.0"),
    permit(103, "2026-07-21", "North", "10.25"),
    permit(104, "2026-08-01", "South", "7.5"),
    permit(105, "2026-08-09", "North", "9.5"),
    permit(106, "2026-09-19", "South", "11.0"),
)


def test_labels_that_recur_become_fields_with_types_from_their_values() -> None:
    schema = proposed(*PERMITS).schema
    of = {field.name: field for field in schema.fields}
    assert list(of) == ["permit_number", "valid_until", "zone", "share_of_catch"]  # what is always the same is left out
    assert [field.type for field in schema.fields] == ["string", "date", "string", "number"]
    assert of["permit_number"].aliases == ("Permit No",) and of["permit_number"].examples[0] == "FP-101"
    assert of["zone"].enum == ("North", "South") and all(field.required for field in schema.fields)


def test_the_text_is_commented_yaml_that_fills_the_files_it_was_told_from() -> None:
    found = proposed(*PERMITS)
    assert "  # in 6 of 6 files, such as FP-101 · FP-102\n  permit_number:" in found.text
    schema = read_schema_text(found.text, name="trial.yaml")
    assert schema.fields == found.schema.fields
    filled = dict(fill_content(PERMITS[2], schema, engines=EngineBundle(SETTINGS), settings=SETTINGS).fields)
    assert {name: value.value for name, value in filled.items()} == {  # type: ignore[union-attr]
        "permit_number": "FP-103", "valid_until": "2026-07-21", "zone": "North", "share_of_catch": 10.25,
    }  # fmt: skip


def test_the_same_files_give_the_same_bytes() -> None:
    assert proposed(*PERMITS).text == proposed(*PERMITS).text


def test_a_label_of_one_file_among_several_is_no_field() -> None:
    odd = paper("Permit No.: FP-9", "Mother's name: Ann")
    assert "mother_s_name" not in {field.name for field in proposed(*PERMITS, odd).schema.fields}


def test_one_thing_under_other_labels_in_other_layouts_is_one_field() -> None:
    seen = [see(paper(f"{label}: 2026-01-0{n} - 2026-02-0{n}")) for n, label in enumerate(
        ("Flight Dates", "Flight Dates", "Order Flight", "Order Flight", "Flight"), start=1
    )]  # fmt: skip
    made = [each.field for each in fields_of(seen)]
    assert [(field.name, field.type) for field in made] == [("flight_from", "date"), ("flight_to", "date")]
    assert set(made[0].aliases) == {"Flight Dates", "Order Flight", "Flight"}


def test_a_label_beside_a_label_is_no_value() -> None:
    seen = [see(paper("Colour: Size", "Size: 4", f"Colour: {each}")) for each in ("red", "blue")]
    (colour,) = [each.field for each in fields_of(seen) if each.field.name == "colour"]
    assert colour.examples == ("red", "blue")


@pytest.mark.parametrize(
    ("label", "values", "type_"),
    [
        ("total", [("9.00", "amount"), ("4.00", "amount")], "number"),
        ("pages", [("3", "integer"), ("12", "integer")], "integer"),
        ("order number", [("4711", "integer"), ("4712", "integer")], "string"),
        ("plant", [("0042", "integer"), ("0043", "integer")], "string"),
        ("paid", [("yes", "text"), ("no", "text")], "boolean"),
        ("due", [("2026-01-01", "date"), ("soon", "text")], "string"),
    ],
)
def test_types_are_what_most_values_agree_on(label: str, values: list[tuple[str, str]], type_: str) -> None:
    assert type_of(label, values) == type_  # type: ignore[arg-type]


def test_labels_are_compared_without_their_dress() -> None:
    assert len({normal(label) for label in ("Invoice No.", "INVOICE #", "Invoice Nr", "invoice number")}) == 1
    assert name_of("Net Amount (EUR)") == "net_amount" and name_of("1st choice") == "_1st_choice"


def test_headings_of_tables_become_the_members_of_a_list() -> None:
    rows = [["Boat", "Length", "Built on"], ["Anna", "4.50", "2001-02-03"], ["Bella", "6.00", "1999-08-07"]]
    made = list_of([see(paper("Fleet", table=rows))])
    assert made is not None and made.field.items is not None
    assert made.field.items.properties == (
        Field(name="boat", type="string", examples=("Anna", "Bella")),
        Field(name="length", type="number"),
        Field(name="built_on", type="date"),
    )


def test_files_that_look_like_a_built_in_schema_take_its_fields_and_add_their_own() -> None:
    bills = [
        paper(
            "INVOICE", f"Invoice number: INV-{n}", f"Invoice date: 2026-03-0{n}", f"Due date: 2026-04-0{n}", "Bill to: Ann Lee",
            f"Meter reading: {n}40", f"Subtotal: {n}0.00", f"VAT: {n}.00", f"Total: {n}1.00",
        )
        for n in range(1, 5)
    ]  # fmt: skip
    found = proposed(*bills)
    names = [field.name for field in found.schema.fields]
    assert found.fit.schema is not None and found.fit.schema.name == "invoice"
    assert {"invoice_id", "issue_date", "due_date", "total", "meter_reading"} <= set(names)
    assert "summary" not in names and "invoice_number" not in names  # a model would write it; it is `invoice_id`
    assert "# They look like papers of the built-in schema `invoice`" in found.text


def test_files_without_labels_propose_nothing() -> None:
    story = paper("It was a dark night and the sea was calm.", "Nobody spoke for a while.")
    assert propose(
        [Sample(content=story, modality="document")], name="x", engines=EngineBundle(SETTINGS), settings=SETTINGS
    ) is None  # fmt: skip


def test_a_call_is_told_by_its_greeting_and_takes_the_schema_as_it_is() -> None:
    builder = ContentBuilder()
    for start, said in enumerate(("Thank you for calling Contoso.", "I lost my card.")):
        words = [(word, TimeSpan(start, start + 1, "Speaker 1"), None) for word in said.split()]
        builder.add_block("utterance", [words])
    found = propose(
        [Sample(content=builder.build(), modality="audio")],
        name="calls", engines=EngineBundle(SETTINGS), settings=SETTINGS,
    )  # fmt: skip
    assert found is not None and found.fit.schema is not None and found.fit.schema.name == "call"
    assert {"reason", "summary"} <= {field.name for field in found.schema.fields}


def test_what_shows_by_its_form_what_it_is_becomes_a_field() -> None:
    seen = [see(paper(f"Write to {name}@harbour.example for more.")) for name in ("ann", "bob", "eve")]
    assert [each.field.name for each in identifiers_of(seen, [])] == ["email"]
