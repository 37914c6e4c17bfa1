"""`mmi eval`: quality against labelled truth."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import ExitCode, UsageError

if TYPE_CHECKING:
    from rich.table import Table

    from ..evaluate.evaluation import Evaluation


class Unlabelled(StrEnum):
    """What it means that a label holds nothing for a field."""

    ABSENT = "absent"
    UNKNOWN = "unknown"


_LEAST_COLUMNS = 90
"""Below that a terminal breaks the lines of the table itself: numbers cut to `0.8…` would tell nothing."""

Results = Annotated[Path, typer.Argument(metavar="RESULTS", help="results.jsonl, or its folder.", show_default=False)]
Labels = Annotated[
    Path,
    typer.Argument(
        metavar="LABELS", show_default=False,
        help='JSON lines {"file": …, "fields": {…}}, one NAME.labels.json, or a folder of these.',
    ),
]  # fmt: skip
Null = Annotated[Unlabelled, typer.Option(help="A labelled null: there is no such value, or nobody looked.")]
Missing = Annotated[Unlabelled, typer.Option(help="A field that a label does not name, likewise.")]


def evaluate(
    results: Results,
    labels: Labels,
    null: Null = Unlabelled.ABSENT,
    missing: Missing = Unlabelled.UNKNOWN,
    worst: Annotated[
        int, typer.Option("--worst", metavar="N", min=0, help="Also show N wrong values, the most confident first.")
    ] = 0,
    reliability: Annotated[
        bool, typer.Option("--reliability", help="Also show how often values of each confidence are right.")
    ] = False,
    plot: Annotated[
        Path | None, typer.Option("--plot", metavar="FILE.svg", help="Draw that as a picture.", show_default=False)
    ] = None,
    asserted: Annotated[
        list[str] | None,
        typer.Option(
            "--assert",
            metavar="CONDITION",
            show_default=False,
            help="Exit code 5 where it does not hold: 'f1 >= 0.9', 'fields.total.f1 > 0.95'. May be repeated.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Precision, recall and F1 of each field, and what the confidences are worth.

    Example: mmi eval out labels.jsonl --worst 20 --assert 'f1 >= 0.9'

    A measure in a condition is a key of --json, with dots: accepted_at_98.share, fields.total.recall.
    """
    from ..evaluate.assertions import broken, parse_assertion
    from ..evaluate.evaluation import evaluate as compare
    from ..evaluate.evaluation import read_records
    from ..evaluate.labels import read_labels

    assertions = tuple(parse_assertion(source) for source in asserted or ())
    if plot is not None:
        check_writable(plot, suffix=".svg")
    truth = read_labels(labels)
    result = compare(read_records(results), truth, null=null.value, missing=missing.value)
    facts = result.to_json()
    told = list(broken(assertions, facts))
    if plot is not None:
        from ..evaluate.reliability import reliability_svg

        write_whole(plot, reliability_svg(result.judged, name=f"{result.documents} documents"))
    if as_json:
        sys.stdout.write(json.dumps(facts, ensure_ascii=False, indent=2) + "\n")
    else:
        _print(result, facts, worst=worst, has_reliability=reliability)
    sys.stdout.flush()
    for line in told:
        sys.stderr.write(f"mmi: does not hold: {line}\n")
    if told:
        raise typer.Exit(ExitCode.ASSERTION)


def check_writable(path: Path, *, suffix: str | None = None) -> None:
    """Refuses a place for a file before any work is done for it.

    Raises:
        UsageError: another suffix, a folder, or nowhere.
    """
    if suffix is not None and path.suffix.lower() != suffix:
        raise UsageError(f"{path}: the name must end in {suffix}")
    if path.is_dir():
        raise UsageError(f"{path} is a folder; name a file")
    if not path.absolute().parent.is_dir():
        raise UsageError(f"{path}: there is no folder {path.parent}")


def write_whole(path: Path, text: str) -> None:
    """Writes a file whole or not at all."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        partial.write_text(text, "utf-8")
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _print(result: Evaluation, facts: dict[str, Any], *, worst: int, has_reliability: bool) -> None:
    from rich.console import Console
    from rich.table import Table

    from ..console import printable

    console = Console(highlight=False, soft_wrap=True)
    console.width = max(console.width, _LEAST_COLUMNS)
    table = Table(box=None, header_style="bold", padding=(0, 2, 0, 0))
    table.add_column("field")
    for title in ("precision", "recall", "F1", "F1 fuzzy", "right", "wrong", "missed"):
        table.add_column(title, justify="right")
    for name, row in facts["fields"].items():
        _add_row(table, name, row)
        if "rows" in row:
            _add_row(table, "  whole rows", row["rows"], style="dim")
        for path, member in row.get("members", {}).items():
            _add_row(table, f"  {path}", member, style="dim")
    table.add_section()
    total = result.overall(result.exact)
    counts = {"right": total.right, "wrong": total.wrong, "missed": total.missed}
    _add_row(table, "all", {**facts, **counts}, style="bold")
    console.print(table)
    console.print(f"{result.documents} documents, {result.documents_right} wholly right")
    for count, what in (
        (result.without_label, "records have no label"),
        (result.without_record, "labels have no record"),
    ):
        if count:
            console.print(f"[yellow]{count} {what}[/]")
    if result.unscored_fields:
        names = printable(", ".join(result.unscored_fields))
        console.print(f"labelled fields that no record has: {names}", style="yellow", markup=False)
    for what, share in _evidence(facts):
        console.print(f"{what}: {share}")
    console.print(f"calibration error {_share(facts['ece'])} · AUROC {_share(facts['auroc'])}")
    for percent in (95, 98, 99):
        accepted = facts[f"accepted_at_{percent}"]
        at = f", from confidence {accepted['threshold']:.3f} on" if accepted["threshold"] is not None else ""
        console.print(f"{_share(accepted['share'])} of the values can be accepted unseen at {percent} % right{at}")
    if has_reliability:
        from ..evaluate.reliability import reliability_lines

        console.print()
        for line in reliability_lines(result.judged, has_blocks="utf" in console.encoding.lower()):
            console.print(line, markup=False, no_wrap=True, crop=False)
    for miss in sorted(result.misses, key=lambda miss: -miss.confidence)[:worst]:
        console.print(
            printable(f"{miss.confidence:.2f} {miss.path} {miss.field}: {miss.value!r} should be {miss.truth!r}"),
            markup=False, soft_wrap=True,
        )  # fmt: skip


def _add_row(table: Table, name: str, row: dict[str, Any], *, style: str = "") -> None:
    from rich.markup import escape

    table.add_row(
        escape(name),
        *(_share(row.get(key)) if key in row else "" for key in ("precision", "recall", "f1", "fuzzy_f1")),
        *(str(row[key]) for key in ("right", "wrong", "missed")),
        style=style,
    )


def _evidence(facts: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield "extracted values with evidence", _share(facts["grounded"])
    if facts["evidence_on_labelled_line"] is not None:
        yield "right values whose evidence lies on the labelled line", _share(facts["evidence_on_labelled_line"])
    for key, what in (("evidence_boxes", "box"), ("evidence_times", "time")):
        found = facts[key]
        if found["compared"]:
            overlap = f" (overlap {found['iou']:.2f})" if found["iou"] is not None else ""
            yield (
                f"right values whose evidence lies on the labelled {what}",
                f"{_share(found['on_place'])} of {found['compared']}{overlap}",
            )


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
