"""An input or output as a user writes it → the storage behind it."""

from __future__ import annotations

import heapq
import os
import posixpath
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from ..datamodel.source import SourceFile
from ..errors import UsageError
from ..retry import Patience
from .glob import GlobSource, is_pattern
from .interface import Destination, Source
from .local import LocalDestination, LocalSource

_REMOTE = ("az://", "https://", "http://")


def open_source(inputs: Sequence[str], *, patience: Patience | None = None) -> Source:
    """Everything that the inputs name: files, folders, globs, `-` for paths on stdin, blob addresses.

    Args:
        patience: how often a request to a blob is sent again.

    Raises:
        UsageError: an address that cannot be.
    """
    sources = [_source_of(each, patience) for each in inputs]
    return sources[0] if len(sources) == 1 else MergedSource(sources)


def open_destination(address: str, *, patience: Patience | None = None) -> Destination:
    """Where results go.

    Raises:
        UsageError: an address that cannot be.
    """
    if is_remote(address):
        from .azure_blob import AzureDestination

        return AzureDestination(address, patience=patience)
    return LocalDestination(Path(address))


def is_remote(address: str) -> bool:
    """Whether an address names a blob."""
    return address.startswith(_REMOTE)


def _source_of(address: str, patience: Patience | None = None) -> Source:
    if address == "-":
        return StdinSource()
    if is_remote(address):
        from .azure_blob import AzureSource

        return AzureSource(address, patience=patience)
    exists = os.path.lexists(address)  # a name may hold any character, those of patterns too
    if not exists and "://" in address:
        raise UsageError(f"{address.split('://')[0]}:// is no storage that is known; write a path, az://… or https://…")
    if not exists and is_pattern(address):
        return GlobSource(address)
    return LocalSource(Path(address))


class MergedSource:
    """Several inputs as one; a file that two of them name comes once, and two files of one path get paths of their own."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self._sources = list(sources)

    def list(self) -> Iterator[SourceFile]:
        """In order of path, but that a path which was taken is followed by its numbered kin."""
        seen_paths: set[str] = set()
        seen_uris: set[tuple[str, tuple[str, ...]]] = set()
        for file in heapq.merge(*(source.list() for source in self._sources), key=lambda file: file.path):
            if (file.uri, file.members) in seen_uris:
                continue
            seen_uris.add((file.uri, file.members))
            path, count = file.path, 1
            while path in seen_paths:
                count += 1
                path = _numbered(file.path, count)
            seen_paths.add(path)
            yield file if path == file.path else replace(file, path=path)

    def local_copy(self, file: SourceFile) -> AbstractContextManager[Path]:
        return self._source_that_holds(file).local_copy(file)

    def _source_that_holds(self, file: SourceFile) -> Source:
        """A blob is read by the input it came from, which may have a credential of its own."""
        if is_remote(file.uri):
            from .azure_blob import AzureSource

            for source in self._sources:
                if isinstance(source, AzureSource) and source.holds(file):
                    return source
        return opener(file.uri)


class StdinSource:
    """Paths and blob addresses on stdin, one a line or ended by NUL as `find -print0` does; read once and remembered.

    A file keeps the path it was listed by.
    """

    def __init__(self) -> None:
        self._files: list[SourceFile] | None = None

    def list(self) -> Iterator[SourceFile]:
        if self._files is None:
            data = sys.stdin.buffer.read()
            lines = [os.fsdecode(line) for line in data.split(b"\0" if b"\0" in data else b"\n")]
            inputs = [self._listed(line.rstrip("\r")) for line in lines if line.strip() and line.strip() != "-"]
            self._files = list(MergedSource(inputs).list()) if inputs else []
        yield from self._files

    def local_copy(self, file: SourceFile) -> AbstractContextManager[Path]:
        return opener(file.uri).local_copy(file)

    @staticmethod
    def _listed(line: str) -> Source:
        if is_remote(line) or not os.path.isfile(line):  # noqa: PTH113 - any line is a question, none an error
            return _source_of(line)
        path = os.path.relpath(line) if line.startswith("/") else posixpath.normpath(line)
        if path.startswith("../"):
            path = line if line.startswith("/") else path
        parts = [part for part in path.split("/") if part not in ("", "..")]
        return LocalSource(Path(line), name="/".join(parts))


def opener(uri: str) -> Source:
    """A source that can open the file at `uri`, with the credentials of the environment."""
    if not is_remote(uri):
        return LocalSource(Path("/"))
    from .azure_blob import container_of

    return _remote_opener(container_of(uri))


@lru_cache(maxsize=16)
def _remote_opener(container: str) -> Source:
    from .azure_blob import AzureSource

    return AzureSource(container)


def _numbered(path: str, count: int) -> str:
    folder, slash, name = path.rpartition("/")
    stem, dot, suffix = name.rpartition(".")
    name = f"{stem} ({count}){dot}{suffix}" if dot and stem else f"{name} ({count})"
    return f"{folder}{slash}{name}"
