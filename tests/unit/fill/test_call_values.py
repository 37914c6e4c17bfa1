"""The namespace `call.` in a schema: values with times and speaker, refused at loading where they do not fit."""

from __future__ import annotations

from pathlib import Path

import pytest

from mmi_cli import extract
from mmi_cli.datamodel.record import ArrayValue, LeafValue, ObjectValue
from mmi_cli.errors import UsageError
from mmi_cli.schema_file import read_schema_text

CALLS = Path(__file__).parents[3] / "sample_data" / "scenarios" / "calls" / "recordings"
OFF = {"language_model": "none", "embedding": "none", "cache": "off"}


def test_measures_are_computed_with_the_times_and_speakers_they_come_from(tmp_path: Path) -> None:
    schema = tmp_path / "s.yaml"
    schema.write_text(
        "name: s\nfields:\n  share: {type: number, expression: call.talk_share.agent}\n"
        "  silence: {type: number, expression: 'round(call.silence_share * 100)'}\n"
        "  pause: {type: number, expression: call.longest_silence_s}\n  busy: {type: boolean, expression: 'call.interruptions > 0'}\n"
        "checks:\n  - {expression: 'call.silence_share < 0.1', message: too quiet}\n"
    )
    record = extract(CALLS / "internet.vtt", schema=str(schema), **OFF)
    values = dict(record.fields)
    share = values["share"]
    assert isinstance(share, LeafValue) and 0.55 < float(share.value or 0) < 0.65
    assert {(piece.match, piece.speaker) for piece in share.evidence} == {
        ("computed", "Speaker 1"), ("computed", "Speaker 2"),
    }  # fmt: skip
    pause = values["pause"]
    assert isinstance(pause, LeafValue) and pause.value == 7.0
    assert [(piece.start_s, piece.end_s) for piece in pause.evidence] == [(16.32, 23.32)]
    assert record.values["busy"] is True and record.values["silence"] == 23
    assert [check.passed for check in record.checks] == [False]


def test_a_list_has_the_members_that_the_schema_names(tmp_path: Path) -> None:
    schema = tmp_path / "s.yaml"
    schema.write_text(
        "name: s\nfields:\n  promises: {type: array, expression: call.promises, items: {type: object, "
        "properties: {by: {type: string}, amount: {type: number}}}}\n"
        "  companies: {type: array, expression: call.companies, items: {type: string}}\n"
    )
    record = extract(CALLS / "internet.vtt", schema=str(schema), **OFF)
    assert record.values["promises"] == [{"by": "agent", "amount": None}, {"by": "agent", "amount": 10.0}]
    assert record.values["companies"] == ["Fabrikam Broadband"]
    rows = dict(record.fields)["promises"]
    assert isinstance(rows, ArrayValue) and isinstance(rows.items[1], ObjectValue)
    amount = dict(rows.items[1].members)["amount"]
    assert (
        isinstance(amount, LeafValue)
        and amount.evidence[0].text == "10 dollars"
        and amount.evidence[0].start_s is not None
    )


def test_a_summary_is_put_together_from_what_was_found_and_points_at_it(tmp_path: Path) -> None:
    schema = tmp_path / "s.yaml"
    schema.write_text(
        "name: s\nfields:\n  summary: {type: string, expression: call.summary}\n"
        "  topics: {type: array, expression: call.topics, items: {type: string}}\n"
    )
    record = extract(CALLS / "internet.vtt", schema=str(schema), **OFF)
    assert record.values["summary"] == (
        "Call between Grace Lee and Daniel of Fabrikam Broadband about a technical problem: “My internet keeps dropping every ten minutes "
        "and I am really fed up with it.” Daniel promised: “A technician will come on Wednesday between 8 and 12.” Daniel promised: “We "
        "will credit 10 dollars to your account for the trouble.” Somebody is to get back about it."
    )
    summary = dict(record.fields)["summary"]
    assert isinstance(summary, LeafValue)
    assert [(piece.text.split()[0], piece.start_s, piece.speaker) for piece in summary.evidence] == [
        ("My", 4.92, "Speaker 2"), ("A", 23.32, "Speaker 1"), ("We", 32.12, "Speaker 1"),
    ]  # fmt: skip
    assert "internet keeps dropping" in record.values["topics"]
    assert not {"Daniel", "Grace", "Fabrikam"} & {word for topic in record.values["topics"] for word in topic.split()}


