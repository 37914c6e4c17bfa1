"""The real `mmi` process, as a person or a script runs it."""

from __future__ import annotations

import io
import json
import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

COMMAND = (sys.executable, "-m", "mmi_cli")
MODEL_FREE = {
    "MMI_LANGUAGE_MODEL": "none",
    "MMI_EMBEDDING": "none",
    "MMI_OCR": "none",
    "MMI_SPEECH": "none",
    "MMI_INLINE": "true",
}
WORKERS = {"MMI_INLINE": "false"}
"""For tests of what worker processes do; without them a run takes half the time."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def records(self) -> list[dict[str, Any]]:
        """stdout as JSON lines; fails where anything else stands among them."""
        return [json.loads(line) for line in self.out.splitlines()]


def environment(more: Mapping[str, str] | None = None, *, model_free: bool = True) -> dict[str, str]:
    """The environment without settings of whoever runs the tests, with no model in use unless wanted."""
    ours = ("MMI_MODELS_DIR", "MMI_CACHE_DIR")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MMI_") or name in ours}
    return {**kept, **(MODEL_FREE if model_free else {}), **(more or {})}


def mmi(
    *arguments: str | Path,
    cwd: Path,
    stdin: str | bytes = b"",
    env: Mapping[str, str] | None = None,
    model_free: bool = True,
    timeout_s: float = 60,
) -> Ran:
    """Runs a command to its end; stdout and stderr are pipes."""
    ran = subprocess.run(
        [*COMMAND, *map(str, arguments)],
        cwd=cwd,
        input=stdin.encode() if isinstance(stdin, str) else stdin,
        capture_output=True,
        env=environment(env, model_free=model_free),
        timeout=timeout_s,
    )
    return Ran(ran.returncode, ran.stdout.decode("utf-8"), ran.stderr.decode("utf-8"))


def mmi_in_this_process(
    *arguments: str | Path, cwd: Path, stdin: str | bytes = b"", env: Mapping[str, str] | None = None
) -> Ran:
    """Runs a command without a process of its own, ten times as fast; for tests of many commands that end by themselves."""
    from mmi_cli.cli.app import _run

    data = stdin.encode() if isinstance(stdin, str) else stdin
    given, out, err = io.TextIOWrapper(io.BytesIO(data), "utf-8"), _stream(), _stream()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(cwd)
        patch.setattr(sys, "argv", ["mmi", *map(str, arguments)])
        for name, value in environment(env).items():
            patch.setenv(name, value)
        for name in [name for name in os.environ if name not in environment(env)]:
            patch.delenv(name)
        for name, stream in (("stdin", given), ("stdout", out), ("stderr", err)):
            patch.setattr(sys, name, stream)
        code = int(_run())
    return Ran(code, *(stream.buffer.getvalue().decode("utf-8") for stream in (out, err)))  # type: ignore[attr-defined]


def _stream() -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True)


def mmi_here(*arguments: str | Path, cwd: Path, env: Mapping[str, str] | None = None) -> Ran:
    """Like `mmi`, in the process of the test: a tenth of the time, for tests that need no process of their own."""
    from mmi_cli.cli.app import main

    before, arguments_before, folder_before = dict(os.environ), sys.argv, Path.cwd()
    out, err, code = io.StringIO(), io.StringIO(), 0
    during = environment(env) | {"NO_COLOR": "1", "COLUMNS": "200"}
    os.environ.clear()
    os.environ.update(during)
    sys.argv = ["mmi", *map(str, arguments)]
    try:
        os.chdir(cwd)
        with redirect_stdout(out), redirect_stderr(err):
            main()
    except SystemExit as end:
        code = int(end.code or 0)
    finally:
        sys.argv = arguments_before
        os.chdir(folder_before)
        os.environ.clear()
        os.environ.update(before)
    return Ran(code, out.getvalue(), err.getvalue())


def mmi_in_terminal(
    *arguments: str | Path,
    cwd: Path,
    columns: int = 100,
    env: Mapping[str, str] | None = None,
    stdout: int | None = None,
    press: Callable[[str], bytes] = lambda shown: b"",
    timeout_s: float = 60,
) -> Ran:
    """Runs a command in a terminal of its own; `out` is everything it shows, control sequences included.

    Args:
        stdout: where stdout leads instead of the terminal.
        press: shown so far → keys to press now.
    """
    try:
        ours, theirs = pty.openpty()
    except OSError as error:
        pytest.skip(f"no pseudo terminals here (/dev/pts is not mounted): {error}")
    import fcntl
    import struct
    import termios

    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    kept = {name: value for name, value in environment(env).items() if name not in ("COLUMNS", "LINES")}
    process = subprocess.Popen(
        [*COMMAND, *map(str, arguments)],
        cwd=cwd,
        stdin=theirs,
        stdout=stdout if stdout is not None else theirs,
        stderr=theirs,
        env={"TERM": "xterm-256color", **kept},
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    )
    os.close(theirs)
    shown = b""
    deadline_s = time.monotonic() + timeout_s
    while time.monotonic() < deadline_s:
        if select.select([ours], [], [], 0.05)[0]:
            try:
                piece = os.read(ours, 65536)
            except OSError:  # the other side has closed
                break
            if not piece:
                break
            shown += piece
        if keys := press(shown.decode("utf-8", "replace")):
            os.write(ours, keys)
    else:
        process.kill()
    code = process.wait(timeout=10)
    os.close(ours)
    return Ran(code, shown.decode("utf-8", "replace"), "")
