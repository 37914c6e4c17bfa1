"""What networks and services do to requests: nothing is lost, nothing is mixed, and what is for good is not asked twice."""

from __future__ import annotations

import gc
import os
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mmi_cli.datamodel.source import SourceFile
from mmi_cli.errors import ChangedDuringRead, FileIoError, StorageDown, StorageUnreachable
from mmi_cli.retry import Patience
from mmi_cli.storage.azure_blob import AzureDestination, AzureSource
from tests.support.azurite import ACCOUNT, KEY
from tests.support.fault_proxy import FaultProxy, answers, cuts_short, first, loses_the_answer, resets, trickles

QUICK = Patience(attempts=4, first_wait_s=0.01)
PIECE = 8 << 20


def address(container: Any, name: str = "") -> str:
    return f"az://{container.container_name}" + (f"/{name}" if name else "")


def listed(container: Any) -> tuple[AzureSource, list[SourceFile]]:
    source = AzureSource(address(container), patience=QUICK)
    return source, list(source.list())


def read(source: AzureSource, file: SourceFile) -> bytes:
    with source.local_copy(file) as path:
        return path.read_bytes()


# --- what passes


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_a_failure_that_passes_is_tried_again(container: Any, proxy: FaultProxy, status: int) -> None:
    container.upload_blob("a.txt", b"hello")
    proxy.plan("comp=list", answers(status))
    proxy.plan("GET .*a.txt", answers(status), times=2)
    source, (file,) = listed(container)
    assert read(source, file) == b"hello"
    assert (proxy.count("comp=list"), proxy.count("GET .*a.txt")) == (2, 3)


def test_a_pause_that_the_service_asks_for_is_kept(container: Any, proxy: FaultProxy) -> None:
    container.upload_blob("a.txt", b"hello")
    proxy.plan("comp=list", answers(429, headers={"Retry-After": "1"}))
    listed(container)
    refused, granted = proxy.lines("comp=list")
    assert 1.0 <= granted.at_s - refused.at_s < 2.0


def test_what_does_not_pass_is_given_up_after_so_many_attempts(container: Any, proxy: FaultProxy) -> None:
    container.upload_blob("a.txt", b"hello")
    source, (file,) = listed(container)
    proxy.plan("a.txt", answers(503, code="ServerBusy"), times=99)
    with pytest.raises(StorageUnreachable, match="503 ServerBusy"):
        read(source, file)
    assert proxy.count("GET .*a.txt") == QUICK.attempts


@pytest.mark.parametrize(
    ("status", "code"),
    [(403, "AuthorizationPermissionMismatch"), (404, "BlobNotFound"), (400, "InvalidInput"), (501, "")],
)
def test_a_refusal_for_good_is_not_asked_twice(container: Any, proxy: FaultProxy, status: int, code: str) -> None:
    container.upload_blob("a.txt", b"hello")
    source, (file,) = listed(container)
    proxy.plan("a.txt", answers(status, code=code), times=99)
    with pytest.raises((FileIoError, ChangedDuringRead)):
        read(source, file)
    assert proxy.count("GET .*a.txt") == 1


# --- downloads


