"""A process and everything it started: who they are, how much memory is theirs, and the end of them all.

A worker and what it starts carry a mark in their environment, so that what left the tree (a daemon, a child of a dead parent) is found
as well. Without `/proc` only the process group is seen.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

MARK = "MMI_WORKER"
"""The environment variable that holds the mark of a worker: that of its run, a dot, and its number."""
_PROC = Path("/proc")
_ROUNDS = 5
"""A process may start another one while it is looked for."""
_OWN = frozenset(("RssAnon:", "RssShmem:", "VmSwap:"))
_OWN_SHARE = frozenset(("Pss_Anon:", "Pss_Shmem:", "SwapPss:"))


def descendants(pid: int) -> list[int]:
    """The process and all below it, itself first; itself alone where the system does not tell."""
    found = [pid]
    for each in found:
        with suppress(OSError):
            for task in os.listdir(f"/proc/{each}/task"):  # noqa: PTH208 - looked at ten times a second
                found.extend(_children(each, task))
    return found


def _children(pid: int, task: str) -> list[int]:
    try:
        return [int(child) for child in (_PROC / str(pid) / "task" / task / "children").read_text().split()]
    except (OSError, ValueError):
        return []


def own_memory_bytes(pids: Iterable[int]) -> int:
    """Memory that is theirs: their own pages in memory and in swap, without files that are mapped (weights, libraries).

    What several of them share counts as often as they share it; `shared_memory_bytes` tells it apart and is slower.
    """
    return sum(_sum_of(f"/proc/{pid}/status", _OWN) for pid in pids)


def shared_memory_bytes(pids: Iterable[int]) -> int:
    """The same, with pages that several processes share divided among them (PSS)."""
    return sum(_sum_of(f"/proc/{pid}/smaps_rollup", _OWN_SHARE) for pid in pids)


def _sum_of(path: str, names: frozenset[str]) -> int:
    kilobytes = 0
    try:
        with open(path, "rb") as stream:  # noqa: PTH123 - likewise
            for line in stream.read().decode("ascii", "replace").splitlines():
                words = line.split()
                if words and words[0] in names:
                    kilobytes += int(words[1])
    except (OSError, ValueError, IndexError):
        return 0
    return kilobytes * 1024


def kill_tree(pid: int, mark: str) -> None:
    """Ends a worker (the leader of its process group) and all that carries its mark; returns when nothing is left to be killed."""
    with suppress(OSError):
        os.killpg(pid, signal.SIGKILL)
    kill_marked(mark)


def kill_marked(mark: str) -> int:
    """Ends every process whose mark is this one or below it; how many there were."""
    killed = 0
    for _ in range(_ROUNDS):
        found = marked(mark)
        for pid in found:
            with suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        killed += len(found)
        if not found:
            break
    return killed


def marked(mark: str) -> list[int]:
    """Processes that run and carry the mark, this one never."""
    exact, below = f"{MARK}={mark}\0".encode(), f"{MARK}={mark}.".encode()
    found = []
    with suppress(OSError):
        for name in os.listdir(_PROC):  # noqa: PTH208
            if not name.isdecimal() or int(name) == os.getpid():
                continue
            try:
                with open(f"/proc/{name}/environ", "rb") as stream:  # noqa: PTH123 - a dead one has no environment
                    environment = b"\0" + stream.read() + b"\0"
            except OSError:
                continue
            if b"\0" + exact in environment or b"\0" + below in environment:
                found.append(int(name))
    return found
