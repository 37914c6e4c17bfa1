"""How many workers the machine holds, and what each of them may take."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from ..settings import Settings

_MEMORY_SHARE = 0.8


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


def resident_bytes(pid: int | None) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return 0


def share_machine(settings: Settings, *, files: int, may_grow: bool) -> tuple[Settings, int]:
    """(settings with the threads of one worker, number of workers).

    What counts is the whole input and not what is left of it: with other threads the last bit of a log-probability is another.
    """
    jobs = 1 if settings.is_inline else settings.jobs or default_jobs()
    if not may_grow:
        jobs = min(jobs, max(1, files))
    threads = settings.threads or max(1, usable_cores() // jobs)
    return settings.model_copy(update={"threads": threads}), jobs
