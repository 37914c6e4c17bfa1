"""One run at a time on one prefix: a lease on a lock blob, renewed in the background; lost, it ends the run."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, unquote

from ...errors import RunLocked, StorageDown
from ...retry import Patience
from .client import error_code, reason, told
from .destination import AzureDestination

_HELD_BY_ANOTHER = frozenset({"LeaseAlreadyPresent", "LeaseIsBreakingAndCannotBeAcquired"})
_RENEWALS_A_LEASE = 4
_ANSWER_S = 10


@dataclass(slots=True)
class Lease:
    """A lease that is held; looked at by the run as it goes on."""

    address: str
    duration_s: float
    lost: str = ""
    """Why it is not held any more."""
    _held_since_s: float = field(default_factory=time.monotonic)
    _ended: threading.Event = field(default_factory=threading.Event)

    def check(self) -> None:
        """
        Raises:
            StorageDown: it is lost; another run may write now.
        """
        if self.lost:
            raise StorageDown(
                f"the lease on {self.address} was lost: {self.lost}; type the same command again to go on"
            )

    def keep(self, client: Any) -> None:
        """Renews it until it is ended or lost."""
        from azure.core.exceptions import AzureError

        quick = {"patience": Patience(attempts=1), "connection_timeout": _ANSWER_S, "read_timeout": _ANSWER_S}
        while not self._ended.wait(self.duration_s / _RENEWALS_A_LEASE):
            asked_s = time.monotonic()
            try:
                client.renew(**quick)
                self._held_since_s = asked_s
            except AzureError as error:
                if getattr(error, "status_code", None) in (404, 409, 412):
                    self.lost = "another run has taken it, or it was broken by hand"
                elif time.monotonic() - self._held_since_s > self.duration_s:
                    self.lost = f"it could not be renewed for {self.duration_s:.0f} s: {reason(error)}"
                if self.lost:
                    return

    def end(self) -> None:
        self._ended.set()


@contextmanager
def held_lease(destination: AzureDestination, name: str, *, lease_id: str, duration_s: int) -> Iterator[Lease]:
    """Holds the lease on the blob `name` until the end; a run that dies leaves it to expire.

    Args:
        lease_id: a GUID. Whoever knows it takes over the lease of a dead run at once: it is to be kept where only one run at a
            time can read it.
        duration_s: 15 to 60.

    Raises:
        RunLocked: another run holds it; the message names its owner.
        StorageDown: the destination cannot be written.
    """
    from azure.core.exceptions import AzureError
    from azure.storage.blob import BlobLeaseClient

    blob = destination.blob(name)
    where = destination.address.shown
    with told(f"cannot write to {where}", blob):
        client = BlobLeaseClient(blob, lease_id=lease_id)
        _acquire(client, blob, where, duration_s)
        blob.set_blob_metadata(_owner(), lease=lease_id)
    lease = Lease(address=where, duration_s=duration_s)
    keeper = threading.Thread(target=lease.keep, args=(client,), daemon=True, name="mmi-lease")
    keeper.start()
    try:
        yield lease
    finally:
        lease.end()
        keeper.join(2 * _ANSWER_S)
        if not lease.lost:
            with suppress(AzureError):  # it expires
                client.release(patience=Patience(attempts=2))


def _acquire(client: Any, blob: Any, where: str, duration_s: int) -> None:
    from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceNotFoundError

    try:
        try:
            client.acquire(lease_duration=duration_s)
        except ResourceNotFoundError as error:
            if error_code(error) == "ContainerNotFound":
                raise
            with suppress(ResourceExistsError):  # another run was as quick
                blob.upload_blob(b"")
            client.acquire(lease_duration=duration_s)
    except HttpResponseError as error:
        if error_code(error) not in _HELD_BY_ANOTHER:
            raise
        raise RunLocked(
            f"another run writes to {where} ({_owner_of(blob)}); wait for it. The lease of a run that died ends by itself within "
            f"{duration_s} s"
        ) from None


def _owner() -> dict[str, str]:
    return {
        "host": quote(socket.gethostname()),
        "pid": str(os.getpid()),
        "since": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _owner_of(blob: Any) -> str:
    from azure.core.exceptions import AzureError

    try:
        metadata = blob.get_blob_properties().metadata or {}
    except AzureError:
        return "owner unknown"
    told_of = ", ".join(f"{each} {unquote(metadata[each])}" for each in ("host", "pid", "since") if metadata.get(each))
    return told_of or "owner unknown"
