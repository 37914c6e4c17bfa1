"""The body of a worker process: receives a file, sends back its result, one at a time."""

from __future__ import annotations

import ctypes
import faulthandler
import os
import signal
import sys
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection

from ..errors import RunError, StorageDown, UsageError
from .work import WorkSpec, build_pipeline, do_file

_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class WorkerFault:
    """The run cannot go on: sent in place of a result."""

    kind: str
    message: str

    def error(self) -> RunError:
        return {"UsageError": UsageError, "StorageDown": StorageDown}.get(self.kind, RunError)(self.message)


def worker_main(connection: Connection, spec: WorkSpec) -> None:
    """Runs until the parent closes the connection, and never outlives it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interrupt means
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _die_with_parent()
    _mute()
    _set_threads(spec.settings.threads)
    pipeline = None
    while True:
        try:
            file = connection.recv()
        except (EOFError, OSError):
            return
        try:
            pipeline = pipeline or build_pipeline(spec)
            result: object = do_file(pipeline, spec, file, at_stage=connection.send)
        except RunError as error:
            result = WorkerFault(type(error).__name__, str(error))
        with suppress(BrokenPipeError):
            connection.send(result)


def _die_with_parent() -> None:
    """Asks the kernel to end this process when the parent is killed; elsewhere than on Linux the closed pipe does it later."""
    if sys.platform == "linux":
        parent = os.getppid()
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)


def _mute() -> None:
    """Native libraries write to both streams; records go through the pipe, so neither may reach the user's terminal or pipe."""
    if os.environ.get("MMI_DEBUG"):
        os.dup2(2, 1)
        faulthandler.enable()
        return
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    os.close(null)


def _set_threads(threads: int) -> None:
    """Caps the thread pools of native libraries before any of them is imported."""
    if threads:
        for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
            os.environ.setdefault(name, str(threads))
