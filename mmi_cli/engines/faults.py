"""A language model that does what no engine should: hangs, eats memory, kills its process; for tests of what holds a run together.

It is there only when a run names it (`--language-model faults`), and does what a file tells it on a line `Trouble: WHAT [NUMBER]`. Files
without such a line get an answer without values. With any other engine the line is text like other text.
"""

from __future__ import annotations

import ctypes
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

from .. import progress
from ..settings import Settings
from .interface import Completion

_ORDER = re.compile(r"Trouble: *([a-z-]+)(?: +(\d+(?:\.\d+)?))?")
_EVER_S = 3_600.0
_MEGABYTE = 1_000_000
_ONCE = "MMI_FAULTS_FOLDER"
"""Folder in which `crash-once` and its like leave a mark."""


class Faults:
    """A `LanguageModel` in form only."""

    name = "faults"
    context_tokens = 8192

    def __init__(self, settings: Settings) -> None:
        del settings

    def complete(
        self, *, system: str, user: str, json_schema: dict[str, Any] | None = None, max_tokens: int = 512
    ) -> Completion:
        """Does what the text says, if it is of the kind that can be survived; then an answer without values."""
        order = _ORDER.search(user)
        if order is not None:
            TROUBLE[order[1]](float(order[2] or 0))
        return Completion(text="{}", tokens=(), input_tokens=1, output_tokens=1, is_complete=True)

    def count_tokens(self, text: str) -> int:
        return len(text) // 4


# --- time


def hang(seconds: float) -> None:
    time.sleep(seconds or _EVER_S)


def spin(seconds: float) -> None:
    end_s = time.monotonic() + (seconds or _EVER_S)
    while time.monotonic() < end_s:
        pass


def hold_the_interpreter(seconds: float) -> None:
    """Sleeps in native code that keeps every other thread of the process from running."""
    ctypes.PyDLL(None).sleep(int(seconds or _EVER_S))


def stop(_: float) -> None:
    os.kill(os.getpid(), signal.SIGSTOP)


def work(seconds: float) -> None:
    """Goes on for so long and says so."""
    end_s = time.monotonic() + (seconds or _EVER_S)
    while time.monotonic() < end_s:
        progress.step()
        time.sleep(0.05)


def work_on_pages(pages: float) -> None:
    """Says that the file has so many pages, and works for ever."""
    progress.holds(pages=pages)
    work(0)


# --- memory


def eat(megabytes_a_second: float) -> None:
    """0: as fast as it goes."""
    kept = []
    for piece in _pieces():
        kept.append(piece)
        if megabytes_a_second:
            time.sleep(len(piece) / _MEGABYTE / megabytes_a_second)


def _pieces() -> Iterator[bytearray]:
    while True:
        yield bytearray(b"x") * (16 * _MEGABYTE)


def eat_in_a_child(megabytes_a_second: float) -> None:
    code = f"from mmi_cli.engines.faults import eat; eat({megabytes_a_second})"
    subprocess.run(
        [sys.executable, "-c", code], check=False, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    )


def eat_up_to(megabytes: float) -> None:
    """Takes so much, and gives it back at the end of the process only."""
    _KEPT.append(bytearray(b"x") * int(megabytes * _MEGABYTE))


_KEPT: list[bytearray] = []


# --- death


def segfault(_: float) -> None:
    ctypes.string_at(0)


def abort(_: float) -> NoReturn:
    os.abort()


def leave(code: float) -> NoReturn:
    """The process ends, in the middle of the file, with an exit code."""
    os._exit(int(code))


def killed(_: float) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def crash_once(_: float) -> None:
    """Dies the first time it is asked."""
    mark = Path(os.environ[_ONCE]) / "crashed"
    if not mark.exists():
        mark.touch()
        os.abort()


# --- words


