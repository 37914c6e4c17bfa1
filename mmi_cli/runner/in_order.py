"""Results that stream: each file's records are given away as soon as nothing that sorts before it is still to come."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable

from ..datamodel.source import SourceFile
from .state.manifest_rows import path_key


class InOrder:
    """Told what is taken up and what is finished, in any order; calls `give` in order of path.

    Args:
        give: called with the path of a finished file, once each.
    """

    def __init__(self, give: Callable[[str], None]) -> None:
        self._give = give
        self._done: list[tuple[bytes, str]] = []
        self._open: set[bytes] = set()
        self._smallest: list[bytes] = []
        """What was ever open, smallest first; what is open no more is dropped when it comes up."""
        self._reached: bytes | None = b""
        """Every listed file up to this path was taken up; None: all were."""

    def taken(self, file: SourceFile) -> None:
        """The next listed file, in order of path, was taken up."""
        self._reached = path_key(file.path)
        self._begin(file)

    def all_taken(self) -> None:
        """No listed file is left; members of archives may still come."""
        self._reached = None
        self._flush()

    def unpacked(self, archive: SourceFile, members: Iterable[SourceFile]) -> None:
        """In place of an archive its members are to come."""
        for member in members:
            self._begin(member)
        self._open.discard(path_key(archive.path))
        self._flush()

    def finished(self, file: SourceFile) -> None:
        self._open.discard(path_key(file.path))
        heapq.heappush(self._done, (path_key(file.path), file.path))
        self._flush()

    def _begin(self, file: SourceFile) -> None:
        key = path_key(file.path)
        self._open.add(key)
        heapq.heappush(self._smallest, key)

    def _flush(self) -> None:
        while self._done:
            key, path = self._done[0]
            while self._smallest and self._smallest[0] not in self._open:
                heapq.heappop(self._smallest)
            if (self._smallest and self._smallest[0] < key) or (self._reached is not None and self._reached < key):
                return
            heapq.heappop(self._done)
            self._give(path)
