"""Embeds files in processes of their own, so that a crash, a hang or a memory bomb costs one file."""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from ..datamodel.record import ErrorCode, ErrorInfo
from ..datamodel.source import SourceFile
from ..errors import MmiError, RunError
from ..settings import Settings
from .items import Embedded

_LOOK_S = 0.25
_SIGN_S = 0.2
_LEAVING_S = 3.0
_STARTING_S = 120.0
"""What a new process may take before its first file."""


@dataclass(frozen=True, slots=True)
class Task:
    file: SourceFile
    known_sha256: str | None = None
    """When its bytes turn out to be these there is nothing to do (`Embedded.status` is `same`)."""


@dataclass(slots=True)
class _Worker:
    process: Any
    pipe: Connection
    task: Task | None = None
    since_s: float = 0.0
    sign_s: float = 0.0
    pages: float = 0.0
    media_s: float = 0.0
    done: int = 0
    is_ready: bool = False
    leftover: list[Any] = field(default_factory=list)


class Workers:
    """A few processes, one file in flight each; closed by a with block, which ends them.

    Args:
        inputs: what the sources are opened from, as the user wrote them.
        memory_bytes: resident memory at which a process is ended.
    """

    def __init__(self, inputs: Sequence[str], settings: Settings, *, jobs: int, memory_bytes: int) -> None:
        self._context = multiprocessing.get_context("spawn")
        self._inputs, self._settings, self._memory_bytes = tuple(inputs), settings, memory_bytes
        self._jobs = jobs
        self._workers: list[_Worker] = []

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *unused: object) -> None:
        for worker in self._workers:
            self._end(worker)
        self._workers.clear()

    @property
    def has_room(self) -> bool:
        return len(self._workers) < self._jobs or any(worker.task is None for worker in self._workers)

    @property
    def is_busy(self) -> bool:
        return any(worker.task is not None for worker in self._workers)

    def give(self, task: Task) -> None:
        """Starts a file; there must be room."""
        worker = next((each for each in self._workers if each.task is None), None)
        if worker is None:
            worker = self._start()
        worker.task = task
        worker.since_s = worker.sign_s = time.monotonic()
        worker.pages = worker.media_s = 0.0
        with suppress(OSError):  # that it died is seen when it is waited for
            worker.pipe.send((task.file, task.known_sha256))

    def done(self) -> Iterator[tuple[Embedded, float]]:
        """Waits a moment; what was finished meanwhile, with the seconds that it took.

        Raises:
            RunError, MissingEngine: what no file can be embedded after.
        """
        busy = [worker for worker in self._workers if worker.task is not None]
        ready = wait([worker.pipe for worker in busy], timeout=_LOOK_S) if busy else []
        for worker in busy:
            if worker.pipe in ready and (result := self._heard(worker)) is not None:
                yield result
            elif (error := self._overrun(worker)) is not None:
                yield self._given_up(worker, error)

    def _heard(self, worker: _Worker) -> tuple[Embedded, float] | None:
        while worker.pipe.poll():
            try:
                kind, value = worker.pipe.recv()
            except (EOFError, OSError):
                return self._given_up(worker, self._death_of(worker))
            worker.sign_s = time.monotonic()
            worker.is_ready = True
            if kind == "holds":
                worker.pages += value[0]
                worker.media_s += value[1]
            elif kind == "raised":
                raise value
            elif kind == "done":
                seconds = time.monotonic() - worker.since_s
                worker.task = None
                worker.done += 1
                if worker.done >= self._settings.recycle_files:
                    self._drop(worker)
                return value, seconds
        return None

    def _death_of(self, worker: _Worker) -> ErrorInfo:
        worker.process.join(5)
        code = worker.process.exitcode
        told = f"by signal {-code}" if isinstance(code, int) and code < 0 else f"with code {code}"
        return _error("crashed", f"the process that read the file ended {told}")

    def _overrun(self, worker: _Worker) -> ErrorInfo | None:
        now = time.monotonic()
        settings = self._settings
        allowed = (
            settings.timeout_s
            + worker.pages * settings.timeout_page_s
            + worker.media_s / 60 * settings.timeout_minute_s
        )
        allowed += 0 if worker.is_ready else _STARTING_S
        if now - worker.since_s > allowed:
            return _error(
                "timeout", f"not done after {allowed:.0f} s; timeout_s in the settings raises the limit", True
            )
        if now - worker.sign_s > settings.stall_s + (0 if worker.is_ready else _STARTING_S):
            return _error(
                "timeout", f"no progress for {settings.stall_s:.0f} s; stall_s in the settings raises the limit", True
            )
        if _resident_bytes(worker.process.pid) > self._memory_bytes:
            limit = f"{self._memory_bytes:,} bytes; worker_memory_bytes in the settings raises the limit"
            return _error("out_of_memory", f"the process that read the file held more than {limit}")
        return None

    def _given_up(self, worker: _Worker, error: ErrorInfo) -> tuple[Embedded, float]:
        task = worker.task
        self._drop(worker)
        if task is None:
            raise AssertionError("only a worker with a file is given up")
        return Embedded(file=task.file, status="failed", error=error), time.monotonic() - worker.since_s

    def _start(self) -> _Worker:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=_serve, args=(theirs, self._inputs, self._settings), daemon=True)
        process.start()
        theirs.close()
        worker = _Worker(process=process, pipe=ours)
        self._workers.append(worker)
        return worker

    def _drop(self, worker: _Worker) -> None:
        self._workers.remove(worker)
        self._end(worker)

    @staticmethod
    def _end(worker: _Worker) -> None:
        with suppress(OSError):
            worker.pipe.close()
        if worker.task is None:
            worker.process.join(_LEAVING_S)  # it leaves by itself when nobody gives it files, and tidies up
        worker.process.kill()
        worker.process.join(10)


