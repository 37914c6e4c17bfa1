"""`mmi eval`: quality against labelled truth."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from ..evaluate.evaluation import Evaluation


class Unlabelled(StrEnum):
    """What it means that a label holds nothing for a field."""

    ABSENT = "absent"
    UNKNOWN = "unknown"


def evaluate(
    results: Annotated[
        Path, typer.Argument(metavar="RESULTS", help="results.jsonl, or its folder.", show_default=False)
    ],
    labels: Annotated[
        Path, typer.Argument(metavar="LABELS", help='One line a file: {"file": …, "fields": {…}}.', show_default=False)
    ],
    null: Annotated[
        Unlabelled, typer.Option(help="A labelled null: there is no such value, or nobody looked.")
    ] = Unlabelled.ABSENT,
    missing: Annotated[
        Unlabelled, typer.Option(help="A field that a label does not name, likewise.")
    ] = Unlabelled.UNKNOWN,
    worst: Annotated[
        int, typer.Option("--worst", metavar="N", help="Also show N wrong values, the most confident first.")
    ] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Precision, recall and F1 of each field, and what the confidences are worth.

    Example: mmi eval out labels.jsonl --worst 20
    """
    from ..evaluate.evaluation import evaluate as compare
    from ..evaluate.evaluation import read_records
    from ..evaluate.labels import read_labels

    truth = read_labels(labels)
    result = compare(read_records(results), truth, null=null.value, missing=missing.value)
    if as_json:
        sys.stdout.write(json.dumps(result.to_json(), ensure_ascii=False, indent=2) + "\n")
        return
    _print(result, worst)


def _print(result: Evaluation, worst: int) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from ..console import printable

    console = Console(highlight=False, soft_wrap=True)
    facts = result.to_json()
    table = Table(box=None, header_style="bold", padding=(0, 2, 0, 0))
    table.add_column("field")
    for title in ("precision", "recall", "F1", "F1 fuzzy", "right", "wrong", "missed"):
        table.add_column(title, justify="right")
    rows = [*facts["fields"].items()]
    for name, row in rows:
        table.add_row(
            escape(name),
            *(_share(row[key]) for key in ("precision", "recall", "f1", "fuzzy_f1")),
            *(str(row[key]) for key in ("right", "wrong", "missed")),
        )
    total = result.overall(result.exact)
    table.add_section()
    table.add_row(
        "all", *(_share(facts[key]) for key in ("precision", "recall", "f1", "fuzzy_f1")),
        str(total.right), str(total.wrong), str(total.missed), style="bold",
    )  # fmt: skip
    console.print(table)
    console.print(f"{result.documents} documents, {result.documents_right} wholly right")
    for count, what in (
        (result.without_label, "records have no label"),
        (result.without_record, "labels have no record"),
    ):
        if count:
            console.print(f"[yellow]{count} {what}[/]")
    console.print(f"extracted values with evidence: {_share(facts['grounded'])}")
    if facts["evidence_on_labelled_line"] is not None:
        console.print(
            f"right values whose evidence lies on the labelled line: {_share(facts['evidence_on_labelled_line'])}"
        )
    console.print(f"calibration error {_share(facts['ece'])} · AUROC {_share(facts['auroc'])}")
    for percent in (95, 98, 99):
        accepted = facts[f"accepted_at_{percent}"]
        at = f", from confidence {accepted['threshold']:.3f} on" if accepted["threshold"] is not None else ""
        console.print(f"{_share(accepted['share'])} of the values can be accepted unseen at {percent} % right{at}")
    for miss in sorted(result.misses, key=lambda miss: -miss.confidence)[:worst]:
        console.print(
            printable(f"{miss.confidence:.2f} {miss.path} {miss.field}: {miss.value!r} should be {miss.truth!r}"),
            markup=False, soft_wrap=True,
        )  # fmt: skip


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
