"""`mmi merge`: shards into one result."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ..errors import ExitCode
from . import options as o


def merge(
    destination: Annotated[
        str,
        typer.Argument(
            metavar="DEST",
            show_default=False,
            help="Where one run would have written: what the shards had as --output.",
        ),
    ],
    shards: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[SHARD]...",
            show_default=False,
            help="Shards, or outputs that hold some, where they do not lie in DEST: folders or az:// prefixes.",
        ),
    ] = None,
    allow_missing: Annotated[
        bool, typer.Option("--allow-missing", help="Leave out shards that are missing or not finished.")
    ] = False,
    allow_changed: Annotated[
        bool, typer.Option("--allow-changed", help="Put shards together that saw different inputs.")
    ] = False,
    fail_on: Annotated[
        str | None,
        typer.Option(
            "--fail-on",
            metavar="any|never|RATE",
            show_default=False,
            help="When failed files give exit code 3; as the shards had it when not given.",
        ),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")] = False,
) -> None:
    """Shards of `mmi run --shard I/N` → what one run would have written, byte for byte; reads no file, loads no engine.

    Example: mmi run in/ -s receipt -o out --shard 1/2; mmi run in/ -s receipt -o out --shard 2/2; mmi merge out

    Refuses shards of different schemas, settings, versions or inputs, and a shard that is missing, not finished or there twice. Exit
    codes: those of the run.
    """  # fmt: skip
    rate = o.check_fail_on(fail_on) if fail_on is not None else None

    from ..console import printable
    from ..runner.output import parse_output
    from ..runner.parts.merge import merge as put_together

    def note(message: str) -> None:
        if not quiet:
            sys.stderr.write(f"mmi: {printable(message)}\n")

    output = parse_output(destination, cache=Path.home() / ".cache" / "mmi" / "runs")
    report = put_together(output, shards or (), allow_missing=allow_missing, allow_changed=allow_changed, note=note)
    told = ", ".join(f"{count} {status}" for status, count in sorted(report.counts.items()))
    where = "stdout" if output.is_stdout else destination.split("?")[0]
    left_out = f"; left out: {', '.join(map(str, report.missing))}" if report.missing else ""
    note(f"{sum(report.counts.values())} records of {report.shards} shards ({told or 'none'}) → {where}{left_out}")
    if fail_on is None:
        rate = o.check_fail_on(report.fail_on)
    failed, total = report.counts["failed"], sum(report.counts.values())
    if rate is not None and failed and failed / total > rate:
        raise typer.Exit(ExitCode.SOME_FAILED)
