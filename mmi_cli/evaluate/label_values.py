"""A labelled value, bare or written as in a record with its evidence → a plain value, and where it stands."""

from __future__ import annotations

from typing import Any

from ..datamodel.schema import FIELD_TYPES
from .places import LabelUnit, Place, hull, places_of_source

_LEAF_KEYS = frozenset({"type", "kind", "value", "confidence", "evidence"})
_UNITS: dict[str, LabelUnit] = {
    "pt": "pt", "px": "px", "pixel": "px", "inch": "inch", "share": "share",
}  # fmt: skip


def plain_value(value: Any, path: str, places: dict[str, tuple[Place, ...]]) -> Any:
    """The value itself; evidence that is written with it goes to `places` under its path.

    Raises:
        ValueError, KeyError, TypeError: evidence that is none.
    """
    if is_as_recorded(value):
        if value.get("evidence"):
            places[path] = places_of(value["evidence"])
        return plain_value(value["value"], path, places)
    if isinstance(value, dict):
        return {name: plain_value(each, f"{path}.{name}", places) for name, each in value.items()}
    if isinstance(value, list):
        return [plain_value(each, f"{path}[{row}]", places) for row, each in enumerate(value)]
    return value


def is_as_recorded(value: Any) -> bool:
    """Whether this is a value as a record writes it, and no object that happens to have a member `value`."""
    return (
        isinstance(value, dict)
        and "value" in value
        and value.keys() <= _LEAF_KEYS
        and (isinstance(value.get("evidence"), list) or value.get("type") in FIELD_TYPES)
    )


def places_of(pieces: Any) -> tuple[Place, ...]:
    """Evidence of a label: `page` and `box`, `start_s` and `end_s`, `pageNumber` and `polygon`, or a service's `source`.

    Raises:
        ValueError, KeyError, TypeError: it is none of these.
    """
    if isinstance(pieces, str):
        return places_of_source(pieces)
    found: list[Place] = []
    for piece in [pieces] if isinstance(pieces, dict) else pieces:
        if not isinstance(piece, dict):
            raise TypeError("evidence is a list of objects")
        if "boundingRegions" in piece:
            found += places_of(piece["boundingRegions"])
        elif "source" in piece:
            found += places_of_source(piece["source"])
        elif (place := _place(piece)) is not None:
            found.append(place)
    return tuple(found)


def _place(piece: dict[str, Any]) -> Place | None:
    if piece.get("start_s") is not None:
        start_s = float(piece["start_s"])
        end_s = float(piece.get("end_s", start_s))
        if end_s < start_s:
            raise ValueError(f"end_s {end_s} is before start_s {start_s}")
        return Place(start_s=start_s, end_s=end_s)
    page = piece.get("page", piece.get("pageNumber"))
    unit: LabelUnit = "service" if "polygon" in piece else "record"
    if piece.get("unit") is not None:
        if piece["unit"] not in _UNITS:
            raise ValueError(f"unit {piece['unit']!r} is none of {', '.join(_UNITS)}")
        unit = _UNITS[piece["unit"]]
    box = None
    if "polygon" in piece:
        box = hull([float(number) for number in piece["polygon"]])
    elif piece.get("box") is not None:
        x0, y0, x1, y1 = (float(number) for number in piece["box"])
        box = (x0, y0, x1, y1)
    if page is None and box is None:
        return None  # a cell, a paragraph: nothing that is compared
    return Place(page=None if page is None else int(page), box=box, unit=unit)
