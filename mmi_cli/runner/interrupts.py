"""The first interrupt is polite, the second is at once."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(slots=True)
class StopRequest:
    """Set by the first interrupt; the second one ends at once."""

    signal: int | None = None


class StoppedAtOnce(KeyboardInterrupt):
    """The second signal."""

    def __init__(self, signal: int) -> None:
        super().__init__()
        self.signal = signal


@contextmanager
def awaited_signals() -> Iterator[StopRequest]:
    """First SIGINT, SIGTERM or SIGHUP: finish what is in flight; second: StoppedAtOnce, which kills the workers.

    A signal that whoever started the program had ignored (`nohup`) stays ignored.
    """
    stop = StopRequest()

    def on_signal(number: int, frame: FrameType | None) -> None:
        if stop.signal is not None:
            raise StoppedAtOnce(number)
        stop.signal = number

    if threading.current_thread() is not threading.main_thread():
        yield stop  # only the main thread may set handlers: the caller's own stay
        return
    awaited = [number for number in _STOPPING if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, on_signal) for number in awaited}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
