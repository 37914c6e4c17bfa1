"""The state of a run beside its results on blob: copied there as it grows, taken from there where it is newer.

Journal and index of a run lie on the machine that does it. At checkpoints what the journal grew by, a copy of the index and the
contents are uploaded under names of their own, then `state.json`, which names them, is written over the last one on the condition
that it is still the last one: a copy that breaks off on its way counts for nothing, and two runs cannot mix. Another machine
begins with what `state.json` names, checked byte for byte.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ...errors import RunError, StorageDown
from ...settings import Settings
from ..output import CONTENT_MARK, Output
from .manifest import Manifest
from .manifest_tables import JOURNAL, MANIFEST, MANIFEST_FILES
from .state_copier import CONTENTS, Base, Copying, StateCopier, read_base, write_base
from .state_head import HEAD, Head
from .state_pieces import fetch_state

if TYPE_CHECKING:
    from ...storage.azure_blob import AzureDestination
    from ...storage.azure_blob.lease import Lease

_TAKING = "taking"
"""There while the local state is being replaced."""
_SHARE = 10
"""No more than one part in so many of the time goes into copying."""


class RemoteState:
    """A `StateKeeper`: the state on blob and the one on this machine, held together; used from the run's own thread."""

    def __init__(
        self,
        output: Output,
        destination: AzureDestination,
        settings: Settings,
        lease: Lease,
        note: Callable[[str], None],
    ) -> None:
        self._folder = output.state_folder
        self._prefix = output.state_name
        self._destination = destination
        self._settings = settings
        self._lease = lease
        self._note = note
        self._copier = StateCopier(
            destination, self._prefix, self._folder, has_content=output.content_folder is not None
        )
        self._manifest: Manifest | None = None
        self._files = 0
        """Booked since the last copy."""
        self._copied_s = time.monotonic()
        self._took_s = 0.0
        self._copying: Copying | None = None

    # --- at the start

    def take_up(self, *, is_fresh: bool) -> None:
        """Makes the local state the newest there is."""
        base = read_base(self._folder)
        if (self._folder / _TAKING).exists():  # the last run was killed while it replaced the local state
            self._forget_local()
            base = None
        head, is_damaged = self._read_head()
        self._copier.head = head
        if is_fresh:
            self._forget_local()
        elif head is None:
            if base is not None and not is_damaged:
                self._note("the state beside the results is gone; every file is done again")
                self._forget_local()
        elif not (base and head.push in (base.push, base.pending) and self._has_journal_of(head)):
            self._take(head)

    def _read_head(self) -> tuple[Head | None, bool]:
        """The head, and whether there is one that cannot be read."""
        path = self._folder / "head.partial"
        try:
            if not self._destination.read(f"{self._prefix}/{HEAD}", path):
                return None, False
            return Head.from_bytes(path.read_bytes()), False
        except ValueError as error:
            self._note(f"the state beside the results cannot be used: {error}")
            return None, True
        finally:
            path.unlink(missing_ok=True)

    def _has_journal_of(self, head: Head) -> bool:
        path = self._folder / JOURNAL
        return head.journal_bytes <= (path.stat().st_size if path.exists() else 0)

    def _take(self, head: Head) -> None:
        taken = self._folder / "taken"
        shutil.rmtree(taken, ignore_errors=True)
        taken.mkdir()
        try:
            fetch_state(self._destination, self._prefix, head, taken)
        except ValueError as error:
            self._note(f"the state beside the results is damaged ({error}); what it tells of is done again")
            self._forget_local()
            return
        finally:
            if not (taken / MANIFEST).exists():
                shutil.rmtree(taken, ignore_errors=True)
        (self._folder / _TAKING).touch()
        self._forget_local()
        for name in (MANIFEST, JOURNAL):
            (taken / name).replace(self._folder / name)
        taken.rmdir()
        if head.has_content:
            (self._folder / CONTENT_MARK).touch()
        write_base(self._folder, Base(head.push))
        (self._folder / _TAKING).unlink()
        self._note("going on from the state beside the results")

    def _forget_local(self) -> None:
        write_base(self._folder, None)
        for name in (CONTENT_MARK, *MANIFEST_FILES, JOURNAL):
            (self._folder / name).unlink(missing_ok=True)
        for name in CONTENTS:
            shutil.rmtree(self._folder / name, ignore_errors=True)

    # --- while the run goes on

    @contextmanager
    def following(self, manifest: Manifest) -> Iterator[None]:
        self._manifest = manifest
        self._copier.compare()
        try:
            yield
        except RunError:
            self._try_to_settle()
            raise
        else:
            self._try_to_settle()
        finally:
            self._manifest = None

    def beat(self, files: int) -> None:
        self._lease.check()
        self._files += files
        if self._copying is not None:
            if self._copying.is_alive():
                return
            self._reap()
        waited_s = time.monotonic() - self._copied_s
        is_due = waited_s >= self._settings.checkpoint_s or self._files >= self._settings.checkpoint_files
        if self._files and is_due and waited_s >= _SHARE * self._took_s:
            self._start()

    def settle(self) -> None:
        self._lease.check()
        if self._copying is not None:
            self._copying.join()
            self._reap()
        if self._files or self._copier.has_something_to_copy:
            self._start().join()
            if (error := self._reap()) is not None:
                raise error
        self._lease.check()

    def _try_to_settle(self) -> None:
        if self._lease.lost or (not self._files and self._copying is None):
            return
        try:
            self.settle()
        except RunError as error:
            self._note(f"what was done is kept on this machine alone: {error}")

    def _start(self) -> Copying:
        assert self._manifest is not None
        index = self._folder / "checkpoint.sqlite"
        index.unlink(missing_ok=True)
        end = self._manifest.checkpoint(index)
        self._files = 0
        self._copying = Copying(lambda: self._copier.copy(index, end))
        self._copying.start()
        return self._copying

    def _reap(self) -> StorageDown | None:
        """Why the copy that ended failed."""
        assert self._copying is not None
        done, self._copying = self._copying, None
        self._copied_s, self._took_s = time.monotonic(), done.seconds
        if done.error is None:
            return None
        self._files += 1  # there is something to copy yet
        if not isinstance(done.error, StorageDown):
            raise done.error
        self._lease.check()
        self._note(f"the state of the run could not be copied beside the results: {done.error}")
        return done.error
