"""`--runner ray` on a real cluster of this machine: the same bytes, whatever is lost on the way."""

from __future__ import annotations

import importlib.util
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import troubled
from tests.support.command_line import COMMAND, environment

pytestmark = [
    pytest.mark.scale_out,
    pytest.mark.skipif(
        importlib.util.find_spec("ray") is None, reason="Ray is not installed: pip install 'mmi-cli[ray]' runs these"
    ),
]
SAMPLES = Path(__file__).resolve().parents[2] / "sample_data"
SCHEMA = "total number, date date"
ENVIRONMENT = {
    "MMI_INLINE": "false", "MMI_THREADS": "1", "MMI_FAIL_ON": "never",
    "RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32),
}  # fmt: skip


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """The address of a cluster of two processors, which is not that of any run."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = tempfile.mkdtemp(prefix="ray-", dir="/tmp")  # sockets lie in it, whose paths must be short
    command = [
        sys.executable, "-c", "from ray.scripts.scripts import main; main()", "start", "--head", f"--port={port}",
        "--num-cpus=2", "--include-dashboard=false", "--disable-usage-stats", f"--temp-dir={folder}", "--block",
        "--object-store-memory=100000000",
    ]  # fmt: skip
    env = {**environment(ENVIRONMENT), "RAY_BACKEND_LOG_LEVEL": "fatal"}
    with open(Path(folder) / "out.txt", "wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, env=env, start_new_session=True)
    try:
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0 and "Ray runtime started" in out_of(folder):
                    break
            assert process.poll() is None, out_of(folder)
            time.sleep(0.2)
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
        shutil.rmtree(folder, ignore_errors=True)


def out_of(folder: str) -> str:
    return (Path(folder) / "out.txt").read_text("utf-8", "replace")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """60 receipts, an archive, a broken file; and `one`, what a run without Ray makes of them."""
    folder = tmp_path_factory.mktemp("ray")
    inputs = folder / "in"
    for number in range(60):
        path = inputs / ("a" if number % 2 else "b") / f"{number:03}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"Receipt {number}\nDate: 2026-03-{number % 28 + 1:02}\nTotal: {number}.50\n" * 40)
    with zipfile.ZipFile(inputs / "more.zip", "w") as archive:
        for name in "xyz":
            archive.writestr(f"m/{name}.txt", "Total: 8.00\n")
    (inputs / "broken.pdf").write_bytes(b"%PDF-1.4\n1 0 obj\n")
    done = start(folder, "one", "--content", "--inline")
    assert done.wait(120) == 0
    return folder


def start(folder: Path, output: str, *more: str) -> subprocess.Popen[bytes]:
    command = [*COMMAND, "run", "in", "-s", SCHEMA, "-o", output, *more]
    with open(folder / f"{output}.err", "ab") as err:
        return subprocess.Popen(command, cwd=folder, stderr=err, env=environment(ENVIRONMENT), start_new_session=True)


def on_ray(folder: Path, cluster: str, output: str, *more: str) -> subprocess.Popen[bytes]:
    return start(folder, output, "--runner", "ray", "--address", cluster, "--set", "ray_silence_s=10", *more)


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".mmi" not in path.parts and path.name != "summary.json"
    }


def await_records(folder: Path, output: str, process: subprocess.Popen[bytes], count: int = 1) -> None:
    journal = folder / output / ".mmi" / "journal.jsonl"
    for _ in range(6000):
        if process.poll() is not None or (journal.exists() and journal.read_bytes().count(b"\n") >= count):
            return
        time.sleep(0.02)
    raise AssertionError((folder / f"{output}.err").read_text())


def test_on_a_cluster_the_bytes_are_the_same_content_and_members_of_archives_too(folder: Path, cluster: str) -> None:
    process = on_ray(folder, cluster, "out", "--content")
    assert process.wait(240) == 0, (folder / "out.err").read_text()
    assert tree(folder / "out") == tree(folder / "one")
    assert "content/more.zip/m/x.txt.md" in tree(folder / "out")


def test_sidecars_and_key_frames_come_back_from_the_cluster_and_are_not_made_twice(
    tmp_path: Path, cluster: str
) -> None:
    inputs = tmp_path / "in"
    inputs.mkdir()
    shutil.copy(SAMPLES / "scenarios" / "calls" / "recordings" / "internet.vtt", inputs)
    shutil.copy(SAMPLES / "photo" / "balloon.jpg", inputs)
    shutil.copy(SAMPLES / "scenarios" / "media" / "talk.mp4", inputs)
    (inputs / "broken.mp4").write_bytes((inputs / "talk.mp4").read_bytes()[:2000])
    more = ("-s", "media-asset", "-s", "photo", "--sidecars", "vtt,srt,chapters,chapter-list,ffmetadata,csv,xmp")
    assert start(tmp_path, "one", *more, "--inline").wait(120) == 0
    for _ in range(2):
        assert on_ray(tmp_path, cluster, "out", *more).wait(240) == 0, (tmp_path / "out.err").read_text()
        assert tree(tmp_path / "out") == tree(tmp_path / "one")
    names = {name.removeprefix("content/") for name in tree(tmp_path / "out")}
    assert {"internet.vtt.srt", "balloon.jpg.xmp", "talk.mp4.chapters.vtt", "talk.mp4.segments.csv"} <= names
    assert any(name.startswith("talk.mp4.figures/figure-01-at-") for name in names)
    assert not any(name.startswith("broken.mp4") for name in names)
    assert json.loads((tmp_path / "out" / "summary.json").read_text())["files"]["done_before"] == 4


def test_killed_and_started_again_it_goes_on_with_what_was_finished(folder: Path, cluster: str) -> None:
    process = on_ray(folder, cluster, "killed", "--content")
    await_records(folder, "killed", process, 5)
    process.kill()
    process.wait()
    again = on_ray(folder, cluster, "killed", "--content")
    assert again.wait(240) == 0, (folder / "killed.err").read_text()
    assert tree(folder / "killed") == tree(folder / "one")
    done_before = json.loads((folder / "killed" / "summary.json").read_text())["files"]["done_before"]
    assert done_before >= 4  # of the last record the kill may have come before its row


def test_an_interrupt_writes_what_is_under_way_and_the_same_command_goes_on_without_ray(
    folder: Path, cluster: str
) -> None:
    process = on_ray(folder, cluster, "stopped", "--content")
    await_records(folder, "stopped", process)
    os.killpg(process.pid, signal.SIGINT)
    code = process.wait(120)
    if code == 0:
        pytest.skip("the run was over before the interrupt reached it")
    assert code == 130, (folder / "stopped.err").read_text()
    assert not (folder / "stopped" / "results.jsonl").exists()
    assert start(folder, "stopped", "--content", "--inline").wait(120) == 0
    assert tree(folder / "stopped") == tree(folder / "one")
    assert json.loads((folder / "stopped" / "summary.json").read_text())["files"]["done_before"] >= 1


def test_what_kills_its_reader_costs_one_file(tmp_path: Path, cluster: str, monkeypatch: pytest.MonkeyPatch) -> None:
    troubled.write(tmp_path / "in", calm="", segfault="segfault", hang="hang", memory="eat 3000", last="")
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    more = ("--runner", "ray", "--address", cluster)
    run = troubled.run(
        tmp_path / "in", tmp_path / "out", *more, timeout_s=10, stall_s=5, worker_memory_bytes=700_000_000, limit_s=240
    )
    assert run.code == 0, run.said
    codes = {path: record["errors"][0]["code"] if record["errors"] else None for path, record in run.records.items()}
    assert codes == {
        "calm.txt": None, "hang.txt": "timeout", "last.txt": None, "memory.txt": "out_of_memory", "segfault.txt": "crashed"
    }  # fmt: skip


def actors_of(cluster: str) -> list[int]:
    """Processes of this cluster that do files: they are children of its raylet, which names the port."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if (entry / "cmdline").read_bytes().startswith(b"ray::MapWorker"):
                parent = (entry / "stat").read_text().rsplit(")", 1)[1].split()[1]
                if f":{cluster.rpartition(':')[2]}" in Path(f"/proc/{parent}/cmdline").read_text():
                    found.append(int(entry.name))
        except OSError:
            continue
    return found


@pytest.mark.slow
def test_a_killed_actor_costs_no_file(folder: Path, cluster: str) -> None:
    process = on_ray(folder, cluster, "lost", "--content")
    await_records(folder, "lost", process, 3)
    killed = actors_of(cluster)
    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    assert process.wait(280) == 0, (folder / "lost.err").read_text()
    assert tree(folder / "lost") == tree(folder / "one")
    assert killed, "there was an actor to kill"
