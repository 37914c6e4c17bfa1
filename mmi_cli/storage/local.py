"""Files of this machine."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path, PurePosixPath
from urllib.parse import quote_from_bytes, unquote_to_bytes

from ..datamodel.source import SourceFile
from ..errors import ChangedDuringRead, FileIoError, StorageDown, UsageError

# What systems leave beside people's files.
_SYSTEM_NAMES = frozenset(
    {".DS_Store", "Thumbs.db", "desktop.ini", "__MACOSX", ".Spotlight-V100", ".Trashes", "$RECYCLE.BIN", ".git", ".mmi"}
)
"""What systems, and this program, leave beside people's files."""
Enter = Callable[[str], bool]
"""Path of a folder below the root → whether to look into it."""


class LocalSource:
    """A file, or a folder with all below it; links to files are read, links to folders are not followed.

    Args:
        name: the path that a single file is given; its own name when None.
    """

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
            yield from walk(self._root)
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
        target = self._below(name)
        partial: Path | None = None
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            handle, partial_name = tempfile.mkstemp(prefix=".mmi-", suffix=".partial", dir=target.parent)
            partial = Path(partial_name)
            with local.open("rb") as source, os.fdopen(handle, "wb") as stream:
                shutil.copyfileobj(source, stream)
                stream.flush()
                os.fchmod(stream.fileno(), 0o666 & ~_umask())
                os.fsync(stream.fileno())
            partial.replace(target)
        except OSError as error:
            raise StorageDown(f"cannot write {target}: {error.strerror}") from error
        finally:
            if partial is not None:
                with suppress(OSError):
                    partial.unlink()

    def read(self, name: str, local: Path) -> bool:
        source = self._below(name)
        if not source.is_file():
            return False
        try:
            shutil.copyfile(source, local)
        except OSError as error:
            raise StorageDown(f"cannot read {source}: {error.strerror}") from error
        return True

    def _below(self, name: str) -> Path:
        parts = PurePosixPath(name).parts
        if not parts or parts[0] == "/" or ".." in parts:
            raise ValueError(f"{name!r} does not lie below the destination")
        return self._folder.joinpath(*parts)


def path_of(uri: str) -> Path:
    """The path behind a `file://` address, names that are not UTF-8 included."""
    return Path(path_text_of(uri))


def path_text_of(uri: str) -> str:
    """The same as text, in a tenth of the time."""
    text = uri.removeprefix("file://")
    return os.fsdecode(unquote_to_bytes(text)) if "%" in text else text


def uri_of(path: Path) -> str:
    """`file://` and the absolute path, percent-encoded byte by byte."""
    return "file://" + quote_from_bytes(os.fsencode(path.absolute()), safe="/-._~!$&'()*+,;=:@")


def is_system_name(name: str) -> bool:
    """Whether a file or folder of this name is left by a system and not by a person."""
    return name in _SYSTEM_NAMES or name.startswith(("._", ".mmi-"))


def walk(root: Path, *, enter: Enter = lambda folder: True) -> Iterator[SourceFile]:
    """Every file below a folder in code-point order of the whole path; in memory are the names of the folders on the way.

    A folder that may not be read is listed as a file of its own, so that its loss is told.

    Raises:
        StorageDown: the folder itself cannot be read.
    """
    try:
        waiting = [_entries(root, "")]
    except OSError as error:
        raise StorageDown(f"{root}: {error.strerror}") from error
    while waiting:
        found = next(waiting[-1], None)
        if found is None:
            waiting.pop()
            continue
        path, name = found
        if not name.endswith("/"):
            if (file := _listed(path, name)) is not None:
                yield file
        elif enter(name[:-1]):
            try:
                waiting.append(_entries(path, name))
            except OSError:
                yield _source_file(path, name[:-1], path.stat())


def _entries(folder: Path, prefix: str) -> Iterator[tuple[Path, str]]:
    """(path, path below the root) of what a folder holds; folders end in a slash, by which they sort."""
    with os.scandir(folder) as entries:
        names = [
            entry.name + "/" if entry.is_dir(follow_symlinks=False) else entry.name
            for entry in entries
            if not is_system_name(entry.name)
        ]
    return ((folder / name, prefix + name) for name in sorted(names))


def _listed(path: Path, name: str) -> SourceFile | None:
    try:
        info = path.stat()
    except FileNotFoundError:
        return None  # gone since, or a link that leads nowhere
    except OSError:
        return SourceFile(uri=uri_of(path), path=name, size_bytes=0)  # reading it will say why
    return _source_file(path, name, info) if stat.S_ISREG(info.st_mode) else None


def _source_file(path: Path, name: str, info: os.stat_result) -> SourceFile:
    return SourceFile(uri=uri_of(path), path=name, size_bytes=info.st_size, modified_s=info.st_mtime)


def _check_unchanged(path: Path, file: SourceFile) -> None:
    try:
        info = path.stat()
    except OSError as error:
        raise FileIoError(f"{file.path} cannot be read: {error.strerror}") from error
    if not os.access(path, os.R_OK) or stat.S_ISDIR(info.st_mode):
        raise FileIoError(f"{file.path} cannot be read: permission denied")
    is_same = info.st_mtime == file.modified_s and (file.members or info.st_size == file.size_bytes)
    if not is_same:
        raise ChangedDuringRead(f"{file.path} was changed after it was listed; it is read again next time")


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
