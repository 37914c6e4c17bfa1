"""The file that a record is of, found again: the same bytes, be they on disk, on blob or in an archive."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

from ..datamodel.source import SourceFile
from ..errors import ChangedDuringRead, FileIoError
from ..settings import Settings
from ..storage.addresses import is_remote, open_source
from ..storage.archive import list_members
from ..storage.interface import Source
from ..storage.local import LocalSource, path_of
from ..storage.members import local_copy_of


def archive_path(uri: str, path: str) -> str | None:
    """Of a member (`in/a.zip!b.pdf` at `…/in/a.zip`) the path of its archive; None for a file of its own."""
    name = unquote(urlsplit(uri).path).rpartition("/")[2]
    at = path.find("!")
    while at >= 0:
        if path[:at].rpartition("/")[2] == name:
            return path[:at]
        at = path.find("!", at + 1)
    return None


@contextmanager
def same_file(uri: str, path: str, sha256: str | None, settings: Settings) -> Iterator[Path]:
    """A local path with the bytes that the record was made from, valid inside the `with`.

    Raises:
        ChangedDuringRead: other bytes lie there now.
        FileError: it cannot be read or taken out of its archive.
        RunError: storage cannot be reached, or nothing lies there.
    """
    source, file = _listed(uri, path, settings)
    with local_copy_of(source, file, settings) as local:
        if sha256 is None:
            raise FileIoError("its bytes were not read by the run")
        with local.open("rb") as stream:
            if hashlib.file_digest(stream, "sha256").hexdigest() != sha256:
                raise ChangedDuringRead("it was changed since the run")
        yield local


def _listed(uri: str, path: str, settings: Settings) -> tuple[Source, SourceFile]:
    source: Source
    if is_remote(uri):
        source = open_source([uri])
    elif uri.startswith("file://"):
        source = LocalSource(path_of(uri))
    else:
        raise FileIoError("the record does not say where it is")
    file = next(iter(source.list()), None)
    if file is None:
        raise FileIoError("it is not there any more")
    archive = archive_path(uri, path)
    if archive is None:
        return source, replace(file, path=path)
    file = replace(file, path=archive)
    while file.path != path:
        with local_copy_of(source, file, settings) as local:
            members = list_members(local, file, settings)
        inner = [member for member in members if path == member.path or path.startswith(f"{member.path}!")]
        if not inner:
            raise FileIoError("the archive does not hold it any more")
        file = max(inner, key=lambda member: len(member.path))
    return source, file
