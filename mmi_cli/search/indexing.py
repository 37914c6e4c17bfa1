"""Brings an index up to date with its inputs: what is new or changed is embedded, what is gone is taken out."""

from __future__ import annotations

import json
import sqlite3
import time
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

from ..caches.contents import ReadingKeys
from ..caches.identities import hash_of, identity
from ..datamodel.record import ErrorInfo, Status
from ..datamodel.source import SourceFile
from ..errors import StorageDown
from ..settings import Settings
from ..storage.addresses import is_remote, open_source
from ..storage.local import uri_of
from .items import SPACES, Embedded
from .model_marks import check_same_model, model_mark
from .workers import Task, Workers, make_embedder
from .writing import IndexWriter

if TYPE_CHECKING:
    from collections.abc import Callable

    from .joined_fields import JoinedFields

_COMMIT_S = 5.0
_COMMIT_FILES = 200
_RECIPE = 1
"""Raised when the same file with the same models would be embedded otherwise."""


class Watching(Protocol):
    """Hears how it goes; `console.TerminalObserver` and `run_log.RunLog` do."""

    def listed(self, *, files: int, size_bytes: int, already_done: int) -> None: ...

    def added(self, *, files: int) -> None: ...

    def started(self, file: SourceFile) -> None: ...

    def finished(self, file: SourceFile, *, status: Status, seconds: float, error: ErrorInfo | None) -> None: ...

    def note(self, message: str) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexingPlan:
    """What is to be brought up to date, and how."""

    inputs: tuple[str, ...]
    folder: Path
    settings: Settings
    """With the threads of one worker."""
    jobs: int
    memory_bytes: int
    takes: Callable[[SourceFile], bool] = lambda file: True
    """Whether a listed file is embedded; what is not is left in the index as it is."""
    results: JoinedFields | None = None
    prune: bool = False
    """Files of inputs that are not named now are taken out."""
    is_stopped: Callable[[], bool] = lambda: False


@dataclass(slots=True, kw_only=True)
class IndexingReport:
    """What became of the inputs."""

    files: int = 0
    """Listed, members of archives included."""
    embedded: int = 0
    kept: int = 0
    """Unchanged since they were embedded."""
    removed: int = 0
    others: int = 0
    """Files of other inputs, left as they are."""
    joined: int = 0
    """Files with fields of a record."""
    statuses: Counter[str] = field(default_factory=Counter)
    """Of the files that were looked at now."""
    items: dict[str, int] = field(default_factory=dict)
    """In the index, by kind."""
    models: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    is_stopped: bool = False


@dataclass(frozen=True, slots=True)
class _Known:
    id: int
    file: SourceFile
    input: str
    sha256: str | None
    made_by: str
    is_to_be_tried_again: bool
    fields: str


_Key = tuple[str, tuple[str, ...]]


def bring_up_to_date(plan: IndexingPlan, watching: Watching) -> IndexingReport:
    """Embeds what is new or changed and takes out what is gone; the caller holds the lock of the index.

    Raises:
        UsageError: the index holds vectors of another model.
        StorageDown: an input or the index cannot be reached; nothing of it was taken out.
        MissingEngine: a model that the settings name cannot be loaded.
    """
    try:
        with IndexWriter(plan.folder) as writer:
            return _Indexing(plan, watching, writer).run()
    except (OSError, sqlite3.Error) as error:
        raise StorageDown(f"cannot write the index {plan.folder}: {error}") from error


