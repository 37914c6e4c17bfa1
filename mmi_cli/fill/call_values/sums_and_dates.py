"""Sums of money, days and times that are named in a call, as values."""

from __future__ import annotations

import re
from typing import NamedTuple

from ...calls.moments import moments
from ...datamodel.record import FieldValue
from .found import NOTHING, row
from .heard import Heard

_CENTS = re.compile(r"(?: and)? (\d{2})\b(?= cents?| pence| an?\b| per\b| each| in\b|[.,!?]|\s*$)")
"""What follows the dollars of `24 dollars 50 a bag`."""


class Amount(NamedTuple):
    """A sum of money with its sign."""

    start: int
    end: int
    value: float


def amounts_within(heard: Heard, start: int, end: int) -> list[Amount]:
    """Numbers with a currency beside them, by start."""
    signs = heard.reading.candidates(frozenset({"currency"}))
    out: list[Amount] = []
    for found in heard.reading.candidates(frozenset({"amount"})):
        beside = [each for each in signs if found.start - 3 <= each.end and each.start <= found.end + 3]
        if start <= found.start and found.end <= end and beside and isinstance(found.value, int | float):
            first = min(found.start, *(each.start for each in beside))
            last = max(found.end, *(each.end for each in beside))
            if not out or first >= out[-1].end:
                cents = _CENTS.match(heard.content.text, last)
                value = found.value + int(cents[1]) / 100 if cents else found.value
                out.append(Amount(first, cents.end(1) if cents else last, value))
    return out


def amount_rows(heard: Heard) -> list[FieldValue]:
    rows: list[FieldValue] = []
    signs = heard.reading.candidates(frozenset({"currency"}))
    for found in amounts_within(heard, 0, len(heard.content.text)):
        turn = heard.turn_at(found.start)
        if turn is None:
            continue
        where = heard.text_of(found.start, found.end, turn)
        text = heard.content.text[found.start : found.end]
        currency = next((sign for sign in signs if found.start - 2 <= sign.start <= found.end + 2), None)
        rows.append(
            row(
                "amounts",
                {
                    "amount": (found.value, 0.92, where),
                    "currency": (currency.value, 0.92, where) if currency else NOTHING,
                    "text": (" ".join(text.split()), 0.95, where),
                    "said_by": heard.sayer(turn, where),
                },
            )
        )
    return rows


def date_rows(heard: Heard) -> list[FieldValue]:
    rows: list[FieldValue] = []
    known = heard.reading.candidates(frozenset({"date"}))
    for sentence in heard.call.sentences:
        turn = heard.call.turns[sentence.turn]
        for start, end in moments(sentence.text):
            said = sentence.text[start:end].strip(" ,")
            where = heard.part_of(sentence, said)
            span = where[0].span if where else None
            date = next(
                (each for each in known if span and span[0] <= each.start and each.end <= span[0] + span[1]), None
            )
            rows.append(
                row(
                    "dates",
                    {
                        "text": (said, 0.85, where),
                        "date": (date.value, 0.9, where) if date else NOTHING,
                        "said_by": heard.sayer(turn, where),
                    },
                )
            )
    return rows
