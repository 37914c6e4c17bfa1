"""A blob address as a user writes it, its secret kept apart from what may be shown."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urlsplit

from ...errors import UsageError

_SIGNED = re.compile(r"(?:^|&)sig=")


@dataclass(frozen=True, slots=True, kw_only=True)
class BlobAddress:
    """An address taken apart."""

    account_url: str | None
    """None: the account of the environment."""
    container: str
    name: str
    """Blob name or prefix, decoded."""
    sas: str | None = field(default=None, repr=False)

    @property
    def shown(self) -> str:
        """The address without its secret."""
        if self.account_url is None:
            return f"az://{self.container}" + (f"/{self.name}" if self.name else "")
        return f"{self.account_url}/{quote(self.container)}" + (f"/{quoted(self.name)}" if self.name else "")


def parse_address(address: str) -> BlobAddress:
    """Takes `az://container/name`, its name as it is, or `https://account…/container/name?sas`, percent-encoded, apart.

    Raises:
        UsageError: no container in it.
    """
    if address.startswith("az://"):
        rest, question, sas = address.removeprefix("az://").rpartition("?")
        if not (question and _SIGNED.search(sas)):  # a name may hold a question mark, too
            rest, sas = address.removeprefix("az://"), ""
        container, _, name = rest.partition("/")
        if not container:
            raise UsageError("az:// needs a container: az://container/prefix")
        return BlobAddress(account_url=None, container=container, name=name, sas=sas or None)
    parts = urlsplit(address)
    path = parts.path.removeprefix("/")
    host = parts.netloc.rpartition("@")[2].replace(".dfs.core.", ".blob.core.")
    account_url = f"{parts.scheme}://{host}"
    if _has_account_in_path(parts.hostname or ""):
        account, _, path = path.partition("/")
        account_url = f"{account_url}/{account}"
    container, _, name = path.partition("/")
    if not container:
        raise UsageError(f"{account_url} needs a container: https://account.blob.core.windows.net/container/prefix")
    return BlobAddress(
        account_url=account_url, container=unquote(container), name=unquote(name), sas=parts.query or None
    )


def container_of(uri: str) -> str:
    """The address of the container that a blob's address names, without blob and SAS."""
    address = parse_address(uri)
    return f"az://{address.container}" if address.account_url is None else f"{address.account_url}/{address.container}"


def quoted(name: str) -> str:
    """A blob's name as it stands in a URL."""
    return quote(name, safe="/-._~")


def _has_account_in_path(host: str) -> bool:
    """Emulators have the account's name in the path: they are reached by a number or by a name without a dot."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return "." not in host
    return True
