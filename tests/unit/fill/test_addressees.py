"""The recipients of a message, each by itself, and none where there is no message."""

from __future__ import annotations

import pytest

from mmi_cli.fill.addressees import find_addressees
from mmi_cli.fill.reading import Reading
from mmi_cli.schema_file import read_schema_text
from tests.support.pages import page_of

SCHEMA = read_schema_text(
    """
name: mail
fields:
  recipients: {type: array, items: {type: string, aliases: [to, cc]}}
  addressees: {type: array, items: {type: string}}
  cc: {type: array, items: {type: string}}
  people: {type: array, items: {type: string}}
""",
    name="mail.yaml",
)
MESSAGE = page_of(
    "From: Claire Dubois <claire@atelier.example>",
    'To: Tom Becker <tom@galerie.example>, "Meier, Eva" <eva@galerie.example>; office@galerie.example',
    "Cc: Jo <jo@x.example>",
    "Subject: Your order",
    "Dear Tom, write to sam@x.example",
)


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        (
            "recipients",
            [
                "Tom Becker <tom@galerie.example>",
                '"Meier, Eva" <eva@galerie.example>',
                "office@galerie.example",
                "Jo <jo@x.example>",
            ],
        ),
        (
            "addressees",
            ["Tom Becker <tom@galerie.example>", '"Meier, Eva" <eva@galerie.example>', "office@galerie.example"],
        ),
        ("cc", ["Jo <jo@x.example>"]),
        ("people", []),
    ],
)
def test_recipients_stand_in_the_head_of_a_message(field: str, expected: list[str]) -> None:
    asked = next(each for each in SCHEMA.fields if each.name == field)
    assert [each.value for each in find_addressees(Reading(MESSAGE, None), asked)] == expected


def test_a_letter_with_a_line_that_begins_with_to_is_no_message() -> None:
    asked = SCHEMA.fields[0]
    assert find_addressees(Reading(page_of("To: all friends <of@art.example>", "Welcome"), None), asked) == []
