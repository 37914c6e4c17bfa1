"""Reads `NAME.labels.json`: the labels of one file as Content Understanding, or Document Intelligence before it, keeps them.

Content Understanding: `{"fieldLabels": {name: {"type", "valueString" …, "source": "D(page,x1,y1,…)"}}}`, arrays and objects nested; the
boxes are in the service's unit, or shares of the page where a converter wrote them. Document Intelligence:
`{"document", "labels": [{"label": "items/0/amount", "value": [{"page", "text", "boundingBoxes"}]}]}`, boxes as shares of the page.
"""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from .places import Place, hull, in_shares, places_of_source

_VALUE_KEYS = (
    "valueString", "valueNumber", "valueInteger", "valueBoolean", "valueDate", "valueTime", "valuePhoneNumber",
    "valueSelectionMark", "valueCountryRegion", "valueSignature", "valueCurrency", "valueJson",
)  # fmt: skip


def service_label(text: str) -> tuple[dict[str, Any], dict[str, tuple[Place, ...]]]:
    """(fields, places) of one file's labels.

    Raises:
        ValueError: it is not of either form.
    """
    places: dict[str, tuple[Place, ...]] = {}
    try:
        value = json.loads(text)
        if "fieldLabels" in value:
            fields = {name: _value(field, name, places) for name, field in value["fieldLabels"].items()}
            if in_shares(place for each in places.values() for place in each):
                places = {name: tuple(_shared(place) for place in each) for name, each in places.items()}
            return fields, places
        if isinstance(value["labels"], list):
            return _older(value["labels"], places), places
    except json.JSONDecodeError as error:
        raise ValueError(f"line {error.lineno} is not JSON") from error
    except (KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise ValueError('it has neither "fieldLabels" nor "document" and "labels" as it should') from error
    raise ValueError("`labels` is no list")


def _value(field: Any, path: str, places: dict[str, tuple[Place, ...]]) -> Any:
    if field.get("valueArray") is not None or field.get("type") == "array":
        return [_value(item, f"{path}[{row}]", places) for row, item in enumerate(field.get("valueArray") or ())]
    if field.get("valueObject") is not None or field.get("type") == "object":
        members = (field.get("valueObject") or {}).items()
        return {name: _value(member, f"{path}.{name}", places) for name, member in members}
    found = next((field[key] for key in _VALUE_KEYS if field.get(key) is not None), None)
    if isinstance(found, dict) and "amount" in found:  # a currency: {"amount", "currencyCode"}
        found = found["amount"]
    if found in (None, ""):
        return None  # a region that was drawn where nothing stands
    if field.get("source"):
        places[path] = places_of_source(field["source"])
    elif field.get("boundingRegions"):
        places[path] = tuple(
            Place(page=int(region["pageNumber"]), box=hull(region["polygon"]), unit="service")
            for region in field["boundingRegions"]
        )
    return found


def _shared(place: Place) -> Place:
    return dataclasses.replace(place, unit="share")


def _older(labels: list[Any], places: dict[str, tuple[Place, ...]]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    found: dict[tuple[str, ...], tuple[Place, ...]] = {}
    for label in labels:
        steps = tuple(step.replace("~1", "/").replace("~0", "~") for step in label["label"].split("/"))
        pieces = label.get("value") or []
        node = tree
        for step in steps[:-1]:
            node = node.setdefault(step, {})
            if not isinstance(node, dict):
                raise ValueError(f"{label['label']!r} lies in a value")
        text = " ".join(piece["text"] for piece in pieces if piece.get("text"))
        node[steps[-1]] = text or None
        if text:
            found[steps] = tuple(
                Place(page=int(piece["page"]), box=hull(box), unit="share")
                for piece in pieces
                for box in piece.get("boundingBoxes") or ()
            )
    return {name: _rows(node, (name,), name, found, places) for name, node in tree.items()}


def _rows(
    node: Any,
    steps: tuple[str, ...],
    path: str,
    found: dict[tuple[str, ...], tuple[Place, ...]],
    places: dict[str, tuple[Place, ...]],
) -> Any:
    """Members that are all numbered are the rows of an array."""
    if not isinstance(node, dict):
        if steps in found:
            places[path] = found[steps]
        return node
    if node and all(name.isdecimal() for name in node):
        names = sorted(node, key=int)
        return [_rows(node[name], (*steps, name), f"{path}[{row}]", found, places) for row, name in enumerate(names)]
    return {name: _rows(each, (*steps, name), f"{path}.{name}", found, places) for name, each in node.items()}
