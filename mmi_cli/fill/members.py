"""The leaves inside objects as fields of their own: each with the name that its path says, amounts with the currency beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from ..datamodel.record import FieldValue, LeafValue, ObjectValue
from ..datamodel.schema import Field
from .column_names import Sense, senses
from .confidence import Signals, confidence_of
from .evidence import evidence_of_span
from .proposals import absent
from .reading import Reading

Path = tuple[str, ...]

_AMOUNT = re.compile(r"(?:amount|value|total|sum|betrag|montant|importe)", re.IGNORECASE)
_CURRENCY = re.compile(r"(?:currency|curr|währung|waehrung|devise|moneda)(?:[ _]?(?:code|symbol))?", re.IGNORECASE)
_NEAR = 5
"""Characters between an amount and its sign."""


@dataclass(frozen=True, slots=True)
class Member:
    """A leaf of an object at any depth."""

    path: Path
    field: Field
    """Named by the whole path, so that `UnitPrice: {Amount, CurrencyCode}` is looked for as `UnitPrice`."""
    sense: Sense | None
    """What it is in a list of goods, if its name says so."""
    sense_score: float


def members_of(item: Field) -> tuple[Member, ...]:
    """The leaves of an object that can be looked for; currencies beside amounts, and what is computed, are not."""
    return tuple(_members(item, ()))


def _members(item: Field, path: Path) -> Iterator[Member]:
    if (pair := money_of(item)) is not None and item.name:
        yield _member((*path, pair[0].name), stand_in(item))
        return
    for child in item.properties:
        named = within(item, child)
        if child.type == "object":
            yield from _members(named, (*path, child.name))
        elif child.is_leaf and child.expression is None and not (pair and child is pair[1]):
            yield _member((*path, child.name), named)


def _member(path: Path, named: Field) -> Member:
    found = senses(named.name) or senses(path[-1])
    best = max(found, key=lambda sense: found[sense], default=None)
    return Member(path, named, best, found[best] if best else 0.0)


def within(item: Field, child: Field) -> Field:
    """A member with the name that its path says: `Vendor.Name`; those of rows keep their own."""
    return replace(child, name=f"{item.name}.{child.name}") if item.name else child


def looked_for(field: Field) -> tuple[Field, ...]:
    """A field as the finders look for it: an object by its leaves, an amount of money as a number."""
    return tuple(member.field for member in members_of(field)) if field.type == "object" else (field,)


def money_of(item: Field) -> tuple[Field, Field] | None:
    """(amount, currency) of an object that is an amount of money: a number and the currency that it is in."""
    numbers = [child for child in item.properties if child.type in ("number", "integer")]
    currencies = [child for child in item.properties if child.type == "string" and _CURRENCY.fullmatch(child.name)]
    if len(currencies) != 1 or not numbers:
        return None
    amount = numbers[0] if len(numbers) == 1 else next((one for one in numbers if _AMOUNT.fullmatch(one.name)), None)
    return (amount, currencies[0]) if amount is not None and len(item.properties) == 2 else None


def stand_in(field: Field) -> Field:
    """A field as the finders look for it: an amount with a currency is looked for as a number of that name."""
    pair = money_of(field) if field.type == "object" else None
    if pair is None:
        return field
    described = field.description or pair[0].description
    return replace(pair[0], name=field.name, description=described, aliases=field.aliases, required=field.required)


def assembled(reading: Reading, item: Field, found: Mapping[Path, LeafValue]) -> ObjectValue:
    """The object of the leaves that were found; currencies are read beside their amounts."""
    return _assembled(reading, item, found, ())


def _assembled(reading: Reading, item: Field, found: Mapping[Path, LeafValue], path: Path) -> ObjectValue:
    pair = money_of(item)
    members: list[tuple[str, FieldValue]] = []
    for child in item.properties:
        own = (*path, child.name)
        if child.type == "object":
            members.append((child.name, _assembled(reading, child, found, own)))
        elif pair is not None and child is pair[1]:
            members.append((child.name, currency_beside(reading, child, found.get((*path, pair[0].name)))))
        elif child.is_leaf:
            members.append((child.name, found.get(own) or absent(child, confidence_of(Signals(finder="none")))))
    return ObjectValue(members=tuple(members))


def currency_beside(reading: Reading, field: Field, amount: LeafValue | None) -> LeafValue:
    """The currency that an amount stands in: by the sign beside it, else by the only one in the file."""
    none = absent(field, confidence_of(Signals(finder="none")))
    if amount is None or amount.value is None:
        return none
    signs = reading.candidates(frozenset({"currency"}))
    span = next((piece.span for piece in amount.evidence if piece.span is not None), None)
    beside = [
        each
        for each in signs
        if span is not None
        and span[0] - _NEAR <= each.start
        and each.end <= span[0] + span[1] + _NEAR
        and "\n" not in reading.content.text[min(each.start, span[0]) : max(each.end, span[0] + span[1])]
    ]
    chosen = beside or (list(signs[:1]) if len({each.value for each in signs}) == 1 else [])
    if not chosen:
        return none
    sign = min(chosen, key=lambda each: abs(each.start - span[0]) if span is not None else each.start)
    confidence = confidence_of(Signals(finder="pattern", strength=1.0 if beside else 0.8))
    evidence = evidence_of_span(
        reading.content, sign.start, sign.end, "exact" if sign.text == sign.value else "normalized"
    )
    return LeafValue(type=field.type, kind=field.kind, value=sign.value, confidence=confidence, evidence=evidence)
