"""A filled form says by the names of its fields what they hold."""

from __future__ import annotations

from typing import Any

import pytest

from mmi_cli.datamodel.content import Content, PageBox
from mmi_cli.datamodel.content_builder import ContentBuilder
from mmi_cli.datamodel.record import LeafValue
from mmi_cli.fill.filling import fill_content
from mmi_cli.schema_file import read_schema_text
from mmi_cli.settings import Settings
from tests.support.models_at_hand import EnginesAtHand


def form(*fields: tuple[str, str]) -> Content:
    builder = ContentBuilder()
    builder.add_block("paragraph", [[("Application", PageBox(1, (0, 0, 60, 10)), None)]])
    for number, (label, text) in enumerate(fields):
        top = 20.0 * (number + 1)
        place = PageBox(1, (100, top, 160, top + 10))
        builder.add_block("form_field", [[(word, place, None) for word in text.split()]], label=label)
    return builder.build()


def value(field: str, content: Content) -> Any:
    schema = read_schema_text(f"name: form\nfields:\n  {field}\n", name="form.yaml")
    ((_, leaf),) = fill_content(content, schema, engines=EnginesAtHand(None), settings=Settings()).fields
    assert isinstance(leaf, LeafValue)
    assert leaf.value is None or leaf.evidence
    return leaf.value


@pytest.mark.parametrize(
    ("field", "content", "expected"),
    [
        ("applicant_name: {type: string}", form(("form1[0].P1[0].applicantName[0]", "Mary Miller")), "Mary Miller"),
        ("birth_date: {type: date}", form(("Birth Date", "3 May 1990"), ("Issue Date", "4 June 2020")), "1990-05-03"),
        ("income: {type: number}", form(("monthly_income", "2,500.00"), ("rent", "900.00")), 2500.0),
        ("married: {type: boolean}", form(("Married", "☒"), ("Employed", "☐")), True),
        ("employed: {type: boolean}", form(("Married", "☒"), ("Employed", "☐")), False),
        ("plan: {type: string, enum: [basic, full]}", form(("Plan", "☐ basic"), ("Plan", "☒ full")), "full"),
        ("plan: {type: string}", form(("Plan", "☐ basic"), ("Plan", "☒ full")), "full"),
        ("nickname: {type: string}", form(("Plan", "☒ full")), None),
    ],
)
def test_a_form_field_holds_what_its_name_says(field: str, content: Content, expected: Any) -> None:
    assert value(field, content) == expected
