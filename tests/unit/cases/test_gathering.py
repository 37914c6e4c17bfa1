"""Records of files put together: facts, lists, totals, contradictions, what is missing."""

from __future__ import annotations

from typing import Any

from mmi_cli.cases.gathering import cases_of
from mmi_cli.cases.papers import Paper
from mmi_cli.datamodel.record import ArrayValue, ErrorInfo, Evidence, FileRecord, LeafValue, ObjectValue, Scalar
from mmi_cli.datamodel.schema import FieldType, Schema
from mmi_cli.schema_file import read_schema_text

SCHEMA = """
name: tax
unit: folder
categories:
  w2: {description: Form W-2., schema: w2}
  slip: {description: A pay slip., schema: pay-slip}
  note: {description: A note.}
subject: [ssn, name]
expects: [w2, slip]
fields:
  name: {type: string, from: [w2.employee_name, slip.employee_name], required: true}
  ssn: {type: string, from: [w2.employee_ssn]}
  born: {type: date, from: [note]}
  jobs:
    type: array
    from: [w2, note]
    key: [employer]
    items:
      type: object
      properties:
        employer: {type: string, from: [employer_name]}
        wages: {type: number}
  wages: {type: number, kind: inferred, expression: sum(jobs.wages)}
checks:
  - {expression: wages < 1000000, message: not a millionaire}
"""


def schema() -> Schema:
    return read_schema_text(SCHEMA, name="s")


def leaf(value: Scalar, type_: FieldType = "string", confidence: float = 0.9) -> LeafValue:
    evidence = () if value is None else (Evidence(text=str(value), match="exact", page=1),)
    return LeafValue(type=type_, kind="extracted", value=value, confidence=confidence, evidence=evidence)


def paper(path: str, category: str | None = "w2", **fields: Any) -> Paper:
    errors = fields.pop("errors", ())
    status = fields.pop("status", "ok")
    return Paper(
        path=path, uri=f"file:///in/{path}", size_bytes=10, sha256=fields.pop("sha256", f"sha of {path}"), modality="document",
        status=status, category=category, confidence=0.99, fields=tuple(fields.items()), errors=errors,
    )  # fmt: skip


def w2(path: str, name: str, ssn: str, employer: str, wages: float) -> Paper:
    return paper(
        path,
        employee_name=leaf(name),
        employee_ssn=leaf(ssn),
        employer_name=leaf(employer),
        wages=leaf(wages, "number"),
    )


def one(*papers: Paper) -> FileRecord:
    (record,) = cases_of("anna", papers, schema())
    return record


def test_a_case_has_the_facts_of_its_papers_and_totals_over_them() -> None:
    record = one(
        w2("anna/a.pdf", "Anna Keller", "123-45-6789", "Northwind", 50000.0),
        w2("anna/b.pdf", "Anna M. Keller", "123-45-6789", "Contoso", 7000.5),
    )
    assert record.values["wages"] == 57000.5
    assert record.values["ssn"] == "123-45-6789"
    assert record.source.path == "anna"
    assert record.source.uri == "file:///in/anna"
    assert record.source.size_bytes == 20
    name = dict(record.fields)["name"]
    assert isinstance(name, LeafValue)
    assert name.confidence > 0.98
    assert record.case is not None
    assert record.case["missing"] == ["slip"]
    assert record.case["conflicts"] == []


def test_a_contradiction_is_told_with_both_places() -> None:
    record = one(
        w2("anna/a.pdf", "Anna Keller", "123-45-6789", "Northwind", 50000.0),
        paper("anna/mail.eml", "note", name=leaf("Anna Keller"), jobs=rows("Northwind", 51000.0)),
    )
    assert record.case is not None
    (conflict,) = record.case["conflicts"]
    assert conflict["field"] == "jobs[Northwind].wages"
    assert sorted(each["value"] for each in conflict["values"]) == [50000.0, 51000.0]
    assert record.values["wages"] in (50000.0, 51000.0)


def rows(employer: str, wages: float) -> ArrayValue:
    return ArrayValue(
        items=(ObjectValue(members=(("employer", leaf(employer)), ("wages", leaf(wages, "number")))),),
    )


def test_papers_about_two_people_are_two_cases() -> None:
    records = cases_of(
        ".",
        [
            w2("1.pdf", "Anna Keller", "123-45-6789", "Northwind", 50000.0),
            w2("2.pdf", "Ben Carter", "987-65-4321", "Contoso", 7000.0),
            paper("3.pdf", "slip", employee_name=leaf("Keller, Anna")),
            paper("4.eml", "note", born=leaf("1980-02-03", "date")),
        ],
        schema(),
    )
    assert [record.values["name"] for record in records] == ["Anna Keller", "Ben Carter"]
    assert [record.values["wages"] for record in records] == [50000.0, 7000.0]
    assert [[file["path"] for file in record.case["files"]] for record in records if record.case] == [
        ["1.pdf", "3.pdf"],
        ["2.pdf"],
    ]
    assert all([file["path"] for file in record.case["unassigned"]] == ["4.eml"] for record in records if record.case)
    assert len({record.id for record in records}) == 2


def test_a_file_that_is_there_twice_counts_once() -> None:
    record = one(
        w2("anna/a.pdf", "Anna Keller", "123-45-6789", "Northwind", 50000.0),
        paper(
            "anna/copy.pdf", employee_name=leaf("Anna Keller"), employer_name=leaf("Northwind GmbH"), wages=leaf(50000.0, "number"),
            sha256="sha of anna/a.pdf",
        ),
    )  # fmt: skip
    assert record.values["wages"] == 50000.0
    assert [notice.code for notice in record.warnings] == ["duplicate_file"]


def test_a_file_that_failed_is_told_and_the_rest_is_there() -> None:
    error = ErrorInfo(stage="extract", code="corrupt", message="no end", retryable=False)
    record = one(
        w2("anna/a.pdf", "Anna Keller", "123-45-6789", "Northwind", 50000.0),
        paper("anna/b.pdf", None, status="failed", errors=(error,)),
    )
    assert record.status == "partial"
    assert [error.message for error in record.errors] == ["anna/b.pdf: no end"]
    assert record.values["wages"] == 50000.0


def test_a_case_of_failures_has_failed() -> None:
    error = ErrorInfo(stage="extract", code="corrupt", message="no end", retryable=False)
    assert one(paper("anna/b.pdf", None, status="failed", errors=(error,))).status == "failed"


def test_without_a_required_fact_it_is_partial() -> None:
    assert one(paper("anna/a.pdf", employee_name=leaf(None), wages=leaf(5.0, "number"))).status == "partial"


def test_the_same_papers_give_the_same_bytes() -> None:
    papers = [w2("anna/a.pdf", "Anna", "123-45-6789", "N", 1.0), w2("anna/b.pdf", "Anna", "123-45-6789", "C", 2.0)]
    assert one(*papers).to_line() == one(*papers).to_line()
