"""What is written about a whole case: in the words of its schema, each sentence from values that the record holds."""

from __future__ import annotations

from typing import Any

from mmi_cli.cases.gathering import cases_of
from mmi_cli.cases.papers import Paper
from mmi_cli.datamodel.record import ErrorInfo, Evidence, FileRecord, LeafValue, Scalar
from mmi_cli.datamodel.schema import FieldKind, FieldType
from mmi_cli.schema_file import read_schema_text

CLAIM = """
name: claim
unit: folder
subject: [policy_number, insured]
expects: [letter, bill, photo]
categories:
  letter: {description: A letter of the insured., schema: letter}
  bill: {description: A bill of a workshop., schema: bill}
  photo: {description: A photograph of the damage., schema: photo}
fields:
  story: {type: string, kind: abstracted, description: What the claim is about.}
  insured: {type: string, from: [letter.insured, bill.insured]}
  policy_number: {type: string, from: [letter.policy_number]}
  damage_date: {type: date, from: [letter.damage_date]}
  notes: {type: string, kind: abstracted, from: [letter.gist, bill.gist]}
  bills:
    type: array
    from: [bill]
    items:
      type: object
      properties:
        workshop: {type: string}
        total: {type: number}
  cost: {type: number, kind: inferred, description: Cost of all repairs., expression: total(bills.total)}
  adjuster: {type: string, required: true}
checks:
  - {expression: cost < 5000, message: the cost is below the limit}
"""


def leaf(
    value: Scalar, type_: FieldType = "string", confidence: float = 0.9, kind: FieldKind = "extracted", **place: Any
) -> LeafValue:
    evidence = () if value is None else (Evidence(text=f"«{value}»", match="exact", **place),)
    return LeafValue(type=type_, kind=kind, value=value, confidence=confidence, evidence=evidence)


def paper(path: str, category: str | None, **fields: LeafValue) -> Paper:
    named = {
        name: LeafValue(
            type=each.type,
            kind=each.kind,
            value=each.value,
            confidence=each.confidence,
            evidence=tuple(Evidence(**{**piece_of(piece), "file": path}) for piece in each.evidence),
        )
        for name, each in fields.items()
    }
    return Paper(
        path=path, uri=f"file:///in/{path}", size_bytes=10, sha256=f"sha of {path}", modality="document", status="ok",
        category=category, confidence=0.95, fields=tuple(named.items()),
    )  # fmt: skip


def piece_of(piece: Evidence) -> dict[str, Any]:
    return {"text": piece.text, "match": piece.match, "page": piece.page, "start_s": piece.start_s}


LETTER = paper(
    "c7/letter.pdf", "letter",
    insured=leaf("Ida Holm", confidence=0.97), policy_number=leaf("P-778"), damage_date=leaf("2026-02-03", "date", page=3),
    gist=leaf("A tree fell on the car.", kind="abstracted", confidence=0.7),
)  # fmt: skip
BILL = paper(
    "c7/bill.pdf", "bill", insured=leaf("Ida Holm"), workshop=leaf("North Garage"), total=leaf(1400.5, "number", 0.88)
)


def case(*papers: Paper, schema: str = CLAIM, folder: str = "c7") -> FileRecord:
    (record,) = cases_of(folder, papers, read_schema_text(schema, name="s"))
    return record


def story(record: FileRecord, name: str = "story") -> LeafValue:
    value = dict(record.fields)[name]
    assert isinstance(value, LeafValue)
    return value


def test_it_tells_who_what_papers_lists_totals_checks_and_gaps_in_the_words_of_the_schema() -> None:
    assert story(case(LETTER, BILL)).value == (
        "Ida Holm, policy number P-778, damage date 2026-02-03.\n2 papers: 1 letter, 1 bill.\nBills (1): North Garage.\n"
        "Cost of all repairs: 1,400.50.\nMissing: photo.\nNot found: adjuster."
    )


def test_a_check_that_does_not_hold_is_told_and_what_it_makes_doubtful_is_called_so() -> None:
    dear = paper("c7/dear.pdf", "bill", workshop=leaf("South Garage"), total=leaf(9000.0, "number"))
    text = str(story(case(LETTER, dear)).value)
    assert "Cost of all repairs: 9,000, unsure.\nDoes not hold: the cost is below the limit." in text


