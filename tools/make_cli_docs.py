"""Writes docs/cli.md and docs/settings.md from the commands and settings themselves; `--check` says whether they are up to date."""

from __future__ import annotations

import inspect
import sys
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import typer.main

sys.path.insert(0, str(Path(__file__).parents[1]))  # the program beside this file, not one that is installed

from mmi_cli.cli.app import app
from mmi_cli.errors import ExitCode
from mmi_cli.settings import Settings

DOCS = Path(__file__).parents[1] / "docs"
MEANING = {
    ExitCode.OK: "every file done",
    ExitCode.INTERNAL: "internal error",
    ExitCode.USAGE: "bad flag, settings or schema; found before any file is opened",
    ExitCode.SOME_FAILED: "finished, some files failed (`--fail-on never|any|RATE` moves the line)",
    ExitCode.STOPPED: "stopped: storage or a required engine is down, or another run holds the output",
    ExitCode.ASSERTION: "an `--assert` did not hold, or `mmi calibrate` found nothing that helps",
    ExitCode.INTERRUPTED: "interrupted (Ctrl-C); the same command goes on from there",
    ExitCode.TERMINATED: "terminated; the same command goes on from there",
}


def command_line() -> str:
    """The page of the commands."""
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
    lines += ["", "Every flag that is a setting is also one of [the settings](settings.md)."]
    return "\n".join(lines) + "\n"


def settings() -> str:
    """The page of the settings."""
    lines = [
        "# Settings",
        "",
        "Written by `tools/make_cli_docs.py` from the program itself; a test fails when it is out of date.",
        "",
        "Each can be given in four ways; the first that is there counts:",
        "",
        "1. a flag: `--set NAME=VALUE`, or its own where there is one (`--jobs 4`; see [the command line](cli.md))",
        "2. the environment: `MMI_` and the name in capitals (`MMI_JOBS=4`)",
        "3. a line of `mmi.yaml` in the working folder, or of the file that `--config` names (`jobs: 4`)",
        "4. the default",
        "",
        "`mmi config show` tells the values in force and where each came from. `openai_api_key` is taken from the environment only, and no",
        "secret is ever shown.",
        "",
        "| setting | default | range | meaning |",
        "|---|---|---|---|",
    ]
    for name, field in Settings.model_fields.items():
        default = field.get_default(call_default_factory=True)
        shown = (
            ""
            if default in (None, ())
            else str(default).lower()
            if isinstance(default, bool)
            else str(default).replace(str(Path.home()), "~")
        )
        lines.append(
            f"| `{name}` | {shown and f'`{shown}`'} | {cell(allowed(field))} | {cell(field.description or '')} |"
        )
    return "\n".join(lines) + "\n"


def allowed(field: Any) -> str:
    """What a setting may be, where that is not any text."""
    if get_origin(field.annotation) is Literal:
        return " ".join(f"`{each}`" for each in get_args(field.annotation))
    if field.annotation is bool:
        return "`true` `false`"
    bounds = {type(each).__name__: each for each in field.metadata}
    low, over, high = (getattr(bounds.get(key), key.lower(), None) for key in ("Ge", "Gt", "Le"))
    if low is not None and high is not None:
        return f"{low} to {high}"
    return f"from {low}" if low is not None else f"above {over}" if over is not None else ""


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


PAGES = {"cli.md": command_line, "settings.md": settings}

if __name__ == "__main__":
    for page, write in PAGES.items():
        if "--check" not in sys.argv:
            (DOCS / page).write_text(write(), "utf-8")
        elif not (DOCS / page).is_file() or (DOCS / page).read_text("utf-8") != write():
            sys.exit(f"docs/{page} is out of date: run tools/make_cli_docs.py")
