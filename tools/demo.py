"""The demo: runs `mmi` on every sample as a user would, then shows each value, where it stands and whether it is right."""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from mmi_cli.console import place_of, printable
from mmi_cli.datamodel.record import Evidence
from mmi_cli.evaluate.evaluation import Evaluation, Miss, evaluate
from mmi_cli.evaluate.labels import Label

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "sample_data"
OUTPUT = ROOT / "demo-out"
MAX_VALUE = 60
ROWS_DRAWN = 5


def main() -> int:
    """Runs and shows; 0 when every run ended well and at least half of the scored values are right."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--picture", metavar="FILE", help="also draw an excerpt as SVG, as the README shows it")
    picture = parser.parse_args().picture
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 140)
    truth = read_truth()
    by_schema: dict[str, list[str]] = defaultdict(list)
    for path, (schema, _) in truth.items():
        by_schema[schema].append(path)
    started = time.monotonic()
    table, excerpt = new_table(), new_table()
    right = wrong = 0
    for schema, paths in sorted(by_schema.items()):
        out = OUTPUT / schema
        command = ["mmi", "run", *paths, "--schema", schema, "--output", str(out.relative_to(ROOT)), "--content"]
        console.print(f"[dim]$ {escape(' '.join(command))}[/]", soft_wrap=True)
        subprocess.run([str(Path(sys.executable).with_name("mmi")), *command[1:]], cwd=ROOT, check=True)
        for line in (out / "results.jsonl").read_text("utf-8").splitlines():
            record = json.loads(line)
            path = next(path for path in paths if record["source"]["uri"].endswith("/" + path))
            known = truth[path][1]
            result = evaluate([record], (Label(file=record["source"]["path"], fields=known),))
            rows = table_rows(path.removeprefix("sample_data/"), record, known, result)
            for number, row in enumerate(rows):
                table.add_row(*row)
                if number < ROWS_DRAWN:
                    excerpt.add_row(*row)
            table.add_section()
            total = result.overall(result.exact)
            right, wrong = right + total.right, wrong + total.missed
    console.print(table)
    seconds = time.monotonic() - started
    share = f"{right} of {right + wrong}"
    console.print(f"[bold]{share} values whose truth is known are right[/]; {seconds:.0f} s in all")
    if picture:
        with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
            drawn = Console(highlight=False, width=140, record=True, file=nowhere, force_terminal=True)
            drawn.print(excerpt)
            drawn.print(f"[bold]{share} values whose truth is known are right[/]; {seconds:.0f} s in all")
        drawn.save_svg(picture, title=f"make demo: the first {ROWS_DRAWN} values of each file")
    console.print(f"The records, with the evidence of every value: {OUTPUT.relative_to(ROOT)}/*/results.jsonl")
    return 0 if right and right >= wrong else 1


def new_table() -> Table:
    table = Table(box=None, header_style="bold", padding=(0, 2, 0, 0))
    for title in ("file", "field", "value", "conf.", "where it stands", ""):
        table.add_column(title, overflow="fold", justify="right" if title == "conf." else "left")
    return table


def read_truth() -> dict[str, tuple[str, dict[str, Any]]]:
    """Sample file, relative to the project → its schema and the values that are known."""
    truth = {}
    for labels in sorted(SAMPLES.glob("*/labels.jsonl")):
        for line in labels.read_text("utf-8").splitlines():
            label = json.loads(line)
            path = (labels.parent / label["file"]).relative_to(ROOT).as_posix()
            truth[path] = (label["schema"], label["fields"])
    return truth


def table_rows(path: str, record: dict[str, Any], known: dict[str, Any], result: Evaluation) -> list[tuple[str, ...]]:
    """One row a value, and one a labelled value that was not found."""
    misses = list(result.misses)
    rows: list[tuple[str, ...]] = []
    for name, value, confidence, where in rows_of(record["fields"]):
        top = re.split(r"[.\[]", name)[0]
        mark = ""
        if top in known:
            miss = take(misses, name, value)
            mark = "[green]✓[/]" if miss is None else f"[red]✗[/] {short(miss.truth)}"
        if value is None and top not in known:
            continue
        rows.append((escape(path), escape(name), short(value), f"{confidence:.2f}", escape(where), mark))
        path = ""
    for miss in misses:
        rows.append((escape(path), escape(miss.field), "[dim]–[/]", "", "", f"[red]✗[/] {short(miss.truth)}"))
        path = ""
    return rows


def take(misses: list[Miss], name: str, value: Any) -> Miss | None:
    """The miss that a row is, taken out of the list."""
    plain = re.sub(r"\[\d+\]", "", name)
    for miss in misses:
        if miss.field == plain and miss.value == value:
            misses.remove(miss)
            return miss
    return None


def rows_of(fields: dict[str, Any], path: str = "") -> list[tuple[str, Any, float, str]]:
    """(path, value, confidence, place) of every leaf of a record's JSON."""
    rows = []
    for name, value in fields.items():
        here = f"{path}.{name}" if path else name
        if "evidence" in value:
            places = [place_of(Evidence(**piece)) for piece in value["evidence"][:2]]
            rows.append((here, value["value"], value["confidence"], "; ".join(places) if places else "–"))
        elif value["type"] == "object":
            rows += rows_of(value["value"], here)
        else:
            for index, item in enumerate(value["value"]):
                if "evidence" in item:
                    rows += rows_of({f"{here}[{index}]": item})
                else:
                    rows += rows_of(item, f"{here}[{index}]")
    return rows


def short(value: Any) -> str:
    """A value for a cell of the table."""
    if value is None:
        return "[dim]–[/]"
    text = printable(str(value))
    return escape(text if len(text) <= MAX_VALUE else text[: MAX_VALUE - 1] + "…")


if __name__ == "__main__":
    sys.exit(main())
