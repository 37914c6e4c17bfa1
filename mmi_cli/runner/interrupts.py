"""The first interrupt is polite, the second is at once."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType


@dataclass(slots=True)
class StopRequest:
    """Set by the first interrupt; the second one ends at once."""

    signal: int | None = None


@contextmanager
def awaited_signals() -> Iterator[StopRequest]:
    """First SIGINT or SIGTERM: finish what is in flight; second: KeyboardInterrupt, which kills the workers."""
    stop = StopRequest()

    def on_signal(number: int, frame: FrameType | None) -> None:
        if stop.signal is not None:
            raise KeyboardInterrupt
        stop.signal = number

    if threading.current_thread() is not threading.main_thread():
        yield stop  # only the main thread may set handlers: the caller's own stay
        return
    before = {number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
