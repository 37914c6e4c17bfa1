"""One run at a time on one output."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ...errors import RunLocked, StorageDown


@contextmanager
def run_lock(folder: Path, *, where: str) -> Iterator[None]:
    """Holds `folder/lock` until the end; the kernel lets go of it when the process dies.

    Raises:
        RunLocked: another run holds it; the message names its owner.
        StorageDown: the output cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        stream = (folder / "lock").open("a+", encoding="utf-8")
    except OSError as error:
        raise StorageDown(f"cannot write to {where}: {error.strerror}") from error
    with stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in (errno.EWOULDBLOCK, errno.EACCES):
                raise StorageDown(f"cannot lock {where}: {error.strerror}") from error
            stream.seek(0)
            raise RunLocked(
                f"another run writes to {where} ({stream.read().strip() or 'owner unknown'}); wait for it"
            ) from None
        try:
            stream.seek(0)
            stream.truncate()
            stream.write(json.dumps({"pid": os.getpid(), "host": socket.gethostname()}))
            stream.flush()
        except OSError as error:
            raise StorageDown(f"cannot write to {where}: {error.strerror}") from error
        yield
