"""The table of functions that an expression may call: what each takes and gives.

Values are None (missing), Decimal, str, bool, date, `Span` (a length of calendar time) and lists of these. A function whose input is
missing or of the wrong sort gives None: documents are incomplete, and an expression must not fail because of it.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, NamedTuple

MAX_PATTERN = 200
"""Characters of a regular expression in `matches`."""
MAX_MATCHED = 1000
"""Characters of the text it is held against; longer texts give None."""


class Span(NamedTuple):
    """A length of calendar time."""

    months: int
    days: int


Value = Any
"""None, Decimal, str, bool, date, Span, or a list of these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A row of the table."""

    apply: Callable[..., Value]
    least: int
    """Fewest arguments."""
    most: int
    signature: str
    is_itemwise: bool = True
    """Whether a list argument means a call for each item; aggregates take the list whole."""
    refuse: Callable[[Sequence[Value]], str | None] | None = None
    """Says what is wrong with constant arguments, when the expression is read (None where an argument is no constant)."""


def to_date(value: Value) -> date | None:
    """A date, or the date that an ISO 8601 text begins with."""
    if isinstance(value, date):
        return value
    if isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\d(?!\d)", value):
        try:
            return date.fromisoformat(value[:10])
        except ValueError:
            return None
    return None


def to_number(value: Value) -> Decimal | None:
    """A decimal, or the decimal that a plain text is."""
    if isinstance(value, Decimal):
        return value
    if isinstance(value, str) and re.fullmatch(r"\s*[-+]?\d{1,30}(\.\d{1,30})?\s*", value):
        return Decimal(value.strip())
    return None


def shift(day: date, span: Span) -> date | None:
    """A day moved by a span: months first, cut to the end of the month, then days."""
    month = day.year * 12 + day.month - 1 + span.months
    year = month // 12
    if not 1 <= year <= 9999:
        return None
    last = monthrange(year, month % 12 + 1)[1]
    try:
        return date.fromordinal(date(year, month % 12 + 1, min(day.day, last)).toordinal() + span.days)
    except (ValueError, OverflowError):
        return None


def is_runaway(pattern: str) -> bool:
    """Whether a pattern repeats something that itself repeats, as `(a+)+` does, which can take for ever."""
    try:
        from re import _parser  # type: ignore[attr-defined]
    except ImportError:  # pragma: no cover - a Python that renamed it
        return bool(re.search(r"[+*}]\)[+*{]", pattern))
    return _repeats_inside(_parser.parse(pattern), is_inside=False)


def _repeats_inside(tree: Any, *, is_inside: bool) -> bool:
    for operator, argument in tree:
        name = str(operator)
        if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            least, most, below = int(argument[0]), int(argument[1]), argument[2]
            if (is_inside and most > max(1, least)) or _repeats_inside(below, is_inside=is_inside or most > 10):
                return True
        elif isinstance(argument, tuple | list):
            for part in argument:
                if hasattr(part, "data"):
                    if _repeats_inside(part, is_inside=is_inside):
                        return True
                elif isinstance(part, list) and any(
                    _repeats_inside(branch, is_inside=is_inside) for branch in part if hasattr(branch, "data")
                ):
                    return True
    return False


def _flat(values: Sequence[Value]) -> list[Value] | None:
    """The items of one list or of several arguments; None when one is missing or there are none."""
    items = [item for value in values for item in (value if isinstance(value, list) else [value])]
    return None if not items or any(item is None for item in items) else items


def _numbers(values: Sequence[Value]) -> list[Decimal] | None:
    items = _flat(values)
    numbers = [to_number(item) for item in items] if items else []
    return [number for number in numbers if number is not None] if numbers and None not in numbers else None


def _sum(*values: Value) -> Value:
    numbers = _numbers(values)
    return sum(numbers, Decimal(0)) if numbers else None


def _total(*values: Value) -> Value:
    """Like a sum; of nothing it is 0."""
    return Decimal(0) if all(value == [] for value in values) else _sum(*values)


def _avg(*values: Value) -> Value:
    numbers = _numbers(values)
    return sum(numbers, Decimal(0)) / len(numbers) if numbers else None


def _extreme(choose: Callable[[list[Any]], Value]) -> Callable[..., Value]:
    def apply(*values: Value) -> Value:
        items = _flat(values)
        if not items:
            return None
        for read in (to_number, to_date):
            comparable = [read(item) for item in items]
            if None not in comparable:
                return choose(comparable)
        return choose(items) if all(isinstance(item, str) for item in items) else None

    return apply


def _count(*values: Value) -> Value:
    items = [item for value in values for item in (value if isinstance(value, list) else [value])]
    return Decimal(sum(item is not None for item in items))


def _any(*values: Value) -> Value:
    items = [item for value in values for item in (value if isinstance(value, list) else [value])]
    return True if any(item is True for item in items) else None if None in items else False


def _all(*values: Value) -> Value:
    items = [item for value in values for item in (value if isinstance(value, list) else [value])]
    return False if any(item is False for item in items) else None if None in items else True


def _round(value: Value, places: Value = Decimal(0)) -> Value:
    number, digits = to_number(value), to_number(places)
    if number is None or digits is None or not -12 <= digits <= 12:
        return None
    try:
        return number.quantize(Decimal(1).scaleb(-int(digits)), rounding=ROUND_HALF_UP)
    except InvalidOperation:
        return None


def _abs(value: Value) -> Value:
    number = to_number(value)
    return None if number is None else abs(number)


def _span(months: int, days: int) -> Callable[[Value], Value]:
    def apply(value: Value) -> Value:
        number = to_number(value)
        if number is None or number != int(number) or abs(number) > 4_000_000:
            return None
        return Span(months * int(number), days * int(number))

    return apply


def _date(*values: Value) -> Value:
    if len(values) == 1:
        return to_date(values[0])
    numbers = _numbers(values)
    if numbers is None or len(numbers) != 3:
        return None
    try:
        return date(int(numbers[0]), int(numbers[1]), int(numbers[2]))
    except (ValueError, OverflowError):
        return None


def _part(name: str) -> Callable[[Value], Value]:
    def apply(value: Value) -> Value:
        day = to_date(value)
        return None if day is None else Decimal(getattr(day, name))

    return apply


def _len(value: Value) -> Value:
    return Decimal(len(value)) if isinstance(value, str | list) else None


def _text(change: Callable[[str], Value]) -> Callable[[Value], Value]:
    return lambda value: change(value) if isinstance(value, str) else None


def _contains(value: Value, part: Value) -> Value:
    if isinstance(value, str) and isinstance(part, str):
        return part.casefold() in value.casefold()
    return None


def _starts(value: Value, part: Value) -> Value:
    both = isinstance(value, str) and isinstance(part, str)
    return value.casefold().startswith(part.casefold()) if both else None


def _ends(value: Value, part: Value) -> Value:
    both = isinstance(value, str) and isinstance(part, str)
    return value.casefold().endswith(part.casefold()) if both else None


def _matches(value: Value, pattern: Value) -> Value:
    if not isinstance(value, str) or not isinstance(pattern, str) or len(value) > MAX_MATCHED:
        return None
    return re.fullmatch(pattern, value) is not None


def _refuse_pattern(constants: Sequence[Value]) -> str | None:
    pattern = constants[1]
    if not isinstance(pattern, str):
        return "the pattern of matches must be written out as a text"
    if len(pattern) > MAX_PATTERN:
        return f"the pattern of matches is longer than {MAX_PATTERN} characters"
    try:
        re.compile(pattern)
    except re.error as problem:
        return f"not a regular expression: {problem}"
    if is_runaway(pattern):
        return "the pattern of matches repeats a repetition, which can take for ever; write it without"
    return None


def _coalesce(*values: Value) -> Value:
    return next((value for value in values if value is not None), None)


def _if(condition: Value, then: Value, otherwise: Value) -> Value:
    return None if not isinstance(condition, bool) else then if condition else otherwise


_MANY = 50
FUNCTIONS: dict[str, Function] = {
    "sum": Function(apply=_sum, least=1, most=_MANY, signature="a list or numbers", is_itemwise=False),
    "total": Function(apply=_total, least=1, most=_MANY, signature="a list or numbers", is_itemwise=False),
    "avg": Function(apply=_avg, least=1, most=_MANY, signature="a list or numbers", is_itemwise=False),
    "min": Function(apply=_extreme(min), least=1, most=_MANY, signature="a list or values", is_itemwise=False),
    "max": Function(apply=_extreme(max), least=1, most=_MANY, signature="a list or values", is_itemwise=False),
    "count": Function(apply=_count, least=1, most=_MANY, signature="a list or values", is_itemwise=False),
    "any": Function(apply=_any, least=1, most=_MANY, signature="a list or conditions", is_itemwise=False),
    "all": Function(apply=_all, least=1, most=_MANY, signature="a list or conditions", is_itemwise=False),
    "abs": Function(apply=_abs, least=1, most=1, signature="a number"),
    "round": Function(apply=_round, least=1, most=2, signature="a number and how many decimals"),
    "days": Function(apply=_span(0, 1), least=1, most=1, signature="a whole number"),
    "weeks": Function(apply=_span(0, 7), least=1, most=1, signature="a whole number"),
    "months": Function(apply=_span(1, 0), least=1, most=1, signature="a whole number"),
    "years": Function(apply=_span(12, 0), least=1, most=1, signature="a whole number"),
    "date": Function(apply=_date, least=1, most=3, signature="a text, or year, month and day"),
    "year": Function(apply=_part("year"), least=1, most=1, signature="a date"),
    "month": Function(apply=_part("month"), least=1, most=1, signature="a date"),
    "day": Function(apply=_part("day"), least=1, most=1, signature="a date"),
    "number": Function(apply=to_number, least=1, most=1, signature="a text"),
    "len": Function(apply=_len, least=1, most=1, signature="a text or a list", is_itemwise=False),
    "lower": Function(apply=_text(str.lower), least=1, most=1, signature="a text"),
    "upper": Function(apply=_text(str.upper), least=1, most=1, signature="a text"),
    "trim": Function(apply=_text(str.strip), least=1, most=1, signature="a text"),
    "contains": Function(apply=_contains, least=2, most=2, signature="a text and a part of it"),
    "startswith": Function(apply=_starts, least=2, most=2, signature="a text and its beginning"),
    "endswith": Function(apply=_ends, least=2, most=2, signature="a text and its end"),
    "matches": Function(
        apply=_matches, least=2, most=2, signature="a text and a regular expression", refuse=_refuse_pattern
    ),
    "coalesce": Function(apply=_coalesce, least=1, most=_MANY, signature="values"),
    "if": Function(apply=_if, least=3, most=3, signature="a condition and two values"),
}
FUNCTION_NAMES = tuple(FUNCTIONS)
