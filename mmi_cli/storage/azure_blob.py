"""Azure Blob Storage: `az://container/prefix` or the full `https://…` address.

The account comes from `AZURE_STORAGE_CONNECTION_STRING`, or from `AZURE_STORAGE_ACCOUNT_URL` (or the address) with
`AZURE_STORAGE_SAS_TOKEN`, a SAS in the address, or the default Azure credential chain. No secret becomes part of a `uri` or a message.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from ..datamodel.source import SourceFile
from ..errors import ChangedDuringRead, FileIoError, StorageDown, UsageError
from .local import is_system_name

_BLOCK_BYTES = 4 << 20
_CONNECT_S, _READ_S = 20, 120


@dataclass(frozen=True, slots=True, kw_only=True)
class BlobAddress:
    """An address taken apart; the SAS is kept apart from what may be shown."""

    account_url: str | None
    """None: the account of the environment."""
    container: str
    name: str
    """Blob name or prefix, decoded."""
    sas: str | None = None


def parse_address(address: str) -> BlobAddress:
    """Takes `az://container/name` or `https://account…/container/name?sas` apart.

    Raises:
        UsageError: no container in it.
    """
    if address.startswith("az://"):
        container, _, name = address.removeprefix("az://").partition("/")
        if not container:
            raise UsageError("az:// needs a container: az://container/prefix")
        return BlobAddress(account_url=None, container=container, name=name)
    parts = urlsplit(address)
    path = parts.path.lstrip("/")
    account_url = f"{parts.scheme}://{parts.netloc}"
    if parts.hostname in ("127.0.0.1", "localhost"):  # the emulator puts the account into the path
        account, _, path = path.partition("/")
        account_url = f"{account_url}/{account}"
    container, _, name = path.partition("/")
    if not container:
        raise UsageError(f"{account_url} needs a container: https://account.blob.core.windows.net/container/prefix")
    return BlobAddress(
        account_url=account_url, container=unquote(container), name=unquote(name), sas=parts.query or None
    )


def name_below(prefix: str, address: str) -> str | None:
    """The name of a blob below a prefix; None when it does not lie there."""
    if not address.startswith(("az://", "https://", "http://")):
        return None
    outer, inner = parse_address(prefix), parse_address(address)
    is_elsewhere = outer.account_url and inner.account_url and outer.account_url != inner.account_url
    folder = f"{outer.name.rstrip('/')}/" if outer.name else ""
    if is_elsewhere or outer.container != inner.container or not inner.name.startswith(folder):
        return None
    return inner.name[len(folder) :]


class AzureSource:
    """A blob, or all blobs below a prefix; folders that are no blobs, snapshots and old versions do not count."""

    def __init__(self, address: str) -> None:
        self._address = parse_address(address)
        self._container: Any = None

    def list(self) -> Iterator[SourceFile]:
        """In the order of the service, which is that of the names' code points."""
        prefix = self._address.name
        with _said(f"az://{self._address.container}/{prefix}"):
            found_one = False
            if prefix and not prefix.endswith("/"):
                exact = self._blob_or_none(prefix)
                if exact is not None:
                    yield self._source_file(exact, prefix.rpartition("/")[2])
                    return
                prefix += "/"
            for blob in self._client().list_blobs(name_starts_with=prefix or None, include=["metadata"]):
                if _is_folder_mark(blob) or any(map(is_system_name, blob.name[len(prefix) :].split("/"))):
                    continue
                found_one = True
                yield self._source_file(blob, blob.name[len(prefix) :])
            if not found_one and prefix:
                raise StorageDown(f"az://{self._address.container}/{prefix} holds no blob")

    @contextmanager
    def local_copy(self, file: SourceFile) -> Iterator[Path]:
        from azure.core import MatchConditions
        from azure.core.exceptions import AzureError, ResourceModifiedError, ResourceNotFoundError

        address = parse_address(file.uri)
        blob = self._client().get_blob_client(address.name)
        with tempfile.TemporaryDirectory(prefix="mmi-blob-") as folder:
            path = Path(folder) / "blob"
            condition = {"etag": file.etag, "match_condition": MatchConditions.IfNotModified} if file.etag else {}
            try:
                with path.open("wb") as stream:
                    download = blob.download_blob(max_concurrency=1, **condition)
                    download.readinto(stream)
            except (ResourceModifiedError, ResourceNotFoundError) as error:
                raise ChangedDuringRead(f"{file.path} was changed or removed after it was listed") from error
            except AzureError as error:
                raise FileIoError(f"{file.path} cannot be downloaded: {_kind(error)}") from error
            if not file.members and path.stat().st_size != file.size_bytes:
                raise ChangedDuringRead(f"{file.path}: {path.stat().st_size} bytes came, {file.size_bytes} were listed")
            yield path

    def holds(self, file: SourceFile) -> bool:
        """Whether a file lies in this source's container, so that its credentials open it."""
        return file.uri.startswith(f"{_shown_url(self._client())}/")

    def _client(self) -> Any:
        if self._container is None:
            self._container = container_client(self._address)
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
            uri=f"{_shown_url(self._client())}/{quote(blob.name, safe='/-._~')}",
            path=_relative(path),
            size_bytes=blob.size,
            etag=str(blob.etag).strip('"'),
            modified_s=blob.last_modified.timestamp() if blob.last_modified else None,
        )


