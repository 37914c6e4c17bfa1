"""Where time goes: spans for whoever listens, and counts that a unit of work takes along.

A span costs a tenth of a microsecond while nobody listens. Counts and spans belong to the process; the thread that does a file is the
only one that writes counts.
"""

from __future__ import annotations

import resource
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, TypeVar

_T = TypeVar("_T")
_SHORTEST_STEP_NS = 500_000
"""Steps of an iteration that take less are not told: a video has tens of thousands."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time with a name, on one thread; spans of a thread nest."""

    name: str
    kind: str
    """`run`, `file`, `stage`, `extractor`, `engine`, `model`, `library`."""
    started_ns: int
    """Of the machine's monotonic clock, one for all processes."""
    wall_ns: int
    cpu_ns: int | None
    """Of the whole process, whose engines have threads of their own, and of the programs it ran and waited for; None: not known."""
    thread: int
    facts: dict[str, Any]


_listener: Callable[[Span], None] | None = None
_with_children = True
_counts: dict[str, float] = {}
_nothing = nullcontext()


def listen(listener: Callable[[Span], None] | None, *, with_children: bool = True) -> None:
    """Sends every span of this process to `listener` as it ends; None: to nobody.

    Args:
        with_children: whether the CPU time of programs that it waited for is its own; that of worker processes is theirs.
    """
    global _listener, _with_children  # one for the process, so that no signature has to carry it
    _listener, _with_children = listener, with_children


def tell(span: Span) -> None:
    """A span that was measured elsewhere."""
    if _listener is not None:
        _listener(span)


def span(name: str, kind: str, **facts: Any) -> AbstractContextManager[Any]:
    """The time spent inside the `with`.

    Args:
        facts: plain values that a reader of the trace wants beside the name.
    """
    return _nothing if _listener is None else _Open(name, kind, facts)


def steps(items: Iterable[_T], name: str, kind: str) -> Iterator[_T]:
    """Yields the items; making each is a span of its own, unless it takes next to no time."""
    if _listener is None:
        yield from items
        return
    iterator = iter(items)
    while True:
        opened = _Open(name, kind, {}, least_ns=_SHORTEST_STEP_NS)
        with opened:
            try:
                item = next(iterator)
            except StopIteration:
                return
        yield item


def count(name: str, value: float = 1.0) -> None:
    """Adds to a count that goes to `summary.json` with the file being done."""
    _counts[name] = _counts.get(name, 0.0) + value


def take_counts() -> tuple[tuple[str, float], ...]:
    """What was counted since the last time, by name."""
    if not _counts:
        return ()
    taken = tuple(sorted(_counts.items()))
    _counts.clear()
    return taken


def cpu_ns() -> int:
    """CPU time of this process with all its threads, and of the programs it waited for."""
    if not _with_children:
        return time.process_time_ns()
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time_ns() + round((children.ru_utime + children.ru_stime) * 1e9)


class _Open:
    def __init__(self, name: str, kind: str, facts: dict[str, Any], *, least_ns: int = 0) -> None:
        self._name, self._kind, self._facts, self._least_ns = name, kind, facts, least_ns

    def __enter__(self) -> dict[str, Any]:
        """Facts that come to light inside may be added to what is returned."""
        self._cpu_ns, self._started_ns = cpu_ns(), time.monotonic_ns()
        return self._facts

    def __exit__(self, *unused: object) -> None:
        wall_ns = time.monotonic_ns() - self._started_ns
        if _listener is not None and wall_ns >= self._least_ns:
            _listener(
                Span(
                    self._name, self._kind, self._started_ns, wall_ns, cpu_ns() - self._cpu_ns,
                    threading.get_native_id(), self._facts,
                )
            )  # fmt: skip
