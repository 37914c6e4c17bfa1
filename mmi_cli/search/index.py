"""An index as those who search see it: one moment of it, however it is written to meanwhile."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self, cast

import numpy as np
from numpy.typing import NDArray

from ..errors import UsageError
from .items import KINDS, Kind, Space
from .keywords import prepare_stemmer
from .tables import ROW, TOKENIZER, VECTOR, open_database

_ASKED_AT_ONCE = 500
_TRIES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFile:
    """A file of the index."""

    id: int
    input: str
    uri: str
    members: tuple[str, ...]
    path: str
    size_bytes: int
    sha256: str | None
    modality: str | None
    media_type: str | None
    status: str
    notice: str
    fields: dict[str, Any]
    """Name → {"value": plain value, "confidence": number or None}, of the records that were joined."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundItem:
    """An item of the index; see `Item`."""

    id: int
    file: int
    number: int
    kind: Kind
    text: str
    headings: str
    place: dict[str, Any]
    tags: tuple[tuple[str, float], ...]
    method: str
    page: int | None
    picture_hash: int | None


class SpaceRows:
    """The vectors of one space, mapped from disk; row by row what they belong to."""

    def __init__(self, folder: Path, stem: str, *, dimensions: int, rows: int, model: str, weights: str) -> None:
        self.dimensions = dimensions
        self.model = model
        self.weights = weights
        self.vectors: NDArray[np.float32] = np.zeros((0, dimensions), np.float32)
        """Shape (rows, dimensions), unit vectors."""
        self.rows: NDArray[Any] = np.zeros(0, ROW)
        if rows:
            self.vectors = np.memmap(folder / f"{stem}.vectors", VECTOR, "r", shape=(rows, dimensions))
            self.rows = np.asarray(np.memmap(folder / f"{stem}.rows", ROW, "r", shape=(rows,)))

    def scores(self, vector: NDArray[np.float32]) -> NDArray[np.float32]:
        """Cosine of every row with a unit vector, exact; shape (rows,)."""
        return np.asarray(self.vectors @ np.ascontiguousarray(vector, np.float32), np.float32)


class Index:
    """An open index; closed by a with block.

    Raises:
        UsageError: there is none at `folder`, or one that cannot be read.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._connection, self.spaces = self._open()
        prepare_stemmer(self._connection, TOKENIZER)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *unused: object) -> None:
        self._connection.close()

    def _open(self) -> tuple[sqlite3.Connection, dict[Space, SpaceRows]]:
        for attempt in range(_TRIES):
            connection = open_database(self.folder, is_writing=False)
            try:
                connection.execute("BEGIN")
                found = connection.execute("SELECT name, stem, dimensions, rows, model, weights FROM spaces").fetchall()
                return connection, {
                    name: SpaceRows(self.folder, stem, dimensions=dimensions, rows=rows, model=model, weights=weights)
                    for name, stem, dimensions, rows, model, weights in found
                }
            except (FileNotFoundError, ValueError) as error:  # tidied away since, by a writer; look again
                connection.close()
                if attempt + 1 == _TRIES:
                    raise UsageError(
                        f"{self.folder}: its files of vectors are missing or too short ({error}); embed again"
                    ) from error
        raise AssertionError("unreachable")

    @property
    def connection(self) -> sqlite3.Connection:
        """Its tables, for reading."""
        return self._connection

    @cached_property
    def live_files(self) -> NDArray[np.bool_]:
        """Whether the file of an id is in the index; shape (highest id + 1,)."""
        ids = [row[0] for row in self._connection.execute("SELECT id FROM files")]
        live = np.zeros(max(ids, default=0) + 1, np.bool_)
        live[ids] = True
        return live

    @cached_property
    def has_dead_rows(self) -> bool:
        return bool(self._connection.execute("SELECT 1 FROM spaces WHERE dead > 0").fetchone())

    @cached_property
    def item_count(self) -> int:
        """Of items that can be found by words."""
        row = self._connection.execute("SELECT value FROM facts WHERE name = 'worded_items'").fetchone()
        return int(row[0]) if row else 0

    def fact(self, name: str) -> str | None:
        row = self._connection.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def files(self, ids: Iterable[int] | None = None) -> Iterator[FoundFile]:
        """Files by id, or all of them in order of path."""
        query = "SELECT id, input, uri, members, path, size_bytes, sha256, modality, media_type, status, notice, fields FROM files"
        for row in self._asked(query, "id", ids, "path, uri, members"):
            yield FoundFile(
                id=row[0], input=row[1], uri=row[2], members=tuple(json.loads(row[3])), path=row[4], size_bytes=row[5],
                sha256=row[6], modality=row[7], media_type=row[8], status=row[9], notice=row[10], fields=json.loads(row[11]),
            )  # fmt: skip

    def named(self, name: str) -> list[FoundFile]:
        """Files of that path or address."""
        rows = self._connection.execute("SELECT id FROM files WHERE path = ? OR uri = ?", (name, name)).fetchall()
        return list(self.files([row[0] for row in rows]))

    @cached_property
    def field_names(self) -> frozenset[str]:
        """Of the records that were joined."""
        rows = self._connection.execute("SELECT DISTINCT key FROM files, json_each(files.fields)").fetchall()
        return frozenset(str(row[0]) for row in rows)

    def items(self, ids: Iterable[int] | None = None, *, of_file: int | None = None) -> Iterator[FoundItem]:
        """Items by id, those of a file, or all of them."""
        query = "SELECT id, file, number, kind, text, headings, place, tags, method, page, picture_hash FROM items"
        column, wanted = ("id", ids) if of_file is None else ("file", (of_file,))
        for row in self._asked(query, column, wanted, "file, number"):
            yield FoundItem(
                id=row[0], file=row[1], number=row[2], kind=cast("Kind", row[3]), text=row[4], headings=row[5],
                place=json.loads(row[6]), tags=tuple((name, share) for name, share in json.loads(row[7])), method=row[8],
                page=row[9], picture_hash=row[10],
            )  # fmt: skip

    def thumbnails(self, ids: Sequence[int]) -> dict[int, bytes]:
        """Item → JPEG, of those that have one."""
        found = self._asked("SELECT id, thumbnail FROM items", "id", ids, "id")
        return {row[0]: row[1] for row in found if row[1] is not None}

    def counts(self) -> dict[str, int]:
        """Items by kind, in the order of kinds."""
        found = dict(self._connection.execute("SELECT kind, count(*) FROM items GROUP BY kind").fetchall())
        return {kind: found[kind] for kind in KINDS if kind in found}

    def _asked(self, query: str, column: str, ids: Iterable[int] | None, order: str) -> Iterator[Any]:
        if ids is None:
            yield from self._connection.execute(f"{query} ORDER BY {order}")
            return
        wanted = [int(each) for each in ids]
        for first in range(0, len(wanted), _ASKED_AT_ONCE):
            some = wanted[first : first + _ASKED_AT_ONCE]
            marks = ",".join("?" * len(some))
            yield from self._connection.execute(f"{query} WHERE {column} IN ({marks}) ORDER BY {order}", some)

    def close(self) -> None:
        with suppress(sqlite3.Error):
            self._connection.close()
