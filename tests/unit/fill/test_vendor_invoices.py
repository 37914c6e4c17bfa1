"""Invoices as vendors print them: other languages, headings in several lines, whose name and whose account stands where."""

from __future__ import annotations

from typing import Any

import pytest

from mmi_cli.datamodel.content import Content
from mmi_cli.datamodel.record import ArrayValue, LeafValue, ObjectValue
from mmi_cli.fill.filling import fill_content
from mmi_cli.schema_file import load_schema, read_schema_text
from mmi_cli.settings import Settings
from tests.support.pages import page_of

SETTINGS = Settings(language_model="none", embedding="none")


class NoEngines:
    def __getattr__(self, name: str) -> Any:
        return lambda: None


def filled(content: Content, schema: str = "invoice") -> dict[str, Any]:
    meant = load_schema(schema) if schema.replace("-", "").isalnum() else read_schema_text(schema, name="made.yaml")
    values = fill_content(content, meant, engines=NoEngines(), settings=SETTINGS).fields
    return {name: plain(value) for name, value in values}


def plain(value: object) -> Any:
    if isinstance(value, LeafValue):
        return value.value
    if isinstance(value, ArrayValue):
        return [plain(item) for item in value.items]
    assert isinstance(value, ObjectValue)
    return {name: plain(member) for name, member in value.members}


DUTCH = page_of(
    "FACTUUR",
    "Fijn dat u er bent.",
    "",
    "Piet Veld",
    "Dorpsstraat 12",
    "1025 RX Utrecht",
    "",
    "Factuurnummer: 993548900",
    "Factuurdatum: 19 april 2024",
    "Ordernummer: 12572103",
    "Vervaldatum: 3 mei 2024",
    "",
    "Blauwe Lamp B.V.",
    "Kade 64",
    "3012 CN Rotterdam",
    "www.blauwelamp.example",
    "KvK Rotterdam 24330087",
    "IBAN NL91ABNA0417164300",
    "",
    "Artikel           Aantal    Prijs per stuk   BTW   Prijs incl. BTW",
    "Lamp groen             1          € 399,00   21%          € 399,00",
    "Snoer wit              2           € 70,00   21%          € 140,00",
    "",
    "                              Exclusief BTW               € 445,45",
    "                                    BTW 21%                € 93,55",
    "                                     Totaal               € 539,00",
)


def test_a_dutch_invoice_is_read_as_an_english_one() -> None:
    values = filled(DUTCH)
    assert values["invoice_id"] == "993548900"
    assert (values["issue_date"], values["due_date"]) == ("2024-04-19", "2024-05-03")
    assert (values["net_total"], values["tax_total"], values["total"]) == (445.45, 93.55, 539.0)
    assert values["line_items"] == [
        {"description": "Lamp groen", "quantity": 1.0, "unit_price": 399.0, "amount": 399.0},
        {"description": "Snoer wit", "quantity": 2.0, "unit_price": 70.0, "amount": 140.0},
    ]


def test_the_company_with_the_register_and_the_account_issued_it_and_not_the_first_name_of_the_page() -> None:
    values = filled(DUTCH)
    assert (values["vendor_name"], values["customer_name"]) == ("Blauwe Lamp B.V.", "Piet Veld")


TAX_TABLE = page_of(
    "Artikel       Omschrijving       Prijs      Bedrag",
    "E103184       Onderhoudsset      49,99       49,99",
    "",
    "Factuur totaal EUR 49,99",
    "",
    "BTW %      Grondslag      BTW bedrag      Totaal",
    "21 %           41,31            8,68       49,99",
)


def test_in_a_row_of_amounts_each_is_what_its_own_column_says() -> None:
    values = filled(TAX_TABLE)
    assert (values["net_total"], values["tax_total"], values["total"]) == (41.31, 8.68, 49.99)


def test_of_two_columns_the_text_and_not_the_code_describes_the_goods() -> None:
    assert filled(TAX_TABLE)["line_items"][0]["description"] == "Onderhoudsset"


def test_what_stands_before_a_tax_in_the_row_of_totals_was_taxed_and_is_not_the_total() -> None:
    values = filled(
        page_of("Total Sales (Inclusive of GST) 6.36", "", "Tax Code    %    Amt      Tax", "SR     6   6.00     0.36",
                "Total :    6.00     0.36"),
        "{name: till, fields: {total: {type: number}}}",
    )  # fmt: skip
    assert values["total"] == 6.36


