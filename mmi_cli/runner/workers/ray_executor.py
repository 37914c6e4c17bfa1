"""Files done by actors of a Ray cluster, through Ray Data: one stream of files in, one of results out, for as long as the run takes.

A run gives its files one after another and wants each result as soon as it is there, and members of archives come as new files. So the
data set is read from a feed that the run fills while the actors work; its end is the end of the run. Which files are done is known
here and in the journal alone: what Ray does again is dropped, and what it loses is given once more.
"""

from __future__ import annotations

import logging
import pickle
import queue
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from ... import __version__
from ...datamodel.source import SourceFile
from ...errors import StorageDown
from ..whole_file import whole_file
from ..work import WorkSpec
from .executor import Finished
from .fault import RunFault
from .ray_actor import Briefing, Feed, FileActor, RayResult
from .ray_cluster import Cluster, connect, disconnect

_POLL_S = 0.2
_AHEAD = 2
"""Files given for each actor: one that it does, one that waits for it."""
_LOOK_S = 5.0
"""How often the feed is asked what is under way."""
_START_S = 900.0
"""For the first actor to begin; a cluster may have to be grown."""
_ASK_S = 20.0
_MOST_RESTARTS = 3
"""Of the stream, with no result in between."""


class RayExecutor:
    """Implements `Executor` on Ray Data.

    Args:
        jobs: workers that this machine would have.
    """

    def __init__(self, spec: WorkSpec, *, jobs: int) -> None:
        self._spec = spec
        self._jobs = jobs
        self._cluster: Cluster | None = None
        self._open: dict[int, SourceFile] = {}
        self._now: dict[int, int] = {}
        """Number of a file that was lost and given again → its number now."""
        self._stream: _Stream | None = None
        self._restarts = 0
        self._heard_s = self._looked_s = 0.0
        self._has_begun = False

    @property
    def has_room(self) -> bool:
        return len(self._open) < _AHEAD * (self._cluster.actors if self._cluster else 1)

    @property
    def in_flight(self) -> int:
        return len(self._open)

    def start(self, file: SourceFile) -> None:
        if self._cluster is None:
            self._cluster = connect(self._spec.settings, jobs=self._jobs)
        stream = self._stream or self._begin(self._cluster, {})
        self._open[stream.give(file)] = file

    def wait(self) -> Sequence[Finished]:
        stream = self._stream
        if stream is None:
            return []
        finished = []
        for item in stream.arrived(_POLL_S):
            if isinstance(item, BaseException):
                self._begin_again(item)
                break
            number, result = item
            self._heard_s = time.monotonic()
            while number in self._now:
                number = self._now[number]
            if number not in self._open:
                continue  # done before: Ray did it again
            if isinstance(result, RunFault):
                raise result.error()
            self._restarts, self._has_begun = 0, True
            stream.done(number)
            finished.append((self._open.pop(number), self._kept(result)))
        if time.monotonic() - self._looked_s > _LOOK_S and not finished:
            self._looked_s = time.monotonic()
            self._look()
        return finished

    def close(self, *, at_once: bool = False) -> None:
        if self._stream is not None:
            self._stream.close(at_once=at_once)
            self._stream = None
        if self._cluster is not None:
            disconnect(self._cluster)
            self._cluster = None

    def _begin(self, cluster: Cluster, begun: dict[int, int]) -> _Stream:
        """A new stream, with all that is open."""
        briefing = Briefing(
            tool_version=__version__,
            spec=pickle.dumps(self._sent(cluster)),
            actors=cluster.actors,
            cpus_per_actor=cluster.cpus,
        )
        waiting = list(self._open.items())
        self._open = {}
        self._now.clear()
        self._heard_s = self._looked_s = time.monotonic()
        self._has_begun = False
        self._stream = stream = _Stream(cluster, pickle.dumps(briefing), gpus=self._spec.settings.ray_gpus_per_actor)
        for number, file in waiting:
            self._open[stream.give(file, begun=begun.get(number, 0))] = file
        return stream

    def _begin_again(self, error: BaseException) -> None:
        """
        Raises:
            StorageDown: it has failed too often.
        """
        self._restarts += 1
        told = " ".join(str(error).split())[:300]
        if self._restarts > _MOST_RESTARTS:
            raise StorageDown(
                f"Ray fails again and again ({type(error).__name__}: {told}); the same command goes on from there"
            )
        begun = {}
        if self._stream is not None:
            with suppress(Exception):  # what is under way now is ended by us: that is no fault of the file
                begun = {number: times - 1 for number, (times, _) in self._stream.begun().items()}
            self._stream.close(at_once=True)
        if self._cluster is not None:
            if self._cluster.is_ours:  # with the connection goes all that Ray still does for the old stream
                disconnect(self._cluster)
                self._cluster = connect(self._spec.settings, jobs=self._jobs)
            self._begin(self._cluster, begun)

    def _look(self) -> None:
        """Gives again what Ray has lost: an actor was begun with it and is silent, or it never came to one.

        Raises:
            StorageDown: no actor has ever begun, or Ray fails again and again.
        """
        stream = self._stream
        if stream is None or not self._open:
            return
        try:
            begun = stream.begun()
        except Exception as error:  # noqa: BLE001 - whatever it is: the feed is gone
            self._begin_again(error)
            return
        silent_s = time.monotonic() - self._heard_s
        self._has_begun = self._has_begun or bool(begun)
        if not self._has_begun and silent_s > _START_S:
            raise StorageDown(
                f"no Ray actor has begun within {_START_S:.0f} s: are processors and GPUs for one free in the cluster (`ray status`)? "
                "the settings ray_cpus_per_actor and ray_gpus_per_actor say how many it takes"
            )
        patience_s = self._spec.settings.ray_silence_s
        is_idle = (
            self._has_begun and silent_s > patience_s and all(since_s > patience_s for _, since_s in begun.values())
        )
        for number in [*self._open]:
            times, since_s = begun.get(number, (0, 0.0))
            if since_s > patience_s or (not times and is_idle):
                self._now[number] = again = stream.give(self._open[number], begun=times)
                self._open[again] = self._open.pop(number)
                stream.done(number)
        if is_idle:
            self._heard_s = time.monotonic()
            self._restarts += 1
            if self._restarts > _MOST_RESTARTS:
                self._begin_again(TimeoutError("nothing comes back"))

    def _sent(self, cluster: Cluster) -> WorkSpec:
        """Inputs by absolute paths, for an actor works in a folder of its own."""
        inputs = tuple(str(Path(each).absolute()) if Path(each).exists() else each for each in self._spec.inputs)
        return replace(self._spec, inputs=inputs, trace_file=self._spec.trace_file if cluster.is_local else None)

    def _kept(self, result: RayResult) -> Any:
        """The result itself, once what was read lies where it belongs.

        Raises:
            StorageDown: it cannot be written.
        """
        for name, data in result.content:
            with whole_file(Path(self._spec.content_folder or "") / name) as partial:
                partial.write_bytes(data)
        return result.result


