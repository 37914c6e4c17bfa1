"""Worker processes of which each holds one file at a time, under the clocks and the memory limit of the parent."""

from __future__ import annotations

import secrets
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from ... import meter
from ...datamodel.source import SourceFile
from ...errors import FileError, RunError, WorkerCrashed, WorkerOutOfMemory
from ...pipeline import Outcome, failed_records
from ..work import WorkSpec, as_result
from . import keeper
from .channel import BadMessage, Closed, packed
from .executor import Finished
from .fault import RunFault
from .machine import kernel_oom_kills, memory_share
from .process_tree import kill_marked, own_memory_bytes
from .watch import Watch
from .worker import Done, Started, Walls
from .worker_process import WorkerProcess, hire, how_it_ended

_POLL_S = 0.2
_START_S = 120.0
_MOST_BAD_STARTS = 5
_PATIENCE_S = 60.0
"""A second try waits so long for the others to end by themselves, then nothing new is begun until it had its turn."""
_LAST_STEPS_S = 1.0
"""The line of a process that dies is closed a moment before it is gone."""
_ROOM_BYTES = 4_000_000_000
"""What the system lets a worker ask for above its limit; libraries ask for more than they use."""
_WORN_SHARE = 0.5
_LEAST_FILES = 5
"""Files between two replacements of a worker for its memory: engines that fill it at once would be loaded for every file."""

_WEIGH_S = 0.2
"""What a worker holds after a file is looked at no oftener; a look takes a tenth of the time of a small file."""


class _Again(NamedTuple):
    """A file that is to be tried once more, with nothing beside it."""

    file: SourceFile
    since_s: float


