"""What a run tells while it goes on; the console implements it, and so may a program."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ..datamodel.record import ErrorInfo, Status
from ..datamodel.source import SourceFile


class Observer(Protocol):
    """Called from the run's own thread, in order; must return quickly and never raise."""

    def listed(self, *, files: int, size_bytes: int, already_done: int) -> None:
        """All inputs are known: how many files and bytes there are, and how many of the files an earlier run finished."""
        ...

    def added(self, *, files: int) -> None:
        """An archive turned out to hold so many files."""
        ...

    def started(self, file: SourceFile) -> None: ...

    def finished(self, file: SourceFile, *, status: Status, seconds: float, error: ErrorInfo | None) -> None:
        """A file is done; the worst status of its records."""
        ...

    def note(self, message: str) -> None:
        """Something a person may want to know: a worker was replaced, a torn record was cut off."""
        ...


class SilentObserver:
    """Says nothing."""

    def listed(self, *, files: int, size_bytes: int, already_done: int) -> None: ...

    def added(self, *, files: int) -> None: ...

    def started(self, file: SourceFile) -> None: ...

    def finished(self, file: SourceFile, *, status: Status, seconds: float, error: ErrorInfo | None) -> None: ...

    def note(self, message: str) -> None: ...


class Several:
    """Tells each of several observers."""

    def __init__(self, observers: Sequence[Observer]) -> None:
        self._observers = tuple(observers)

    def listed(self, *, files: int, size_bytes: int, already_done: int) -> None:
        for each in self._observers:
            each.listed(files=files, size_bytes=size_bytes, already_done=already_done)

    def added(self, *, files: int) -> None:
        for each in self._observers:
            each.added(files=files)

    def started(self, file: SourceFile) -> None:
        for each in self._observers:
            each.started(file)

    def finished(self, file: SourceFile, *, status: Status, seconds: float, error: ErrorInfo | None) -> None:
        for each in self._observers:
            each.finished(file, status=status, seconds=seconds, error=error)

    def note(self, message: str) -> None:
        for each in self._observers:
            each.note(message)
