"""Structured invoices: what an element says needs no guessing."""

from __future__ import annotations

from pathlib import Path

import pytest

from mmi_cli.datamodel.record import LeafValue
from mmi_cli.extract.xml_text import extract
from mmi_cli.fill.filling import fill_content
from mmi_cli.schema_file import read_schema_text
from mmi_cli.settings import Settings
from tests.support.models_at_hand import EnginesAtHand
from tests.support.reading import a_context

CII = """<?xml version="1.0"?>
<rsm:CrossIndustryInvoice xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
 xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
 xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100">
 <rsm:ExchangedDocument><ram:ID>R-77</ram:ID><ram:TypeCode>380</ram:TypeCode>
  <ram:IssueDateTime><udt:DateTimeString format="102">20240305</udt:DateTimeString></ram:IssueDateTime></rsm:ExchangedDocument>
 <rsm:SupplyChainTradeTransaction>
  <ram:ApplicableHeaderTradeAgreement>
   <ram:SellerTradeParty><ram:ID>1</ram:ID><ram:Name>Nordwind GmbH</ram:Name></ram:SellerTradeParty>
   <ram:BuyerTradeParty><ram:ID>2</ram:ID><ram:Name>Kramer und Sohn</ram:Name></ram:BuyerTradeParty>
  </ram:ApplicableHeaderTradeAgreement>
  <ram:ApplicableHeaderTradeSettlement><ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>
   <ram:SpecifiedTradeSettlementHeaderMonetarySummation>
    <ram:LineTotalAmount>90.00</ram:LineTotalAmount><ram:TaxBasisTotalAmount>100.00</ram:TaxBasisTotalAmount>
    <ram:TaxTotalAmount currencyID="EUR">19.00</ram:TaxTotalAmount><ram:GrandTotalAmount>119.00</ram:GrandTotalAmount>
    <ram:DuePayableAmount>69.00</ram:DuePayableAmount>
   </ram:SpecifiedTradeSettlementHeaderMonetarySummation>
  </ram:ApplicableHeaderTradeSettlement>
 </rsm:SupplyChainTradeTransaction>
</rsm:CrossIndustryInvoice>
"""
SCHEMA = """name: invoice
fields:
  invoice_number: {type: string}
  issue_date: {type: date}
  seller_name: {type: string}
  buyer_name: {type: string}
  line_total: {type: number, description: Sum of the lines.}
  net_total: {type: number, description: Total without tax.}
  tax_total: {type: number}
  total: {type: number, description: Total with tax.}
  amount_due: {type: number}
  order_number: {type: string}
"""


@pytest.fixture
def values(tmp_path: Path) -> dict[str, LeafValue]:
    path = tmp_path / "factur-x.xml"
    path.write_text(CII, "utf-8")
    schema = read_schema_text(SCHEMA, name="invoice.yaml")
    filled = fill_content(
        extract(path, a_context(name=path.name)), schema, engines=EnginesAtHand(None), settings=Settings()
    )
    return {name: value for name, value in filled.fields if isinstance(value, LeafValue)}


def test_each_field_is_the_element_that_means_it(values: dict[str, LeafValue]) -> None:
    assert {name: value.value for name, value in values.items() if name != "order_number"} == {
        "invoice_number": "R-77", "issue_date": "2024-03-05", "seller_name": "Nordwind GmbH", "buyer_name": "Kramer und Sohn",
        "line_total": 90.0, "net_total": 100.0, "tax_total": 19.0, "total": 119.0, "amount_due": 69.0,
    }  # fmt: skip


def test_an_element_is_evidence_and_nearly_certain(values: dict[str, LeafValue]) -> None:
    for name in ("invoice_number", "seller_name", "total"):
        assert values[name].evidence and values[name].confidence > 0.9


def test_what_no_element_says_is_not_taken_from_another(values: dict[str, LeafValue]) -> None:
    assert values["order_number"].value is None
