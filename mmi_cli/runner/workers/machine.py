"""How many workers the machine holds, and what each of them may take."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from ...settings import Settings

_MEMORY_SHARE = 0.8
_GROUPS = Path("/sys/fs/cgroup")
_FIRST_VERSION = {"memory.max": "memory.limit_in_bytes"}


def default_jobs() -> int:
    """One worker a core, and no more than memory holds: 3 GB a worker with every model loaded."""
    return max(1, min(usable_cores(), int(total_memory_bytes() / 3e9)))


def memory_share(settings: Settings, jobs: int) -> int:
    """Bytes that one of so many workers may hold."""
    return settings.worker_memory_bytes or int(total_memory_bytes() * _MEMORY_SHARE / jobs)


def usable_cores() -> int:
    """Cores this process may run on, and no more than its control group may use."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    for quota, period in _limits("cpu.max"):
        cores = min(cores, max(1, math.ceil(quota / (period or 100_000))))
    return cores


def total_memory_bytes() -> int:
    """Of the machine, or of the control group when that is less."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return min([total, *(limit for limit, _ in _limits("memory.max"))])


def _limits(name: str) -> Iterator[tuple[int, int]]:
    """(first, second or 0) number of a limit of the control group and of each above it; `max` is none."""
    for group in _groups("memory" if name.startswith("memory") else "cpu"):
        for file in (group / name, group / _FIRST_VERSION.get(name, name)):
            with suppress(OSError, ValueError, IndexError):
                first, *rest = file.read_text().split()
                yield int(first), int(rest[0]) if rest else 0


def _groups(controller: str) -> Iterator[Path]:
    """The control group of this process and those above it, in both versions of the file system."""
    lines: list[str] = []
    with suppress(OSError):
        lines = Path("/proc/self/cgroup").read_text().splitlines()
    for line in lines:
        _, names, path = line.split(":", 2)
        if names in ("", controller) or controller in names.split(","):
            root = _GROUPS / controller if names else _GROUPS
            own = root / path.strip("/")
            yield from (group for group in (own, *own.parents) if group == root or root in group.parents)


def kernel_oom_kills() -> int:
    """How many processes the kernel has ended for want of memory since the machine started; 0 where it does not tell."""
    with suppress(OSError, ValueError):
        for line in Path("/proc/vmstat").read_text().splitlines():
            if line.startswith("oom_kill "):
                return int(line.split()[1])
    return 0


def resident_bytes(pid: int) -> int:
    """Memory of a process with all that is mapped into it; 0 where the system does not tell."""
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
