"""Archives: their members as files of the run, taken out one at a time, every limit counted while the bytes flow."""

from __future__ import annotations

import bz2
import gzip
import lzma
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any, cast

from ..datamodel.source import SourceFile
from ..errors import CorruptFile, EncryptedFile, FileError, LimitExceeded
from ..settings import Settings
from .local import is_system_name

_CHUNK = 1 << 20
_RATIO_AFTER_BYTES = 10_000_000
_LONGEST_HEADER_BYTES = 16_000_000
_BROKEN = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    NotImplementedError,
    ValueError,
    OSError,
)
_INNER = "content"
"""What is in a gz, bz2 or xz file whose own name does not say."""
_PACKED_SUFFIXES = (".gz", ".bz2", ".xz", ".svgz", ".z")
_AES = 99
"""The zip method that says: encrypted with AES, the real method is elsewhere."""
_STRONG = 0x40
"""The flag of the strong encryption of PKWARE."""


def list_members(path: Path, file: SourceFile, settings: Settings) -> tuple[SourceFile, ...]:
    """The files in an archive, sorted by path; folders, links and what systems leave behind are left out.

    Each has a path of its own, whatever its name in the archive: two entries of one name are told apart by a number.

    Raises:
        CorruptFile: it cannot be opened.
        LimitExceeded: too many entries, too much to unpack, or archives nested too deep.
    """
    if len(file.members) >= settings.max_depth:
        raise LimitExceeded(f"archives are nested deeper than max_depth = {settings.max_depth}")
    taken: dict[str, int] = {}
    members = []
    try:
        for name, key, size in _entries(path, file, settings):
            if not any(map(is_system_name, name.split("/"))):
                shown = _untaken(_shown(name), taken)
                members.append(
                    replace(file, path=f"{file.path}!{shown}", size_bytes=size, members=(*file.members, key))
                )
    except FileError:
        raise
    except _BROKEN as error:
        raise CorruptFile(f"the archive cannot be opened: {_said(error)}") from error
    return tuple(sorted(members, key=lambda member: member.path))


def extract_member(archive: Path, member: str, to: Path, settings: Settings) -> None:
    """Writes one member of an archive to the file `to`.

    Args:
        member: as `list_members` names it, the last of `SourceFile.members`.

    Raises:
        CorruptFile: the archive or the member is broken.
        EncryptedFile: it needs a password that is not among the settings' passwords.
        LimitExceeded: it unpacks to more than the settings allow.
    """
    try:
        opened = _kept_open(archive, settings)
        if isinstance(opened.archive, zipfile.ZipFile):
            _extract_from_zip(opened, member, to, settings)
        elif isinstance(opened.archive, tarfile.TarFile):
            _extract_from_tar(opened, member, to, archive.stat().st_size, settings)
        else:
            with _open_packed(archive) as stream:
                _copy(stream, to, archive.stat().st_size, settings)
    except FileError:
        raise
    except KeyError as error:
        raise CorruptFile("the archive has no such member any more") from error
    except _BROKEN as error:
        raise CorruptFile(f"the member cannot be unpacked: {_said(error)}") from error


def _entries(path: Path, file: SourceFile, settings: Settings) -> Iterator[tuple[str, str, int]]:
    """(name in the archive, key to find it by, unpacked bytes) of each file.

    The key begins with the entry's number, since several entries may have one name.
    """
    opened = _kept_open(path, settings)
    if isinstance(opened.archive, zipfile.ZipFile):
        yield from _zip_entries(opened, settings)
    elif isinstance(opened.archive, tarfile.TarFile):
        for number, entry in enumerate(opened.entries):
            if entry.isfile():
                yield entry.name, f"{number}:{entry.name}", entry.size
    else:
        with _open_packed(path) as stream:
            size = _copy(stream, None, path.stat().st_size, settings)
        name = file.path.replace("!", "/").rsplit("/", 1)[-1]
        yield name.rpartition(".")[0] if name.lower().endswith(_PACKED_SUFFIXES) else _INNER, f"0:{_INNER}", size


def _zip_entries(opened: _Opened, settings: Settings) -> Iterator[tuple[str, str, int]]:
    infos = opened.entries
    # What the entries say is only a first hurdle; what they unpack to is counted when they are taken out.
    if sum(info.file_size for info in infos) > settings.max_unpacked_bytes:
        raise LimitExceeded(f"the archive unpacks to more than max_unpacked_bytes = {settings.max_unpacked_bytes:,}")
    for number, info in enumerate(infos):
        if not info.filename.endswith("/") and not _is_zip_link(info):
            yield info.filename, f"{number}:{info.filename}", info.file_size


