"""`mmi read`: content only, no schema."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from mimetypes import guess_type
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..datamodel.divisions import length_of
from ..errors import ExitCode, UsageError
from . import options as o
from .one_file import open_file

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..datamodel.content import Content
    from ..settings import Settings


_SIDECARS = frozenset({"chapters", "chapter-list", "ffmetadata", "csv", "xmp"})


class ReadFormat(StrEnum):
    """Projections of the content."""

    MARKDOWN = "markdown"
    JSON = "json"
    VTT = "vtt"
    SRT = "srt"
    CHAPTERS = "chapters"
    CHAPTER_LIST = "chapter-list"
    FFMETADATA = "ffmetadata"
    CSV = "csv"
    XMP = "xmp"
    TEXT = "text"
    CHARTJS = "chartjs"
    CHUNKS = "chunks"
    CONTENT_UNDERSTANDING = "content-understanding"


def read(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A file or a blob.", show_default=False)],
    format_: Annotated[
        ReadFormat, typer.Option("--format", "-f", help="How to write what was read.")
    ] = ReadFormat.MARKDOWN,
    figures: Annotated[
        Path | None,
        typer.Option(
            "--figures",
            metavar="FOLDER",
            help="Also cut out the figures, as pictures with a figures.jsonl in this folder.",
            file_okay=False,
        ),
    ] = None,
    chunk_tokens: Annotated[
        int,
        typer.Option(
            "--chunk-tokens", min=16, max=8192, help="With --format chunks: most tokens of a chunk, headings included."
        ),
    ] = 200,
    per: Annotated[
        str,
        typer.Option(
            "--per",
            metavar="WAY",
            help="With --format chapters, chapter-list, ffmetadata, csv, xmp: a segment for each shot, scene, chapter, minute, 30s.",
        ),
    ] = "chapter",
    vectors: Annotated[bool, typer.Option("--vectors", help="With --format chunks: a vector beside each.")] = False,
    config: o.Config = None,
    set_: o.Set = None,
    password: o.Password = None,
    ocr: o.Ocr = None,
    speech: o.Speech = None,
    speech_model: o.SpeechModel = None,
    speech_language: o.SpeechLanguage = None,
    speakers: o.Speakers = None,
) -> None:
    """What stands in a file: markdown, JSON with the place of every word, subtitles, chapters, text, Chart.js, chunks or AnalyzeResult.

    Example: mmi read call.mp3 --format vtt
    """
    if vectors and format_ is not ReadFormat.CHUNKS:
        raise UsageError("--vectors goes with --format chunks")
    try:
        length_of(per)
    except ValueError as error:
        raise UsageError(f"--per: {error}") from error
    settings = o.settings_from(
        config=config, assignments=set_, passwords=password, ocr=ocr, speech=speech, speech_model=speech_model,
        speech_language=speech_language,
        speakers=speakers,
    )  # fmt: skip
    from ..console import printable
    from ..datamodel.content import TimeSpan
    from ..datamodel.record import dump_line

    pipeline, source_file = open_file(file, (), settings)
    cut = None
    if figures is not None:
        from ..runner.figure_files import FigureFiles

        # As seen from the folder in which the markdown would lie, which is the one where the command was given.
        cut = FigureFiles(figures, link="" if figures == Path() else f"{figures.as_posix()}/")
    content, problem = pipeline.read_file(source_file, take_figure=cut.take if cut is not None else None)
    if content is None:
        sys.stderr.write(f"mmi: {printable(f'{file}: {problem}')}\n")
        raise typer.Exit(ExitCode.SOME_FAILED)
    for notice in content.warnings:
        sys.stderr.write(f"mmi: {printable(f'{notice.code}: {notice.message}')}\n")
    if not content.words and not content.figures and not content.warnings:
        sys.stderr.write(f"mmi: {printable(file)}: there is nothing to read in it\n")
    elif (
        content.words
        and format_ in (ReadFormat.VTT, ReadFormat.SRT)
        and not any(isinstance(word.place, TimeSpan) for word in content.words)
    ):
        sys.stderr.write(
            f"mmi: {printable(file)}: nothing in it has a time; {format_.value} holds what is said, --format text all\n"
        )
    if cut is not None:
        cut.finish(content)
    if format_ is ReadFormat.CHUNKS:
        _write_chunks(content, settings, most_tokens=chunk_tokens, with_vectors=vectors)
        return
    if format_ is ReadFormat.CONTENT_UNDERSTANDING:
        from ..datamodel.service.result import content_result

        sys.stdout.write(dump_line(content_result(content, name="read", media_type=guess_type(file)[0])) + "\n")
        return
    if format_.value in _SIDECARS:
        sys.stdout.write(_sidecar(content, format_, settings, way=per, media_type=guess_type(file)[0] or ""))
        return
    text = project(content, format_, figure_files=cut.links if cut is not None else None)
    sys.stdout.write(text if text.endswith("\n") else text + "\n")


def _sidecar(content: Content, format_: ReadFormat, settings: Settings, *, way: str, media_type: str) -> str:
    from ..engines.bundle import EngineBundle
    from ..fill.recording import embedder_of
    from ..sidecars.asset import asset_of_content
    from ..sidecars.kinds import KINDS

    asset = asset_of_content(content, way=way, embedder=embedder_of(EngineBundle(settings)), media_type=media_type)
    return KINDS[format_.value].write(asset, content)


def _write_chunks(content: Content, settings: Settings, *, most_tokens: int, with_vectors: bool) -> None:
    from ..engines.bundle import EngineBundle
    from ..search.chunks import chunk_lines

    embedder = EngineBundle(settings).text_embedder() if with_vectors else None
    if with_vectors and embedder is None:
        raise UsageError("--vectors needs an embedding engine; the settings turn it off (embedding = none)")
    for line in chunk_lines(content, most_tokens=most_tokens, embedder=embedder):
        sys.stdout.write(line + "\n")


def project(content: Content, format_: ReadFormat, *, figure_files: Mapping[int, str] | None = None) -> str:
    """The content in one of the formats.

    Args:
        figure_files: index of a figure → where its picture lies, for links of markdown.
    """
    from ..datamodel.chartjs import to_chartjs
    from ..datamodel.content_json import to_json
    from ..datamodel.markdown import to_markdown
    from ..datamodel.plain_text import to_text
    from ..datamodel.record import dump_line
    from ..datamodel.timed_text import to_srt, to_vtt

    match format_:
        case ReadFormat.MARKDOWN:
            return to_markdown(content, figure_files=figure_files)
        case ReadFormat.JSON:
            return dump_line(to_json(content))
        case ReadFormat.VTT:
            return to_vtt(content)
        case ReadFormat.SRT:
            return to_srt(content)
        case ReadFormat.TEXT:
            return to_text(content)
        case ReadFormat.CHARTJS:
            return json.dumps(to_chartjs(content), ensure_ascii=False, indent=2)
        case _:
            raise ValueError(f"{format_.value} is no projection of the content alone")
