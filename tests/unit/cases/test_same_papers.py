"""One paper that lies there twice is one witness, and is told; papers that only resemble each other are two."""

from __future__ import annotations

from mmi_cli.cases.gathering import cases_of
from mmi_cli.cases.papers import Paper
from mmi_cli.cases.same_papers import with_witnesses
from mmi_cli.datamodel.record import Evidence, LeafValue, Scalar
from mmi_cli.datamodel.schema import FieldType
from mmi_cli.schema_file import read_schema_text

TYPES: dict[str, FieldType] = {"total": "number", "net": "number", "tax": "number", "date": "date", "year": "integer"}


def bill(path: str, *, confidence: float = 0.9, category: str = "invoice", **said: Scalar) -> Paper:
    fields = tuple(
        (
            name,
            LeafValue(
                type=TYPES.get(name, "string"),
                kind="extracted",
                value=value,
                confidence=confidence,
                evidence=() if value is None else (Evidence(text=str(value), match="exact", file=path),),
            ),
        )
        for name, value in said.items()
    )
    return Paper(
        path=path, uri=f"file:///in/{path}", size_bytes=1, sha256=path, modality="document", status="ok", category=category,
        confidence=1.0, fields=fields,
    )  # fmt: skip


def pairs(*papers: Paper) -> list[tuple[str, str]]:
    return [(paper.path, paper.same_as) for paper in with_witnesses(papers) if paper.same_as is not None]


PDF = bill("a.pdf", vendor="North Garage", number="INV-7781", date="2026-02-03", total=120.5, net=100.0)


def test_a_paper_and_its_scan_are_one_even_where_the_scan_misread_a_letter_or_lacks_a_value() -> None:
    scan = bill("a.jpg", vendor="Nortb Garage", number="INV-7781", date="2026-02-03", total=120.5, net=None)
    assert pairs(PDF, scan) == [("a.jpg", "a.pdf")]
    assert pairs(PDF, scan, bill("b.jpg", vendor="North Garage", date="2026-02-03", total=120.5)) == [
        ("a.jpg", "a.pdf"),
        ("b.jpg", "a.pdf"),
    ]


def test_another_amount_date_or_number_makes_another_paper() -> None:
    for change in ({"total": 121.5, "net": 101.0}, {"date": "2026-03-03"}, {"number": "44-7782"}):
        said: dict[str, Scalar] = {
            "vendor": "North Garage", "number": "44-7781", "date": "2026-02-03", "total": 120.5, "net": 100.0,
        }  # fmt: skip
        assert pairs(bill("a.pdf", **said), bill("b.pdf", **(said | change))) == []


def test_one_amount_of_another_line_is_a_slip_of_reading_where_dates_and_numbers_agree() -> None:
    said: dict[str, Scalar] = {"number": "44-7781", "date": "2026-02-03", "total": 120.5, "net": 100.0, "tax": 20.5}
    slip = bill("b.jpg", **(said | {"net": 20.5}))
    assert pairs(bill("a.pdf", **said), slip) == [("b.jpg", "a.pdf")]
    assert pairs(bill("a.pdf", **said), bill("b.jpg", **(said | {"net": 20.5, "total": 99.0}))) == []


def test_papers_without_an_amount_in_common_or_of_another_kind_are_two() -> None:
    said: dict[str, Scalar] = {"vendor": "North Garage", "number": "44-7781", "date": "2026-02-03"}
    assert pairs(bill("a.pdf", **said), bill("b.pdf", **said)) == []
    assert pairs(PDF, bill("b.pdf", category="receipt", vendor="North Garage", date="2026-02-03", total=120.5)) == []


def test_what_is_not_surely_read_neither_joins_nor_parts() -> None:
    blurred = bill("b.jpg", confidence=0.3, vendor="North Garage", date="2026-02-03", total=120.5)
    assert pairs(PDF, blurred) == []


CASE = """
name: bills
unit: folder
categories:
  invoice: {description: A bill., schema: invoice}
  note: {description: A note., schema: note}
fields:
  text: {type: string, kind: abstracted}
  vendor: {type: string, from: [invoice.vendor, note.vendor]}
  all_bills:
    type: array
    from: [invoice]
    items: {type: object, properties: {total: {type: number}}}
"""


def test_a_paper_and_its_scan_support_each_other_no_more_than_the_paper_alone() -> None:
    scan = bill("a.jpg", vendor="North Garage", date="2026-02-03", total=120.5)
    note = bill("n.txt", category="note", vendor="North Garage")
    schema = read_schema_text(CASE, name="s")

    def vendor(*papers: Paper) -> LeafValue:
        (record,) = cases_of(".", papers, schema)
        value = dict(record.fields)["vendor"]
        assert isinstance(value, LeafValue)
        return value

    assert vendor(PDF, scan).confidence == vendor(PDF).confidence
    assert {piece.file for piece in vendor(PDF, scan).evidence} == {"a.pdf", "a.jpg"}
    assert vendor(PDF, note).confidence > vendor(PDF).confidence


def test_they_are_told_and_so_is_the_list_that_has_both() -> None:
    scan = bill("a.jpg", vendor="North Garage", date="2026-02-03", total=120.5)
    (record,) = cases_of(".", (PDF, scan), read_schema_text(CASE, name="s"))
    assert [(each.code, each.message) for each in record.warnings] == [
        ("possible_duplicate", "a.jpg: seems to be the same paper as a.pdf; both are in all_bills")
    ]
    assert "Perhaps the same paper twice: a.jpg and a.pdf (both in all bills)." in record.values["text"]
