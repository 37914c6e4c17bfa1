"""Conditions on measures: what is refused before, what holds after."""

from __future__ import annotations

from typing import Any

import pytest

from mmi_cli.errors import UsageError
from mmi_cli.evaluate.assertions import broken, parse_assertion

MEASURES: dict[str, Any] = {
    "f1": 0.865,
    "ece": None,
    "documents": 27,
    "accepted_at_98": {"share": 0.5, "threshold": 0.9},
    "fields": {
        "total": {"f1": 0.95},
        "odd name": {"f1": 1.0},
        "lines": {"f1": 0.5, "rows": {"f1": 0.25}, "members": {"amount": {"f1": 0.75}}},
    },
}


@pytest.mark.parametrize(
    "source",
    [
        "f1 >= 0.8",
        "f1 > 0.8 and fields.total.f1 >= 0.95",
        "accepted_at_98.share = 0.5",
        "0.8 <= f1 <= 0.9",
        "not f1 < 0.5",
        "documents == 27",
        "fields.`odd name`.f1 == 1",
        "fields.lines.rows.f1 <= 0.25",
        "fields.lines.members.amount.f1 > 0.7",
        "f1 - fields.total.f1 < 0",
        "abs(f1 - 0.865) < 0.001",
    ],
)
def test_what_holds_is_silent(source: str) -> None:
    assert list(broken((parse_assertion(source),), MEASURES)) == []


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("f1 >= 0.9", "f1 >= 0.9: f1 is 0.865"),
        ("ece <= 0.05", "ece <= 0.05: ece is not measured"),
        ("f1 > 0.8 and ece <= 1", "f1 > 0.8 and ece <= 1: f1 is 0.865, ece is not measured"),
        ("documents >= 30", "documents >= 30: documents is 27"),
        ("1 > 2", "1 > 2: never holds"),
    ],
)
def test_what_does_not_hold_is_told_with_the_measured_value(source: str, told: str) -> None:
    assert list(broken((parse_assertion(source),), MEASURES)) == [told]


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("", "empty expression"),
        ("f1", "not a condition"),
        ("f1 + 1", "not a condition"),
        ("f1 >= 90%", "column 10"),
        ("precison > 0.5", "unknown measure 'precison'; did you mean 'precision'"),
        ("zzz > 0.5", "unknown measure 'zzz'; there is auroc, "),
        ("accepted_at_98 > 0.5", "one of accepted_at_98.share, accepted_at_98.threshold"),
        ("fields > 1", "name a field and a measure"),
        ("fields.total > 1", "name a field and a measure"),
        ("fields.total.recal > 1", "unknown measure 'recal' of a field; did you mean 'recall'"),
        ("fields.total.members.f1 > 1", "unknown measure"),
        ("today() > 1", "no clock"),
        ("__import__('os') > 1", "unknown function"),
    ],
)
def test_what_cannot_hold_is_refused_when_it_is_read(source: str, told: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_assertion(source)
    assert told in str(caught.value)


def test_a_field_that_was_not_scored_is_a_mistake_and_no_bad_result() -> None:
    with pytest.raises(UsageError, match=r"'totl' was not scored among fields; did you mean 'total'"):
        list(broken((parse_assertion("fields.totl.f1 > 0.5"),), MEASURES))
