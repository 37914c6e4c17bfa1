"""Subtitles, chapters, XMP and key frames in a container: the bytes that a folder would have, written once, each below its own name."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.support.command_line import Ran, mmi_here
from tests.support.fault_proxy import FaultProxy
from tests.support.media_files import write_video

SAMPLES = Path(__file__).resolve().parents[2] / "sample_data"
CALLS = SAMPLES / "scenarios" / "calls" / "recordings"
KINDS = "vtt,srt,chapters,chapter-list,ffmetadata,csv,xmp"
OF_TIME = (".chapters.vtt", ".chapters.txt", ".ffmetadata", ".segments.csv", ".xmp")
SAID = (".vtt", ".srt")
READ = (".md", ".json")

FRAMES = ("figure-01-at-5.800s.jpg", "figure-02-at-11.800s.jpg", "figures.jsonl")

Run = Callable[..., Ran]


@pytest.fixture
def filled(container: Any, tmp_path: Path) -> Any:
    """Two calls, a film of two shots, a photograph, and a film that is none, below `in`."""
    shown = [shot(SAMPLES / "photo" / "balloon.jpg"), shot(SAMPLES / "product" / "product.jpg")]
    film = write_video(tmp_path / "film.mp4", [(at / 5, shown[at // 30]) for at in range(60)])
    blobs = {
        "calls/internet.vtt": (CALLS / "internet.vtt").read_bytes(),
        "calls/cancel.srt": (CALLS / "cancel.srt").read_bytes(),
        "films/two shots.mp4": film.read_bytes(),
        "films/broken.mp4": film.read_bytes()[:900],
        "photo.jpg": (SAMPLES / "photo" / "balloon.jpg").read_bytes(),
    }
    for name, data in blobs.items():
        container.upload_blob(f"in/{name}", data)
    return container


def shot(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB").resize((320, 240)))


@pytest.fixture
def run(tmp_path: Path, proxy: FaultProxy) -> Run:
    """`mmi run` of a machine with a home folder of its own; failed files do not matter to its exit code."""

    def run(*arguments: str, home: str = "one") -> Ran:
        (tmp_path / home).mkdir(exist_ok=True)
        more = ("-s", "media-asset", "-s", "photo", "--sidecars", KINDS, "--fail-on", "never")
        env = {"HOME": str(tmp_path / home), "MMI_RETRY_ATTEMPTS": "2", "MMI_LEASE_S": "15"}
        return mmi_here("run", *arguments, *more, cwd=tmp_path / home, env=env)

    return run


def az(container: Any, name: str) -> str:
    return f"az://{container.container_name}/{name}"


def contents(container: Any, output: str) -> dict[str, bytes]:
    """Name below the contents of an output → bytes."""
    start = f"{output}/content/"
    found = [blob.name for blob in container.list_blobs(name_starts_with=start)]
    return {name.removeprefix(start): bytes(container.download_blob(name).readall()) for name in found}


def contents_here(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def records(data: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in data.splitlines()]


def test_in_a_container_lie_the_same_sidecars_as_in_a_folder(filled: Any, run: Run, tmp_path: Path) -> None:
    for output in (az(filled, "out"), str(tmp_path / "out")):
        ran = run(az(filled, "in"), "-o", output)
        assert ran.code == 0, ran.err
    away = contents(filled, "out")
    assert away == contents_here(tmp_path / "out" / "content")
    assert set(away) == {
        *(f"calls/{name}{suffix}" for name in ("internet.vtt", "cancel.srt") for suffix in (*READ, *SAID, *OF_TIME)),
        *(f"films/two shots.mp4{suffix}" for suffix in (*READ, *OF_TIME)),
        *(f"films/two shots.mp4.figures/{name}" for name in FRAMES),
        *(f"photo.jpg{suffix}" for suffix in (*READ, ".figures/figures.jsonl", ".xmp")),
    }
    assert away["calls/internet.vtt.vtt"].startswith(b"WEBVTT\n")
    assert b"\n00:00:" in away["calls/cancel.srt.srt"] and b" --> " in away["calls/cancel.srt.srt"]
    assert b"<rdf:li>balloon</rdf:li>" in away["photo.jpg.xmp"]


def test_a_film_that_cannot_be_read_costs_itself_and_has_nothing_beside_it(filled: Any, run: Run) -> None:
    assert run(az(filled, "in"), "-o", az(filled, "out")).code == 0
    told = {
        (each["source"]["path"], each["schema"]["name"]): each["status"]
        for each in records(filled.download_blob("out/results.jsonl").readall())
    }
    assert {path for (path, _), status in told.items() if status == "failed"} == {"films/broken.mp4"}
    assert told["films/two shots.mp4", "media-asset"] == told["photo.jpg", "photo"] == "ok"
    assert not [name for name in contents(filled, "out") if "broken" in name]


def test_what_lies_there_is_not_written_again_when_the_run_goes_on(filled: Any, run: Run, proxy: FaultProxy) -> None:
    written = "PUT .*/out/content/"
    assert run(az(filled, "in"), "-o", az(filled, "out"), "--include", "calls/*").code == 0
    first = proxy.count(written)
    assert first == 2 * len((*READ, *SAID, *OF_TIME))
    proxy.clear()
    assert run(az(filled, "in"), "-o", az(filled, "out"), home="two").code == 0
    assert proxy.count(written) == len(contents(filled, "out")) - first
    proxy.clear()
    assert run(az(filled, "in"), "-o", az(filled, "out")).code == 0
    assert proxy.count(written) == 0


def test_shards_that_are_merged_in_a_container_have_the_sidecars_of_one_run(
    filled: Any, run: Run, tmp_path: Path
) -> None:
    for name in ("calls//odd.vtt", "/root.vtt"):
        filled.upload_blob(f"in/{name}", (CALLS / "internet.vtt").read_bytes())
    assert run(az(filled, "in"), "-o", az(filled, "whole")).code == 0
    for shard in ("1/2", "2/2"):
        ran = run(az(filled, "in"), "-o", az(filled, "out"), "--shard", shard)
        assert ran.code == 0, ran.err
    merged = mmi_here("merge", az(filled, "out"), cwd=tmp_path)
    assert merged.code in (0, 3), merged.err
    assert contents(filled, "out") == contents(filled, "whole")


HOSTILE = (
    "talk.vtt", "talk.vtt.xmp/inside.vtt", "talk.vtt.chapters", "talk.vtt.segments", "talk.vtt.chapters.vtt/inside.vtt",
    "talk.vtt.srt/inside.vtt", "q?sig=1#part.vtt", "%2e%2e%2fup.vtt", "a//b.vtt", "/root.vtt", "new\nline.vtt", "x" * 250 + ".vtt",
    "/".join([*("d" * 180,) * 5, "deep.vtt"]), "ü" * 150 + ".vtt",
)  # fmt: skip


def test_names_that_mean_harm_stay_inside_and_none_is_written_over_another(
    container: Any, run: Run, tmp_path: Path
) -> None:
    transcript = (CALLS / "internet.vtt").read_text("utf-8")
    for number, name in enumerate(HOSTILE):
        container.upload_blob(f"in/{name}", transcript.replace("internet", f"internet{number}").encode())
    before = {blob.name for blob in container.list_blobs()}
    for output in (az(container, "deep/out"), str(tmp_path / "out")):
        ran = run(az(container, "in"), "-o", output)
        assert ran.code == 0, ran.err
    away = contents(container, "deep/out")
    assert away == contents_here(tmp_path / "out" / "content")
    for suffix in (*READ, *SAID, ".chapters.vtt", ".xmp"):
        assert sum(name.endswith(suffix) for name in away) == len(HOSTILE) * (2 if suffix == ".vtt" else 1)
    said = {data for name, data in away.items() if name.endswith(".srt")}
    assert len(said) == len(HOSTILE)
    new = {blob.name for blob in container.list_blobs()} - before
    assert all(name.startswith("deep/out/") for name in new)
