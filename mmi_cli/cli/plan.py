"""`mmi plan`: a dry run."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from . import options as o

if TYPE_CHECKING:
    from ..runner.survey import PlannedFile, Totals


def plan(
    inputs: o.Inputs,
    schema: o.SchemaRefs,
    each: Annotated[bool, typer.Option("--each", help="One line a file with what it is and why we think so.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, with --each one a file before it.")] = False,
    include: o.Include = None,
    exclude: o.Exclude = None,
    since: o.Since = None,
    config: o.Config = None,
    set_: o.Set = None,
    password: o.Password = None,
    language_model: o.LanguageModel = None,
) -> None:
    """What a run would do: files, bytes, pages, minutes, what would be skipped and why, expected time and model calls.

    Example: mmi plan receipts/ --schema receipt --each
    """
    settings = o.settings_from(config=config, assignments=set_, passwords=password, language_model=language_model)
    schemas = o.load_schemas(schema)
    selection = o.selection_from(include, exclude, since)

    from ..runner.survey import Totals, survey
    from ..runner.workers.machine import default_jobs
    from ..storage.addresses import open_source

    totals = Totals()
    for planned in survey(open_source(inputs), schemas, settings, selection):
        totals.add(planned)
        if each:
            sys.stdout.write(json.dumps(_as_json(planned)) + "\n" if as_json else _as_line(planned) + "\n")
    jobs = settings.jobs or default_jobs()
    if as_json:
        sys.stdout.write(json.dumps(_totals_json(totals, jobs)) + "\n")
    else:
        _print_totals(totals, jobs)


def _as_line(planned: PlannedFile) -> str:
    from ..console import printable

    what = planned.detection.media_type if planned.detection else "?"
    why = planned.detection.reason if planned.detection else ""
    fate = f"skipped ({planned.skip})" if planned.skip else _extent(planned.extent.pages, planned.extent.minutes)
    return printable(f"{planned.file.path}\t{what}\t{fate}\t{why}").replace("\\t", "\t")


def _as_json(planned: PlannedFile) -> dict[str, Any]:
    return {
        "path": planned.file.path.encode("utf-8", "replace").decode(),
        "size_bytes": planned.file.size_bytes,
        "media_type": planned.detection.media_type if planned.detection else None,
        "reason": planned.detection.reason if planned.detection else None,
        "pages": planned.extent.pages,
        "minutes": round(planned.extent.minutes, 3),
        "model_calls": planned.model_calls,
        "skip": planned.skip,
    }


def _totals_json(totals: Totals, jobs: int) -> dict[str, Any]:
    return {
        "files": totals.files,
        "size_bytes": totals.size_bytes,
        "pages": totals.pages,
        "minutes": round(totals.minutes, 2),
        "model_calls": totals.model_calls,
        "formats": dict(totals.by_format.most_common()),
        "skipped": dict(totals.skipped.most_common()),
        "workers": jobs,
        "expected_seconds": round(totals.seconds / jobs),
    }


def _print_totals(totals: Totals, jobs: int) -> None:
    from rich.console import Console

    from ..console import printable

    console = Console(highlight=False)
    size = f"{totals.size_bytes / 1e6:,.1f} MB"
    console.print(f"[bold]{totals.files} files[/], {size}, {_extent(totals.pages, totals.minutes)}")
    for name, count in totals.by_format.most_common():
        console.print(f"  {count:>6} {name}")
    for reason, count in totals.skipped.most_common():
        console.print(f"  {count:>6} skipped: {printable(reason)}", markup=False)
    minutes = totals.seconds / jobs / 60
    expected = f"{minutes:.0f} min" if minutes >= 2 else f"{minutes * 60:.0f} s"
    console.print(f"about {expected} with {jobs} worker{'s' * (jobs > 1)}, at most {totals.model_calls} model calls")


def _extent(pages: int, minutes: float) -> str:
    parts = ([f"{pages} page{'s' * (pages != 1)}"] if pages else []) + ([f"{minutes:.1f} min"] if minutes else [])
    return ", ".join(parts) or "nothing to read"
