"""Opens the index over a journal: built again where it is lost, damaged or of another layout; cuts off what the last run left torn."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from .journal import Journal
from .manifest_rows import number_of_mark, put_record
from .manifest_tables import BUSY_S, LAYOUT, MANIFEST, MANIFEST_FILES, TABLES

Notes = tuple[str, ...]
"""What a person may want to know about how it was found."""


def open_database(folder: Path, journal: Journal) -> tuple[sqlite3.Connection, Notes]:
    """The database of a run's folder, with its tables, whatever became of the one before.

    Raises:
        sqlite3.OperationalError: busy, read-only, full.
    """
    path = folder / MANIFEST
    has_journal = journal.size_bytes > 0
    lost = ""
    database = None
    try:
        database = _connected(path)
        layout = database.execute("PRAGMA user_version").fetchone()[0]
        has_tables = database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] > 0
        if not has_tables and has_journal:
            lost = "is gone"
        elif layout != LAYOUT and has_tables:
            lost = "is of another version"
        elif has_tables and database.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            lost = "is damaged"
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):  # busy, read-only, full: nothing is wrong with the file
            raise
        lost = "is damaged"
    if lost:
        if database is not None:
            database.close()
        for name in MANIFEST_FILES:
            (folder / name).unlink(missing_ok=True)
        database = _connected(path)
    assert database is not None
    database.executescript(TABLES)
    database.execute(f"PRAGMA user_version={LAYOUT}")
    if not lost:
        return database, ()
    found = _rebuild(database, journal)
    return database, ((f"the manifest {lost}: {found} records were found again in the journal",) if has_journal else ())


def cut_torn_tail(database: sqlite3.Connection, journal: Journal) -> tuple[int, Notes]:
    """Cuts off what stands in the journal behind the last row, and forgets rows whose records the disk lost; returns the bytes cut off."""
    end, notes = _end_of_records(database), Notes()
    size = journal.size_bytes
    if size < end or not journal.is_whole(end):
        # The disk lost a part of the journal, or gave it back damaged, but kept the rows: those records are to be done again.
        notes = _forget_lost(database, journal)
        end = _end_of_records(database)
    journal.cut(end)
    return max(0, size - end), notes


def _end_of_records(database: sqlite3.Connection) -> int:
    return int(database.execute("SELECT max(offset + length) FROM record").fetchone()[0] or 0)


def _connected(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, isolation_level=None, timeout=BUSY_S)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=NORMAL")
    return database


def _rebuild(database: sqlite3.Connection, journal: Journal) -> int:
    """Fills an empty manifest from the journal: of several records of a file and schema the last one counts."""
    numbers: dict[int, int] = {}
    database.execute("BEGIN")
    for line in journal.whole_lines():
        if line.mark is not None:
            numbers[line.mark[0]] = number_of_mark(database, line.mark[1])
        elif line.entry is not None and line.entry.mark in numbers:
            put_record(database, line.entry, numbers[line.entry.mark], line.offset, line.end - line.offset)
    found = database.execute("SELECT count(*) FROM record").fetchone()[0]
    database.execute("COMMIT")
    return int(found)


def _forget_lost(database: sqlite3.Connection, journal: Journal) -> Notes:
    whole = {line.offset: line.end for line in journal.whole_lines() if line.entry is not None}
    lost = [
        (offset,)
        for offset, length in database.execute("SELECT offset, length FROM record")
        if whole.get(offset) != offset + length
    ]
    database.execute("BEGIN")
    database.executemany("DELETE FROM record WHERE offset = ?", lost)
    database.execute("COMMIT")
    return (f"{len(lost)} records that the disk lost are made again",) if lost else ()
