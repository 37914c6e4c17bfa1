"""Holds the checks of a schema against the values of a record."""

from __future__ import annotations

from collections.abc import Sequence

from ..datamodel.record import CheckResult
from ..datamodel.schema import Schema
from ..expressions import evaluate, parse_expression
from .computed import NamedValue, plain_values


def run_checks(
    schema: Schema, fields: Sequence[NamedValue], *, given: Sequence[NamedValue] = ()
) -> tuple[CheckResult, ...]:
    """One result a check, in the schema's order; `passed` is None when a value it needs is missing.

    A check over a list holds when it holds for every item.

    Args:
        given: see `computed.compute_all`.
    """
    values = plain_values([*fields, *given])
    results: list[CheckResult] = []
    for check in schema.checks:
        result = evaluate(parse_expression(check.expression), values)
        if isinstance(result, list):
            result = False if False in result else None if None in result else True
        passed = result if isinstance(result, bool) else None
        results.append(CheckResult(expression=check.expression, passed=passed, message="" if passed else check.message))
    return tuple(results)
