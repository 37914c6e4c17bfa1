"""The log of a run: one line an event, as JSON or as text, on stderr or in a file that may be rotated under it."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import StorageDown
from .printable import printable

if TYPE_CHECKING:
    from .datamodel.record import ErrorInfo, Status
    from .datamodel.source import SourceFile
    from .runner.telling.report import RunReport

Write = Callable[[str], None]
"""Takes a line without its end."""


class LogFile:
    """Appends lines; when the file was moved or removed, the next line begins a new one.

    So `logrotate` needs neither a signal nor `copytruncate` (which works, too). A disk that is full costs lines, never the run.

    Raises:
        StorageDown: the file cannot be opened at the beginning.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._descriptor = self._open()
        except OSError as error:
            raise StorageDown(f"cannot write the log {path}: {error.strerror or error}") from error

    def __call__(self, line: str) -> None:
        with suppress(OSError):
            if self._was_moved():
                os.close(self._descriptor)
                self._descriptor = self._open()
            os.write(self._descriptor, line.encode("utf-8", "backslashreplace") + b"\n")

    def _open(self) -> int:
        return os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o666)

    def _was_moved(self) -> bool:
        ours = os.fstat(self._descriptor)
        try:
            there = self._path.stat()
        except FileNotFoundError:
            return True
        return (ours.st_dev, ours.st_ino) != (there.st_dev, there.st_ino)


def to_stderr(line: str) -> None:
    """A line on stderr; one that takes no more costs lines, never the run."""
    with suppress(OSError, ValueError):
        sys.stderr.write(line + "\n")
        sys.stderr.flush()


class RunLog:
    """Tells what happens as events; names and messages are made printable, contents of files and secrets are in none.

    Args:
        is_json: one JSON object a line; else a time stamp and words.
    """

    def __init__(self, write: Write, *, is_json: bool, is_quiet: bool = False) -> None:
        self._write, self._is_json, self._is_quiet = write, is_json, is_quiet

    def __enter__(self) -> RunLog:
        return self

    def __exit__(self, *unused: object) -> None: ...

    def start(self, *, version: str, output: str, schemas: tuple[str, ...]) -> None:
        self._tell(
            "info", "start", version=version, pid=os.getpid(), output=output.split("?")[0], schemas=list(schemas)
        )

    def listed(self, *, files: int, size_bytes: int, already_done: int) -> None:
        self._tell("info", "listed", files=files, size_bytes=size_bytes, already_done=already_done)

    def added(self, *, files: int) -> None:
        self._tell("info", "added", files=files)

    def started(self, file: SourceFile) -> None:
        self._tell("info", "started", path=file.path, uri=file.uri, size_bytes=file.size_bytes)

    def finished(self, file: SourceFile, *, status: Status, seconds: float, error: ErrorInfo | None) -> None:
        more = {"error": {**error.to_json(), "message": without_content(error)}} if error else {}
        level = "warning" if error else "info"
        self._tell(level, "finished", path=file.path, uri=file.uri, status=status, seconds=round(seconds, 3), **more)

    def note(self, message: str) -> None:
        self._tell("info", "note", message=message)

    def report(self, report: RunReport) -> None:
        self._tell(
            "info", "summary", records=dict(report.counts), files=report.files_done, seconds=round(report.seconds, 3)
        )

    def assertion(self, message: str) -> None:
        """A condition does not hold."""
        self._tell("error", "assertion", message=message)

    def error(self, message: str) -> None:
        """What stopped the run."""
        self._tell("error", "error", message=message)

    def end(self, code: int) -> None:
        self._tell("info" if code == 0 else "warning", "end", code=code)

    def _tell(self, level: str, event: str, **fields: Any) -> None:
        if self._is_quiet and level != "error":
            return
        time = datetime.now(UTC).isoformat(timespec="milliseconds")
        fields = {name: _clean(value) for name, value in fields.items()}
        if self._is_json:
            self._write(json.dumps({"time": time, "level": level, "event": event, **fields}))
        else:
            self._write(f"{time} {level} {event} {_as_words(event, fields)}".rstrip())


def without_content(error: ErrorInfo) -> str:
    """The message of an error; of one that nobody foresaw only its type and place, for its words may quote the file."""
    if error.code != "internal":
        return error.message
    kind, _, rest = error.message.partition(":")
    place = re.search(r" at [\w.]+:\d+$", rest)
    return kind + (place[0] if place else "")


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, dict):
        return {name: _clean(each) for name, each in value.items()}
    return [_clean(each) for each in value] if isinstance(value, list) else value


def _as_words(event: str, fields: dict[str, Any]) -> str:
    if event == "finished":
        error = fields.get("error")
        why = f": {error['code']}: {error['message']}" if error else ""
        return f"{fields['status']} {fields['path']} {fields['seconds']} s{why}"
    if event == "started":
        return str(fields["path"])
    if "message" in fields:
        return str(fields["message"])
    return " ".join(
        f"{name}={json.dumps(value) if isinstance(value, dict | list) else value}" for name, value in fields.items()
    )
