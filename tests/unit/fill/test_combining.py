"""One value from what several sources say of one fact."""

from __future__ import annotations

import pytest

from mmi_cli.datamodel.record import Evidence, LeafValue, Scalar
from mmi_cli.datamodel.schema import FieldType
from mmi_cli.fill.combining import Stated, contradictions, versions_of
from mmi_cli.fill.same_fact import is_same_fact


def said(source: str, value: Scalar, confidence: float, type_: FieldType = "string") -> Stated:
    evidence = () if value is None else (Evidence(text=str(value), match="exact", file=source),)
    return Stated(
        source=source,
        leaf=LeafValue(type=type_, kind="extracted", value=value, confidence=confidence, evidence=evidence),
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Anna M. Keller", "Anna Keller"),
        ("KELLER, ANNA", "Anna Keller"),
        ("A. Keller", "Anna Keller"),
        ("Northwind Traders Inc.", "Northwind Traders"),
        ("12 Oak St, Springfield", "12 Oak Street, Springfield, IL 62701"),
        ("XXX-XX-1234", "123-45-1234"),
        ("123456789", "123-45-6789"),
        ("Harbour Cofee", "Harbour Coffee"),
    ],
)
def test_texts_that_state_one_fact(one: str, other: str) -> None:
    assert is_same_fact(one, other, "string")
    assert is_same_fact(other, one, "string")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Anna Keller", "Maria Keller"),
        ("12 Oak Street", "14 Oak Street"),
        ("123-45-6789", "123-45-6780"),
        ("XXX-XX-1234", "123-45-4321"),
        ("INV-100", "INV-101"),
        ("Keller", "Miller"),
        ("A. K.", "Anna Keller"),
    ],
)
def test_texts_that_do_not(one: str, other: str) -> None:
    assert not is_same_fact(one, other, "string")
    assert not is_same_fact(other, one, "string")


def test_dates_and_amounts_are_the_same_or_not() -> None:
    assert is_same_fact(100.0, 100.001, "number")
    assert not is_same_fact(100.0, 100.01, "number")
    assert not is_same_fact("2026-03-04", "2026-04-03", "date")


def test_one_source_is_told_as_it_is() -> None:
    (only,) = versions_of([said("a.pdf", "Anna", 0.8)], "string")
    assert only.leaf.confidence == 0.8
    assert versions_of([said("a.pdf", None, 0.8)], "string") == ()


def test_two_sources_that_agree_are_surer_than_each_and_both_are_evidence() -> None:
    (both,) = versions_of([said("a.pdf", "Anna Keller", 0.8), said("b.eml", "Anna Keller", 0.7)], "string")
    assert both.leaf.confidence == pytest.approx(0.8 * 0.7 / (0.8 * 0.7 + 0.2 * 0.3), abs=1e-4)
    assert [piece.file for piece in both.leaf.evidence] == ["a.pdf", "b.eml"]


def test_sources_that_contradict_each_other_are_less_sure_and_told_with_their_places() -> None:
    versions = versions_of([said("a.pdf", "2026-03-04", 0.9, "date"), said("b.eml", "2026-03-05", 0.8, "date")], "date")
    assert [version.leaf.value for version in versions] == ["2026-03-04", "2026-03-05"]
    assert versions[0].leaf.confidence == pytest.approx(0.18 / 0.28, abs=1e-4)
    assert [version.sources for version in contradictions(versions)] == [("a.pdf",), ("b.eml",)]


def test_a_doubtful_word_is_no_contradiction() -> None:
    versions = versions_of([said("a.pdf", "2026-03-04", 0.9, "date"), said("b.eml", "2026-03-05", 0.3, "date")], "date")
    assert contradictions(versions) == ()


def test_a_file_that_says_it_twice_is_one_witness() -> None:
    twice = versions_of([said("a.pdf", "Anna", 0.8), said("a.pdf", "Anna", 0.8)], "string")
    assert twice[0].leaf.confidence == pytest.approx(0.8)


def test_two_that_agree_outweigh_a_surer_one() -> None:
    stated = [said("a", 100.0, 0.9, "number"), said("b", 110.0, 0.85, "number"), said("c", 110.0, 0.85, "number")]
    assert versions_of(stated, "number")[0].leaf.value == 110.0


def spoken(source: str, value: float, confidence: float) -> Stated:
    evidence = (Evidence(text=str(value), match="exact", start_s=3.0, end_s=4.0, file=source),)
    leaf = LeafValue(type="number", kind="extracted", value=value, confidence=confidence, evidence=evidence)
    return Stated(source=source, leaf=leaf)


def test_an_amount_that_is_said_without_its_cents_supports_the_written_one() -> None:
    versions = versions_of([said("a.pdf", 408.2, 0.9, "number"), spoken("note.mp3", 408.0, 0.95)], "number")
    assert [version.leaf.value for version in versions] == [408.2]
    assert versions[0].leaf.confidence > 0.95
    assert contradictions(versions) == ()


def test_a_written_whole_amount_and_another_spoken_one_are_other_amounts() -> None:
    written = [said("a.pdf", 408.2, 0.9, "number"), said("b.pdf", 408.0, 0.9, "number")]
    assert len(versions_of(written, "number")) == 2
    assert len(versions_of([said("a.pdf", 408.2, 0.9, "number"), spoken("note.mp3", 409.5, 0.9)], "number")) == 2
    assert len(versions_of([said("a.pdf", 408.2, 0.9, "number"), spoken("note.mp3", 410.0, 0.9)], "number")) == 2
