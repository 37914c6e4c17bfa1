"""Results as a table: CSV, Parquet or flat JSON lines, one row a record, or one row an item of a list."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from ..datamodel.record import dump_line, plain_value
from ..errors import MissingEngine, UsageError
from .results import Record

Format = Literal["csv", "jsonl", "parquet"]
FORMATS: tuple[Format, ...] = ("csv", "jsonl", "parquet")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
"""Before a CSV file: without it spreadsheets take UTF-8 for something else."""
_NUMBER = re.compile(r"[+-]?[\d\s().,/-]+")
"""`+49 30 1234` is no formula."""
_ABOUT = ("path", "schema", "status", "category", "pages")
Row = dict[str, Any]


def rows_of_records(records: Iterable[Record], *, confidence: bool = False) -> Iterator[Row]:
    """One row a record: path, schema, status (category and pages where a router split), then the fields by name.

    Objects become `name.member`; a list of plain values is one cell of JSON, a list of objects too.

    Args:
        confidence: beside each plain value a column `<name>.confidence`.
    """
    for record in records:
        row = _about(record)
        for name, value in record["fields"].items():
            row.update(_flat(name, value, confidence=confidence))
        yield row


def rows_of_list(records: Iterable[Record], field: str, *, confidence: bool = False) -> Iterator[Row]:
    """One row an item of a list field, with the path of its record and its place in the list, from 1.

    Raises:
        UsageError: no record has such a list.
    """
    is_known = False
    names: set[str] = set()
    for record in records:
        value = record["fields"].get(field)
        names |= {name for name, each in record["fields"].items() if each.get("type") == "array"}
        if value is None or value.get("type") != "array":
            continue
        is_known = True
        for number, item in enumerate(value["value"], start=1):
            row = {**_about(record), "item": number}
            row.update(
                _flat("value", item, confidence=confidence) if "type" in item else _members(item, "", confidence)
            )
            yield row
    if not is_known:
        known = f"lists are: {', '.join(sorted(names))}" if names else "no field is a list"
        raise UsageError(f"--rows {field}: no record has such a list; {known}")


def _about(record: Record) -> Row:
    segment = record.get("segment") or {}
    about = {
        "path": record["source"]["path"], "schema": record["schema"]["name"], "status": record["status"],
        "category": segment.get("category"),
        "pages": "-".join(map(str, segment["pages"])) if "pages" in segment else None,
    }  # fmt: skip
    return {name: value for name, value in about.items() if value is not None}


def _flat(name: str, value: Mapping[str, Any], *, confidence: bool) -> Row:
    if value.get("type") == "object":
        return _members(value["value"], f"{name}.", confidence)
    if value.get("type") == "array":
        plain = [plain_value(item) for item in value["value"]]
        return {name: dump_line(plain) if plain else None}
    row = {name: value.get("value")}
    if confidence:
        row[f"{name}.confidence"] = value.get("confidence")
    return row


def _members(members: Mapping[str, Any], prefix: str, confidence: bool) -> Row:
    row: Row = {}
    for name, member in members.items():
        row.update(_flat(f"{prefix}{name}", member, confidence=confidence))
    return row


def columns_of(rows: Iterable[Row]) -> list[str]:
    """Every name once: those about the record first, then in the order in which they come."""
    seen = dict.fromkeys(name for row in rows for name in row)
    return [*(name for name in _ABOUT if name in seen), *(name for name in seen if name not in _ABOUT)]


def written(rows: Sequence[Row], format: Format) -> bytes:
    """The rows as a file.

    A cell of CSV that a spreadsheet would take for a formula gets a quote in front, as OWASP recommends; others keep it as it is.

    Raises:
        MissingEngine: Parquet, and pyarrow is not installed.
    """
    columns = columns_of(rows)
    if format == "jsonl":
        return b"".join(dump_line(row).encode() + b"\n" for row in rows)
    if format == "csv":
        stream = io.StringIO(newline="")
        table = csv.writer(stream, lineterminator="\r\n")
        table.writerow([_cell(name) for name in columns])
        table.writerows([_cell(row.get(name)) for name in columns] for row in rows)
        return stream.getvalue().encode("utf-8", "replace")
    return _parquet(rows, columns)


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") and not _NUMBER.fullmatch(value):
        return f"'{value}"
    return value


def _parquet(rows: Sequence[Row], columns: Sequence[str]) -> bytes:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise MissingEngine("Parquet needs pyarrow; pip install 'mmi-cli[parquet]'") from error
    arrays = {name: _array(pa, [row.get(name) for row in rows]) for name in columns}
    stream = io.BytesIO()
    pq.write_table(pa.table(arrays), stream, compression="zstd")
    return stream.getvalue()


def _array(pa: Any, values: Sequence[Any]) -> Any:
    """A column of one type: numbers as float64 where any has a fraction, texts where the types differ."""
    kinds = {type(value) for value in values if value is not None}
    if kinds <= {int} and kinds:
        return pa.array(values, pa.int64())
    if kinds and kinds <= {int, float}:
        return pa.array(values, pa.float64())
    if kinds == {bool}:
        return pa.array(values, pa.bool_())
    texts = [value if value is None or isinstance(value, str) else json.dumps(value) for value in values]
    return pa.array([None if text is None else text.encode("utf-8", "replace").decode() for text in texts], pa.string())


def write_file(path: Path, data: bytes) -> None:
    """
    Raises:
        UsageError: it cannot be written.
    """
    try:
        path.write_bytes(data)
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror or error}") from error
