"""Packets: several papers in one file are told apart, each is filled by its own schema, and every value points into the whole."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mmi_cli.cases.classifying import Classifier
from mmi_cli.cases.page_views import page_views
from mmi_cli.cases.paper_titles import senses_of, title_senses
from mmi_cli.cases.routing import classify, route
from mmi_cli.cases.slices import slice_of_pages
from mmi_cli.cases.splitting import split_views
from mmi_cli.datamodel.content import Content, Page, PageBox
from mmi_cli.datamodel.content_builder import ContentBuilder
from mmi_cli.datamodel.figure import Figure
from mmi_cli.datamodel.filled import Filled, put_back
from mmi_cli.datamodel.record import ArrayValue, Evidence, LeafValue, ObjectValue
from mmi_cli.datamodel.schema import Schema
from mmi_cli.schema_file import load_schema

INVOICE = [
    "INVOICE", "Amber Supply Ltd", "12 Market Street, Leeds LS1 4AB", "Invoice number: INV-20381", "Invoice date: 2024-03-05",
    "Description   Quantity   Unit price   Amount", "Paper A4   10   4.50   45.00", "Toner   2   30.00   60.00",
    "Subtotal   105.00", "VAT 20 %   21.00", "Total due   126.00", "Payment terms: 30 days",
]  # fmt: skip
SECOND_INVOICE = [line.replace("INV-20381", "INV-20999").replace("Amber Supply", "Cobalt Tools") for line in INVOICE]
INVOICE_PAGE_2 = [
    "INV-20381",
    "Page 2 of 2",
    "Description   Quantity   Unit price   Amount",
    "Ink   1   9.00   9.00",
    "Total due   135.00",
]
CONTRACT = [
    "CONFIDENTIALITY AGREEMENT", "This Agreement is made on 1 May 2024 between Birch LLC and Cedar Inc (the parties).",
    "WHEREAS the parties wish to exchange confidential information, they hereby agree as follows:",
    "1. The receiving party shall keep all confidential information secret and shall not",
]  # fmt: skip
CONTRACT_PAGE_2 = [
    "disclose it to any third party without prior written consent of the disclosing party.",
    "2. Governing law. This Agreement is governed by the laws of England.",
    "IN WITNESS WHEREOF the parties hereto have executed this Agreement.", "Signature",
]  # fmt: skip
RECEIPT = [
    "CORNER CAFE",
    "Receipt",
    "Table 4  Cashier: Ann",
    "2 Tea   5.00",
    "Total   5.00",
    "Cash   10.00",
    "Change   5.00",
    "Thank you",
]


def packet(*pages: list[str], sizes: dict[int, tuple[float, float]] | None = None) -> Content:
    builder = ContentBuilder()
    for number, lines in enumerate(pages, start=1):
        width, height = (sizes or {}).get(number, (595.0, 842.0))
        builder.add_page(Page(number=number, width=width, height=height, unit="pt", source="text_layer", reason="made"))
        for row, line in enumerate(lines):
            words = line.split()
            placed = [
                (word, PageBox(number, (40 + 50 * at, 40 + 20 * row, 85 + 50 * at, 52 + 20 * row)), None)
                for at, word in enumerate(words)
            ]
            builder.add_block("paragraph", [placed])
    return builder.build()


@pytest.fixture
def router(tmp_path: Path) -> Schema:
    path = tmp_path / "mail.yaml"
    path.write_text(
        "name: mail\nsplit: true\ncategories:\n"
        "  invoice: {description: A bill to pay., schema: invoice}\n"
        "  contract: {description: An agreement between parties., schema: contract}\n"
        "  receipt: {description: A till receipt of a shop., schema: receipt}\n",
        "utf-8",
    )
    return load_schema(str(path))


class NoEngines:
    def text_embedder(self) -> None:
        return None


def parted(content: Content, router: Schema) -> list[tuple[str, int, int]]:
    segments = split_views(page_views(content), Classifier(router.categories, None), None)
    return [(each.category, each.first, each.last) for each in segments]


def test_a_packet_is_parted_where_its_papers_begin(router: Schema) -> None:
    content = packet(INVOICE, CONTRACT, CONTRACT_PAGE_2, RECEIPT)
    assert parted(content, router) == [("invoice", 1, 1), ("contract", 2, 3), ("receipt", 4, 4)]


def test_two_papers_of_one_kind_are_two(router: Schema) -> None:
    assert parted(packet(INVOICE, SECOND_INVOICE), router) == [("invoice", 1, 1), ("invoice", 2, 2)]


def test_a_page_that_counts_on_goes_on(router: Schema) -> None:
    first = [*INVOICE[:8], "Page 1 of 2"]
    assert parted(packet(first, INVOICE_PAGE_2, CONTRACT), router) == [("invoice", 1, 2), ("contract", 3, 3)]


def test_a_blank_page_belongs_to_the_paper_before(router: Schema) -> None:
    assert parted(packet(RECEIPT, [], CONTRACT, CONTRACT_PAGE_2), router) == [("receipt", 1, 2), ("contract", 3, 4)]


def test_one_page_is_one_paper(router: Schema) -> None:
    assert parted(packet(RECEIPT), router) == [("receipt", 1, 1)]


def test_each_paper_goes_to_the_schema_of_its_category(router: Schema) -> None:
    routed = route(packet(INVOICE, RECEIPT), router, NoEngines())  # type: ignore[arg-type]
    assert [(each.number, each.schema.name, each.pages) for each in routed] == [
        (1, "invoice", (1, 1)),
        (2, "receipt", (2, 2)),
    ]
    assert all(0 < each.confidence <= 1 for each in routed)
    assert routed[1].to_json().keys() == {"number", "category", "confidence", "pages", "boundary_confidence"}


def test_a_file_without_pages_is_classified_as_a_whole(router: Schema) -> None:
    from mmi_cli.datamodel.content import ParagraphPlace

    builder = ContentBuilder()
    builder.add_text_block("title", "Confidentiality Agreement", ParagraphPlace(1))
    builder.add_text_block(
        "paragraph", "WHEREAS the parties hereby agree, each party shall keep secret", ParagraphPlace(2)
    )
    content = builder.build()
    (only,) = route(content, router, NoEngines())  # type: ignore[arg-type]
    assert (only.category, only.pages, only.boundary_confidence) == ("contract", None, None)
    assert classify(content, Classifier(router.categories, None))[0] == "contract"


# --- slices


def test_a_slice_holds_the_words_blocks_and_figures_of_its_pages() -> None:
    builder = ContentBuilder()
    for number in (1, 2, 3):
        builder.add_page(Page(number=number, width=100, height=100, unit="pt", source="text_layer", reason="made"))
        builder.add_block("paragraph", [[(f"page{number}", PageBox(number, (0, 0, 9, 9)), None)]])
        builder.add_table([[[(f"cell{number}", PageBox(number, (0, 20, 9, 29)), None)]]], page=number)
        builder.add_figure(Figure(kind="picture", block=-1, page=number, box=(0, 50, 9, 59)))
    content = builder.build()
    part = slice_of_pages(content, 2, 2)
    assert part.content.text == "page2\n\ncell2"
    assert [block.kind for block in part.content.blocks] == ["paragraph", "table", "figure"]
    assert content.text[part.offset :].startswith(part.content.text)
    assert [page.number for page in part.content.pages] == [2]
    (table,) = part.content.tables
    assert part.content.text_of(table.cells[0].first, table.cells[0].last) == "cell2"
    (figure,) = part.content.figures
    assert part.content.blocks[figure.block].kind == "figure"


def test_a_slice_of_a_blank_page_is_empty() -> None:
    part = slice_of_pages(packet(RECEIPT, []), 2, 2)
    assert (part.content.text, part.content.words) == ("", ())


def test_what_was_found_in_a_slice_points_into_the_whole() -> None:
    def leaf(at: int) -> LeafValue:
        return LeafValue(
            type="string",
            kind="extracted",
            value="x",
            confidence=0.5,
            evidence=(Evidence(text="x", match="exact", span=(at, 1)),),
        )

    filled = Filled(fields=(("a", leaf(3)), ("b", ArrayValue(items=(ObjectValue(members=(("c", leaf(4)),)),)))))
    moved: Any = dict(put_back(filled, 10).fields)
    assert moved["a"].evidence[0].span == (13, 1)
    assert moved["b"].items[0].members[0][1].evidence[0].span == (14, 1)


# --- what papers call themselves


@pytest.mark.parametrize(
    ("line", "sense"),
    [("TAX INVOICE", "invoice"), ("Rechnung", "invoice"), ("Form 1099-INT", "1099"), ("Bulletin de paie", "pay_slip"),
     ("Kontoauszug", "bank_statement")],
)  # fmt: skip
def test_a_title_names_its_kind_in_many_languages(line: str, sense: str) -> None:
    assert title_senses(line).get(sense, 0.0) >= 0.5


def test_a_sentence_is_no_title() -> None:
    assert title_senses("please send the invoice to the address that is given on the receipt below") == {}


def test_a_category_means_what_its_name_says_before_what_is_said_of_it() -> None:
    assert senses_of(["bank_statement".replace("_", " "), "a list with an invoice"]) == {"bank_statement"}


# --- through the run


def test_a_run_gives_one_record_a_paper_and_does_nothing_twice(tmp_path: Path, router: Schema) -> None:
    from tests.support.command_line import mmi
    from tests.support.pdf_files import lines, write_pdf

    files = tmp_path / "in"
    files.mkdir()
    write_pdf(files / "packet.pdf", *(lines(50, 60, rows) for rows in (INVOICE, CONTRACT, CONTRACT_PAGE_2, RECEIPT)))
    schema, out = tmp_path / "mail.yaml", tmp_path / "out"
    arguments = ("run", files, "--schema", schema, "--output", out, "--language-model", "none")
    mmi(*arguments, cwd=tmp_path)
    written = (out / "results.jsonl").read_text("utf-8").splitlines()
    records = [json.loads(line) for line in written]
    assert [record["schema"]["name"] for record in records] == ["invoice", "contract", "receipt"]
    assert [record["segment"]["pages"] for record in records] == [[1, 1], [2, 3], [4, 4]]
    assert len({record["id"] for record in records}) == 3
    assert sum(record["usage"]["pages"] for record in records) == 4
    assert records[0]["fields"]["total"]["value"] == 126.0
    summary = json.loads((out / "summary.json").read_text("utf-8"))
    again = mmi(*arguments, cwd=tmp_path)
    assert (out / "results.jsonl").read_text("utf-8").splitlines() == written
    assert "1 of 1 files were done" in again.err
    assert summary["records"]["ok"] + summary["records"]["partial"] == 3
