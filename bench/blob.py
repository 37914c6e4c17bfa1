"""Listing, download and upload of blobs against the bare SDK: `python -m bench.blob [--names 100000] [--save]`.

Transfers go to the emulator on this machine; the listing comes from a server of its own that only tells names, so that any number of
them cost no storage.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from bench.record import save
from tests.support.azurite import ACCOUNT, KEY, azurite_program, running_azurite

_SMALL, _SMALL_BYTES = 100, 20_000
_LARGE_BYTES = 32 << 20
_BLOB = (
    "<Blob><Name>in/{0:09}.pdf</Name><Properties><Creation-Time>Sun, 01 Mar 2026 12:00:00 GMT</Creation-Time>"
    "<Last-Modified>Sun, 01 Mar 2026 12:00:00 GMT</Last-Modified><Etag>0x{0:015X}</Etag><Content-Length>20000</Content-Length>"
    "<Content-Type>application/pdf</Content-Type><Content-Encoding /><Content-Language /><Content-CRC64 /><Content-MD5 />"
    "<Cache-Control /><Content-Disposition /><BlobType>BlockBlob</BlobType><AccessTier>Hot</AccessTier>"
    "<AccessTierInferred>true</AccessTierInferred><LeaseStatus>unlocked</LeaseStatus><LeaseState>available</LeaseState>"
    "<ServerEncrypted>true</ServerEncrypted></Properties><Metadata /><OrMetadata /></Blob>"
)


def serve_names(count: int) -> None:
    """Prints its port and answers listings of so many names, 5,000 a page."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            query = parse_qs(urlsplit(self.path).query)
            start = int(query.get("marker", ["0"])[0])
            end = min(count, start + 5000)
            blobs = "".join(_BLOB.format(number) for number in range(start, end))
            marker = str(end) if end < count else ""
            data = (
                f'<?xml version="1.0" encoding="utf-8"?><EnumerationResults ServiceEndpoint="x" ContainerName="c"><Blobs>{blobs}'
                f"</Blobs><NextMarker>{marker}</NextMarker></EnumerationResults>"
            ).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/xml")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: Any) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        print(server.server_port, flush=True)
        server.serve_forever()


def list_all(connection: str, how: str) -> None:
    """Lists in this process and prints names, CPU seconds and MB of peak memory: `ours` or `sdk`."""
    os.environ["AZURE_STORAGE_CONNECTION_STRING"] = connection
    from azure.storage.blob import ContainerClient

    from mmi_cli.storage.azure_blob import AzureSource

    names: Iterable[Any]
    if how == "ours":
        names = AzureSource("az://c").list()
    else:
        names = ContainerClient.from_connection_string(connection, "c").list_blobs(include=["metadata"])
    started_s = time.process_time()
    count = early_mb = 0
    for _ in names:
        count += 1
        if count == 20_000:
            early_mb = peak_mb()
    print(count, time.process_time() - started_s, early_mb, peak_mb())


def peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def measure_listing(names: int) -> dict[str, float]:
    numbers: dict[str, float] = {"listed_names": names}
    serving = [sys.executable, "-m", "bench.blob", "--serve", str(names)]
    with subprocess.Popen(serving, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        port = int(server.stdout.readline())
        connection = f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={KEY};BlobEndpoint=http://127.0.0.1:{port}/{ACCOUNT};"
        for how in ("ours", "sdk"):
            listing = [sys.executable, "-m", "bench.blob", "--list", how, "--connection", connection]
            told = subprocess.run(listing, stdout=subprocess.PIPE, text=True, check=True).stdout.split()
            count, cpu_s, early_mb, late_mb = int(told[0]), float(told[1]), int(told[2]), int(told[3])
            assert count == names
            numbers |= {
                f"listing_{how}_names_per_cpu_s": round(count / cpu_s),
                f"listing_{how}_mb_at_20000": early_mb,
                f"listing_{how}_mb_at_the_end": late_mb,
            }
        server.kill()
    return numbers


def measure_transfers() -> dict[str, float]:
    program = azurite_program()
    assert program is not None, "the emulator is not installed"
    with running_azurite(program) as connection, tempfile.TemporaryDirectory() as folder:
        os.environ["AZURE_STORAGE_CONNECTION_STRING"] = connection
        return _transfers(connection, Path(folder))


def _transfers(connection: str, folder: Path) -> dict[str, float]:
    from azure.storage.blob import BlobServiceClient

    from mmi_cli.storage.azure_blob import AzureDestination, AzureSource

    sdk = BlobServiceClient.from_connection_string(connection).create_container("bench")
    small = [folder / f"{number:04}" for number in range(_SMALL)]
    for path in small:
        path.write_bytes(os.urandom(_SMALL_BYTES))
    large = folder / "large"
    large.write_bytes(os.urandom(_LARGE_BYTES))
    ours = AzureDestination("az://bench/ours")
    numbers: dict[str, float] = {}

    def put_sdk(path: Path) -> None:
        with path.open("rb") as stream:
            sdk.upload_blob(f"sdk/{path.name}", stream, overwrite=True)

    def put_ours(path: Path) -> None:
        ours.write(path.name, path)

    for name, put in (("sdk", put_sdk), ("ours", put_ours)):
        with ThreadPoolExecutor(8) as pool:
            numbers[f"upload_small_{name}_per_s"] = _rate(_SMALL, lambda pool=pool, put=put: list(pool.map(put, small)))
        numbers[f"upload_large_{name}_mb_per_s"] = _rate(_LARGE_BYTES / 1e6, lambda put=put: put(large))
    source = AzureSource("az://bench/ours")
    files = list(source.list())

    def get_sdk(name: str) -> None:
        with (folder / "got").open("wb") as stream:
            sdk.download_blob(f"ours/{name}").readinto(stream)

    def get_ours(name: str) -> None:
        with source.local_copy(next(file for file in files if file.path == name)):
            pass

    for name, get in (("sdk", get_sdk), ("ours", get_ours)):
        numbers[f"download_small_{name}_per_s"] = _rate(_SMALL, lambda get=get: [get(path.name) for path in small])
        numbers[f"download_large_{name}_mb_per_s"] = _rate(_LARGE_BYTES / 1e6, lambda get=get: get("large"))
    return numbers


def _rate(amount: float, do: Callable[[], object]) -> float:
    """The best of three."""
    best_s = min(_seconds(do) for _ in range(3))
    return round(amount / best_s, 1)


def _seconds(do: Callable[[], object]) -> float:
    started_s = time.monotonic()
    do()
    return time.monotonic() - started_s


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--names", type=int, default=100_000)
    parser.add_argument("--save", action="store_true")
    parser.add_argument("--serve", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--list", dest="how", help=argparse.SUPPRESS)
    parser.add_argument("--connection", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        serve_names(given.serve)
    elif given.how:
        list_all(given.connection, given.how)
    else:
        numbers = {**measure_transfers(), **measure_listing(given.names)}
        for name, value in numbers.items():
            print(f"{name}: {value}")
        if given.save:
            data = (
                f"{given.names} names of a server of its own; {_SMALL} blobs of {_SMALL_BYTES} bytes and one of {_LARGE_BYTES}, "
                "random, in Azurite on the same machine"
            )
            save("blob", numbers, data=data, packages=["azure-storage-blob", "azure-core", "requests", "urllib3"])


if __name__ == "__main__":
    main()
