"""The stored results of Content Understanding as cases: a file, a schema of the names it was asked by, and the leaves that came out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from bench.record import DATA
from mmi_cli.evaluate.places import Place, places_of_source

SAMPLES = DATA / "content_understanding"
Steps = tuple[str | int, ...]
"""Steps to a leaf: names of members, numbers of rows."""

_BUILT_IN = {
    "customer_name": "CustomerName", "invoice_id": "InvoiceId", "issue_date": "InvoiceDate", "due_date": "DueDate",
    "currency": "AmountDue.CurrencyCode", "line_items.description": "LineItems.Description", "line_items.quantity": "LineItems.Quantity",
    "line_items.unit_price": "LineItems.UnitPrice.Amount", "line_items.amount": "LineItems.TotalAmount.Amount",
}  # fmt: skip
"""Fields of the built-in invoice → the service's names of the same."""
_FACT_TYPES = {"date_of_birth": "date", "points_balance": "integer"}


@dataclass(frozen=True, kw_only=True)
class Expected:
    """A leaf of a stored result."""

    path: Steps
    type: str
    value: Any
    """None: the service says that there is none."""
    also: tuple[Any, ...] = ()
    """Other values that are as right."""
    is_written: bool = False
    """Written rather than copied: held against the stored words by meaning."""
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Case:
    """One file with what is known of it."""

    name: str
    file: Path
    schema: Path | str | dict[str, Any]
    """An analyzer, the name of a built-in schema, or a JSON Schema."""
    expected: tuple[Expected, ...]
    whole: frozenset[str] = field(default_factory=frozenset)
    """Arrays of which every row is known, so that a row more is wrong."""


def cases() -> Iterator[Case]:
    """Every case with fields, in the order of their numbers."""
    folder = SAMPLES / "01_invoice_custom"
    fields = _json(folder / "expected_fields.json")
    yield Case(
        name="01 invoice, analyzer", file=folder / "invoice.pdf", schema=folder / "template.json",
        expected=tuple(_leaves(fields)), whole=frozenset({"Items"}),
    )  # fmt: skip

    folder = SAMPLES / "02_invoice_prebuilt"
    fields = _json(folder / "expected_fields_partial.json")
    leaves = tuple(_leaves(fields))
    yield Case(
        name="02 invoice, the service's names", file=folder / "invoice.pdf",
        schema=_json_schema("invoice", fields), expected=leaves,
    )  # fmt: skip
    by_name = {_dotted(each.path): each for each in leaves}
    yield Case(
        name="02 invoice, built-in schema", file=folder / "invoice.pdf", schema="invoice",
        expected=tuple(
            Expected(path=_as_rows(ours), type=by_name[theirs].type, value=by_name[theirs].value)
            for ours, theirs in _BUILT_IN.items()
        ),
    )  # fmt: skip

    folder = SAMPLES / "03_receipt_custom"
    visible = _json(folder / "visible_values.json")
    yield Case(
        name="03 receipt, analyzer", file=folder / "receipt.png", schema=folder / "template.json",
        expected=tuple(_receipt(visible)), whole=frozenset({"Items"}),
    )  # fmt: skip
    yield Case(
        name="03 receipt, names alone", file=folder / "receipt.png", schema=_plain_schema("receipt", _visible_types(visible)),
        expected=tuple(
            Expected(path=(name,), type=kind, value=_visible_value(visible, name, kind))
            for name, kind in _visible_types(visible).items()
        ),
    )  # fmt: skip

    folder = SAMPLES / "08_call_center_mp3"
    facts = _json(folder / "facts.json")
    yield Case(
        name="08 call, analyzer", file=folder / "callCenterRecording.mp3",
        schema=folder / "template_upstream_call_recording_analytics.json",
        expected=(
            Expected(path=("Companies", 0), type="string", value=facts["company"]),
            Expected(path=("People", 0, "Name"), type="string", value=facts["agent"]),
            Expected(path=("People", 0, "Role"), type="string", value="Agent"),
            Expected(path=("People", 1, "Name"), type="string", value=facts["customer"]),
            Expected(path=("People", 1, "Role"), type="string", value="Customer"),
        ),
        whole=frozenset({"Companies", "People"}),
    )  # fmt: skip
    asked = {name: _FACT_TYPES.get(name, "string") for name in facts if name not in ("_note", "speakers")}
    yield Case(
        name="08 call, names alone", file=folder / "callCenterRecording.mp3", schema=_plain_schema("call", asked),
        expected=tuple(
            Expected(path=(name,), type=kind, value=re.sub(r"(?<=\d)(?:st|nd|rd|th)", "", str(facts[name])))
            for name, kind in asked.items()
        ),
    )  # fmt: skip

    folder = SAMPLES / "09_call_transcript_to_fields"
    yield Case(
        name="09 transcript, analyzer", file=folder / "transcript.vtt.txt", schema=folder / "template.json",
        expected=tuple(_leaves(_json(folder / "expected_fields.json"), written=("Summary", "Topics"))),
        whole=frozenset({"Companies", "People", "Categories"}),
    )  # fmt: skip


