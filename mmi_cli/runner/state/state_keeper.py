"""Where the state of a run is kept besides this machine, as the run sees it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol
from uuid import uuid4

from ...settings import Settings
from ..output import Output
from .manifest import Manifest
from .state_head import HEAD, LOCK

_LEASE_ID = "lease-id"


class StateKeeper(Protocol):
    """What a run calls while it goes on."""

    def following(self, manifest: Manifest) -> AbstractContextManager[None]:
        """While the manifest is open; at the end what is not yet copied is, unless the run ended at once."""
        ...

    def beat(self, files: int) -> None:
        """So many more files were booked.

        Raises:
            StorageDown: the run does not hold its output any more.
        """
        ...

    def settle(self) -> None:
        """Everything is done: copies what is not yet copied.

        Raises:
            StorageDown: it cannot be.
        """
        ...


class LocalState:
    """The state lies beside the results already."""

    @contextmanager
    def following(self, manifest: Manifest) -> Iterator[None]:
        yield

    def beat(self, files: int) -> None: ...

    def settle(self) -> None: ...


@contextmanager
def state_beside_results(
    output: Output, settings: Settings, *, is_fresh: bool, note: Callable[[str], None]
) -> Iterator[StateKeeper]:
    """Holds the output for this run, and makes the local state the newest there is. To be called under the local lock.

    Raises:
        RunLocked: another run holds the output.
        StorageDown: it cannot be reached or written.
    """
    if output.destination is None:
        yield LocalState()
        return
    from ...storage.azure_blob.lease import held_lease
    from .remote_state import RemoteState

    lock = f"{output.state_name}/{LOCK}"
    lease_id = _own_lease_id(output.state_folder)
    with held_lease(output.destination, lock, lease_id=lease_id, duration_s=settings.lease_s) as lease:
        output.destination.watch((*output.written_names, f"{output.state_name}/{HEAD}"))
        state = RemoteState(output, output.destination, settings, lease, note)
        state.take_up(is_fresh=is_fresh)
        yield state


def _own_lease_id(folder: Path) -> str:
    """The same for each run of this machine on this output: whoever holds the local lock takes over from one that died."""
    path = folder / _LEASE_ID
    try:
        known = path.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        known = ""
    if len(known) == 36:
        return known
    path.write_text(made := str(uuid4()), "ascii")
    return made
