"""`mmi embed`: an index to search by words and by picture."""

from __future__ import annotations

import json
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import ExitCode, RunError, UsageError
from . import options as o

if TYPE_CHECKING:
    from ..run_log import RunLog
    from ..search.indexing import IndexingReport
    from ..settings import Settings


def embed(
    inputs: o.Inputs,
    output: Annotated[
        str, typer.Option("--output", "-o", metavar="INDEX", help="Folder of the index.", show_default=False)
    ],
    results: Annotated[
        str | None,
        typer.Option(
            "--results",
            metavar="DEST",
            show_default=False,
            help="Results of `mmi run` on the same files: their fields can then be asked for with `mmi search --where`.",
        ),
    ] = None,
    prune: Annotated[
        bool, typer.Option("--prune", help="Take out the files of inputs that are not named now.")
    ] = False,
    jobs: Annotated[
        int | None, typer.Option("--jobs", "-j", metavar="N", help="Worker processes; 0: one a core.")
    ] = None,
    inline: Annotated[
        bool | None, typer.Option("--inline", help="No worker processes; for debugging.", show_default=False)
    ] = None,
    fail_on: Annotated[
        str | None, typer.Option("--fail-on", metavar="any|never|RATE", help="When failed files give exit code 3.")
    ] = None,
    include: o.Include = None,
    exclude: o.Exclude = None,
    since: o.Since = None,
    config: o.Config = None,
    set_: o.Set = None,
    password: o.Password = None,
    ocr: o.Ocr = None,
    speech: o.Speech = None,
    speech_model: o.SpeechModel = None,
    embedding: o.Embedding = None,
    quiet: o.Quiet = None,
    log_format: o.LogFormat = None,
) -> None:
    """Files, pages, passages, pictures, key frames and turns of speech → an index for `mmi search`.

    Example: mmi embed contracts/ photos/ --output index

    Typed again, only what is new or changed is embedded, and what is gone is taken out. Stopped at any moment, the index
    is whole, and the same command goes on.
    """  # fmt: skip
    settings = o.settings_from(
        config=config, assignments=set_, passwords=password, ocr=ocr, speech=speech, speech_model=speech_model,
        embedding=embedding, quiet=quiet, log_format=log_format, jobs=jobs, inline=inline, fail_on=fail_on,
    )  # fmt: skip
    if settings.embedding == "none" and settings.joint_embedding == "none":
        raise UsageError("embedding = none and joint_embedding = none: nothing could be searched")
    selection = o.selection_from(include, exclude, since)

    from ..storage.addresses import is_remote

    if is_remote(output):
        raise UsageError(
            f"--output {output}: an index is a folder of this machine, for its vectors are mapped from disk"
        )

    from .. import __version__
    from ..console import TerminalObserver
    from ..run_log import RunLog, to_stderr

    log: RunLog | None = None
    if settings.log_format == "json":
        log = RunLog(to_stderr, is_json=True, is_quiet=settings.quiet)
        log.start(version=__version__, output=output, schemas=())
    try:
        with ExitStack() as stack:
            watching = log if log is not None else stack.enter_context(TerminalObserver(settings))
            report, stopped_by = _indexed(inputs, Path(output), settings, results, prune, selection, watching)
    except RunError as error:
        if log is None:
            raise
        log.error(str(error))
        log.end(error.exit_code)
        raise typer.Exit(error.exit_code) from None
    if stopped_by is not None:
        watching.note("interrupted; the same command goes on from there")
        raise typer.Exit(128 + stopped_by)
    code = _failed(settings, report)
    _tell(report, output, settings, log)
    if log is not None:
        log.end(code)
    if code:
        raise typer.Exit(code)


def _indexed(
    inputs: list[str], folder: Path, settings: Settings, results: str | None, prune: bool, selection: Any, watching: Any
) -> tuple[IndexingReport, int | None]:
    from ..runner.interrupts import awaited_signals
    from ..runner.state.lock import run_lock
    from ..runner.workers.machine import memory_share, share_machine
    from ..search.indexing import IndexingPlan, bring_up_to_date
    from ..search.joined_fields import JoinedFields

    shared, jobs = share_machine(settings, files=1, may_grow=True)
    joined = JoinedFields(results) if results is not None else None
    with run_lock(folder, where=str(folder)), awaited_signals() as stop:
        plan = IndexingPlan(
            inputs=tuple(inputs),
            folder=folder,
            settings=shared,
            jobs=jobs,
            memory_bytes=memory_share(settings, jobs),
            takes=selection.looks_into,
            results=joined,
            prune=prune,
            is_stopped=lambda: stop.signal is not None,
        )
        report = bring_up_to_date(plan, watching)
    return report, stop.signal if report.is_stopped else None


def _failed(settings: Settings, report: IndexingReport) -> ExitCode:
    rate = o.check_fail_on(settings.fail_on)
    failed, total = report.statuses["failed"], max(1, report.files)
    return ExitCode.SOME_FAILED if rate is not None and failed and failed / total > rate else ExitCode.OK


def _tell(report: IndexingReport, output: str, settings: Settings, log: RunLog | None) -> None:
    if settings.quiet:
        return
    facts = {
        "files": report.files,
        "embedded": report.embedded,
        "unchanged": report.kept,
        "taken_out": report.removed,
        "failed": report.statuses["failed"],
        "with_fields": report.joined,
        "of_other_inputs": report.others,
        "items": report.items,
        "models": report.models,
        "seconds": round(report.seconds, 3),
    }
    if log is not None:
        log.note(json.dumps(facts))
        return
    from ..console import printable

    words = [f"{report.embedded} embedded", f"{report.kept} unchanged", f"{report.removed} taken out"]
    words += [
        f"{report.statuses[status]} {status}"
        for status in ("failed", "unsupported", "empty")
        if report.statuses[status]
    ]
    write = sys.stderr.write
    write(f"{report.files} files in {report.seconds:.1f} s: {', '.join(words)} → {printable(output)}\n")
    kinds = ", ".join(f"{count} {kind}{'s' * (count != 1)}" for kind, count in report.items.items())
    write(f"the index holds {kinds or 'nothing'}\n")
    write("".join(f"  {space:6}{printable(model)}\n" for space, model in report.models.items()))
    if report.joined:
        write(f"{report.joined} files have fields for --where\n")
    if report.others:
        write(f"{report.others} files of other inputs were left as they are; --prune takes them out\n")