def test_a_download_goes_on_where_the_connection_was_reset(container: Any, proxy: FaultProxy) -> None:
    data = os.urandom(2 * PIECE + 1000)
    container.upload_blob("big", data)
    source, (file,) = listed(container)
    proxy.plan("GET .*big", resets(after_bytes=PIECE // 2), after=1)
    assert read(source, file) == data
    ranges = [request.range for request in proxy.lines("GET .*big")]
    assert ranges == [
        f"bytes=0-{PIECE - 1}", f"bytes={PIECE}-{2 * PIECE - 1}", f"bytes={PIECE}-{2 * PIECE - 1}",
        f"bytes={2 * PIECE}-{2 * PIECE + 999}",
    ]  # fmt: skip


@pytest.mark.parametrize("after_bytes", [0, 1, 3])
def test_a_small_body_that_is_cut_off_comes_whole_in_the_end(
    container: Any, proxy: FaultProxy, after_bytes: int
) -> None:
    container.upload_blob("a.txt", b"hello")
    source, (file,) = listed(container)
    proxy.plan("GET .*a.txt", resets(after_bytes=after_bytes))
    assert read(source, file) == b"hello"


def test_a_body_that_claims_to_be_whole_and_is_not_is_asked_for_again(container: Any, proxy: FaultProxy) -> None:
    container.upload_blob("a.txt", b"hello")
    source, (file,) = listed(container)
    proxy.plan("GET .*a.txt", cuts_short(bytes_left=3))
    assert read(source, file) == b"hello"
    proxy.plan("GET .*a.txt", cuts_short(bytes_left=0), times=99)
    with pytest.raises(StorageUnreachable, match="0 of 5 bytes came"):
        read(source, file)


def test_a_body_that_trickles_is_read_to_its_end(container: Any, proxy: FaultProxy) -> None:
    container.upload_blob("a.txt", b"hello" * 100)
    source, (file,) = listed(container)
    proxy.plan("GET .*a.txt", trickles(pieces=50, pause_s=0.01))
    assert read(source, file) == b"hello" * 100


def test_a_blob_that_is_replaced_while_it_is_read_is_not_half_old_half_new(container: Any, proxy: FaultProxy) -> None:
    container.upload_blob("big", b"a" * (PIECE + 1))
    source, (file,) = listed(container)

    def replace() -> None:
        container.upload_blob("big", b"b" * (PIECE + 1), overwrite=True)

    proxy.plan("GET .*big", first(replace), after=1)
    with pytest.raises(ChangedDuringRead, match="big was changed or removed"):
        read(source, file)


def test_a_blob_is_one_request_and_a_listing_one_a_page(container: Any, proxy: FaultProxy) -> None:
    container.upload_blob("a.txt", b"hello")
    container.upload_blob("empty", b"")
    source, files = listed(container)
    assert [read(source, file) for file in files] == [b"hello", b""]
    assert (proxy.count("comp=list"), proxy.count("GET .*a.txt")) == (1, 1)


def test_what_lies_in_the_archive_tier_says_so_and_what_to_do(container: Any, proxy: FaultProxy) -> None:
    container.upload_blob("a.txt", b"hello").set_standard_blob_tier("Archive")
    source, (file,) = listed(container)
    with pytest.raises(FileIoError, match=r"archive tier.*set-tier") as caught:
        read(source, file)
    assert not caught.value.is_outage and caught.value.retryable
    assert proxy.count("GET .*a.txt") == 1


def signed(container: Any, proxy: FaultProxy, *, seconds: float) -> str:
    """The container's address with a SAS that is good for so long."""
    from azure.storage.blob import BlobServiceClient, ContainerSasPermissions, generate_container_sas

    sas = generate_container_sas(
        ACCOUNT, container.container_name, account_key=KEY,
        permission=ContainerSasPermissions(read=True, list=True, write=True, create=True, delete=True),
        expiry=datetime.now(UTC) + timedelta(seconds=seconds),
    )  # fmt: skip
    service = BlobServiceClient.from_connection_string(proxy.connection)
    return f"{service.get_container_client(container.container_name).url}?{sas}"


def test_a_sas_that_ends_half_way_stops_the_run_and_is_not_told(container: Any, proxy: FaultProxy) -> None:
    container.upload_blob("a.txt", b"hello")
    given = signed(container, proxy, seconds=2)
    source = AzureSource(given, patience=QUICK)
    (file,) = source.list()
    assert read(source, file) == b"hello"
    time.sleep(2.1)
    with pytest.raises(StorageDown, match=r"the SAS ended at 20.*set a new one") as caught:
        read(source, file)
    assert "sig=" not in str(caught.value) and "sig=" not in repr(caught.value.__context__)


# --- names


@pytest.mark.parametrize("name", ["a/../b.txt", "../b.txt", "a/./b.txt", "a/.."])
def test_a_name_with_dots_is_that_blob_and_no_other(container: Any, proxy: FaultProxy, name: str) -> None:
    import http.client
    from urllib.parse import urlsplit

    for other in ("b.txt", "a/b.txt"):
        container.upload_blob(other, b"another blob")
    url = urlsplit(signed(container, proxy, seconds=60))
    service = http.client.HTTPConnection(url.netloc)  # the SDK itself cannot write such a name
    service.request("PUT", f"{url.path}/{name}?{url.query}", body=b"meant", headers={"x-ms-blob-type": "BlockBlob"})
    assert service.getresponse().status == 201
    source, files = listed(container)
    odd = [file for file in files if "%2E" in file.path]
    assert len(odd) == 1 and len(files) == 3
    assert read(source, odd[0]) == b"meant"


@pytest.mark.parametrize(
    "name",
    ["/leading.txt", "//two.txt", "in//side.txt", "end/", "a b/ü ?#%.txt", "100%2F.txt", "%2F/x.txt", "%2E%2E/y"],
)
def test_any_name_is_listed_once_and_read(container: Any, proxy: FaultProxy, name: str) -> None:
    container.upload_blob(name, b"meant")
    source, (file,) = listed(container)
    assert not file.path.startswith("/") and "//" not in file.path
    assert read(source, file) == b"meant"
    assert read(AzureSource(file.uri, patience=QUICK), file) == b"meant"


def test_snapshots_and_folder_marks_are_no_files(container: Any, proxy: FaultProxy) -> None:
    blob = container.upload_blob("in/a.txt", b"old")
    blob.create_snapshot()
    blob.upload_blob(b"new", overwrite=True)
    container.upload_blob("in", b"", metadata={"Hdi_isfolder": "true"})
    container.upload_blob("in/sub/", b"")
    source, (file,) = listed(container)
    assert (file.path, read(source, file)) == ("in/a.txt", b"new")


# --- listing


def test_a_long_listing_is_streamed_and_never_held(
    container: Any, proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    from azure.storage.blob import BlobProperties, ContainerClient

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: container.upload_blob(f"{number:05}", b""), range(120)))
    real = ContainerClient.list_blobs
    monkeypatch.setattr(ContainerClient, "list_blobs", lambda self, **given: real(self, results_per_page=3, **given))
    before = [
        each for each in gc.get_objects() if isinstance(each, BlobProperties)
    ]  # held, so that no address is used anew
    others = {id(each) for each in before}
    listing = AzureSource(address(container), patience=QUICK).list()
    for _ in range(5):
        next(listing)
    assert proxy.count("comp=list") == 2  # what is not looked at is not asked for
    held = []
    for number, _ in enumerate(listing, start=6):
        if number % 20 == 0:
            gc.collect()  # an answer is a circle of objects: it goes when the collector comes by, not before
            held.append(sum(isinstance(each, BlobProperties) and id(each) not in others for each in gc.get_objects()))
    assert number == 120
    assert proxy.count("comp=list") == 40
    assert max(held) <= 2 * 3  # the page that is being read, and the one before


def test_a_listing_that_breaks_off_goes_on_with_its_page(container: Any, proxy: FaultProxy) -> None:
    container.upload_blob("a.txt", b"")
    container.upload_blob("b.txt", b"")
    proxy.plan("comp=list", resets(after_bytes=200))
    proxy.plan("comp=list", answers(503))
    _, files = listed(container)
    assert [file.path for file in files] == ["a.txt", "b.txt"]


# --- uploads


def local_file(folder: Path, data: bytes) -> Path:
    path = folder / "local"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("size", [5, 2 * PIECE + 7])
def test_an_upload_is_whole_or_absent_whatever_breaks(
    container: Any, proxy: FaultProxy, tmp_path: Path, size: int
) -> None:
    data = os.urandom(size)
    destination = AzureDestination(address(container, "out"), patience=QUICK)
    proxy.plan("PUT .*results", answers(503), times=99)
    with pytest.raises(StorageDown, match=r"cannot write az://.*/out/results\.jsonl"):
        destination.write("results.jsonl", local_file(tmp_path, data))
    assert [blob.name for blob in container.list_blobs()] == []
    proxy.clear()
    proxy.plan("PUT .*results", resets(after_bytes=0))
    proxy.plan("PUT .*results", answers(429, headers={"Retry-After": "0"}))
    destination.write("results.jsonl", local_file(tmp_path, data))
    assert container.download_blob("out/results.jsonl").readall() == data


@pytest.mark.parametrize("size", [5, 2 * PIECE + 7])
@pytest.mark.parametrize("is_watched", [True, False])
def test_an_upload_whose_answer_is_lost_is_not_taken_for_another_writer(
    container: Any, proxy: FaultProxy, tmp_path: Path, size: int, is_watched: bool
) -> None:
    data = os.urandom(size)
    destination = AzureDestination(address(container, "out"), patience=QUICK)
    if is_watched:
        destination.watch(["r"])
    proxy.plan(r"PUT .*/out/r\?(comp=blocklist)?$", loses_the_answer)
    destination.write("r", local_file(tmp_path, data))
    assert container.download_blob("out/r").readall() == data
    destination.write("r", local_file(tmp_path, b"next"))
    assert container.download_blob("out/r").readall() == b"next"


def test_what_somebody_else_wrote_meanwhile_is_left_as_it_is(container: Any, proxy: FaultProxy, tmp_path: Path) -> None:
    ours = AzureDestination(address(container, "out"), patience=QUICK)
    for there_before in (None, b"old"):
        if there_before is not None:
            container.upload_blob("out/r", there_before, overwrite=True)
        ours.watch(["r"])
        container.upload_blob("out/r", b"theirs", overwrite=True)
        with pytest.raises(StorageDown, match="written by somebody else"):
            ours.write("r", local_file(tmp_path, b"ours"))
        assert container.download_blob("out/r").readall() == b"theirs"


def test_two_writers_at_once_never_mix_their_blocks(container: Any, proxy: FaultProxy, tmp_path: Path) -> None:
    ours, theirs = (AzureDestination(address(container, "out"), patience=QUICK) for _ in range(2))
    a, b = tmp_path / "a", tmp_path / "b"
    a.write_bytes(b"a" * (2 * PIECE + 5))
    b.write_bytes(b"b" * (2 * PIECE + 5))
    for writer in (ours, theirs):
        writer.watch(["r"])
    # Just before ours is committed, theirs stages and commits the same places of the same blob.
    proxy.plan("PUT .*comp=blocklist", first(lambda: theirs.write("r", b)))
    with pytest.raises(StorageDown, match="written by somebody else"):
        ours.write("r", a)
    assert container.download_blob("out/r").readall() == b.read_bytes()


def test_a_small_new_file_is_one_request(container: Any, proxy: FaultProxy, tmp_path: Path) -> None:
    destination = AzureDestination(address(container, "out"), patience=QUICK)
    destination.write("content/a.txt.md", local_file(tmp_path, b"text"))
    assert len(proxy.asked) == 1
    destination.write("content/a.txt.md", local_file(tmp_path, b"text"))  # the same again: looked at, not written
    assert [request.method for request in proxy.asked] == ["PUT", "PUT", "HEAD"]
