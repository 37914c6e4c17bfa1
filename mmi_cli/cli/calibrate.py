"""`mmi calibrate`: fits the confidences to a user's own labelled files."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import ExitCode
from .evaluate import Labels, Missing, Null, Results, Unlabelled, check_writable, write_whole

if TYPE_CHECKING:
    from ..evaluate.refitting import Refit, Samples

_FEW = 30
"""Documents below which a fit is told to be of few."""


def calibrate(
    results: Results,
    labels: Labels,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="Where to write the calibration; - for stdout.")
    ] = Path("calibration.json"),
    null: Null = Unlabelled.ABSENT,
    missing: Missing = Unlabelled.UNKNOWN,
    force: Annotated[
        bool, typer.Option("--force", help="Write it even where it does not help on documents it has not seen.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of the table.")] = False,
) -> None:
    """Fits the confidence to about thirty labelled files of your own, from the records of a run over them.

    Example: mmi calibrate out labels.jsonl && mmi run inbox/ -s invoice --calibration calibration.json

    Each document is also mapped by a fit to all the others: where that does not make the confidences truer, nothing is written and the
    exit code is 5.
    """
    if str(output) != "-":
        check_writable(output)

    from .. import __version__
    from ..evaluate.evaluation import read_records
    from ..evaluate.labels import read_labels
    from ..evaluate.refitting import calibration_file, refit, samples_of
    from ..evaluate.scoring import Rules

    samples = samples_of(read_records(results), read_labels(labels), Rules(null=null.value, missing=missing.value))
    found = refit(samples)
    is_written = found.helps or force
    text = calibration_file(found, samples, tool_version=__version__)
    if is_written and str(output) == "-":
        sys.stdout.write(text)
        told = sys.stderr
    else:
        told = sys.stdout
        if is_written:
            write_whole(output, text)
    if as_json:
        told.write(json.dumps(_facts(found, samples, is_written=is_written), indent=2) + "\n")
    else:
        _print(found, samples, told, where=str(output) if is_written else None)
    sys.stdout.flush()
    if not is_written:
        sys.stderr.write(f"mmi: not written: {_why(found)}; --force writes it all the same\n")
        raise typer.Exit(ExitCode.ASSERTION)


def _facts(found: Refit, samples: Samples, *, is_written: bool) -> dict[str, Any]:
    return {
        "documents": len(samples.documents),
        "values": len(samples.samples),
        "without_label": samples.without_label,
        "before": found.before.to_json(),
        "after": found.after.to_json(),
        "gain": round(found.gain, 4),
        "gain_error": round(found.gain_error, 4),
        "helps": found.helps,
        "written": is_written,
    }


def _why(found: Refit) -> str:
    if found.gain > found.gain_error:
        return "on documents that a fit has not seen the calibration error does not fall"
    return "on documents that a fit has not seen the confidences are no truer than before"


def _print(found: Refit, samples: Samples, stream: Any, *, where: str | None) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(file=stream, highlight=False, soft_wrap=True)
    table = Table(box=None, header_style="bold", padding=(0, 2, 0, 0))
    for title in ("", "calibration error", "AUROC", "log loss"):
        table.add_column(title, justify="right" if title else "left")
    for name, quality in (("as recorded", found.before), ("calibrated", found.after)):
        values = quality.ece, quality.auroc, quality.log_loss
        table.add_row(name, *("–" if value is None else f"{value:.3f}" for value in values))
    documents = len(samples.documents)
    console.print(f"{documents} documents, {len(samples.samples)} values; each document mapped by a fit without it:")
    console.print(table)
    console.print(f"log loss of a document falls by {found.gain:.3f} ± {found.gain_error:.3f}")
    if samples.without_label:
        console.print(f"[yellow]{samples.without_label} records have no label[/]")
    if documents < _FEW:
        console.print(
            f"[yellow]few documents: these numbers are rough, and the fit changes little[/] ({_FEW} are better)"
        )
    if where is not None:
        shown = "" if where == "-" else f"; use it: mmi run … --calibration {where}"
        console.print(f"wrote {'stdout' if where == '-' else where}{shown}", markup=False)