class _Indexing:
    def __init__(self, plan: IndexingPlan, watching: Watching, writer: IndexWriter) -> None:
        self._plan, self._watching, self._writer = plan, watching, writer
        self._report = IndexingReport()
        self._made_by = made_by(plan.settings)
        self._known = dict(self._read_known())
        self._seen: set[_Key] = set()
        self._input_of: dict[_Key, str] = {}
        self._committed_s = time.monotonic()
        self._since_commit = 0

    def run(self) -> IndexingReport:
        started_s = time.monotonic()
        self._check_models()
        todo = deque(self._tasks())
        size = sum(task.file.size_bytes for task in todo)
        files = len(self._seen)
        self._watching.listed(files=files, size_bytes=size, already_done=files - len(todo))
        self._do(todo)
        if not self._report.is_stopped:
            self._take_out()
        self._join_the_rest()
        self._writer.tidy()
        self._count()
        self._report.files = len(self._seen)
        self._report.seconds = time.monotonic() - started_s
        return self._report

    def _check_models(self) -> None:
        for name, model, weights in self._writer.connection.execute(
            "SELECT name, model, weights FROM spaces WHERE rows > 0"
        ).fetchall():
            check_same_model(
                self._plan.folder, name, {"model": model, "weights": weights}, self._plan.settings,
                remedy="embed into another folder, or remove this one",
            )  # fmt: skip

    # --- what is to be done

    def _read_known(self) -> Iterator[tuple[_Key, _Known]]:
        for row in self._writer.connection.execute(
            "SELECT id, uri, members, path, size_bytes, etag, modified_s, input, sha256, made_by, status, error, fields FROM files"
        ):
            file = SourceFile(
                uri=row[1],
                members=tuple(json.loads(row[2])),
                path=row[3],
                size_bytes=row[4],
                etag=row[5],
                modified_s=row[6],
            )
            again = row[10] == "failed" and bool(row[11]) and bool(json.loads(row[11])["retryable"])
            yield _key(file), _Known(row[0], file, row[7], row[8], row[9], again, row[12])

    def _tasks(self) -> Iterator[Task]:
        for name in self._plan.inputs:
            for file in open_source([name]).list():
                key = _key(file)
                if key in self._seen:
                    continue
                self._seen.add(key)
                self._input_of[key] = _input_name(name)
                if not self._plan.takes(file):
                    self._keep_members(file)
                    continue
                if (task := self._task(file)) is not None:
                    yield task

    def _task(self, file: SourceFile) -> Task | None:
        """What is to be done about a file; None where it is as it was."""
        known = self._known.get(_key(file))
        if known is None or known.made_by != self._made_by:
            return Task(file)
        is_as_it_was = (
            known.file.size_bytes == file.size_bytes
            and known.file.etag == file.etag
            and known.file.modified_s == file.modified_s
            and not known.is_to_be_tried_again
        )
        if is_as_it_was:
            self._report.kept += 1
            self._keep_members(file)
            return None
        return Task(file, None if known.is_to_be_tried_again else known.sha256)

    def _keep_members(self, file: SourceFile) -> None:
        """The members of an archive that was not opened are as they were."""
        depth = len(file.members)
        for key in self._members_of.get(file.uri, ()):
            if len(key[1]) > depth and key[1][:depth] == file.members:
                self._seen.add(key)
                self._report.kept += 1

    @property
    def _members_of(self) -> dict[str, list[_Key]]:
        if not hasattr(self, "_members_by_uri"):
            self._members_by_uri: dict[str, list[_Key]] = {}
            for key in self._known:
                if key[1]:
                    self._members_by_uri.setdefault(key[0], []).append(key)
        return self._members_by_uri

    # --- doing it

    def _do(self, todo: deque[Task]) -> None:
        with ExitStack() as stack:
            if self._plan.settings.is_inline:
                self._do_inline(todo)
                return
            workers = stack.enter_context(
                Workers(
                    self._plan.inputs, self._plan.settings, jobs=self._plan.jobs, memory_bytes=self._plan.memory_bytes
                )
            )
            while todo or workers.is_busy:
                if self._plan.is_stopped():
                    todo.clear()
                    self._report.is_stopped = True
                while todo and workers.has_room:
                    task = todo.popleft()
                    self._watching.started(task.file)
                    workers.give(task)
                for embedded, seconds in workers.done():
                    self._take_in(embedded, seconds, todo)

    def _do_inline(self, todo: deque[Task]) -> None:
        embedder = make_embedder(self._plan.inputs, self._plan.settings) if todo else None
        while todo and embedder is not None and not self._plan.is_stopped():
            task = todo.popleft()
            self._watching.started(task.file)
            started_s = time.monotonic()
            embedded = embedder.embed(task.file, known_sha256=task.known_sha256)
            self._take_in(embedded, time.monotonic() - started_s, todo)
        self._report.is_stopped = bool(todo)

    def _take_in(self, embedded: Embedded, seconds: float, todo: deque[Task]) -> None:
        file, key = embedded.file, _key(embedded.file)
        name = self._input_of.get(key) or self._input_of.get((file.uri, ())) or ""
        known = self._known.get(key)
        if embedded.status == "same" and known is not None:
            self._writer.touch(known.id, file, input_name=name)
            self._keep_members(file)
            self._report.kept += 1
            self._watching.finished(file, status="ok", seconds=seconds, error=None)
        else:
            self._ensure_spaces(embedded)
            fields = self._fields_of(file, known)
            self._writer.put(embedded, input_name=name, made_by=self._made_by, fields=fields)
            self._report.statuses[embedded.status] += 1
            self._report.embedded += embedded.status not in ("failed", "archive")
            self._report.models.update(embedded.models)
            status = cast("Status", "ok" if embedded.status == "archive" else embedded.status)
            self._watching.finished(file, status=status, seconds=seconds, error=embedded.error)
            if embedded.notice and embedded.status == "ok" and "pictures are not in the index" in embedded.notice:
                self._watching.note(f"{file.path}: {embedded.notice}")
        self._take_members(embedded, name, todo)
        self._since_commit += 1
        if self._since_commit >= _COMMIT_FILES or time.monotonic() - self._committed_s > _COMMIT_S:
            self._writer.commit()
            self._committed_s, self._since_commit = time.monotonic(), 0

    def _take_members(self, embedded: Embedded, name: str, todo: deque[Task]) -> None:
        fresh = []
        for member in embedded.members:
            self._seen.add(_key(member))
            self._input_of[_key(member)] = name
            if self._plan.takes(member) and (task := self._task(member)) is not None:
                fresh.append(task)
        if fresh:
            self._watching.added(files=len(fresh))
            todo.extendleft(reversed(fresh))

    def _ensure_spaces(self, embedded: Embedded) -> None:
        models = dict(embedded.models)
        for space, _, vectors in embedded.vectors:
            self._writer.ensure_space(
                space,
                dimensions=vectors.shape[1],
                model=models.get(space, "?"),
                weights=model_mark(space, self._plan.settings),
            )

    # --- fields, and what is gone

    def _fields_of(self, file: SourceFile, known: _Known | None) -> dict[str, Any]:
        kept: dict[str, Any] = json.loads(known.fields) if known is not None else {}
        if self._plan.results is None:
            return kept
        return self._plan.results.of(uri=file.uri, path=file.path) or kept

    def _join_the_rest(self) -> None:
        """Files that were embedded before may have records now."""
        found = self._writer.connection.execute("SELECT id, uri, path, fields FROM files").fetchall()
        for file_id, uri, path, kept in found:
            fields = self._plan.results.of(uri=uri, path=path) if self._plan.results is not None else None
            if fields is not None and fields != json.loads(kept):
                self._writer.set_fields(file_id, fields)
            self._report.joined += bool(fields or json.loads(kept))

    def _take_out(self) -> None:
        names = {_input_name(name) for name in self._plan.inputs}
        below = tuple(f"{name.rstrip('/')}/" for name in names if name != "-")
        gone = []
        for key, known in self._known.items():
            if key in self._seen:
                continue
            if self._plan.prune or known.input in names or known.file.uri.startswith(below):
                gone.append(known.id)
            else:
                self._report.others += 1
        # What was put in anew has another id by now.
        there = {row[0] for row in self._writer.connection.execute("SELECT id FROM files")}
        gone = [each for each in gone if each in there]
        self._writer.remove_ids(gone)
        self._report.removed = len(gone)

    def _count(self) -> None:
        rows = self._writer.connection.execute(
            "SELECT kind, count(*) FROM items GROUP BY kind ORDER BY kind"
        ).fetchall()
        self._report.items = dict(rows)
        models = self._writer.connection.execute("SELECT name, model FROM spaces ORDER BY name").fetchall()
        self._report.models = dict(models)


def made_by(settings: Settings) -> str:
    """Hash of all that decides what the index holds of a file."""
    roles = ("ocr", "speech")
    marks = {space: model_mark(space, settings) for space in SPACES}
    return hash_of(_RECIPE, ReadingKeys(settings, ()).general, [identity(role, settings) for role in roles], marks)


def _key(file: SourceFile) -> _Key:
    return file.uri, tuple(member.encode("utf-8", "replace").decode() for member in file.members)


def _input_name(name: str) -> str:
    """An input as the index remembers it: an address without its query, or the whole path."""
    if name == "-":
        return name
    return name.partition("?")[0] if is_remote(name) else uri_of(Path(name).resolve())
