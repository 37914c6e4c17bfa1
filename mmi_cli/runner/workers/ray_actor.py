"""What runs on the machines of a Ray cluster: the actors that do files, and the feed that gives them out.

Every actor watches a worker process of its own, as the run does on one machine: what a file does to its reader is known there, and an
actor that is lost all the same was lost with its machine.
"""

from __future__ import annotations

import pickle
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ... import __version__
from ...datamodel.schema import Schema
from ...datamodel.source import SourceFile
from ...errors import RunError, WorkerCrashed
from ...pipeline import Outcome, failed_records
from ..work import WorkResult, WorkSpec, as_result
from .desk import Desk
from .fault import RunFault
from .machine import memory_share, usable_cores

TRIES = 3
"""How often a file is begun: again after an actor was lost with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Briefing:
    """What an actor must know, plain data that every version of the program understands."""

    tool_version: str
    spec: bytes
    """A pickled `WorkSpec`."""
    actors: int
    cpus_per_actor: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RayResult:
    """What became of one file, and what was written beside it."""

    result: WorkResult
    content: tuple[tuple[str, bytes], ...] = ()
    """(path below the folder of contents, bytes)."""


class Feed:
    """Files by number, from when they are given until they are done; a Ray actor that needs no processor.

    What stands at a number never changes while it is open, so that Ray may ask for it again.
    """

    def __init__(self) -> None:
        import asyncio

        self._open: dict[int, bytes] = {}
        self._begun: dict[int, tuple[int, float]] = {}
        self._given = 0
        self._is_closed = False
        self._news = asyncio.Event()

    async def put(self, number: int, file: bytes, begun: int) -> None:
        """The next file; `begun` is how often it was begun before."""
        self._open[number] = file
        if begun:
            self._begun[number] = (begun, 0.0)  # no actor has it now
        self._given = number + 1
        self._tell()

    async def close(self) -> None:
        """No file will follow."""
        self._is_closed = True
        self._tell()

    def _tell(self) -> None:
        import asyncio

        self._news.set()
        self._news = asyncio.Event()

    async def take(self, number: int) -> bytes | None:
        """Waits for a file; empty for one that is done, None behind the last one."""
        while number >= self._given and not self._is_closed:
            await self._news.wait()
        return self._open.get(number, b"") if number < self._given else None

    async def begin(self, number: int) -> int:
        """How often a file is begun with this time; 0 for one that is done."""
        if number not in self._open:
            return 0
        times = self._begun.get(number, (0, 0.0))[0] + 1
        self._begun[number] = (times, time.monotonic())
        return times

    async def sign(self, number: int) -> None:
        """An actor still does the file."""
        if number in self._begun:
            self._begun[number] = (self._begun[number][0], time.monotonic())

    async def done(self, number: int) -> None:
        self._open.pop(number, None)
        self._begun.pop(number, None)

    async def begun(self) -> dict[int, tuple[int, float]]:
        """Number → (how often begun, seconds since the last sign of an actor) of files that are begun and not done."""
        now = time.monotonic()
        return {number: (times, now - since) for number, (times, since) in self._begun.items() if since}


class FileActor:
    """Does files at a desk of its own.

    Args:
        briefing: a pickled `Briefing`.
        feed: handle of the `Feed`.
    """

    def __init__(self, briefing: bytes, feed: Any) -> None:
        self._briefing = briefing
        self._feed = feed
        self._work: _Work | RunFault | None = None

    def __call__(self, batch: dict[str, Any]) -> dict[str, list[Any]]:
        """Files with their numbers → pickled results, empty for files that were done already."""
        pairs = zip(batch["number"], batch["file"], strict=True)
        return {
            "number": [int(number) for number in batch["number"]],
            "result": [self._do(int(number), file) for number, file in pairs],
        }

    def _do(self, number: int, data: bytes) -> bytes:
        import ray

        times = ray.get(self._feed.begin.remote(number)) if data else 0
        if not times:
            return b""
        try:
            if self._work is None:
                self._work = _understood(self._briefing)
            if isinstance(self._work, RunFault):
                return pickle.dumps(self._work)
            file: SourceFile = pickle.loads(data)  # noqa: S301 - from our own run
            if times > TRIES:
                return pickle.dumps(RayResult(result=self._work.lost(file)))
            result, content = self._work.desk.do(file, sign=lambda: self._feed.sign.remote(number))
            return pickle.dumps(RayResult(result=result, content=content))
        except RunError as error:
            return pickle.dumps(RunFault.of(error))
        except Exception as error:  # noqa: BLE001 - Ray would end the whole run without a word that helps
            return pickle.dumps(RunFault(kind="RunError", message=f"internal error in a Ray actor: {error!r}"))


@dataclass(frozen=True, slots=True)
class _Work:
    desk: Desk
    schemas: tuple[Schema, ...]

    def lost(self, file: SourceFile) -> WorkResult:
        """Of a file that no actor came back from."""
        error = WorkerCrashed(f"{TRIES} Ray actors were lost while they read the file").info("run")
        return as_result(Outcome(records=failed_records(file, self.schemas, error)), seconds=0.0)


def _understood(data: bytes) -> _Work | RunFault:
    import ray

    briefing: Briefing = pickle.loads(data)  # noqa: S301 - from our own run
    where = f"node {ray.util.get_node_ip_address()}"
    if briefing.tool_version != __version__:
        message = f"{where} has mmi {__version__}, the run is of {briefing.tool_version}: install the same version on all nodes"
        return RunFault(kind="UsageError", message=message)
    spec: WorkSpec = pickle.loads(briefing.spec)  # noqa: S301 - from our own run
    for address in spec.inputs:
        if Path(address).is_absolute() and not Path(address).exists():
            message = f"{where} has no {address}: put the inputs on a disk that all nodes share, or on blob"
            return RunFault(kind="StorageDown", message=message)
    beside = max(1, min(briefing.actors, int(usable_cores() // max(briefing.cpus_per_actor, 0.01))))
    return _Work(Desk(spec, memory_bytes=memory_share(spec.settings, beside)), spec.schemas)