@dataclass(slots=True)
class ProcessExecutor:
    """Worker processes under the watch of the parent; a worker that dies, hangs or eats memory costs its file and is replaced.

    A file that cost its worker is tried once more, alone and in a new process, since a neighbour or an earlier file may have been to
    blame; that is its last try, and what it says does not depend on the number of workers.
    """

    spec: WorkSpec
    jobs: int
    memory_bytes: int
    _workers: list[WorkerProcess] = field(default_factory=list)
    _waiting: deque[SourceFile] = field(default_factory=deque)
    _again: deque[_Again] = field(default_factory=deque)
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _watch: Watch | None = None
    _mark: str = field(default_factory=lambda: secrets.token_hex(8))
    _hired: int = 0
    _bad_starts: int = 0
    _folder: Path | None = None
    _oom_kills: int = 0
    """Of the kernel, as far as they are accounted for."""
    _keeper: subprocess.Popen[bytes] | None = None
    _briefing: bytes = b""

    @property
    def has_room(self) -> bool:
        return len(self._waiting) + len(self._busy()) < self.jobs and not (self._is_due() or self._alone())

    @property
    def in_flight(self) -> int:
        return len(self._waiting) + len(self._busy()) + len(self._again)

    @property
    def peak_bytes(self) -> int:
        """The most memory that a worker and what it started held."""
        return self._watch.peak_bytes if self._watch is not None else 0

    def start(self, file: SourceFile) -> None:
        self._waiting.append(file)
        self._hand_out()

    def wait(self) -> Sequence[Finished]:
        if self._again and not self._waiting and not self._busy() and not self._alone():
            self._try_alone(self._again.popleft().file)
        self._hand_out()
        self._looked_after().listened_s = time.monotonic()
        ready = _ready([each for worker in self._workers for each in worker.descriptors()], within_s=_POLL_S)
        finished: list[Finished] = []
        for worker in tuple(self._workers):
            if worker.sentinel is None or ready.intersection(worker.descriptors()):
                finished.extend(self._hear(worker))
            elif not worker.is_ready and time.monotonic() - worker.hired_s > _START_S:
                self._bad_start(worker, f"it was not ready after {_START_S:.0f} s")
        return finished

    def close(self, *, at_once: bool = False) -> None:
        if self._watch is not None:
            self._watch.stop()
        for worker in self._workers:
            if at_once or not worker.is_idle:
                worker.kill()
            with suppress(OSError):
                worker.line.close()  # a worker that waits for its next file sees the end and leaves
        for worker in self._workers:
            worker.remove(politely=not at_once)
        self._workers.clear()
        if self._hired:
            kill_marked(self._mark)
        if self._keeper is not None and self._keeper.stdin is not None:
            self._keeper.stdin.close()
            with suppress(subprocess.TimeoutExpired):
                self._keeper.wait(_START_S)
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    # --- who works on what

    def _busy(self) -> list[WorkerProcess]:
        return [worker for worker in self._workers if worker.file is not None]

    def _is_due(self) -> bool:
        """Whether a second try has waited long enough for the others to make way."""
        return bool(self._again) and time.monotonic() - self._again[0].since_s > _PATIENCE_S

    def _alone(self) -> WorkerProcess | None:
        """Who works, or is about to, with nothing beside it."""
        return next((worker for worker in self._workers if worker.is_alone), None)

    def _hand_out(self) -> None:
        if not self._waiting:
            return
        while self._waiting:
            alone = self._alone()
            worker = alone or next((each for each in self._workers if each.is_idle), None)
            if worker is None or not worker.is_idle:
                break
            if self._give(worker, self._waiting[0]):
                self._waiting.popleft()
                continue
            self._remove(worker)  # it died between two files
            if alone is not None:
                self._hire(is_alone=True)
        busy = self._busy()
        for worker in busy if len(busy) > 1 else ():
            worker.had_company = True
        if self._alone() is None:
            starting = sum(not worker.is_ready for worker in self._workers)
            for _ in range(min(len(self._waiting) - starting, self.jobs - len(self._workers))):
                self._hire()

    def _try_alone(self, file: SourceFile) -> None:
        """Nothing is in flight: the idle ones leave, so that all the memory is there, and a new one takes the file."""
        for worker in tuple(self._workers):
            self._remove(worker, politely=worker.is_idle)
        self._waiting.appendleft(file)
        self._hire(is_alone=True)

    def _give(self, worker: WorkerProcess, file: SourceFile) -> bool:
        with self._lock:
            worker.signs.reset()
            worker.had_company = False
            worker.memory_bytes = self._limit(is_alone=worker.is_alone)
            if not worker.give(file, packed(file)):
                return False
        self._looked_after().wake()
        return True

    def _limit(self, *, is_alone: bool) -> int:
        return max(self.memory_bytes, memory_share(self.spec.settings, 1)) if is_alone else self.memory_bytes

    def _hire(self, *, is_alone: bool = False) -> None:
        """Starts a worker, which is not ready yet; none when the system has no room for it now.

        Raises:
            RunError: there is no worker and none can be started.
        """
        self._hired += 1
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="mmi-run-"))
            self._oom_kills = kernel_oom_kills()
        self._keep()
        if not self._briefing:
            walls = Walls(data_bytes=2 * self._limit(is_alone=True) + _ROOM_BYTES)
            self._briefing = packed((self.spec, walls))
        try:
            worker = hire(
                f"{self._mark}.{self._hired}", self._folder / str(self._hired), threads=self.spec.settings.threads
            )
        except OSError as error:
            if self._workers:
                return
            raise RunError(f"no worker process can be started: {error.strerror or error}") from error
        worker.is_alone = is_alone
        with self._lock:
            self._workers.append(worker)
        # Sent by a thread: what labelled files taught may be more than the line holds before the worker reads it.
        threading.Thread(target=worker.brief, args=(self._briefing,), daemon=True).start()

    def _keep(self) -> None:
        """Starts who clears up after a run that is killed; once more if somebody ended it."""
        if self._keeper is None or self._keeper.poll() is not None:
            self._keeper = subprocess.Popen(
                [sys.executable, "-I", "-S", str(Path(keeper.__file__)), self._mark, str(self._folder)],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                start_new_session=True,
            )

    def _looked_after(self) -> Watch:
        if self._watch is None:
            self._watch = Watch(
                lambda: self._workers, self._lock, self.spec.settings, schemas=len(self.spec.schemas)
            )  # fmt: skip
        return self._watch

    # --- what comes of it

    def _hear(self, worker: WorkerProcess) -> list[Finished]:
        finished: list[Finished] = []
        try:
            while (message := worker.inbox.take()) is not None:
                finished.extend(self._take(worker, message))
                if worker not in self._workers:
                    return finished
        except Closed:
            if not worker.ends_within(_LAST_STEPS_S):
                worker.fault = "it closed its line to the run"
            return [*finished, *self._lost(worker)]
        except BadMessage:
            worker.fault = "it sent what is no message"
            return [*finished, *self._lost(worker)]
        if worker.has_ended():
            finished.extend(self._lost(worker))
        return finished

    def _take(self, worker: WorkerProcess, message: object) -> list[Finished]:
        if isinstance(message, RunFault):
            raise message.error()
        if isinstance(message, Started):
            worker.has_started()
            self._bad_starts = 0
            self._hand_out()
            return []
        if not isinstance(message, Done) or worker.file is None:
            raise BadMessage
        with self._lock:
            file, worker.file, worker.is_alone = worker.file, None, False
            worker.files_done += 1
        if message.is_worn or worker.verdict is not None or self._is_worn(worker):
            self._remove(worker)
        else:
            self._hand_out()
        return [(file, message.result)]

    def _is_worn(self, worker: WorkerProcess) -> bool:
        """Whether it is to be replaced: by count, or by what it still holds. (That a file left processes behind it says itself.)"""
        settings = self.spec.settings
        if worker.files_done >= settings.recycle_files:
            return True
        now_s = time.monotonic()
        if worker.files_done < _LEAST_FILES or now_s - worker.weighed_s < _WEIGH_S:
            return False
        worker.weighed_s = now_s
        most = settings.recycle_memory_bytes or int(self.memory_bytes * _WORN_SHARE)
        return own_memory_bytes((worker.process.pid,)) > most

    def _lost(self, worker: WorkerProcess) -> list[Finished]:
        """A worker that ended, or has closed its line, or was ended."""
        worker.kill()
        code = worker.exit_code()
        if not worker.is_ready:
            return self._bad_start(worker, how_it_ended(code))
        file, error = worker.file, worker.verdict
        had_all = (
            worker.files_done == 0 and not worker.had_company and worker.memory_bytes >= self._limit(is_alone=True)
        )
        stage = worker.signs.read().stage
        seconds = time.monotonic() - worker.started_s
        error = error or self._why(code, worker.fault)
        was_alone = worker.is_alone
        self._remove(worker)
        if file is None:
            return []
        if _may_be_anothers_fault(error) and not (was_alone or (isinstance(error, WorkerOutOfMemory) and had_all)):
            self._again.append(_Again(file, time.monotonic()))
            meter.count("retries.alone")
            return []
        records = failed_records(file, self.spec.schemas, error.info(stage))
        return [(file, as_result(Outcome(records=records), seconds=seconds))]

    def _why(self, code: int | None, fault: str) -> FileError:
        """The error of a file whose worker ended by itself."""
        before, self._oom_kills = self._oom_kills, kernel_oom_kills()
        if not fault and code == -signal.SIGKILL and self._oom_kills > before:
            return WorkerOutOfMemory(
                "memory ran out, and the system ended the process that read the file; fewer `jobs`, or a lower `worker_memory_bytes` in "
                "the settings, leave more to each"
            )
        return WorkerCrashed(
            f"the process that read the file died twice ({fault or how_it_ended(code)}), the second time with nothing beside it; "
            "the file is damaged in a way that a library does not survive: open it with the program that made it and save it anew"
        )

    def _bad_start(self, worker: WorkerProcess, how: str) -> list[Finished]:
        """A worker that never was; killed by chance, the next one starts, but no run tries for ever.

        Raises:
            RunError: several in a row.
        """
        said = worker.last_words()
        was_alone = worker.is_alone
        self._remove(worker)
        self._bad_starts += 1
        if self._bad_starts >= _MOST_BAD_STARTS or (said and "Error" in said):
            raise RunError(
                f"a worker process cannot start ({said or how}); `mmi doctor` looks for what is missing, and "
                "MMI_DEBUG=1 shows what the worker writes"
            )
        if was_alone:
            self._hire(is_alone=True)
        return []

    def _remove(self, worker: WorkerProcess, *, politely: bool = False) -> None:
        with self._lock:
            self._workers.remove(worker)
        worker.remove(politely=politely)


def _ready(descriptors: Sequence[int], *, within_s: float) -> set[int]:
    """Those of which one can read, as soon as there are any; a tenth of what `multiprocessing.connection.wait` costs."""
    awaited = select.poll()
    for descriptor in descriptors:
        awaited.register(descriptor, select.POLLIN)
    return {descriptor for descriptor, _ in awaited.poll(within_s * 1000)}


def _may_be_anothers_fault(error: FileError) -> bool:
    return isinstance(error, WorkerCrashed | WorkerOutOfMemory)
