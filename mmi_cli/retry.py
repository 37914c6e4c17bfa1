"""When a request is worth sending again, and how long to wait before that: full jitter, or what the server asks for."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from . import meter

PASSING_STATUSES = frozenset({408, 429, 500, 502, 503, 504})
"""Answers that may be another one a moment later; every other refusal is for good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How often a request is sent before it counts as failed, and how long the waits between may be."""

    attempts: int = 7
    first_wait_s: float = 0.5
    longest_wait_s: float = 30.0
    longest_asked_s: float = 120.0
    """A server that asks for a longer pause than this is taken to be down."""

    def wait_s(
        self, attempt: int, *, asked_s: float | None = None, draw: Callable[[], float] = random.random
    ) -> float | None:
        """Seconds to wait before the next attempt; None: there is none.

        Full jitter: anything between nothing and a ceiling that doubles each time, so that workers that failed together
        do not come back together. A pause that the server asked for is kept, with a little jitter on top.

        Args:
            attempt: the number of the one that failed, from 0.
            asked_s: what its answer asked for (`retry_after_s`).
            draw: a number in [0, 1).
        """
        if attempt + 1 >= self.attempts:
            return None
        if asked_s is not None and asked_s > self.longest_asked_s:
            return None
        meter.count("retries.requests")
        if asked_s is not None:
            return asked_s + draw() * self.first_wait_s
        return draw() * min(self.longest_wait_s, self.first_wait_s * 2.0**attempt)


def retry_after_s(headers: Mapping[str, str], *, now: datetime | None = None) -> float | None:
    """Seconds after which the server wants to be asked again, by its `Retry-After`: a number or a date; None: it does not say."""
    text = headers.get("Retry-After", "").strip()
    if not text:
        return None
    if text.isascii() and text.isdecimal():
        return float(text[:9])
    try:
        when = parsedate_to_datetime(text)
    except ValueError:
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max(0.0, (when - (now or datetime.now(UTC))).total_seconds())
