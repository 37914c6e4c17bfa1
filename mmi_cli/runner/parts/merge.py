"""The results of all shards of a run put together as one run would have written them; no file is read, no engine loaded."""

from __future__ import annotations

import fcntl
import hashlib
import heapq
import json
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from ...errors import UsageError
from ...storage.addresses import open_destination, open_source
from ..output import CONTENT, CONTENT_MARK, FAILURES, RESULTS, Output, print_line, write_results
from ..state.lock import run_lock
from ..state.manifest import Done
from ..state.manifest_rows import path_key
from ..whole_file import whole_file
from .shard_parts import Part, check_parts, find_parts
from .shard_summary import merged_summary
from .shards import below

_LEASE_S = 60
_CHUNK_BYTES = 1 << 16
"""Read of each shard at a time; the files are not kept open, for there may be more of them than a process may hold."""


@dataclass(slots=True)
class MergeReport:
    """What became of the shards."""

    counts: Counter[str] = field(default_factory=Counter)
    """Records by status."""
    shards: int = 0
    missing: tuple[int, ...] = ()
    fail_on: str = "any"
    """As the runs of the shards had it."""


def merge(
    output: Output,
    shards: Sequence[str] = (),
    *,
    allow_missing: bool = False,
    allow_changed: bool = False,
    note: Callable[[str], None] = lambda message: None,
) -> MergeReport:
    """Writes results, failures, summary and content of all shards to `output`.

    Args:
        shards: shards, or outputs that hold some; none: those that lie in `output` itself.
        allow_missing: shards that are not there, or not finished, are left out.
        allow_changed: shards that saw different inputs are put together all the same.

    Raises:
        UsageError: the shards are not parts of one run, or not all of them are there.
        StorageDown: something cannot be read or written.
        RunLocked: another run writes to the output.
    """
    parts = find_parts(output.given, shards, allow_missing=allow_missing)
    missing = check_parts(parts, allow_missing=allow_missing, allow_changed=allow_changed, note=note)
    report = MergeReport(shards=len(parts), missing=missing, fail_on=parts[0].fail_on)
    with ExitStack() as stack:
        stack.enter_context(run_lock(output.state_folder, where=output.address.split("?")[0]))
        if output.is_stdout:
            stack.callback(shutil.rmtree, output.state_folder, ignore_errors=True)
        _lease(output, stack)
        for part in parts:
            _hold(part, stack)
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mmi-merge-")))
        files = [_results_file(part, scratch) for part in parts]
        failures = [_failures_file(part, scratch) for part in parts]
        if parts[0].has_content and output.content_folder is not None:
            (output.state_folder / CONTENT_MARK).touch()
            for part in parts:
                _take_content(part, output)
        write_results(
            output,
            _counted(_in_order(parts, files, failures), output, report),
            lambda: merged_summary(parts, report.counts, missing),
        )
    return report


def _counted(results: Iterator[Done], output: Output, report: MergeReport) -> Iterator[Done]:
    for done in results:
        if done.is_member:
            yield done
            continue
        report.counts[done.status] += 1
        if output.is_stdout:
            print_line(done.line)
        yield done


def _in_order(parts: Sequence[Part], files: Sequence[Path], failures: Sequence[Path]) -> Iterator[Done]:
    """The records of all shards by path; those of one file stay in the order in which its shard has them."""
    streams = [_records(*each) for each in zip(parts, files, failures, strict=True)]
    return heapq.merge(*streams, key=lambda done: path_key(done.path))


class _FailedMembers:
    """Files of cases that failed: they are told among the failures of a shard alone, behind their case and in its place.

    The failures are read once, as far as they are asked for.
    """

    def __init__(self, failures: Path) -> None:
        self._lines = _lines(failures) if failures.is_file() else iter(())
        self._passed: dict[str, list[str]] = {}

    def of(self, case: Mapping[str, Any], path: str) -> Iterator[Done]:
        failed = [file["path"] for file in case["files"] if any(each["status"] == "failed" for each in file["papers"])]
        for file in failed:
            while not self._passed.get(file) and (line := next(self._lines, None)) is not None:
                record = json.loads(line)
                if not record.get("case"):
                    self._passed.setdefault(record["source"]["path"], []).append(line.decode("utf-8").rstrip("\n"))
            if own := self._passed.get(file):
                yield Done(path=path, status="failed", line=own.pop(0), is_member=True)