def _json(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def _leaves(fields: Mapping[str, Any], before: Steps = (), written: tuple[str, ...] = ()) -> Iterator[Expected]:
    for name, value in fields.items():
        if isinstance(value, dict):
            yield from _leaf(value, (*before, name), name in written)


def _leaf(value: Mapping[str, Any], path: Steps, is_written: bool) -> Iterator[Expected]:
    kind = value["type"]
    if kind == "object":
        yield from _leaves(value.get("valueObject") or {}, path)
    elif kind == "array":
        for row, item in enumerate(value.get("valueArray") or ()):
            yield from _leaf(item, (*path, row), is_written)
    else:
        source = value.get("source")
        yield Expected(
            path=path, type=kind, value=value.get(f"value{kind.capitalize()}"), is_written=is_written,
            places=places_of_source(source) if source else (),
        )  # fmt: skip


def _json_schema(title: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """A schema of the names and types of a stored result, without a word about what they mean."""
    return {"title": title, **_object({name: value for name, value in fields.items() if isinstance(value, dict)})}


def _object(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": {name: _schema_of(value) for name, value in fields.items()}}


def _schema_of(value: Mapping[str, Any]) -> dict[str, Any]:
    match value["type"]:
        case "object":
            return _object(value["valueObject"])
        case "array":
            return {"type": "array", "items": _schema_of(value["valueArray"][0])}
        case "date" | "time":
            return {"type": "string", "format": value["type"]}
        case kind:
            return {"type": kind}


def _plain_schema(title: str, types: Mapping[str, str]) -> dict[str, Any]:
    return {"title": title, **_object({name: {"type": kind} for name, kind in types.items()})}


def _receipt(visible: Mapping[str, Any]) -> Iterator[Expected]:
    """What stands on the receipt; the service puts the number of pieces before an article's name, which is taken for right as well."""
    yield Expected(path=("VendorName",), type="string", value=visible["merchant"])
    for row, (count, article, amount) in enumerate(visible["items"]):
        both = (f"{count} {article}",)
        yield Expected(path=("Items", row, "Description"), type="string", value=article, also=both)
        yield Expected(path=("Items", row, "Amount"), type="number", value=amount)


def _visible_types(visible: Mapping[str, Any]) -> dict[str, str]:
    types = {}
    for name, value in visible.items():
        if name == "datetime":
            types |= {"date": "date", "time": "time"}
        elif isinstance(value, str) and not name.startswith("_"):
            types[name] = "number" if value.startswith("$") else "string"
    return types


def _visible_value(visible: Mapping[str, Any], name: str, kind: str) -> str:
    return str(visible["datetime"]).split()[kind == "time"] if kind in ("date", "time") else str(visible[name])


def _dotted(path: Steps) -> str:
    return ".".join(str(step) for step in path if not isinstance(step, int))


def _as_rows(name: str) -> Steps:
    head, _, member = name.partition(".")
    return (head, 0, member) if member else (head,)


Verdict = Literal["right", "wrong", "missing", "not in the file", "alike", "unlike", "extra"]
