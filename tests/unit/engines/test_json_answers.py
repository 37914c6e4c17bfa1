"""Answers that were not held to their schema are held to it afterwards."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from mmi_cli.engines.json_answers import cut_json_answer, json_answer
from mmi_cli.errors import EngineFailed

ROWS: dict[str, Any] = {
    "type": "object",
    "properties": {
        "lines": {
            "type": "array",
            "maxItems": 2,
            "items": {
                "type": "object",
                "properties": {"text": {"type": "string"}, "amount": {"type": ["number", "null"]}},
                "required": ["text", "amount"],
                "additionalProperties": False,
            },
        },
        "seller": {"type": "object", "properties": {"name": {"type": ["string", "null"]}}, "required": ["name"]},
        "count": {"type": ["integer", "null"]},
        "is_paid": {"enum": [True, False, None]},
    },
    "required": ["lines", "seller", "count", "is_paid"],
    "additionalProperties": False,
}
NOTHING = {"lines": [], "seller": {"name": None}, "count": None, "is_paid": None}


@pytest.mark.parametrize(
    ("written", "fitted"),
    [
        ({}, NOTHING),
        ({"lines": None, "seller": None}, NOTHING),
        ({"count": 1.5, "is_paid": 1}, NOTHING),
        ({"count": 2.0, "is_paid": False}, NOTHING | {"count": 2, "is_paid": False}),
        ({"count": True, "is_paid": "yes"}, NOTHING),
        ({"lines": [{"text": "a", "amount": "1"}, "b", {"amount": 1}]}, NOTHING | {"lines": [{"text": "a", "amount": None}]}),
        ({"lines": 9 * [{"text": "a", "amount": 1}]}, NOTHING | {"lines": 2 * [{"text": "a", "amount": 1}]}),
        ({"lines": {"text": "a"}, "seller": []}, None),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_put_right_or_refused(written: Any, fitted: Any) -> None:
    if fitted is None:
        with pytest.raises(EngineFailed, match=r"answer\.lines"):
            json_answer(json.dumps(written), ROWS)
        return
    answer = json.loads(json_answer(json.dumps(written), ROWS))
    assert answer == fitted
    jsonschema.validate(answer, ROWS)


def test_what_fits_is_left_as_it_was_written() -> None:
    written = '{ "is_paid": null, "count": 2.0,\n "seller": {"name": "é", "city": "x"}, "lines": [{"amount": 9.00, "text": ""}] }'
    assert json_answer(written, ROWS) == written


def test_a_schema_of_unknown_type_fits_nothing() -> None:
    with pytest.raises(EngineFailed):
        json_answer("{}", {"type": "frob"})


def test_a_cut_answer_begins_at_its_brace() -> None:
    assert cut_json_answer('<think>{}</think>Here: {"a": 1') == '{"a": 1'
    assert cut_json_answer("Here") == ""
