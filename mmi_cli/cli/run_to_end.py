"""Does a planned run, tells of it on stderr or in a log, and turns its end into an exit code."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import typer

from .. import __version__
from ..errors import ExitCode, RunError, RunLocked
from . import options as o

if TYPE_CHECKING:
    from ..console import TerminalObserver
    from ..run_log import RunLog
    from ..runner.observer import Observer
    from ..runner.plan import RunPlan
    from ..runner.telling.assertions import Assertions
    from ..runner.telling.junit import JunitReport
    from ..runner.telling.report import RunReport


def run_to_end(plan: RunPlan, *, assertions: Assertions, junit: JunitReport | None, hint: str | None = None) -> None:
    """
    Args:
        hint: told after a whole run.

    Raises:
        RunError: it was stopped.
        typer.Exit: with the exit code, where that is not 0.
    """
    from ..console import TerminalObserver
    from ..run_log import LogFile, RunLog, to_stderr

    settings = plan.settings
    is_json = settings.log_format == "json"
    log: RunLog | None = None
    if settings.log_file is not None:
        log = RunLog(LogFile(settings.log_file), is_json=is_json, is_quiet=settings.quiet)
    elif is_json:
        log = RunLog(to_stderr, is_json=True, is_quiet=settings.quiet)
    terminal: TerminalObserver | None = None
    if log is None or (settings.log_file is not None and sys.stderr.isatty()):
        has_progress = not (plan.output.is_stdout and sys.stdout.isatty()) and not plan.follow
        terminal = TerminalObserver(settings, has_progress=has_progress)
    if log is not None:
        log.start(
            version=__version__, output=plan.output.address, schemas=tuple(schema.name for schema in plan.schemas)
        )
    try:
        code = _outcome(plan, log, terminal, assertions, junit, hint)
    except RunError as error:
        if log is None:
            raise
        log.error(str(error))
        log.end(error.exit_code)
        if settings.log_file is None:  # stderr holds JSON lines and nothing else
            raise typer.Exit(error.exit_code) from None
        raise
    except KeyboardInterrupt as error:
        if log is not None:
            log.end(128 + getattr(error, "signal", 2))
        raise
    if log is not None:
        log.end(code)
    if code:
        raise typer.Exit(code)


def _outcome(
    plan: RunPlan,
    log: RunLog | None,
    terminal: TerminalObserver | None,
    assertions: Assertions,
    junit: JunitReport | None,
    hint: str | None,
) -> int:
    from ..console import print_summary
    from ..runner.observer import Several
    from ..runner.run import execute

    observers: list[Observer] = [each for each in (log, terminal, junit) if each is not None]
    observer = Several(observers)
    started_at = datetime.now(UTC)
    try:
        with ExitStack() as stack:
            if terminal is not None:
                stack.enter_context(terminal)
            report = execute(plan, observer)
    except RunLocked as error:
        if plan.settings.if_running == "fail":
            raise
        observer.note(f"{error}; nothing done, as --if-running skip says")
        return ExitCode.OK
    if report.stopped_by is not None:
        observer.note("interrupted; the same command goes on from there")
        return 128 + report.stopped_by
    if log is not None:
        log.report(report)
    if terminal is not None:
        where = "stdout" if plan.output.is_stdout else plan.output.address
        print_summary(report, where=where, settings=plan.settings)
    if hint is not None:
        observer.note(hint)
    if junit is not None:
        junit.write(assertions.each(), started_at=started_at, seconds=report.seconds)
    broken = assertions.broken()
    for line in broken:
        if log is not None:
            log.assertion(f"does not hold: {line}")
        if log is None or plan.settings.log_file is not None:
            sys.stderr.write(f"mmi: does not hold: {line}\n")
    return ExitCode.ASSERTION if broken else _failed(plan, report)


def _failed(plan: RunPlan, report: RunReport) -> ExitCode:
    rate = o.check_fail_on(plan.settings.fail_on)
    failed = report.counts["failed"] + report.failed_members
    total = sum(report.counts.values()) + report.failed_members
    return ExitCode.SOME_FAILED if rate is not None and failed and failed / total > rate else ExitCode.OK