class _Stream:
    """One data set from its first file to its last; a thread waits for what comes out of it."""

    def __init__(self, cluster: Cluster, briefing: bytes, *, gpus: float) -> None:
        self._ray = ray = cluster.ray
        self._feed = ray.remote(Feed).options(num_cpus=0, max_restarts=0, max_concurrency=1000).remote()
        self._given = 0
        self._out: queue.SimpleQueue[tuple[int, Any] | BaseException] = queue.SimpleQueue()
        self._is_ending = False
        with _quiet(ray):
            self._data = ray.data.read_datasource(_source(self._feed), override_num_blocks=1, num_cpus=0).map_batches(
                FileActor,
                fn_constructor_args=(briefing, self._feed),
                batch_size=1,
                compute=ray.data.ActorPoolStrategy(size=cluster.actors, max_tasks_in_flight_per_actor=_AHEAD),
                num_cpus=cluster.cpus,
                num_gpus=gpus or None,
            )
        self._thread = threading.Thread(target=self._listen, name="mmi-ray", daemon=True)
        self._thread.start()

    def give(self, file: SourceFile, *, begun: int = 0) -> int:
        """Its number."""
        number, self._given = self._given, self._given + 1
        self._feed.put.remote(number, pickle.dumps(file), begun)
        return number

    def done(self, number: int) -> None:
        self._feed.done.remote(number)

    def begun(self) -> dict[int, tuple[int, float]]:
        """Number → (how often begun, seconds since)."""
        found: dict[int, tuple[int, float]] = self._ray.get(self._feed.begun.remote(), timeout=_ASK_S)
        return found

    def arrived(self, seconds: float) -> Iterator[tuple[int, Any] | BaseException]:
        """What has come back, waiting so long for the first of it."""
        with suppress(queue.Empty):
            yield self._out.get(timeout=seconds)
            while True:
                yield self._out.get_nowait()

    def close(self, *, at_once: bool) -> None:
        """Lets the actors go."""
        self._is_ending = True
        with suppress(Exception):
            if at_once:
                self._ray.kill(self._feed)
            else:
                self._feed.close.remote()
        self._thread.join(2.0 if at_once else 30.0)

    def _listen(self) -> None:
        try:
            for batch in self._data.iter_batches(batch_size=1, prefetch_batches=0, batch_format="numpy"):
                for number, data in zip(batch["number"], batch["result"], strict=True):
                    if data:
                        self._out.put((int(number), pickle.loads(data)))  # noqa: S301 - from our own actors
            if not self._is_ending:
                self._out.put(RuntimeError("the stream ended early"))
        except BaseException as error:  # noqa: BLE001 - told by whoever waits
            if not self._is_ending:
                self._out.put(error)


def _source(feed: Any) -> Any:
    from ray.data import Datasource, ReadTask
    from ray.data.block import BlockMetadata

    class Files(Datasource):  # type: ignore[misc]
        """One endless reading of the feed, a file a block."""

        def estimate_inmemory_data_size(self) -> int | None:
            return None

        def get_read_tasks(self, parallelism: int, *_: Any, **__: Any) -> list[Any]:
            metadata = BlockMetadata(num_rows=None, size_bytes=None, input_files=None, exec_stats=None)
            return [ReadTask(lambda: _files_of(feed), metadata)]

    return Files()


def _files_of(feed: Any) -> Iterator[Any]:
    """Runs in a task of the cluster."""
    import pyarrow as pa
    import ray

    number = 0
    while (file := ray.get(feed.take.remote(number))) is not None:
        yield pa.table({"number": pa.array([number]), "file": pa.array([file], pa.binary())})
        number += 1


@contextmanager
def _quiet(ray: Any) -> Iterator[None]:
    """Settings of Ray Data that a data set takes over when it is made: a file a block, no words on the terminal."""
    logging.getLogger("ray").setLevel(logging.ERROR)
    for name in ("ray.data", "ray.data._internal"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    context = ray.data.DataContext.get_current()
    ours = {
        "target_max_block_size": 1,
        "target_min_block_size": 1,
        "enable_progress_bars": False,
        "enable_operator_progress_bars": False,
        "print_on_execution_start": False,
        "enable_auto_log_stats": False,
    }
    before = {name: getattr(context, name) for name in ours}
    for name, value in ours.items():
        setattr(context, name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(context, name, value)
