"""Conditions on the results of a run, `ok >= 0.95 * files`: read before any file is opened, held against the results after."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ...datamodel.record import STATUSES
from ...datamodel.schema import Schema
from ...expressions import Expression, ExpressionError
from ...expressions.conditions import holds, parse_condition, told
from ...expressions.tree import Path, did_you_mean, paths
from .measures import CONFIDENT_AT, OF_VALUES, Measures, field_paths, known_measures, percent_of

_COUNTS = frozenset({("files",), ("records",), *((status,) for status in STATUSES)})


class Assertions:
    """Conditions and what they are held against.

    Args:
        sources: `failed == 0`, `mean_confidence >= 0.8 and fields.total.filled >= 0.9`, `schemas.invoice.confident_at_95 > 0.5`.

    Raises:
        UsageError: one cannot be read, is no condition, or names no measure, field or schema of the run.
    """

    def __init__(self, sources: Sequence[str], schemas: Sequence[Schema]) -> None:
        self._expressions = tuple(_parse(source, schemas) for source in sources)
        names = {path.parts for expression in self._expressions for path in paths(expression)}
        percents = {percent for parts in names if (percent := percent_of(parts[-1])) is not None}
        self.measures = Measures(schemas, percents=sorted(percents), counts_only=names <= _COUNTS)

    def __bool__(self) -> bool:
        return bool(self._expressions)

    def each(self) -> Iterator[tuple[str, str | None]]:
        """(condition, None where it holds, else the condition with what was measured)."""
        for expression in self._expressions:
            measured: dict[tuple[str, ...], Any] = {
                path.parts: self.measures.measure(path.parts) for path in paths(expression)
            }
            yield expression.source, None if holds(expression, measured) else told(expression, measured)

    def broken(self) -> tuple[str, ...]:
        """Those that do not hold, with what was measured."""
        return tuple(words for _, words in self.each() if words is not None)


def _parse(source: str, schemas: Sequence[Schema]) -> Expression:
    expression = parse_condition(source, example="failed == 0")
    for path in paths(expression):
        _check(expression, path, path.parts, schemas)
    return expression


def _check(expression: Expression, path: Path, parts: tuple[str, ...], schemas: Sequence[Schema]) -> None:
    if parts[0] == "schemas" and len(parts) > 1:
        named = [schema for schema in schemas if schema.name == parts[1]]
        if not named:
            names = [schema.name for schema in schemas]
            raise _unknown(expression, path, "schema", parts[1], names)
        if len(parts) < 3:
            raise ExpressionError(expression.source, path.position, f"name a measure: {'.'.join(parts)}.ok")
        _check(expression, path, parts[2:], named)
    elif parts[0] == "fields" and len(parts) > 1:
        _check_field(expression, path, parts, schemas)
    elif percent_of(parts[0]) is None or len(parts) > 1:
        known = known_measures(schemas)
        if ".".join(parts) not in known:
            near = [name for name in known if name.startswith(f"{parts[0]}.")] if len(parts) == 1 else []
            if near or parts[0] in ("fields", "schemas"):
                names = near or [schema.name for schema in schemas]
                raise _unknown(expression, path, "measure", parts[0], names, is_group=True)
            raise _unknown(expression, path, "measure", ".".join(parts), known)


def _check_field(expression: Expression, path: Path, parts: tuple[str, ...], schemas: Sequence[Schema]) -> None:
    fields = [names for schema in schemas for names, _ in field_paths(schema)]
    *names, measure = parts[1:]
    if tuple(parts[1:]) in fields:
        raise ExpressionError(
            expression.source, path.position, f"name a measure of the field: {'.'.join(parts)}.filled"
        )
    if tuple(names) not in fields:
        raise _unknown(expression, path, "field", ".".join(names or [measure]), [".".join(each) for each in fields])
    if measure not in OF_VALUES and percent_of(measure) is None:
        raise _unknown(expression, path, "measure of a field", measure, [*OF_VALUES, f"{CONFIDENT_AT}90"])


def _unknown(
    expression: Expression, path: Path, what: str, name: str, known: Sequence[str], *, is_group: bool = False
) -> ExpressionError:
    if is_group:
        hint = f"; one of {', '.join(known[:12])}"
        return ExpressionError(expression.source, path.position, f"{name!r} is a group of measures{hint}")
    hint = did_you_mean(name, known) or f"; there is {', '.join(each for each in known if '.' not in each) or 'none'}"
    return ExpressionError(expression.source, path.position, f"unknown {what} {name!r}{hint}")