def _records(part: Part, file: Path, failures: Path) -> Iterator[Done]:
    """
    Raises:
        UsageError: at its end, when it is not what the shard wrote.
    """
    digest = hashlib.sha256()
    members = _FailedMembers(failures)
    before: str | None = None  # the case whose subjects come one after another
    for number, line in enumerate(_lines(file)):
        digest.update(line)
        try:
            record = json.loads(line)
            path = record["source"]["path"]
            status = record["status"]
        except (ValueError, TypeError, KeyError):
            raise part.damaged(f"line {number + 1} is no record") from None
        odd = part.odd_names.get(str(number))
        yield Done(
            path=path if odd is None else bytes.fromhex(odd).decode("utf-8", "surrogateescape"),
            status=status,
            line=line.decode("utf-8").rstrip("\n"),
        )
        if record.get("case") and before != (before := f"{record['schema']['name']}\0{path}"):
            yield from members.of(record["case"], path)
    if digest.hexdigest() != part.results_sha256:
        raise part.damaged("other bytes")


def _lines(file: Path) -> Iterator[bytes]:
    offset = 0
    while True:
        with file.open("rb") as stream:
            stream.seek(offset)
            lines = stream.readlines(_CHUNK_BYTES)
        if not lines:
            return
        offset += sum(map(len, lines))
        yield from lines


def _results_file(part: Part, scratch: Path) -> Path:
    """The results of a shard on this machine."""
    if part.folder is not None:
        file = part.folder / RESULTS
    else:
        file = scratch / f"{part.shard.index}.jsonl"
        if not open_destination(part.address).read(RESULTS, file):
            raise part.damaged("it is not there")
    try:
        size = file.stat().st_size
    except OSError:
        raise part.damaged("it is not there") from None
    if size != part.results_bytes:
        raise part.damaged(f"{size} bytes instead of {part.results_bytes}")
    return file


def _failures_file(part: Part, scratch: Path) -> Path:
    """The failures of a shard on this machine; there is none where the shard wrote results alone."""
    if part.folder is not None:
        return part.folder / FAILURES
    file = scratch / f"{part.shard.index}-failures.jsonl"
    open_destination(part.address).read(FAILURES, file)
    return file


def _lease(output: Output, stack: ExitStack) -> None:
    """Holds an output on blob as a run does, and lets nobody's results be written over."""
    if output.destination is not None:
        from ...storage.azure_blob.lease import held_lease
        from ..state.state_head import LOCK

        name = f"{output.state_name}/{LOCK}"
        stack.enter_context(held_lease(output.destination, name, lease_id=str(uuid4()), duration_s=_LEASE_S))
        output.destination.watch(output.written_names)


def _hold(part: Part, stack: ExitStack) -> None:
    """No run may write to a shard while it is read.

    Raises:
        UsageError: one does.
    """
    if part.folder is None:
        return
    try:
        stream = stack.enter_context((part.folder / ".mmi" / "lock").open("rb"))
    except OSError:
        return  # copied without its state, or not ours to open: nobody runs there
    try:
        fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        raise UsageError(f"shard {part.shard} is being run ({part.shown}); wait for it") from None


def _take_content(part: Part, output: Output) -> None:
    """Puts what a shard read beside the results.

    Raises:
        StorageDown: it cannot be read or written.
    """
    if part.folder is not None:
        source = part.folder / CONTENT
        for folder, _, names in os.walk(source):
            for name in sorted(names):
                path = Path(folder) / name
                _put(path, path.relative_to(source).as_posix(), output)
        return
    from ...storage.azure_blob import AzureDestination

    stored, shard = open_source([below(part.address, "")]), AzureDestination(part.address)
    for file in stored.list():
        # As it is called, not as its path is spelled as an input: `%2F` there is part of the name.
        folder, _, name = (shard.name_below(file.uri) or "").partition("/")
        if folder == CONTENT and name:
            with stored.local_copy(file) as path:
                _put(path, name, output)


def _put(path: Path, name: str, output: Output) -> None:
    if output.destination is not None:
        output.destination.write(f"{CONTENT}/{name}", path)
    elif output.content_folder is not None:
        with whole_file(output.content_folder / name) as partial:
            try:
                os.link(path, partial)  # a run that writes it anew puts another file in its place
            except OSError:
                shutil.copyfile(path, partial)
