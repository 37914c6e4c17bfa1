"""The blobs of a state: written once under names of their own, and taken back only if they are what was written."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from ...errors import StorageDown
from .manifest_tables import JOURNAL, MANIFEST
from .state_head import HEAD, Head, Piece

if TYPE_CHECKING:
    from ...storage.azure_blob import AzureDestination
    from ..output import Output

_LOOKS = 3
_CHUNK_BYTES = 1 << 20


def put_piece(
    destination: AzureDestination, prefix: str, name: str, path: Path, *, begin: int, end: int, packed: Path
) -> Piece:
    """Uploads the bytes of a file from `begin` to `end`.

    Args:
        packed: where they are compressed to meanwhile.

    Raises:
        StorageDown: the destination cannot be written.
    """
    digest = hashlib.sha256()
    with path.open("rb") as stream, gzip.open(packed, "wb", compresslevel=1) as to:
        stream.seek(begin)
        left = end - begin
        while left and (data := stream.read(min(left, _CHUNK_BYTES))):
            to.write(data)
            digest.update(data)
            left -= len(data)
    destination.write(f"{prefix}/{name}", packed)
    packed.unlink()
    return Piece(name=name, size_bytes=end - begin, sha256=digest.hexdigest(), offset=begin)


def fetch_newest(output: Output, to: Path) -> bool:
    """Writes the index and the journal that lie beside the results on blob to a folder; False where there are none.

    Raises:
        StorageDown: they cannot be read, or are not what was written.
    """
    if output.destination is None:
        return False
    path, why = to / "head", ""
    for _ in range(_LOOKS):  # a run that goes on meanwhile removes what its next state does not name
        if not output.destination.read(f"{output.state_name}/{HEAD}", path):
            return False
        try:
            fetch_state(output.destination, output.state_name, Head.from_bytes(path.read_bytes()), to)
            return True
        except ValueError as error:
            why = str(error)
    raise StorageDown(f"the state beside the results of {output.address} cannot be used: {why}")


def fetch_state(destination: AzureDestination, prefix: str, head: Head, to: Path) -> None:
    """Writes the index and the journal of a state on blob to a folder.

    Args:
        prefix: the name of the state's folder below the destination.

    Raises:
        ValueError: a blob is missing, or not what the head says.
        StorageDown: they cannot be read.
    """
    packed = to / "piece"
    with (to / JOURNAL).open("wb") as journal:
        for piece in head.journal:
            _fetch(destination, prefix, piece, packed, journal.write)
    with (to / f"{MANIFEST}.partial").open("wb") as index:
        _fetch(destination, prefix, head.manifest, packed, index.write)
    packed.unlink(missing_ok=True)
    (to / f"{MANIFEST}.partial").replace(to / MANIFEST)


def begins_with(path: Path, pieces: tuple[Piece, ...]) -> bool:
    """Whether a journal begins with what lies on blob."""
    with path.open("rb") as stream:
        return all(hashlib.sha256(stream.read(piece.size_bytes)).hexdigest() == piece.sha256 for piece in pieces)


def _fetch(
    destination: AzureDestination, prefix: str, piece: Piece, packed: Path, write: Callable[[bytes], object]
) -> None:
    if not destination.read(f"{prefix}/{piece.name}", packed):
        raise ValueError(f"{piece.name} is missing")
    digest, size_bytes = hashlib.sha256(), 0
    try:
        with gzip.open(packed) as stream:
            while data := stream.read(_CHUNK_BYTES):
                size_bytes += len(data)
                if size_bytes > piece.size_bytes:
                    break
                digest.update(data)
                write(data)
    except (OSError, EOFError) as error:
        raise ValueError(f"{piece.name} cannot be unpacked") from error
    if size_bytes != piece.size_bytes or digest.hexdigest() != piece.sha256:
        raise ValueError(f"{piece.name} is not what was written")
