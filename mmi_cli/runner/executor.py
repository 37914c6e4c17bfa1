"""Where units of work are done: in this process, or in worker processes of which each holds one file at a time."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Protocol

from ..datamodel.record import Stage
from ..datamodel.source import SourceFile
from ..errors import FileError, FileTimeout, RunError, WorkerCrashed, WorkerOutOfMemory
from ..pipeline import Outcome, Pipeline, failed_records
from ..settings import Settings
from .work import WorkResult, WorkSpec, as_result, build_pipeline, do_file
from .worker import WorkerFault, worker_main

_POLL_S = 0.2
_MEMORY_SHARE = 0.8
_BYTES_A_SECOND = 10_000  # the clock grows by a second for so many bytes: 1.2 s of MP3, a third of a scanned page
_STOP_S = 5.0

Finished = tuple[SourceFile, WorkResult]


class Executor(Protocol):
    """Does files; the caller starts them while there is room and waits for what is finished."""

    @property
    def has_room(self) -> bool: ...

    @property
    def in_flight(self) -> int: ...

    def start(self, file: SourceFile) -> None: ...

    def wait(self) -> Sequence[Finished]:
        """Blocks until something is finished or a moment has passed.

        Raises:
            RunError: the run cannot go on.
        """
        ...

    def close(self, *, at_once: bool = False) -> None:
        """Ends the workers; with `at_once` those in the middle of a file are killed."""
        ...


class InlineExecutor:
    """One file after another in this process; a native crash ends the program."""

    def __init__(self, spec: WorkSpec) -> None:
        self._spec = spec
        self._pipeline: Pipeline | None = None
        self._waiting: deque[SourceFile] = deque()

    @property
    def has_room(self) -> bool:
        return not self._waiting

    @property
    def in_flight(self) -> int:
        return len(self._waiting)

    def start(self, file: SourceFile) -> None:
        self._waiting.append(file)

    def wait(self) -> Sequence[Finished]:
        if self._pipeline is None:
            self._pipeline = build_pipeline(self._spec)
        file = self._waiting.popleft()
        return [(file, do_file(self._pipeline, self._spec, file))]

    def close(self, *, at_once: bool = False) -> None:
        self._waiting.clear()


@dataclass(slots=True)
class _Worker:
    process: BaseProcess
    connection: Connection
    file: SourceFile | None = None
    stage: Stage = "storage"
    started_s: float = 0.0
    deadline_s: float = 0.0
    files_done: int = 0


@dataclass(slots=True)
class ProcessExecutor:
    """Worker processes under the parent's clock; a worker that dies, hangs or eats memory costs its file and is replaced."""

    spec: WorkSpec
    jobs: int
    memory_bytes: int
    _workers: list[_Worker] = field(default_factory=list)
    _second_try: deque[SourceFile] = field(default_factory=deque)
    _tried: set[str] = field(default_factory=set)

    @property
    def has_room(self) -> bool:
        return self.in_flight < self.jobs

    @property
    def in_flight(self) -> int:
        return len(self._second_try) + sum(worker.file is not None for worker in self._workers)

    def start(self, file: SourceFile) -> None:
        worker = next((worker for worker in self._workers if worker.file is None), None)
        while worker is None or not self._send(worker, file):
            if worker is not None:  # it died between two files
                self._remove(worker)
            worker = self._hire()

    def _send(self, worker: _Worker, file: SourceFile) -> bool:
        try:
            worker.connection.send(file)
        except OSError:
            return False
        now = time.monotonic()
        worker.file, worker.stage, worker.started_s = file, "storage", now
        worker.deadline_s = now + self.spec.settings.timeout_s + file.size_bytes / _BYTES_A_SECOND
        return True

    def _hire(self) -> _Worker:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=worker_main, args=(theirs, self.spec), daemon=True, name="mmi-worker")
        # An interrupt goes to every process of the terminal; a worker is not to hear it, not even while it starts.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        theirs.close()
        worker = _Worker(process=process, connection=ours)
        self._workers.append(worker)
        return worker

    def wait(self) -> Sequence[Finished]:
        busy = [worker for worker in self._workers if worker.file is not None]
        while self._second_try and len(busy) < self.jobs:
            file = self._second_try.popleft()
            self.start(file)
            busy = [worker for worker in self._workers if worker.file is not None]
        ready = set(wait([item for w in busy for item in (w.connection, w.process.sentinel)], timeout=_POLL_S))
        finished: list[Finished] = []
        for worker in busy:
            if worker.connection in ready:
                finished.extend(self._hear(worker))
            elif worker.process.sentinel in ready:
                finished.extend(self._lost(worker))
            else:
                finished.extend(self._watch(worker))
        return finished

    def _hear(self, worker: _Worker) -> list[Finished]:
        file = worker.file
        try:
            message = worker.connection.recv()
        except (EOFError, OSError):
            return self._lost(worker)
        if isinstance(message, WorkerFault):
            raise message.error()
        if isinstance(message, WorkResult) and file is not None:
            worker.file = None
            worker.files_done += 1
            return [(file, message)]
        worker.stage = message
        return []

    def _watch(self, worker: _Worker) -> list[Finished]:
        """The wall clock and the memory limit, looked at from outside."""
        if time.monotonic() > worker.deadline_s:
            passed = worker.deadline_s - worker.started_s
            return self._fail(
                worker, FileTimeout(f"took longer than {passed:.0f} s; `timeout_s` in the settings raises the limit")
            )
        if (resident := _resident_bytes(worker.process.pid)) > self.memory_bytes:
            return self._fail(
                worker,
                WorkerOutOfMemory(
                    f"took {resident / 1e9:.1f} GB of memory; the limit is {self.memory_bytes / 1e9:.1f} GB "
                    "(`worker_memory_bytes` in the settings)"
                ),
            )
        return []

    def _lost(self, worker: _Worker) -> list[Finished]:
        file = worker.file
        worker.process.join(_STOP_S)
        code = worker.process.exitcode
        if file is not None and file.path not in self._tried:
            # A worker may die of what an earlier file left behind; the file gets one more try in a new one.
            self._tried.add(file.path)
            self._remove(worker)
            self._second_try.append(file)
            return []
        how = f"signal {signal.Signals(-code).name}" if code is not None and code < 0 else f"exit code {code}"
        return self._fail(worker, WorkerCrashed(f"the process that read the file died twice ({how})"))

    def _fail(self, worker: _Worker, error: FileError) -> list[Finished]:
        file = worker.file
        stage = worker.stage
        seconds = time.monotonic() - worker.started_s
        self._remove(worker)
        if file is None:
            return []
        records = failed_records(file, self.spec.schemas, error.info(stage))
        return [(file, as_result(Outcome(records=records), seconds=seconds))]

    def _remove(self, worker: _Worker) -> None:
        self._workers.remove(worker)
        with suppress(OSError):
            worker.connection.close()
        if worker.process.is_alive():
            worker.process.kill()
        worker.process.join(_STOP_S)

    def close(self, *, at_once: bool = False) -> None:
        for worker in self._workers:
            if at_once or worker.file is not None:
                worker.process.kill()
            with suppress(OSError):
                worker.connection.close()  # a worker that waits for its next file sees the end and leaves
        for worker in self._workers:
            worker.process.join(_STOP_S)
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join(_STOP_S)
        self._workers.clear()


def default_jobs() -> int:
    """One worker a core, and no more than memory holds: 3 GB a worker with every model loaded."""
    return max(1, min(usable_cores(), int(total_memory_bytes() / 3e9)))


def memory_share(settings: Settings, jobs: int) -> int:
    """Bytes that one of so many workers may hold."""
    return settings.worker_memory_bytes or int(total_memory_bytes() * _MEMORY_SHARE / jobs)


def usable_cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def total_memory_bytes() -> int:
    """Of the machine, or of the control group when that is less."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    with suppress(OSError, ValueError):
        total = min(total, int(Path("/sys/fs/cgroup/memory.max").read_text()))
    return total


def _resident_bytes(pid: int | None) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return 0


__all__ = ["Executor", "InlineExecutor", "ProcessExecutor", "RunError", "default_jobs", "memory_share", "usable_cores"]
