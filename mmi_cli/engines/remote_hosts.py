"""Whether an engine's server is this machine; content of files goes to no other one unless `allow_remote` says so.

A name that merely resolves to this machine does not count: what it resolves to is decided elsewhere.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING

from ..errors import UsageError
from ..settings import Settings

if TYPE_CHECKING:
    import httpx


def is_loopback(host: str) -> bool:
    """`localhost`, 127.0.0.0/8 or ::1."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def server_url(settings: Settings) -> httpx.URL:
    """The base URL of the OpenAI-compatible server, looked at before anything is sent.

    Raises:
        UsageError: no HTTP address, a secret in it, or another machine without `allow_remote`.
    """
    import httpx

    try:
        url = httpx.URL(settings.openai_base_url)
    except httpx.InvalidURL as error:
        raise UsageError(f"openai_base_url is no address: {error}") from error
    if url.scheme not in ("http", "https") or not url.host or not 0 < (url.port or 80) < 65536:
        raise UsageError("openai_base_url has to be http:// or https:// with a host and, where needed, a port")
    if url.userinfo:
        raise UsageError("openai_base_url holds a user or password; a key belongs in MMI_OPENAI_API_KEY")
    if not settings.allow_remote and not is_loopback(url.host):
        raise UsageError(
            f"openai_base_url is on another machine ({url.host}), to which the content of files would be sent; "
            "add --allow-remote if that is meant"
        )
    return url
