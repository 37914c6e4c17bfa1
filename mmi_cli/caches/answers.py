"""A language model that remembers: the same question, put to the same model, is answered from what is kept.

The question is all that decides the answer: both texts of the prompt, the schema the answer is held to, its room, and the model by its
settings, version, weights and threads. Tokens are told as if it had been asked, so a record is the same either way.
"""

from __future__ import annotations

import json
import sqlite3
import time
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from .. import meter
from ..engines.interface import Completion, LanguageModel, TokenChoice
from .identities import hash_of

_BUSY_S = 10.0
_DAY_S = 86_400
_DOWN_TO = 0.8
"""Of the bound, when something has to go."""
_LOOK_EVERY = 200
"""Entries written between two looks at the size."""
_COUNTS_AT_ONCE = 500
_TABLE = """
CREATE TABLE IF NOT EXISTS kept (key TEXT PRIMARY KEY, value BLOB NOT NULL, used_day INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS kept_used ON kept (used_day);
"""


class AnswerStore:
    """Small values by key in one database that several processes share; whatever goes wrong with it is a miss.

    Args:
        max_bytes: when the database is larger, what was not used for longest goes.
        is_read: False to keep what is asked anew and to believe nothing that was kept before.
    """

    def __init__(self, folder: Path, *, max_bytes: int, is_read: bool = True) -> None:
        self._path = folder / "answers.sqlite"
        self._max_bytes = max_bytes
        self._is_read = is_read
        self._written = 0
        self._database = self._opened()

    def _opened(self) -> sqlite3.Connection | None:
        for _ in range(2):
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                database = sqlite3.connect(self._path, isolation_level=None, timeout=_BUSY_S)
                self._path.chmod(0o600)
                database.execute("PRAGMA auto_vacuum=INCREMENTAL")
                database.execute("PRAGMA journal_mode=WAL")
                database.execute("PRAGMA synchronous=OFF")
                database.executescript(_TABLE)
            except sqlite3.OperationalError:
                return None  # held by another program, read-only, full
            except sqlite3.DatabaseError:  # damaged: begun anew
                with suppress(OSError):
                    self._path.unlink()
            except OSError:
                return None
            else:
                return database
        return None

    def read(self, key: str) -> bytes | None:
        if self._database is None or not self._is_read:
            return None
        today = int(time.time() // _DAY_S)
        try:
            row = self._database.execute("SELECT value, used_day FROM kept WHERE key = ?", (key,)).fetchone()
            if row is not None and row[1] != today:
                self._database.execute("UPDATE kept SET used_day = ? WHERE key = ?", (today, key))
        except sqlite3.DatabaseError:
            return None
        return bytes(row[0]) if row is not None else None

    def write(self, values: dict[str, bytes]) -> None:
        if self._database is None or not values:
            return
        today = int(time.time() // _DAY_S)
        with suppress(sqlite3.DatabaseError):
            self._database.execute("BEGIN IMMEDIATE")
            try:
                rows = [(key, value, today) for key, value in values.items()]
                self._database.executemany("INSERT OR REPLACE INTO kept VALUES (?,?,?)", rows)
            finally:
                self._database.execute("COMMIT")
            self._written += len(values)
            if self._written >= _LOOK_EVERY:
                self._written = 0
                self._make_room()

    def _make_room(self) -> None:
        if self._database is None:
            return
        pages, free, size = (
            self._database.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("page_count", "freelist_count", "page_size")
        )
        used = (pages - free) * size
        if used > self._max_bytes:
            count = self._database.execute("SELECT count(*) FROM kept").fetchone()[0]
            self._database.execute(
                "DELETE FROM kept WHERE key IN (SELECT key FROM kept ORDER BY used_day LIMIT ?)",
                (int(count * (1 - _DOWN_TO * self._max_bytes / used)) + 1,),
            )
            self._database.execute("PRAGMA incremental_vacuum").fetchall()  # a page a row


class RememberingModel:
    """A `LanguageModel` around another, which is loaded when something has to be asked.

    Args:
        load: makes the model; called once at most.
        identity: all that decides its answers besides the question.
        counts_are_dear: tokens are counted by the model itself; what was counted once is kept, so that it need not be loaded.
    """

    name: str
    context_tokens: int

    def __init__(
        self, load: Callable[[], LanguageModel], store: AnswerStore, *, identity: str, counts_are_dear: bool
    ) -> None:
        self._load = load
        self._store = store
        self._identity = identity
        self._counts_are_dear = counts_are_dear
        self._model: LanguageModel | None = None
        self._counts: dict[str, int] = {}
        self._new_counts: dict[str, bytes] = {}
        about = self._store.read(hash_of("about", identity)) if counts_are_dear else None
        try:
            self.name, self.context_tokens = json.loads(about) if about is not None else self._told_about()
        except (ValueError, TypeError):
            self.name, self.context_tokens = self._told_about()

    def complete(
        self, *, system: str, user: str, json_schema: dict[str, Any] | None = None, max_tokens: int = 512
    ) -> Completion:
        """See `LanguageModel`."""
        held_to = json.dumps(json_schema)  # in its own order: that of the answer
        key = hash_of("complete", self._identity, system, user, held_to, max_tokens)
        kept = self._store.read(key)
        if kept is not None and (completion := _unpacked(kept)) is not None:
            meter.count("cache.answers_kept")
            return completion
        completion = self._asked().complete(system=system, user=user, json_schema=json_schema, max_tokens=max_tokens)
        meter.count("cache.answers_asked")
        self._store.write({key: _packed(completion), **self._new_counts})
        self._new_counts.clear()
        return completion

    def count_tokens(self, text: str) -> int:
        """See `LanguageModel`."""
        if not self._counts_are_dear:
            return self._asked().count_tokens(text)
        key = hash_of("count", self._identity, text)
        if key in self._counts:
            return self._counts[key]
        kept = self._store.read(key)
        if kept is not None and kept.isdigit():
            count = int(kept)
        else:
            count = self._asked().count_tokens(text)
            self._new_counts[key] = str(count).encode()
            if len(self._new_counts) >= _COUNTS_AT_ONCE:
                self._store.write(self._new_counts)
                self._new_counts.clear()
        if len(self._counts) > 100 * _COUNTS_AT_ONCE:
            self._counts.clear()
        self._counts[key] = count
        return count

    def _told_about(self) -> tuple[str, int]:
        model = self._asked()
        if self._counts_are_dear:
            self._store.write(
                {hash_of("about", self._identity): json.dumps([model.name, model.context_tokens]).encode()}
            )
        return model.name, model.context_tokens

    def _asked(self) -> LanguageModel:
        if self._model is None:
            self._model = self._load()
        return self._model


def _packed(completion: Completion) -> bytes:
    tokens = [[token.text, token.logprob] for token in completion.tokens]
    value = [completion.text, tokens, completion.input_tokens, completion.output_tokens, completion.is_complete]
    return zlib.compress(json.dumps(value, separators=(",", ":")).encode(), 1)


def _unpacked(data: bytes) -> Completion | None:
    try:
        text, tokens, input_tokens, output_tokens, is_complete = json.loads(zlib.decompress(data))
        return Completion(
            text=text,
            tokens=tuple(TokenChoice(text=piece, logprob=logprob) for piece, logprob in tokens),
            input_tokens=input_tokens,
            output_tokens=output_tokens,
            is_complete=is_complete,
        )
    except (ValueError, TypeError, zlib.error):
        return None
