"""The commands by name: each is imported when it is asked for, so that none waits for the others."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, MutableMapping
from typing import Any

import typer.core
import typer.main

COMMANDS: dict[str, tuple[str, str]] = {
    "run": ("run:run", "Every file of a folder or blob container → one JSON line a file."),
    "extract": (
        "extract:extract",
        "One file, or one folder for a schema of cases → its record on stdout: pretty on a terminal, one line in a pipe.",
    ),
    "read": (
        "read:read",
        "What stands in a file: markdown, JSON with the place of every word, subtitles, chapters, text, Chart.js, chunks or AnalyzeResult.",
    ),
    "merge": (
        "merge:merge",
        "Shards of `mmi run --shard I/N` → what one run would have written, byte for byte; reads no file, loads no engine.",
    ),
    "plan": (
        "plan:plan",
        "What a run would do: files, bytes, pages, minutes, what would be skipped and why, expected time and model calls.",
    ),
    "status": ("status:status", "How far a run is, who does it, what failed; while it goes on and after it."),
    "retry": (
        "retry:retry",
        "Does the failures of a run again, however often they were tried, with the options and settings of that run.",
    ),
    "eval": ("evaluate:evaluate", "Precision, recall and F1 of each field, and what the confidences are worth."),
    "calibrate": (
        "calibrate:calibrate",
        "Fits the confidence to about thirty labelled files of your own, from the records of a run over them.",
    ),
    "report": (
        "report:report",
        "A run as one HTML page that shows each value where it was found, and takes corrections.",
    ),
    "export": ("export:export", "Results as a table: one row a record, or one an item of a list."),
    "embed": (
        "embed:embed",
        "Files, pages, passages, pictures, key frames and turns of speech → an index for `mmi search`.",
    ),
    "search": ("search:search", "Looks in an index by words, by picture, or by both; says where, and shows it."),
    "doctor": (
        "doctor:doctor",
        "The machine, the engines of the settings, their weights and the programs that help; exit code 4 when something needed is missing.",
    ),
    "schema": ("schema:app", "Schemas: what to fill."),
    "models": ("models:app", "Model weights: fetched from verified sources, accepted by SHA-256 only."),
    "config": ("config:app", "The settings: flags > MMI_* environment > mmi.yaml > defaults."),
}
"""Name → `module:function` or `module:app`, and the first line of its help."""


class OnDemand(MutableMapping[str, Any]):
    """Command name → command of typer, imported at its first use."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self._settings = settings
        self._made: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._made:
            module, _, attribute = COMMANDS[name][0].partition(":")
            target = getattr(importlib.import_module(f".{module}", __package__), attribute)
            if isinstance(target, typer.Typer):
                command: Any = typer.main.get_group(target)
            else:
                alone = typer.Typer(add_completion=False, **self._settings)
                alone.command(name)(target)
                command = typer.main.get_command(alone)
            command.name = name
            self._made[name] = command
        return self._made[name]

    def __setitem__(self, name: str, command: Any) -> None:
        self._made[name] = command

    def __delitem__(self, name: str) -> None:
        del self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys((*COMMANDS, *self._made)))

    def __len__(self) -> int:
        return len(list(iter(self)))

    def __contains__(self, name: object) -> bool:
        return name in COMMANDS or name in self._made


class Commands(typer.core.TyperGroup):
    """The group of all commands; its own help page names them without importing them."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.commands = OnDemand({"context_settings": given.get("context_settings"), "rich_markup_mode": None})

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        width = max(map(len, COMMANDS))
        limit = formatter.width - 6 - width
        with formatter.section("Commands"):
            formatter.write_dl([(name, _short(text, limit)) for name, (_, text) in COMMANDS.items()])


def _short(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 3].rstrip() + "..."
