"""Where units of work are done; every executor runs the same function and gives the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ...datamodel.source import SourceFile
from ..work import WorkResult, WorkSpec

Finished = tuple[SourceFile, WorkResult]


class Executor(Protocol):
    """Does files; the caller starts them while there is room and waits for what is finished."""

    @property
    def has_room(self) -> bool: ...

    @property
    def in_flight(self) -> int: ...

    def start(self, file: SourceFile) -> None: ...

    def wait(self) -> Sequence[Finished]:
        """Blocks until something is finished or a moment has passed.

        Raises:
            RunError: the run cannot go on.
        """
        ...

    def close(self, *, at_once: bool = False) -> None:
        """Ends the workers; with `at_once` those in the middle of a file are killed."""
        ...


def make_executor(spec: WorkSpec, *, jobs: int) -> Executor:
    """The executor that the settings name, nothing started yet."""
    if spec.settings.is_inline:
        from .inline_executor import InlineExecutor

        return InlineExecutor(spec)
    if spec.settings.runner == "ray" and not spec.is_reading_alone:  # the few labelled files lie on this machine
        from .ray_executor import RayExecutor

        return RayExecutor(spec, jobs=jobs)
    from .machine import memory_share
    from .process_executor import ProcessExecutor

    return ProcessExecutor(spec=spec, jobs=jobs, memory_bytes=memory_share(spec.settings, jobs))
