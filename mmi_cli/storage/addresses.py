"""An input or output as a user writes it → the storage behind it."""

from __future__ import annotations

import glob as globbing
import heapq
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

from ..datamodel.source import SourceFile
from ..errors import StorageDown, UsageError
from .interface import Destination, Source
from .local import LocalDestination, LocalSource

_REMOTE = ("az://", "https://", "http://")
_GLOB = frozenset("*?[")


def open_source(inputs: Sequence[str]) -> Source:
    """Everything that the inputs name: files, folders, globs, `-` for paths on stdin, blob addresses.

    Raises:
        UsageError: an address that cannot be.
    """
    sources = [_source_of(each) for each in inputs]
    return sources[0] if len(sources) == 1 else MergedSource(sources)


def open_destination(address: str) -> Destination:
    """Where results go.

    Raises:
        UsageError: an address that cannot be.
    """
    if is_remote(address):
        from .azure_blob import AzureDestination

        return AzureDestination(address)
    return LocalDestination(Path(address))


def is_remote(address: str) -> bool:
    """Whether an address names a blob."""
    return address.startswith(_REMOTE)


def _source_of(address: str) -> Source:
    if address == "-":
        return StdinSource()
    if is_remote(address):
        from .azure_blob import AzureSource

        return AzureSource(address)
    if "://" in address and not Path(address).exists():
        raise UsageError(f"{address.split('://')[0]}:// is no storage that is known; write a path, az://… or https://…")
    if _GLOB & set(address) and not Path(address).exists():
        return GlobSource(address)
    return LocalSource(Path(address))


class MergedSource:
    """Several inputs as one; a file that two of them name comes once, and two files of one path get paths of their own."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self._sources = list(sources)

    def list(self) -> Iterator[SourceFile]:
        seen_paths: dict[str, int] = {}
        seen_uris: set[tuple[str, tuple[str, ...]]] = set()
        for file in heapq.merge(*(source.list() for source in self._sources), key=lambda file: file.path):
            if (file.uri, file.members) in seen_uris:
                continue
            seen_uris.add((file.uri, file.members))
            count = seen_paths[file.path] = seen_paths.get(file.path, 0) + 1
            yield file if count == 1 else replace(file, path=_numbered(file.path, count))

    def local_copy(self, file: SourceFile) -> AbstractContextManager[Path]:
        return opener(file.uri).local_copy(file)


class GlobSource:
    """Files and folders that a pattern matches, `**` included."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern

    def list(self) -> Iterator[SourceFile]:
        found = sorted(globbing.glob(self._pattern, recursive=True))  # noqa: PTH207 - a pattern may be absolute
        if not found:
            raise StorageDown(f"{self._pattern}: no file matches")
        files = [Path(path) for path in found if Path(path).is_file()]
        root = Path(self._pattern[: min(self._pattern.index(char) for char in "*?[" if char in self._pattern)])
        root = root if self._pattern[: len(str(root))] and root.is_dir() else root.parent
        for path in sorted(files, key=lambda path: _below(path, root)):
            yield from LocalSource(path, name=_below(path, root)).list()

    def local_copy(self, file: SourceFile) -> AbstractContextManager[Path]:
        return LocalSource.open_file(file)


class StdinSource:
    """Paths and blob addresses on stdin, one a line; the list is read once and remembered."""

    def __init__(self) -> None:
        self._files: list[SourceFile] | None = None

    def list(self) -> Iterator[SourceFile]:
        if self._files is None:
            lines = [line.rstrip("\r\n") for line in sys.stdin]
            inputs = [_source_of(line) for line in lines if line.strip() and line != "-"]
            self._files = list(MergedSource(inputs).list()) if inputs else []
        yield from self._files

    def local_copy(self, file: SourceFile) -> AbstractContextManager[Path]:
        return opener(file.uri).local_copy(file)


def opener(uri: str) -> Source:
    """A source that can open the file at `uri`."""
    if is_remote(uri):
        from .azure_blob import AzureSource

        return AzureSource(uri)
    return LocalSource(Path("/"))


def _below(path: Path, root: Path) -> str:
    try:
        return path.relative_to(root).as_posix()
    except ValueError:
        return path.as_posix().lstrip("/")


def _numbered(path: str, count: int) -> str:
    folder, slash, name = path.rpartition("/")
    stem, dot, suffix = name.rpartition(".")
    name = f"{stem} ({count}){dot}{suffix}" if dot and stem else f"{name} ({count})"
    return f"{folder}{slash}{name}"
