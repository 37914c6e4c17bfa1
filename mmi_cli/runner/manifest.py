"""What a run knows on disk: a journal of finished records and an index over it that survives any stop.

A record is appended to the journal and flushed, then its row is committed: a row always points at a whole record. What
stands in the journal behind the last row is a torn tail and is cut off when it is opened.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from ..datamodel.source import SourceFile
from .work import RecordLine

_LAYOUT = 1
_TABLES = """
CREATE TABLE IF NOT EXISTS input (
    path BLOB PRIMARY KEY, uri BLOB NOT NULL, size_bytes INTEGER NOT NULL, etag TEXT, modified_s REAL, members TEXT NOT NULL,
    version TEXT NOT NULL, is_archive INTEGER NOT NULL DEFAULT 0, parent BLOB, run INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS record (
    path BLOB NOT NULL, schema TEXT NOT NULL, version TEXT NOT NULL, status TEXT NOT NULL, is_retryable INTEGER NOT NULL,
    attempts INTEGER NOT NULL, offset INTEGER NOT NULL, length INTEGER NOT NULL, PRIMARY KEY (path, schema)
) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A record of the journal."""

    path: str
    status: str
    line: str


class Manifest:
    """Opened by the one process that holds the run's lock.

    Args:
        schema_keys: one key a schema of the run, in order: name and digest of the schema and of all that decides its values.
    """

    def __init__(self, folder: Path, *, schema_keys: tuple[str, ...], max_attempts: int, sync_every: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._schema_keys = schema_keys
        self._max_attempts = max_attempts
        self._sync_every = sync_every
        self._unsynced = 0
        self._database = sqlite3.connect(folder / "manifest.sqlite", isolation_level=None)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA synchronous=NORMAL")
        if self._database.execute("PRAGMA user_version").fetchone()[0] not in (0, _LAYOUT):
            self._database.executescript("DROP TABLE IF EXISTS input; DROP TABLE IF EXISTS record;")
        self._database.executescript(_TABLES)
        self._database.execute(f"PRAGMA user_version={_LAYOUT}")
        self._run = 1 + (self._database.execute("SELECT max(run) FROM input").fetchone()[0] or 0)
        path = folder / "journal.jsonl"
        self._journal = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o644), "r+b")
        self.torn_bytes = self._cut_torn_tail()

    def _cut_torn_tail(self) -> int:
        end = self._database.execute("SELECT max(offset + length) FROM record").fetchone()[0] or 0
        size = os.fstat(self._journal.fileno()).st_size
        if size < end:
            # The disk lost the journal's tail but kept the rows: those records are to be done again.
            self._database.execute("DELETE FROM record WHERE offset + length > ?", (size,))
            end = self._database.execute("SELECT max(offset + length) FROM record").fetchone()[0] or 0
        self._journal.truncate(end)
        self._journal.seek(end)
        return max(0, size - end)

    def list_inputs(self, files: Iterable[SourceFile], *, parent: SourceFile | None = None) -> None:
        """Remembers the inputs of this run, streamed; those of an earlier run that are not named again do not count."""
        of = path_key(parent.path) if parent else None
        rows = (
            (
                path_key(f.path), path_key(f.uri), f.size_bytes, f.etag, f.modified_s, path_key("\0".join(f.members)),
                _version(f), of, self._run,
            )
            for f in files
        )  # fmt: skip
        self._database.execute("BEGIN")
        self._database.executemany(
            "INSERT INTO input (path, uri, size_bytes, etag, modified_s, members, version, parent, run) VALUES (?,?,?,?,?,?,?,?,?) "
            "ON CONFLICT (path) DO UPDATE SET uri=excluded.uri, size_bytes=excluded.size_bytes, etag=excluded.etag, "
            "modified_s=excluded.modified_s, members=excluded.members, version=excluded.version, parent=excluded.parent, "
            "run=excluded.run, is_archive=0",
            rows,
        )
        self._database.execute("COMMIT")

    def mark_archive(self, file: SourceFile) -> None:
        """The file has no record of its own: its members have."""
        self._database.execute("UPDATE input SET is_archive = 1 WHERE path = ?", (path_key(file.path),))

    def counts(self) -> tuple[int, int, int]:
        """(files, bytes, files that need nothing more) of this run's inputs, archives left out."""
        files, size = self._database.execute(
            "SELECT count(*), coalesce(sum(size_bytes), 0) FROM input WHERE run = ? AND NOT is_archive", (self._run,)
        ).fetchone()
        return files, size, files - sum(1 for _ in self.pending())

    def pending(self, *, parent: SourceFile | None = None, by_path: bool = False) -> Iterator[SourceFile]:
        """Files that have something to do, largest first; safe while records are added.

        Args:
            parent: only the members of this archive.
            by_path: in the order of the results instead.
        """
        of = path_key(parent.path) if parent else None
        marks = ",".join("?" * len(self._schema_keys))
        cursor = self._database.cursor()
        cursor.execute(  # only question marks and fixed words are put together
            "SELECT path, uri, size_bytes, etag, modified_s, members FROM input "
            "WHERE run = ? AND NOT is_archive AND (? IS NULL OR parent = ?) AND ("
            f"  SELECT count(*) FROM record WHERE record.path = input.path AND record.version = input.version AND schema IN ({marks})"
            "   AND (status != 'failed' OR NOT is_retryable OR attempts >= ?)) < ? "
            f"ORDER BY {'path' if by_path else 'size_bytes DESC, path'}",
            (self._run, of, of, *self._schema_keys, self._max_attempts, len(self._schema_keys)),
        )
        while rows := cursor.fetchmany(1000):
            for path, uri, size_bytes, etag, modified_s, members in rows:
                yield SourceFile(
                    uri=_text(uri), path=_text(path), size_bytes=size_bytes, etag=etag, modified_s=modified_s,
                    members=tuple(_text(members).split("\0")) if members else (),
                )  # fmt: skip

    def add(self, file: SourceFile, lines: tuple[RecordLine, ...]) -> None:
        """Appends the records of a file, all or none."""
        rows = []
        for line in lines:
            data = line.line.encode("utf-8") + b"\n"
            offset = self._journal.tell()
            self._journal.write(data)
            rows.append((line, offset, len(data)))
        self._journal.flush()
        self._unsynced += len(lines)
        if self._unsynced >= self._sync_every:
            self.sync()
        self._database.execute("BEGIN")
        for line, offset, length in rows:
            self._database.execute(
                "INSERT INTO record VALUES (?,?,?,?,?,1,?,?) ON CONFLICT (path, schema) DO UPDATE SET "
                "attempts = CASE WHEN record.version = excluded.version THEN record.attempts + 1 ELSE 1 END, "
                "version=excluded.version, status=excluded.status, is_retryable=excluded.is_retryable, "
                "offset=excluded.offset, length=excluded.length",
                (
                    path_key(file.path), self._schema_keys[line.schema_index], _version(file), line.status, line.is_retryable,
                    offset, length,
                ),
            )  # fmt: skip
        self._database.execute("COMMIT")

    def sync(self) -> None:
        """Makes what was added so far survive a power cut."""
        os.fsync(self._journal.fileno())
        self._unsynced = 0

    def checkpoint(self, to: Path) -> int:
        """Writes a copy of the index as it is now; returns how many bytes of the journal its rows stand on."""
        self._journal.flush()
        with closing(sqlite3.connect(to)) as copy:
            self._database.backup(copy)
        return self._journal.tell()

    def results(self, *, path: str | None = None) -> Iterator[Done]:
        """The records of this run's inputs, by path, then by the schemas' order.

        Args:
            path: only those of this file.
        """
        only = "AND record.path = ? " if path is not None else ""
        of = (path_key(path),) if path is not None else ()
        order = " ".join(f"WHEN ? THEN {index}" for index in range(len(self._schema_keys)))
        marks = ",".join("?" * len(self._schema_keys))
        cursor = self._database.execute(
            "SELECT record.path, record.status, record.offset, record.length FROM record JOIN input USING (path) "
            f"WHERE input.run = ? AND NOT input.is_archive AND record.schema IN ({marks}) {only}"
            f"ORDER BY record.path, CASE record.schema {order} END",
            (self._run, *self._schema_keys, *of, *self._schema_keys),
        )
        self._journal.flush()
        end = self._journal.tell()
        for key, status, offset, length in cursor:
            self._journal.seek(offset)
            line = self._journal.read(length)
            self._journal.seek(end)
            yield Done(path=_text(key), status=status, line=line.decode("utf-8").rstrip("\n"))

    def close(self) -> None:
        self.sync()
        self._journal.close()
        self._database.close()


def _version(file: SourceFile) -> str:
    """Changes when the file does: its storage mark, or its size and time."""
    return file.etag or f"{file.size_bytes}:{file.modified_s}"


def path_key(text: str) -> bytes:
    """A path as bytes, so that a name that is not UTF-8 is kept; their order is that of the results."""
    return text.encode("utf-8", "surrogateescape")


def _text(key: bytes) -> str:
    return key.decode("utf-8", "surrogateescape")