def _error(code: ErrorCode, message: str, retryable: bool = False) -> ErrorInfo:
    return ErrorInfo(stage="run", code=code, message=message, retryable=retryable)


def _resident_bytes(pid: int | None) -> int:
    """What a process holds of its own: mapped files do not count; 0 where the system does not tell."""
    try:
        pages = Path(f"/proc/{pid}/statm").read_text().split()
        return (int(pages[1]) - int(pages[2])) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return 0


class _Signs:
    """Sends signs of life of this process, not too many."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._lock = threading.Lock()
        self._sent_s = 0.0

    def send(self, kind: str, value: Any) -> None:
        with self._lock:
            self._pipe.send((kind, value))

    def step(self) -> None:
        now = time.monotonic()
        if now - self._sent_s >= _SIGN_S:
            self._sent_s = now
            with suppress(OSError):
                self.send("step", None)

    def holds(self, *, pages: float, media_s: float) -> None:
        with suppress(OSError):
            self.send("holds", (pages, media_s))

    def holds_part(self, *, size_bytes: int) -> None:
        self.step()


def make_embedder(inputs: Sequence[str], settings: Settings) -> Any:
    """A `FileEmbedder` with its pipeline, nothing loaded yet."""
    from ..engines.bundle import EngineBundle
    from ..pipeline import Pipeline, open_caches
    from ..retry import Patience
    from ..storage.addresses import open_source
    from .embedding import FileEmbedder

    engines = EngineBundle(settings)
    pipeline = Pipeline(
        source=open_source(inputs, patience=Patience(attempts=settings.retry_attempts)),
        schemas=(), settings=settings, engines=engines, caches=open_caches(settings),
    )  # fmt: skip
    return FileEmbedder(pipeline, engines, settings)


def _serve(pipe: Connection, inputs: tuple[str, ...], settings: Settings) -> None:
    """The life of a worker: a file in, what was made of it out, until the pipe ends."""
    import signal

    from .. import progress

    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # whoever started it ends it
    signs = _Signs(pipe)
    progress.listen(signs)
    try:
        embedder = make_embedder(inputs, settings)
        while True:
            try:
                file, known_sha256 = pipe.recv()
            except EOFError:
                return
            signs.step()
            signs.send("done", embedder.embed(file, known_sha256=known_sha256))
    except (RunError, MmiError) as error:
        with suppress(OSError):
            signs.send("raised", error)
    except OSError:
        return  # nobody listens any more
