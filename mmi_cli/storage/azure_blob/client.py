"""A client of a container with the credentials of the environment, and the service's errors in words without secrets."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from ...errors import StorageDown, UsageError
from ...retry import Patience
from .address import BlobAddress

PIECE_BYTES = 8 << 20
"""What one request brings or takes at most: as much is sent again when a connection breaks."""
_CONNECT_S, _READ_S = 20, 60
_ADVICE = {
    "ContainerNotFound": "there is no such container; create it (az storage container create)",
    "ContainerBeingDeleted": "the container is being deleted",
    "AccountIsDisabled": "the account is disabled",
    "AuthenticationFailed": "the key, SAS or login is not accepted, or no longer valid",
    "AuthorizationFailure": "the key, SAS or login is not accepted, or the account's firewall does not let this machine in",
    "AuthorizationPermissionMismatch": "the SAS or login does not permit this; reading needs read and list, results need write, "
    "create, delete and list, too",
    "AuthorizationServiceMismatch": "the SAS is not for blobs",
    "AuthorizationResourceTypeMismatch": "the SAS does not permit this; it needs the resource types container and object",
    "InvalidAuthenticationInfo": "the key, SAS or login is not accepted",
    "InsufficientAccountPermissions": "the account does not permit this",
}


def container_client(address: BlobAddress, patience: Patience) -> Any:
    """A client of the container.

    Raises:
        UsageError: nothing says which account, or what is said of it cannot be.
    """
    from azure.storage.blob import BlobServiceClient

    from .transport import PatientPolicy, make_transport

    logging.getLogger("urllib3.connectionpool").setLevel(logging.INFO)  # below, it writes addresses with their SAS
    options: dict[str, Any] = {
        "max_single_get_size": PIECE_BYTES,
        "max_chunk_get_size": PIECE_BYTES,
        "max_single_put_size": PIECE_BYTES,
        "logging_enable": False,
        "retry_policy": PatientPolicy(patience),
    }

    def transport() -> Any:
        return make_transport(connect_s=_CONNECT_S, read_s=_READ_S)

    connection = os.environ.get("AZURE_STORAGE_CONNECTION_STRING")
    if connection and address.sas is None:
        try:
            service = BlobServiceClient.from_connection_string(connection, transport=transport(), **options)
        except ValueError:
            raise UsageError("AZURE_STORAGE_CONNECTION_STRING is not a connection string") from None
        account_url = str(service.url).split("?")[0].rstrip("/")
        if address.account_url is None or address.account_url.rstrip("/") == account_url:
            return service.get_container_client(address.container)
    url = address.account_url or os.environ.get("AZURE_STORAGE_ACCOUNT_URL")
    if not url:
        raise UsageError(
            "which storage account? set AZURE_STORAGE_CONNECTION_STRING, or AZURE_STORAGE_ACCOUNT_URL with a SAS or an Azure login"
        )
    sas = address.sas or os.environ.get("AZURE_STORAGE_SAS_TOKEN", "").lstrip("?") or urlsplit(url).query
    credential: Any = sas or _default_credential()
    try:
        service = BlobServiceClient(url.split("?")[0], credential=credential, transport=transport(), **options)
    except ValueError:
        raise UsageError(f"{url.split('?')[0]} is no address of a storage account") from None
    return service.get_container_client(address.container)


def _default_credential() -> Any:
    try:
        from azure.identity import DefaultAzureCredential
    except ImportError:
        raise UsageError(
            "no key, SAS or connection string is set, and azure-identity is not installed: pip install 'mmi-cli[azure]'"
        ) from None
    return DefaultAzureCredential()


def shown_url(client: Any) -> str:
    """The address of a container or blob without its SAS."""
    return str(client.url).split("?")[0].rstrip("/")


@contextmanager
def told(what: str, client: Any = None) -> Iterator[None]:
    """Turns an error of the service into a `StorageDown` for people.

    What the error says itself is left out: it may hold the whole address, SAS and all.
    """
    from azure.core.exceptions import AzureError

    try:
        yield
    except AzureError as error:
        raise StorageDown(f"{what}: {reason(error, client)}") from None


def reason(error: BaseException, client: Any = None) -> str:
    """Why a request failed, and what to do, in words without secrets."""
    from azure.core.exceptions import ServiceRequestError, ServiceResponseError

    code, status = error_code(error), getattr(error, "status_code", None)
    if status == 403 and client is not None and (ended := sas_ended(client)) is not None:
        return f"the SAS ended at {ended}; set a new one and type the same command again"
    if code in _ADVICE:
        return f"{_ADVICE[code]} ({status} {code})"
    if isinstance(error, ServiceResponseError):
        return "the connection broke off, or no answer came in time"
    if isinstance(error, ServiceRequestError):
        return "the service cannot be reached"
    if is_refused_login(error):
        return "the login is not accepted: no credential of the environment, managed identity or `az login` opens it"
    return " ".join(str(part) for part in (type(error).__name__, status, code) if part)


def error_code(error: BaseException) -> str:
    """The service's own name for what went wrong; empty when it said none."""
    code = getattr(error, "error_code", None)
    return str(getattr(code, "value", code) or "")


def is_refused_login(error: BaseException) -> bool:
    """Whether there is no access at all: not this blob is refused, but whoever asks."""
    from azure.core.exceptions import ClientAuthenticationError

    if isinstance(error, ClientAuthenticationError) and getattr(error, "status_code", None) is None:
        return True
    return error_code(error) in ("AuthenticationFailed", "InvalidAuthenticationInfo", "AccountIsDisabled")


def sas_ended(client: Any) -> str | None:
    """When the client's SAS ended; None while it is good, or there is none."""
    ends = parse_qs(urlsplit(str(client.url)).query).get("se", [""])[0]
    try:
        when = datetime.fromisoformat(ends)
    except ValueError:
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return when.isoformat(timespec="seconds") if when <= datetime.now(UTC) else None