def _extract_from_zip(opened: _Opened, member: str, to: Path, settings: Settings) -> None:
    number, _, name = member.partition(":")
    infos, archive = opened.entries, opened.archive
    if int(number) >= len(infos) or infos[int(number)].filename != name:
        raise KeyError(name)
    info = infos[int(number)]
    packed_bytes = max(1, info.compress_size)
    if not info.flag_bits & 1:
        with archive.open(info) as stream:
            _copy(stream, to, packed_bytes, settings)
        return
    if info.compress_type == _AES or info.flag_bits & _STRONG:
        raise EncryptedFile(
            "the archive is encrypted with AES, which is not read here, with or without its password: unpack it first"
        )
    for password in settings.passwords:
        try:
            with archive.open(info, pwd=password.encode()) as stream:
                _copy(stream, to, packed_bytes, settings)
            return
        except (RuntimeError, zipfile.BadZipFile, zlib.error):
            continue  # one wrong password in 256 is only found out by what it unpacks
    raise EncryptedFile("the archive is encrypted; give its password with --password or MMI_PASSWORDS")


def _extract_from_tar(opened: _Opened, member: str, to: Path, packed_bytes: int, settings: Settings) -> None:
    number, _, name = member.partition(":")
    entry = opened.entries[int(number)] if int(number) < len(opened.entries) else None
    stream = opened.archive.extractfile(entry) if entry is not None and entry.name == name and entry.isfile() else None
    if stream is None:
        raise KeyError(name)
    _copy(stream, to, packed_bytes, settings)


def _copy(stream: IO[bytes], to: Path | None, packed_bytes: int, settings: Settings) -> int:
    """Copies to a file, or only counts; returns the unpacked bytes."""
    unpacked = 0
    if to is None:
        while chunk := stream.read(_CHUNK):
            unpacked += len(chunk)
            _check_size(unpacked, packed_bytes, settings)
        return unpacked
    with to.open("wb") as out:
        while chunk := stream.read(_CHUNK):
            unpacked += len(chunk)
            _check_size(unpacked, packed_bytes, settings)
            out.write(chunk)
    return unpacked


@dataclass(slots=True)
class _Opened:
    """An archive that is open, with the list of its entries."""

    archive: Any
    """`ZipFile`, `TarFile`, or None for one packed file, which is neither."""
    entries: list[Any]
    close: Callable[[], None]


_kept: tuple[tuple[object, ...], _Opened] | None = None
"""The archive that was used last. Its members come one by one: each would have to read its list, or unpack it, from the start."""


def _kept_open(path: Path, settings: Settings) -> _Opened:
    global _kept  # one archive a process, as a worker has one file at a time
    info = path.stat()
    limits = (settings.max_archive_entries, settings.max_unpacked_bytes, settings.max_unpack_ratio)
    key = (str(path), info.st_dev, info.st_ino, info.st_size, info.st_mtime_ns, *limits)
    if _kept is not None and _kept[0] == key:
        return _kept[1]
    if _kept is not None:
        _, before = _kept
        _kept = None
        before.close()
    with ExitStack() as stack:
        opened = (_open_zip if _is_zip(path) else _open_tar if _is_tar(path) else _open_one)(path, settings, stack)
        opened.close = stack.pop_all().close
    _kept = (key, opened)
    return opened


def _open_zip(path: Path, settings: Settings, stack: ExitStack) -> _Opened:
    archive = stack.enter_context(zipfile.ZipFile(path))
    _check_entries(len(archive.infolist()), settings)
    return _Opened(archive, archive.infolist(), stack.close)


def _open_one(path: Path, settings: Settings, stack: ExitStack) -> _Opened:
    del path, settings  # it is short work to open, and read once
    return _Opened(None, [], stack.close)


