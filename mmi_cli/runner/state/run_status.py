"""A run from outside, while it goes on and after it: reads its manifest and journal, holds nothing, changes nothing."""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

from ...errors import StorageDown, UsageError
from ..output import Output
from .manifest_tables import FAILED_LAST, JOURNAL, LAYOUT, MANIFEST, OF_RUN, PENDING, STATUS_COUNTS

State = Literal["listing", "running", "finished", "stopped", "unknown"]
_SMALL_FILE_BYTES = 20_000
"""What opening a file at all is worth, in bytes, when the time left is estimated."""
_BUSY_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    path: str
    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStatus:
    """How far a run is."""

    state: State
    """`stopped`: it ended, or was killed, before its results were written; `unknown`: it goes on elsewhere, or did."""
    pid: int
    host: str
    is_alive: bool | None
    """None: it is of another machine."""
    started_s: float
    ended_s: float | None
    """Seconds since the epoch."""
    files: int
    done: int
    """With a record that holds, failed ones included that are not to be tried again in this run."""
    pending: int
    records: dict[str, int]
    """By status."""
    failed: dict[str, int]
    """Failed records by code."""
    done_now: int
    """By this run."""
    files_per_minute: float | None
    left_s: float | None
    """An estimate, by the bytes that are left."""
    failures: tuple[Failure, ...]
    """The last ones, newest first."""
    is_copy: bool = False
    """Read from the copy beside results on blob, which is a little behind."""

    def to_json(self) -> dict[str, Any]:
        return {
            "state": self.state,
            "owner": {"pid": self.pid, "host": self.host, "alive": self.is_alive},
            "started_at": _iso(self.started_s),
            "ended_at": _iso(self.ended_s) if self.ended_s is not None else None,
            "files": {"all": self.files, "done": self.done, "pending": self.pending, "done_now": self.done_now},
            "records": self.records,
            "failed": self.failed,
            "files_per_minute": round(self.files_per_minute, 1) if self.files_per_minute is not None else None,
            "seconds_left": round(self.left_s) if self.left_s is not None else None,
            "failures": [{"path": each.path, "code": each.code, "message": each.message} for each in self.failures],
            "copy": self.is_copy,
        }


def read_status(output: Output, *, failures: int = 5) -> RunStatus:
    """Looks once.

    Args:
        failures: how many of the last failed files to tell.

    Raises:
        UsageError: no run has written to this output.
        StorageDown: what it left cannot be read.
    """
    with _state_folder(output) as (folder, is_copy), _opened(folder, output.address) as database:
        return _status(database, folder, failures, is_copy=is_copy)


def read_local_status(output: Output) -> RunStatus:
    """Like `read_status`, of a run of this machine and without its failures.

    Raises:
        UsageError, StorageDown: as there.
    """
    if not (output.state_folder / MANIFEST).exists():
        raise UsageError(f"{output.address}: no run has written there")
    with _opened(output.state_folder, output.address) as database:
        return _status(database, output.state_folder, 0, is_copy=False)


def read_command(output: Output) -> dict[str, Any]:
    """What the last run on an output was told to do.

    Raises:
        UsageError: no run has written to it, or it was started by a program that kept no command.
    """
    with _state_folder(output) as (folder, _), _opened(folder, output.address) as database:
        row = database.execute("SELECT command FROM run WHERE command IS NOT NULL ORDER BY id DESC LIMIT 1").fetchone()
    if row is None:
        raise UsageError(f"{output.address}: its run kept no command; run `mmi run … --retry any` with its options")
    command: dict[str, Any] = json.loads(row[0])
    return command


@contextmanager
def _state_folder(output: Output) -> Iterator[tuple[Path, bool]]:
    """(folder with manifest and journal, whether it is a copy from blob)."""
    is_local = (output.state_folder / MANIFEST).exists()
    if output.destination is None or (is_local and _holder(output.state_folder / "lock") is not None):
        if not is_local:
            raise UsageError(f"{output.address}: no run has written there")
        yield output.state_folder, False
        return
    from .state_pieces import fetch_newest

    with tempfile.TemporaryDirectory(prefix="mmi-status-") as scratch:
        is_there = fetch_newest(output, Path(scratch))
        if is_there and (not is_local or _began_s(Path(scratch)) > _began_s(output.state_folder)):
            yield Path(scratch), True
        elif is_local:
            yield output.state_folder, False
        else:
            raise UsageError(f"{output.address}: no run has written there")


def _began_s(folder: Path) -> float:
    """When the last run of a state began."""
    try:
        with _opened(folder, str(folder)) as database:
            return float(database.execute("SELECT max(started_s) FROM run").fetchone()[0])
    except (UsageError, StorageDown):
        return 0.0


