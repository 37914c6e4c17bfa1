"""What a run knows on disk: an index over the journal of finished records that survives any stop.

A record is appended to the journal and flushed, then its row is committed: a row always points at a whole record. What stands in the
journal behind the last row is a torn tail and is cut off when it is opened. The journal alone is enough: a manifest that is lost,
damaged or of another layout is built again from it.
"""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from ...datamodel.source import SourceFile
from ...errors import StorageDown
from ..work import RecordLine
from .journal import BETWEEN_RECORDS, Entry, Journal
from .keys import RunKeys
from .manifest_opening import Notes, cut_torn_tail, open_database
from .manifest_rows import (
    FILE_COLUMNS,
    UPSERT_INPUT,
    input_row,
    next_number,
    path_key,
    path_of,
    place_of,
    put_record,
    source_file,
    version_of,
)  # fmt: skip
from .manifest_tables import JOURNAL, MANIFEST, PENDING, RESULTS
from .unchanged_inputs import believe, carry_members, touched_files

HashesOf = Callable[[Sequence[SourceFile]], Iterable[str | None]]
"""SHA-256 (hex) of each file's bytes as they are now; None where that cannot be told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A record of the journal."""

    path: str
    status: str
    line: str
    schema_index: int = 0
    """Of the schema it was made for, among those of the run."""
    is_member: bool = False
    """Of a file whose case is the result: told among the failures alone."""


_TAKEN_AT_ONCE = 500
_LEFT_OUT = 2
"""In `is_archive`: like an archive, the file has no record in this run."""


