"""A folder of files that may be dropped at any time: whole or absent, bounded in size, the least recently used go first."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

_LOOK_AGAIN = 0.02
"""After writing so much of the bound the folder is measured again: others may write to it, too."""
_DOWN_TO = 0.9
"""Of the bound, when something has to go."""


class KeptFiles:
    """Safe to be used by several processes at once; what cannot be read or written is as good as absent.

    Args:
        max_bytes: bound of all files together; passed by what is written between two looks at most.
    """

    def __init__(self, folder: Path, *, max_bytes: int) -> None:
        self._folder = folder
        self._max_bytes = max_bytes
        self._until_look = 0.0

    def read(self, name: str) -> bytes | None:
        """What is kept under a name of at least three characters, and marks it as used."""
        path = self._path(name)
        try:
            data = path.read_bytes()
            os.utime(path)
        except OSError:
            return None
        return data

    def write(self, name: str, data: bytes) -> None:
        """Whole or not at all; what is larger than the bound is not kept."""
        if len(data) > self._max_bytes:
            return
        path = self._path(name)
        partial = path.with_name(f".{name}.{os.getpid()}.partial")
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.parent.mkdir(exist_ok=True, mode=0o700)
            try:
                with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
                    stream.write(data)
                partial.replace(path)
            finally:
                with suppress(FileNotFoundError):
                    partial.unlink()
            self._until_look -= len(data)
            if self._until_look <= 0:
                self._make_room()

    def drop(self, name: str) -> None:
        with suppress(OSError):
            self._path(name).unlink()

    def _path(self, name: str) -> Path:
        return self._folder / name[:2] / name

    def _make_room(self) -> None:
        """Measures the folder and removes what was not used for longest until it is small enough."""
        files = []
        for entry in (each for below in os.scandir(self._folder) if below.is_dir() for each in os.scandir(below.path)):
            with suppress(OSError):
                info = entry.stat()
                files.append((info.st_mtime_ns, info.st_size, entry.path))
        total = sum(size for _, size, _ in files)
        if total > self._max_bytes:
            for _, size, path in sorted(files):
                with suppress(OSError):
                    Path(path).unlink()
                total -= size
                if total <= _DOWN_TO * self._max_bytes:
                    break
        self._until_look = min(_LOOK_AGAIN * self._max_bytes, max(0.0, self._max_bytes - total))
