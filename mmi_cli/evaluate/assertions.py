"""Conditions on the measures of an evaluation, `f1 >= 0.9`: read before any file is opened, held against the numbers after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import UsageError
from ..expressions import Expression, ExpressionError
from ..expressions.conditions import holds, parse_condition, told
from ..expressions.tree import Path, did_you_mean, paths
from .evaluation import Evaluation
from .metrics import Counts


@dataclass(frozen=True, slots=True, kw_only=True)
class Assertion:
    """A condition that can be held against the measures."""

    expression: Expression

    @property
    def source(self) -> str:
        return self.expression.source


def parse_assertion(source: str) -> Assertion:
    """Reads `f1 >= 0.9`, `fields.total.f1 > 0.95 and ece <= 0.05`, `accepted_at_98.share >= 0.5`.

    Raises:
        UsageError: it cannot be read, is no condition, or names no measure.
    """
    expression = parse_condition(source, example="f1 >= 0.9")
    measures, of_field = _names(Evaluation().to_json()), _measures_of_field()
    for path in paths(expression):
        name = ".".join(path.parts)
        if path.parts[0] == "fields":
            _check_field(expression, path, of_field)
        elif name not in measures:
            groups = {each for each in measures if each.startswith(f"{name}.")}
            hint = f"; one of {', '.join(sorted(groups))}" if groups else did_you_mean(name, measures)
            raise ExpressionError(source, path.position, f"unknown measure {name!r}{hint or _listed(measures)}")
    return Assertion(expression=expression)


def broken(assertions: tuple[Assertion, ...], measures: Mapping[str, Any]) -> Iterator[str]:
    """Those that do not hold, in words with the measured values; a measure of nothing (None) never holds.

    Args:
        measures: those of `Evaluation.to_json`.

    Raises:
        UsageError: an assertion names a field that was not scored.
    """
    for assertion in assertions:
        measured = {path.parts: _look_up(assertion, path, measures) for path in paths(assertion.expression)}
        if not holds(assertion.expression, measured):
            yield told(assertion.expression, measured)


def _check_field(expression: Expression, path: Path, of_field: frozenset[str]) -> None:
    """`fields.NAME.MEASURE`: which fields there are is known later."""
    if len(path.parts) < 3:
        raise ExpressionError(expression.source, path.position, "name a field and a measure: fields.total.f1")
    rest = path.parts[2:]
    measure = ".".join(rest if rest[0] != "members" else ("members", rest[-1]))
    if (rest[0] == "members" and len(rest) < 3) or measure not in of_field:
        hint = did_you_mean(rest[-1], {name for name in of_field if "." not in name}) or _listed(of_field)
        raise ExpressionError(expression.source, path.position, f"unknown measure {'.'.join(rest)!r} of a field{hint}")


def _look_up(assertion: Assertion, path: Path, measures: Mapping[str, Any]) -> Any:
    found: Any = measures
    for number, part in enumerate(path.parts):
        if part not in found:
            where = ".".join(path.parts[:number])
            hint = did_you_mean(part, found) or f"; there is {', '.join(found) or 'none'}"
            raise UsageError(f"--assert {assertion.source!r}: {part!r} was not scored among {where}{hint}")
        found = found[part]
    return found


def _names(measures: Mapping[str, Any], prefix: str = "") -> frozenset[str]:
    found: set[str] = set()
    for name, value in measures.items():
        if isinstance(value, dict):
            found |= _names(value, f"{prefix}{name}.")
        elif not isinstance(value, list):
            found.add(prefix + name)
    return frozenset(found)


def _measures_of_field() -> frozenset[str]:
    """Measures of a field, with `rows.f1` and `members.f1` (of any member)."""
    example = Evaluation(
        exact={"x": Counts()}, similar={"x": Counts()}, rows={"x": Counts()}, members={"x": {"x.y": Counts()}}
    )
    measures = example.to_json()["fields"]["x"]
    return _names({**measures, "members": measures["members"]["y"]})


def _listed(names: frozenset[str]) -> str:
    return f"; there is {', '.join(sorted(name for name in names if '.' not in name))} (`--json` shows all)"