@contextmanager
def _opened(folder: Path, address: str) -> Iterator[sqlite3.Connection]:
    where = f"file:{quote(str((folder / MANIFEST).absolute()))}"
    try:
        try:
            database = sqlite3.connect(f"{where}?mode=ro", uri=True, timeout=_BUSY_S, isolation_level=None)
            layout = database.execute("PRAGMA user_version").fetchone()[0]
        except sqlite3.OperationalError:  # on a disk that cannot be written, even a reader could not announce itself
            database = sqlite3.connect(f"{where}?immutable=1", uri=True, isolation_level=None)
            layout = database.execute("PRAGMA user_version").fetchone()[0]
        with closing(database):
            if layout != LAYOUT:
                raise UsageError(
                    f"{address}: its state was written by another version of mmi; the next run takes it over"
                )
            if database.execute("SELECT count(*) FROM run").fetchone()[0] == 0:
                raise UsageError(f"{address}: no run has begun there")
            database.execute("BEGIN")  # one moment for all questions
            yield database
    except sqlite3.DatabaseError as error:
        raise StorageDown(f"the state of {address} cannot be read: {error}") from error


def _status(database: sqlite3.Connection, folder: Path, most: int, *, is_copy: bool) -> RunStatus:
    run, listing, started_s, ended_s, is_listed, is_whole, pid, host = database.execute(OF_RUN).fetchone()
    files = database.execute("SELECT count(*) FROM input WHERE listing = ? AND NOT is_archive", (listing,)).fetchone()[
        0
    ]
    pending, pending_bytes = database.execute(
        f"SELECT count(*), coalesce(sum(input.size_bytes), 0) {PENDING}", {"run": run}
    ).fetchone()
    # A copy is made while the run goes on, the last one when only its results are to be written.
    is_alive = None if is_copy else _is_alive(pid, host, folder, ended_s)
    state: State
    if is_alive:
        state = "running" if is_listed else "listing"
    elif ended_s is not None:
        state = "finished" if is_whole else "stopped"
    elif is_alive is None:
        state = "finished" if is_listed and not pending else "unknown"
    else:
        state = "stopped"
    records: dict[str, int] = {}
    failed: dict[str, int] = {}
    for status, code, count in database.execute(STATUS_COUNTS, {"listing": listing}):
        records[status] = records.get(status, 0) + count
        if status == "failed":
            failed[code or "unknown"] = failed.get(code or "unknown", 0) + count
    done_now, done_bytes = database.execute(
        "SELECT count(*), coalesce(sum(size_bytes), 0) FROM (SELECT DISTINCT path, size_bytes FROM record WHERE run = ?)",
        (run,),
    ).fetchone()
    took_s = (ended_s or time.time()) - started_s
    has_rate = done_now and took_s > 0
    worth, left = done_bytes + _SMALL_FILE_BYTES * done_now, pending_bytes + _SMALL_FILE_BYTES * pending
    return RunStatus(
        state=state,
        pid=pid,
        host=host,
        is_alive=is_alive,
        started_s=started_s,
        ended_s=ended_s,
        files=files,
        done=files - pending,
        pending=pending,
        records=dict(sorted(records.items())),
        failed=dict(sorted(failed.items())),
        done_now=done_now,
        files_per_minute=60 * done_now / took_s if has_rate else None,
        left_s=took_s * left / worth if has_rate and is_alive and pending else None,
        failures=tuple(_failures(database, folder / JOURNAL, listing, most)),
        is_copy=is_copy,
    )


def _failures(database: sqlite3.Connection, journal: Path, listing: int, most: int) -> Iterator[Failure]:
    rows = database.execute(FAILED_LAST, {"listing": listing, "most": most}).fetchall()
    with suppress(OSError), journal.open("rb") as stream:
        for path, code, offset, length in rows:
            stream.seek(offset)
            message = ""
            with suppress(ValueError, LookupError, TypeError):
                message = str(json.loads(stream.read(length))["errors"][0]["message"])
            yield Failure(path=path.decode("utf-8", "surrogateescape"), code=code or "unknown", message=message)


def _is_alive(pid: int, host: str, folder: Path, ended_s: float | None) -> bool | None:
    if ended_s is not None:
        return False
    if host != socket.gethostname():
        return None
    holder = _holder(folder / "lock")
    return holder == pid if holder is not None else False


def _holder(lock: Path) -> int | None:
    """The process that holds a lock: the one that says so in it and has it open. The lock is not tried, a run might just want it."""
    try:
        pid = int(json.loads(lock.read_text("utf-8"))["pid"])
        os.kill(pid, 0)
    except PermissionError:
        pass  # it is there, and another user's
    except (OSError, ValueError, LookupError, TypeError):
        return None
    mine = os.path.realpath(lock)
    try:
        return pid if any(os.path.realpath(each) == mine for each in Path(f"/proc/{pid}/fd").iterdir()) else None
    except OSError:
        return pid  # whose files cannot be seen


def _iso(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
