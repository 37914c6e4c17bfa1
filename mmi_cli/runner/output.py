"""Where a run's results go: a folder, one `.jsonl` file, stdout or a blob prefix; each file whole or absent."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from ..datamodel.source import SourceFile
from ..errors import StorageDown
from ..retry import Patience
from ..storage.local import path_text_of
from .state.manifest import Done

if TYPE_CHECKING:
    from ..storage.azure_blob import AzureDestination

RESULTS, FAILURES, SUMMARY, CONTENT = "results.jsonl", "failures.jsonl", "summary.json", "content"
REPORT, REPORT_FILES = "report.html", "report_files"
"""What `mmi report` leaves beside them."""
STATE = ".mmi"
_SPOOL_BYTES = 8 << 20
"""Of failed records that are held in memory until the results are written; more wait on disk."""
CONTENT_MARK = "has-content"
"""A file of the state folder that says: `content` was written by a run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """An output address, taken apart."""

    address: str
    """As it may be shown: without a SAS."""
    state_folder: Path
    """Journal, manifest and lock; of a blob output the copy of this machine."""
    results_file: Path | None
    """Local path of the results; None for stdout and blob."""
    folder: Path | None
    """Local folder for failures, summary and content; None when the results go alone."""
    destination: AzureDestination | None = None
    """Blob prefix."""
    given: str = field(default="", repr=False)
    """The address as it was given, SAS and all; never to be shown."""
    results_alone: str | None = None
    """Name below the blob prefix, where the results go alone."""

    @property
    def is_stdout(self) -> bool:
        return self.address == "-"

    @property
    def content_folder(self) -> Path | None:
        if self.folder is not None:
            return self.folder / CONTENT
        has_content = self.destination is not None and self.results_alone is None
        return self.state_folder / CONTENT if has_content else None

    @property
    def state_name(self) -> str:
        """What the folder of the state is called below the prefix or folder of the output."""
        if self.destination is not None:
            return f"{STATE}-{self.results_alone}" if self.results_alone else STATE
        return self.state_folder.name

    @property
    def written_names(self) -> tuple[str, ...]:
        """The files that a run writes at its end below a blob prefix, in the order in which it writes them."""
        return (self.results_alone,) if self.results_alone else (FAILURES, RESULTS, SUMMARY)

    def is_state_or_result(self, file: SourceFile) -> bool:
        """Whether a listed input is something that a run on this output writes, its content apart."""
        name = self._name_below(file)
        if name is None:
            return False
        if self.destination is not None:
            return name in self.written_names or name.startswith(f"{self.state_name}/")
        if self.results_file is not None and self.folder is None:
            names = {self.results_file.name, f".{self.results_file.name}.partial"}
            return name in names or name.startswith(f"{self.state_folder.name}/")
        names = {each for result in (RESULTS, FAILURES, SUMMARY) for each in (result, f".{result}.partial")}
        return name in {*names, REPORT} or name.startswith((f"{STATE}/", f"{REPORT_FILES}/"))

    def is_content(self, file: SourceFile) -> bool:
        """Whether a listed input lies where a run on this output writes content."""
        return self.content_folder is not None and (self._name_below(file) or "").startswith(f"{CONTENT}/")

    def _name_below(self, file: SourceFile) -> str | None:
        """The path of a listed input below this output; None for what does not lie in it."""
        if self.destination is not None:
            return self.destination.name_below(file.uri)
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


def parse_output(address: str, *, cache: Path, patience: Patience | None = None) -> Output:
    """Takes an output address apart; creates nothing, and asks no server.

    Args:
        cache: where the state of runs is kept that have no local folder of their own.
        patience: how often a request to a blob is sent again.

    Raises:
        UsageError: a blob address that cannot be, or nothing says how to reach it.
    """
    if address == "-":
        return Output(
            address=address,
            given=address,
            state_folder=cache / "stdout" / str(os.getpid()),
            results_file=None,
            folder=None,
        )
    if address.startswith(("az://", "https://", "http://")):
        return _blob_output(address, cache, patience)
    path = Path(address)
    if path.suffix in (".jsonl", ".ndjson"):
        return Output(
            address=address,
            given=address,
            state_folder=path.parent / f"{STATE}-{path.name}",
            results_file=path,
            folder=None,
        )
    return Output(address=address, given=address, state_folder=path / STATE, results_file=path / RESULTS, folder=path)


def _blob_output(address: str, cache: Path, patience: Patience | None) -> Output:
    from ..storage.azure_blob import AzureDestination, parse_address

    place, alone = parse_address(address), None
    if place.name.endswith((".jsonl", ".ndjson")):
        folder, _, alone = place.name.rpartition("/")
        place = replace(place, name=folder)
    destination = AzureDestination(place, patience=patience)
    # The account is part of the mark: az://container may be another one with other credentials.
    mark = hashlib.sha256("\0".join((destination.url, alone or "")).encode("utf-8", "surrogateescape")).hexdigest()[:24]
    return Output(
        address=parse_address(address).shown,
        given=address,
        state_folder=cache / "blob" / mark,
        results_file=None,
        folder=None,
        destination=destination,
        results_alone=alone,
    )


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
    with tempfile.SpooledTemporaryFile(
        _SPOOL_BYTES, "w+", encoding="utf-8", newline="\n", dir=str(results_file.parent)
    ) as failures:

        def write(stream: IO[str]) -> None:
            for done in results:
                if not done.is_member:
                    stream.write(done.line + "\n")
                if done.status == "failed" and failures_file is not None:
                    failures.write(done.line + "\n")

        write_whole(results_file, write)
        if failures_file is not None:
            failures.seek(0)
            write_whole(failures_file, lambda stream: shutil.copyfileobj(failures, stream))


def _upload(
    output: Output, destination: AzureDestination, results: Iterable[Done], summary: Callable[[], dict[str, Any]]
) -> None:
    """Its content and state are there by now."""
    stage = output.state_folder / "upload"
    _write_pair(stage / RESULTS, None if output.results_alone else stage / FAILURES, results)
    if output.results_alone:
        destination.write(output.results_alone, stage / RESULTS)
    else:
        write_whole(stage / SUMMARY, lambda stream: _dump(summary(), stream))
        for name in output.written_names:
            destination.write(name, stage / name)
    shutil.rmtree(stage, ignore_errors=True)


def _dump(value: dict[str, Any], stream: IO[str]) -> None:
    json.dump(value, stream, ensure_ascii=False, indent=2)
    stream.write("\n")
