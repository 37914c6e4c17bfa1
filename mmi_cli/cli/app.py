"""The commands in one place, and the only place that exits."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from .. import __version__
from ..errors import ExitCode, FileError, RunError
from . import config, doctor, evaluate, extract, models, plan, read, run, schema

app = typer.Typer(
    name="mmi",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # drawing frames would cost more than everything else of a help page
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"mmi {__version__}\n")
        raise typer.Exit


@app.callback()
def top(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    """Turns folders of scans, PDFs, Office files, e-mails, pictures, calls and videos into grounded JSONL, offline.

    Example: mmi run receipts/ --schema receipt --output out
    """


app.command()(run.run)
app.command()(extract.extract)
app.command()(read.read)
app.command()(plan.plan)
app.add_typer(schema.app, name="schema")
app.command("eval")(evaluate.evaluate)
app.add_typer(models.app, name="models")
app.command()(doctor.doctor)
app.add_typer(config.app, name="config")


def main() -> None:
    """Runs the command line and exits: 0, or the code of `ExitCode` that says what happened."""
    sys.exit(_run())


def _run() -> int:
    try:
        result = app(standalone_mode=False)
        sys.stdout.flush()
        return result if isinstance(result, int) else ExitCode.OK
    except RunError as error:
        return _say(str(error), error.exit_code)
    except FileError as error:
        return _say(str(error), ExitCode.STOPPED if error.code == "missing_engine" else ExitCode.SOME_FAILED)
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        # Whoever read us has left (`mmi … | head`); Python must not complain about it again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.OK
    except Exception as error:
        show = getattr(error, "show", None)
        if callable(show):  # a wrong flag: typer's own exception prints itself
            show()
            return int(getattr(error, "exit_code", ExitCode.USAGE))
        if type(error).__name__ == "Abort":
            return ExitCode.INTERRUPTED
        if os.environ.get("MMI_DEBUG"):
            raise
        return _say(f"internal error: {type(error).__name__}: {error} (MMI_DEBUG=1 shows where)", ExitCode.INTERNAL)


def _say(message: str, code: ExitCode) -> int:
    from ..console import printable

    sys.stderr.write("".join(f"mmi: {printable(line)}\n" for line in message.splitlines() or [""]))
    return int(code)
