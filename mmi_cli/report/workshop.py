"""Worker processes that draw: each under a clock and a memory limit, so that one bad file costs its own picture."""

from __future__ import annotations

import multiprocessing
import resource
import signal
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any

from .drawing import draw
from .task import View, ViewTask

FILE_S = 60.0
"""A page takes 0.1 s, an hour of sound 5 s, a video about as long as finding its frames."""
_START_S = 60.0
"""For a new process to come up on a busy machine; only then does the clock of its file begin."""
_MEMORY_BYTES = 4_000_000_000
_FILES_A_PROCESS = 4
"""A process takes about as long to start as four files to draw."""
Draw = Callable[[ViewTask], View]


def draw_all(
    tasks: Sequence[ViewTask], *, processes: int, file_s: float = FILE_S, work: Draw = draw
) -> Iterator[tuple[int, View]]:
    """(index, view) of each task, in whatever order they are done."""
    waiting = deque(enumerate(tasks))
    processes = min(processes, -(-len(tasks) // _FILES_A_PROCESS))
    benches: list[_Bench] = []
    try:
        while waiting or any(bench.index is not None for bench in benches):
            if waiting and len(benches) < processes:
                benches.append(_Bench(work))
            for bench in benches:
                if waiting and bench.index is None:
                    bench.give(*waiting.popleft(), file_s=file_s)
            busy = [bench for bench in benches if bench.index is not None]
            if waiting and len(benches) < processes:
                continue
            patience = max(0.0, min(bench.until_s for bench in busy) - time.monotonic())
            ready = set(wait([bench.line for bench in busy], timeout=patience))
            for bench in busy:
                index = bench.index
                if index is None:
                    continue
                if bench.line in ready:
                    answer = bench.take()
                    if answer is None:
                        bench.until_s = time.monotonic() + file_s
                        continue
                    view = answer
                elif time.monotonic() >= bench.until_s:
                    view = _lost(f"The file cannot be shown: drawing it took longer than {file_s:.0f} s.")
                    bench.end()
                else:
                    continue
                if bench.is_ended:
                    benches[benches.index(bench)] = _Bench(work)
                bench.index = None
                yield index, view
    finally:
        for bench in benches:
            bench.end()


@dataclass(slots=True)
class _Bench:
    """One worker process and the line to it."""

    line: Connection
    process: Any
    index: int | None
    until_s: float
    is_ended: bool
    is_up: bool

    def __init__(self, work: Draw) -> None:
        context = multiprocessing.get_context("spawn")
        self.line, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(theirs, work), daemon=True)
        self.process.start()
        theirs.close()
        self.index, self.until_s, self.is_ended, self.is_up = None, 0.0, False, False

    def give(self, index: int, task: ViewTask, *, file_s: float) -> None:
        self.index, self.until_s = index, time.monotonic() + (file_s if self.is_up else _START_S)
        with suppress(OSError):  # it is gone; `take` will say so
            self.line.send(task)

    def take(self) -> View | None:
        """What the process sent; None: that it is up."""
        try:
            view: View | None = self.line.recv()
        except (EOFError, OSError):
            self.end()
            return _lost("The file cannot be shown: the process that drew it ended.")
        self.is_up = True
        return view

    def end(self) -> None:
        if not self.is_ended:
            self.is_ended = True
            self.process.kill()
            self.process.join()
            self.line.close()


def _lost(note: str) -> View:
    return View(notes=[note])


def _serve(line: Connection, work: Draw) -> None:
    """The life of a worker process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    if hard == resource.RLIM_INFINITY or hard > _MEMORY_BYTES:
        resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY_BYTES, hard))
    line.send(None)
    while True:
        try:
            task = line.recv()
        except (EOFError, OSError):
            return
        line.send(work(task))
