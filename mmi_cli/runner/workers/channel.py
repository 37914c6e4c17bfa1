"""Messages between a run and its workers: a length, then plain data; whatever else comes over the line is noticed and never waited for."""

from __future__ import annotations

import pickle
import select
import socket
import struct
import time
from dataclasses import dataclass, field
from typing import Any

_HEADER = struct.Struct("=4sQ")
_MAGIC = b"mmi\x01"
_LONGEST_BYTES = 4_000_000_000
_READ_BYTES = 1 << 20


class BadMessage(Exception):
    """What came is no message."""


class Closed(Exception):
    """The other side is gone."""


def packed(message: object) -> bytes:
    body = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    return _HEADER.pack(_MAGIC, len(body)) + body


@dataclass(slots=True)
class Inbox:
    """The parent's side: takes what has come and never waits for the rest of a message."""

    line: socket.socket
    """Not blocking."""
    heard_s: float = 0.0
    """Monotonic time at which something last came."""
    _bytes: bytearray = field(default_factory=bytearray)

    def take(self) -> Any:
        """The next whole message; None while there is none.

        Raises:
            Closed: the other side is gone and no whole message is left.
            BadMessage: what came is no message.
        """
        while True:
            if (message := self._whole()) is not None:
                return message
            try:
                data = self.line.recv(_READ_BYTES)
            except BlockingIOError:
                return None
            except OSError as error:
                raise Closed from error
            if not data:
                raise Closed
            self._bytes += data
            self.heard_s = time.monotonic()

    def _whole(self) -> Any:
        if len(self._bytes) < _HEADER.size:
            if not _MAGIC.startswith(self._bytes[: len(_MAGIC)]):
                raise BadMessage
            return None
        magic, length = _HEADER.unpack_from(self._bytes)
        if magic != _MAGIC or length > _LONGEST_BYTES:
            raise BadMessage
        end = _HEADER.size + length
        if len(self._bytes) < end:
            return None
        body = bytes(self._bytes[_HEADER.size : end])
        del self._bytes[:end]
        try:
            return pickle.loads(body)  # noqa: S301 - from a process of our own
        except Exception as error:
            raise BadMessage from error


def send(line: socket.socket, data: bytes, *, within_s: float) -> bool:
    """Sends over a line that does not block; False when the other side does not take it in time.

    Raises:
        OSError: the other side is gone.
    """
    end_s = time.monotonic() + within_s
    left = memoryview(data)
    room = select.poll()
    room.register(line, select.POLLOUT)
    while left:
        try:
            left = left[line.send(left) :]
        except BlockingIOError:
            wait_s = end_s - time.monotonic()
            if wait_s <= 0 or not room.poll(wait_s * 1000):
                return False
    return True


def receive(line: socket.socket) -> Any:
    """The worker's side: waits for the next message.

    Raises:
        Closed: the other side is gone.
    """
    _, length = _HEADER.unpack(_exactly(line, _HEADER.size))
    return pickle.loads(_exactly(line, length))  # noqa: S301 - from the parent


def _exactly(line: socket.socket, count: int) -> bytes:
    data = bytearray()
    while len(data) < count:
        try:
            piece = line.recv(min(count - len(data), _READ_BYTES))
        except OSError as error:
            raise Closed from error
        if not piece:
            raise Closed
        data += piece
    return bytes(data)
