"""What a person or a log sees on stderr: progress, a summary table, or one JSON event a line."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import IO, TYPE_CHECKING, Any, cast

from .datamodel.record import (
    STATUSES,
    ArrayValue,
    ErrorInfo,
    Evidence,
    FieldValue,
    FileRecord,
    LeafValue,
    Status,
)
from .datamodel.source import SourceFile
from .printable import printable as printable
from .settings import Settings

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, TaskID

    from .runner.telling.report import RunReport

_STYLE = {"ok": "green", "partial": "yellow", "empty": "dim", "unsupported": "dim", "skipped": "dim", "failed": "red"}


def stderr_console() -> Console:
    from rich.console import Console

    return Console(file=cast("IO[str]", _Forgiving()), highlight=False)


class _Forgiving:
    """stderr as it is now; one that takes no more (a full disk, a terminal that is gone) costs words, never the run."""

    def write(self, text: str) -> int:
        with suppress(OSError, ValueError):
            sys.stderr.write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError, ValueError):
            sys.stderr.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(sys.stderr, name)


class TerminalObserver:
    """A progress bar with rate and time left on a terminal; plain lines for failures anywhere.

    Args:
        has_progress: False where records on the same terminal would run into the bar.
    """

    def __init__(self, settings: Settings, *, has_progress: bool = True) -> None:
        self._console = stderr_console()
        self._has_progress = has_progress and self._console.is_terminal and not self._console.is_dumb_terminal
        self._quiet = settings.quiet
        self._progress: Progress | None = None
        self._task: TaskID | None = None
        self._files = self._done = self._failed = 0

    def __enter__(self) -> TerminalObserver:
        return self

    def __exit__(self, *unused: object) -> None:
        if self._progress is not None:
            self._progress.stop()

    def listed(self, *, files: int, size_bytes: int, already_done: int) -> None:
        self._files = files
        if self._quiet:
            return
        if already_done:
            self._console.print(f"{already_done} of {files} files were done by an earlier run")
        if self._has_progress and files > already_done:
            self._progress = _progress(self._console)
            self._task = self._progress.add_task("reading", total=files - already_done, note="")
            self._progress.start()

    def added(self, *, files: int) -> None:
        self._files += files
        if self._progress is not None and self._task is not None:
            total = self._progress.tasks[0].total or 0
            self._progress.update(self._task, total=total + files)

    def started(self, file: SourceFile) -> None:
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, note=printable(file.path)[-50:])

    def finished(self, file: SourceFile, *, status: Status, seconds: float, error: ErrorInfo | None) -> None:
        self._done += 1
        if error is not None:
            self._failed += 1
            from rich.markup import escape

            if not self._quiet:
                message = escape(printable(f"{file.path}: {error.code}: {error.message}"))
                self._console.print(f"[red]failed[/] {message}", soft_wrap=True)
        if self._progress is not None and self._task is not None:
            self._progress.advance(self._task)

    def note(self, message: str) -> None:
        if not self._quiet:
            self._console.print(printable(message), markup=False)


def _progress(console: Console) -> Progress:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn
    from rich.text import Text

    class Rate(TextColumn):
        def render(self, task: Any) -> Text:
            elapsed = task.finished_time or task.elapsed or 0
            return Text(f"{60 * task.completed / elapsed:.1f}/min" if elapsed and task.completed else "", style="dim")

    return Progress(
        SpinnerColumn(), BarColumn(bar_width=30), MofNCompleteColumn(), Rate(""), TimeRemainingColumn(),
        TextColumn("{task.fields[note]}", style="dim", markup=False), console=console, transient=True,
        redirect_stdout=False, redirect_stderr=False,  # rich would send the records on stdout to stderr
    )  # fmt: skip


def print_summary(report: RunReport, *, where: str, settings: Settings) -> None:
    """Counts by status, speed, where the results are, and in a few lines where time went."""
    if settings.quiet:
        return
    from rich.table import Table

    from .runner.telling.report_words import in_words

    console = stderr_console()
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for status in STATUSES:
        if count := report.counts.get(status, 0):
            codes = ", ".join(f"{code} {times}" for code, times in report.error_codes.most_common())
            table.add_row(
                f"[{_STYLE[status]}]{status}[/]", f"{count}", f"[dim]{codes if status == 'failed' else ''}[/]"
            )
    console.print(table)
    rate = f" · {60 * report.files_done / report.seconds:.1f} files/min" if report.files_done else ""
    console.print(f"{report.files_done} files in {_duration(report.seconds)}{rate} → {printable(where)}", markup=False)
    for title, words in in_words(report):
        console.print(f"{title:8}{printable(words)}", markup=False, style="dim", soft_wrap=True)


def print_record(record: FileRecord) -> None:
    """A record as a table on stdout: value, confidence and where each stands."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console(highlight=False)
    console.print(f"[bold]{escape(printable(record.source.path))}[/] [{_STYLE[record.status]}]{record.status}[/]")
    for error in record.errors:
        console.print(f"[red]{error.code}[/] {escape(printable(error.message))}")
    table = Table(box=None, header_style="bold", padding=(0, 2, 0, 0))
    for title, justify in (("field", "left"), ("value", "left"), ("confidence", "right"), ("where", "left")):
        table.add_column(title, justify=justify, overflow="fold", no_wrap=title in ("field", "confidence"))  # type: ignore[arg-type]
    for name, value in record.fields:
        for path, leaf in leaves_of(name, value):
            shown = "[dim]–[/]" if leaf.value is None else escape(printable(str(leaf.value)))
            table.add_row(
                path, shown, f"{leaf.confidence:.2f}", escape("; ".join(place_of(e) for e in leaf.evidence[:3]))
            )
    if record.fields:
        console.print(table)
    for check in record.checks:
        mark = {True: "[green]holds[/]", False: "[red]fails[/]", None: "[dim]open[/]"}[check.passed]
        console.print(f"{mark} {escape(check.message or check.expression)}")
    for notice in record.warnings:
        console.print(f"[yellow]{notice.code}[/] {escape(printable(notice.message))}")


def leaves_of(path: str, value: FieldValue) -> Iterator[tuple[str, LeafValue]]:
    """(dotted path with row numbers, leaf) of a field."""
    if isinstance(value, LeafValue):
        yield path, value
    elif isinstance(value, ArrayValue):
        for index, item in enumerate(value.items):
            yield from leaves_of(f"{path}[{index}]", item)
    else:
        for name, member in value.members:
            yield from leaves_of(f"{path}.{name}", member)


def place_of(evidence: Evidence) -> str:
    """Where a piece of evidence stands, in a few characters."""
    where = []
    if evidence.part is not None:
        where.append(evidence.part)
    if evidence.page is not None:
        where.append(f"p{evidence.page}")
    if evidence.box is not None:
        where.append("(" + ",".join(f"{edge:.0f}" for edge in evidence.box) + ")")
    if evidence.start_s is not None and evidence.end_s is not None:
        where.append(
            f"{evidence.start_s:.1f}–{evidence.end_s:.1f} s" + (f" {evidence.speaker}" if evidence.speaker else "")
        )
    if evidence.frame_s is not None:
        where.append(f"frame {evidence.frame_s:.1f} s")
    if evidence.cell is not None:
        where.append(f"{evidence.sheet}!{evidence.cell}")
    if evidence.slide is not None:
        where.append(f"slide {evidence.slide}")
    if evidence.paragraph is not None:
        where.append(f"¶{evidence.paragraph}")
    return printable(" ".join(where)) or "computed"


def _duration(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 60 else time.strftime("%H:%M:%S", time.gmtime(seconds))
