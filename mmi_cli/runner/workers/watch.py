"""The watch over workers: clocks and memory, looked at from outside, by a thread that nothing holds up.

The main thread of a run may wait: for a disk, for whoever reads its output. The watch does not, so no clock is passed by more than a
moment. It only kills and says why; what follows is the business of the executor.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

from ...errors import FileError, WorkerCrashed, WorkerOutOfMemory
from ...settings import Settings
from .file_clock import allowance, verdict
from .process_tree import descendants, own_memory_bytes, shared_memory_bytes
from .worker_process import WorkerProcess

_CALM_S = 0.1
_CLOSE_S = 0.002
_EATS_BYTES_A_SECOND = 10e9
"""Faster than a machine hands out memory: the nearer a worker is to its limit, the sooner it is looked at again."""
_TREE_S = 0.2
_FROZEN_S = 5.0
"""A watch that was not there for so long was itself stopped (a paused container, a debugger): that time is nobody's."""
_UNDELIVERED_S = 10.0
"""A worker whose work is over may be silent for so long with its result half told, counted while someone listens."""


class Watch:
    """Looks after the workers of an executor until it is stopped.

    Args:
        workers: those there are now.
        lock: held while workers are looked at and killed; who changes them holds it too.
        schemas: how many each file is filled with.
    """

    def __init__(
        self, workers: Callable[[], Sequence[WorkerProcess]], lock: threading.RLock, settings: Settings, *, schemas: int
    ) -> None:
        self._workers, self._lock, self._settings, self._schemas = workers, lock, settings, schemas
        self._stopped = threading.Event()
        self._work = threading.Event()
        self._thread: threading.Thread | None = None
        self.peak_bytes = 0
        """The most memory that a worker and what it started held."""
        self.listened_s = time.monotonic()
        """When the main thread last took what had come."""

    def wake(self) -> None:
        """There is something to look after."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="mmi-watch", daemon=True)
            self._thread.start()
        self._work.set()

    def stop(self) -> None:
        self._stopped.set()
        self._work.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        before = time.monotonic()
        while not self._stopped.is_set():
            now = time.monotonic()
            if now - before > _FROZEN_S:
                self._forgive(now, now - before)
            before = now
            with self._lock:
                busy = [worker for worker in self._workers() if worker.file is not None and worker.verdict is None]
                pause_s = min([_CALM_S, *(self._look(worker, now) for worker in busy)])
                if not busy:
                    self._work.clear()
            if busy:
                self._stopped.wait(pause_s)
            else:
                self._work.wait()
                before = time.monotonic()

    def _forgive(self, now_s: float, seconds: float) -> None:
        with self._lock:
            for worker in self._workers():
                worker.started_s += seconds
                worker.stirred_s = now_s
            self.listened_s += seconds

    def _look(self, worker: WorkerProcess, now_s: float) -> float:
        """Kills the worker if it must end; seconds until it is to be looked at again."""
        headroom = worker.memory_bytes - self._memory(worker, now_s)
        error = self._error(worker, now_s) if headroom >= 0 else _too_large(worker)
        if error is not None:
            worker.verdict = error
            worker.kill()
            return _CALM_S
        return max(_CLOSE_S, min(_CALM_S, headroom / _EATS_BYTES_A_SECOND))

    def _memory(self, worker: WorkerProcess, now_s: float) -> int:
        if now_s - worker.tree_seen_s > _TREE_S:
            worker.tree, worker.tree_seen_s = descendants(worker.process.pid), now_s
        memory = own_memory_bytes(worker.tree)
        if memory > worker.memory_bytes and len(worker.tree) > 1:  # what they share may have counted several times
            memory = min(memory, shared_memory_bytes(worker.tree) or memory)
        self.peak_bytes = max(self.peak_bytes, memory)
        return memory

    def _error(self, worker: WorkerProcess, now_s: float) -> FileError | None:
        file, signs = worker.file, worker.signs.read()
        if file is None:
            return None
        if signs.is_done and self.listened_s - max(signs.last_s, worker.inbox.heard_s) > _UNDELIVERED_S:
            return WorkerCrashed(
                f"the process that read the file did not hand over its result within {_UNDELIVERED_S:.0f} s"
            )
        allowed = allowance(self._settings, schemas=self._schemas, size_bytes=file.size_bytes, signs=signs)
        return verdict(
            allowed,
            settings=self._settings,
            started_s=worker.started_s,
            last_s=max(worker.started_s, worker.stirred_s, signs.last_s),
            is_done=signs.is_done,
            now_s=now_s,
        )


def _too_large(worker: WorkerProcess) -> WorkerOutOfMemory:
    return WorkerOutOfMemory(
        f"took more memory than {worker.memory_bytes / 1e9:.1f} GB, what the process that reads a file and the programs it starts "
        "may hold; `worker_memory_bytes` in the settings raises the limit"
    )
