"""`mmi run --sidecars` and `mmi read --format chapters` on a small video of two slides."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from tests.support.command_line import mmi, mmi_here
from tests.support.media_files import write_video

KINDS = "vtt,chapters,chapter-list,ffmetadata,csv,xmp"


def slide(title: str) -> np.ndarray:
    picture = Image.new("RGB", (640, 360), "white")
    ImageDraw.Draw(picture).text((40, 60), title, font=ImageFont.load_default(44), fill="black")
    return np.asarray(picture)


@pytest.fixture(scope="module")
def videos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("videos")
    shown = [(number / 5, slide("Roasting coffee" if number < 60 else "Shipping coffee")) for number in range(120)]
    write_video(folder / "slides.mp4", shown)
    (folder / "note.txt").write_text("A note.", "utf-8")
    return folder


def test_sidecars_lie_beside_the_content_and_say_what_the_record_says(videos: Path, tmp_path: Path) -> None:
    done = mmi(
        "run", videos, "-s", "media-asset", "-o", "out", "--sidecars", KINDS, cwd=tmp_path, env={"MMI_OCR": "rapidocr"}
    )
    assert done.code == 0, done.err
    content = tmp_path / "out" / "content"
    names = {path.name for path in content.iterdir()}
    assert {
        f"slides.mp4{suffix}" for suffix in (".chapters.vtt", ".chapters.txt", ".ffmetadata", ".segments.csv", ".xmp")
    } <= names
    assert "slides.mp4.vtt" not in names
    assert not any(name.startswith("note.txt.") and name.endswith((".xmp", ".csv")) for name in names)
    lines = (tmp_path / "out" / "results.jsonl").read_text("utf-8").splitlines()
    record = next(each for each in map(json.loads, lines) if each["source"]["path"] == "slides.mp4")
    titles = [row["title"]["value"] for row in record["fields"]["scenes"]["value"]]
    assert titles == ["Roasting coffee", "Shipping coffee"]
    listed = (content / "slides.mp4.chapters.txt").read_text("utf-8")
    assert listed == "0:00 Roasting coffee\n0:12 Shipping coffee\n"
    frames = sorted((content / "slides.mp4.figures").glob("figure-*-at-*s.*"))
    assert len(frames) == 2
    with Image.open(frames[0]) as frame:
        assert frame.size == (640, 360)


def test_read_writes_chapters_of_one_file(videos: Path) -> None:
    done = mmi("read", "slides.mp4", "-f", "chapters", "--per", "scene", cwd=videos, env={"MMI_OCR": "rapidocr"})
    assert done.code == 0, done.err
    assert done.out.startswith("WEBVTT\n\n1\n00:00:00.000 --> 00:00:12.000\nRoasting coffee")


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["run", "x", "-s", "media-asset", "--sidecars", "exif"], "'exif' is none"),
        (["run", "x", "-s", "media-asset", "--sidecars", "xmp", "-o", "-"], "beside the content"),
        (["read", "x", "--format", "csv", "--per", "scenes"], "no way to divide"),
    ],
)
def test_what_cannot_be_written_is_told_before_any_file_is_opened(
    arguments: list[str], problem: str, tmp_path: Path
) -> None:
    done = mmi_here(*arguments, cwd=tmp_path)
    assert done.code == 2
    assert problem in " ".join(done.err.split())
