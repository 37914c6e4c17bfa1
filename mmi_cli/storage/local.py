"""Files of this machine."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from urllib.parse import quote_from_bytes, unquote_to_bytes, urlsplit

from ..datamodel.source import SourceFile
from ..errors import ChangedDuringRead, FileIoError, StorageDown, UsageError

# What systems leave beside people's files.
_SYSTEM_NAMES = frozenset(
    {".DS_Store", "Thumbs.db", "desktop.ini", "__MACOSX", ".Spotlight-V100", ".Trashes", "$RECYCLE.BIN", ".git"}
)
_STATE_FOLDER = ".mmi"


class LocalSource:
    """A file, or a folder with all below it; links to files are read, links to folders are not followed."""

    def __init__(self, root: Path, *, name: str | None = None) -> None:
        self._root = root
        self._name = name

    def list(self) -> Iterator[SourceFile]:
        try:
            info = self._root.stat()
        except OSError as error:
            raise StorageDown(f"{self._root}: {error.strerror}") from error
        if stat.S_ISREG(info.st_mode):
            yield _source_file(self._root, self._name or self._root.name, info)
        elif stat.S_ISDIR(info.st_mode):
            yield from _walk(self._root, "")
        else:
            raise UsageError(f"{self._root} is neither a file nor a folder")

    def local_copy(self, file: SourceFile) -> AbstractContextManager[Path]:
        return self.open_file(file)

    @staticmethod
    @contextmanager
    def open_file(file: SourceFile) -> Iterator[Path]:
        """The file itself; what it was when it was listed is checked before and after it is read."""
        path = path_of(file.uri)
        _check_unchanged(path, file)
        yield path
        _check_unchanged(path, file)


class LocalDestination:
    """A folder for results."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, name: str, local: Path) -> None:
        target = self._folder / name
        partial = target.with_name(f".{target.name}.partial")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with local.open("rb") as source, partial.open("wb") as stream:
                shutil.copyfileobj(source, stream)
                stream.flush()
                os.fsync(stream.fileno())
            partial.replace(target)
        except OSError as error:
            raise StorageDown(f"cannot write {target}: {error.strerror}") from error
        finally:
            with suppress(OSError):
                partial.unlink()

    def read(self, name: str, local: Path) -> bool:
        source = self._folder / name
        if not source.is_file():
            return False
        shutil.copyfile(source, local)
        return True


def path_of(uri: str) -> Path:
    """The path behind a `file://` address, names that are not UTF-8 included."""
    return Path(os.fsdecode(unquote_to_bytes(urlsplit(uri).path)))


def uri_of(path: Path) -> str:
    """`file://` and the absolute path, percent-encoded byte by byte."""
    return "file://" + quote_from_bytes(os.fsencode(path.absolute()), safe="/-._~!$&'()*+,;=:@")


def _walk(folder: Path, prefix: str) -> Iterator[SourceFile]:
    """Everything below a folder in code-point order of the whole path, one folder in memory at a time."""
    try:
        with os.scandir(folder) as entries:
            # A folder sorts as its name with a slash, so that whole paths come out in order.
            found = sorted((entry.name + "/" if entry.is_dir(follow_symlinks=False) else entry.name, entry) for entry in entries
                           if entry.name not in _SYSTEM_NAMES and entry.name != _STATE_FOLDER)  # fmt: skip
    except OSError as error:
        if not prefix:
            raise StorageDown(f"{folder}: {error.strerror}") from error
        return  # a folder that may not be opened holds nothing for us
    for name, entry in found:
        if name.endswith("/"):
            yield from _walk(Path(entry.path), prefix + name)
            continue
        try:
            info = entry.stat()
        except OSError:
            if entry.is_symlink():
                continue  # a link that leads nowhere
            raise
        if stat.S_ISREG(info.st_mode):
            yield _source_file(Path(entry.path), prefix + name, info)


def _source_file(path: Path, name: str, info: os.stat_result) -> SourceFile:
    return SourceFile(uri=uri_of(path), path=name, size_bytes=info.st_size, modified_s=info.st_mtime)


def _check_unchanged(path: Path, file: SourceFile) -> None:
    try:
        info = path.stat()
    except OSError as error:
        raise FileIoError(f"{file.path} cannot be read: {error.strerror}") from error
    if not file.members and (info.st_size != file.size_bytes or info.st_mtime != file.modified_s):
        raise ChangedDuringRead(f"{file.path} was changed after it was listed; it is read again next time")
    if not os.access(path, os.R_OK):
        raise FileIoError(f"{file.path} cannot be read: permission denied")
