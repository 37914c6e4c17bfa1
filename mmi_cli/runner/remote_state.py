"""The state of a run beside its results on blob: copied there as it grows, taken from there where it is newer.

Journal and index of a run lie on the machine that does it. At checkpoints what the journal grew by, a copy of the index and the
contents are uploaded under names of their own, then `state.json`, which names them, is written over the last one on the condition
that it is still the last one: a copy that breaks off on its way counts for nothing, and two runs cannot mix. Another machine
begins with what `state.json` names, checked byte for byte.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from uuid import uuid4

from ..errors import RunError, StorageDown
from ..settings import Settings
from .manifest import Manifest
from .output import CONTENT, CONTENT_MARK, Output
from .state_head import Head, Piece, is_piece

if TYPE_CHECKING:
    from ..storage.azure_blob import AzureDestination
    from ..storage.azure_blob.lease import Lease

HEAD, LOCK = "state.json", "lock"
_BASE = "remote.json"
"""Which state on blob the local one stands on, and which one was being written."""
_TAKING = "taking"
"""There while the local state is being replaced."""
_LEASE_ID = "lease-id"
_MANIFEST, _JOURNAL = "manifest.sqlite", "journal.jsonl"
_CONTENTS = (CONTENT, "outbox")
"""What was read, and what of it is on its way."""
_SHARE = 10
"""No more than one part in so many of the time goes into copying."""
_AT_ONCE = 8
_CHUNK_BYTES = 1 << 20


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
    from ..storage.azure_blob.lease import held_lease

    lock = f"{output.state_name}/{LOCK}"
    lease_id = _own_lease_id(output.state_folder)
    with held_lease(output.destination, lock, lease_id=lease_id, duration_s=settings.lease_s) as lease:
        head_name = f"{output.state_name}/{HEAD}"
        output.destination.watch((*output.written_names, head_name))
        state = RemoteState(output, output.destination, settings, lease, note)
        state.take_up(is_fresh=is_fresh)
        yield state


@dataclass(frozen=True, slots=True)
class _Base:
    push: str
    pending: str | None = None


class RemoteState:
    """The state on blob and the one on this machine, held together; used from the run's own thread."""

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
        self._has_content = output.content_folder is not None
        self._destination = destination
        self._settings = settings
        self._lease = lease
        self._note = note
        self._head: Head | None = None
        """What lies on blob."""
        self._has_tidied = False
        self._manifest: Manifest | None = None
        self._files = 0
        self._copied_s = time.monotonic()
        self._took_s = 0.0
        self._copying: _Copying | None = None

    # --- at the start

    def take_up(self, *, is_fresh: bool) -> None:
        """Makes the local state the newest there is."""
        base = _read_base(self._folder / _BASE)
        if (self._folder / _TAKING).exists():  # the last run was killed while it replaced the local state
            self._forget_local()
            base = None
        self._head, is_damaged = self._read_head()
        if is_fresh:
            self._forget_local()
        elif self._head is None:
            if base is not None and not is_damaged:
                self._note("the state beside the results is gone; every file is done again")
                self._forget_local()
        elif not (base and self._head.push in (base.push, base.pending) and self._has_journal_of(self._head)):
            self._take(self._head)

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
        path = self._folder / _JOURNAL
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
            if not (taken / _MANIFEST).exists():
                shutil.rmtree(taken, ignore_errors=True)
        (self._folder / _TAKING).touch()
        self._forget_local()
        for name in (_MANIFEST, _JOURNAL):
            (taken / name).replace(self._folder / name)
        taken.rmdir()
        if head.has_content:
            (self._folder / CONTENT_MARK).touch()
        self._write_base(_Base(head.push))
        (self._folder / _TAKING).unlink()
        self._note("going on from the state beside the results")

    def _forget_local(self) -> None:
        for name in (_BASE, CONTENT_MARK, _MANIFEST, f"{_MANIFEST}-wal", f"{_MANIFEST}-shm", _JOURNAL):
            (self._folder / name).unlink(missing_ok=True)
        for name in _CONTENTS:
            shutil.rmtree(self._folder / name, ignore_errors=True)

    # --- while the run goes on

    @contextmanager
    def following(self, manifest: Manifest) -> Iterator[None]:
        self._manifest = manifest
        self._drop_what_is_not_in_the_journal()
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
        if self._has_something_to_copy():
            copying = self._start()
            copying.join()
            if (error := self._reap()) is not None:
                raise error
        self._lease.check()

    def _has_something_to_copy(self) -> bool:
        path = self._folder / _JOURNAL
        is_journal_there = self._head is not None and self._head.journal_bytes == path.stat().st_size
        return (
            bool(self._files)
            or not is_journal_there
            or any(path.is_file() for name in _CONTENTS for path in (self._folder / name).rglob("*"))
        )

    def _try_to_settle(self) -> None:
        if self._lease.lost or (not self._files and self._copying is None):
            return
        try:
            self.settle()
        except RunError as error:
            self._note(f"what was done is kept on this machine alone: {error}")

    def _start(self) -> _Copying:
        assert self._manifest is not None
        index = self._folder / "checkpoint.sqlite"
        index.unlink(missing_ok=True)
        end = self._manifest.checkpoint(index)
        self._files = 0
        self._copying = _Copying(lambda: self._copy(index, end))
        self._copying.start()
        return self._copying

    def _reap(self) -> StorageDown | None:
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

    # --- a copy, in a thread of its own

    def _copy(self, index: Path, end: int) -> None:
        before, push = self._head, uuid4().hex
        self._copy_contents()
        pieces = list(before.journal) if before is not None else []
        begin = end_before = before.journal_bytes if before is not None else 0
        while pieces and pieces[-1].size_bytes <= end - begin and end > end_before:
            begin = pieces.pop().offset  # small pieces become one, so that there are never many
        if end > begin:
            pieces.append(self._put(self._folder / _JOURNAL, f"journal-{begin:016d}-{push}.jsonl.gz", begin, end))
        manifest = self._put(index, f"manifest-{push}.sqlite.gz", 0, index.stat().st_size)
        index.unlink()
        mark = (self._folder / CONTENT_MARK).exists()
        head = Head(push=push, manifest=manifest, journal=tuple(pieces), has_content=mark)
        self._write_base(_Base(before.push if before is not None else "", push))
        path = self._folder / "head.partial"
        path.write_text(json.dumps(head.to_json()), "utf-8")
        self._destination.write(f"{self._prefix}/{HEAD}", path)
        path.unlink()
        self._head = head
        self._write_base(_Base(push))
        with suppress(StorageDown):  # what is left over costs room and does no harm
            self._tidy(before, head)

    def _put(self, path: Path, name: str, begin: int, end: int) -> Piece:
        packed = self._folder / "piece.partial"
        digest = hashlib.sha256()
        with path.open("rb") as stream, gzip.open(packed, "wb", compresslevel=1) as to:
            stream.seek(begin)
            left = end - begin
            while left and (data := stream.read(min(left, _CHUNK_BYTES))):
                to.write(data)
                digest.update(data)
                left -= len(data)
        self._destination.write(f"{self._prefix}/{name}", packed)
        packed.unlink()
        return Piece(name=name, size_bytes=end - begin, sha256=digest.hexdigest(), offset=begin)

    def _copy_contents(self) -> None:
        """Moves what was read to blob; before the index that says it was."""
        if not self._has_content:
            return
        content, outbox = (self._folder / each for each in _CONTENTS)
        for path in content.rglob("*"):
            if path.is_file() and not path.name.endswith(".partial"):
                target = outbox / path.relative_to(content)
                target.parent.mkdir(parents=True, exist_ok=True)
                path.replace(target)  # a worker may write it anew meanwhile
        waiting = (path for path in outbox.rglob("*") if path.is_file())
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            while some := list(islice(waiting, 64 * _AT_ONCE)):
                for path in pool.map(lambda path: self._move_content(path, outbox), some):
                    path.unlink()
        shutil.rmtree(outbox, ignore_errors=True)

    def _move_content(self, path: Path, outbox: Path) -> Path:
        self._destination.write(f"{CONTENT}/{path.relative_to(outbox).as_posix()}", path)
        return path

    def _tidy(self, before: Head | None, head: Head) -> None:
        """Removes what no head names: of the last one, and once of copies that broke off."""
        if self._has_tidied:
            names = before.names - head.names if before is not None else frozenset()
        else:
            start = len(self._prefix) + 1
            found = {name[start:] for name in self._destination.names(f"{self._prefix}/")}
            names = frozenset(name for name in found - head.names if is_piece(name))  # shards lie there, too
        for name in names:
            self._destination.remove(f"{self._prefix}/{name}")
        self._has_tidied = True

    def _drop_what_is_not_in_the_journal(self) -> None:
        """A local journal that was written anew shares nothing with the pieces on blob: it is copied whole."""
        head, path = self._head, self._folder / _JOURNAL
        if head is None or not head.journal:
            return
        with path.open("rb") as stream:
            if not all(_digest(stream.read(piece.size_bytes)) == piece.sha256 for piece in head.journal):
                self._head = Head(push=head.push, manifest=head.manifest, journal=(), has_content=head.has_content)
                self._has_tidied = False

    def _write_base(self, base: _Base) -> None:
        partial = self._folder / f"{_BASE}.partial"
        partial.write_text(json.dumps({"push": base.push, "pending": base.pending}), "utf-8")
        partial.replace(self._folder / _BASE)


