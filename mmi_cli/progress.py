"""Signs of life: whoever works on a file says that it goes on and what it holds, and whoever keeps its clock listens.

One listener a process, as a worker has one file at a time; without one the signs go nowhere. They decide when a file has taken too long,
and nothing else: no record depends on them.
"""

from __future__ import annotations

from typing import Protocol


class Listener(Protocol):
    """Called often, from any thread; returns at once and never raises."""

    def step(self) -> None: ...

    def holds(self, *, pages: float, media_s: float) -> None: ...

    def holds_part(self, *, size_bytes: int) -> None: ...


class _Nobody:
    def step(self) -> None: ...

    def holds(self, *, pages: float, media_s: float) -> None: ...

    def holds_part(self, *, size_bytes: int) -> None: ...


_listener: Listener = _Nobody()


def listen(listener: Listener | None) -> None:
    """From now on `listener` hears the signs of this process; None: nobody does."""
    global _listener  # one a process, like its memory and its clock
    _listener = listener or _Nobody()


def step() -> None:
    """A piece of work is done: a page, a block of text, some seconds of sound, a call of an engine."""
    _listener.step()


def holds(*, pages: float = 0, media_s: float = 0) -> None:
    """The file turns out to hold so many pages (slides, frames to read) and seconds of media; several calls add up."""
    _listener.holds(pages=pages, media_s=media_s)


def holds_part(*, size_bytes: int) -> None:
    """A file inside the file, of so many bytes, is about to be read."""
    _listener.holds_part(size_bytes=size_bytes)
