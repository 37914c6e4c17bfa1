"""Lessons: what labelled files teach, that a file never learns from its own label, and that nothing depends on chance."""

from __future__ import annotations

import dataclasses
import pickle
from typing import Any

import pytest

from mmi_cli.datamodel.content import Content
from mmi_cli.datamodel.record import LeafValue
from mmi_cli.datamodel.schema import Schema
from mmi_cli.fill.filling import fill_content
from mmi_cli.fill.lessons import Example, Lessons, Taught, learn
from mmi_cli.fill.reading import Reading
from mmi_cli.schema_file import load_schema
from mmi_cli.settings import Settings
from tests.support.models_at_hand import EnginesAtHand
from tests.support.pages import page_of

SCHEMA = load_schema("contract, begin date, advertiser")
NAMES = (
    "Alder Mills",
    "Birch Foods",
    "Cedar Tools",
    "Dune Travel",
    "Elm Street Books",
    "Fjord Boats",
    "Gorse Honey",
    "Heath Cars",
)


def order(number: int, *, name: str | None = None) -> Content:
    """An order whose labels say nothing to one who does not know them: `Vorgang`, `Lauf`, `Auftr.`."""
    return page_of(
        f"Station KX{number}A             Printed 2026-01-{number + 10:02d}",
        f"Vorgang   {7000 + number * 13}-{number}      Alt {9000 + number * 17}-{number}",
        f"Lauf      2026-03-{number + 1:02d}   Bis 2026-04-{number + 2:02d}",
        f"Auftr.    {name or NAMES[number]}   Agentur  Media House {number}",
        "Spots   12     Rate  40.00",
    )


def truth(number: int) -> dict[str, Any]:
    return {
        "contract": f"{7000 + number * 13}-{number}",
        "begin": f"{number + 1}.3.2026",
        "advertiser": NAMES[number],
    }


def example(number: int, **labelled: Any) -> Example:
    return Example(
        uri=f"file:///orders/{number}.pdf",
        sha256=f"{number:064x}",
        content=order(number),
        fields={**truth(number), **labelled},
    )


def filled(content: Content, lessons: Lessons | None, schema: Schema = SCHEMA) -> dict[str, LeafValue]:
    found = fill_content(content, schema, engines=EnginesAtHand(None), settings=Settings(), lessons=lessons)
    return {name: value for name, value in found.fields if isinstance(value, LeafValue)}


def values(content: Content, lessons: Lessons | None) -> list[Any]:
    return [value.value for value in filled(content, lessons).values()]


@pytest.fixture(scope="module")
def lessons() -> Lessons:
    return learn([example(number) for number in range(5)], SCHEMA)


def test_labels_that_no_one_told_are_learned_from_where_the_known_values_stand(lessons: Lessons) -> None:
    right = ["7091-7", "2026-03-08", "Heath Cars"]
    assert values(order(7), None) != right
    assert values(order(7), lessons) == right


def test_what_is_learned_is_grounded_and_is_the_surer_the_more_files_say_so(lessons: Lessons) -> None:
    content = order(7)
    few = filled(content, learn([example(number) for number in range(3)], SCHEMA))["contract"]
    more = filled(content, lessons)["contract"]
    (evidence,) = more.evidence
    assert (evidence.text, evidence.match) == ("7091-7", "exact")
    assert evidence.span == (content.text.index("7091-7"), 6)
    assert few.value == more.value
    assert 0.5 < few.confidence < more.confidence < 1


def test_a_label_written_in_another_way_is_the_same_value() -> None:
    written = ("1.3.2026", "2026-03-02", "03/03/2026", "4 March 2026", "5.3.26")
    taught = learn([example(number, begin=begin) for number, begin in enumerate(written)], SCHEMA)
    assert filled(order(6), taught)["begin"].value == "2026-03-07"


def test_a_file_never_learns_from_its_own_label(lessons: Lessons) -> None:
    """Whatever its own label says, what it is filled with stays the same to the last digit."""
    others = [example(number) for number in range(4)]
    for said in (
        truth(4),
        {"contract": "9068-4", "begin": "2026-01-14", "advertiser": "Media House 4"},
        {"advertiser": None},
        {},
    ):
        own = dataclasses.replace(example(4), fields=said)
        taught = learn([*others, own], SCHEMA).without(uri=own.uri, sha256=own.sha256)
        assert filled(order(4), taught) == filled(order(4), lessons.without(uri=own.uri, sha256=own.sha256))
        assert all(NAMES[4] != text for text, _ in taught.lessons["advertiser"].known.values())


def test_in_long_files_too_that_speak_of_one_another() -> None:
    def long(number: int, fields: dict[str, Any]) -> Example:
        notes = [
            f"Note {line}   {NAMES[(line * 7 + number) % 5]} to Agency {line}, {line}.4.2026" for line in range(150)
        ]
        text = [*order(number).text.split("\n"), *notes]
        return Example(uri=f"{number}", sha256=f"{number:064x}", content=page_of(*text), fields=fields)

    found = []
    for said in (truth(4), {"advertiser": "Agency 17", "begin": "17.4.2026"}, {}):
        taught = learn([*(long(number, truth(number)) for number in range(4)), long(4, said)], SCHEMA)
        found.append(filled(long(4, {}).content, taught.without(uri="4", sha256=None)))
    assert found[0] == found[1] == found[2]
    assert [value.value for value in found[0].values()] == ["7052-4", "2026-03-05", NAMES[4]]


