"""stdin, stdout and stderr made fit for data and for people, whatever they were when the program began."""

from __future__ import annotations

import io
import os
import shutil
import sys
from contextlib import suppress
from pathlib import Path

_TABLE_COLUMNS = 60


def prepare_streams() -> None:
    """Data is UTF-8 in every locale, what cannot be shown is escaped, and a stream that was closed takes no other file's place.

    What is written to a closed stdout is an error, for data would be lost; words to a closed stderr are not.
    """
    for number, flags in ((0, os.O_RDONLY), (1, os.O_RDONLY), (2, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, flags)  # the lowest free number, which is this one
    sys.stdin = sys.stdin or os.fdopen(0, "r", closefd=False)
    sys.stdout = sys.stdout or os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = sys.stderr or os.fdopen(2, "w", encoding="utf-8", closefd=False)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            if stream.isatty():
                stream.reconfigure(errors="backslashreplace")
            else:
                stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def prepare_home() -> None:
    """Gives a user without a home, as in a container, one below the folder for temporary files: caches go there."""
    try:
        home = Path.home()
    except RuntimeError:
        home = None
    if home is not None and ((home / ".cache" / "mmi").is_dir() or os.access(home, os.W_OK)):
        return
    import tempfile

    place = Path(tempfile.gettempdir()) / f"mmi-{os.getuid()}"
    try:
        place.mkdir(mode=0o700, exist_ok=True)
        is_ours = place.lstat().st_uid == os.getuid() and not place.is_symlink()
    except OSError:
        is_ours = False
    os.environ["HOME"] = str(place) if is_ours else tempfile.mkdtemp(prefix="mmi-")


def has_room_for_tables() -> bool:
    """Whether stdout is a terminal, and wide enough for columns to be read."""
    return sys.stdout.isatty() and shutil.get_terminal_size().columns >= _TABLE_COLUMNS


def settle_stdout() -> None:
    """Writes out what is left for stdout, or gives it up where stdout takes no more."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        abandon_stdout()


def settle_stderr() -> None:
    """Gives up words that stderr does not take, so that the exit code stays what it is."""
    try:
        sys.stderr.flush()
    except (OSError, ValueError):
        with suppress(OSError, ValueError):
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, sys.stderr.fileno())
            os.close(null)


def abandon_stdout() -> None:
    """What is still to be written goes nowhere, so that Python does not complain about it at exit."""
    with suppress(OSError, ValueError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())
        os.close(null)
