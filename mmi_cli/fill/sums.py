"""Amounts that prove one another: net and tax make the gross, the paid less the change is the total, a column adds up."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import accumulate, product

from ..datamodel.schema import Field
from .amount_words import is_money, meanings_of
from .candidates import Candidate
from .proposals import Proposal, with_margins
from .reading import Reading

_CENT = 0.011
_WINDOW = 700
"""Characters around an amount in which the two that make it are looked for."""
_MAX_NEAR = 30
_COLUMN = 4.0
"""Width of a column's right edge, in points or pixels."""
_MAX_ROWS = 400
_TOP = 4
_SLACK = 0.45
"""Strength that a set of amounts which fit together may lack against the best that do not."""


def settle_sums(
    reading: Reading, fields: Sequence[Field], found: Mapping[str, list[Proposal]]
) -> dict[str, list[Proposal]]:
    """The proposals of money fields, with those that fit together first and marked; the others as they are."""
    money = [field for field in fields if is_money(field) and found.get(field.name)]
    out = {field.name: [_marked(reading, each) for each in found[field.name]] for field in money}
    roles: dict[str, list[Field]] = {"net": [], "tax": [], "gross": []}
    for field in money:
        role = _role(field)
        if role is not None:
            roles[role].append(field)
    best: tuple[float, dict[str, Proposal]] | None = None
    for net, tax, gross in product(roles["net"], roles["tax"], roles["gross"]):
        for n, t, g in product(out[net.name][:_TOP], out[tax.name][:_TOP], out[gross.name][:_TOP]):
            values = [float(each.value or 0) for each in (n, t, g)]
            if abs(values[0] + values[1] - values[2]) > _CENT or not values[1] or len({n.start, t.start, g.start}) < 3:
                continue
            strength = n.strength + t.strength + g.strength
            if best is None or strength > best[0]:
                best = strength, {net.name: n, tax.name: t, gross.name: g}
    if best is not None and best[0] >= sum(out[name][0].strength for name in best[1]) - _SLACK:
        for name, chosen in best[1].items():
            proved = replace(chosen, is_summed=True, strength=max(chosen.strength, out[name][0].strength))
            rest = [each for each in out[name] if each is not chosen]
            out[name] = with_margins(
                [proved, *(replace(each, strength=min(each.strength, proved.strength)) for each in rest)]
            )
    return out


def is_outdone(reading: Reading, field: Field, value: object) -> bool:
    """Whether the field asks for the whole of several amounts and a larger one stands in the file."""
    if not isinstance(value, int | float) or not is_money(field) or _role(field) != "gross":
        return False
    return reading.once(_largest_amount) > abs(value) + _CENT


def _largest_amount(reading: Reading) -> float:
    return max((abs(float(each.value or 0)) for each in _amounts(reading)), default=0.0)


def _role(field: Field) -> str | None:
    meant = meanings_of(field)
    if "lines" in meant or "due" in meant:
        return None
    if "tax" in meant and not meant & {"net", "gross"}:
        return "tax"
    if "net" in meant:
        return "net"
    return "gross" if meant & {"sum", "gross"} else None


def _marked(reading: Reading, proposal: Proposal) -> Proposal:
    """The proposal, knowing whether two amounts near it, or a column of a table, add up to it."""
    value = abs(float(proposal.value or 0))
    return replace(proposal, is_summed=value > 0 and (_of_two(reading, proposal, value) or _of_column(reading, value)))


def _of_two(reading: Reading, proposal: Proposal, value: float) -> bool:
    amounts = _amounts(reading)
    first = bisect_left(amounts, proposal.start - _WINDOW, key=_start)
    near = amounts[first : bisect_right(amounts, proposal.start + _WINDOW, key=_start)]
    if len(near) > _MAX_NEAR:
        return False
    values = sorted({abs(float(each.value or 0)) for each in near if each.start != proposal.start} - {0.0, value})
    low, high = 0, len(values) - 1
    while low < high:  # a + b = value
        total = values[low] + values[high]
        if abs(total - value) <= _CENT:
            return True
        low, high = (low + 1, high) if total < value else (low, high - 1)
    return any(abs(a - value - b) <= _CENT for a in values for b in values if a > value > b)  # paid less change


def _of_column(reading: Reading, value: float) -> bool:
    sums = reading.once(_column_sums)
    at = bisect_left(sums, value - _CENT)
    return at < len(sums) and sums[at] <= value + _CENT


def _column_sums(reading: Reading) -> list[float]:
    """Sums of the first two, three, … amounts of every column, by size; a column is what ends at the same distance from the left."""
    columns: dict[int, list[float]] = {}
    for each in _amounts(reading):
        found = reading.box_of(each.start, each.end)
        if found is not None and each.value:  # with a zero an amount would prove itself
            columns.setdefault(round(found[1][2] / _COLUMN), []).append(float(each.value or 0))
    return sorted(round(total, 2) for column in columns.values() for total in list(accumulate(column))[1:_MAX_ROWS])


def _start(candidate: Candidate) -> int:
    return candidate.start


def _amounts(reading: Reading) -> tuple[Candidate, ...]:
    return reading.candidates(frozenset({"amount"}))
