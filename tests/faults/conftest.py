"""Containers of the emulator, each test its own, with a proxy in front that may do harm."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from tests.support.fault_proxy import FaultProxy, fault_proxy


@pytest.fixture
def container(azurite: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An empty container, reached without the proxy."""
    from azure.storage.blob import BlobServiceClient

    for name in ("CONNECTION_STRING", "ACCOUNT_URL", "SAS_TOKEN"):
        monkeypatch.delenv(f"AZURE_STORAGE_{name}", raising=False)
    return BlobServiceClient.from_connection_string(azurite).create_container(f"c{uuid4().hex}")


@pytest.fixture
def proxy(azurite: str, container: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultProxy]:
    """In front of the emulator; the program's connection string leads through it."""
    with fault_proxy(azurite) as made:
        monkeypatch.setenv("AZURE_STORAGE_CONNECTION_STRING", made.connection)
        yield made
