"""What is found of a call before it becomes a field value."""

from __future__ import annotations

from ...calls.names import LISTINGS
from ...datamodel.record import Evidence, LeafValue, ObjectValue, Scalar
from ...datamodel.schema import FieldType

ABSENT = 0.8
"""How sure it is that a call does not say something where nothing was found."""

Found = tuple[Scalar, float, tuple[Evidence, ...]]
"""Value, confidence, evidence."""
NOTHING: Found = (None, ABSENT, ())


def leaf(type_: FieldType, found: Found) -> LeafValue:
    """The field value; one that is absent has no evidence."""
    value, confidence, evidence = found
    return LeafValue(
        type=type_, kind="inferred", value=value, confidence=confidence, evidence=evidence if value is not None else ()
    )


def row(listing: str, found: dict[str, Found]) -> ObjectValue:
    """A row of one of the `LISTINGS`, by the names of its members."""
    members = LISTINGS[listing].members
    return ObjectValue(members=tuple((name, leaf(type_, found[name])) for name, type_ in members.items()))


def rounded(value: float | None, digits: int = 2) -> float | None:
    return None if value is None else round(value, digits)
