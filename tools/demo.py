"""The demo: runs `mmi` on every sample as a user would, then shows each value, where it stands and whether it is right."""

from __future__ import annotations

import json
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

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "sample_data"
OUTPUT = ROOT / "demo-out"


def main() -> int:
    """Runs and shows; 0 when every run ended well and at least half of the scored values are right."""
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 130)
    truth = read_truth()
    by_schema: dict[str, list[str]] = defaultdict(list)
    for path, (schema, _) in truth.items():
        by_schema[schema].append(path)
    started = time.monotonic()
    table = Table(box=None, header_style="bold", padding=(0, 2, 0, 0))
    for title in ("file", "field", "value", "conf.", "where it stands", ""):
        table.add_column(title, overflow="fold", justify="right" if title == "conf." else "left")
    right = scored = 0
    for schema, paths in sorted(by_schema.items()):
        out = OUTPUT / schema
        command = ["mmi", "run", *paths, "--schema", schema, "--output", str(out.relative_to(ROOT)), "--content"]
        console.print(f"[dim]$ {escape(' '.join(command))}[/]", soft_wrap=True)
        subprocess.run([str(Path(sys.executable).with_name("mmi")), *command[1:]], cwd=ROOT, check=True)
        for line in (out / "results.jsonl").read_text("utf-8").splitlines():
            record = json.loads(line)
            expected = expected_of(record["source"]["uri"], truth)
            for row in rows_of(record["fields"]):
                mark = ""
                if row[0] in expected:
                    scored += 1
                    is_right = same(row[1], expected[row[0]])
                    right += is_right
                    mark = "[green]✓[/]" if is_right else f"[red]✗[/] {escape(str(expected[row[0]]))}"
                shown = "[dim]–[/]" if row[1] is None else escape(printable(str(row[1])))
                table.add_row(escape(record["source"]["path"]), row[0], shown, f"{row[2]:.2f}", escape(row[3]), mark)
            table.add_section()
    console.print(table)
    seconds = time.monotonic() - started
    console.print(f"[bold]{right} of {scored} values that have a known truth are right[/]; {seconds:.0f} s")
    console.print(f"Records with the evidence of every value: {OUTPUT.relative_to(ROOT)}/*/results.jsonl")
    return 0 if scored and right / scored >= 0.5 else 1


def read_truth() -> dict[str, tuple[str, dict[str, Any]]]:
    """Sample file, relative to the project → its schema and the values that are known."""
    truth = {}
    for labels in sorted(SAMPLES.glob("*/labels.jsonl")):
        for line in labels.read_text("utf-8").splitlines():
            label = json.loads(line)
            path = (labels.parent / label["file"]).relative_to(ROOT).as_posix()
            truth[path] = (label["schema"], label["fields"])
    return truth


def expected_of(uri: str, truth: dict[str, tuple[str, dict[str, Any]]]) -> dict[str, Any]:
    """Known leaf values of the file behind a record, by dotted path."""
    fields = next((fields for path, (_, fields) in truth.items() if uri.endswith("/" + path)), {})
    return dict(flatten("", fields))


def flatten(path: str, value: Any) -> list[tuple[str, Any]]:
    """Plain values by dotted path with row numbers."""
    if isinstance(value, dict):
        return [leaf for name, member in value.items() for leaf in flatten(f"{path}.{name}" if path else name, member)]
    if isinstance(value, list):
        return [leaf for index, member in enumerate(value) for leaf in flatten(f"{path}[{index}]", member)]
    return [(path, value)]


def rows_of(fields: dict[str, Any], path: str = "") -> list[tuple[str, Any, float, str]]:
    """(path, value, confidence, place) of every leaf of a record's JSON."""
    rows = []
    for name, value in fields.items():
        here = f"{path}.{name}" if path else name
        if "evidence" in value:
            places = [place_of(Evidence(**{**piece, "match": piece["match"]})) for piece in value["evidence"][:2]]
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


def same(value: Any, expected: Any) -> bool:
    """Numbers to half a cent, texts without case and white space at the ends or doubled."""
    if isinstance(expected, int | float) and not isinstance(expected, bool) and isinstance(value, int | float):
        return abs(value - expected) < 0.005
    if isinstance(expected, str) and isinstance(value, str):
        return " ".join(value.split()).casefold().rstrip(".") == " ".join(expected.split()).casefold().rstrip(".")
    return bool(value == expected)


if __name__ == "__main__":
    sys.exit(main())
