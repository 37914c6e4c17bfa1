"""`mmi search`: questions to an index."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import ExitCode, UsageError
from . import options as o

if TYPE_CHECKING:
    from ..search.duplicates import Group
    from ..search.index import Index
    from ..search.question import Answer, Hit
    from ..settings import Settings


class AnswerFormat(StrEnum):
    """How answers are written."""

    TABLE = "table"
    JSON = "json"
    HTML = "html"


def search(
    index: Annotated[Path, typer.Argument(metavar="INDEX", help="Folder that `mmi embed` made.", show_default=False)],
    query: Annotated[
        str | None, typer.Argument(metavar="QUERY", help="What to look for, in words.", show_default=False)
    ] = None,
    image: Annotated[
        Path | None,
        typer.Option("--image", metavar="FILE", help="Look for what is like this picture.", show_default=False),
    ] = None,
    like: Annotated[
        str | None,
        typer.Option(
            "--like", metavar="PATH", help="Look for what is like this file of the index.", show_default=False
        ),
    ] = None,
    where: Annotated[
        str | None,
        typer.Option(
            "--where",
            metavar="CONDITION",
            show_default=False,
            help="Only what it holds of: 'total > 100 and modality = \"image\"'; fields, path, modality, kind, page, …",
        ),
    ] = None,
    kind: Annotated[
        list[str] | None,
        typer.Option(
            "--kind",
            metavar="KIND",
            show_default=False,
            help="passage, turn, image, frame (these four when not given), page, file. May be repeated.",
        ),
    ] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", metavar="N", min=1, max=10_000, help="Most answers.")] = 10,
    one_per_file: Annotated[bool, typer.Option("--one-per-file", help="The best answer of each file.")] = False,
    duplicates: Annotated[
        bool, typer.Option("--duplicates", help="Files that are nearly the same, in groups; no question is asked.")
    ] = False,
    format_: Annotated[
        AnswerFormat, typer.Option("--format", "-f", help="table, json, or html: a page with thumbnails.")
    ] = AnswerFormat.TABLE,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write there, not to stdout.", show_default=False),
    ] = None,
    open_: Annotated[
        bool,
        typer.Option("--open", help="Open the best answer, or the page of --format html, with the system's program."),
    ] = False,
    config: o.Config = None,
    set_: o.Set = None,
    embedding: o.Embedding = None,
) -> None:
    """Looks in an index by words, by picture, or by both; says where, and shows it.

    Example: mmi search index "how long is the notice period" --where 'path != "old/lease.pdf"'

    A relevance orders the answers of one question; it is no probability, and means nothing beside that of another question.
    """  # fmt: skip
    settings = o.settings_from(config=config, assignments=set_, embedding=embedding)
    if duplicates and (query or image or like or where):
        raise UsageError("--duplicates compares all files of the index; ask no question beside it")
    if not duplicates and not (query or "").strip() and image is None and like is None:
        raise UsageError("ask for something: QUERY, --image FILE, --like PATH, or --duplicates")

    from ..search.index import Index

    with Index(index) as opened:
        if duplicates:
            _write(_duplicates(opened, format_), output)
            return
        answer = _answer(opened, settings, query or "", image, like, where, kind, limit, one_per_file)
        for note in answer.notes:
            sys.stderr.write(f"mmi: {note}\n")
        asked = {"query": query, "image": str(image) if image else None, "like": like, "where": where}
        written = _written(opened, answer, asked, format_)
    page = output
    if open_ and format_ is AnswerFormat.HTML and output is None:
        import tempfile

        page = Path(tempfile.mkdtemp(prefix="mmi-search-")) / "answer.html"
    _write(written, page)
    if open_:
        _open(answer.hits, page if format_ is AnswerFormat.HTML else None)


def _answer(
    index: Index, settings: Settings, query: str, image: Path | None, like: str | None, where: str | None,
    kinds: list[str] | None, limit: int, one_per_file: bool,
) -> Answer:  # fmt: skip
    from ..engines.bundle import EngineBundle
    from ..runner.workers.machine import usable_cores
    from ..search.items import KINDS, LEAVES
    from ..search.question import Question
    from ..search.searching import Searcher

    for kind in kinds or ():
        if kind not in KINDS:
            raise UsageError(f"--kind {kind!r}: one of {', '.join(KINDS)}")
    chosen = tuple(kind for kind in KINDS if kind in kinds) if kinds else LEAVES
    settings = settings.model_copy(update={"threads": settings.threads or usable_cores()})
    question = Question(
        text=query.strip(),
        image=_pixels(image, settings) if image is not None else None,
        like=like,
        where=where,
        kinds=chosen,
        limit=limit,
        one_per_file=one_per_file,
    )
    return Searcher(index, settings, EngineBundle(settings)).ask(question)


def _pixels(path: Path, settings: Settings) -> Any:
    """
    Raises:
        UsageError: no picture there.
        CorruptFile, LimitExceeded: one that cannot be compared.
    """
    from ..detect import detect_file
    from ..extract.picture import Picture
    from ..search.picture_marks import check_picture

    if not path.is_file():
        raise UsageError(f"--image {path}: no such file")
    detection = detect_file(path, name=path.name, settings=settings)
    if detection.modality != "image":
        raise UsageError(f"--image {path}: not a picture ({detection.media_type}); --like takes a file of the index")
    with Picture(path, media_type=detection.media_type, max_pixels=settings.max_image_pixels) as picture:
        pixels = next(picture.frames(all_pages=False)).pixels
    check_picture(width=pixels.shape[1], height=pixels.shape[0], size_bytes=path.stat().st_size)
    return pixels


def _written(index: Index, answer: Answer, asked: dict[str, Any], format_: AnswerFormat) -> str:
    from ..datamodel.record import dump_line
    from ..search.telling import answer_json, html_page

    if format_ is AnswerFormat.JSON:
        return dump_line(answer_json(answer, asked)) + "\n"
    if format_ is AnswerFormat.TABLE:
        return _table(answer, str(asked["query"] or ""))
    hits = answer.hits
    thumbnails = index.thumbnails([hit.item.id for hit in hits])
    for hit in hits:
        if hit.item.id not in thumbnails and (shown := _picture_of(index, hit)) is not None:
            thumbnails.update((hit.item.id, jpeg) for jpeg in index.thumbnails([shown]).values())
    said = ", ".join(f"{name}: {value}" for name, value in asked.items() if value)
    about = f"{len(hits)} answers from {index.folder.name} · " + ", ".join(
        f"{name} by {model}" for name, model in answer.models.items()
    )
    return html_page(hits, title=said, about=about, question=str(asked["query"] or ""), thumbnails=thumbnails)


def _picture_of(index: Index, hit: Hit) -> int | None:
    """The item that shows what an answer is part of: the picture whose words it is, or the frame that was seen when it was said."""
    pictures = [item for item in index.items(of_file=hit.file.id) if item.kind in ("image", "frame")]
    at_s = hit.item.place.get("frame_s", hit.item.place.get("start_s"))
    frames = [item for item in pictures if item.kind == "frame"]
    if at_s is not None and frames:
        return min(frames, key=lambda item: (item.place["frame_s"] > at_s, abs(item.place["frame_s"] - at_s))).id
    if hit.file.modality == "image" and hit.item.kind == "passage" and pictures:
        return pictures[0].id
    return None


def _table(answer: Answer, question: str) -> str:
    """Answers for people: two lines each, in a pipe and on a terminal alike."""
    from ..printable import printable
    from ..search.telling import place_words, snippet

    lines = []
    for rank, hit in enumerate(answer.hits, start=1):
        where = place_words(hit.item.place)
        lists = ", ".join(f"{name} #{each['rank']} {each['score']:.2f}" for name, each in hit.lists.items())
        lines.append(
            f"{rank:>2}. {printable(hit.file.path)}  {printable(where)}  [{hit.item.kind}]\n"
            f"    relevance {hit.relevance:.3f} = similarity {hit.similarity:.3f} + metadata {hit.metadata:.3f}  ({lists})"
        )
        if hit.item.tags:
            shown = ", ".join(f"{name.split(',')[0]} {share:.2f}" for name, share in hit.item.tags[:3])
            lines.append(f"    seen: {printable(shown)}")
        elif hit.item.text:
            lines.append(f"    {printable(snippet(hit.item.text, question, most=160))}")
    return "\n".join(lines) + "\n" if lines else "nothing found\n"


def _duplicates(index: Index, format_: AnswerFormat) -> str:
    from ..datamodel.record import dump_line
    from ..search.duplicates import duplicate_groups
    from ..search.telling import groups_json

    groups = duplicate_groups(index)
    if format_ is AnswerFormat.JSON:
        return dump_line(groups_json(groups)) + "\n"
    if format_ is AnswerFormat.HTML:
        raise UsageError("--duplicates is written as a table or as json")
    return _groups_table(groups)


def _groups_table(groups: tuple[Group, ...]) -> str:
    from ..printable import printable

    lines = []
    for number, group in enumerate(groups, start=1):
        lines.append(f"{number}. {len(group.files)} files")
        lines += [f"   {printable(file.path)}  {file.size_bytes:,} bytes" for file in group.files]
        lines += [
            f"     {pair.reason} ({pair.measure:.2f}): {printable(pair.one.path)} – {printable(pair.other.path)}"
            for pair in group.pairs
        ]
    return "\n".join(lines) + "\n" if lines else "no two files are nearly the same\n"


def _write(text: str, output: Path | None) -> None:
    if output is None:
        sys.stdout.write(text)
        return
    from ..runner.whole_file import whole_file

    with whole_file(output) as partial:
        partial.write_text(text, "utf-8")
    sys.stderr.write(f"{output}\n")


def _open(hits: tuple[Hit, ...], page: Path | None) -> None:
    """With the system's program for it.

    Raises:
        typer.Exit: there is none.
    """
    from ..search.telling import link

    if page is None and not hits:
        return
    # Programs that open files do not know pages and times behind a `#`; the answer has told them.
    address = str(page.absolute()) if page is not None else link(hits[0].file, {})
    if address == "#" or typer.launch(address, wait=True) != 0:
        sys.stderr.write(f"mmi: nothing on this machine opens {json.dumps(address)}\n")
        raise typer.Exit(ExitCode.STOPPED)