class Manifest:
    """Opened by the one process that holds the run's lock.

    Args:
        keys: what the records of this run depend on.
        max_attempts: how often a retryable failure is tried over several runs.
        sync_every: records after which the journal is flushed to disk with fsync.
        retried: codes of failures that are tried again whatever was tried before (empty: of any code); None: only what may be.
        is_new_listing: False to go on with the inputs that the run before listed.
        command: what the run was told to do, for whoever repeats it.
        now_s: seconds since the epoch, for whoever watches the run.

    Raises:
        StorageDown: the folder cannot be written, or another program holds the database.
    """

    def __init__(
        self,
        folder: Path,
        *,
        keys: RunKeys,
        max_attempts: int,
        sync_every: int,
        retried: Sequence[str] | None = None,
        is_new_listing: bool = True,
        command: str | None = None,
        now_s: Callable[[], float] = time.time,
    ) -> None:
        self._folder = folder
        self._keys = keys
        self._sync_every = sync_every
        self._now_s = now_s
        self._unsynced = 0
        self._tables = count(1)
        self._numbers: dict[str, int] = {}
        """Marks of this run → their numbers; those written to the journal already."""
        with self._told():
            folder.mkdir(parents=True, exist_ok=True)
            self._journal = Journal(folder / JOURNAL)
            self._database, lost = open_database(folder, self._journal)
            self.torn_bytes, torn = cut_torn_tail(self._database, self._journal)
            self.notes: Notes = (*lost, *torn)
            self._run = self._begin(max_attempts, retried, is_new_listing, command)

    def _begin(
        self, max_attempts: int, retried: Sequence[str] | None, is_new_listing: bool, command: str | None
    ) -> int:
        last = self._database.execute("SELECT max(listing) FROM run").fetchone()[0] or 0
        whole = self._database.execute("SELECT max(listing) FROM run WHERE is_listed").fetchone()[0]
        self._listing = last + 1 if is_new_listing or whole is None else whole
        self._database.execute("BEGIN IMMEDIATE")
        cursor = self._database.execute(
            "INSERT INTO run (listing, started_s, max_attempts, retried, schemas, pid, host, command) VALUES (?,?,?,?,?,?,?,?)",
            (
                self._listing, self._now_s(), max_attempts, None if retried is None else ",".join(["", *retried]),
                len(self._keys.schemas), os.getpid(), socket.gethostname(), command,
            ),
        )  # fmt: skip
        run = int(cursor.lastrowid or 0)
        self._database.execute("DELETE FROM accepted")
        for number, mark in self._database.execute("SELECT number, mark FROM mark").fetchall():
            self._accept(number, mark)
        self._database.execute("COMMIT")
        return run

    def _accept(self, number: int, mark: str) -> None:
        index = self._keys.accepts(mark)
        if index is not None:
            self._database.execute(
                "INSERT OR IGNORE INTO accepted (mark, schema, position) VALUES (?,?,?)",
                (number, self._keys.schemas[index].name, index),
            )

    # --- inputs

    def list_inputs(self, files: Iterable[SourceFile]) -> None:
        """Remembers the inputs of this run, streamed; those of an earlier run that are not named again do not count."""
        with self._told(), self._together():
            self._database.executemany(UPSERT_INPUT, (input_row(file, None, self._listing) for file in files))

    def recognise(self, hashes_of: HashesOf) -> int:
        """Looks at the bytes of files whose time changed and whose size did not: how many are what they were.

        Their records hold, and so do the lists of members of archives that are as they were.
        """
        with self._told():
            touched = touched_files(self._database, self._listing)
            same = 0
            for (file, before), now in zip(touched, hashes_of([file for file, _ in touched]), strict=True):
                if now == before:
                    same += 1
                    with self._together():
                        believe(self._database, file, before)
            carry_members(self._database, self._listing, self._keys.unpacking, self._together)
            return same

    def unpack(self, file: SourceFile, members: Iterable[SourceFile], *, sha256: str | None = None) -> None:
        """The file has no record of its own: its members have.

        Args:
            sha256: of the archive; with it, it is not opened again while it stays as it is.
        """
        key = path_key(file.path)
        with self._told(), self._together():
            self._database.execute("UPDATE input SET is_archive = 1 WHERE path = ?", (key,))
            self._database.executemany(UPSERT_INPUT, (input_row(member, file, self._listing) for member in members))
            self._database.execute("DELETE FROM record WHERE path = ?", (key,))
            if sha256 is not None:
                self._database.execute(
                    "INSERT OR REPLACE INTO archive (path, version, place, size_bytes, sha256, identity, listing) VALUES (?,?,?,?,?,?,?)",
                    (
                        key, version_of(file), place_of(file.uri), file.size_bytes, sha256, self._keys.unpacking, self._listing,
                    ),
                )  # fmt: skip

    def choose_members(self, takes: Callable[[SourceFile], bool] | None, *, parent: SourceFile | None = None) -> None:
        """Members of archives that are not taken have no place in this run; those that an earlier one left out may be taken now.

        Args:
            takes: None: all are taken.
            parent: only the members of this archive.
        """
        only = "AND parent = :parent" if parent is not None else ""
        wanted = {"listing": self._listing, "parent": path_key(parent.path) if parent else None}
        with self._told(), self._together(), closing(self._database.cursor()) as cursor:
            self._database.execute(
                f"UPDATE input SET is_archive = 0 WHERE listing = :listing AND parent IS NOT NULL AND is_archive = {_LEFT_OUT} {only}",
                wanted,
            )
            if takes is None:
                return
            cursor.execute(
                f"SELECT {FILE_COLUMNS} FROM input WHERE listing = :listing AND parent IS NOT NULL AND NOT is_archive {only} ORDER BY path",
                wanted,
            )
            for file in list(map(source_file, cursor)):
                if not takes(file):
                    self._leave_out(file)

    def leave_out(self, file: SourceFile) -> None:
        """A file that was opened and has no place in this run after all."""
        with self._told():
            self._leave_out(file)

    def _leave_out(self, file: SourceFile) -> None:
        self._database.execute(f"UPDATE input SET is_archive = {_LEFT_OUT} WHERE path = ?", (path_key(file.path),))

    def inputs(self) -> Iterator[SourceFile]:
        """Every input that was listed, archives and their members included, by path."""
        with self._told(), closing(self._database.cursor()) as cursor:
            cursor.execute(
                f"SELECT {FILE_COLUMNS} FROM input WHERE listing = ? ORDER BY path",
                (self._listing,),
            )
            yield from map(source_file, cursor)

    def was_listed(self) -> None:
        """All inputs are known; whoever watches the run may tell how many are left."""
        with self._told():
            self._database.execute("UPDATE run SET is_listed = 1 WHERE id = ?", (self._run,))

    def counts(self) -> tuple[int, int, int]:
        """(files, bytes, files that need nothing more) of this run's inputs, archives left out."""
        with self._told():
            files, size = self._database.execute(
                "SELECT count(*), coalesce(sum(size_bytes), 0) FROM input WHERE listing = ? AND NOT is_archive",
                (self._listing,),
            ).fetchone()
            pending = self._database.execute(f"SELECT count(*) {PENDING}", {"run": self._run}).fetchone()[0]
            return files, size, files - pending

    def pending(self, *, parent: SourceFile | None = None, by_path: bool = False) -> Iterator[SourceFile]:
        """Files that have something to do, largest first; safe while records are added.

        Args:
            parent: only the members of this archive.
            by_path: in the order of the results instead.
        """
        only = "AND input.parent = :parent " if parent is not None else ""
        with self._told():
            # A question that stays open would keep the database from ever taking in what is written beside it (10 kB a record): the
            # order is put into a table of this connection alone, and files are taken from it a few hundred at a time.
            table = f"to_do_{next(self._tables)}"
            order = "path" if by_path else "size_bytes DESC, path"
            self._database.execute(
                f"CREATE TEMP TABLE {table} AS SELECT input.path AS path {PENDING} {only} ORDER BY input.{order}",
                {"run": self._run, "parent": path_key(parent.path) if parent else None},
            )
        return self._taken(table)

    def _taken(self, table: str) -> Iterator[SourceFile]:
        last = 0
        while True:
            with self._told():
                rows = self._database.execute(
                    f"SELECT {table}.rowid, input.path, uri, size_bytes, etag, modified_s, members FROM {table} "
                    f"JOIN input ON input.path = {table}.path WHERE {table}.rowid > ? ORDER BY {table}.rowid LIMIT {_TAKEN_AT_ONCE}",
                    (last,),
                ).fetchall()
                if not rows:
                    self._database.execute(f"DROP TABLE {table}")
                    return
            last = rows[-1][0]
            yield from (source_file(row[1:]) for row in rows)

    def is_pending(self, file: SourceFile) -> bool:
        """Whether a listed file has something to do."""
        with self._told():
            found = self._database.execute(
                f"SELECT 1 {PENDING} AND input.path = :path", {"run": self._run, "path": path_key(file.path)}
            )
            return found.fetchone() is not None

    # --- records

    def add(self, file: SourceFile, lines: tuple[RecordLine, ...], *, sha256: str | None = None) -> None:
        """Appends the records of a file, all or none.

        Args:
            sha256: of the file's bytes; with it, a new time alone does not do the file again.
        """
        with self._told():
            if not self._journal.is_there:
                raise StorageDown(f"{self._folder} was removed while the run went on; run again, from the beginning")
            written: list[tuple[Entry, int, int, int]] = []
            new: list[tuple[int, str]] = []
            for line in lines:
                mark = self._keys.mark(line.schema_index, line.touched, passed_a_limit=line.passed_a_limit)
                number = self._numbers.get(mark)
                if number is None:
                    number = self._numbers[mark] = next_number(self._database, mark, new)
                    self._journal.add_mark(number, mark)
                    new.append((number, mark))
                entry = self._entry(file, line, number, sha256)
                written.append((entry, number, *self._journal.add(entry, line.line)))
            self._journal.flush()
            self._unsynced += len(lines)
            if self._unsynced >= self._sync_every:
                self.sync()
            with self._together():
                for number, mark in new:
                    self._database.execute("INSERT OR IGNORE INTO mark (number, mark) VALUES (?,?)", (number, mark))
                    self._accept(number, mark)
                for entry, number, offset, length in written:
                    put_record(self._database, entry, number, offset, length)

    def _entry(self, file: SourceFile, line: RecordLine, number: int, sha256: str | None) -> Entry:
        schema, version = self._keys.schemas[line.schema_index].name, version_of(file)
        before = self._database.execute(
            "SELECT attempts FROM record WHERE path = ? AND record.schema = ? AND version = ? AND mark IN (SELECT mark FROM accepted)",
            (path_key(file.path), schema, version),
        ).fetchone()
        return Entry(
            path=file.path, schema=schema, mark=number, version=version, place=place_of(file.uri), size_bytes=file.size_bytes,
            sha256=sha256, status=line.status, code=line.code, is_retryable=line.is_retryable,
            attempts=1 + (before[0] if before else 0), run=self._run, finished_s=round(self._now_s(), 3),
        )  # fmt: skip

    def sync(self) -> None:
        """Makes what was added so far survive a power cut."""
        self._journal.sync()
        self._unsynced = 0

    def checkpoint(self, to: Path) -> int:
        """Writes a copy of the index as it is now; returns how many bytes of the journal its rows stand on."""
        self._journal.flush()
        with self._told(), closing(sqlite3.connect(to)) as copy:
            self._database.backup(copy)
        return self._journal.end

    def results(self, *, path: str | None = None, placed: Callable[[str, int], str] | None = None) -> Iterator[Done]:
        """The records of this run's inputs, by path, then by the schemas' order.

        Args:
            path: only those of this file.
            placed: by path and index of the schema, the path in whose place a record comes; records of one place and schema by their
                own paths. SQLite sorts them, beyond its cache on disk.
        """
        only = "AND record.path = :path " if path is not None else ""
        order = "record.path, accepted.position"
        if placed is not None:
            self._database.create_function(
                "placed", 2, lambda key, position: path_key(placed(path_of(key), position)), deterministic=True
            )
            order = "placed(record.path, accepted.position), accepted.position, record.path"
        with self._told(), closing(self._database.cursor()) as cursor:
            cursor.execute(
                f"{RESULTS} {only} ORDER BY {order}",
                {"listing": self._listing, "path": path_key(path) if path is not None else None},
            )
            for key, status, offset, length, position in cursor:
                lines = self._journal.read(offset, length).split(BETWEEN_RECORDS)
                for line in lines:
                    own = status if len(lines) == 1 else json.loads(line)["status"]
                    yield Done(path=path_of(key), status=own, line=line, schema_index=position)

    def close(self, *, is_whole: bool = False) -> None:
        """
        Args:
            is_whole: the run came to its end.
        """
        with self._told():
            self._journal.sync()
            self._database.execute(
                "UPDATE run SET ended_s = ?, is_whole = ? WHERE id = ?", (self._now_s(), is_whole, self._run)
            )
            self._journal.close()
            self._database.close()

    @contextmanager
    def _together(self) -> Iterator[None]:
        """One transaction: all or none."""
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")

    @contextmanager
    def _told(self) -> Iterator[None]:
        """
        Raises:
            StorageDown: in place of what the file system or the database says.
        """
        try:
            yield
        except sqlite3.OperationalError as error:
            why = "another program holds it" if "locked" in str(error) else str(error)
            raise StorageDown(f"{self._folder / MANIFEST}: {why}; nothing that was done is lost") from error
        except sqlite3.DatabaseError as error:
            raise StorageDown(
                f"{self._folder / MANIFEST} was damaged while it was in use ({error}); run again: it is built anew from the journal"
            ) from error
        except OSError as error:
            raise StorageDown(f"cannot write to {self._folder}: {error.strerror or error}") from error
