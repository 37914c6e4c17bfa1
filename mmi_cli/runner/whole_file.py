"""A file that appears in its place whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ..errors import StorageDown


@contextmanager
def whole_file(target: Path) -> Iterator[Path]:
    """Where to write, in a folder that is there by then; at the end it takes the place of `target`.

    Raises:
        StorageDown: the file system refuses.
    """
    partial = target.parent / f".{os.getpid()}.partial"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        yield partial
        partial.replace(target)
    except OSError as error:
        raise StorageDown(f"cannot write {target}: {error.strerror or error}") from error
    finally:
        with suppress(OSError):
            partial.unlink()
