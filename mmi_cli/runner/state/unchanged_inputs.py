"""Inputs whose time changed but whose bytes did not: their records hold, and archives among them are not opened again."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace

from ...datamodel.source import SourceFile
from .manifest_rows import FILE_COLUMNS, path_key, source_file, version_of
from .manifest_tables import ARCHIVED, TOUCHED

_SAME_ARCHIVE = "SELECT path FROM input JOIN archive USING (path, version, place) WHERE archive.identity = ?"


def touched_files(database: sqlite3.Connection, listing: int) -> list[tuple[SourceFile, str]]:
    """Files, archives last, that have another time than when they were read and the same size; each with the SHA-256 it had then."""
    rows = (row for query in (TOUCHED, ARCHIVED) for row in database.execute(query, (listing,)).fetchall())
    return [(source_file(row[:6]), str(row[6])) for row in rows]


def believe(database: sqlite3.Connection, file: SourceFile, sha256: str) -> None:
    """Notes that a file is what it was."""
    key, version = path_key(file.path), version_of(file)
    for table in ("record", "archive"):
        database.execute(f"UPDATE {table} SET version = ? WHERE path = ? AND sha256 = ?", (version, key, sha256))


def carry_members(
    database: sqlite3.Connection, listing: int, identity: str, together: Callable[[], AbstractContextManager[None]]
) -> None:
    """Members of archives that are what they were when they were unpacked are inputs as they were.

    Args:
        identity: of how archives are unpacked now.
        together: makes what is done within it one transaction.
    """
    same = database.execute(f"{_SAME_ARCHIVE} AND input.listing = ?", (identity, listing))
    waiting = [path for (path,) in same]
    with together():
        while waiting:
            key = waiting.pop()
            database.execute("UPDATE input SET is_archive = 1, listing = ? WHERE path = ?", (listing, key))
            modified_s = database.execute("SELECT modified_s FROM input WHERE path = ?", (key,)).fetchone()[0]
            for row in database.execute(
                f"SELECT {FILE_COLUMNS} FROM input WHERE parent = ? AND listing = (SELECT listing FROM archive WHERE path = ?)",
                (key, key),
            ).fetchall():
                _carry_member(database, source_file(row), modified_s, listing)
                if database.execute(f"{_SAME_ARCHIVE} AND path = ?", (identity, row[0])).fetchone():
                    waiting.append(row[0])
            database.execute("UPDATE archive SET listing = ? WHERE path = ?", (listing, key))


def _carry_member(database: sqlite3.Connection, file: SourceFile, modified_s: float | None, listing: int) -> None:
    key, version = path_key(file.path), version_of(replace(file, modified_s=modified_s))
    database.execute(
        "UPDATE input SET modified_s = ?, version = ?, listing = ? WHERE path = ?", (modified_s, version, listing, key)
    )
    for table in ("record", "archive"):
        database.execute(
            f"UPDATE {table} SET version = ? WHERE path = ? AND version = ?", (version, key, version_of(file))
        )