def test_a_file_is_known_by_its_address_or_by_its_bytes_and_so_are_its_copies() -> None:
    copy = dataclasses.replace(example(4), uri="file:///elsewhere/copy.pdf")
    taught = learn([*(example(number) for number in range(5)), copy], SCHEMA)
    changed = taught.without(uri=example(4).uri, sha256="of other bytes")
    same = taught.without(uri="file:///new/name.pdf", sha256=example(4).sha256)
    assert (taught.name[:7], changed.name[:7], same.name[:7]) == ("6 files", "5 files", "4 files")
    assert same.lessons["advertiser"].files == 4
    assert taught.without(uri="file:///orders/99.pdf", sha256=None) is taught


def test_without_its_only_file_a_field_has_no_lesson() -> None:
    alone = learn([example(0)], SCHEMA)
    assert set(alone.lessons) == {"contract", "begin", "advertiser"}
    assert alone.without(uri=example(0).uri, sha256=None).lessons == {}


def test_the_same_files_teach_the_same_in_any_order(lessons: Lessons) -> None:
    backwards = learn([example(number) for number in reversed(range(5))], SCHEMA)
    assert pickle.dumps(backwards) == pickle.dumps(learn([example(number) for number in range(5)], SCHEMA))
    assert pickle.loads(pickle.dumps(lessons)) == lessons


def test_the_digest_changes_with_a_label_and_with_a_file(lessons: Lessons) -> None:
    relabelled = learn([example(0, contract="9000-0"), *(example(number) for number in range(1, 5))], SCHEMA)
    fewer = learn([example(number) for number in range(4)], SCHEMA)
    assert len({lessons.digest, relabelled.digest, fewer.digest}) == 3


def test_a_label_that_does_not_stand_in_its_file_does_no_harm(lessons: Lessons) -> None:
    taught = learn(
        [*(example(number) for number in range(5)), example(5, contract="not printed", begin="1999-01-01")], SCHEMA
    )
    assert values(order(7), taught) == values(order(7), lessons)


def test_a_field_that_labels_say_is_absent_is_learned_to_be_absent() -> None:
    without = page_of("Station KX1A", "Vorgang   7013-1", "Spots   12     Rate  40.00", "Agentur  Media House 1")
    labelled = [
        Example(
            uri=f"file:///{number}",
            sha256=str(number),
            content=without,
            fields={"advertiser": None, "contract": "7013-1"},
        )
        for number in range(4)
    ]
    taught = learn([*labelled, *(example(number) for number in range(4))], SCHEMA)
    assert filled(without, taught)["advertiser"].value is None
    assert filled(order(6), taught)["advertiser"].value == NAMES[6]


def test_a_name_that_other_files_have_gets_its_labelled_spelling_and_keeps_the_printed_one_as_evidence() -> None:
    taught = learn([*(example(number) for number in range(5)), example(5, advertiser="FJORD BOATS")], SCHEMA)
    found = filled(order(6, name="Fjord  Boats"), taught)["advertiser"]
    assert found.value == "FJORD BOATS"
    assert (found.evidence[0].text, found.evidence[0].match) == ("Fjord Boats", "normalized")


def test_a_known_name_mends_a_letter_on_a_scan_and_nowhere_else(lessons: Lessons) -> None:
    rows = order(6, name="Elm Strect Books").text.split("\n")
    scanned = page_of(*rows, scores=0.93)
    reading = Reading(scanned, None)
    start = scanned.text.index("Elm Strect Books")
    for content, value in ((scanned, "Elm Street Books"), (page_of(*rows), "Elm Strect Books")):
        reading = Reading(content, None)
        field = SCHEMA.fields[2]
        found = next(each for each in Taught(lessons, reading).by_lessons(field, []) if each.start == start)
        assert (found.value, found.match) == (value, "fuzzy" if content is scanned else "exact")


def test_lists_computed_and_inferred_fields_are_left_to_others() -> None:
    schema = load_schema("total number, tags[], kind (a|b)")
    taught = learn([dataclasses.replace(example(0), fields={"total": 40, "tags": ["a"], "kind": "a"})], schema)
    assert set(taught.lessons) == {"total"}


def test_no_files_teach_nothing() -> None:
    taught = learn([], SCHEMA)
    assert taught.lessons == {}
    assert [value.value for value in filled(order(3), taught).values()] == values(order(3), None)


def test_what_other_finders_got_wrong_is_not_held_against_one_that_was_not_looked_at(lessons: Lessons) -> None:
    """`begin` stands beside none of its usual labels here, which says nothing of a value that its form proves."""
    taught = Taught(lessons, Reading(order(7), None))
    field = SCHEMA.fields[1]
    (found, *_) = taught.by_lessons(field, [])
    assert lessons.lessons["begin"].others_right == 0
    by_label, by_clause, alone = (dataclasses.replace(found, finder=finder) for finder in ("label", "clause", "sole"))
    assert taught.trust(field, by_label, 0.9) == taught.trust(field, by_clause, 0.9) < 0.5
    assert taught.trust(field, alone, 0.9) == 0.9


def test_the_clauses_of_an_agreement_count_among_what_needs_no_labels() -> None:
    schema = load_schema("effective_date date")
    agreements = [
        page_of(
            "CONFIDENTIALITY AGREEMENT",
            f"This Agreement is made and entered into as of March {day}, 2020 by and between",
            "Alder Mills Inc. and Birch Foods Inc.",
        )
        for day in range(2, 7)
    ]
    examples = [
        Example(
            uri=str(number), sha256=str(number), content=content, fields={"effective_date": f"2020-03-{number + 2:02d}"}
        )
        for number, content in enumerate(agreements)
    ]
    taught = learn(examples[:4], schema)
    assert taught.lessons["effective_date"].others_right == 4
    assert filled(agreements[4], taught, schema)["effective_date"].value == "2020-03-06"
