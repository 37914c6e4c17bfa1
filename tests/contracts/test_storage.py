"""What every storage promises, held against a folder and against Azure Blob Storage (its emulator)."""

from __future__ import annotations

import logging
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from mmi_cli.errors import ChangedDuringRead, FileIoError, StorageDown, UsageError
from mmi_cli.storage.addresses import open_destination, open_source, opener
from tests.support.azurite import ACCOUNT, KEY


@dataclass
class Place:
    """A storage under test: an address below which `put` puts files."""

    address: str
    put: Callable[[str, bytes], None]
    remove: Callable[[str], None]


def local_place(folder: Path) -> Place:
    def put(name: str, data: bytes) -> None:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)

    folder.mkdir()
    return Place(str(folder), put, lambda name: (folder / name).unlink())


def azure_place(connection: str) -> Place:
    from azure.storage.blob import BlobServiceClient

    container = BlobServiceClient.from_connection_string(connection).create_container(f"c{uuid4().hex}")
    return Place(
        f"az://{container.container_name}/in",
        lambda name, data: container.upload_blob(f"in/{name}", data, overwrite=True) and None,
        lambda name: container.delete_blob(f"in/{name}"),
    )


@pytest.fixture(params=["local", "azure"])
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    if request.param == "local":
        return local_place(tmp_path / "in")
    connection = request.getfixturevalue("azurite")
    monkeypatch.setenv("AZURE_STORAGE_CONNECTION_STRING", connection)
    return azure_place(connection)


ODD_NAMES = [
    "a b.txt", "ä/ö ü.txt", "100%.txt", "50%25.txt", "q?x=1&y.txt", "h#ash.txt", "plus+.txt", "日本語.txt", "emoji 🧾.txt",
    "quote'\".txt", "a\\b.txt", "~.txt",
]  # fmt: skip


def test_files_come_in_code_point_order_of_their_whole_path(place: Place) -> None:
    names = ["a.txt", "a/z.txt", "a/b/c.txt", "B.txt", "a-b.txt", "a0.txt", "z.txt", "é.txt", "Z/1.txt"]
    for name in names:
        place.put(name, b"x")
    assert [file.path for file in open_source([place.address]).list()] == sorted(names)


def test_a_listed_file_has_its_size_address_and_time_and_no_secret(place: Place) -> None:
    place.put("a.txt", b"hello")
    (file,) = open_source([place.address]).list()
    assert (file.path, file.size_bytes, file.members) == ("a.txt", 5, ())
    assert file.uri.startswith(("file:///", "http")) and file.uri.endswith("/a.txt")
    assert file.modified_s is not None and file.modified_s > 1_600_000_000
    assert KEY not in repr(file)


@pytest.mark.parametrize("name", ODD_NAMES)
def test_odd_names_are_listed_and_read(place: Place, name: str) -> None:
    if "\\" in name and place.address.startswith("az://"):
        pytest.skip("the service turns a backslash into a slash")
    place.put(name, name.encode())
    (file,) = open_source([place.address]).list()
    assert file.path == name
    for source in (open_source([place.address]), opener(file.uri)):
        with source.local_copy(file) as path:
            assert path.read_bytes() == name.encode()


def test_one_file_is_an_input_too(place: Place) -> None:
    place.put("deep/er/a.txt", b"hello")
    place.put("deep/er/a.txt.bak", b"other")
    (file,) = open_source([f"{place.address}/deep/er/a.txt"]).list()
    assert (file.path, file.size_bytes) == ("a.txt", 5)
    with open_source([f"{place.address}/deep/er/a.txt"]).local_copy(file) as path:
        assert path.read_bytes() == b"hello"


def test_a_folder_is_not_another_whose_name_begins_alike(place: Place) -> None:
    place.put("a/1.txt", b"x")
    place.put("ab/2.txt", b"x")
    for address in (f"{place.address}/a", f"{place.address}/a/"):
        assert [file.path for file in open_source([address]).list()] == ["1.txt"]


def test_what_systems_leave_behind_is_left_out(place: Place) -> None:
    for name in ("a.txt", ".DS_Store", "x/Thumbs.db", "__MACOSX/a.txt", "x/._a.txt", ".mmi/journal.jsonl", ".hidden"):
        place.put(name, b"x")
    assert [file.path for file in open_source([place.address]).list()] == [".hidden", "a.txt"]