def test_a_german_call_is_summed_up_in_german(tmp_path: Path) -> None:
    schema = tmp_path / "s.yaml"
    schema.write_text("name: s\nfields:\n  summary: {type: string, expression: call.summary}\n")
    summary = extract(CALLS / "strom.json", schema=str(schema), **OFF).values["summary"]
    assert summary.startswith(
        "Gespräch zwischen Jens Albers und Sabine Krüger von Nordlicht Energie über eine Rechnung: „"
    )
    assert summary.endswith("Das Anliegen wurde im Gespräch geklärt.")


def test_a_call_in_which_nobody_says_why_is_told_in_its_own_sentences(tmp_path: Path) -> None:
    schema = tmp_path / "s.yaml"
    schema.write_text("name: s\nfields:\n  summary: {type: string, expression: call.summary}\n")
    call = tmp_path / "call.txt"
    call.write_text(
        "Anna: Bonjour, ici la pharmacie du marché.\nPaul: Bonjour, est-ce que mon médicament est arrivé ce matin?\n"
        "Anna: Oui, il est arrivé avec la livraison de neuf heures.\nPaul: Merci, je passe dans une heure.\n"
    )
    record = extract(call, schema=str(schema), **OFF)
    text = " ".join(call.read_text().split())
    summary = dict(record.fields)["summary"]
    assert isinstance(summary, LeafValue) and isinstance(summary.value, str) and summary.confidence <= 0.5
    assert summary.evidence and all(" ".join(piece.text.split()) in text for piece in summary.evidence)


@pytest.mark.parametrize("name", ["internet.vtt", "cancel.srt", "strom.json", "parcel.txt"])
def test_the_same_call_gives_the_same_values_in_every_form(name: str) -> None:
    record = extract(CALLS / name, schema="call-analytics", **OFF)
    assert {row["role"] for row in record.values["speakers"]} == {"agent", "customer"}
    assert record.values["company"] and record.values["agent"] and record.values["customer"]
    assert extract(CALLS / name, schema="call-analytics", **OFF).to_line() == record.to_line()
    for _, leaf in record.fields:
        if isinstance(leaf, LeafValue) and leaf.value is not None:
            assert leaf.evidence and len(leaf.evidence) <= 10


def test_what_is_no_call_has_nulls_and_empty_lists(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Minutes of the meeting\n\nNobody came.\n")
    record = extract(path, schema="call-analytics", **OFF)
    assert record.values["turns"] == [] and record.values["duration_s"] is None


@pytest.mark.parametrize(
    ("field", "problem"),
    [
        ("a: {type: number, expression: call.talk_shar.agent}", "did you mean 'call.talk_share.agent'"),
        ("a: {type: string, expression: call.duration_s}", "call.duration_s is a number; 'a' is a string"),
        ("a: {type: string, expression: call.turns}", "call.turns is a list"),
        (
            "a: {type: array, items: {type: string}, expression: call.turns}",
            "is a list of objects with some of speaker",
        ),
        (
            "a: {type: array, items: {type: object, properties: {speeker: string}}, expression: call.turns}",
            "has no 'speeker'; did you mean 'speaker'?",
        ),
        (
            "a: {type: array, items: {type: object, properties: {start_s: string}}, expression: call.turns}",
            "'start_s' of call.turns is a number, not a string",
        ),
    ],
)
def test_a_name_or_type_that_does_not_fit_is_refused_when_the_schema_is_read(field: str, problem: str) -> None:
    with pytest.raises(UsageError, match=r"x\.yaml:2") as refused:
        read_schema_text(f"fields:\n  {field}\n", name="x.yaml")
    assert problem in str(refused.value)


def test_a_field_called_call_keeps_its_own_name() -> None:
    schema = read_schema_text("fields:\n  call: number\n  b: {type: number, expression: call + 1}\n", name="x.yaml")
    assert [field.name for field in schema.fields] == ["call", "b"]
    with pytest.raises(UsageError, match=r"unknown field 'call\.duration_s'"):
        read_schema_text("fields:\n  call: number\n  b: {type: number, expression: call.duration_s}\n", name="x.yaml")


def test_every_name_stands_in_the_page_on_schemas() -> None:
    from mmi_cli.calls.names import LISTINGS, MEASURES

    page = (CALLS.parents[3] / "docs" / "schema.md").read_text("utf-8")
    assert [name for name in (*MEASURES, *LISTINGS) if f"call.{name}" not in page] == []
