"""Blobs as input: listed page by page, downloaded piece by piece, each bound to the version that was listed."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ...datamodel.source import SourceFile
from ...errors import StorageDown
from ...retry import Patience
from ..local import is_system_name
from .address import parse_address, quoted
from .client import container_client, shown_url, told
from .download import download

_SPELLED = {"": "%2F", ".": "%2E", "..": "%2E%2E"}
_LIKE_SPELLED = re.compile(r"%(?:25)*(?:2F|2E|2E%2E)")


class AzureSource:
    """A blob, or all blobs below a prefix; folders that are no blobs, snapshots and old versions do not count."""

    def __init__(self, address: str, *, patience: Patience | None = None) -> None:
        self._address = parse_address(address)
        self._patience = patience or Patience()
        self._container: Any = None

    def list(self) -> Iterator[SourceFile]:
        """In the order of the service, which is that of the names' code points; one page of it is held at a time."""
        prefix, client = self._address.name, self._client()
        with told(self._address.shown, client):
            found_one = False
            if prefix and not prefix.endswith("/"):
                exact = self._blob_or_none(prefix)
                if exact is not None:
                    yield self._source_file(exact, prefix.rpartition("/")[2])
                    return
                prefix += "/"
            for blob in client.list_blobs(name_starts_with=prefix or None, include=["metadata"]):
                if _is_folder_mark(blob) or any(map(is_system_name, blob.name[len(prefix) :].split("/"))):
                    continue
                found_one = True
                yield self._source_file(blob, blob.name[len(prefix) :])
            if not found_one and prefix:
                raise StorageDown(f"{self._address.shown} holds no blob")

    @contextmanager
    def local_copy(self, file: SourceFile) -> Iterator[Path]:
        blob = self._client().get_blob_client(parse_address(file.uri).name)
        with tempfile.TemporaryDirectory(prefix="mmi-blob-") as folder:
            path = Path(folder) / "blob"
            download(blob, file, path, patience=self._patience)
            yield path

    def holds(self, file: SourceFile) -> bool:
        """Whether a file lies in this source's container, so that its credentials open it."""
        return file.uri.startswith(f"{shown_url(self._client())}/")

    def _client(self) -> Any:
        if self._container is None:
            self._container = container_client(self._address, self._patience)
        return self._container

    def _blob_or_none(self, name: str) -> Any:
        from azure.core.exceptions import ResourceNotFoundError

        try:
            blob = self._client().get_blob_client(name).get_blob_properties()
        except ResourceNotFoundError:
            return None
        return None if _is_folder_mark(blob) else blob

    def _source_file(self, blob: Any, path: str) -> SourceFile:
        return SourceFile(
            uri=f"{shown_url(self._client())}/{quoted(blob.name)}",
            path=path_of_name(path),
            size_bytes=blob.size,
            etag=str(blob.etag).strip('"'),
            modified_s=blob.last_modified.timestamp() if blob.last_modified else None,
        )


def path_of_name(name: str) -> str:
    """A blob's name below its prefix as a path that cannot climb.

    Parts that a path cannot have are spelled out, and a part that looks like one of them is told apart: no two names have one path.
    """
    return "/".join(_SPELLED.get(part) or _told_apart(part) for part in name.split("/"))


def _told_apart(part: str) -> str:
    return "%25" + part[1:] if _LIKE_SPELLED.fullmatch(part) else part


def _is_folder_mark(blob: Any) -> bool:
    """What tools and hierarchical namespaces leave in place of a folder."""
    metadata = {name.lower(): value for name, value in (blob.metadata or {}).items()}
    return metadata.get("hdi_isfolder", "").lower() == "true" or bool(blob.size == 0 and blob.name.endswith("/"))
