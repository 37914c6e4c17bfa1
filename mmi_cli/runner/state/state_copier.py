"""Copies the state of a run beside its results: contents, then the pieces of a state, then what names them."""

from __future__ import annotations

import json
import shutil
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from ...errors import StorageDown
from ..output import CONTENT, CONTENT_MARK
from .manifest_tables import JOURNAL
from .state_head import HEAD, Head, is_piece
from .state_pieces import begins_with, put_piece

if TYPE_CHECKING:
    from ...storage.azure_blob import AzureDestination

CONTENTS = (CONTENT, "outbox")
"""What was read, and what of it is on its way."""
_BASE = "remote.json"
_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Base:
    """Which state on blob the local one stands on, and which one was being written when this was noted."""

    push: str
    pending: str | None = None


def read_base(folder: Path) -> Base | None:
    try:
        told = json.loads((folder / _BASE).read_text("utf-8"))
        return Base(told["push"], told["pending"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_base(folder: Path, base: Base | None) -> None:
    """None: there is none."""
    if base is None:
        (folder / _BASE).unlink(missing_ok=True)
        return
    partial = folder / f"{_BASE}.partial"
    partial.write_text(json.dumps({"push": base.push, "pending": base.pending}), "utf-8")
    partial.replace(folder / _BASE)


class StateCopier:
    """One copy at a time; `copy` may be called in a thread of its own."""

    def __init__(self, destination: AzureDestination, prefix: str, folder: Path, *, has_content: bool) -> None:
        self._destination = destination
        self._prefix = prefix
        self._folder = folder
        self._has_content = has_content
        self._has_tidied = False
        self.head: Head | None = None
        """What lies on blob."""

    @property
    def has_something_to_copy(self) -> bool:
        size_bytes = (self._folder / JOURNAL).stat().st_size
        return self.head is None or self.head.journal_bytes != size_bytes or self._has_contents()

    def _has_contents(self) -> bool:
        return any(path.is_file() for name in CONTENTS for path in (self._folder / name).rglob("*"))

    def compare(self) -> None:
        """A local journal that was written anew shares nothing with the pieces on blob: it is to be copied whole."""
        if self.head is not None and not begins_with(self._folder / JOURNAL, self.head.journal):
            self.head = replace(self.head, journal=())
            self._has_tidied = False

    def copy(self, index: Path, end: int) -> None:
        """
        Args:
            index: a copy of the manifest; removed.
            end: how many bytes of the journal it stands on.

        Raises:
            StorageDown: the destination cannot be written, or another run wrote a state there.
        """
        before, push = self.head, uuid4().hex
        self._move_contents()
        pieces = list(before.journal) if before is not None else []
        begin = end_before = before.journal_bytes if before is not None else 0
        while pieces and pieces[-1].size_bytes <= end - begin and end > end_before:
            begin = pieces.pop().offset  # small pieces become one, so that there are never many
        packed = self._folder / "piece.partial"
        if end > begin:
            name = f"journal-{begin:016d}-{push}.jsonl.gz"
            journal = self._folder / JOURNAL
            pieces.append(
                put_piece(self._destination, self._prefix, name, journal, begin=begin, end=end, packed=packed)
            )
        name = f"manifest-{push}.sqlite.gz"
        size_bytes = index.stat().st_size
        manifest = put_piece(self._destination, self._prefix, name, index, begin=0, end=size_bytes, packed=packed)
        index.unlink()
        mark = (self._folder / CONTENT_MARK).exists()
        head = Head(push=push, manifest=manifest, journal=tuple(pieces), has_content=mark)
        write_base(self._folder, Base(before.push if before is not None else "", push))
        path = self._folder / "head.partial"
        path.write_text(json.dumps(head.to_json()), "utf-8")
        self._destination.write(f"{self._prefix}/{HEAD}", path)
        path.unlink()
        self.head = head
        write_base(self._folder, Base(push))
        with suppress(StorageDown):  # what is left over costs room and does no harm
            self._tidy(before, head)

    def _move_contents(self) -> None:
        """Moves what was read to blob; before the index that says it was."""
        if not self._has_content:
            return
        content, outbox = (self._folder / each for each in CONTENTS)
        for path in content.rglob("*"):
            if path.is_file() and not path.name.endswith(".partial"):
                target = outbox / path.relative_to(content)
                target.parent.mkdir(parents=True, exist_ok=True)
                path.replace(target)  # a worker may write it anew meanwhile
        waiting = (path for path in outbox.rglob("*") if path.is_file())
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            while some := list(islice(waiting, 64 * _AT_ONCE)):
                for path in pool.map(lambda path: self._move(path, outbox), some):
                    path.unlink()
        shutil.rmtree(outbox, ignore_errors=True)

    def _move(self, path: Path, outbox: Path) -> Path:
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


class Copying(threading.Thread):
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
