"""Computes an expression over plain values."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Context, Decimal, DecimalException, localcontext
from typing import Any

from .functions import FUNCTIONS, Span, Value, shift, to_date, to_number
from .tree import Binary, Call, Expression, Items, Literal, Node, Path, Unary

_CONTEXT = Context(prec=34)
"""Decimal128: sums of money are exact, and no result grows without bound."""


def evaluate(expression: Expression, values: Mapping[str, Any]) -> Any:
    """The value of an expression.

    Args:
        values: field name → None, bool, int, float, Decimal, str, date, a list of these, or a list of mappings (line items).
            Dates may be ISO 8601 texts.

    Returns:
        None (something it needs is missing or of the wrong sort), bool, int, float, str (dates as ISO 8601), or a list of these.
    """
    with localcontext(_CONTEXT):
        return _plain(_value(expression.root, values))


def _value(node: Node, values: Mapping[str, Any]) -> Value:
    match node:
        case Literal():
            return node.value
        case Path():
            return _lookup(values, node.parts)
        case Items():
            return [_value(item, values) for item in node.items]
        case Unary():
            return _itemwise(_UNARY[node.operator], (_value(node.operand, values),))
        case Binary("in"):
            return _is_in(_value(node.left, values), _value(node.right, values))
        case Binary():
            return _itemwise(_BINARY[node.operator], (_value(node.left, values), _value(node.right, values)))
        case Call():
            function = FUNCTIONS[node.function]
            arguments = tuple(_value(argument, values) for argument in node.arguments)
            if function.is_itemwise:
                return _itemwise(function.apply, arguments)
            return _guarded(function.apply, arguments)


def _lookup(values: Any, parts: Sequence[str]) -> Value:
    for position, part in enumerate(parts):
        if isinstance(values, list | tuple):
            return [_lookup(item, parts[position:]) for item in values]
        if not isinstance(values, Mapping):
            return None
        values = values.get(part)
    return exact(values)


def exact(value: Any) -> Value:
    """A value of a record, or a measure, as the language holds it."""
    if isinstance(value, bool) or value is None or isinstance(value, str | date | Decimal):
        return value
    if isinstance(value, int):
        return Decimal(value)
    if isinstance(value, float):
        number = Decimal(repr(value))
        return number if number.is_finite() else None
    if isinstance(value, list | tuple):
        return [exact(item) for item in value]
    return None


def _itemwise(apply: Callable[..., Value], arguments: tuple[Value, ...]) -> Value:
    """The call itself, or one call an item where arguments are lists; lists of unlike length give None."""
    lengths = {len(argument) for argument in arguments if isinstance(argument, list)}
    if not lengths:
        return _guarded(apply, arguments)
    if len(lengths) > 1:
        return None
    return [
        _itemwise(apply, tuple(argument[row] if isinstance(argument, list) else argument for argument in arguments))
        for row in range(lengths.pop())
    ]


def _guarded(apply: Callable[..., Value], arguments: tuple[Value, ...]) -> Value:
    try:
        return apply(*arguments)
    except DecimalException:  # division by zero, a result beyond all bounds
        return None


def _negate(value: Value) -> Value:
    if isinstance(value, Span):
        return Span(-value.months, -value.days)
    number = to_number(value)
    return None if number is None else -number


def _not(value: Value) -> Value:
    return not value if isinstance(value, bool) else None


def _and(left: Value, right: Value) -> Value:
    if left is False or right is False:
        return False
    return True if left is True and right is True else None


def _or(left: Value, right: Value) -> Value:
    if left is True or right is True:
        return True
    return False if left is False and right is False else None


def _span(value: Value) -> Span | None:
    """A span; a whole number beside a date counts days."""
    if isinstance(value, Span):
        return value
    if isinstance(value, Decimal) and value == int(value) and abs(value) < 4_000_000:
        return Span(0, int(value))
    return None


def _add(left: Value, right: Value) -> Value:
    if isinstance(left, Span) and isinstance(right, Span):
        return Span(left.months + right.months, left.days + right.days)
    for day, span in ((to_date(left), right), (to_date(right), left)):
        if day is not None:
            length = _span(span)
            return None if length is None else shift(day, length)
    if isinstance(left, str) and isinstance(right, str):
        return left + right if len(left) + len(right) <= 10_000 else None
    return _arithmetic(operator.add)(left, right)


def _subtract(left: Value, right: Value) -> Value:
    if isinstance(left, Span) and isinstance(right, Span):
        return Span(left.months - right.months, left.days - right.days)
    day = to_date(left)
    if day is None:
        return _arithmetic(operator.sub)(left, right)
    other = to_date(right)
    if other is not None:
        return Decimal((day - other).days)
    length = _span(right)
    return None if length is None else shift(day, Span(-length.months, -length.days))


def _arithmetic(apply: Callable[[Decimal, Decimal], Decimal]) -> Callable[[Value, Value], Value]:
    def calculate(left: Value, right: Value) -> Value:
        first, second = to_number(left), to_number(right)
        return None if first is None or second is None else apply(first, second)

    return calculate


def _comparison(apply: Callable[[Any, Any], bool]) -> Callable[[Value, Value], Value]:
    is_equality = apply in (operator.eq, operator.ne)

    def compare(left: Value, right: Value) -> Value:
        if left is None or right is None:
            return None
        if isinstance(left, bool) or isinstance(right, bool):
            return apply(left, right) if is_equality and isinstance(left, bool) and isinstance(right, bool) else None
        if isinstance(left, str) and isinstance(right, str):
            return apply(left, right)
        for read in (_days, to_date, to_number):
            first, second = read(left), read(right)
            if first is not None and second is not None:
                return apply(first, second)
        return None

    return compare


def _days(value: Value) -> Decimal | None:
    """Days of a span without months, or a number."""
    if isinstance(value, Span):
        return Decimal(value.days) if value.months == 0 else None
    return value if isinstance(value, Decimal) else None


def _is_in(left: Value, right: Value) -> Value:
    if left is None or right is None:
        return None
    if isinstance(left, list):
        return [_is_in(item, right) for item in left]
    if isinstance(right, list):
        found = [_BINARY["=="](left, item) for item in right]
        return True if True in found else None if None in right else False
    if isinstance(left, str) and isinstance(right, str):
        return left.casefold() in right.casefold()
    return None


_UNARY: dict[str, Callable[[Value], Value]] = {"-": _negate, "not": _not}
_BINARY: dict[str, Callable[[Value, Value], Value]] = {
    "and": _and,
    "or": _or,
    "+": _add,
    "-": _subtract,
    "*": _arithmetic(operator.mul),
    "/": _arithmetic(operator.truediv),
    "%": _arithmetic(operator.mod),
    "==": _comparison(operator.eq),
    "!=": _comparison(operator.ne),
    "<": _comparison(operator.lt),
    "<=": _comparison(operator.le),
    ">": _comparison(operator.gt),
    ">=": _comparison(operator.ge),
}


def _plain(value: Value) -> Any:
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, Span):
        return value.days if value.months == 0 else None
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        if not value.is_finite():
            return None
        exponent = value.as_tuple().exponent
        return int(value) if isinstance(exponent, int) and exponent >= 0 and value.adjusted() < 40 else float(value)
    return value
