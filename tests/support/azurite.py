"""The emulator of Azure Blob Storage, where it is installed: `npm install azurite` anywhere above, or on the PATH."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ACCOUNT = "devstoreaccount1"
# The key that every installation of the emulator has; it opens nothing else.
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
HOW = "azurite-blob is neither on the PATH nor in a node_modules folder (npm install azurite, or set MMI_AZURITE to the program)"


def azurite_program() -> str | None:
    """The program, or None."""
    given = os.environ.get("MMI_AZURITE") or shutil.which("azurite-blob")
    folders = (Path(__file__).parents[2], Path.home(), Path.home() / "azurite")
    installed = [folder / "node_modules" / ".bin" / "azurite-blob" for folder in folders]
    return given or next((str(path) for path in installed if path.exists()), None)


@contextmanager
def running_azurite(program: str) -> Iterator[str]:
    """The connection string of an emulator that keeps everything in memory."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        program,
        "--inMemoryPersistence",
        "--skipApiVersionCheck",
        "--silent",
        "--blobHost",
        "127.0.0.1",
        "--blobPort",
        str(port),
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _wait(port, process)
            url = f"http://127.0.0.1:{port}/{ACCOUNT}"
            yield f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={KEY};BlobEndpoint={url};"
        finally:
            process.terminate()


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"azurite-blob ended with {process.returncode}")
        with socket.socket() as probe:
            probe.settimeout(0.5)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("azurite-blob did not answer within a minute")
