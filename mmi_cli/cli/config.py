"""`mmi config show`: the settings in force and where each came from."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

from . import options as o
from .streams import has_room_for_tables

app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="The settings: flags > MMI_* environment > mmi.yaml > defaults."
)


@app.callback()
def _group() -> None: ...


@app.command()
def show(
    config: o.Config = None,
    set_: o.Set = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Every setting with its value, where it came from and what it means.

    Example: MMI_JOBS=2 mmi config show
    """
    from ..settings import Settings
    from ..settings_sources import SECRET

    loaded = o.loaded_settings(config=config, assignments=set_)
    values = loaded.settings.model_dump(mode="json")
    for name in SECRET:
        values[name] = "set" if values[name] else None
    if as_json or not sys.stdout.isatty():
        out = {name: {"value": value, "from": loaded.origins[name]} for name, value in values.items()}
        sys.stdout.write(json.dumps(out, indent=2) + "\n")
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, header_style="bold")
    has_meaning = has_room_for_tables()
    for title in ("setting", "value", "from", "meaning")[: 4 if has_meaning else 3]:
        table.add_column(title, overflow="fold")
    for name, value in values.items():
        origin = loaded.origins[name]
        style = "" if origin == "default" else "bold"
        meaning = Settings.model_fields[name].description or ""
        row = [f"[{style}]{name}[/]" if style else name, escape(json.dumps(value)), escape(origin), escape(meaning)]
        table.add_row(*row[: 4 if has_meaning else 3])
    Console().print(table)
