"""One blob to a local file: in pieces that are counted, each of the version that was listed, the broken one fetched again."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from ...datamodel.source import SourceFile
from ...errors import ChangedDuringRead, FileError, FileIoError, StorageDown, StorageUnreachable
from ...retry import Patience
from .client import PIECE_BYTES, error_code, is_refused_login, reason, sas_ended

_ARCHIVED = frozenset({"BlobArchived", "BlobBeingRehydrated"})
_IN_NO_STATE = frozenset({"ContainerNotFound", "ContainerBeingDeleted"})


def download(blob: Any, file: SourceFile, to: Path, *, patience: Patience) -> None:
    """Writes the blob's bytes to a file; what came before a connection broke is kept.

    Raises:
        ChangedDuringRead: it is no longer the version that was listed, or gone.
        FileIoError: this blob cannot be read.
        StorageUnreachable: it could not be fetched for a reason that other blobs may share.
        StorageDown: there is no access any more.
    """
    from azure.core.exceptions import AzureError

    from .transport import is_passing

    size_bytes = None if file.members else file.size_bytes  # of a member the size is that of what it unpacks to
    done, attempt = 0, 0
    with to.open("wb") as stream:
        while True:
            try:
                data, whole = _piece(blob, file, done, size_bytes)
            except AzureError as error:
                wait_s = patience.wait_s(attempt) if _broke_off(error) and is_passing(error) else None
                if wait_s is None:
                    raise _as_file_error(file, error, blob) from None
                attempt += 1
                time.sleep(wait_s)
                continue
            if size_bytes is None:
                size_bytes = whole
            elif whole != size_bytes:
                raise ChangedDuringRead(f"{file.path}: it has {whole} bytes, {size_bytes} were listed")
            wanted = min(PIECE_BYTES, size_bytes - done)
            stream.write(data[:wanted])
            done += min(len(data), wanted)
            if done >= size_bytes:
                return
            if len(data) < wanted:  # an answer that says it is shorter than what was asked for
                wait_s = patience.wait_s(attempt)
                if wait_s is None:
                    raise StorageUnreachable(
                        f"{file.path}: only {done} of {size_bytes} bytes came, however often asked for"
                    )
                attempt += 1
                time.sleep(wait_s)
            else:
                attempt = 0


def _piece(blob: Any, file: SourceFile, offset: int, size_bytes: int | None) -> tuple[bytes, int]:
    """(bytes from `offset` on, size of the whole blob)."""
    from azure.core import MatchConditions

    condition = {"etag": file.etag, "match_condition": MatchConditions.IfNotModified} if file.etag else {}
    if size_bytes == 0:
        downloader = blob.download_blob(max_concurrency=1, **condition)
    else:
        length = PIECE_BYTES if size_bytes is None else min(PIECE_BYTES, size_bytes - offset)
        downloader = blob.download_blob(offset=offset, length=length, max_concurrency=1, **condition)
    return downloader.readall(), _whole_size(downloader)


def _whole_size(downloader: Any) -> int:
    """From the range that the answer names; of an answer without one, what came."""
    _, slash, whole = str(downloader.properties.content_range or "").rpartition("/")
    return int(whole) if slash and whole.isdecimal() else int(downloader.size)


def _broke_off(error: BaseException) -> bool:
    """Whether it was a body that broke off: what came before it was retried already."""
    status = getattr(error, "status_code", None)
    return status is None or 200 <= status < 300


def _as_file_error(file: SourceFile, error: Any, blob: Any) -> FileError | StorageDown:
    code, status = error_code(error), getattr(error, "status_code", None)
    if code in _ARCHIVED:
        state = "is being fetched from the archive tier; run again when it is there" if code != "BlobArchived" else (
            "lies in the archive tier, where blobs cannot be read; move it to another tier "
            "(az storage blob set-tier --tier Cool), wait some hours and run again"
        )  # fmt: skip
        return FileIoError(f"{file.path} {state}")
    if status in (404, 412, 416) and code not in _IN_NO_STATE:
        return ChangedDuringRead(f"{file.path} was changed or removed after it was listed; it is read again next time")
    if is_refused_login(error) or (status == 403 and sas_ended(blob) is not None):
        return StorageDown(f"{file.path} cannot be downloaded: {reason(error, blob)}")
    return StorageUnreachable(f"{file.path} cannot be downloaded: {reason(error, blob)}")
