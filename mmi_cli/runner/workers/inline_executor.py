"""Files done in the program's own process, one after another; for debugging, nothing is isolated."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from ...datamodel.source import SourceFile
from ...pipeline import Pipeline
from ..work import WorkSpec, build_pipeline, do_file
from .executor import Finished


class InlineExecutor:
    """One file after another in this process; a native crash ends the program."""

    def __init__(self, spec: WorkSpec) -> None:
        self._spec = spec
        self._pipeline: Pipeline | None = None
        self._waiting: deque[SourceFile] = deque()

    @property
    def has_room(self) -> bool:
        return not self._waiting

    @property
    def in_flight(self) -> int:
        return len(self._waiting)

    def start(self, file: SourceFile) -> None:
        self._waiting.append(file)

    def wait(self) -> Sequence[Finished]:
        if self._pipeline is None:
            self._pipeline = build_pipeline(self._spec)
        file = self._waiting.popleft()
        return [(file, do_file(self._pipeline, self._spec, file))]

    def close(self, *, at_once: bool = False) -> None:
        self._waiting.clear()
