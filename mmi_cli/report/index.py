"""Records → what the table of the page needs at once, and what a record's own view needs when it is opened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .cases import in_one_file, is_case
from .leaves import KINDS, Leaf, leaves, where
from .results import Record

_MOST_CHARS = 240
"""Of a value in the table; the record's view has it whole."""
_MOST_REASON = 300


@dataclass(slots=True)
class Names:
    """Strings that come again and again, by number."""

    known: dict[str, int] = field(default_factory=dict)

    def number(self, name: str) -> int:
        return self.known.setdefault(name, len(self.known))


@dataclass(frozen=True, slots=True)
class Judged:
    """A value held against its label."""

    is_right: bool
    truth: Any


Verdicts = Mapping[int, Judged]
"""Number of the leaf → how it is."""


def index_row(
    record: Record,
    *,
    source: int,
    thumb: str | None,
    statuses: Names,
    modalities: Names,
    schemas: Names,
    paths: Names,
    verdicts: Verdicts | None,
    most_leaves: int | None = None,
) -> list[Any]:
    """`[path, status, modality, schema, segment, source, thumb, reason, warnings, failed checks, judged, leaves, whole, contradictions]`.

    Of more leaves than `most_leaves` only the first are there, and `whole` is `[found, absent, lowest confidence]` of all; else it is 0.
    A leaf is `[path, value, confidence, kind, where, rows, verdict]` without the zeros at its end; verdict 1 is right, 2 wrong.
    """
    rows = []
    every = list(leaves(record["fields"]))
    for number, leaf in enumerate(every[:most_leaves]):
        value, evidence = leaf.value.get("value"), leaf.value["evidence"]
        if isinstance(value, str) and len(value) > _MOST_CHARS:
            value = value[:_MOST_CHARS] + "…"
        verdict = (verdicts or {}).get(number)
        row: list[Any] = [
            paths.number(leaf.path),
            value,
            leaf.value["confidence"] if isinstance(leaf.value.get("confidence"), int | float) else None,
            KINDS.index(leaf.value["kind"]) if leaf.value.get("kind") in KINDS else 0,
            where(evidence[0]) if evidence else 0,
            list(leaf.rows) or 0,
            0 if verdict is None else 1 if verdict.is_right else 2,
        ]
        while not row[-1] and len(row) > 3:
            row.pop()
        rows.append(row)
    judged = None
    if verdicts is not None:
        right = sum(verdict.is_right for verdict in verdicts.values())
        judged = [right, len(verdicts) - right]
    return [
        record["source"]["path"],
        statuses.number(str(record.get("status"))),
        modalities.number(str(record.get("modality") or "unknown")),
        schemas.number(str((record.get("schema") or {}).get("name") or "")),
        _segment(record.get("segment")),
        source,
        thumb or 0,
        _reason(record),
        len(record.get("warnings") or ()),
        sum(check.get("passed") is False for check in record.get("checks") or ()),
        judged or 0,
        rows,
        _whole(every) if most_leaves is not None and len(every) > most_leaves else 0,
        len((record.get("case") or {}).get("conflicts") or ()),
    ]


def _whole(every: Sequence[Leaf]) -> list[Any]:
    found = [leaf.value.get("confidence") for leaf in every if leaf.value.get("value") is not None]
    told = [each for each in found if isinstance(each, int | float)]
    return [len(found), len(every) - len(found), min(told, default=None)]


def detail(record: Record, view: Mapping[str, Any], verdicts: Verdicts | None) -> dict[str, Any]:
    """Everything of a record, what was drawn of its file, and the labels of its values."""
    kept = {
        name: record[name]
        for name in (
            "id",
            "source",
            "schema",
            "segment",
            "case",
            "fields",
            "checks",
            "errors",
            "warnings",
            "usage",
            "engines",
        )
        if record.get(name)
    }
    if is_case(record):
        kept |= {"fields": in_one_file(record["fields"]), "case": in_one_file(record["case"])}
    if verdicts:
        kept["judged"] = {
            str(number): [1] if verdict.is_right else [0, verdict.truth] for number, verdict in verdicts.items()
        }
    return {**kept, "view": view}


def _segment(segment: Any) -> Any:
    if not isinstance(segment, dict):
        return 0
    return next((segment[name] for name in ("number", "index", "name") if segment.get(name) is not None), 1)


def _reason(record: Record) -> Any:
    told: Sequence[Mapping[str, Any]] = record.get("errors") or record.get("warnings") or ()
    if not told:
        return 0
    return f"{told[0].get('code')}: {told[0].get('message')}"[:_MOST_REASON]
