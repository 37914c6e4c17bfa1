"""Documents that are zip files: parts read within the limits, which are checked in the directory and counted while reading."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path
from typing import IO

from ..errors import CorruptFile, EncryptedFile, LimitExceeded
from ..settings import Settings

_FREE_BYTES = 10_000_000
"""Below this the ratio is not looked at: small files of repeated text pack very well."""
_CHUNK_BYTES = 256 * 1024


class Package:
    """The parts of a zip-based document by name.

    Python's zipfile never gives more of a part than its directory entry declares, so the check of the directory holds; the
    count while reading holds even if it did not.
    """

    def __init__(self, source: Path | IO[bytes], name: str, settings: Settings) -> None:
        """Opens the directory.

        Raises:
            CorruptFile: not a zip file, or a damaged one.
            EncryptedFile: its parts are encrypted.
            LimitExceeded: more entries or bytes than the settings allow.
        """
        self.name = name
        self._settings = settings
        self._counted: dict[str, int] = {}
        try:
            self._zip = zipfile.ZipFile(source)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError) as error:
            raise CorruptFile(f"{name}: not a readable zip container: {error}") from None
        entries = self._zip.infolist()
        if len(entries) > settings.max_archive_entries:
            raise LimitExceeded(
                f"{name}: {len(entries):,} entries; the limit is max_archive_entries = {settings.max_archive_entries:,}"
            )
        self._entries = {entry.filename: entry for entry in entries if not entry.filename.endswith("/")}
        # Some programs write \ for /, or other cases than they refer to.
        self._loose = {_loose(filename): filename for filename in self._entries}
        self._packed_bytes = max(1, sum(entry.compress_size for entry in entries))
        self._check(sum(entry.file_size for entry in entries))
        if any(entry.flag_bits & 1 for entry in entries):
            raise EncryptedFile(f"{name}: the parts of this file are encrypted")

    def __contains__(self, part: str) -> bool:
        return _loose(part) in self._loose

    @property
    def parts(self) -> tuple[str, ...]:
        """Names in the order of the directory."""
        return tuple(self._entries)

    def read(self, part: str) -> bytes:
        """The bytes of a part.

        Raises:
            CorruptFile: there is none of that name, or it cannot be unpacked.
            LimitExceeded: all parts read so far are more than `max_unpacked_bytes`.
        """
        filename = self._loose.get(_loose(part))
        if filename is None:
            raise CorruptFile(f"{self.name}: the part {part} is missing")
        pieces = []
        try:
            with self._zip.open(self._entries[filename]) as stream:
                size = 0
                while piece := stream.read(_CHUNK_BYTES):
                    size += len(piece)
                    self._counted[filename] = max(size, self._counted.get(filename, 0))
                    self._check(sum(self._counted.values()))
                    pieces.append(piece)
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, ValueError) as error:
            raise CorruptFile(f"{self.name}: the part {part} cannot be unpacked: {error}") from None
        except RuntimeError as error:  # zipfile's way to say that a password is needed
            raise EncryptedFile(f"{self.name}: the part {part} is encrypted: {error}") from None
        return b"".join(pieces)

    def _check(self, unpacked_bytes: int) -> None:
        if unpacked_bytes > self._settings.max_unpacked_bytes:
            raise LimitExceeded(
                f"{self.name}: unpacks to {unpacked_bytes:,} bytes or more; "
                f"the limit is max_unpacked_bytes = {self._settings.max_unpacked_bytes:,}"
            )
        ratio = unpacked_bytes / self._packed_bytes
        if unpacked_bytes > _FREE_BYTES and ratio > self._settings.max_unpack_ratio:
            raise LimitExceeded(
                f"{self.name}: unpacks to {ratio:.0f} times its size; "
                f"the limit is max_unpack_ratio = {self._settings.max_unpack_ratio:g}"
            )


def _loose(part: str) -> str:
    return part.replace("\\", "/").lstrip("/").lower()
