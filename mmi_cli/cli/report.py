"""`mmi report`: a run as one HTML page."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ..errors import UsageError
from . import options as o
from .evaluate import check_writable


def report(
    dest: o.Dest,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            show_default=False,
            help="The page; default report.html in DEST, in the current folder where DEST is on blob. Pictures lie beside it.",
        ),
    ] = None,
    labels: Annotated[
        Path | None,
        typer.Option(
            "--labels",
            metavar="LABELS",
            show_default=False,
            help="Known values, as `mmi eval` takes them: adds a reliability plot, and marks what is wrong.",
        ),
    ] = None,
    no_pictures: Annotated[
        bool, typer.Option("--no-pictures", help="Draw nothing: values, evidence and text alone.")
    ] = False,
    copy_media: Annotated[
        bool,
        typer.Option(
            "--copy-media",
            help="Copy recordings and videos beside the page, so that it can be moved; odd sound formats become Opus.",
        ),
    ] = False,
    limit: Annotated[
        int | None, typer.Option("--limit", metavar="N", min=1, show_default=False, help="Only the first N records.")
    ] = None,
    open_: Annotated[bool, typer.Option("--open", help="Open it in the browser.")] = False,
    config: o.Config = None,
    set_: o.Set = None,
    password: o.Password = None,
    quiet: o.Quiet = None,
) -> None:
    """A run as one HTML page that shows each value where it was found, and takes corrections.

    Example: mmi report out --labels labels.jsonl --open
    """
    from dataclasses import replace

    from ..evaluate.labels import read_labels
    from ..report.building import build_report
    from ..report.results import read_results
    from ..runner.workers.machine import usable_cores
    from ..storage.addresses import is_remote

    settings = o.settings_from(config=config, assignments=set_, passwords=password, quiet=quiet)
    results = read_results(dest)
    if not results.records:
        raise UsageError(f"{dest}: its results hold no record; there is nothing to show")
    if limit is not None:
        results = replace(results, records=results.records[:limit])
    if output is None:
        if is_remote(dest):
            output = Path("report.html")
        else:
            output = Path(dest).with_suffix(".html") if Path(dest).is_file() else Path(dest) / "report.html"
    check_writable(output, suffix=".html")
    truth = read_labels(labels) if labels is not None else ()
    with _Telling(is_on=not settings.quiet and sys.stderr.isatty()) as telling:
        built = build_report(
            results,
            output,
            settings=settings,
            labels=truth,
            has_pictures=not no_pictures,
            copies_media=copy_media,
            processes=settings.jobs or usable_cores(),
            progress=telling.tell,
        )
    if not settings.quiet:
        sys.stderr.write(f"mmi: {_told(built.records, built.pictures, built.without)}\n")
    sys.stdout.write(f"{output}\n")
    if open_:
        typer.launch(output.absolute().as_uri())


def _told(records: int, pictures: int, without: int) -> str:
    told = [
        f"{records:,} record{'s' if records != 1 else ''}",
        f"{pictures:,} file{'s' if pictures != 1 else ''} beside the page",
    ]
    if without:
        told.append(f"{without:,} file{'s' if without != 1 else ''} with a note why something of it is not shown")
    return ", ".join(told)


class _Telling:
    """One line on a terminal that says how many files are drawn."""

    def __init__(self, *, is_on: bool) -> None:
        self._is_on = is_on

    def __enter__(self) -> _Telling:
        return self

    def __exit__(self, *_: object) -> None:
        if self._is_on:
            sys.stderr.write("\r\x1b[K")

    def tell(self, done: int, total: int) -> None:
        if self._is_on:
            sys.stderr.write(f"\rmmi: {done:,} of {total:,} files drawn")
            sys.stderr.flush()
