"""The local bytes of any listed file, be it a file of its own or a member of an archive in an archive."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..datamodel.source import SourceFile
from ..settings import Settings
from .archive import extract_member
from .interface import Source


@contextmanager
def local_copy_of(source: Source, file: SourceFile, settings: Settings) -> Iterator[Path]:
    """A local path with the file's bytes, valid inside the `with`; members are taken out outermost first.

    Raises:
        FileError: it cannot be read or taken out.
    """
    with source.local_copy(file) as path:
        if not file.members:
            yield path
            return
        with tempfile.TemporaryDirectory(prefix="mmi-member-") as folder:
            for level, member in enumerate(file.members):
                inner = Path(folder) / str(level)
                extract_member(path, member, inner, settings)
                path = inner
            yield path
