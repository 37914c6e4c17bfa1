"""XML: an invoice in XML reads like a form with a table of its lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from mmi_cli.datamodel.content import Content
from mmi_cli.errors import CorruptFile, LimitExceeded
from mmi_cli.extract.xml_text import extract
from tests.support.office_files import BOMB
from tests.support.reading import a_context

UBL = """<?xml version="1.0"?><Invoice xmlns="urn:ubl" xmlns:c="urn:c"><c:ID>INV-7</c:ID><c:IssueDate>2026-03-04</c:IssueDate>
<c:AccountingSupplierParty><c:Party><c:PartyName><c:Name>Tea House</c:Name></c:PartyName><c:PostalAddress><c:CityName>Bonn</c:CityName>
<c:Zone>NRW</c:Zone></c:PostalAddress></c:Party></c:AccountingSupplierParty>
<c:InvoiceLine><c:ID>1</c:ID><c:Item><c:Name>Tea</c:Name></c:Item><c:Amount currencyID="EUR">3.50</c:Amount></c:InvoiceLine>
<c:InvoiceLine><c:ID>2</c:ID><c:Item><c:Name>Cake</c:Name></c:Item><c:Amount currencyID="EUR">4.00</c:Amount></c:InvoiceLine>
<c:PayableAmount currencyID="EUR">7.50</c:PayableAmount></Invoice>"""


def read(tmp_path: Path, source: str | bytes, **settings: object) -> Content:
    path = tmp_path / "a.xml"
    path.write_bytes(source.encode() if isinstance(source, str) else source)
    return extract(path, a_context(name="a.xml", **settings))


def test_an_invoice_is_lines_and_a_table(tmp_path: Path) -> None:
    content = read(tmp_path, UBL)
    assert "ID: INV-7\nIssue Date: 2026-03-04" in content.text
    assert "Payable Amount: 7.50" in content.text
    assert "Accounting Supplier Party / Party\n\nParty Name: Tea House" in content.text
    assert "City Name: Bonn" in content.text
    assert "ID\tName\tcurrency ID\tAmount\n1\tTea\tEUR\t3.50\n2\tCake\tEUR\t4.00" in content.text
    assert len(content.tables) == 1


def test_compact_dates_of_cii_are_iso_dates(tmp_path: Path) -> None:
    source = '<D><IssueDateTime><DateTimeString format="102">20260304</DateTimeString></IssueDateTime></D>'
    assert read(tmp_path, source).text == "Issue Date Time: 2026-03-04"


def test_sentences_with_marks_stay_sentences(tmp_path: Path) -> None:
    assert read(tmp_path, "<doc><p>A <b>bold</b> word.</p><p>Next<br/></p></doc>").text == "A bold word.\n\nNext"


def test_xhtml_is_read_as_a_page(tmp_path: Path) -> None:
    source = '<html xmlns="http://www.w3.org/1999/xhtml"><head><title>T</title></head><body><p>seen</p></body></html>'
    assert read(tmp_path, source).text == "seen"


@pytest.mark.parametrize(
    "prolog",
    [BOMB, '<!DOCTYPE x [<!ENTITY c SYSTEM "file:///etc/passwd">]>', '<!DOCTYPE x [<!ENTITY % c SYSTEM "http://x">]>'],
)
def test_entities_are_refused(tmp_path: Path, prolog: str) -> None:
    with pytest.raises(CorruptFile, match="entities"):
        read(tmp_path, f"{prolog}<x>&c;</x>")


@pytest.mark.parametrize(
    "source", ["", "plain text", "<a><b></a>", "<a>", b"<?xml version='1.0' encoding='nonsense'?><a/>"]
)
def test_what_is_not_well_formed_is_corrupt(tmp_path: Path, source: str | bytes) -> None:
    with pytest.raises(CorruptFile, match="not well-formed"):
        read(tmp_path, source)


def test_deep_nesting_is_stopped(tmp_path: Path) -> None:
    with pytest.raises(LimitExceeded, match="deeper"):
        read(tmp_path, "<a>" * 5000 + "x" + "</a>" * 5000)
