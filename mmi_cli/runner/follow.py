"""A watch for files that are dropped into a folder or container: what comes and has come to rest is done, until a signal ends it."""

from __future__ import annotations

import fnmatch
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..datamodel.source import SourceFile
from ..errors import StorageDown
from ..storage.addresses import is_remote
from ..storage.glob import is_pattern
from .interrupts import StopRequest
from .work import WorkResult

TEMPORARY = (
    "*.part", "*.partial", "*.tmp", "*.temp", "*.crdownload", "*.download", "*.opdownload", "*.filepart", "*.upload", "*.uploading",
    "*.swp", "*.swx", "*~", "~$*", ".~lock.*", ".#*", ".goutputstream-*", ".nfs*", ".fuse_hidden*", ".syncthing.*", ".*.??????",
)  # fmt: skip
"""What programs call a file while they write it; the last one is rsync's."""
_LONGEST_WAIT_S = 60.0
_AGAIN_S = 60.0
"""After a failure that may pass; twice as long after the second, and so on."""
_STEP_S = 0.2
_SHARE_OF_WRITING = 0.1
"""Of the time, at most, in which results are written over and over."""


@dataclass(slots=True)
class _Seen:
    version: tuple[object, ...]
    since_s: float
    """When it was first seen like this."""
    is_taken: bool = False
    tries: int = 0


class Drops:
    """The files that have come to rest, in order of path of each look; ends when there is none now, and may go on later.

    A file has come to rest when its size and time (or its storage's version mark) are the same for `settle_s` seconds. What the
    clock of the machine says does not matter.

    Args:
        listing: everything that is there now.
        take_up: remembers files that came to rest, and gives back those of them that have something to do.
        withdraw: called for a file that failed and is no longer there, such as one that was renamed while it was read.
    """

    def __init__(
        self,
        listing: Callable[[], Iterator[SourceFile]],
        *,
        take_up: Callable[[Sequence[SourceFile]], Sequence[SourceFile]],
        withdraw: Callable[[SourceFile], None],
        note: Callable[[str], None],
        interval_s: float,
        settle_s: float,
        max_attempts: int = 1,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._listing, self._take_up, self._withdraw, self._note = listing, take_up, withdraw, note
        self._interval_s, self._settle_s, self._max_attempts, self._clock_s = (
            interval_s,
            settle_s,
            max_attempts,
            clock_s,
        )
        self._seen: dict[str, _Seen] = {}
        self._doubtful: dict[str, SourceFile] = {}
        """Failed, and perhaps only because they went away."""
        self._waiting: deque[SourceFile] = deque()
        self._next_look_s = clock_s()
        self._wait_s = interval_s
        self._is_away = False

    def __iter__(self) -> Drops:
        return self

    def __next__(self) -> SourceFile:
        if self._clock_s() >= self._next_look_s:
            self._look()
        if not self._waiting:
            raise StopIteration
        return self._waiting.popleft()

    def was_done(self, file: SourceFile, result: WorkResult) -> None:
        """A failure that may pass is tried again after a while, and forgotten when the file is gone."""
        if result.status != "failed":
            return
        seen = self._seen.get(file.path)
        if seen is None:  # a member of an archive
            return
        if result.error is not None and result.error.code in ("io", "changed_during_read"):
            self._doubtful[file.path] = file
        if any(line.is_retryable for line in result.lines):
            seen.tries += 1
            if seen.tries < self._max_attempts:
                seen.is_taken = False
                seen.since_s = self._clock_s() - self._settle_s + _AGAIN_S * 2 ** (seen.tries - 1)

    def _look(self) -> None:
        now_s = self._clock_s()
        rested: list[SourceFile] = []
        there: set[str] = set()
        try:
            for file in self._listing():
                if not is_temporary(file.path):
                    there.add(file.path)
                    if self._has_come_to_rest(file, now_s):
                        rested.append(file)
        except (StorageDown, OSError) as error:
            if not self._is_away:
                self._note(f"cannot be listed now, and is looked for again: {error}")
            self._is_away = True
            self._wait_s = min(2 * self._wait_s, max(self._interval_s, _LONGEST_WAIT_S))
            self._next_look_s = self._clock_s() + self._wait_s
            return
        if self._is_away:
            self._note("can be listed again")
        self._is_away, self._wait_s = False, self._interval_s
        for path in self._seen.keys() - there:
            del self._seen[path]
        for path in self._doubtful.keys() - there:
            self._withdraw(self._doubtful.pop(path))
        if rested:
            again = {file.path for file in rested if self._seen[file.path].tries}
            wanted = {file.path for file in self._take_up(rested)} | again
            self._waiting.extend(file for file in rested if file.path in wanted)
        is_restless = any(not seen.is_taken and seen.since_s <= now_s for seen in self._seen.values())
        self._next_look_s = self._clock_s() + (
            min(self._interval_s, self._settle_s) if is_restless else self._interval_s
        )

    def _has_come_to_rest(self, file: SourceFile, now_s: float) -> bool:
        version = (file.size_bytes, file.modified_s, file.etag)
        seen = self._seen.get(file.path)
        if seen is None or seen.version != version:
            seen = self._seen[file.path] = _Seen(version, now_s)
        if seen.is_taken or now_s - seen.since_s < self._settle_s:
            return False
        seen.is_taken = True
        return True


class Writing:
    """Writes the results at quiet moments, or when they are older than `write_s` though files keep coming.

    Args:
        write: writes them whole; what it costs is kept to a tenth of the time.
    """

    def __init__(
        self, write: Callable[[], None], *, write_s: float, clock_s: Callable[[], float] = time.monotonic
    ) -> None:
        self._write, self._write_s, self._clock_s = write, write_s, clock_s
        self._written_s = clock_s()
        self._took_s = 0.0
        self._is_stale = True
        """Also at the beginning: results are there from the first quiet moment on, be they empty."""

    def was_done(self) -> None:
        """A file was done; more are on their way."""
        self._is_stale = True
        if self._clock_s() - self._written_s >= max(self._write_s, self._took_s / _SHARE_OF_WRITING):
            self._now()

    def is_quiet(self) -> None:
        """Nothing is on its way."""
        if self._is_stale and self._clock_s() - self._written_s >= self._took_s / _SHARE_OF_WRITING:
            self._now()

    def end(self) -> None:
        if self._is_stale:
            self._now()

    def _now(self) -> None:
        began_s = self._clock_s()
        self._write()
        self._written_s = self._clock_s()
        self._took_s = self._written_s - began_s
        self._is_stale = False


def follow(
    do: Callable[[], None],
    writing: Writing,
    stop: StopRequest,
    *,
    is_idle: Callable[[], None] = lambda: None,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Does what comes until a signal ends it; the results are written before it returns.

    Args:
        do: does what there is to do now, and returns when nothing is left.
        is_idle: called between two looks.
    """
    while stop.signal is None:
        do()
        writing.is_quiet()
        is_idle()
        if stop.signal is None:
            sleep(_STEP_S)
    writing.end()


def check_followed(inputs: Sequence[str]) -> None:
    """A folder that is not there at the beginning is a slip of the pen; one that goes away later is waited for.

    Raises:
        StorageDown: an input is not there.
    """
    for each in inputs:
        if not is_remote(each) and not is_pattern(each) and not Path(each).exists():
            raise StorageDown(f"{each}: No such file or directory; what is followed must be there at the beginning")


def is_temporary(path: str) -> bool:
    """Whether a file is called what programs call a file while they write it."""
    name = path.rsplit("/", 1)[-1]
    return any(fnmatch.fnmatchcase(name.lower(), pattern) for pattern in TEMPORARY)
