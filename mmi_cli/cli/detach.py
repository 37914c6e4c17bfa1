"""Starts a command in a session of its own, which survives the terminal; its words go to a log beside the state of the run."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from ..errors import UsageError

if TYPE_CHECKING:
    import subprocess

    from ..runner.output import Output

LOG = "run.log"
_BEGINS_S = 30.0
"""Most seconds for the new process to begin, on a busy machine; usually it takes one."""
_LISTS_S = 3.0
"""Most seconds for it to list its inputs: an input that is not there is told at once, a million names are not waited for."""
_LOOK_S = 0.05


def start_detached(arguments: Sequence[str], output: Output, *, shown: str, reads_stdin: bool = False) -> None:
    """Returns once the run has listed its inputs, or a moment later; whatever keeps it from beginning is told here, with its exit code.

    Args:
        arguments: of the program, without `--detach`.
        shown: the output as the user named it.
        reads_stdin: paths come on stdin; they are read to the end first.

    Raises:
        UsageError: there is nowhere to write to.
        typer.Exit: the run ended before it began.
    """
    import shutil
    import subprocess
    import tempfile

    if output.is_stdout:
        raise UsageError("--detach: results on stdout have no reader; choose another --output")
    folder = output.state_folder
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / LOG
    with tempfile.TemporaryFile() as stdin, log.open("ab") as words:
        if reads_stdin:
            shutil.copyfileobj(sys.stdin.buffer, stdin)
            stdin.seek(0)
        began = words.tell()
        process = subprocess.Popen(
            [sys.executable, "-m", "mmi_cli", *arguments],
            stdin=stdin if reads_stdin else subprocess.DEVNULL, stdout=words, stderr=words, start_new_session=True,
        )  # fmt: skip
    if (code := _ended_before_work(process, output)) is not None:
        with log.open("rb") as words:
            words.seek(began)
            sys.stderr.write(words.read().decode("utf-8", "replace"))
        if code:
            raise typer.Exit(code)
        return
    sys.stderr.write(
        f"started as process {process.pid}; how far it is: mmi status {shown} --watch; its words: {log}; to stop it: kill {process.pid}\n"
    )


def _ended_before_work(process: subprocess.Popen[bytes], output: Output) -> int | None:
    """The exit code of a process that ended; None once it has listed its inputs, or takes long to."""
    from ..errors import RunError
    from ..runner.state.run_status import read_local_status

    now_s = time.monotonic()
    begins_by_s, lists_by_s = now_s + _BEGINS_S, now_s + _BEGINS_S + _LISTS_S
    while time.monotonic() < lists_by_s:
        if (code := process.poll()) is not None:
            return code
        try:
            told = read_local_status(output)
        except RunError:
            told = None  # it has not begun
        if told is not None and told.pid == process.pid and told.is_alive:
            if told.state == "running":
                return None
            lists_by_s = min(lists_by_s, time.monotonic() + _LISTS_S)
        elif time.monotonic() > begins_by_s:
            return None
        time.sleep(_LOOK_S)
    return None
