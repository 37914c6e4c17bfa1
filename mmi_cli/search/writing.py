"""Writes an index: files are put in and taken out between two commits, and each commit is whole or has not happened."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

import numpy as np

from ..datamodel.record import dump_line
from ..datamodel.source import SourceFile
from .items import KINDS, LEAVES, Embedded, Item
from .keywords import indexable
from .tables import ROW, VECTOR, open_database

_DEAD_SHARE = 0.25
_COPIED_AT_ONCE = 65_536


class IndexWriter:
    """The one writer of an index; whoever makes it holds the lock of its folder. Closed by a with block, which commits nothing.

    Raises:
        UsageError: what is there is no index of this format.
        StorageDown: by the caller, who turns `OSError` and `sqlite3.Error` into it.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._connection = open_database(folder, is_writing=True)
        self._stems = {
            name: (stem, dimensions, rows)
            for name, stem, dimensions, rows in self._connection.execute(
                "SELECT name, stem, dimensions, rows FROM spaces"
            )
        }
        self._pending: dict[str, tuple[list[Any], list[Any]]] = {}
        self._removed: set[int] = set()
        self._cut_tails()
        self._connection.execute("BEGIN IMMEDIATE")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *unused: object) -> None:
        with suppress(sqlite3.Error):
            self._connection.rollback()
        self._connection.close()

    @property
    def connection(self) -> sqlite3.Connection:
        """Its tables, for looking."""
        return self._connection

    def set_fact(self, name: str, value: str) -> None:
        self._connection.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))

    def fact(self, name: str) -> str | None:
        row = self._connection.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def ensure_space(self, name: str, *, dimensions: int, model: str, weights: str) -> None:
        """A space to put vectors in; that it is of the same model as before is the caller's to know."""
        if name not in self._stems:
            stem = f"{name}-1"
            self._connection.execute(
                "INSERT INTO spaces VALUES (?, ?, ?, 0, 0, ?, ?)", (name, stem, dimensions, model, weights)
            )
            self._stems[name] = (stem, dimensions, 0)

    def put(self, embedded: Embedded, *, input_name: str, made_by: str, fields: Mapping[str, Any]) -> None:
        """Takes a file in, in place of what the index held of it."""
        file = embedded.file
        self.remove([file])
        cursor = self._connection.execute(
            "INSERT INTO files (input, uri, members, path, size_bytes, etag, modified_s, sha256, modality, media_type, status, "
            "error, notice, made_by, text_marks, fields) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                input_name, file.uri, _json(file.members), _clean(file.path), file.size_bytes, file.etag, file.modified_s,
                embedded.sha256, embedded.modality, embedded.media_type, embedded.status,
                _json(embedded.error.to_json()) if embedded.error else None, _clean(embedded.notice), made_by,
                embedded.text_marks, _json(fields),
            ),
        )  # fmt: skip
        file_id = int(cursor.lastrowid or 0)
        item_ids = [self._put_item(file_id, number, item, file.path) for number, item in enumerate(embedded.items)]
        for space, indices, vectors in embedded.vectors:
            rows = np.zeros(len(indices), ROW)
            rows["item"] = [item_ids[index] for index in indices]
            rows["file"] = file_id
            rows["kind"] = [KINDS.index(embedded.items[index].kind) for index in indices]
            kept_rows, kept_vectors = self._pending.setdefault(space, ([], []))
            kept_rows.append(rows)
            kept_vectors.append(np.ascontiguousarray(vectors, VECTOR))

    def _put_item(self, file_id: int, number: int, item: Item, path: str) -> int:
        cursor = self._connection.execute(
            "INSERT INTO items (file, number, kind, text, headings, place, tags, method, page, picture_hash, thumbnail) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                file_id, number, item.kind, _clean(item.text), _clean(item.headings), _json(dict(item.place)), _json(item.tags),
                item.method, item.page, None if item.picture_hash is None else _signed(item.picture_hash), item.thumbnail,
            ),
        )  # fmt: skip
        item_id = int(cursor.lastrowid or 0)
        if item.kind in LEAVES:
            body, name = _worded(_clean(item.headings), _clean(item.text), path)
            self._connection.execute("INSERT INTO words (rowid, body, name) VALUES (?, ?, ?)", (item_id, body, name))
        return item_id

    def set_fields(self, file_id: int, fields: Mapping[str, Any]) -> None:
        self._connection.execute("UPDATE files SET fields = ? WHERE id = ?", (_json(fields), file_id))

    def touch(self, file_id: int, file: SourceFile, *, input_name: str) -> None:
        """The same bytes under another time, path or input."""
        self._connection.execute(
            "UPDATE files SET etag = ?, modified_s = ?, input = ? WHERE id = ?",
            (file.etag, file.modified_s, input_name, file_id),
        )

    def remove(self, files: Iterable[SourceFile]) -> None:
        """Takes out what the index holds of these files."""
        for file in files:
            row = self._connection.execute(
                "SELECT id FROM files WHERE uri = ? AND members = ?", (file.uri, _json(file.members))
            ).fetchone()
            if row is not None:
                self.remove_ids([row[0]])

    def remove_ids(self, ids: Iterable[int]) -> None:
        for file_id in ids:
            (path,) = self._connection.execute("SELECT path FROM files WHERE id = ?", (file_id,)).fetchone()
            worded = self._connection.execute(
                "SELECT id, kind, headings, text FROM items WHERE file = ?", (file_id,)
            ).fetchall()
            for item_id, kind, headings, text in worded:
                if kind in LEAVES:
                    body, name = _worded(headings, text, path)
                    self._connection.execute(
                        "INSERT INTO words (words, rowid, body, name) VALUES ('delete', ?, ?, ?)", (item_id, body, name)
                    )
            self._connection.execute("DELETE FROM items WHERE file = ?", (file_id,))
            self._connection.execute("DELETE FROM files WHERE id = ?", (file_id,))
            self._removed.add(file_id)

    def commit(self) -> None:
        """From now on whoever opens the index sees what was put in and taken out."""
        for space, (rows, vectors) in sorted(self._pending.items()):
            stem, dimensions, count = self._stems[space]
            _append(self._folder / f"{stem}.vectors", vectors, at=count * dimensions * VECTOR.itemsize)
            _append(self._folder / f"{stem}.rows", rows, at=count * ROW.itemsize)
            count += sum(len(each) for each in rows)
            self._stems[space] = (stem, dimensions, count)
            self._connection.execute("UPDATE spaces SET rows = ? WHERE name = ?", (count, space))
        self._pending.clear()
        if self._removed:
            self._count_dead()
        found = self._connection.execute("SELECT kind, count(*) FROM items GROUP BY kind").fetchall()
        self.set_fact("worded_items", str(sum(count for kind, count in found if kind in LEAVES)))
        self._connection.execute("COMMIT")
        self._connection.execute("BEGIN IMMEDIATE")

    def tidy(self) -> None:
        """Writes a space anew without its dead rows, where they are many; commits."""
        self.commit()
        live = np.array([row[0] for row in self._connection.execute("SELECT id FROM files ORDER BY id")], np.int64)
        old = []
        found = self._connection.execute("SELECT name, dead FROM spaces ORDER BY name").fetchall()
        for name, dead in found:
            stem, dimensions, rows = self._stems[name]
            if not dead or dead < _DEAD_SHARE * rows:
                continue
            fresh = f"{name}-{int(stem.rpartition('-')[2]) + 1}"
            kept = self._copy_live(stem, fresh, dimensions, rows, live)
            self._connection.execute(
                "UPDATE spaces SET stem = ?, rows = ?, dead = 0 WHERE name = ?", (fresh, kept, name)
            )
            self._stems[name] = (fresh, dimensions, kept)
            old.append(stem)
        if old:
            self.commit()
            self._drop_strays()

    def _copy_live(self, stem: str, fresh: str, dimensions: int, count: int, live: Any) -> int:
        kept = 0
        with (
            (self._folder / f"{fresh}.vectors").open("wb") as to_vectors,
            (self._folder / f"{fresh}.rows").open("wb") as to_rows,
        ):
            rows = np.memmap(self._folder / f"{stem}.rows", ROW, "r", shape=(count,))
            vectors = np.memmap(self._folder / f"{stem}.vectors", VECTOR, "r", shape=(count, dimensions))
            for first in range(0, count, _COPIED_AT_ONCE):
                some = np.asarray(rows[first : first + _COPIED_AT_ONCE])
                is_live = np.isin(some["file"], live)
                to_rows.write(some[is_live].tobytes())
                to_vectors.write(np.asarray(vectors[first : first + _COPIED_AT_ONCE])[is_live].tobytes())
                kept += int(is_live.sum())
            for stream in (to_vectors, to_rows):
                stream.flush()
                os.fsync(stream.fileno())
        return kept

    def _count_dead(self) -> None:
        gone = np.array(sorted(self._removed), np.int64)
        for name, (stem, _, rows) in self._stems.items():
            if rows:
                owners = np.memmap(self._folder / f"{stem}.rows", ROW, "r", shape=(rows,))["file"]
                more = int(np.isin(owners, gone).sum())
                self._connection.execute("UPDATE spaces SET dead = dead + ? WHERE name = ?", (more, name))
        self._removed.clear()

    def _cut_tails(self) -> None:
        """Takes away what a writer that was killed had written behind the rows that count."""
        for stem, dimensions, rows in self._stems.values():
            for suffix, size in (("vectors", dimensions * VECTOR.itemsize), ("rows", ROW.itemsize)):
                path = self._folder / f"{stem}.{suffix}"
                if path.is_file() and path.stat().st_size > rows * size:
                    os.truncate(path, rows * size)
        self._drop_strays()

    def _drop_strays(self) -> None:
        known = {stem for stem, _, _ in self._stems.values()}
        for path in self._folder.iterdir():
            if path.suffix in (".vectors", ".rows") and path.stem not in known:
                path.unlink(missing_ok=True)


def _append(path: Path, pieces: list[Any], *, at: int) -> None:
    with path.open("r+b" if path.exists() else "wb") as stream:
        stream.truncate(at)
        stream.seek(at)
        for piece in pieces:
            stream.write(piece.tobytes())
        stream.flush()
        os.fsync(stream.fileno())


def _worded(headings: str, text: str, path: str) -> tuple[str, str]:
    return indexable(f"{headings}\n{text}"), indexable(path)


def _json(value: Any) -> str:
    return dump_line(value)


def _clean(text: str) -> str:
    """Without what no encoding knows."""
    return text.encode("utf-8", "replace").decode()


def _signed(bits: int) -> int:
    """64 bits as the whole number that SQLite holds."""
    return bits - (1 << 64) if bits >= 1 << 63 else bits
