"""Files and records as rows of the manifest, and rows as files."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence

from ...datamodel.source import SourceFile
from .journal import Entry
from .manifest_tables import ENTRY_COLUMNS, row_of_entry

FILE_COLUMNS = "path, uri, size_bytes, etag, modified_s, members"
"""What `source_file` takes."""
_INPUT_COLUMNS = ("path", "uri", "size_bytes", "etag", "modified_s", "members", "version", "place", "parent", "listing")
UPSERT_INPUT = (
    f"INSERT INTO input ({', '.join(_INPUT_COLUMNS)}) VALUES ({','.join('?' * len(_INPUT_COLUMNS))}) ON CONFLICT (path) DO UPDATE SET "
    f"{', '.join(f'{name}=excluded.{name}' for name in _INPUT_COLUMNS[1:])}, is_archive=0"
)


def input_row(file: SourceFile, parent: SourceFile | None, listing: int) -> tuple[object, ...]:
    """What `UPSERT_INPUT` takes.

    Args:
        parent: the archive that it is a member of.
    """
    return (
        path_key(file.path), path_key(file.uri), file.size_bytes, file.etag, file.modified_s, path_key("\0".join(file.members)),
        version_of(file), place_of(file.uri), path_key(parent.path) if parent else None, listing,
    )  # fmt: skip


def source_file(row: Sequence[object]) -> SourceFile:
    """The file of a row of `FILE_COLUMNS`."""
    path, uri, size_bytes, etag, modified_s, members = row
    assert isinstance(path, bytes) and isinstance(uri, bytes) and isinstance(members, bytes)
    return SourceFile(
        uri=path_of(uri), path=path_of(path), size_bytes=size_bytes, etag=etag, modified_s=modified_s,  # type: ignore[arg-type]
        members=tuple(path_of(members).split("\0")) if members else (),
    )  # fmt: skip


def put_record(database: sqlite3.Connection, entry: Entry, number: int, offset: int, length: int) -> None:
    """
    Args:
        number: of the mark.
        offset, length: of the record in the journal, in bytes.
    """
    marks = ",".join("?" * len(ENTRY_COLUMNS))
    database.execute(
        f"INSERT OR REPLACE INTO record ({','.join(ENTRY_COLUMNS)}) VALUES ({marks})",
        row_of_entry(entry, path_key(entry.path), number, offset, length),
    )


def number_of_mark(database: sqlite3.Connection, mark: str) -> int:
    """Its number, with which it is in the table from now on."""
    database.execute("INSERT OR IGNORE INTO mark (mark) VALUES (?)", (mark,))
    return int(database.execute("SELECT number FROM mark WHERE mark = ?", (mark,)).fetchone()[0])


def next_number(database: sqlite3.Connection, mark: str, new: Sequence[tuple[int, str]]) -> int:
    """The number of a mark; of one that was never seen, the next free one.

    Args:
        new: numbers and marks that are not yet in the table.
    """
    known = database.execute("SELECT number FROM mark WHERE mark = ?", (mark,)).fetchone()
    if known is not None:
        return int(known[0])
    last = database.execute("SELECT coalesce(max(number), 0) FROM mark").fetchone()[0]
    return int(max([last, *(number for number, _ in new)])) + 1


def version_of(file: SourceFile) -> str:
    """Changes when the file does: its storage mark, or its size and time."""
    return file.etag or f"{file.size_bytes}:{file.modified_s}"


def place_of(uri: str) -> str:
    """A short mark of where a file lies: its record names it, so the record of a file elsewhere is another."""
    return hashlib.sha256(path_key(uri)).hexdigest()[:16]


def path_key(text: str) -> bytes:
    """A path as bytes, so that a name that is not UTF-8 is kept; their order is that of the results."""
    return text.encode("utf-8", "surrogateescape")


def path_of(key: bytes) -> str:
    return key.decode("utf-8", "surrogateescape")
