"""The tables of an index, and the layout of the files of vectors beside them.

`index.sqlite` says what is true: which files of vectors there are, how many rows of them count, and every file and item. A file of
vectors only grows behind the rows that count, so that whoever is killed leaves the index as it was at its last commit.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

import numpy as np

from ..errors import UsageError

DATABASE = "index.sqlite"
FORMAT = 1
"""Raised whenever an older program could not read, or would misread, what is written."""
TOKENIZER = "porter unicode61 remove_diacritics 2"
ROW = np.dtype([("item", "<u4"), ("file", "<u4"), ("kind", "u1")])
"""Of `<space>-<n>.rows`: what each vector belongs to. A row whose file is gone is dead."""
VECTOR = np.dtype("<f4")
"""Of `<space>-<n>.vectors`, row by row."""
SCHEMA = f"""
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE spaces (name TEXT PRIMARY KEY, stem TEXT NOT NULL, dimensions INTEGER NOT NULL, rows INTEGER NOT NULL,
  dead INTEGER NOT NULL, model TEXT NOT NULL, weights TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE files (id INTEGER PRIMARY KEY AUTOINCREMENT, input TEXT NOT NULL, uri TEXT NOT NULL, members TEXT NOT NULL,
  path TEXT NOT NULL, size_bytes INTEGER NOT NULL, etag TEXT, modified_s REAL, sha256 TEXT, modality TEXT, media_type TEXT,
  status TEXT NOT NULL, error TEXT, notice TEXT NOT NULL, made_by TEXT NOT NULL, text_marks BLOB NOT NULL,
  fields TEXT NOT NULL DEFAULT '{{}}', UNIQUE (uri, members));
CREATE TABLE items (id INTEGER PRIMARY KEY AUTOINCREMENT, file INTEGER NOT NULL, number INTEGER NOT NULL, kind TEXT NOT NULL,
  text TEXT NOT NULL, headings TEXT NOT NULL, place TEXT NOT NULL, tags TEXT NOT NULL, method TEXT NOT NULL, page INTEGER,
  picture_hash INTEGER, thumbnail BLOB);
CREATE INDEX items_of_file ON items (file, number);
CREATE VIRTUAL TABLE words USING fts5(body, name, content='', tokenize='{TOKENIZER}');
CREATE VIRTUAL TABLE vocabulary USING fts5vocab('words', 'row');
"""


def open_database(folder: Path, *, is_writing: bool) -> sqlite3.Connection:
    """The tables of an index; made when they are not there and `is_writing`.

    Raises:
        UsageError: no index, or one of another format.
    """
    path = folder / DATABASE
    if not is_writing and not path.is_file():
        raise UsageError(f"{folder} is no index; `mmi embed INPUT... --output {folder}` makes one")
    # Those who read may have to undo what a killed writer began; where they may not write, SQLite opens for reading alone.
    address = f"{path.absolute().as_uri()}?mode={'rwc' if is_writing else 'rw'}"
    connection = sqlite3.connect(address, uri=True, isolation_level=None, timeout=30)
    try:
        if is_writing:
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute(
                "PRAGMA cache_spill=OFF"
            )  # or those who read would wait before the commit, and not only for it
            if not _tables(connection):
                connection.execute("BEGIN IMMEDIATE")
                for statement in SCHEMA.strip().rstrip(";").split(";\n"):
                    connection.execute(statement)
                connection.execute("INSERT INTO facts VALUES ('format', ?)", (str(FORMAT),))
                connection.execute("COMMIT")
        found = connection.execute("SELECT value FROM facts WHERE name = 'format'").fetchone()
    except sqlite3.DatabaseError as error:
        connection.close()
        raise UsageError(f"{folder} is no index that can be read ({error}); remove it and embed again") from error
    if found is None or found[0] != str(FORMAT):
        connection.close()
        version = found[0] if found else "?"
        raise UsageError(
            f"{folder} is an index of format {version}, this program reads {FORMAT}; remove it and embed again"
        )
    return connection


def _tables(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])
