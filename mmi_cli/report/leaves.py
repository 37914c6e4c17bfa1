"""The values of a record in one order, which the page counts them by too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

KINDS = ("extracted", "inferred", "abstracted")


@dataclass(frozen=True, slots=True)
class Leaf:
    """One value, or its absence."""

    path: str
    """`line_items[].amount`"""
    rows: tuple[int, ...]
    """What stands in the brackets."""
    value: Mapping[str, Any]
    """As in the record: `type kind value confidence evidence`."""


def leaves(fields: Mapping[str, Any]) -> Iterator[Leaf]:
    """Every leaf, depth first, in the order of the record."""
    for name, value in fields.items():
        yield from _below(value, name, ())


def _below(value: Any, path: str, rows: tuple[int, ...]) -> Iterator[Leaf]:
    if not isinstance(value, dict):
        return
    if isinstance(value.get("evidence"), list) and all(isinstance(piece, dict) for piece in value["evidence"]):
        yield Leaf(path, rows, value)
    elif value.get("type") == "array" and isinstance(value.get("value"), list):
        for number, item in enumerate(value["value"]):
            yield from _below(item, f"{path}[]", (*rows, number))
    else:
        members = value["value"] if value.get("type") == "object" and isinstance(value.get("value"), dict) else value
        for name, member in members.items():
            yield from _below(member, f"{path}.{name}", rows)


def where(evidence: Mapping[str, Any]) -> str:
    """The place in a few characters: `p. 2`, `1:03`, `Q1 2026!A6`, `slide 3`, `¶ 4`."""
    told = []
    if evidence.get("part"):
        told.append(str(evidence["part"]))
    if evidence.get("page") is not None:
        told.append(f"p. {evidence['page']}")
    if evidence.get("start_s") is not None:
        told.append(clock(evidence["start_s"]))
    if evidence.get("frame_s") is not None:
        told.append(f"frame {clock(evidence['frame_s'])}")
    if evidence.get("cell"):
        told.append(f"{evidence.get('sheet', '')}!{evidence['cell']}")
    if evidence.get("slide") is not None:
        told.append(f"slide {evidence['slide']}")
    if evidence.get("paragraph") is not None:
        told.append(f"¶ {evidence['paragraph']}")
    if evidence.get("file"):
        told.append(str(evidence["file"]))
    return " · ".join(told)


def clock(seconds: float) -> str:
    """`1:03`; hours where there are any."""
    whole = int(seconds)
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"
