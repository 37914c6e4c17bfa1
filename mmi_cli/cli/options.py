"""Options that several commands share, and the way from flags to settings."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import UsageError

if TYPE_CHECKING:
    from ..datamodel.schema import Schema
    from ..runner.selection import Selection
    from ..settings import Settings
    from ..settings_sources import LoadedSettings

AD_HOC = "ad-hoc"
"""What a one-line schema is called."""
ENGINES = "Engines"
READING = "Reading"

Inputs = Annotated[
    list[str],
    typer.Argument(
        metavar="INPUT...",
        show_default=False,
        help="Files, folders, globs, az://container/prefix, or - for paths on stdin.",
    ),
]
SchemaRefs = Annotated[
    list[str],
    typer.Option(
        "--schema", "-s", metavar="S", show_default=False,
        help="A YAML file, a built-in name (`mmi schema list`), or one line: 'total number, date date'. May be repeated.",
    ),
]  # fmt: skip
Labelled = Annotated[
    Path | None,
    typer.Option(
        "--labelled", metavar="FILE", show_default=False,
        help="Labels of files to learn from, as `mmi eval` takes them; in place of the schema's own.",
    ),
]  # fmt: skip
Dest = Annotated[
    str,
    typer.Argument(
        metavar="DEST",
        show_default=False,
        help="What the run has as --output: a folder, a .jsonl file, an az:// prefix.",
    ),
]
Config = Annotated[
    Path | None, typer.Option("--config", metavar="FILE", help="Settings file; default ./mmi.yaml if there.")
]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="Any setting by name (`mmi config show`). May be repeated."),
]
Password = Annotated[
    list[str] | None,
    typer.Option(
        "--password", metavar="TEXT", help="Tried on encrypted files. May be repeated.", rich_help_panel=READING
    ),
]
Ocr = Annotated[
    str | None,
    typer.Option("--ocr", metavar="NAME", help="rapidocr (default), easyocr, none.", rich_help_panel=ENGINES),
]
Speech = Annotated[
    str | None,
    typer.Option(
        "--speech", metavar="NAME", help="faster-whisper (default), openai-whisper, none.", rich_help_panel=ENGINES
    ),
]
SpeechModel = Annotated[
    str | None,
    typer.Option("--speech-model", metavar="SIZE", help="Whisper size or a model folder.", rich_help_panel=ENGINES),
]
SpeechLanguage = Annotated[
    str | None,
    typer.Option(
        "--speech-language", metavar="CODE", help="ISO 639-1; detected when not given.", rich_help_panel=ENGINES
    ),
]
Speakers = Annotated[
    int | None,
    typer.Option(
        "--speakers", metavar="N", min=0, max=50, show_default=False, rich_help_panel=READING,
        help="People who speak in each recording; found when not given.",
    ),
]  # fmt: skip
Embedding = Annotated[
    str | None,
    typer.Option(
        "--embedding", metavar="NAME", help="minilm (default), sentence-transformers, none.", rich_help_panel=ENGINES
    ),
]
LanguageModel = Annotated[
    str | None,
    typer.Option(
        "--language-model", metavar="NAME", help="llama-cpp (default), openai, none.", rich_help_panel=ENGINES
    ),
]
AllowRemote = Annotated[
    bool | None,
    typer.Option(
        "--allow-remote",
        help="Let engines send content to other machines.",
        rich_help_panel=ENGINES,
        show_default=False,
    ),
]
Calibration = Annotated[
    Path | None,
    typer.Option(
        "--calibration", metavar="FILE", show_default=False,
        help="Map confidences as `mmi calibrate` found on your labelled files.",
    ),
]  # fmt: skip
Include = Annotated[
    list[str] | None,
    typer.Option(
        "--include", metavar="GLOB", show_default=False, rich_help_panel=READING,
        help="Only files whose path matches: '*.pdf', '2026/**/in/*'. May be repeated; see docs/batch.md.",
    ),
]  # fmt: skip
Exclude = Annotated[
    list[str] | None,
    typer.Option(
        "--exclude", metavar="GLOB", show_default=False, rich_help_panel=READING,
        help="No files whose path matches: 'drafts/', '*.tmp'. May be repeated; wins over --include.",
    ),
]  # fmt: skip
Since = Annotated[
    str | None,
    typer.Option(
        "--since", metavar="WHEN", show_default=False, rich_help_panel=READING,
        help="Only files modified then or later: 2d, 6h, 30m, 2026-03-04, 2026-03-04T18:00.",
    ),
]  # fmt: skip
Runner = Annotated[
    str | None,
    typer.Option(
        "--runner",
        metavar="NAME",
        help="processes (default), inline, or ray: actors of a Ray cluster.",
        show_default=False,
    ),
]
RayAddress = Annotated[
    str | None,
    typer.Option(
        "--address", metavar="HOST:PORT", show_default=False,
        help="The Ray cluster of `--runner ray`; RAY_ADDRESS, or else this machine, when not given.",
    ),
]  # fmt: skip
Detach = Annotated[
    bool,
    typer.Option("--detach", help="Go on in a session of its own that survives this terminal; `mmi status` tells how far it is."),
]  # fmt: skip
Quiet = Annotated[bool | None, typer.Option("--quiet", "-q", help="Say nothing but errors.", show_default=False)]
LogFormat = Annotated[
    str | None, typer.Option("--log-format", metavar="text|json", help="How to tell progress on stderr.")
]

LogFile = Annotated[
    Path | None,
    typer.Option(
        "--log-file",
        metavar="FILE",
        show_default=False,
        help="Append the log to a file in place of stderr; may be rotated.",
    ),
]


def settings_from(*, config: Path | None, assignments: list[str] | None, **flags: Any) -> Settings:
    """Settings of a command: its flags that were given, over the environment, the settings file and the defaults.

    Raises:
        UsageError: an unknown setting, a bad value, an unknown engine, a remote engine without `--allow-remote`.
    """
    return loaded_settings(config=config, assignments=assignments, **flags).settings


def loaded_settings(*, config: Path | None, assignments: list[str] | None, **flags: Any) -> LoadedSettings:
    """Like `settings_from`, with the origin of each value."""
    from ..registry import Kind, check_name
    from ..settings_sources import SECRET, load_settings, misspelt_variables

    given = {name: value for name, value in flags.items() if value is not None}
    for assignment in assignments or ():
        name, equals, value = assignment.partition("=")
        name = name.strip().replace("-", "_")
        if not equals:
            raise UsageError(f"--set {assignment!r}: write NAME=VALUE")
        if name in SECRET:
            raise UsageError(f"--set {name}: a secret is no flag; set MMI_{name.upper()} in the environment")
        given[name] = value
    if "passwords" in given:
        given["passwords"] = tuple(given["passwords"])
    loaded = load_settings(given, os.environ, config=config)
    for variable, meant in misspelt_variables(os.environ).items():
        sys.stderr.write(f"mmi: {variable} is no setting and does nothing; did you mean {meant}?\n")
    kinds: tuple[Kind, ...] = (
        "ocr",
        "speech",
        "diarization",
        "embedding",
        "joint_embedding",
        "image_tags",
        "vision",
        "language_model",
    )
    for kind in kinds:
        if (name := getattr(loaded.settings, kind)) != "none":
            check_name(kind, name)
    if "allow_remote" in flags and "openai" in (loaded.settings.language_model, loaded.settings.vision):
        from ..engines.remote_hosts import server_url

        server_url(loaded.settings)
    check_fail_on(loaded.settings.fail_on)
    if loaded.settings.calibration is not None:
        from ..fill.recalibration import read_calibration

        read_calibration(loaded.settings.calibration)
    return loaded


def selection_from(include: list[str] | None, exclude: list[str] | None, since: str | None) -> Selection:
    """Which files a command takes up.

    Raises:
        UsageError: a pattern of nothing, or no moment.
    """
    import time

    from ..runner.selection import Selection, check_patterns, parse_since

    return Selection(
        include=check_patterns("--include", include or ()),
        exclude=check_patterns("--exclude", exclude or ()),
        since_s=parse_since(since, now_s=time.time()) if since is not None else None,
        since_text=since or "",
    )


def check_runner(settings: Settings, address: str | None) -> None:
    """Refuses what cannot be done together.

    Raises:
        UsageError: two runners, or the address of a cluster without one.
    """
    if settings.inline and settings.runner == "ray":
        raise UsageError("--inline and --runner ray exclude each other")
    if address is not None and settings.runner != "ray":
        raise UsageError("--address is that of a Ray cluster: add --runner ray")


def check_fail_on(text: str) -> float | None:
    """The rate of failed files above which a run returns 3; 0 for `any`, None for `never`.

    Raises:
        UsageError: neither a word nor a rate in [0, 1].
    """
    if text in ("any", "never"):
        return 0.0 if text == "any" else None
    try:
        rate = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        rate = -1.0
    if not 0 <= rate <= 1:
        raise UsageError(f"--fail-on {text!r}: write any, never, or a rate such as 0.05 or 5%")
    return rate


def _numbered(schemas: tuple[Schema, ...]) -> tuple[Schema, ...]:
    """One-line schemas have no name of their own: the second is `ad-hoc-2`."""
    out: list[Schema] = []
    for schema in schemas:
        count = 1 + sum(each.name.startswith(AD_HOC) for each in out)
        out.append(replace(schema, name=f"{AD_HOC}-{count}") if schema.name == AD_HOC and count > 1 else schema)
    return tuple(out)


def load_schemas(refs: list[str]) -> tuple[Schema, ...]:
    """Every schema that was named, checked.

    Raises:
        UsageError: a schema is wrong, or two have one name.
    """
    from ..schema_file import load_schema

    schemas = _numbered(tuple(load_schema(ref) for ref in refs))
    names = [schema.name for schema in schemas]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise UsageError(f"two schemas are named {twice!r}; records could not be told apart: rename one")
    return schemas
