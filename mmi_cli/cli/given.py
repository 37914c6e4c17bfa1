"""What the program was told on its command line, kept for `mmi retry` and handed to a run of its own session: without secrets."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import UsageError

if TYPE_CHECKING:
    from ..settings import Settings

_SECRET_OPTIONS = ("--password",)
_ONCE = ("--fresh", "--detach")
_ONCE_WITH_VALUE = ("--retry",)
_repeated: list[str] | None = None
"""The arguments of an earlier command that is repeated in this process."""


def given_arguments() -> list[str]:
    """What stands behind the command's name."""
    return list(sys.argv[2:] if _repeated is None else _repeated)


def repeat(arguments: Sequence[str]) -> None:
    """From now on these count as given."""
    global _repeated  # one command line a process
    _repeated = list(arguments)


def without(arguments: Sequence[str], flags: Sequence[str] = (), options: Sequence[str] = ()) -> list[str]:
    """Arguments but for some flags, and some options with their values; what stands behind `--` is no option."""
    kept: list[str] = []
    waiting = iter(arguments)
    for each in waiting:
        if each == "--":
            return [*kept, each, *waiting]
        if each in options:
            next(waiting, None)
        elif each not in flags and each.partition("=")[0] not in options:
            kept.append(each)
    return kept


def as_command(settings: Settings) -> str:
    """The command line and the settings it came to, as JSON: what `mmi retry` needs to do the same again."""
    from ..settings_sources import SECRET

    arguments = without(given_arguments(), _ONCE, (*_SECRET_OPTIONS, *_ONCE_WITH_VALUE))
    kept = settings.model_dump(mode="json", exclude=set(SECRET) | {"cache"})
    if "@" in settings.openai_base_url:
        del kept["openai_base_url"]  # a name and a password
    return json.dumps(
        {
            "arguments": [_without_signature(each) for each in arguments],
            "folder": str(Path.cwd()),
            "settings": kept,
            "had_passwords": bool(settings.passwords),
        },
        ensure_ascii=True,
    )


def arguments_of(command: dict[str, Any], *, address: str) -> tuple[list[str], str, dict[str, Any], bool]:
    """(arguments, folder, settings, whether passwords were given) of a command that was kept.

    Raises:
        UsageError: it is not one.
    """
    try:
        return (
            list(command["arguments"]),
            str(command["folder"]),
            dict(command["settings"]),
            bool(command["had_passwords"]),
        )
    except (KeyError, TypeError) as error:
        raise UsageError(
            f"{address}: the command of its run cannot be understood; run `mmi run … --retry any`"
        ) from error


def _without_signature(text: str) -> str:
    """An address without its query, which may be a SAS."""
    value = text.partition("=")[2] if text.startswith("--") else text
    return text.partition("?")[0] if value.startswith(("https://", "http://", "az://")) else text