def test_a_contradiction_is_told_with_both_sources_and_as_no_fact() -> None:
    call = paper("c7/call.mp3", "letter", damage_date=leaf("2026-02-05", "date", 0.8, start_s=75.2))
    text = str(story(case(LETTER, BILL, call)).value)
    assert (
        "Contradiction about damage date: 2026-02-03 in letter.pdf page 3 (0.64), but 2026-02-05 in call.mp3 at 1:15 (0.29)."
        in text
    )
    assert text.count("2026-02-03") == 1


def test_every_value_that_it_tells_is_cited_where_it_stands() -> None:
    value = story(case(LETTER, BILL))
    cited = {(piece.text, piece.file, piece.match) for piece in value.evidence}
    assert cited == {
        ("«Ida Holm»", "c7/letter.pdf", "computed"),
        ("«Ida Holm»", "c7/bill.pdf", "computed"),
        ("«P-778»", "c7/letter.pdf", "computed"),
        ("«2026-02-03»", "c7/letter.pdf", "computed"),
        ("«North Garage»", "c7/bill.pdf", "computed"),
        ("«1400.5»", "c7/bill.pdf", "computed"),
    }


def test_what_is_not_surely_said_is_not_told() -> None:
    doubtful = paper("c7/scrap.jpg", "letter", damage_date=leaf("2026-02-03", "date", 0.4))
    assert "damage date" not in str(story(case(doubtful)).value)


def test_texts_of_papers_come_one_after_another_and_are_never_a_contradiction() -> None:
    bill = paper("c7/bill.pdf", "bill", gist=leaf("A new roof for a car", kind="abstracted", confidence=0.6))
    record = case(LETTER, bill)
    notes = story(record, "notes")
    assert notes.value == "letter.pdf: A tree fell on the car.\nbill.pdf: A new roof for a car."
    assert notes.confidence == 0.6
    assert record.case is not None
    assert record.case["conflicts"] == []
    assert story(case(LETTER), "notes").value == "A tree fell on the car."
    assert story(case(BILL), "notes").value is None


def test_without_categories_the_texts_that_files_have_follow() -> None:
    schema = (
        "name: trip\nunit: folder\nfields:\n  city: {type: string}\n  summary: {type: string, kind: abstracted}\n"
        "  days: {type: integer}\n"
    )
    record = case(
        paper(
            "a.pdf", None, city=leaf("Lisbon"), summary=leaf("A ticket.", kind="abstracted"), days=leaf(4, "integer")
        ),
        paper("b.pdf", None, city=leaf("Lisbon"), summary=leaf(None, kind="abstracted", confidence=0.6)),
        schema=schema,
        folder=".",
    )
    assert story(record, "summary").value == "City Lisbon, days 4.\n2 files.\na.pdf: A ticket."


def test_files_that_are_copies_broken_or_silent_are_told() -> None:
    copy = Paper(
        path="c7/letter-2.pdf", uri="file:///in/c7/letter-2.pdf", size_bytes=10, sha256=LETTER.sha256, modality="document", status="ok",
    )  # fmt: skip
    broken = Paper(
        path="c7/z.zip", uri="file:///in/c7/z.zip", size_bytes=10, sha256="z", modality=None, status="failed",
        errors=(ErrorInfo(stage="extract", code="corrupt", message="no end", retryable=False),),
    )  # fmt: skip
    text = str(story(case(LETTER, copy, broken, paper("c7/blank.jpg", "photo"))).value)
    assert "Not read: z.zip (failed).\nNothing found in: blank.jpg." in text
    assert "The same file twice, counted once: letter-2.pdf and letter.pdf." in text


def test_it_is_as_sure_as_the_least_sure_of_what_it_tells() -> None:
    assert story(case(LETTER, BILL)).confidence == 0.88
    assert story(case(LETTER)).confidence == 0.9


def test_nothing_is_written_of_a_folder_in_which_nothing_could_be_read() -> None:
    broken = Paper(
        path="c7/z.zip", uri="file:///in/c7/z.zip", size_bytes=10, sha256="z", modality=None, status="failed"
    )
    assert story(case(broken)).value is None


def test_a_thousand_rows_are_counted_and_few_named() -> None:
    bills = [
        paper(f"c7/{number:04}.pdf", "bill", workshop=leaf(f"Garage {number}"), total=leaf(1.0, "number"))
        for number in range(1000)
    ]
    value = story(case(*bills))
    assert "Bills (1000): Garage 0, Garage 1, Garage 2, Garage 3, Garage 4 and 995 others." in str(value.value)
    assert "Cost of all repairs: 1,000." in str(value.value)
    assert len(value.evidence) <= 100