def test_an_input_that_is_not_there_stops_the_run(place: Place) -> None:
    with pytest.raises(StorageDown):
        list(open_source([f"{place.address}/nothing"]).list())


def test_a_copy_is_gone_or_untouched_after_its_use(place: Place) -> None:
    place.put("a.txt", b"hello")
    source = open_source([place.address])
    (file,) = source.list()
    with source.local_copy(file) as path:
        assert path.read_bytes() == b"hello"
    if place.address.startswith("az://"):
        assert not path.exists()
    with source.local_copy(file) as path:
        assert path.read_bytes() == b"hello"


def test_a_file_that_was_replaced_after_it_was_listed_is_said_to_have_changed(place: Place) -> None:
    place.put("a.txt", b"one")
    source = open_source([place.address])
    (file,) = source.list()
    place.put("a.txt", b"three")
    with pytest.raises(ChangedDuringRead), source.local_copy(file):
        pass


def test_a_file_that_was_removed_after_it_was_listed_is_an_error_of_this_file(place: Place) -> None:
    place.put("a.txt", b"one")
    source = open_source([place.address])
    (file,) = source.list()
    place.remove("a.txt")
    with pytest.raises((FileIoError, ChangedDuringRead)), source.local_copy(file):
        pass


def test_an_error_in_the_reader_comes_out_as_it_is(place: Place) -> None:
    place.put("a.txt", b"one")
    source = open_source([place.address])
    (file,) = source.list()
    with pytest.raises(ZeroDivisionError), source.local_copy(file):
        raise ZeroDivisionError


def test_a_listed_file_can_travel_to_another_process(place: Place) -> None:
    place.put("ü.txt", b"hello")
    (file,) = open_source([place.address]).list()
    travelled = pickle.loads(pickle.dumps(file))
    with open_source([place.address]).local_copy(travelled) as path:
        assert path.read_bytes() == b"hello"


def test_what_is_written_is_read_back_and_replaced_whole(place: Place, tmp_path: Path) -> None:
    destination = open_destination(f"{place.address}/out")
    local, back = tmp_path / "local", tmp_path / "back"
    assert destination.read("deep/results.jsonl", back) is False
    for data in (b"one\n" * 3, b"", os.urandom(9_000_000), b"short"):
        local.write_bytes(data)
        destination.write("deep/results.jsonl", local)
        assert destination.read("deep/results.jsonl", back) is True
        assert back.read_bytes() == data
    assert [file.path for file in open_source([f"{place.address}/out"]).list()] == ["deep/results.jsonl"]


@pytest.mark.parametrize("name", ODD_NAMES)
def test_results_may_have_odd_names(place: Place, name: str, tmp_path: Path) -> None:
    destination = open_destination(place.address)
    (tmp_path / "local").write_bytes(b"x")
    destination.write(f"content/{name}.md", tmp_path / "local")
    assert destination.read(f"content/{name}.md", tmp_path / "back")


def test_several_inputs_are_one_list_in_order(place: Place, tmp_path: Path) -> None:
    other = local_place(tmp_path / "other")
    for name in ("a.txt", "c.txt"):
        place.put(name, b"from the place")
    for name in ("a.txt", "b.txt"):
        other.put(name, b"other")
    source = open_source([place.address, other.address, place.address])
    files = list(source.list())
    assert [file.path for file in files] == ["a.txt", "a (2).txt", "b.txt", "c.txt"]
    read = []
    for file in files:
        with source.local_copy(file) as path:
            read.append(path.read_bytes())
    assert read == [b"from the place", b"other", b"other", b"from the place"]


# --- the service alone


