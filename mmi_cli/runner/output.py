"""Where a run's results go: a folder, one `.jsonl` file, stdout or a blob prefix; each file whole or absent."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO, Any

from ..datamodel.source import SourceFile
from ..errors import StorageDown
from ..storage.interface import Destination
from ..storage.local import path_text_of
from .manifest import Done

RESULTS, FAILURES, SUMMARY, CONTENT = "results.jsonl", "failures.jsonl", "summary.json", "content"
STATE = ".mmi"
CONTENT_MARK = "has-content"
"""A file of the state folder that says: `content` was written by a run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """An output address, taken apart."""

    address: str
    state_folder: Path
    """Journal, manifest and lock."""
    results_file: Path | None
    """Local path of the results; None for stdout and blob."""
    folder: Path | None
    """Local folder for failures, summary and content; None when the results go alone."""
    destination: Destination | None = None
    """Blob prefix."""

    @property
    def is_stdout(self) -> bool:
        return self.address == "-"

    @property
    def content_folder(self) -> Path | None:
        if self.folder is not None:
            return self.folder / CONTENT
        return self.state_folder / CONTENT if self.destination is not None else None

    def is_state_or_result(self, file: SourceFile) -> bool:
        """Whether a listed input is something that a run on this output writes, its content apart."""
        name = self._name_below(file)
        if name is None:
            return False
        if self.results_file is not None and self.folder is None:
            names = {self.results_file.name, f".{self.results_file.name}.partial"}
            return name in names or name.startswith(f"{self.state_folder.name}/")
        names = {each for result in (RESULTS, FAILURES, SUMMARY) for each in (result, f".{result}.partial")}
        return name in names or name.startswith(f"{STATE}/")

    def is_content(self, file: SourceFile) -> bool:
        """Whether a listed input lies where a run on this output writes content."""
        has_content = self.folder is not None or self.destination is not None
        return has_content and (self._name_below(file) or "").startswith(f"{CONTENT}/")

    def _name_below(self, file: SourceFile) -> str | None:
        """The path of a listed input below this output; None for what does not lie in it."""
        if self.destination is not None:
            from ..storage.azure_blob import name_below

            return name_below(self.address, file.uri)
        if self.results_file is None or not file.uri.startswith("file:"):
            return None
        path = path_text_of(file.uri)
        if "/." in path or "//" in path:
            path = os.path.normpath(path)
        return next((path[len(way) :] for way in _ways_beside(self.results_file) if path.startswith(way)), None)


@lru_cache(maxsize=16)
def _ways_beside(file: Path) -> tuple[str, ...]:
    """The folder of a file as it is named and as links lead to it, each with a slash behind; asked of every input, found out once."""
    return tuple(os.path.normpath(way).rstrip("/") + "/" for way in (file.parent.absolute(), file.parent.resolve()))


def parse_output(address: str, *, cache: Path) -> Output:
    """Takes an output address apart; creates nothing.

    Args:
        cache: where the state of runs is kept that have no local folder of their own.

    Raises:
        UsageError: a blob address that cannot be.
    """
    if address == "-":
        return Output(address=address, state_folder=cache / "stdout" / str(os.getpid()), results_file=None, folder=None)
    if address.startswith(("az://", "https://", "http://")):
        from ..storage.addresses import open_destination

        mark = hashlib.sha256(address.split("?")[0].encode()).hexdigest()[:24]
        return Output(
            address=address,
            state_folder=cache / "blob" / mark,
            results_file=None,
            folder=None,
            destination=open_destination(address),
        )
    path = Path(address)
    if path.suffix in (".jsonl", ".ndjson"):
        return Output(
            address=address, state_folder=path.parent / f"{STATE}-{path.name}", results_file=path, folder=None
        )
    return Output(address=address, state_folder=path / STATE, results_file=path / RESULTS, folder=path)


def write_results(output: Output, results: Iterable[Done], summary: Callable[[], dict[str, Any]]) -> None:
    """Writes everything at the end of a run.

    Args:
        results: by path, then schema; read once.
        summary: called after the results are written.

    Raises:
        StorageDown: the output cannot be written.
    """
    try:
        if output.is_stdout:
            for _ in results:  # printed already; only counted
                pass
        elif output.folder is not None:
            _write_pair(output.folder / RESULTS, output.folder / FAILURES, results)
            write_whole(output.folder / SUMMARY, lambda stream: _dump(summary(), stream))
        elif output.results_file is not None:
            _write_pair(output.results_file, None, results)
        elif output.destination is not None:
            _upload(output, output.destination, results, summary)
    except OSError as error:
        raise StorageDown(f"cannot write to {output.address}: {error.strerror or error}") from error


def print_line(line: str) -> None:
    """A record on stdout, at once.

    Raises:
        StorageDown: stdout takes no more.
        BrokenPipeError: whoever read it has left.
    """
    try:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise StorageDown(f"cannot write to stdout: {error.strerror or error}") from error


def write_whole(path: Path, write: Callable[[IO[str]], None]) -> None:
    """Temp file, fsync, rename, fsync of the folder: the file is the old one or the new one, never half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    try:
        with partial.open("w", encoding="utf-8", newline="\n") as stream:
            write(stream)
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(path)
        descriptor = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    finally:
        with suppress(FileNotFoundError):
            partial.unlink()


def _write_pair(results_file: Path, failures_file: Path | None, results: Iterable[Done]) -> None:
    failures: list[str] = []

    def write(stream: IO[str]) -> None:
        for done in results:
            stream.write(done.line + "\n")
            if done.status == "failed":
                failures.append(done.line)

    write_whole(results_file, write)
    if failures_file is not None:
        write_whole(failures_file, lambda stream: stream.writelines(line + "\n" for line in failures))


def _upload(
    output: Output, destination: Destination, results: Iterable[Done], summary: Callable[[], dict[str, Any]]
) -> None:
    stage = output.state_folder / "upload"
    _write_pair(stage / RESULTS, stage / FAILURES, results)
    write_whole(stage / SUMMARY, lambda stream: _dump(summary(), stream))
    content = output.content_folder
    if content is not None and content.is_dir():
        for path in sorted(content.rglob("*")):
            if path.is_file():
                destination.write(f"{CONTENT}/{path.relative_to(content).as_posix()}", path)
    for name in (FAILURES, RESULTS, SUMMARY):
        destination.write(name, stage / name)


def _dump(value: dict[str, Any], stream: IO[str]) -> None:
    json.dump(value, stream, ensure_ascii=False, indent=2)
    stream.write("\n")
