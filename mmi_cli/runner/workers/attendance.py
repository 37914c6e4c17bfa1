"""How a process that does files spends the rest of its time: its start, its waits between two files, its memory."""

from __future__ import annotations

import os
import resource
import threading
import time
from contextlib import suppress
from pathlib import Path

from ... import meter
from ..telling.trace import writer
from .machine import resident_bytes
from .process_tree import MARK

_LOOK_S = 0.5
"""Memory is looked at no oftener: a look costs 30 µs, a small file 2 ms."""


class _Attendance:
    """Of this process."""

    def __init__(self) -> None:
        self.last_end_ns: int | None = None
        self.looked_s = -_LOOK_S


_own = _Attendance()


def present() -> None:
    """The process is ready for its first file: counts what that took, from the birth of a worker process."""
    if MARK not in os.environ:  # the run's own process
        return
    now_ns, cpu_ns = time.monotonic_ns(), meter.cpu_ns()
    took_ns = max(0, now_ns - _born_ns(now_ns))
    meter.count("worker.starts")
    meter.count("worker.start_seconds", took_ns / 1e9)
    meter.count("worker.start_cpu_seconds", cpu_ns / 1e9)
    meter.tell(meter.Span("start", "run", now_ns - took_ns, took_ns, cpu_ns, threading.get_native_id(), {}))
    _own.last_end_ns = None


def between_files() -> None:
    """A file begins: counts the time since the last one ended."""
    if _own.last_end_ns is not None:
        waited_ns = time.monotonic_ns() - _own.last_end_ns
        meter.count("worker.idle_seconds", waited_ns / 1e9)


def seen_again() -> tuple[tuple[str, float], ...]:
    """A file has ended: the peak of memory, every now and then; what is traced goes to disk as often."""
    _own.last_end_ns = time.monotonic_ns()
    now_s = time.monotonic()
    if now_s - _own.looked_s < _LOOK_S:
        return ()
    _own.looked_s = now_s
    if (trace := writer()) is not None:
        trace.level("memory", resident_mb=resident_bytes(os.getpid()) / 1e6)
        trace.flush(at_once=False)
    return (("worker_memory_bytes", float(peak_bytes())),)


def peak_bytes(*, with_children: bool = True) -> int:
    """Most memory that this process held, and the largest program that it ran and waited for, together."""
    own = 0
    with suppress(OSError, StopIteration, ValueError):
        # Not `ru_maxrss`: a new process begins with the peak of the one that it was forked from.
        status = Path("/proc/self/status").read_text("ascii", "replace")
        own = 1024 * int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1])
    own = own or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return own + (resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 if with_children else 0)


def _born_ns(now_ns: int) -> int:
    """When this process was started, on the monotonic clock; now where the system does not tell."""
    with suppress(OSError, ValueError, IndexError, AttributeError):
        ticks = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
        since_boot_ns = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
        return now_ns - (since_boot_ns - ticks * 1_000_000_000 // os.sysconf("SC_CLK_TCK"))
    return now_ns
