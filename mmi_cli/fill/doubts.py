"""Lowers the confidence of the fields in a failed check: at least one of them is wrong, most likely the one that was least sure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from ..datamodel.record import ArrayValue, CheckResult, FieldValue, LeafValue, ObjectValue
from ..datamodel.schema import Field, Schema
from ..expressions import names, parse_expression
from .computed import NamedValue, compute_all

_HOLDS = 0.97
"""How often a check holds of values that are all right: rounding, deposits and the like break a few."""
_BY_CHANCE = 0.05
"""How often a check holds though a value in it is wrong."""
_LEAST = 0.005


def with_doubts(
    schema: Schema, fields: Sequence[NamedValue], checks: Sequence[CheckResult], *, given: Sequence[NamedValue] = ()
) -> tuple[NamedValue, ...]:
    """The fields with what failed checks say of their confidence, by Bayes' rule over the leaves that a check reads.

    A computed field stands for what it is computed from, and is as certain as the least certain of that. Nulls keep their confidence:
    a check that needs a missing value neither holds nor fails.

    Args:
        given: see `computed.compute_all`.
    """
    expressions = dict(_expressions(schema.fields, ""))
    failed = [check for check in checks if check.passed is False]
    for check in failed:
        read = _inputs(check.expression, expressions)
        leaves = [leaf for name, value in fields for leaf in _read(value, name, read)]
        all_right = math.prod(leaf.confidence for leaf in leaves)
        fields = tuple((name, _doubted(value, name, read, all_right)) for name, value in fields)
    if not failed or not any(_computes(field) for field in schema.fields):
        return tuple(fields)
    return tuple(compute_all(schema.fields, dict(fields), given=given).items())


def posterior(confidence: float, all_right: float) -> float:
    """The probability that a value is right once a check over it has failed.

    Args:
        confidence: before.
        all_right: probability that all values the check reads are right, this one among them.
    """
    others = min(1.0, all_right / confidence) if confidence > 0 else 0.0
    fails_if_right = others * (1 - _HOLDS) + (1 - others) * (1 - _BY_CHANCE)
    fails = all_right * (1 - _HOLDS) + (1 - all_right) * (1 - _BY_CHANCE)
    return min(confidence, max(_LEAST, round(confidence * fails_if_right / fails, 4)))


def _expressions(fields: Sequence[Field], prefix: str) -> Iterator[tuple[str, tuple[str, str, frozenset[str]]]]:
    """Path of each computed field → (expression, path of the object it stands in, names of that object's members)."""
    members = frozenset(field.name for field in fields)
    for field in fields:
        path = f"{prefix}{field.name}"
        if field.expression is not None:
            yield path, (field.expression, prefix, members)
        yield from _expressions(field.properties, f"{path}.")
        if field.items is not None:
            yield from _expressions(field.items.properties, f"{path}.")


def _inputs(expression: str, expressions: Mapping[str, tuple[str, str, frozenset[str]]]) -> frozenset[str]:
    """The paths an expression reads, those of computed fields replaced by what they read."""
    found: set[str] = set()
    waiting: list[str] = list(names(parse_expression(expression)))
    seen: set[str] = set()
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        if path not in expressions:
            found.add(path)
            continue
        inner, prefix, members = expressions[path]
        read = names(parse_expression(inner))
        waiting.extend(f"{prefix}{name}" if name.split(".")[0] in members else name for name in read)
    return frozenset(found)


def _is_read(path: str, read: frozenset[str]) -> bool:
    return any(path == each or path.startswith(f"{each}.") for each in read)


def _read(value: FieldValue, path: str, read: frozenset[str]) -> list[LeafValue]:
    if isinstance(value, LeafValue):
        return [value] if value.value is not None and _is_read(path, read) else []
    if isinstance(value, ArrayValue):
        return [leaf for item in value.items for leaf in _read(item, path, read)]
    return [leaf for name, member in value.members for leaf in _read(member, f"{path}.{name}", read)]


def _doubted(value: FieldValue, path: str, read: frozenset[str], all_right: float) -> FieldValue:
    if isinstance(value, LeafValue):
        if value.value is None or not _is_read(path, read):
            return value
        return replace(value, confidence=posterior(value.confidence, all_right))
    if isinstance(value, ArrayValue):
        return ArrayValue(items=tuple(_doubted(item, path, read, all_right) for item in value.items))
    return ObjectValue(
        members=tuple((name, _doubted(member, f"{path}.{name}", read, all_right)) for name, member in value.members)
    )


def _computes(field: Field) -> bool:
    inner = (*field.properties, *((field.items,) if field.items is not None else ()))
    return field.expression is not None or any(_computes(each) for each in inner)
