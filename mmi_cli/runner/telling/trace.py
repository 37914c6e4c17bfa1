"""A trace of a run in Chrome's format: every process appends its spans to one file, so that none of them has to hold them.

The file opens in Perfetto or `chrome://tracing`. A line is an event; a line that a killed process left half written is blanked when the
run ends. The monotonic clock that it counts by is one for all processes of a machine.
"""

from __future__ import annotations

import atexit
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ... import __version__, meter
from ...errors import StorageDown

_FLUSH_BYTES = 32_768
_FLUSH_S = 0.5
_BEGIN = b'{"ph":'
"""No fact of a span has this name."""


class TraceWriter:
    """Appends the spans of this process to a trace that `traced_run` began; each write is of whole lines.

    Args:
        name: of this process, as the viewer shows it.
        order: where it stands among the processes there.
    """

    def __init__(self, path: Path, *, name: str, order: int) -> None:
        self._descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        self._pid = os.getpid()
        self._lines: list[str] = []
        self._bytes = 0
        self._flushed_s = time.monotonic()
        self._about("process_name", name=name)
        self._about("process_sort_index", sort_index=order)

    def write(self, span: meter.Span) -> None:
        """One span; it reaches the file soon after."""
        event: dict[str, object] = {
            "ph": "X", "name": span.name, "cat": span.kind, "pid": self._pid, "tid": span.thread, "ts": span.started_ns / 1000,
            "dur": span.wall_ns / 1000,
        }  # fmt: skip
        if span.cpu_ns is not None:
            event["tdur"] = span.cpu_ns / 1000
        if span.facts:
            event["args"] = span.facts
        self._add(event)

    def level(self, name: str, **values: float) -> None:
        """A number as it stands now, drawn as a curve."""
        self._add({"ph": "C", "name": name, "pid": self._pid, "ts": time.monotonic_ns() / 1000, "args": values})

    def mark(self, name: str, **facts: object) -> None:
        """Something that happened at this moment."""
        self._add(
            {"ph": "i", "name": name, "cat": "run", "s": "p", "pid": self._pid, "tid": self._pid,
             "ts": time.monotonic_ns() / 1000, "args": facts}
        )  # fmt: skip

    def flush(self, *, at_once: bool = True) -> None:
        """Writes what is held; without `at_once` only when some time has passed."""
        if self._lines and (at_once or time.monotonic() - self._flushed_s > _FLUSH_S):
            data = "".join(self._lines).encode("ascii")
            self._lines.clear()
            self._bytes = 0
            self._flushed_s = time.monotonic()
            with suppress(OSError):  # a trace is no reason to lose a run
                os.write(self._descriptor, data)

    def close(self) -> None:
        self.flush()
        os.close(self._descriptor)

    def _about(self, what: str, **args: object) -> None:
        self._add({"ph": "M", "name": what, "pid": self._pid, "tid": self._pid, "args": args})

    def _add(self, event: dict[str, object]) -> None:
        line = json.dumps(event, separators=(",", ":")) + ",\n"
        self._lines.append(line)
        self._bytes += len(line)
        if self._bytes >= _FLUSH_BYTES:
            self.flush()


_writer: TraceWriter | None = None


def writer() -> TraceWriter | None:
    """Of this process; None where nothing is traced."""
    return _writer


def trace_this_process(path: Path, *, name: str, order: int, with_children: bool = True) -> TraceWriter:
    """Sends the spans of this process to a trace from now on; see `meter.listen`."""
    global _writer
    if _writer is None:
        _writer = TraceWriter(path, name=name, order=order)
        atexit.register(_writer.flush)
        meter.listen(_writer.write, with_children=with_children)
    return _writer


@contextmanager
def traced_run(path: Path | None, *, is_inline: bool = True) -> Iterator[None]:
    """Begins a trace, takes the spans of the run's own process, and ends it so that it is valid JSON; None: no trace.

    Args:
        is_inline: whether files are done in this very process.

    Raises:
        StorageDown: the file cannot be written.
    """
    global _writer
    if path is None:
        yield
        return
    head = {"displayTimeUnit": "ms", "otherData": {"tool": f"mmi {__version__}"}}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(head)[:-1] + ', "traceEvents": [\n', "ascii")
        own = trace_this_process(path, name="run", order=0, with_children=is_inline)
    except OSError as error:
        raise StorageDown(f"cannot write the trace {path}: {error.strerror or error}") from error
    try:
        yield
    finally:
        meter.listen(None)
        _writer = None
        atexit.unregister(own.flush)
        own.close()
        with suppress(OSError):
            _end(path)


def _end(path: Path) -> None:
    """Blanks lines that are not whole and closes the brackets."""
    with path.open("r+b") as stream:
        start = len(stream.readline())  # what stands before the events
        for line in iter(stream.readline, b""):
            if not _is_whole(line):
                stream.seek(start)
                stream.write(b" " * len(line.rstrip(b"\n")))
                stream.seek(start + len(line))
            start += len(line)
        last = {"ph": "i", "name": "end", "s": "g", "pid": os.getpid(), "tid": os.getpid()}
        stream.write(json.dumps({**last, "ts": time.monotonic_ns() / 1000}).encode("ascii") + b"\n]}\n")


def _is_whole(line: bytes) -> bool:
    # Inside a string a quotation mark has a backslash before it: what begins an event stands nowhere else.
    return line.startswith(_BEGIN) and line.endswith(b"},\n") and _BEGIN not in line[1:]
