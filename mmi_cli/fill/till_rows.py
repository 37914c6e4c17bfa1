"""Rows of goods without headings, as on a till receipt: lines that end with an amount and together make a sum that stands below them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .amount_words import meanings
from .candidates import Candidate, candidates_within
from .column_names import Sense
from .members import Member
from .page_rows import Item, List, Span
from .reading import Line, Reading
from .sum_rows import is_sum

_CENT = 0.011
_MOST_ROWS = 200
_MOST_SUMS = 12
"""Sums of a file that are tried, each against the lines above it."""
_GAP = 2
"""Lines without an amount that may stand between two rows: a name over its numbers, a remark."""
_SCORE = 0.5
_COUNT = re.compile(
    r"\s*(?P<count>\d{1,4}(?:[.,]\d{1,3})?)\s*(?:[xX×*@]|pcs?\b\.?|st(?:k|ück)?\b\.?|ea\b\.?)?\s+(?=[^\W\d_]|@)"
)
_COUNT_ALONE = re.compile(r"(?P<count>\d{1,4}(?:[.,]\d{1,3})?)\s*(?:[xX×*@]|pcs?\b\.?|st(?:k|ück)?\b\.?|ea\b\.?)")
_LAST_COUNT = re.compile(r"(?<!\S)(?P<count>\d{1,4})\s*(?:[xX×*@])?\s*$")
_PAID = frozenset({"paid", "change"})
_SUMS = frozenset({"sum", "gross", "net", "due", "tax"})


@dataclass(frozen=True, slots=True)
class _Priced:
    """A line that ends with an amount."""

    line: Line
    amount: Candidate
    value: float
    is_sum: bool


def lists_at_the_till(reading: Reading, members: Sequence[Member]) -> list[List]:
    """The rows above the sum that they make, where some lines do; at most one list.

    Rows are believed for their sum alone: where nothing adds up there are none.
    """
    by_sense = {member.sense: member for member in reversed(members) if member.sense is not None}
    if "amount" not in by_sense or "description" not in by_sense:
        return []
    priced = _priced(reading)
    best: list[_Priced] = []
    for at in [at for at, each in enumerate(priced) if each.is_sum][:_MOST_SUMS]:
        rows = _rows_of(priced, at)
        if len(rows) > len(best):
            best = rows
    items = [_item(reading, row, by_sense) for row in best]
    described = [item for item in items if by_sense["description"].path in item.cells]
    return [List(_SCORE, described)] if described and len(described) == len(items) else []


def _priced(reading: Reading) -> list[_Priced]:
    amounts = reading.candidates(frozenset({"amount", "number"}))
    out = []
    for line in reading.lines:
        inside = [each for each in candidates_within(amounts, line.start, line.end) if _ends_line(reading, each, line)]
        if not inside or not isinstance(inside[-1].value, int | float):
            continue
        text = reading.content.text[line.start : inside[-1].start]
        meant = meanings(text)
        if meant & _PAID:
            continue
        has_cents = re.search(r"[.,]\d{2}\b", inside[-1].text) is not None
        if has_cents:
            sums = is_sum(text) or bool(meant & _SUMS)
            out.append(_Priced(line, inside[-1], float(inside[-1].value), sums))
    return out


def _ends_line(reading: Reading, amount: Candidate, line: Line) -> bool:
    """Whether only a sign, a currency or a tax mark stands behind an amount."""
    return re.fullmatch(r"\W*[^\W\d_]{0,3}\W*", reading.content.text[amount.end : line.end]) is not None


def _rows_of(priced: Sequence[_Priced], at: int) -> list[_Priced]:
    """The lines above a sum that make it, next to one another; empty where none do."""
    wanted, total = priced[at].value, 0.0
    rows: list[_Priced] = []
    above = at - 1
    while above >= 0 and priced[above].is_sum:
        above -= 1
    for each in reversed(priced[max(0, above - _MOST_ROWS) : above + 1]):
        if each.is_sum or (rows and rows[-1].line.number - each.line.number > _GAP + 1):
            break
        rows.append(each)
        total += each.value
        if abs(total - wanted) < _CENT:
            return rows[::-1]
    return []


def _item(reading: Reading, row: _Priced, by_sense: Mapping[Sense, Member]) -> Item:
    text = reading.content.text
    cells: dict[tuple[str, ...], list[Span]] = {by_sense["amount"].path: [(row.amount.start, row.amount.end)]}
    start, end = row.line.start, row.amount.start
    count: Span | None = None
    if found := _COUNT.match(text, start, end):
        count, start = found.span("count"), found.end()
    elif found := _COUNT_ALONE.match(text, start, end):
        count = found.span("count")
    price = next(
        (each for each in candidates_within(reading.candidates(frozenset({"amount"})), start, end) if each.value), None
    )
    if price is not None:
        end = price.start
        if "unit_price" in by_sense:
            cells[by_sense["unit_price"].path] = [(price.start, price.end)]
    if count is None and (found := _LAST_COUNT.search(text, start, end)) and price is not None:
        count, end = found.span("count"), found.start()
    if count is not None and "quantity" in by_sense:
        cells[by_sense["quantity"].path] = [count]
    span = _name(text, start, end) or _name_above(reading, row.line)
    if span is not None:
        cells[by_sense["description"].path] = [span]
    return Item(cells=cells)


def _name(text: str, start: int, end: int) -> Span | None:
    """The words of a line without marks, currency signs and codes at its ends; None where there are no letters."""
    inside = text[start:end]
    first = re.search(r"[^\W\d_]{2}|\d+\S*[^\W\d_]", inside)
    if first is None or re.search(r"[^\W\d_]{2}", inside) is None:
        return None
    last = re.sub(r"(?:[\s.·:…*_-]|(?<=\s)(?:[$£€]|RM|EUR|USD|GBP|CHF|@|[xX]))+$", "", inside)
    return (start + first.start(), start + len(last)) if len(last) > first.start() else None


def _name_above(reading: Reading, line: Line) -> Span | None:
    """The line above, where it has words and no amount: a name over its numbers."""
    if not line.number:
        return None
    above = reading.lines[line.number - 1]
    if re.search(r"\d[.,]\d{2}\b", above.text) or above.page != line.page:
        return None
    return _name(reading.content.text, above.start, above.end)
