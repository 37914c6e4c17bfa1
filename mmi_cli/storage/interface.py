"""What storage promises; `tests/contracts` holds every implementation to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from ..datamodel.source import SourceFile


class Source(Protocol):
    """Lists and reads input files."""

    def list(self) -> Iterator[SourceFile]:
        """Every file below the input, streamed, sorted by path in code-point order; folders, hidden system files and marker blobs left out.

        Raises:
            StorageDown: the input does not exist or cannot be reached.
        """
        ...

    def local_copy(self, file: SourceFile) -> AbstractContextManager[Path]:
        """A local path with the bytes of `file`, valid inside the `with`; never to be written to.

        Raises:
            FileIoError: it cannot be read.
            ChangedDuringRead: it is no longer the version that was listed.
        """
        ...


class Destination(Protocol):
    """Takes results; what is written is whole or absent."""

    def write(self, name: str, local: Path) -> None:
        """Stores the local file under `name` (posix path below the destination), replacing what was there, atomically.

        Raises:
            StorageDown: the destination cannot be written.
        """
        ...

    def read(self, name: str, local: Path) -> bool:
        """Fetches `name` to `local`; False when there is none."""
        ...
