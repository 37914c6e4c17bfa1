"""What a run left behind, as the report reads it: records, failures, summary, wherever they lie."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import UsageError
from ..storage.addresses import is_remote, open_destination

_ALONE = (".jsonl", ".ndjson")
Record = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """A run to be shown."""

    name: str
    """What the page is called: the last part of DEST."""
    records: tuple[Record, ...]
    """As in `results.jsonl`, then those of `failures.jsonl` that are not among them."""
    summary: dict[str, Any] = field(default_factory=dict)
    """Empty where there is none."""
    address: str | None = None
    """DEST, whose `content/` may hold what was read; None where the results lie alone."""


def read_results(dest: str) -> Results:
    """Reads what lies at DEST: a folder, a `.jsonl` file, or the same on blob.

    Raises:
        UsageError: there are no results, or a line of them is no record.
        StorageDown: the blobs cannot be reached.
    """
    with tempfile.TemporaryDirectory(prefix="mmi-report-") as scratch:
        return _read(dest, Path(scratch))


def _read(dest: str, scratch: Path) -> Results:
    shown = dest.partition("?")[0] if is_remote(dest) else dest
    folder, _, last = shown.rstrip("/").rpartition("/")
    if shown.endswith(_ALONE):
        base = dest.replace(f"/{last}", "", 1) if folder else "."
        lines = _lines(base, last, scratch)
        if lines is None:
            raise UsageError(f"{shown}: no such file; name what the run had as --output")
        address = base if last == "results.jsonl" else None
        name = Path(last).stem if address is None else Path(folder).name or "results"
    else:
        lines, address, name = _lines(dest, "results.jsonl", scratch), dest, last or "results"
        if lines is None:
            if not is_remote(dest) and not Path(dest).exists():
                raise UsageError(f"{shown}: no such folder; name what the run had as --output")
            raise UsageError(f"{shown}: no results.jsonl in it; name what a finished run had as --output")
        name = Path(dest).resolve().name if name in (".", "..") else name
    records = _records(lines, shown)
    summary: dict[str, Any] = {}
    if address is not None:
        known = {record.get("id") for record in records}
        failures = _records(_lines(address, "failures.jsonl", scratch) or "", f"{shown}: failures.jsonl")
        records += [record for record in failures if record.get("id") not in known]
        summary = _summary(_lines(address, "summary.json", scratch))
    return Results(name=name, records=tuple(records), summary=summary, address=address)


def _lines(address: str, name: str, scratch: Path) -> str | None:
    """The text of a result; None when there is none."""
    local = scratch / "fetched"
    if not open_destination(address).read(name, local):
        return None
    return local.read_text("utf-8", errors="replace")


def _records(text: str, where: str) -> list[Record]:
    records = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line, parse_constant=_no_number)
            if not isinstance(record["fields"], dict) or not isinstance(record["source"]["path"], str):
                raise TypeError
        except (ValueError, KeyError, TypeError, RecursionError):
            raise UsageError(f"{where}:{number}: not a record") from None
        records.append(record)
    return records


def _summary(text: str | None) -> dict[str, Any]:
    try:
        value = json.loads(text or "{}", parse_constant=_no_number)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _no_number(name: str) -> None:
    """NaN and the infinities are no JSON; nothing of ours writes them."""
    raise ValueError(name)