class _Copying(threading.Thread):
    """A copy under way; a run that ends at once does not wait for it."""

    def __init__(self, copy: Callable[[], None]) -> None:
        super().__init__(daemon=True, name="mmi-checkpoint")
        self._copy = copy
        self.error: BaseException | None = None
        self.seconds = 0.0

    def run(self) -> None:
        started_s = time.monotonic()
        try:
            self._copy()
        except BaseException as error:  # noqa: BLE001 - raised again where the run asks
            self.error = error
        self.seconds = time.monotonic() - started_s


def fetch_newest(output: Output, to: Path) -> bool:
    """Writes the index and the journal that lie beside the results on blob to a folder; False where there are none.

    Raises:
        StorageDown: they cannot be read, or are not what was written.
    """
    if output.destination is None:
        return False
    path = to / "head"
    if not output.destination.read(f"{output.state_name}/{HEAD}", path):
        return False
    try:
        fetch_state(output.destination, output.state_name, Head.from_bytes(path.read_bytes()), to)
    except ValueError as error:
        raise StorageDown(f"the state beside the results of {output.address} cannot be used: {error}") from error
    return True


def fetch_state(destination: AzureDestination, prefix: str, head: Head, to: Path) -> None:
    """Writes the index and the journal of a state on blob to a folder.

    Raises:
        ValueError: a blob is missing, or not what the head says.
        StorageDown: they cannot be read.
    """
    packed = to / "piece"
    with (to / _JOURNAL).open("wb") as journal:
        for piece in head.journal:
            _fetch(destination, prefix, piece, packed, journal.write)
    with (to / f"{_MANIFEST}.partial").open("wb") as index:
        _fetch(destination, prefix, head.manifest, packed, index.write)
    packed.unlink(missing_ok=True)
    (to / f"{_MANIFEST}.partial").replace(to / _MANIFEST)


def _fetch(
    destination: AzureDestination, prefix: str, piece: Piece, packed: Path, write: Callable[[bytes], object]
) -> None:
    if not destination.read(f"{prefix}/{piece.name}", packed):
        raise ValueError(f"{piece.name} is missing")
    digest, size_bytes = hashlib.sha256(), 0
    try:
        with gzip.open(packed) as stream:
            while data := stream.read(_CHUNK_BYTES):
                size_bytes += len(data)
                if size_bytes > piece.size_bytes:
                    break
                digest.update(data)
                write(data)
    except (OSError, EOFError) as error:
        raise ValueError(f"{piece.name} cannot be unpacked") from error
    if size_bytes != piece.size_bytes or digest.hexdigest() != piece.sha256:
        raise ValueError(f"{piece.name} is not what was written")


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _read_base(path: Path) -> _Base | None:
    try:
        told = json.loads(path.read_text("utf-8"))
        return _Base(told["push"], told["pending"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


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
