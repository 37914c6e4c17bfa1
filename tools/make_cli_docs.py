"""Writes docs/cli.md from the commands and settings themselves; `--check` says whether it is up to date."""

from __future__ import annotations

import inspect
import sys
from pathlib import Path
from typing import Any

import typer.main

from mmi_cli.cli.app import app
from mmi_cli.errors import ExitCode
from mmi_cli.settings import Settings

TARGET = Path(__file__).parents[1] / "docs" / "cli.md"
MEANING = {
    ExitCode.OK: "every file done",
    ExitCode.INTERNAL: "internal error",
    ExitCode.USAGE: "bad flag, settings or schema; found before any file is opened",
    ExitCode.SOME_FAILED: "finished, some files failed (`--fail-on never|any|RATE` moves the line)",
    ExitCode.STOPPED: "stopped: storage or a required engine is down, or another run holds the output",
    ExitCode.ASSERTION: "an assertion did not hold",
    ExitCode.INTERRUPTED: "interrupted (Ctrl-C); the same command goes on from there",
    ExitCode.TERMINATED: "terminated; the same command goes on from there",
}


def document() -> str:
    """The whole page."""
    lines = [
        "# Command line",
        "",
        "Written by `tools/make_cli_docs.py` from the program itself; a test fails when it is out of date.",
        "",
    ]
    for name, command in commands(typer.main.get_command(app), "mmi"):
        lines += [f"## `{name}`", "", inspect.cleandoc(command.help or "").replace("\b", ""), ""]
        rows = [row for parameter in command.params if (row := option_row(parameter))]
        if rows:
            lines += ["| option | meaning |", "|---|---|", *rows, ""]
    lines += ["## Exit codes", "", "| code | meaning |", "|---|---|"]
    lines += [f"| {int(code)} | {MEANING[code]} |" for code in ExitCode]
    lines += [
        "",
        "## Settings",
        "",
        "Flags > `MMI_*` environment variables > `mmi.yaml` > defaults. `mmi config show` tells where each value came from.",
        "",
        "| setting | default | meaning |",
        "|---|---|---|",
    ]
    for name, field in Settings.model_fields.items():
        default = field.get_default(call_default_factory=True)
        shown = "" if default in (None, ()) else str(default).replace(str(Path.home()), "~")
        lines.append(f"| `{name}` | {shown and f'`{shown}`'} | {cell(field.description or '')} |")
    return "\n".join(lines) + "\n"


def commands(command: Any, path: str) -> list[tuple[str, Any]]:
    """Every command below one, with its full name, groups first."""
    found = [(path, command)]
    for name, child in getattr(command, "commands", {}).items():
        found += commands(child, f"{path} {name}")
    return found


def option_row(parameter: Any) -> str | None:
    """A table row for an option or argument; None for `--help`."""
    if parameter.name == "help":
        return None
    is_option = parameter.param_type_name == "option"
    names = ", ".join(f"`{name}`" for name in parameter.opts) if is_option else ""
    value = f"`{parameter.metavar or ('' if is_option else parameter.name.upper())}`".replace("``", "")
    shown = f"{names} {value}".strip()
    return f"| {cell(shown)} | {cell(getattr(parameter, 'help', None) or '')} |"


def cell(text: str) -> str:
    """Text that a markdown table cell can hold."""
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(
            0 if TARGET.read_text("utf-8") == document() else "docs/cli.md is out of date: run tools/make_cli_docs.py"
        )
    TARGET.write_text(document(), "utf-8")
