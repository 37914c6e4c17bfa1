"""`mmi retry`: what failed, once more."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from ..errors import UsageError
from . import options as o
from .detach import start_detached
from .given import arguments_of, given_arguments, repeat, without
from .status import Destination, output_at

_KEPT_VARIABLES = ("MMI_OPENAI_API_KEY", "MMI_PASSWORDS", "MMI_DEBUG")
ANY = "any"
"""Stands for every code."""


def retry(
    context: typer.Context,
    dest: Destination,
    code: Annotated[
        list[str] | None,
        typer.Option(
            "--code", metavar="CODE", help="Only failures with this code (`timeout`, `corrupt`, …). May be repeated."
        ),
    ] = None,
    password: o.Password = None,
    detach: o.Detach = False,
) -> None:
    """Does the failures of a run again, however often they were tried, with the options and settings of that run.

    Example: mmi retry out --code timeout --code crashed

    The run's command is repeated where it was given; files that are new or were not yet done are done as well. Secrets are
    not kept: passwords and keys come from here, as they did then. Exit codes are those of `mmi run`.
    """
    from ..runner.state.run_status import read_command

    codes = check_codes(code or [ANY])
    output = output_at(dest)
    arguments, folder, settings, had_passwords = arguments_of(read_command(output), address=dest)
    if had_passwords and not password and not os.environ.get("MMI_PASSWORDS"):
        raise UsageError(f"the run on {dest} was given passwords, which are not kept: give them again with --password")
    if detach:
        start_detached(["retry", *without(given_arguments(), ("--detach",))], output, shown=dest)
        return
    try:
        os.chdir(folder)
    except OSError as error:
        raise UsageError(
            f"the run on {dest} was started in {folder}, which cannot be entered: {error.strerror}"
        ) from error
    repeat(arguments)
    again = [part for each in codes for part in ("--retry", each)]
    again += [part for each in password or () for part in ("--password", each)]
    with _as_it_was(settings) as config:
        plain = without(arguments, (), ("--config",))
        behind = plain.index("--") if "--" in plain else len(plain)
        command = ["run", *plain[:behind], "--config", str(config), *again, *plain[behind:]]
        root = context.find_root().command
        result: Any = root.main(command, prog_name="mmi", standalone_mode=False)
    if isinstance(result, int) and result:
        raise typer.Exit(result)


def check_codes(codes: list[str]) -> list[str]:
    """
    Raises:
        UsageError: no error has such a code.
    """
    from typing import get_args

    from ..datamodel.record import ErrorCode

    known = (ANY, *get_args(ErrorCode))
    for each in codes:
        if each not in known:
            raise UsageError(f"{each!r} is no code of an error; there are {', '.join(known)}")
    return codes


@contextmanager
def _as_it_was(settings: dict[str, Any]) -> Iterator[Path]:
    """A settings file with what the run was done with; variables of now do not speak into it, secrets apart."""
    import tempfile

    for name in [name for name in os.environ if name.startswith("MMI_") and name not in _KEPT_VARIABLES]:
        del os.environ[name]
    with tempfile.TemporaryDirectory(prefix="mmi-retry-") as folder:
        path = Path(folder) / "settings.yaml"
        path.write_text(json.dumps({name: value for name, value in settings.items() if value is not None}), "utf-8")
        yield path