class AzureDestination:
    """A prefix for results; a blob is put together from staged blocks and committed once, so it is whole or absent."""

    def __init__(self, address: str) -> None:
        self._address = parse_address(address)
        self._container: Any = None

    def write(self, name: str, local: Path) -> None:
        with _said(f"az://{self._address.container}/{self._name(name)}"), local.open("rb") as stream:
            self._client().upload_blob(self._name(name), stream, overwrite=True, max_concurrency=1)

    def read(self, name: str, local: Path) -> bool:
        from azure.core.exceptions import ResourceNotFoundError

        with _said(f"az://{self._address.container}/{self._name(name)}"):
            try:
                download = self._client().download_blob(self._name(name))
            except ResourceNotFoundError:
                return False
            with local.open("wb") as stream:
                download.readinto(stream)
            return True

    def _name(self, name: str) -> str:
        prefix = self._address.name.rstrip("/")
        return f"{prefix}/{name}" if prefix else name

    def _client(self) -> Any:
        if self._container is None:
            self._container = container_client(self._address)
        return self._container


def container_of(uri: str) -> str:
    """The address of the container that a blob's address names, without blob and SAS."""
    address = parse_address(uri)
    return f"az://{address.container}" if address.account_url is None else f"{address.account_url}/{address.container}"


def container_client(address: BlobAddress) -> Any:
    """A client of the container, with the credentials of the environment.

    Raises:
        UsageError: nothing says which account.
    """
    from azure.storage.blob import BlobServiceClient

    options: dict[str, Any] = {
        "max_block_size": _BLOCK_BYTES,
        "max_single_put_size": _BLOCK_BYTES,
        "logging_enable": False,
        "connection_timeout": _CONNECT_S,
        "read_timeout": _READ_S,
    }
    connection = os.environ.get("AZURE_STORAGE_CONNECTION_STRING")
    if connection and address.sas is None:
        try:
            service = BlobServiceClient.from_connection_string(connection, **options)
        except ValueError:
            raise UsageError("AZURE_STORAGE_CONNECTION_STRING is not a connection string") from None
        if address.account_url is None or address.account_url.rstrip("/") == service.url.rstrip("/"):
            return service.get_container_client(address.container)
    url = address.account_url or os.environ.get("AZURE_STORAGE_ACCOUNT_URL")
    if not url:
        raise UsageError(
            "which storage account? set AZURE_STORAGE_CONNECTION_STRING, or AZURE_STORAGE_ACCOUNT_URL with a SAS or an Azure login"
        )
    sas = address.sas or os.environ.get("AZURE_STORAGE_SAS_TOKEN", "").lstrip("?") or urlsplit(url).query
    credential: Any = sas or _default_credential()
    service = BlobServiceClient(url.split("?")[0], credential=credential, **options)
    return service.get_container_client(address.container)


def _default_credential() -> Any:
    try:
        from azure.identity import DefaultAzureCredential
    except ImportError:
        raise UsageError(
            "no key, SAS or connection string is set, and azure-identity is not installed: pip install 'mmi-cli[azure]'"
        ) from None
    return DefaultAzureCredential()


@contextmanager
def _said(what: str) -> Iterator[None]:
    """Turns an error of the service into one for people, without what it may hold of secrets."""
    from azure.core.exceptions import AzureError

    try:
        yield
    except AzureError as error:
        raise StorageDown(f"{what}: {_kind(error)}") from error


def _kind(error: BaseException) -> str:
    code = getattr(error, "error_code", None)
    status = getattr(error, "status_code", None)
    return " ".join(str(part) for part in (type(error).__name__, status, code) if part)


def _is_folder_mark(blob: Any) -> bool:
    metadata = blob.metadata or {}
    return metadata.get("hdi_isfolder") == "true" or (blob.size == 0 and blob.name.endswith("/"))


def _shown_url(client: Any) -> str:
    """The container's address without its SAS."""
    return str(client.url).split("?")[0].rstrip("/")


def _relative(name: str) -> str:
    """A blob's name below its prefix as a path that cannot climb; parts that a path cannot have are spelled out."""
    spelled = {"": "%2F", ".": "%2E", "..": "%2E%2E"}
    return "/".join(spelled.get(part, part) for part in name.split("/"))
