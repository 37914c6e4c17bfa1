"""`mmi status`: how far a run is, from outside."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from ..runner.output import Output
    from ..runner.state.run_status import RunStatus

Destination = Annotated[
    str, typer.Argument(metavar="DEST", show_default=False, help="What the run has as --output: a folder, a .jsonl file, an az:// prefix.")
]  # fmt: skip
_LOOK_S = 2.0


def status(
    dest: Destination,
    watch: Annotated[
        bool, typer.Option("--watch", "-w", help="Look again every two seconds until the run has ended.")
    ] = False,
    json_: Annotated[bool, typer.Option("--json", help="One JSON object for each look.")] = False,
) -> None:
    """How far a run is, who does it, what failed; while it goes on and after it. Reads only; the run does not notice.

    Example: mmi status out --watch
    """
    from ..runner.state.run_status import read_status

    output = output_at(dest)
    if json_ or not (watch and sys.stdout.isatty()):
        while True:
            now = read_status(output)
            sys.stdout.write(
                (json.dumps(now.to_json(), ensure_ascii=False) if json_ else _line_or_page(now, watch)) + "\n"
            )
            sys.stdout.flush()
            if not watch or not _goes_on(now):
                return
            time.sleep(_LOOK_S)
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

    with Live(console=Console(highlight=False), auto_refresh=False) as live:
        while True:
            now = read_status(output)
            live.update(Text(_page(now)), refresh=True)
            if not _goes_on(now):
                return
            time.sleep(_LOOK_S)


def output_at(dest: str) -> Output:
    """The output that a run was given."""
    from ..runner.output import parse_output

    return parse_output(dest, cache=Path.home() / ".cache" / "mmi" / "runs")


def _goes_on(now: RunStatus) -> bool:
    return now.state in ("listing", "running", "unknown")


def _line_or_page(now: RunStatus, watch: bool) -> str:
    if not watch:
        return _page(now)
    return f"{now.state}: {now.done} of {now.files} files done{_failed(now)}{_pace(now)}"


def _page(now: RunStatus) -> str:
    from ..console import printable

    who = {True: "alive", False: "not alive", None: "of another machine"}[now.is_alive]
    lines = [
        f"{now.state} · process {now.pid} on {printable(now.host)}, {who} · since {_clock(now.started_s)}"
        + (f" until {_clock(now.ended_s)}" if now.ended_s is not None else ""),
        f"{now.done} of {now.files} files done, {now.pending} to do{_pace(now)}",
        "records: " + (", ".join(f"{count} {status}" for status, count in now.records.items()) or "none"),
    ]
    if now.failed:
        lines.append("failed: " + ", ".join(f"{count} {code}" for code, count in now.failed.items()))
    lines += [f"  {printable(each.path)}: {each.code}: {printable(each.message)}" for each in now.failures]
    if now.is_copy:
        lines.append("(as it was last copied beside the results)")
    if now.state == "stopped":
        lines.append(
            "the same `mmi run` goes on from there"
            + ("; `mmi retry` does the failures again, too" if now.failed else "")
        )
    elif now.failed and now.state == "finished":
        lines.append("`mmi retry` does the failures again")
    return "\n".join(lines)


def _failed(now: RunStatus) -> str:
    count = sum(now.failed.values())
    return f", {count} failed" if count else ""


def _pace(now: RunStatus) -> str:
    pace = f" · {now.files_per_minute:.1f} files/min" if now.files_per_minute is not None else ""
    return pace + (f" · about {_duration(now.left_s)} left" if now.left_s is not None else "")


def _duration(seconds: float) -> str:
    minutes = round(seconds / 60)
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"


def _clock(seconds: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(seconds))
