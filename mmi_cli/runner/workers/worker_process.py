"""A worker as its parent sees it: how it is started, what it was given, how it ends."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from ...datamodel.source import SourceFile
from ...errors import FileError
from .channel import Inbox, send
from .life_signs import LifeSigns
from .process_tree import MARK, kill_tree

_BODY = """\
import json, sys
sys.path[:] = json.loads(sys.argv[3])
from mmi_cli.runner.workers.worker import main
main(int(sys.argv[1]), int(sys.argv[2]))
"""
_STOP_S = 5.0
_SEND_S = 10.0
_BRIEF_S = 120.0
_THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_LAST_WORDS = 300


@dataclass(slots=True, eq=False)
class WorkerProcess:
    """One worker; it works on at most one file at a time."""

    process: subprocess.Popen[bytes]
    mark: str
    line: socket.socket
    inbox: Inbox
    signs: LifeSigns
    folder: Path
    """Its temporary files; gone with it."""
    said: IO[bytes] | None
    """What it writes to its standard error while it starts."""
    sentinel: int | None
    """A descriptor that is ready when it has ended; None where the system has none."""
    hired_s: float
    is_ready: bool = False
    file: SourceFile | None = None
    is_alone: bool = False
    """Whether its file is tried with nothing beside it."""
    had_company: bool = False
    """Whether something else was in flight while it worked on its file."""
    memory_bytes: int = 0
    """The limit of its file."""
    started_s: float = 0.0
    """When it got its file, later by the time in which everything stood still."""
    stirred_s: float = 0.0
    """When everything went on after that; no sign of life was to be had before."""
    files_done: int = 0
    verdict: FileError | None = None
    """Why it was ended by whoever watches it."""
    fault: str = ""
    """What it did that a worker does not, in words."""
    tree: list[int] = field(default_factory=list)
    tree_seen_s: float = 0.0
    weighed_s: float = 0.0
    """When it was last looked at whether it holds too much to go on."""

    @property
    def is_idle(self) -> bool:
        return self.is_ready and self.file is None

    def descriptors(self) -> list[int]:
        return [self.line.fileno(), *([self.sentinel] if self.sentinel is not None else [])]

    def has_ended(self) -> bool:
        return self.process.poll() is not None

    def ends_within(self, seconds: float) -> bool:
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def give(self, file: SourceFile, message: bytes) -> bool:
        """Hands it a file; False when it is not there any more."""
        if self.has_ended() or not self.send(message):
            return False
        self.file, self.started_s, self.verdict = file, time.monotonic(), None
        return True

    def send(self, message: bytes) -> bool:
        try:
            return send(self.line, message, within_s=_SEND_S)  # an idle worker reads at once
        except (OSError, ValueError):
            return False

    def brief(self, message: bytes) -> None:
        """Tells a new worker what it is for; it reads when it has loaded what it needs."""
        with suppress(OSError, ValueError):
            send(self.line, message, within_s=_BRIEF_S)

    def kill(self) -> None:
        """Ends it and everything it started, at once."""
        kill_tree(self.process.pid, self.mark)

    def exit_code(self) -> int | None:
        """Minus the signal, if one ended it; None while it does not end."""
        with suppress(subprocess.TimeoutExpired):
            return self.process.wait(_STOP_S)
        return None

    def last_words(self) -> str:
        """The last line it wrote while it started."""
        if self.said is None:
            return ""
        size = self.said.seek(0, os.SEEK_END)
        self.said.seek(max(0, size - 4096))
        lines = self.said.read().decode("utf-8", "replace").split("\n")
        return next((" ".join(line.split())[:_LAST_WORDS] for line in reversed(lines) if line.strip()), "")

    def has_started(self) -> None:
        self.is_ready = True
        if self.said is not None:
            self.said.close()
            self.said = None

    def remove(self, *, politely: bool = False) -> None:
        """Ends it if it has not ended, and all that it left: processes, temporary files, descriptors.

        Args:
            politely: it is idle; it is told that there is no more and given a moment to leave.
        """
        with suppress(OSError):
            self.line.close()
        if politely:
            self.exit_code()
        self.kill()
        self.exit_code()
        self.has_started()
        self.signs.close()
        if self.sentinel is not None:
            os.close(self.sentinel)
        shutil.rmtree(self.folder, ignore_errors=True)


def hire(mark: str, folder: Path, *, threads: int) -> WorkerProcess:
    """Starts a worker; it is ready when it says so.

    Args:
        folder: for its temporary files, made here.
        threads: that native libraries of it may use; 0: as many as they like.

    Raises:
        OSError: the system has no room for another process.
    """
    folder.mkdir(mode=0o700)
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    signs = LifeSigns.new()
    said = tempfile.TemporaryFile()  # noqa: SIM115 - closed when the worker has started or is removed
    try:
        process = subprocess.Popen(
            [
                sys.executable, *subprocess._args_from_interpreter_flags(),  # type: ignore[attr-defined]
                "-c", _BODY, str(theirs.fileno()), str(signs.descriptor), json.dumps(sys.path),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=None if os.environ.get("MMI_DEBUG") else said,
            env=_environment(os.environ, mark, folder, threads),
            pass_fds=(theirs.fileno(), signs.descriptor),
            start_new_session=True,  # an interrupt of the terminal is the parent's, and the group is killed as one
        )  # fmt: skip
    except BaseException:
        ours.close()
        signs.close()
        said.close()
        folder.rmdir()
        raise
    finally:
        theirs.close()
    return WorkerProcess(
        process=process,
        mark=mark,
        line=ours,
        inbox=Inbox(ours),
        signs=signs,
        folder=folder,
        said=said,
        sentinel=_sentinel(process.pid),
        hired_s=time.monotonic(),
    )


def _environment(own: Mapping[str, str], mark: str, folder: Path, threads: int) -> dict[str, str]:
    environment = {**own, MARK: mark, "TMPDIR": str(folder)}
    for name in _THREAD_VARIABLES if threads else ():
        environment.setdefault(name, str(threads))
    return environment


def _sentinel(pid: int) -> int | None:
    with suppress(OSError, AttributeError):
        return os.pidfd_open(pid)
    return None


def how_it_ended(code: int | None) -> str:
    """The end of a process in words."""
    if code is None:
        return "it does not end"
    if code >= 0:
        return f"exit code {code}"
    try:
        return f"signal {signal.Signals(-code).name}"
    except ValueError:
        return f"signal {-code}"
