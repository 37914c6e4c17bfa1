"""`mmi run --follow` through the real process."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.azurite import HOW, azurite_program, running_azurite
from tests.support.command_line import COMMAND, environment, mmi

SCHEMA = "total number"
FAST = {"MMI_FOLLOW_INTERVAL_S": "0.2", "MMI_FOLLOW_SETTLE_S": "0.3"}


class Followed:
    """A running `mmi run --follow`."""

    def __init__(self, folder: Path | str, output: Path | str, *more: str, cwd: Path, env: dict[str, str]) -> None:
        self.results = Path(output) / "results.jsonl"
        self.process = subprocess.Popen(
            [*COMMAND, "run", str(folder), "-s", SCHEMA, "-o", str(output), "--follow", *more],
            cwd=cwd, env=environment({**FAST, **env}), stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def wait_for(self, holds: Callable[[], Any], timeout_s: float = 40) -> Any:
        until_s = time.monotonic() + timeout_s
        while time.monotonic() < until_s:
            assert self.process.poll() is None, self.process.communicate()
            if found := holds():
                return found
            time.sleep(0.05)
        raise AssertionError(f"did not happen; results: {self.paths()}")

    def records(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.results.read_text().splitlines()] if self.results.exists() else []

    def paths(self) -> list[str]:
        return [record["source"]["path"] for record in self.records()]

    def end(self, number: int = signal.SIGTERM) -> tuple[int, str, str]:
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=40)
        return self.process.returncode, out, err


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Followed]]:
    started: list[Followed] = []

    def begin(folder: Path | str, output: Path | str, *more: str, **env: str) -> Followed:
        started.append(Followed(folder, output, *more, cwd=tmp_path, env=env))
        return started[-1]

    yield begin
    for each in started:
        if each.process.poll() is None:
            each.process.kill()
            each.process.communicate()


def drop(path: Path, total: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"Total: {total}.00\n")


def test_what_is_dropped_changed_and_taken_away_is_in_the_results_and_a_signal_ends_it_politely(
    tmp_path: Path, start: Callable[..., Followed]
) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    drop(folder / "b.txt", 1)
    watch = start(folder, out)
    watch.wait_for(lambda: watch.paths() == ["b.txt"])
    drop(folder / "sub" / "a.txt", 2)
    drop(folder / "a.txt.part", 3)
    watch.wait_for(lambda: watch.paths() == ["b.txt", "sub/a.txt"])
    drop(folder / "b.txt", 55)
    (folder / "sub" / "a.txt").unlink()  # done and fetched: its record stays
    watch.wait_for(lambda: [record["fields"]["total"]["value"] for record in watch.records()] == [55, 2])
    (folder / "a.txt.part").rename(folder / "a.txt")
    watch.wait_for(lambda: watch.paths() == ["a.txt", "b.txt", "sub/a.txt"])
    code, out_text, err = watch.end()
    assert (code, out_text) == (143, "")
    assert "follow" in err and "the same command goes on" in err
    assert json.loads((out / "summary.json").read_text())["files"]["done_now"] == 4


def test_started_again_it_goes_on_and_does_nothing_twice(tmp_path: Path, start: Callable[..., Followed]) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    drop(folder / "a.txt", 1)
    drop(folder / "gone.txt", 2)
    first = start(folder, out)
    first.wait_for(lambda: len(first.paths()) == 2)
    assert first.end(signal.SIGINT)[0] == 130
    whole = first.results.read_bytes()
    (folder / "gone.txt").unlink()
    again = start(folder, out)
    time.sleep(2)
    drop(folder / "c.txt", 3)
    again.wait_for(lambda: again.paths() == ["a.txt", "c.txt", "gone.txt"])
    again.end()
    assert json.loads((out / "summary.json").read_text())["files"]["done_now"] == 1
    assert set(whole.splitlines()) < set(again.results.read_bytes().splitlines())


def test_results_are_the_same_bytes_as_those_of_a_plain_run(tmp_path: Path, start: Callable[..., Followed]) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    watch = start(folder, tmp_path / "out", MMI_INLINE="false", MMI_JOBS="2")
    for number in range(6):
        drop(folder / f"{number}.txt", number)
        time.sleep(0.2)
    watch.wait_for(lambda: len(watch.paths()) == 6)
    watch.end()
    assert mmi("run", folder, "-s", SCHEMA, "-o", tmp_path / "plain", cwd=tmp_path).code == 0
    assert (tmp_path / "plain" / "results.jsonl").read_bytes() == watch.results.read_bytes()


def test_a_file_is_not_read_while_it_grows(tmp_path: Path, start: Callable[..., Followed]) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    watch = start(folder, tmp_path / "out")
    with (folder / "a.txt").open("w") as stream:
        for number in range(15):
            stream.write(f"line {number}\n")
            stream.flush()
            os.fsync(stream.fileno())
            time.sleep(0.15)
            assert watch.paths() == []
        stream.write("Total: 77.00\n")
    watch.wait_for(lambda: [record["fields"]["total"]["value"] for record in watch.records()] == [77])
    journal = (tmp_path / "out" / ".mmi" / "journal.jsonl").read_text()
    assert journal.count("Total") <= 1 or watch.paths() == ["a.txt"]


def test_a_folder_that_vanishes_for_a_while_is_waited_for(tmp_path: Path, start: Callable[..., Followed]) -> None:
    folder = tmp_path / "in"
    drop(folder / "a.txt", 1)
    watch = start(folder, tmp_path / "out", "--log-format", "json")
    watch.wait_for(lambda: watch.paths() == ["a.txt"])
    folder.rename(tmp_path / "elsewhere")
    time.sleep(1.5)
    (tmp_path / "elsewhere").rename(folder)
    drop(folder / "b.txt", 2)
    watch.wait_for(lambda: watch.paths() == ["a.txt", "b.txt"])
    _, _, err = watch.end()
    notes = [event["message"] for event in map(json.loads, err.splitlines()) if event["event"] == "note"]
    assert sum("cannot be listed now" in note for note in notes) == 1
    assert sum("can be listed again" in note for note in notes) == 1


def test_to_stdout_each_record_goes_at_once(tmp_path: Path, start: Callable[..., Followed]) -> None:
    folder = tmp_path / "in"
    drop(folder / "b.txt", 1)
    watch = start(folder, "-", "--quiet")
    assert watch.process.stdout is not None
    assert json.loads(watch.process.stdout.readline())["source"]["path"] == "b.txt"
    drop(folder / "a.txt", 2)
    assert json.loads(watch.process.stdout.readline())["source"]["path"] == "a.txt"
    assert watch.end()[0] == 143


def test_it_refuses_what_has_no_end_and_what_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for more in (["--assert", "failed == 0"], ["--junit", "j.xml"]):
        ran = mmi("run", "in", "-s", SCHEMA, "--follow", *more, cwd=tmp_path)
        assert ran.code == 2 and "--follow" in ran.err
    assert mmi("run", "-", "-s", SCHEMA, "--follow", cwd=tmp_path).code == 2
    ran = mmi("run", "nowhere", "-s", SCHEMA, "--follow", cwd=tmp_path)
    assert ran.code == 4 and "nowhere" in ran.err


@pytest.mark.skipif(azurite_program() is None, reason=HOW)
def test_a_container_is_followed_like_a_folder(tmp_path: Path, start: Callable[..., Followed]) -> None:
    from azure.storage.blob import BlobServiceClient

    program = azurite_program()
    assert program is not None
    with running_azurite(program) as connection:
        container = BlobServiceClient.from_connection_string(connection).create_container("drops")
        container.upload_blob("in/b.txt", b"Total: 1.00")
        watch = start("az://drops/in", tmp_path / "out", AZURE_STORAGE_CONNECTION_STRING=connection)
        watch.wait_for(lambda: watch.paths() == ["b.txt"])
        container.upload_blob("in/a.txt", b"Total: 2.00")
        container.upload_blob("in/b.txt", b"Total: 3.00", overwrite=True)
        watch.wait_for(lambda: [record["fields"]["total"]["value"] for record in watch.records()] == [2, 3])
        assert watch.end()[0] == 143
    shutil.rmtree(tmp_path / "out")
