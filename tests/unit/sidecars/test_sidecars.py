"""Chapters, tables and XMP say what the recording says, and other programs read them."""

from __future__ import annotations

import csv
import io
import subprocess
from pathlib import Path

import av
import pytest
from defusedxml import ElementTree

from mmi_cli.datamodel.content import Sound
from mmi_cli.errors import UsageError
from mmi_cli.sidecars.asset import Asset, Chapter, asset_of_content
from mmi_cli.sidecars.chapters import to_chapter_list, to_chapters, to_ffmetadata
from mmi_cli.sidecars.kinds import KINDS, check_kinds, written_for
from mmi_cli.sidecars.table import to_csv
from mmi_cli.sidecars.xmp import to_xmp
from tests.support.recordings import recording
from tests.support.small_index import WordsAsVectors

RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
DM = "{http://ns.adobe.com/xmp/1.0/DynamicMedia/}"
DC = "{http://purl.org/dc/elements/1.1/}"


def chapter(number: int, start_s: float, end_s: float, title: str) -> Chapter:
    return Chapter(number=number, start_s=start_s, end_s=end_s, title=title, tags=("ship", "sea"), sound="speech")


def an_asset(*titles: str, each_s: float = 20.0) -> Asset:
    return Asset(
        title="Salt & <light>",
        description="Of the sea; of #light = sun",
        subjects=("sea", "light"),
        media_type="video/mp4",
        duration_s=each_s * len(titles),
        chapters=tuple(chapter(at + 1, at * each_s, (at + 1) * each_s, title) for at, title in enumerate(titles)),
    )


def test_chapters_are_cues_that_cannot_become_tags_or_times() -> None:
    text = to_chapters(an_asset("First", "<b> --> & more"))
    assert text == (
        "WEBVTT\n\n1\n00:00:00.000 --> 00:00:20.000\nFirst\n\n2\n00:00:20.000 --> 00:00:40.000\n&lt;b&gt; --&gt; &amp; more\n"
    )


def test_the_list_begins_at_zero_and_has_no_chapter_below_ten_seconds() -> None:
    asset = Asset(
        duration_s=31.0,
        chapters=(chapter(1, 0.4, 12, "a"), chapter(2, 12, 15, "b"), chapter(3, 15, 24, "c"), chapter(4, 24, 31, "d")),
    )
    assert to_chapter_list(asset) == "0:00 a\n0:12 b\n"


def test_the_list_of_a_long_recording_has_hours() -> None:
    assert to_chapter_list(an_asset("a", "b", each_s=2000.0)) == "0:00:00 a\n0:33:20 b\n"


def test_ffmpeg_reads_the_chapters_and_the_title(tmp_path: Path) -> None:
    path = tmp_path / "asset.ffmetadata"
    path.write_text(to_ffmetadata(an_asset("First = 1; #a", "Back\\slash")), "utf-8")
    with av.open(str(path), format="ffmetadata") as container:
        assert container.metadata["title"] == "Salt & <light>"
        found = [(each["start"], each["end"], each["metadata"]["title"]) for each in container.chapters()]
    assert found == [(0, 20_000, "First = 1; #a"), (20_000, 40_000, "Back\\slash")]


def test_the_table_guards_what_a_spreadsheet_would_compute() -> None:
    rows = list(csv.DictReader(io.StringIO(to_csv(an_asset("=1+1", "Two, three")))))
    assert [row["title"] for row in rows] == ["'=1+1", "Two, three"]
    assert rows[1]["start_s"] == "20.000"
    assert rows[1]["tags"] == "ship; sea"


def test_xmp_is_xml_with_title_subjects_and_a_marker_a_chapter() -> None:
    root = ElementTree.fromstring(to_xmp(an_asset("One\x00\x1b", "Two & 2")).encode())
    assert root.findtext(f".//{DC}title//{RDF}li") == "Salt & <light>"
    assert [each.text for each in root.findall(f".//{DC}subject//{RDF}li")] == ["sea", "light"]
    assert [each.text for each in root.findall(f".//{DM}markers//{DM}name")] == ["One", "Two & 2"]
    assert [each.text for each in root.findall(f".//{DM}markers//{DM}startTime")] == ["0", "20000"]
    assert root.findtext(f".//{DM}duration/{DM}value") == "40000"


def test_exiftool_reads_it_where_it_is_there(tmp_path: Path) -> None:
    path = tmp_path / "talk.mp4.xmp"
    path.write_text(to_xmp(an_asset("One", "Two")), "utf-8")
    try:
        ran = subprocess.run(["exiftool", "-s", str(path)], capture_output=True, text=True, timeout=60)
    except FileNotFoundError:
        pytest.skip("exiftool is not installed")
    assert "Warning" not in ran.stdout
    assert "Salt & <light>" in ran.stdout
    assert "One, Two" in ran.stdout


def test_a_recording_tells_its_title_and_chapters_by_itself() -> None:
    content = recording(
        [(1.0, "The harbour opens in Bergen next year."), (21.0, "Ships will come from everywhere.")],
        shots=[0.0, 20.0],
        settings=[1, 2],
        shown={10.0: ["New harbour", "in Bergen"], 30.0: ["Many ships", "from afar"]},
        end_s=40.0,
    )
    asset = asset_of_content(content, embedder=WordsAsVectors())
    assert asset.title == "New harbour"
    assert [(each.start_s, each.title) for each in asset.chapters] == [(0.0, "New harbour"), (20.0, "Many ships")]


def test_a_stretch_of_music_without_a_title_is_called_so() -> None:
    said = [(20.5 + 6 * number, "The harbour opens in Bergen next year.") for number in range(5)]
    content = recording(said, sounds=[Sound(0, 20, "music"), Sound(20, 52, "speech")], end_s=52)
    titles = [each.title for each in asset_of_content(content, way="scene", embedder=WordsAsVectors()).chapters]
    assert titles[0] == "Music"


def test_kinds_are_checked_and_put_in_order() -> None:
    assert check_kinds(["xmp", " vtt ", "xmp"]) == ("vtt", "xmp")
    with pytest.raises(UsageError, match="'exif' is none; known: vtt, srt"):
        check_kinds(["exif"])


def test_subtitles_are_written_only_where_somebody_speaks() -> None:
    silent = recording(shots=[0.0], end_s=9.0)
    assert [name for name in KINDS if not written_for(name, silent)] == ["vtt", "srt"]
