"""Blobs as output: each whole or absent, and never written over what somebody else wrote in the meantime."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

from ...errors import StorageDown
from ...retry import Patience
from .address import BlobAddress, parse_address, quoted
from .client import PIECE_BYTES, container_client, error_code, shown_url, told

_STAGED_AT_ONCE = 4
_ABSENT = ""
_IS_LEASED = frozenset({"LeaseIdMissing", "LeaseIdMismatchWithBlobOperation"})


class AzureDestination:
    """A prefix for results.

    A small file is one request; a larger one is staged in blocks that are committed once. Every write names what it replaces: the
    version that was there when `watch` looked, or when the write began. Safe to use from several threads, one name each.
    """

    def __init__(self, address: str | BlobAddress, *, patience: Patience | None = None) -> None:
        self._address = parse_address(address) if isinstance(address, str) else address
        self._patience = patience or Patience()
        self._container: Any = None
        self._start = ""
        """What the address of each blob below begins with."""
        self._known: dict[str, str] = {}
        """Name → ETag of what this run knows to be there; `_ABSENT`: nothing."""

    @property
    def address(self) -> BlobAddress:
        return self._address

    @property
    def url(self) -> str:
        """The full address, account and all, without secrets; one for all ways to write it."""
        return f"{shown_url(self._client())}/{self._address.name}".rstrip("/")

    def name_below(self, uri: str) -> str | None:
        """The name of a blob below this prefix; None when it does not lie there."""
        start = self._start = self._start or f"{shown_url(self._client())}/{quoted(self._name(''))}"
        return unquote(uri[len(start) :]) if uri.startswith(start) else None

    def watch(self, names: Iterable[str]) -> None:
        """Remembers which version of each name is there now; a later write over another one fails.

        Raises:
            StorageDown: the destination cannot be reached.
        """
        for name in names:
            found = self._properties(name)
            self._known[name] = _ABSENT if found is None else str(found.etag)

    def write(self, name: str, local: Path) -> None:
        """See `Destination`.

        Raises:
            StorageDown: the destination cannot be written, or somebody else wrote there since this run looked.
        """
        with local.open("rb") as stream:
            digest = hashlib.file_digest(stream, lambda: hashlib.md5(usedforsecurity=False)).digest()
            size_bytes = stream.tell()
            stream.seek(0)
            known = self._known.get(name)
            etag = None
            if known is not None or size_bytes <= PIECE_BYTES:  # most names are new: it costs one request to say so
                etag = self._put(name, stream, size_bytes, digest, known or _ABSENT)
            if etag is None and known is None:
                found = self._properties(name)
                stream.seek(0)
                etag = self._put(name, stream, size_bytes, digest, str(found.etag) if found is not None else _ABSENT)
        if etag is None:
            raise StorageDown(
                f"{self._shown(name)} was written by somebody else while this run was going on, and is left as it is; "
                "type the same command again to write over it"
            )
        if known is not None:
            self._known[name] = etag

    def read(self, name: str, local: Path) -> bool:
        from azure.core.exceptions import ResourceNotFoundError

        with told(self._shown(name), self._client()):
            try:
                download = self._client().download_blob(self._name(name))
            except ResourceNotFoundError as error:
                if error_code(error) == "ContainerNotFound":
                    raise
                return False
            with local.open("wb") as stream:
                download.readinto(stream)
            return True

    def names(self, below: str) -> Iterator[str]:
        """Every name that begins with `below`, streamed."""
        start = self._name("")
        with told(self._shown(below), self._client()):
            for blob in self._client().list_blobs(name_starts_with=self._name(below)):
                yield blob.name[len(start) :]

    def remove(self, name: str) -> None:
        """Removes a blob; one that is not there is none to remove."""
        from azure.core.exceptions import ResourceNotFoundError

        with told(self._shown(name), self._client()):
            try:
                self._client().delete_blob(self._name(name))
            except ResourceNotFoundError:
                return

    def blob(self, name: str) -> Any:
        """The client of one blob, for its lease."""
        return self._client().get_blob_client(self._name(name))

    def _put(self, name: str, stream: io.BufferedReader, size_bytes: int, digest: bytes, replaces: str) -> str | None:
        """The ETag of what is now there; None: something other than `replaces` was there, and still is."""
        from azure.core import MatchConditions
        from azure.core.exceptions import HttpResponseError
        from azure.storage.blob import ContentSettings

        blob = self.blob(name)
        named: dict[str, Any] = {"content_settings": ContentSettings(content_md5=bytearray(digest))}
        if replaces == _ABSENT:
            named["match_condition"] = MatchConditions.IfMissing
        else:
            named |= {"etag": replaces, "match_condition": MatchConditions.IfNotModified}
        with told(f"cannot write {self._shown(name)}", self._client()):
            try:
                if size_bytes <= PIECE_BYTES:
                    return str(blob.upload_blob(stream.read(), overwrite=replaces != _ABSENT, **named)["etag"])
                return str(blob.commit_block_list(self._staged(blob, stream), **named)["etag"])
            except HttpResponseError as error:
                if error.status_code not in (409, 412) or error_code(error) in _IS_LEASED:
                    raise
        # Or it was this very request, sent again because its first answer was lost.
        found = self._properties(name)
        if (
            found is not None
            and found.size == size_bytes
            and bytes(found.content_settings.content_md5 or b"") == digest
        ):
            return str(found.etag)
        return None

    def _staged(self, blob: Any, stream: io.BufferedReader) -> list[Any]:
        """Blocks that no other writer's can be taken for: each write names them anew."""
        from azure.storage.blob import BlobBlock

        write = uuid4().hex
        blocks: list[Any] = []

        def stage(number: int, data: bytes) -> None:
            blob.stage_block(_block_id(write, number), data, length=len(data))

        with ThreadPoolExecutor(_STAGED_AT_ONCE) as pool:
            waiting = []
            while data := stream.read(PIECE_BYTES):
                blocks.append(BlobBlock(block_id=_block_id(write, len(blocks))))
                waiting.append(pool.submit(stage, len(blocks) - 1, data))
                if len(waiting) >= _STAGED_AT_ONCE:
                    waiting.pop(0).result()
            for each in waiting:
                each.result()
        return blocks

    def _properties(self, name: str) -> Any:
        from azure.core.exceptions import ResourceNotFoundError

        with told(self._shown(name), self._client()):
            try:
                return self.blob(name).get_blob_properties()
            except ResourceNotFoundError as error:
                if error_code(error) == "ContainerNotFound":
                    raise
                return None

    def _name(self, name: str) -> str:
        prefix = self._address.name.rstrip("/")
        return f"{prefix}/{name}" if prefix else name

    def _shown(self, name: str) -> str:
        return f"{self._address.shown.rstrip('/')}/{name}"

    def _client(self) -> Any:
        if self._container is None:
            self._container = container_client(self._address, self._patience)
        return self._container


def _block_id(write: str, number: int) -> str:
    """48 characters, as many as those of the SDK and of azcopy have: all blocks of a blob must have one length."""
    return f"{write}{number:016d}"
