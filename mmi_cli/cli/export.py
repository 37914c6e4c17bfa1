"""`mmi export`: results as a table."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from ..errors import UsageError
from . import options as o


def export(
    dest: o.Dest,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            show_default=False,
            help="The table; default stdout. Its ending says the format.",
        ),
    ] = None,
    format_: Annotated[
        Literal["csv", "jsonl", "parquet"] | None,
        typer.Option("--format", "-f", show_default=False, help="csv (default), flat JSON lines, or Parquet."),
    ] = None,
    rows: Annotated[
        str | None,
        typer.Option(
            "--rows", metavar="FIELD", show_default=False, help="One row an item of this list, such as line_items."
        ),
    ] = None,
    schema: Annotated[
        str | None,
        typer.Option("--schema", "-s", metavar="NAME", show_default=False, help="Only records of this schema."),
    ] = None,
    confidence: Annotated[
        bool, typer.Option("--confidence", help="A column with the confidence beside each value.")
    ] = False,
) -> None:
    """Results as a table: one row a record, or one an item of a list.

    Example: mmi export out --output receipts.csv
    """
    from ..report.export import BYTE_ORDER_MARK, FORMATS, Format, rows_of_list, rows_of_records, write_file, written
    from ..report.results import read_results

    ending = output.suffix.lower().removeprefix(".") if output is not None else ""
    by_ending: Format = next((each for each in FORMATS if each == ending), "csv")
    chosen: Format = format_ if format_ is not None else by_ending
    if chosen == "parquet" and output is None and sys.stdout.isatty():
        raise UsageError("Parquet is no text for a terminal; name a file with --output")
    records = read_results(dest).records
    names = sorted({record["schema"]["name"] for record in records})
    if schema is not None and schema not in names:
        raise UsageError(f"--schema {schema}: no record of it; there are: {', '.join(names) or 'none'}")
    kept = [record for record in records if schema is None or record["schema"]["name"] == schema]
    table = list(
        rows_of_list(kept, rows, confidence=confidence) if rows else rows_of_records(kept, confidence=confidence)
    )
    data = written(table, chosen)
    if output is not None:
        write_file(output, (BYTE_ORDER_MARK if chosen == "csv" else b"") + data)
        sys.stderr.write(f"mmi: {len(table):,} rows → {output}\n")
        return
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