def _open_tar(path: Path, settings: Settings, stack: ExitStack) -> _Opened:
    """A tar; what it is packed in is taken off once, into a file without a name, and counted meanwhile."""
    stream: IO[bytes] = stack.enter_context(path.open("rb"))
    if _is_packed(path):
        stream = stack.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - the stack closes it
        with _open_packed(path) as packed:
            counted = _Counted(packed, path.stat().st_size, settings)
            while chunk := counted.read(_CHUNK):
                stream.write(chunk)
        stream.seek(0)
    tar = stack.enter_context(
        tarfile.open(fileobj=cast("IO[bytes]", _Headers(stream)), mode="r:")  # noqa: SIM115 - likewise
    )
    entries = []
    for number, entry in enumerate(tar):
        _check_entries(number + 1, settings)
        entries.append(entry)
    return _Opened(tar, entries, stack.close)


class _Headers:
    """What a tar is read through: bytes of members are asked for piece by piece, headers at once, whatever length they claim."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.seek, self.tell, self.close = stream.seek, stream.tell, stream.close

    def read(self, size: int = -1) -> bytes:
        if size > _LONGEST_HEADER_BYTES:
            raise tarfile.ReadError(f"a header of {size:,} bytes")
        return self._stream.read(size)


class _Counted:
    """A stream that stops a bomb."""

    def __init__(self, stream: IO[bytes], packed_bytes: int, settings: Settings) -> None:
        self._stream, self._packed, self._settings, self._read = stream, packed_bytes, settings, 0

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self._read += len(data)
        _check_size(self._read, self._packed, self._settings)
        return data


def _is_zip(path: Path) -> bool:
    # By its beginning, as `detect` does: a tar whose last file is a zip ends like a zip.
    with path.open("rb") as raw:
        return raw.read(4) in (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")


def _is_tar(path: Path) -> bool:
    if not _is_packed(path):
        with path.open("rb") as raw:
            return raw.read(262)[257:262] == b"ustar"
    try:
        with _open_packed(path) as packed:
            return packed.read(262)[257:262] == b"ustar"
    except _BROKEN:
        return False


def _is_packed(path: Path) -> bool:
    with path.open("rb") as raw:
        return raw.read(3) in (b"\x1f\x8b\x08", b"BZh", b"\xfd7z")


def _open_packed(path: Path) -> IO[bytes]:
    """The unpacked bytes of a gz, bz2 or xz file."""
    with path.open("rb") as raw:
        magic = raw.read(2)
    if magic == b"\x1f\x8b":
        return cast("IO[bytes]", gzip.open(path, "rb"))
    if magic == b"BZ":
        return cast("IO[bytes]", bz2.open(path, "rb"))
    if magic == b"\xfd7":
        return cast("IO[bytes]", lzma.open(path, "rb"))
    raise ValueError("neither zip nor tar, gz, bz2 or xz")


def _check_entries(count: int, settings: Settings) -> None:
    if count > settings.max_archive_entries:
        raise LimitExceeded(
            f"{count:,} entries or more; the limit is max_archive_entries = {settings.max_archive_entries:,}"
        )


def _check_size(unpacked: int, packed: int, settings: Settings) -> None:
    if unpacked > settings.max_unpacked_bytes:
        raise LimitExceeded(f"unpacks to more than max_unpacked_bytes = {settings.max_unpacked_bytes:,}")
    if unpacked > _RATIO_AFTER_BYTES and unpacked > settings.max_unpack_ratio * packed:
        raise LimitExceeded(
            f"unpacks to more than max_unpack_ratio = {settings.max_unpack_ratio:g} times its {packed:,} bytes"
        )


def _is_zip_link(info: zipfile.ZipInfo) -> bool:
    return info.create_system == 3 and info.external_attr >> 28 == 0o12


def _shown(name: str) -> str:
    """A member's name as a path below its archive: no drive, no root, no way up, nothing that a terminal obeys."""
    name = "".join(char if char.isprintable() else "_" for char in name.replace("\\", "/").replace("!", "_"))
    parts = [part for part in name.split("/") if part not in ("", ".", "..") and not part.endswith(":")]
    return "/".join(parts) or "_"


def _untaken(shown: str, taken: dict[str, int]) -> str:
    """A path that no other member has; `taken` counts those of one name, of which there may be thousands."""
    path, count = shown, taken.get(shown, 1)
    while path in taken:
        count += 1
        stem, dot, suffix = shown.rpartition(".")
        path = f"{stem} ({count}){dot}{suffix}" if stem and "/" not in suffix else f"{shown} ({count})"
    taken[shown] = count
    taken.setdefault(path, 1)
    return path


def _said(error: BaseException) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
