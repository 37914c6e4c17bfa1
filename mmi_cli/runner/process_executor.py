"""Worker processes of which each holds one file at a time, under the clock and the memory limit of the parent."""

from __future__ import annotations

import multiprocessing
import signal
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from ..datamodel.record import Stage
from ..datamodel.source import SourceFile
from ..errors import FileError, FileTimeout, WorkerCrashed, WorkerOutOfMemory
from ..pipeline import Outcome, failed_records
from .executor import Finished
from .machine import resident_bytes
from .work import WorkResult, WorkSpec, as_result
from .worker import WorkerFault, worker_main

_POLL_S = 0.2
_BYTES_A_SECOND = 10_000  # the clock grows by a second for so many bytes: 1.2 s of MP3, a third of a scanned page
_STOP_S = 5.0


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
        if (resident := resident_bytes(worker.process.pid)) > self.memory_bytes:
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
