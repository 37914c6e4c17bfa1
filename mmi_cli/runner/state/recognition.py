"""Whether a file of this machine is still what it was: the hash of its bytes, several files at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from ...datamodel.source import SourceFile
from ...errors import FileError
from ...storage.local import LocalSource
from ..workers.machine import usable_cores


def hashes_of(files: Sequence[SourceFile]) -> Iterator[str | None]:
    """SHA-256 (hex) of each, in order; None for one that is not of this machine, cannot be read, or changes meanwhile."""
    if not files:
        return
    with ThreadPoolExecutor(usable_cores()) as readers:  # hashing lets go of the interpreter
        yield from readers.map(_hash_of, files)


def _hash_of(file: SourceFile) -> str | None:
    if not file.uri.startswith("file:"):
        return None
    try:
        with LocalSource.open_file(file) as path, path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except (FileError, OSError):
        return None
