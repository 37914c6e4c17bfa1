"""When a request is sent again, and how long is waited before."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmi_cli.retry import Patience, retry_after_s

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)


@given(attempt=st.integers(0, 18), draw=st.floats(0, 0.999))
def test_a_wait_lies_between_nothing_and_a_ceiling_that_doubles(attempt: int, draw: float) -> None:
    patience = Patience(attempts=20, first_wait_s=0.5, longest_wait_s=30)
    wait_s = patience.wait_s(attempt, draw=lambda: draw)
    assert wait_s is not None and 0 <= wait_s <= min(30, 0.5 * 2**attempt)


def test_workers_that_failed_together_do_not_come_back_together() -> None:
    waits = {Patience().wait_s(3) for _ in range(50)}
    assert len(waits) > 40


def test_there_are_so_many_attempts_and_no_more() -> None:
    patience = Patience(attempts=3)
    assert [patience.wait_s(attempt) is None for attempt in range(4)] == [False, False, True, True]


def test_a_pause_that_was_asked_for_is_kept_and_one_without_end_is_not() -> None:
    patience = Patience(attempts=3, first_wait_s=0.5, longest_asked_s=120)
    assert patience.wait_s(0, asked_s=7, draw=lambda: 0.5) == 7.25
    assert patience.wait_s(0, asked_s=121) is None
    assert patience.wait_s(2, asked_s=7) is None


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0), ("17", 17), (" 5 ", 5), ("Sun, 01 Mar 2026 12:00:30 GMT", 30), ("Sun, 01 Mar 2026 11:00:00 GMT", 0),
        ("", None), ("soon", None), ("-3", None), ("1.5", None), ("٣", None), ("9" * 40, 999_999_999),
    ],
)  # fmt: skip
def test_what_a_server_asks_for_is_a_number_or_a_date(text: str, seconds: float | None) -> None:
    assert retry_after_s({"Retry-After": text}, now=NOW) == seconds
    assert retry_after_s({}, now=NOW) is None