def flood(megabytes: float) -> None:
    """Writes to both streams, from Python and below it."""
    line = b"x" * 99 + b"\n"
    for _ in range(int(megabytes or 100) * _MEGABYTE // len(line) // 2):
        os.write(1, line)
        os.write(2, line)
    print("x" * _MEGABYTE)


def close_the_line(_: float) -> None:
    os.closerange(3, 256)
    time.sleep(_EVER_S)


def half_a_message(_: float) -> None:
    """A header that promises more than comes, and then nothing for ever."""
    for line in _lines():
        os.write(line, b"mmi\x01" + (1_000_000).to_bytes(8, sys.byteorder) + b"half")
    time.sleep(_EVER_S)


def half_a_message_and_on(_: float) -> None:
    """The same, and then the real result follows."""
    for line in _lines():
        os.write(line, b"mmi\x01" + (1_000_000_000).to_bytes(8, sys.byteorder) + b"half")


def junk(_: float) -> None:
    for line in _lines():
        os.write(line, b"\0\xff" * 1000)
    time.sleep(_EVER_S)


def _lines() -> Iterator[int]:
    """Descriptors of sockets of this process."""
    for name in os.listdir("/proc/self/fd"):  # noqa: PTH208
        try:
            with socket.socket(fileno=os.dup(int(name))):
                yield int(name)
        except OSError:
            continue


# --- exceptions


class _Odd(Exception):
    """Cannot be pickled and cannot be shown."""

    def __init__(self) -> None:
        self.lock = threading.Lock()

    def __str__(self) -> str:
        raise RuntimeError("no words for it")


class _OddBase(BaseException):
    """Not even an `Exception`."""


def _raise(error: BaseException) -> NoReturn:
    raise error


def recurse(depth: float) -> None:
    recurse(depth + 1)


# --- what is left behind


def leave_a_thread(count: float) -> None:
    for _ in range(int(count or 1)):
        threading.Thread(target=time.sleep, args=(_EVER_S,), daemon=True).start()


def leave_a_child(seconds: float) -> None:
    subprocess.Popen(["sleep", str(int(seconds or _EVER_S))])


def leave_a_daemon(seconds: float) -> None:
    """A process of a session of its own, whose parent is gone."""
    subprocess.Popen(["sh", "-c", f"sleep {int(seconds or _EVER_S)} &"], start_new_session=True).wait()


def die_and_leave_a_daemon(seconds: float) -> None:
    leave_a_daemon(seconds)
    os.abort()


def wait_with_a_daemon(seconds: float) -> None:
    leave_a_daemon(seconds)
    time.sleep(_EVER_S)


TROUBLE: dict[str, Callable[[float], None]] = {
    "hang": hang,
    "spin": spin,
    "hold-the-interpreter": hold_the_interpreter,
    "stop": stop,
    "work": work,
    "work-on-pages": work_on_pages,
    "eat": eat,
    "eat-in-a-child": eat_in_a_child,
    "eat-up-to": eat_up_to,
    "segfault": segfault,
    "abort": abort,
    "leave": leave,
    "killed": killed,
    "crash-once": crash_once,
    "flood": flood,
    "close-the-line": close_the_line,
    "half-a-message": half_a_message,
    "half-a-message-and-on": half_a_message_and_on,
    "junk": junk,
    "raise-odd": lambda _: _raise(_Odd()),
    "raise-base": lambda _: _raise(_OddBase("odd")),
    "raise-exit": lambda _: _raise(SystemExit(0)),
    "raise-interrupt": lambda _: _raise(KeyboardInterrupt()),
    "raise-memory": lambda _: _raise(MemoryError()),
    "raise-huge": lambda _: _raise(ValueError("x" * 50 * _MEGABYTE)),
    "recurse": recurse,
    "leave-a-thread": leave_a_thread,
    "leave-a-child": leave_a_child,
    "leave-a-daemon": leave_a_daemon,
    "die-and-leave-a-daemon": die_and_leave_a_daemon,
    "wait-with-a-daemon": wait_with_a_daemon,
}  # fmt: skip
