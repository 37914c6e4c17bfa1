"""A proxy in front of the emulator of Azure Blob Storage that does to chosen requests what networks and services do to them."""

from __future__ import annotations

import http.client
import re
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

_HOP_BY_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "host"})


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asked."""

    method: str
    target: str
    """Path and query as they were sent."""
    headers: Mapping[str, str]
    at_s: float

    @property
    def line(self) -> str:
        """Method, decoded path without the account, and query: what faults are matched against."""
        parts = urlsplit(self.target)
        path = "/".join(unquote(parts.path).split("/")[2:])
        return f"{self.method} /{path}?{parts.query}"

    @property
    def range(self) -> str:
        return self.headers.get("x-ms-range", self.headers.get("Range", ""))


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


Forward = Callable[[], Answer]
Act = Callable[["_Handler", Forward], None]


@dataclass(slots=True)
class Fault:
    """Done to requests whose line a pattern is found in, so many times, after so many were let through."""

    pattern: str
    act: Act
    times: int = 1
    after: int = 0


@dataclass(slots=True)
class FaultProxy:
    """A connection string that leads through the proxy, the faults to come, and what was asked."""

    connection: str = ""
    faults: list[Fault] = field(default_factory=list)
    asked: list[Request] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def plan(self, pattern: str, act: Act, *, times: int = 1, after: int = 0) -> None:
        self.faults.append(Fault(pattern, act, times, after))

    def clear(self) -> None:
        self.faults.clear()
        self.asked.clear()

    def count(self, pattern: str) -> int:
        """Requests so far whose line the pattern is found in."""
        return len(self.lines(pattern))

    def lines(self, pattern: str) -> list[Request]:
        return [request for request in list(self.asked) if re.search(pattern, request.line)]

    def take(self, request: Request) -> Act | None:
        """Notes the request and says what is to be done to it."""
        with self._lock:
            self.asked.append(request)
            for fault in self.faults:
                if fault.times and re.search(fault.pattern, request.line):
                    if fault.after:
                        fault.after -= 1
                        continue
                    fault.times -= 1
                    return fault.act
        return None


@contextmanager
def fault_proxy(connection: str) -> Iterator[FaultProxy]:
    """In front of the emulator of a connection string."""
    endpoint = re.search(r"BlobEndpoint=(http://([\d.]+):(\d+))", connection)
    assert endpoint is not None
    proxy = FaultProxy()
    handler = type("Handler", (_Handler,), {"proxy": proxy, "upstream": (endpoint[2], int(endpoint[3]))})
    with _Server(("127.0.0.1", 0), handler) as server:
        proxy.connection = connection.replace(endpoint[1], f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield proxy
        finally:
            server.shutdown()
            thread.join()


# --- what may be done to a request


def answers(status: int, *, code: str = "", headers: Mapping[str, str] | None = None) -> Act:
    """An answer of the proxy's own; the service never hears of it."""

    def act(handler: _Handler, forward: Forward) -> None:
        body = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>planned</Message></Error>".encode()
        own = [("Content-Type", "application/xml"), *(headers or {}).items()]
        handler.give(Answer(status, (*own, *((("x-ms-error-code", code),) if code else ())), body))

    return act


def resets(*, after_bytes: int = 0) -> Act:
    """So much of the answer's body comes, then the connection is reset."""

    def act(handler: _Handler, forward: Forward) -> None:
        handler.give(forward(), only=after_bytes)
        handler.reset()

    return act


def loses_the_answer(handler: _Handler, forward: Forward) -> None:
    """The service does what it was asked, and nobody hears of it."""
    forward()
    handler.reset()


def cuts_short(*, bytes_left: int) -> Act:
    """A body that claims to be whole and is not."""

    def act(handler: _Handler, forward: Forward) -> None:
        answer = forward()
        handler.give(Answer(answer.status, answer.headers, answer.body[:bytes_left]))

    return act


def trickles(*, pieces: int, pause_s: float) -> Act:
    """The body comes bit by bit."""

    def act(handler: _Handler, forward: Forward) -> None:
        handler.give(forward(), pieces=pieces, pause_s=pause_s)

    return act


def first(do: Callable[[], Any]) -> Act:
    """Something happens just before the service is asked."""

    def act(handler: _Handler, forward: Forward) -> None:
        do()
        handler.give(forward())

    return act


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        return  # a client that hangs up is part of the plan


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    proxy: FaultProxy
    upstream: tuple[str, int]
    _connection: http.client.HTTPConnection | None = None

    def handle_any(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        asked = Request(self.command, self.path, dict(self.headers), time.monotonic())
        act = self.proxy.take(asked)

        def forward() -> Answer:
            return self._forward(body)

        if act is None:
            self.give(forward())
        else:
            act(self, forward)

    do_GET = do_PUT = do_HEAD = do_DELETE = do_POST = handle_any

    def _forward(self, body: bytes) -> Answer:
        if self._connection is None:
            self._connection = http.client.HTTPConnection(*self.upstream, timeout=60)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in _HOP_BY_HOP}
        self._connection.request(self.command, self.path, body=body or None, headers=headers)
        answer = self._connection.getresponse()
        kept = tuple((name, value) for name, value in answer.getheaders() if name.lower() not in _HOP_BY_HOP)
        return Answer(answer.status, kept, answer.read())

    def give(self, answer: Answer, *, only: int | None = None, pieces: int = 1, pause_s: float = 0.0) -> None:
        self.send_response_only(answer.status)
        for name, value in answer.headers:
            if not (name.lower() == "content-length" and self.command != "HEAD"):
                self.send_header(name, value)
        if self.command != "HEAD" and answer.status not in (204, 304):
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command == "HEAD":
            return
        body = answer.body if only is None else answer.body[:only]
        size = max(1, -(-len(body) // pieces))
        for start in range(0, len(body), size):
            self.wfile.write(body[start : start + size])
            self.wfile.flush()
            if pause_s:
                time.sleep(pause_s)

    def reset(self) -> None:
        self.wfile.flush()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    def log_message(self, format: str, *args: Any) -> None:
        return
