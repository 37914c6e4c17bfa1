"""The tables of the manifest and the questions that the run and whoever watches it ask of them."""

from __future__ import annotations

from .journal import Entry

LAYOUT = 3
MANIFEST, JOURNAL = "manifest.sqlite", "journal.jsonl"
MANIFEST_FILES = (MANIFEST, f"{MANIFEST}-wal", f"{MANIFEST}-shm")
"""The manifest and what SQLite keeps beside it."""
BUSY_S = 60.0
"""How long to wait for another program that holds the database."""

TABLES = """
CREATE TABLE IF NOT EXISTS run (
    id INTEGER PRIMARY KEY, listing INTEGER NOT NULL, started_s REAL NOT NULL, ended_s REAL, is_listed INTEGER NOT NULL DEFAULT 0,
    is_whole INTEGER NOT NULL DEFAULT 0, max_attempts INTEGER NOT NULL, retried TEXT, schemas INTEGER NOT NULL,
    pid INTEGER NOT NULL, host TEXT NOT NULL, command TEXT
);
CREATE TABLE IF NOT EXISTS input (
    path BLOB PRIMARY KEY, uri BLOB NOT NULL, size_bytes INTEGER NOT NULL, etag TEXT, modified_s REAL, members BLOB NOT NULL,
    version TEXT NOT NULL, place TEXT NOT NULL, is_archive INTEGER NOT NULL DEFAULT 0, parent BLOB, listing INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS input_parent ON input (parent) WHERE parent IS NOT NULL;
CREATE TABLE IF NOT EXISTS mark (number INTEGER PRIMARY KEY, mark TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS accepted (mark INTEGER PRIMARY KEY, schema TEXT NOT NULL, position INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS record (
    path BLOB NOT NULL, schema TEXT NOT NULL, mark INTEGER NOT NULL, version TEXT NOT NULL, place TEXT NOT NULL,
    size_bytes INTEGER NOT NULL, sha256 TEXT, status TEXT NOT NULL, code TEXT, is_retryable INTEGER NOT NULL,
    attempts INTEGER NOT NULL, run INTEGER NOT NULL, finished_s REAL NOT NULL, offset INTEGER NOT NULL, length INTEGER NOT NULL,
    PRIMARY KEY (path, schema)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS record_offset ON record (offset, length);
CREATE TABLE IF NOT EXISTS archive (
    path BLOB PRIMARY KEY, version TEXT NOT NULL, place TEXT NOT NULL, size_bytes INTEGER NOT NULL, sha256 TEXT NOT NULL,
    identity TEXT NOT NULL, listing INTEGER NOT NULL
) WITHOUT ROWID;
"""

ENTRY_COLUMNS = (
    "path", "schema", "mark", "version", "place", "size_bytes", "sha256", "status", "code", "is_retryable", "attempts", "run",
    "finished_s", "offset", "length",
)  # fmt: skip

_NOT_RETRIED = """(
            (run.retried IS NULL OR (run.retried != '' AND instr(run.retried || ',', ',' || record.code || ',') = 0))
            AND (NOT record.is_retryable OR record.attempts >= run.max_attempts)
        )"""

PENDING = f"""FROM run JOIN input ON input.listing = run.listing
WHERE run.id = :run AND NOT input.is_archive AND (
    SELECT count(*) FROM record JOIN accepted ON accepted.mark = record.mark AND accepted.schema = record.schema
    WHERE record.path = input.path AND record.version = input.version AND record.place = input.place AND (
        record.status != 'failed' OR record.run = run.id OR {_NOT_RETRIED}
    )
) < run.schemas"""
"""Inputs of a run that lack a record that holds: one of each schema, made of the file as it is, by what would make it now.

A failure holds when it was tried in this very run, or as often as it may be and nobody asked for it again.
"""

RESULTS = """SELECT record.path, record.status, record.offset, record.length, accepted.position
FROM record JOIN input ON input.path = record.path AND input.version = record.version AND input.place = record.place
JOIN accepted ON accepted.mark = record.mark AND accepted.schema = record.schema
WHERE input.listing = :listing AND NOT input.is_archive"""

TOUCHED = """SELECT DISTINCT input.path, input.uri, input.size_bytes, input.etag, input.modified_s, input.members, record.sha256
FROM input JOIN record ON record.path = input.path
WHERE input.listing = ? AND input.etag IS NULL AND length(input.members) = 0 AND record.sha256 IS NOT NULL
AND record.version != input.version AND record.place = input.place AND record.size_bytes = input.size_bytes"""
"""Files with another time than when they were read, and the same size."""

ARCHIVED = """SELECT input.path, input.uri, input.size_bytes, input.etag, input.modified_s, input.members, archive.sha256
FROM input JOIN archive ON archive.path = input.path
WHERE input.listing = ? AND input.etag IS NULL AND length(input.members) = 0
AND archive.version != input.version AND archive.place = input.place AND archive.size_bytes = input.size_bytes"""


def row_of_entry(entry: Entry, path: bytes, number: int, offset: int, length: int) -> tuple[object, ...]:
    """In the order of `ENTRY_COLUMNS`."""
    return (
        path, entry.schema, number, entry.version, entry.place, entry.size_bytes, entry.sha256, entry.status, entry.code,
        int(entry.is_retryable), entry.attempts, entry.run, entry.finished_s, offset, length,
    )  # fmt: skip


OF_RUN = "SELECT id, listing, started_s, ended_s, is_listed, is_whole, pid, host FROM run ORDER BY id DESC LIMIT 1"

_OF_LISTING = RESULTS.partition("FROM")[2]
STATUS_COUNTS = f"SELECT record.status, record.code, count(*) FROM {_OF_LISTING} GROUP BY record.status, record.code"
FAILED_LAST = (
    f"SELECT record.path, record.code, record.offset, record.length FROM {_OF_LISTING} AND record.status = 'failed' "
    "ORDER BY record.finished_s DESC LIMIT :most"
)
