"""Checks the expressions of a schema: that they can be read, name fields that are there, and do not go in a circle."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..datamodel.schema import Field
from ..expressions import ExpressionError, check_names, names, parse_expression
from .located import Problems


@dataclass(frozen=True, slots=True, kw_only=True)
class Computed:
    """A field with an expression, to be checked once all fields are known."""

    field: Field
    line: int
    siblings: Sequence[Field]
    """The fields of its object, itself included; in a row, their names go before those of the record."""
    is_top: bool

    @property
    def expression(self) -> str:
        return self.field.expression or ""


def check_computed(all_computed: Sequence[Computed], fields: Sequence[Field], problems: Problems) -> None:
    """Adds a problem for each expression that cannot be computed from the other fields."""
    known = paths_of(fields)
    for computed in all_computed:
        own = frozenset() if computed.is_top else paths_of(computed.siblings)
        check_expression(computed.expression, computed.line, (known | own) - {computed.field.name}, problems)
    _check_circles([computed for computed in all_computed if computed.is_top], problems)


def check_expression(source: str, line: int, known: frozenset[str], problems: Problems) -> None:
    """Adds a problem for an expression that cannot be read or reads what is not there."""
    try:
        check_names(parse_expression(source), known)
    except ExpressionError as error:
        problems.add(line, str(error))


def paths_of(fields: Sequence[Field]) -> frozenset[str]:
    """Every name and dotted path that an expression may use: `line_items`, `line_items.amount`."""
    return frozenset(_paths(fields, ""))


def reads_of(expression: str | None) -> frozenset[str]:
    """The top-level names that an expression reads; none where there is none or it cannot be read."""
    try:
        return frozenset(path.split(".")[0] for path in names(parse_expression(expression or "")))
    except ExpressionError:
        return frozenset()


def _check_circles(all_computed: Sequence[Computed], problems: Problems) -> None:
    waiting = {computed.field.name: computed for computed in all_computed}
    reads = {name: reads_of(computed.expression) - {name} for name, computed in waiting.items()}
    while ready := [name for name in waiting if not reads[name] & waiting.keys()]:
        for name in ready:
            del waiting[name]
    if waiting:
        line = min(computed.line for computed in waiting.values())
        circle = ", ".join(sorted(waiting))
        problems.add(line, f"the expressions of {circle} need each other; break the circle")


def _paths(fields: Sequence[Field], prefix: str) -> Iterator[str]:
    for field in fields:
        path = f"{prefix}{field.name}"
        yield path
        inner = field.items if field.type == "array" and field.items else field
        yield from _paths(inner.properties, f"{path}.")