@pytest.fixture
def container(azurite: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    from azure.storage.blob import BlobServiceClient

    for name in ("CONNECTION_STRING", "ACCOUNT_URL", "SAS_TOKEN"):
        monkeypatch.delenv(f"AZURE_STORAGE_{name}", raising=False)
    return BlobServiceClient.from_connection_string(azurite).create_container(f"c{uuid4().hex}")


def sas_of(container: Any) -> str:
    from azure.storage.blob import ContainerSasPermissions, generate_container_sas

    return generate_container_sas(
        ACCOUNT, container.container_name, account_key=KEY, permission=ContainerSasPermissions(read=True, list=True, write=True),
        expiry=datetime.now(UTC) + timedelta(hours=1),
    )  # fmt: skip


def test_a_sas_in_the_address_opens_it_and_is_shown_nowhere(container: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    container.upload_blob("a.txt", b"hello")
    caplog.clear()
    sas = sas_of(container)
    signature = sas.split("sig=")[1].split("&")[0]
    for inputs in ([f"{container.url}?{sas}"], [f"{container.url}?{sas}", f"{container.url}/a.txt?{sas}"]):
        source = open_source(inputs)
        (file,) = source.list()
        with source.local_copy(file) as path:
            assert path.read_bytes() == b"hello"
        assert "sig" not in repr(file) and "?" not in file.uri
    with pytest.raises(StorageDown) as caught:
        list(open_source([f"{container.url}/nothing?{sas}"]).list())
    ours = "".join(record.getMessage() for record in caplog.records if record.name.startswith("mmi"))
    assert signature not in str(caught.value) + ours


def test_a_sas_in_the_environment_opens_an_account(
    container: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_URL", container.url.rpartition("/")[0])
    monkeypatch.setenv("AZURE_STORAGE_SAS_TOKEN", "?" + sas_of(container))
    container.upload_blob("x/a.txt", b"hello")
    assert [file.path for file in open_source([f"az://{container.container_name}"]).list()] == ["x/a.txt"]
    (tmp_path / "r").write_bytes(b"r")
    open_destination(f"az://{container.container_name}/out").write("r", tmp_path / "r")
    assert container.download_blob("out/r").readall() == b"r"


def test_a_wrong_key_stops_the_run_without_telling_it(
    container: Any, azurite: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = "A" * 86 + "=="
    monkeypatch.setenv("AZURE_STORAGE_CONNECTION_STRING", azurite.replace(KEY, wrong))
    with pytest.raises(StorageDown) as caught:
        list(open_source([f"az://{container.container_name}"]).list())
    assert wrong not in str(caught.value)


def test_without_an_account_the_error_says_what_to_set(container: Any) -> None:
    with pytest.raises(UsageError, match="AZURE_STORAGE_CONNECTION_STRING"):
        list(open_source(["az://somewhere/in"]).list())


@pytest.mark.parametrize(
    "address", ["az://", "https://account.blob.core.windows.net", "https://account.blob.core.windows.net/"]
)
def test_an_address_without_a_container_is_refused(address: str) -> None:
    with pytest.raises(UsageError, match="needs a container"):
        open_source([address])


def test_folder_marks_of_a_data_lake_are_no_files(
    container: Any, azurite: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_STORAGE_CONNECTION_STRING", azurite)
    container.upload_blob("in/folder", b"", metadata={"hdi_isfolder": "true"})
    container.upload_blob("in/other/", b"")
    container.upload_blob("in/folder/a.txt", b"")
    assert [file.path for file in open_source([f"az://{container.container_name}/in"]).list()] == ["folder/a.txt"]


def test_many_blobs_are_listed_page_by_page(container: Any, azurite: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_STORAGE_CONNECTION_STRING", azurite)
    for number in range(30):
        container.upload_blob(f"in/{number:04}", b"x")
    from azure.storage.blob import ContainerClient

    real = ContainerClient.list_blobs
    monkeypatch.setattr(ContainerClient, "list_blobs", lambda self, **given: real(self, results_per_page=7, **given))
    paths = [file.path for file in open_source([f"az://{container.container_name}/in"]).list()]
    assert paths == [f"{number:04}" for number in range(30)]


def test_a_blob_cut_short_on_its_way_is_not_taken_for_whole(
    container: Any, azurite: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_STORAGE_CONNECTION_STRING", azurite)
    container.upload_blob("a.txt", b"hello")
    source = open_source([f"az://{container.container_name}"])
    (file,) = source.list()
    with (
        pytest.raises(ChangedDuringRead, match="it has 5 bytes, 9 were listed"),
        source.local_copy(replace(file, size_bytes=9)),
    ):
        pass


def test_nothing_of_azure_is_loaded_for_local_files(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x")
    script = (
        "import sys\nfrom mmi_cli.storage.addresses import open_source\n"
        f"list(open_source([{str(tmp_path)!r}]).list())\nsys.exit('azure' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script]).returncode == 0
