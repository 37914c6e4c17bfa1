"""The journal of a run: finished records, one a line, each with all that is needed to find its way back into the manifest.

A line is a checksum, a space, what the run knows of the record as JSON, a tab, the record and a newline. The records of a file that a
router split are one line, with a tab between them: they are there together or not at all. A line without a tab says what a mark's number
stands for; it is written again by each run before the first record that uses it.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import IO

BETWEEN_RECORDS = "\t"
"""Of one file and router; in a record itself a tab is escaped."""
_CHECK = 8
"""Hex digits of a checksum."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What the manifest knows of a record."""

    path: str
    schema: str
    mark: int
    """Number of what the record depends on."""
    version: str
    """Of the file, as it was listed."""
    place: str
    """Hash of the file's address."""
    size_bytes: int
    sha256: str | None
    status: str
    code: str | None
    """Of its first error."""
    is_retryable: bool
    attempts: int
    run: int
    finished_s: float
    """Seconds since the epoch."""


_ENTRY_NAMES = tuple(each.name for each in fields(Entry))


@dataclass(frozen=True, slots=True)
class Line:
    """A whole line of the journal: a record's entry with the place of the record, or a mark."""

    end: int
    """Offset after the newline."""
    entry: Entry | None = None
    offset: int = 0
    """Of the record."""
    mark: tuple[int, str] | None = None


class Journal:
    """Appends lines and reads records back; opened by the one process that holds the run's lock."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stream: IO[bytes] = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o644), "r+b")

    @property
    def is_there(self) -> bool:
        """Whether the file is where it was opened: its folder may have been removed while the run went on."""
        ours = os.fstat(self._stream.fileno())
        try:
            there = self._path.stat()
        except OSError:
            return False
        return (ours.st_dev, ours.st_ino) == (there.st_dev, there.st_ino)

    @property
    def size_bytes(self) -> int:
        return os.fstat(self._stream.fileno()).st_size

    @property
    def end(self) -> int:
        """Where the next line goes."""
        return self._stream.tell()

    def cut(self, end: int) -> None:
        """Drops what stands behind `end`; the next line is written there."""
        self._stream.truncate(end)
        self._stream.seek(end)

    def add_mark(self, number: int, mark: str) -> None:
        self._write(json.dumps({"mark": number, "is": json.loads(mark)}, sort_keys=True).encode())

    def add(self, entry: Entry, record: str) -> tuple[int, int]:
        """(offset, length) of the record, its newline included; on disk once `flush` has returned."""
        value = {name: getattr(entry, name) for name in _ENTRY_NAMES}  # `asdict` copies deep: five times as long
        head = json.dumps(value, separators=(",", ":")).encode() + b"\t"
        data = record.encode("utf-8")
        start = self._write(head + data)
        return start + _CHECK + 1 + len(head), len(data) + 1

    def _write(self, payload: bytes) -> int:
        start = self._stream.tell()
        self._stream.write(b"%08x " % zlib.crc32(payload) + payload + b"\n")
        return start

    def flush(self) -> None:
        self._stream.flush()

    def sync(self) -> None:
        """Makes what was added survive a power cut."""
        os.fsync(self._stream.fileno())

    def read(self, offset: int, length: int) -> str:
        """The record at a place; what is added next still goes to the end."""
        self._stream.flush()
        end = self._stream.tell()
        self._stream.seek(offset)
        data = self._stream.read(length)
        self._stream.seek(end)
        return data.decode("utf-8").rstrip("\n")

    def is_whole(self, end: int) -> bool:
        """Whether every line up to `end` is as it was written; a second or two for 100,000 records."""
        self._stream.flush()
        position, at = self._stream.tell(), 0
        self._stream.seek(0)
        try:
            while at < end:
                data = self._stream.readline()
                at += len(data)
                if not data.endswith(b"\n") or not _holds(data):
                    return False
            return at == end
        finally:
            self._stream.seek(position)

    def whole_lines(self, start: int = 0) -> Iterator[Line]:
        """Every line from `start` on whose checksum holds; lines that are torn or damaged are passed over."""
        self._stream.flush()
        position = self._stream.tell()
        at = start
        try:
            while True:
                self._stream.seek(at)
                data = self._stream.readline()
                if not data.endswith(b"\n"):
                    return
                at += len(data)
                if (line := _parsed(data, at)) is not None:
                    yield line
        finally:
            self._stream.seek(position)

    def close(self) -> None:
        self._stream.close()


def _holds(data: bytes) -> bool:
    return data[:_CHECK] == b"%08x" % zlib.crc32(memoryview(data)[_CHECK + 1 : -1])


def _parsed(data: bytes, end: int) -> Line | None:
    payload = data[_CHECK + 1 : -1]
    if not _holds(data):
        return None
    head, tab, record = payload.partition(b"\t")
    try:
        value = json.loads(head)
        if not tab:
            return Line(end, mark=(int(value["mark"]), json.dumps(value["is"], sort_keys=True)))
        return Line(end, entry=Entry(**value), offset=end - 1 - len(record))
    except (ValueError, KeyError, TypeError):
        return None  # of another layout