@pytest.mark.parametrize("account", ["FR76 ***********", "296664039561", "NL00333599698"])
def test_a_number_that_is_no_iban_is_not_given_for_one(account: str) -> None:
    assert (
        filled(page_of(f"IBAN: {account}", "Total 5.00"), "{name: x, fields: {iban: {type: string}}}")["iban"] is None
    )


def test_the_description_says_which_date_a_field_called_date_is() -> None:
    schema = "{name: x, fields: {date: {type: date, description: Date of the invoice.}}}"
    content = page_of("Bestelldatum   1. Mai 2024", "Rechnungsdatum   7. Mai 2024")
    assert filled(content, schema)["date"] == "2024-05-07"


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("Facture n°562044387 du 02 Juillet 2015", "562044387"),
        ("Invoice No : # BLR_WFLD2015100098", "BLR_WFLD2015100098"),
    ],
)
def test_a_number_is_whole_and_an_amount_is_none(line: str, number: str) -> None:
    content = page_of(line, "", "TVA 20% payée", "Total facture      24.99")
    assert filled(content)["invoice_id"] == number


def test_a_name_is_neither_a_heading_nor_the_title_of_the_paper() -> None:
    content = page_of("Klant            Order       Factuur datum", "SCO0303006       SC0000444       8-9-2022", "",
                      "Artikel     Bedrag", "Lamp         49,99")  # fmt: skip
    assert filled(content)["customer_name"] is None


def test_who_stands_below_bill_to_did_not_issue_the_paper() -> None:
    content = page_of("Factuuradres", "Strategic Corp", "Fakestraat 46", "3500 MJ Utrecht", "", "Totaal 49,99")
    values = filled(content)
    assert values["vendor_name"] is None
    assert values["customer_name"] == "Strategic Corp"


def test_attn_below_bill_to_address_names_the_customer() -> None:
    content = page_of(
        "Bill to Address:", "ATTN: Vivelabs Limited", "93B Sai Yu Road", "", "Sold by Amber Services, Inc."
    )
    values = filled(content)
    assert (values["customer_name"], values["vendor_name"]) == ("Vivelabs Limited", "Amber Services, Inc.")


def test_of_two_columns_at_the_head_the_name_ends_with_its_own() -> None:
    content = page_of("Amber Supply GmbH                         Blue Client GmbH", "Main Street 9       Side Street 8")
    assert filled(content)["vendor_name"] == "Amber Supply GmbH"


def test_the_label_of_a_numbered_box_is_above_its_amount() -> None:
    content = page_of(
        "1 Wages, tips, other compensation     2 Federal income tax withheld",
        "   102,051.54                             12,246.18",
        "3 Social security wages               4 Social security tax withheld",
        "   102,051.54                              6,327.20",
    )
    values = filled(content, "w2")
    assert (values["wages"], values["federal_income_tax"]) == (102051.54, 12246.18)
    assert (values["social_security_wages"], values["social_security_tax"]) == (102051.54, 6327.2)


def test_of_several_numbers_of_a_form_the_one_beside_the_label_is_meant_and_its_owner_is_no_name() -> None:
    content = page_of(
        "Form 1099-INT Interest Income", "Payer's name        Garcia Systems Corp", "Payer's TIN         58-9496736",
        "Recipient's name    Matthew Rasmussen", "Recipient's TIN     851-26-9409", "1 Interest income        420.50",
    )  # fmt: skip
    values = filled(content, "form-1099")
    assert values["variant"] == "1099-INT"
    assert (values["payer_tin"], values["recipient_tin"]) == ("58-9496736", "851-26-9409")
    assert (values["recipient_name"], values["interest_income"]) == ("Matthew Rasmussen", 420.5)


def test_the_year_of_a_form_stands_in_its_title_and_a_year_of_a_date_is_none() -> None:
    schema = "{name: x, fields: {tax_year: {type: integer}}}"
    assert (
        filled(page_of("Printed 3 May 2024", "Form 1040 Individual Income Tax Return 2022", "Total 5.00"), schema)[
            "tax_year"
        ]
        == 2022
    )
    assert filled(page_of("Printed 3 May 2024", "Total 5.00"), schema)["tax_year"] is None


def test_a_numbered_label_below_is_no_value() -> None:
    content = page_of(
        "2b Taxable interest                                             427.60",
        "9 This is your total income",
        "3b Ordinary dividends",
    )
    assert filled(content, "form-1040")["taxable_interest"] == 427.6
