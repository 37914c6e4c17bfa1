"""A page of memory that a worker writes and its parent reads: when the last sign of life was, and what the file holds.

No message is sent for a sign, so a parent that is busy, or waits for whoever reads its output, misses none of them.
"""

from __future__ import annotations

import mmap
import os
import struct
import tempfile
import time
from dataclasses import dataclass
from typing import get_args

from ...datamodel.record import Stage

_STAGES: tuple[Stage, ...] = get_args(Stage)
_LAYOUT = struct.Struct("=7d")
_LAST, _PAGES, _MEDIA, _PARTS, _IS_KNOWN, _STAGE, _IS_DONE = (8 * index for index in range(7))


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """What the page says at one moment."""

    last_s: float
    """Monotonic time of the last sign of life; the clock is the same for all processes."""
    pages: float
    media_s: float
    part_bytes: float
    """Of files inside the file."""
    is_known: bool
    """Whether the reader of the file itself said what it holds."""
    stage: Stage
    is_done: bool
    """Whether the work is over and the result on its way."""


class LifeSigns:
    """The page; a `progress.Listener` on the worker's side. Each number is written whole, since it lies on its own word."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self._page = mmap.mmap(descriptor, _LAYOUT.size)

    @classmethod
    def new(cls) -> LifeSigns:
        """A page of its own, in memory; nothing of it stays in the file system."""
        if hasattr(os, "memfd_create"):
            descriptor = os.memfd_create("mmi-signs")
        else:
            with tempfile.TemporaryFile() as stream:
                descriptor = os.dup(stream.fileno())
        os.ftruncate(descriptor, _LAYOUT.size)
        return cls(descriptor)

    def close(self) -> None:
        self._page.close()
        os.close(self.descriptor)

    # --- the parent

    def reset(self) -> None:
        """Before a file is handed over."""
        self._page[: _LAYOUT.size] = _LAYOUT.pack(time.monotonic(), 0, 0, 0, 0, 0, 0)

    def read(self) -> Signs:
        last, pages, media, parts, is_known, stage, is_done = _LAYOUT.unpack(self._page[: _LAYOUT.size])
        return Signs(
            last_s=last,
            pages=pages,
            media_s=media,
            part_bytes=parts,
            is_known=bool(is_known),
            stage=_STAGES[int(stage)] if 0 <= stage < len(_STAGES) else "run",
            is_done=bool(is_done),
        )

    # --- the worker

    def enter(self, stage: Stage) -> None:
        self._put(_STAGE, float(_STAGES.index(stage)))
        self.step()

    def done(self) -> None:
        self.step()
        self._put(_IS_DONE, 1.0)

    def step(self) -> None:
        self._put(_LAST, time.monotonic())

    def holds(self, *, pages: float, media_s: float) -> None:
        self._put(_PAGES, self._get(_PAGES) + max(0.0, pages))
        self._put(_MEDIA, self._get(_MEDIA) + max(0.0, media_s))
        if not self._get(_PARTS):  # said of the file itself, not of a part of it
            self._put(_IS_KNOWN, 1.0)
        self.step()

    def holds_part(self, *, size_bytes: int) -> None:
        self._put(_PARTS, self._get(_PARTS) + max(1, size_bytes))
        self.step()

    def _put(self, at: int, value: float) -> None:
        self._page[at : at + 8] = struct.pack("=d", value)

    def _get(self, at: int) -> float:
        return float(struct.unpack("=d", self._page[at : at + 8])[0])
