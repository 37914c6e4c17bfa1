"""Archives: their members as files of the run, taken out one at a time, every limit counted while the bytes flow."""

from __future__ import annotations

import bz2
import gzip
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO, Any, cast

from ..datamodel.source import SourceFile
from ..errors import CorruptFile, EncryptedFile, FileIoError, LimitExceeded
from ..settings import Settings

_CHUNK = 1 << 20
_RATIO_AFTER_BYTES = 10_000_000
_HIDDEN = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
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


def list_members(path: Path, file: SourceFile, settings: Settings) -> tuple[SourceFile, ...]:
    """The files in an archive, sorted by path; folders, links and what systems leave behind are left out.

    Raises:
        CorruptFile: it cannot be opened.
        LimitExceeded: too many entries, too much to unpack, or archives nested too deep.
    """
    if len(file.members) >= settings.max_depth:
        raise LimitExceeded(f"archives are nested deeper than max_depth = {settings.max_depth}")
    try:
        names = list(_names(path, file, settings))
    except (LimitExceeded, EncryptedFile):
        raise
    except _BROKEN as error:
        raise CorruptFile(f"the archive cannot be opened: {_said(error)}") from error
    members = []
    for shown, name, size in names:
        if not _is_wanted(shown):
            continue
        members.append(replace(file, path=f"{file.path}!{shown}", size_bytes=size, members=(*file.members, name)))
    return tuple(sorted(members, key=lambda member: member.path))


def extract_member(archive: Path, member: str, to: Path, settings: Settings) -> None:
    """Writes one member of an archive to the file `to`.

    Raises:
        CorruptFile: the archive or the member is broken.
        EncryptedFile: it needs a password that is not among the settings' passwords.
        LimitExceeded: it unpacks to more than the settings allow.
    """
    try:
        with _open_member(archive, member, settings) as (stream, packed_bytes), to.open("wb") as out:
            unpacked = 0
            while chunk := stream.read(_CHUNK):
                unpacked += len(chunk)
                _check_size(unpacked, packed_bytes, settings)
                out.write(chunk)
    except (LimitExceeded, EncryptedFile, FileIoError):
        raise
    except KeyError as error:
        raise CorruptFile("the archive has no such member any more") from error
    except _BROKEN as error:
        raise CorruptFile(f"the member cannot be unpacked: {_said(error)}") from error


def _names(path: Path, file: SourceFile, settings: Settings) -> Iterator[tuple[str, str, int]]:
    """(path to show, name to find it by, unpacked bytes) of each file."""
    total = 0
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            _check_entries(len(archive.infolist()), settings)
            for number, info in enumerate(archive.infolist()):
                total += info.file_size
                if total > settings.max_unpacked_bytes:
                    limit = settings.max_unpacked_bytes
                    raise LimitExceeded(f"the archive unpacks to more than max_unpacked_bytes = {limit:,}")
                if not info.is_dir() and not _is_zip_link(info):
                    yield _shown(info.filename), f"{number}:{info.filename}", info.file_size
        return
    if _is_tar(path):
        with _open_tar(path, settings) as tar:
            for number, entry in enumerate(tar):
                _check_entries(number + 1, settings)
                if entry.isfile():
                    yield _shown(entry.name), f"{number}:{entry.name}", entry.size
        return
    packed = _open_packed(path)
    if packed is None:
        raise ValueError("neither zip nor tar, gz, bz2 or xz")
    with packed:
        packed.read(1)
    name = file.path.replace("!", "/").rsplit("/", 1)[-1]
    stem = name.rsplit(".", 1)[0] if name.lower().endswith((".gz", ".bz2", ".xz")) else _INNER
    yield _shown(stem), f"0:{_INNER}", path.stat().st_size


@contextmanager
def _open_member(path: Path, member: str, settings: Settings) -> Iterator[tuple[IO[bytes], int]]:
    """(stream of the unpacked bytes, packed bytes)."""
    number, _, name = member.partition(":")
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
            if int(number) >= len(infos) or infos[int(number)].filename != name:
                raise KeyError(name)
            info = infos[int(number)]
            with _open_zip_entry(archive, info, settings) as stream:
                yield stream, max(1, info.compress_size)
        return
    if _is_tar(path):
        with _open_tar(path, settings) as tar:
            entry = next((entry for index, entry in enumerate(tar) if index == int(number)), None)
            stream_or_none = (
                tar.extractfile(entry) if entry is not None and entry.name == name and entry.isfile() else None
            )
            if stream_or_none is None:
                raise KeyError(name)
            yield stream_or_none, path.stat().st_size
        return
    packed = _open_packed(path)
    if packed is None:
        raise KeyError(name)
    with packed:
        yield packed, path.stat().st_size


def _open_zip_entry(archive: zipfile.ZipFile, info: zipfile.ZipInfo, settings: Settings) -> IO[bytes]:
    if not info.flag_bits & 1:
        return archive.open(info)
    for password in settings.passwords:
        try:
            return archive.open(info, pwd=password.encode())
        except RuntimeError:
            continue
    raise EncryptedFile("the archive is encrypted; give its password with --password or MMI_PASSWORDS")


@contextmanager
def _open_tar(path: Path, settings: Settings) -> Iterator[tarfile.TarFile]:
    """A tar whose unpacking is counted, since reading its list already unpacks it."""
    packed = _open_packed(path)
    if packed is None:
        with tarfile.open(path, "r:") as tar:
            yield tar
        return
    with packed:
        counted: Any = _Counted(packed, path.stat().st_size, settings)
        with tarfile.open(fileobj=counted, mode="r|") as tar:
            yield tar


class _Counted:
    """A stream that stops a bomb."""

    def __init__(self, stream: IO[bytes], packed_bytes: int, settings: Settings) -> None:
        self._stream, self._packed, self._settings, self._read = stream, packed_bytes, settings, 0

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self._read += len(data)
        _check_size(self._read, self._packed, self._settings)
        return data


def _is_tar(path: Path) -> bool:
    with path.open("rb") as raw:
        if raw.read(512)[257:262] == b"ustar":
            return True
    packed = _open_packed(path)
    if packed is None:
        return False
    try:
        with packed:
            return packed.read(262)[257:262] == b"ustar"
    except _BROKEN:
        return False


def _open_packed(path: Path) -> IO[bytes] | None:
    """The unpacked bytes of a gz, bz2 or xz file; None when it is none."""
    with path.open("rb") as raw:
        magic = raw.read(2)
    if magic == b"\x1f\x8b":
        return cast("IO[bytes]", gzip.open(path, "rb"))
    if magic == b"BZ":
        return cast("IO[bytes]", bz2.open(path, "rb"))
    return cast("IO[bytes]", lzma.open(path, "rb")) if magic == b"\xfd7" else None


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
            f"unpacks to more than {settings.max_unpack_ratio:g} times its size; the limit is max_unpack_ratio"
        )


def _is_zip_link(info: zipfile.ZipInfo) -> bool:
    return info.create_system == 3 and info.external_attr >> 28 == 0o12


def _is_wanted(shown: str) -> bool:
    parts = shown.split("/")
    return bool(shown) and parts[-1] not in _HIDDEN and not parts[-1].startswith("._") and "__MACOSX" not in parts


def _shown(name: str) -> str:
    """A member's name as a path below its archive: no drive, no root, no way up, nothing that a terminal obeys."""
    name = "".join(char if char.isprintable() else "_" for char in name.replace("\\", "/").replace("!", "_"))
    return "/".join(part for part in name.split("/") if part not in ("", ".", "..") and not part.endswith(":"))


def _said(error: BaseException) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
