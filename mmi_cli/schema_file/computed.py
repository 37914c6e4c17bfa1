"""Checks the expressions of a schema: that they can be read, name fields that are there, and do not go in a circle."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .. import album_names
from ..calls import names as call_names
from ..calls.names import SIDES, Listing
from ..datamodel.schema import Field
from ..expressions import ExpressionError, check_names, names, parse_expression
from .located import Problems
from .reading import did_you_mean


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


CALL, ALBUM = call_names.NAMESPACE, album_names.NAMESPACE
_LISTINGS: dict[str, dict[str, Listing]] = {CALL: call_names.LISTINGS, ALBUM: album_names.LISTINGS}


def reads_measures(expression: str, namespace: str) -> bool:
    """Whether an expression names `call.…` or `album.…`."""
    return namespace in reads_of(expression)


def check_computed(all_computed: Sequence[Computed], fields: Sequence[Field], problems: Problems) -> None:
    """Adds a problem for each expression that cannot be computed from the other fields."""
    known = names_of(fields)
    for computed in all_computed:
        _check_call_value(computed, fields, problems)
        own = frozenset() if computed.is_top else paths_of(computed.siblings)
        check_expression(computed.expression, computed.line, (known | own) - {computed.field.name}, problems)
    _check_circles([computed for computed in all_computed if computed.is_top], problems)


def names_of(fields: Sequence[Field]) -> frozenset[str]:
    """What expressions over some fields may name: the fields, and the measures of a call or an album where no field has their name."""
    paths = paths_of(fields)
    given = ((CALL, call_names.known_paths()), (ALBUM, album_names.known_paths()))
    return paths.union(*(known for namespace, known in given if namespace not in paths))


def _check_call_value(computed: Computed, fields: Sequence[Field], problems: Problems) -> None:
    """Adds a problem for a field whose type is not that of the list or measure of a call or an album that it asks for."""
    field, line = computed.field, computed.line
    namespace = computed.expression.strip().partition(".")[0].strip()
    if any(each.name == namespace for each in fields):
        return
    listing = _listing_of(computed.expression)
    if field.type != "array":
        if listing is not None:
            problems.add(
                line, f"{computed.expression} is a list; {field.name!r} is a {field.type}: write `type: array`"
            )
        elif (wanted := _type_of(computed.expression)) is not None and field.type not in _TAKES.get(wanted, (wanted,)):
            problems.add(line, f"{computed.expression} is a {wanted}; {field.name!r} is a {field.type}")
        return
    if listing is None:
        wanted = namespace if namespace in _LISTINGS else CALL
        lists = ", ".join(f"{wanted}.{name}" for name in _LISTINGS[wanted])
        problems.add(line, f"an `expression` gives one value; of an array it is the name of a list: {lists}")
        return
    item = field.items
    if item is None:
        return
    if (item.type == "object") != bool(listing.members):
        wanted = f"objects with some of {', '.join(listing.members)}" if listing.members else "texts"
        problems.add(line, f"{computed.expression} is a list of {wanted}")
        return
    for child in item.properties:
        type_ = listing.members.get(child.name)
        if type_ is None:
            problems.add(
                line, f"{computed.expression} has no {child.name!r}{did_you_mean(child.name, listing.members)}"
            )
        elif child.type not in _TAKES.get(type_, (type_,)) and not (child.name == "date" and child.type == "date"):
            problems.add(line, f"{child.name!r} of {computed.expression} is a {type_}, not a {child.type}")


_TAKES = {"integer": ("integer", "number"), "number": ("number",), "string": ("string",)}


def _type_of(expression: str) -> str | None:
    """The type of a measure of a call or an album, where an expression is nothing but its name."""
    head, _, rest = expression.strip().partition(".")
    name, _, side = rest.partition(".")
    measures = {CALL: call_names.MEASURES, ALBUM: album_names.MEASURES}.get(head, {})
    measure = measures.get(name)
    if measure is None or (side not in SIDES if measure.by_side else bool(side)):
        return None
    return measure.type


def _listing_of(expression: str) -> Listing | None:
    """The list that an expression asks for as a whole: that of `call.turns`; None for any other expression."""
    head, _, name = expression.strip().partition(".")
    return _LISTINGS.get(head.strip(), {}).get(name.strip())


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
