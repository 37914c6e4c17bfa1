"""Where the content of a file is written: below its own path, and never where another file's is."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmi_cli.datamodel.content import ParagraphPlace
from mmi_cli.datamodel.content_builder import ContentBuilder
from mmi_cli.datamodel.source import SourceFile
from mmi_cli.engines.bundle import EngineBundle
from mmi_cli.errors import EngineFailed, StorageDown
from mmi_cli.pipeline import Pipeline
from mmi_cli.runner.work import WorkSpec, do_file, mirrored, write_content
from mmi_cli.schema_file import load_schema
from mmi_cli.settings import Settings
from mmi_cli.sidecars.kinds import KINDS
from mmi_cli.storage.local import LocalSource
from mmi_cli.storage.mirror import beside


def a_file(path: str, *members: str) -> SourceFile:
    return SourceFile(uri="file:///in/x", path=path, size_bytes=1, members=members)


def content_of(text: str):  # type: ignore[no-untyped-def]
    builder = ContentBuilder()
    builder.add_text_block("paragraph", text, ParagraphPlace(1))
    return builder.build()


def test_a_path_is_mirrored_as_it_is_and_an_archive_is_a_folder() -> None:
    assert mirrored(a_file("a/b c/naïve 日本.pdf")) == "a/b c/naïve 日本.pdf"
    assert mirrored(a_file("a!b.txt")) == "a!b.txt"
    assert mirrored(a_file("z.zip!in/a.txt", "0:in/a.txt")) == "z.zip/in/a.txt"
    assert mirrored(a_file("a!z.zip!y.tar!a.txt", "0:y.tar", "0:a.txt")) == "a!z.zip/y.tar/a.txt"


LONG = "x" * 251


@pytest.mark.parametrize(
    "paths",
    [
        (LONG + ".txt", LONG + ".pdf", "x" * 200 + ".txt"),
        ("ü" * 127, "ü" * 126 + "v"),
        ("new\nline.txt", "new_line.txt", "new\tline.txt"),
        ("\udcff" * 250, "\udcfe" * 250),
        ("a", "a.md/x"),
        ("a.json/x", "a.json"),
        ("a.mp4", "a.mp4.xmp/x", "a.mp4.srt/x", "a.mp4.chapters.txt/x", "a.mp4.segments.csv/x", "a.mp4.ffmetadata/x"),
        ("/".join(["d" * 200] * 19) + "/a", "/".join(["d" * 200] * 19) + "/b"),
    ],
)  # fmt: skip
def test_every_name_that_a_file_system_holds_has_a_place_of_its_own(paths: tuple[str, ...], tmp_path: Path) -> None:
    for number, path in enumerate(paths):
        write_content(tmp_path, a_file(path), content_of(f"text {number}"))
    texts = sorted(each.read_text() for each in tmp_path.rglob("*.md") if each.is_file())
    assert texts == [f"text {number}\n" for number in range(len(paths))]


@given(
    st.lists(st.text(st.characters(exclude_characters="\0"), min_size=1, max_size=260), min_size=1, max_size=3).map(
        "/".join
    )
)
def test_no_path_leads_out_of_the_folder(path: str) -> None:
    place = mirrored(a_file(path))
    assert not place.startswith("/")
    assert all(part not in ("", ".", "..") and len(os.fsencode(part)) <= 245 for part in place.split("/"))


@pytest.mark.parametrize(
    "paths",
    [
        ("a.mp4", "a.mp4.chapters", "a.mp4.segments", "a.mp4.result", "a.mp4.xmp", "a.mp4.chapters.vtt"),
        (LONG + ".mp4", LONG + ".mp3", "ü" * 125 + ".wav"),
    ],
)
def test_no_sidecar_is_called_like_another_or_too_long(paths: tuple[str, ...], tmp_path: Path) -> None:
    suffixes = [".md", ".json", ".result.json", *(kind.suffix for kind in KINDS.values())]
    for path in paths:
        for suffix in suffixes:
            (tmp_path / (mirrored(a_file(path)) + suffix)).write_text(path)
    assert len(list(tmp_path.iterdir())) == len(paths) * (len(suffixes))
    assert {each.read_text() for each in tmp_path.iterdir()} == set(paths)


def test_no_folder_is_called_like_a_sidecar() -> None:
    for kind in KINDS.values():
        folder, _, _ = mirrored(a_file(f"a.mp4{kind.suffix}/x.mp4")).partition("/")
        assert not folder.endswith(kind.suffix)


@pytest.mark.parametrize("schema", ["s", "s" * 100, "ü" * 200])
def test_a_result_of_one_of_several_schemas_has_a_name_that_fits(schema: str) -> None:
    names = {beside(a_file(path), f".{schema}", ".result.json") for path in ("a/b.pdf", "a/" + "x" * 240 + ".pdf")}
    assert len(names) == 2
    for name in names:
        assert name.startswith("a/") and name.endswith(".result.json") and len(name.encode()) <= 257
    assert len({beside(a_file("a"), f".{schema}{n}", ".result.json") for n in range(3)}) == 3


def test_what_no_sidecar_can_be_made_of_costs_its_file_alone(tmp_path: Path) -> None:
    class Silent(EngineBundle):
        def text_embedder(self) -> NoReturn:
            raise EngineFailed("the embedder gave up")

    words = "WEBVTT\n\n00:00:01.000 --> 00:00:04.000\nThe harbour opens in Bergen next year.\n"
    inputs = tmp_path / "in"
    inputs.mkdir()
    (inputs / "a.vtt").write_text(words)
    (inputs / "b.txt").write_text("A note.")
    settings = Settings(cache="off", ocr="none", speech="none", language_model="none", sidecars=("xmp",))
    schemas = (load_schema("total number"),)
    spec = WorkSpec(inputs=(str(inputs),), schemas=schemas, settings=settings, content_folder=str(tmp_path / "content"))
    source = LocalSource(inputs)
    pipeline = Pipeline(source=source, schemas=schemas, settings=settings, engines=Silent(settings))
    done = {file.path: do_file(pipeline, spec, file) for file in source.list()}
    assert done["a.vtt"].status == "failed" and done["a.vtt"].error is not None
    assert (done["a.vtt"].error.code, done["a.vtt"].error.stage) == ("engine_failed", "run")
    assert done["b.txt"].status == "ok"


def test_content_that_cannot_be_written_stops_the_run_and_no_file_is_blamed(tmp_path: Path) -> None:
    (tmp_path / "content").write_text("a file in the way")
    with pytest.raises(StorageDown, match="cannot write"):
        write_content(tmp_path / "content", a_file("a.txt"), content_of("text"))
