"""The body of a worker process: receives a file, sends back its result, one at a time."""

from __future__ import annotations

import ctypes
import faulthandler
import os
import resource
import signal
import socket
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ... import progress
from ...datamodel.source import SourceFile
from ...errors import RunError, as_error_info
from ...pipeline import Outcome, Pipeline, failed_records
from ..work import WorkResult, WorkSpec, as_result, build_pipeline, do_file
from .channel import Closed, packed, receive
from .fault import RunFault
from .life_signs import LifeSigns

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_EASY_PREY = 800
"""The kernel, out of memory, is to end a worker (0 is usual, 1000 the first to go) and not the run."""
_THREADS_LEFT = 16
"""Threads that files may leave behind in a worker before it is replaced; engines keep a few."""


@dataclass(frozen=True, slots=True)
class Started:
    """The first thing a worker says: it can work."""


@dataclass(frozen=True, slots=True)
class Done:
    """A file is done."""

    result: WorkResult
    is_worn: bool = False
    """Whether the worker wants to be replaced: something a file left behind goes on in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Walls:
    """What the system itself is to keep, behind the watch of the parent."""

    data_bytes: int
    """Private memory that the process, and each it starts, may ask for."""


def main(line_descriptor: int, signs_descriptor: int) -> None:
    """Runs until the parent closes the line, and never outlives it."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # the parent decides what an interrupt means
    for descriptor in (line_descriptor, signs_descriptor):
        os.set_inheritable(descriptor, False)
    _die_with_parent()
    line = socket.socket(fileno=line_descriptor)
    signs = LifeSigns(signs_descriptor)
    try:
        _serve(line, signs)
    except (Closed, BrokenPipeError, ConnectionResetError):
        return


def _serve(line: socket.socket, signs: LifeSigns) -> None:
    try:
        spec, walls = receive(line)
        _build_walls(walls)
        pipeline = build_pipeline(spec)
    except Closed:
        raise
    except RunError as error:
        line.sendall(packed(RunFault.of(error)))
        return
    except Exception as error:  # noqa: BLE001 - whatever it is, no file is to blame, and no worker can start
        what = f"a worker process cannot start: {type(error).__name__}: {error}; `mmi doctor` looks for what is missing"
        line.sendall(packed(RunFault("RunError", what)))
        return
    _mute()
    progress.listen(signs)
    line.sendall(packed(Started()))
    threads = threading.active_count()
    while True:
        file = receive(line)
        signs.enter("storage")
        message: object
        try:
            message = Done(_result_of(file, pipeline, spec, signs))
        except RunError as error:
            message = RunFault.of(error)
        goes_on = _has_children() or threading.active_count() > threads + _THREADS_LEFT
        if isinstance(message, Done) and goes_on:
            message = Done(message.result, is_worn=True)
        data = packed(message)
        signs.done()
        line.sendall(data)


def _result_of(file: SourceFile, pipeline: Pipeline, spec: WorkSpec, signs: LifeSigns) -> WorkResult:
    """The result of a file; what is no `Exception`, as when a library calls `sys.exit`, costs the file and not the worker."""
    try:
        return do_file(pipeline, spec, file, at_stage=signs.enter)
    except RunError:
        raise
    except BaseException as error:  # noqa: BLE001 - no interrupt reaches a worker: what comes here was raised by what a file met
        records = failed_records(file, spec.schemas, as_error_info(error, signs.read().stage))
        return as_result(Outcome(records=records), seconds=0.0)


def _has_children() -> bool:
    """Whether processes that a file started are still there; takes note of the end of those whose own parents are gone."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            continue
    except ChildProcessError:
        return False
    return True


def _die_with_parent() -> None:
    """Asks the kernel to end this process when the parent is killed; elsewhere than on Linux the closed line does it later.

    What its own children leave behind comes to it, so that it is still found below it.
    """
    if sys.platform == "linux":
        parent = os.getppid()
        control = ctypes.CDLL(None).prctl
        control(_PR_SET_PDEATHSIG, signal.SIGKILL)
        control(_PR_SET_CHILD_SUBREAPER, 1)
        if os.getppid() != parent:
            os._exit(1)


def _build_walls(walls: Walls) -> None:
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(str(_EASY_PREY))
    for kind, most in ((resource.RLIMIT_CORE, 0), (resource.RLIMIT_DATA, walls.data_bytes)):
        with suppress(OSError, ValueError):
            _, hard = resource.getrlimit(kind)
            resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _mute() -> None:
    """Native libraries write to both streams; records go over the line, so neither may reach the user's terminal or pipe."""
    if os.environ.get("MMI_DEBUG"):
        os.dup2(2, 1)
        faulthandler.enable()
        return
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    os.close(null)
