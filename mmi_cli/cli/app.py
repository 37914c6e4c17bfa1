"""The commands in one place, and the only place that exits."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from .. import __version__
from ..errors import ExitCode, FileError, RunError
from .commands import Commands
from .mistakes import mistake_in_flags
from .streams import abandon_stdout, prepare_home, prepare_streams, settle_stderr, settle_stdout

app = typer.Typer(
    name="mmi",
    cls=Commands,
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


def main() -> None:
    """Runs the command line and exits: 0, or the code of `ExitCode` that says what happened."""
    code = _run()
    settle_stderr()
    sys.exit(code)


def _run() -> int:
    prepare_streams()
    prepare_home()
    try:
        result = app(prog_name="mmi", standalone_mode=False)
        sys.stdout.flush()
        return result if isinstance(result, int) else ExitCode.OK
    except RunError as error:
        settle_stdout()
        return _say(str(error), error.exit_code)
    except FileError as error:
        return _say(str(error), ExitCode.STOPPED if error.code == "missing_engine" else ExitCode.SOME_FAILED)
    except KeyboardInterrupt as error:
        abandon_stdout()
        return 128 + int(getattr(error, "signal", ExitCode.INTERRUPTED - 128))
    except typer.Abort:
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        abandon_stdout()  # whoever read us has left (`mmi … | head`)
        return ExitCode.OK
    except SystemExit as end:
        # typer and rich end the program themselves when whoever read them has left.
        abandon_stdout()
        if isinstance(end.__context__, BrokenPipeError):
            return ExitCode.OK
        return end.code if isinstance(end.code, int) else ExitCode.INTERNAL
    except OSError as error:
        abandon_stdout()
        where = f"{error.filename}: " if isinstance(error.filename, str) else "reading or writing: "
        return _say(f"{where}{error.strerror or error}", ExitCode.STOPPED)
    except Exception as error:
        if (mistake := mistake_in_flags(error)) is not None:
            return _say(mistake, ExitCode.USAGE)
        if os.environ.get("MMI_DEBUG"):
            raise
        return _say(f"internal error: {type(error).__name__}: {error} (MMI_DEBUG=1 shows where)", ExitCode.INTERNAL)


def _say(message: str, code: ExitCode) -> int:
    from ..console import printable

    if message.startswith("Usage: "):  # a page of help
        sys.stderr.write(message + "\n")
    else:
        sys.stderr.write("".join(f"mmi: {printable(line)}\n" for line in message.splitlines() or [""]))
    return int(code)
