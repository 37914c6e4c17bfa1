"""Files done one at a time within a process that another engine owns: a Ray actor, a Spark or Dask worker."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from ...datamodel.source import SourceFile
from ..work import WorkResult, WorkSpec
from .executor import Executor

_SIGN_S = 5.0


class Desk:
    """A worker process of one's own, watched as a run on one machine watches its; models are loaded there once.

    May be used from any thread; files are done one after another.

    Args:
        memory_bytes: what the worker may hold; None: no worker, files are done in this very process and nothing is isolated.
    """

    def __init__(self, spec: WorkSpec, *, memory_bytes: int | None) -> None:
        self._folder: Path | None = None
        if spec.content_folder is not None:
            self._folder = Path(tempfile.mkdtemp(prefix="mmi-content-"))
            spec = replace(spec, content_folder=str(self._folder))
        self._executor = _executor(spec, memory_bytes)
        # The kernel may end a worker together with the thread that started it: one thread for all of the desk's life.
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="mmi-desk")

    def do(
        self, file: SourceFile, *, sign: Callable[[], object] = lambda: None
    ) -> tuple[WorkResult, tuple[tuple[str, bytes], ...]]:
        """(result, files of its content by their paths below the folder of contents).

        Args:
            sign: called every few seconds while the file is done.

        Raises:
            RunError: the run cannot go on.
        """
        return self._thread.submit(self._do, file, sign).result()

    def close(self) -> None:
        """Ends the worker."""
        self._thread.submit(self._executor.close).result()
        self._thread.shutdown()

    def _do(self, file: SourceFile, sign: Callable[[], object]) -> tuple[WorkResult, tuple[tuple[str, bytes], ...]]:
        self._executor.start(file)
        signed_s = time.monotonic()
        while True:
            for _, result in self._executor.wait():
                return result, tuple(self._taken())
            if time.monotonic() - signed_s > _SIGN_S:
                signed_s = time.monotonic()
                sign()

    def _taken(self) -> Iterator[tuple[str, bytes]]:
        """What was written for a file, no longer in its folder."""
        if self._folder is not None:
            for path in sorted(self._folder.rglob("*")):
                if path.is_file():
                    yield path.relative_to(self._folder).as_posix(), path.read_bytes()
                    path.unlink()


def _executor(spec: WorkSpec, memory_bytes: int | None) -> Executor:
    if memory_bytes is None:
        from .inline_executor import InlineExecutor

        return InlineExecutor(spec)
    from .process_executor import ProcessExecutor

    return ProcessExecutor(spec=spec, jobs=1, memory_bytes=memory_bytes)
