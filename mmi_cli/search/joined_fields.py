"""The fields of a run's records, as an index keeps them beside its files."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ..errors import UsageError
from ..storage.addresses import open_destination

Fields = dict[str, Any]
"""Name → {"value": plain value, "confidence": lowest confidence of a value in it, or None}."""


class JoinedFields:
    """What a run found in each file, by the file's address and path.

    Args:
        address: DEST of `mmi run`, or its `.jsonl`.

    Raises:
        UsageError: there are no results at `address`, or they are no records.
    """

    def __init__(self, address: str) -> None:
        self._by_uri: dict[tuple[str, str], Fields] = {}
        self._by_path: dict[str, Fields | None] = {}
        for record in _records(address):
            self._add(record)

    def of(self, *, uri: str, path: str) -> Fields | None:
        """By address and path; else by path alone, where only one file has it. None: no record."""
        return self._by_uri.get((uri, path)) or self._by_path.get(path)

    def _add(self, record: Mapping[str, Any]) -> None:
        source = record["source"]
        found: Fields = {}
        for name, field in record["fields"].items():
            value, confidences = _plain(field)
            found[name] = {"value": value, "confidence": min(confidences) if confidences else None}
        key = (source["uri"], source["path"])
        known = self._by_uri.setdefault(key, {})
        for name, field in found.items():
            if name not in known or known[name]["value"] in (
                None,
                [],
            ):  # several schemas, or segments: the first that has it
                known[name] = field
        path = source["path"]
        self._by_path[path] = known if self._by_path.get(path, known) is known else None


def _records(address: str) -> Iterator[dict[str, Any]]:
    folder, _, name = address.rpartition("/") if address.endswith(".jsonl") else (address, "", "results.jsonl")
    with tempfile.TemporaryDirectory(prefix="mmi-results-") as local_folder:
        local = Path(local_folder) / "results.jsonl"
        if not open_destination(folder or ".").read(name, local):
            raise UsageError(f"--results {address}: there is no {name}; name the DEST of a run")
        with local.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                try:
                    record = json.loads(line)
                    record["source"]["uri"], record["source"]["path"], record["fields"].items()
                except (ValueError, KeyError, TypeError, AttributeError) as error:
                    raise UsageError(f"--results {address}: line {number} is no record of a run") from error
                yield record


def _plain(field: Any) -> tuple[Any, list[float]]:
    """(plain value, confidences of the values in it)."""
    if isinstance(field, dict) and "confidence" in field and "kind" in field:
        value = field.get("value")
        return value, [] if value is None else [float(field["confidence"])]
    value = field.get("value") if isinstance(field, dict) and field.get("type") in ("array", "object") else field
    confidences: list[float] = []
    if isinstance(value, list):
        items = [_plain(each) for each in value]
        return [item for item, _ in items], [each for _, some in items for each in some]
    if isinstance(value, dict):
        members = {name: _plain(each) for name, each in value.items()}
        for _, some in members.values():
            confidences += some
        return {name: member for name, (member, _) in members.items()}, confidences
    return value, confidences
