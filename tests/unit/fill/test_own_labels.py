"""Boxes and lines of forms: amounts at labels of their own, names and addresses under labels that list both, names over two boxes."""

from __future__ import annotations

from typing import Any

import pytest

from mmi_cli.datamodel.content import Content
from mmi_cli.datamodel.record import ArrayValue, LeafValue, ObjectValue
from mmi_cli.engines.bundle import EngineBundle
from mmi_cli.fill.filling import fill_content
from mmi_cli.schema_file.loading import load_schema
from mmi_cli.settings import Settings
from tests.support.pages import page_of

SETTINGS = Settings(language_model="none")


def filled(schema: str, *rows: str) -> dict[str, Any]:
    found = fill_content(page_of(*rows), load_schema(schema), engines=EngineBundle(SETTINGS), settings=SETTINGS)
    return {name: value.value for name, value in found.fields if isinstance(value, LeafValue)}


def test_amounts_stand_under_the_label_of_their_box_and_equal_ones_may_be_shared() -> None:
    values = filled(
        "w2",
        "1 Wages, tips, other comp     2 Federal income tax withheld",
        "50,000.00                     6,000.00",
        "",
        "3 Social security wages       4 Social security tax withheld",
        "50,000.00                     3,100.00",
        "",
        "5 Medicare wages and tips     6 Medicare tax withheld",
        "50,000.00                     725.00",
    )
    assert (values["wages"], values["social_security_wages"], values["medicare_wages"]) == (50_000, 50_000, 50_000)
    assert (values["federal_income_tax"], values["social_security_tax"], values["medicare_tax"]) == (6_000, 3_100, 725)


def test_a_box_without_a_value_takes_none_from_its_neighbour() -> None:
    values = filled(
        "w2",
        "3 Social security wages       4 Social security tax withheld",
        "                              3,100.00",
    )
    assert values["social_security_wages"] is None


def test_the_number_of_a_line_is_no_value_where_it_is_repeated_before_it() -> None:
    values = filled(
        "form-1040",
        "9    Add lines 1z, 2b and 3b. This is your total income . . . .     9     38,314.59",
        "15   Subtract line 14 from line 11. This is your taxable income .   15    23,409.96",
    )
    assert (values["total_income"], values["taxable_income"]) == (38_314.59, 23_409.96)


def test_a_first_and_a_last_name_in_two_boxes_are_one_name_with_two_places() -> None:
    content = page_of("Your first name and middle initial     Last name     Your social security number",
                      "Ada                                    Lovelace      111-05-6212")  # fmt: skip
    found = fill_content(content, load_schema("form-1040"), engines=EngineBundle(SETTINGS), settings=SETTINGS)
    name = dict(found.fields)["taxpayer_name"]
    assert isinstance(name, LeafValue)
    assert (name.value, [each.text for each in name.evidence]) == ("Ada Lovelace", ["Ada", "Lovelace"])


def test_the_name_under_a_label_that_lists_name_and_address_is_the_name() -> None:
    values = filled(
        "w2",
        "c Employer's name, address, and ZIP code     3 Social security wages",
        "Hicks Partners LLC                           50,000.00",
        "55 Keller Street",
        "Taylorport, GA 87591",
    )
    assert values["employer_name"] == "Hicks Partners LLC"


@pytest.mark.parametrize(
    "rows",
    [
        ("Employee's address:   48 Oak Street", "                      Salem, OR 97301"),
        ("f Employee's address and ZIP code", "48 Oak Street", "Salem, OR 97301"),
        ("Employee's name", "Laura Foster", "48 Oak Street", "Salem, OR 97301"),
    ],
)
def test_an_address_over_lines_is_whole_under_its_label_or_under_the_name(rows: tuple[str, ...]) -> None:
    assert filled("w2", *rows)["employee_address"] == "48 Oak Street Salem, OR 97301"


def test_the_sum_of_the_year_so_far_is_not_that_of_the_period() -> None:
    values = filled(
        "pay-slip",
        "DEDUCTIONS              CURRENT       YTD",
        "Federal Withholding     799.27        14,386.86",
        "Total deductions        1,356.26      24,412.68",
    )
    assert (values["tax"], values["deductions"]) == (799.27, 1_356.26)


def test_a_pattern_is_looked_for_where_the_label_points() -> None:
    assert filled("w2", "15 State   Employer's state ID number", "NV  692262")["state"] == "NV"


def test_a_passport_is_told_by_its_title() -> None:
    assert filled("id-document", "PASSPORT   UNITED STATES OF AMERICA", "Surname", "MILLER")["kind"] == "passport"


def test_balances_and_what_is_carried_over_are_no_movements() -> None:
    content: Content = page_of(
        "Date           Description             Amount       Balance",
        "Balance carried forward                             100.00",
        "01/02/2024     Rent                    -40.00       60.00",
        "01/03/2024     Salary                  500.00       560.00",
        "Closing balance                                     560.00",
    )
    found = fill_content(content, load_schema("bank-statement"), engines=EngineBundle(SETTINGS), settings=SETTINGS)
    rows = dict(found.fields)["transactions"]
    assert isinstance(rows, ArrayValue)
    amounts = [dict(item.members)["amount"] for item in rows.items if isinstance(item, ObjectValue)]
    assert [each.value for each in amounts if isinstance(each, LeafValue)] == [-40.0, 500.0]
