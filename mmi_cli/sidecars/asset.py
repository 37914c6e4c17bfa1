"""What is told of a file beside it: its title, words to find it by, and its chapters; from a record, or from what was read alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..datamodel.content import Content
from ..datamodel.record import FileRecord
from ..datamodel.schema import Schema
from ..engines.interface import TextEmbedder
from ..fill.media_fields import is_recording, role_of
from ..fill.recording import Recording
from ..scenes.dividing import divide
from ..scenes.time_line import Segment

UNTITLED = "Chapter"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """A segment of a recording."""

    number: int
    start_s: float
    end_s: float
    title: str
    summary: str = ""
    kind: str = ""
    """Which of the schema's own kinds it is; empty where the schema has none."""
    tags: tuple[str, ...] = ()
    on_screen_text: tuple[str, ...] = ()
    speech: str = ""
    sound: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """A file as a library knows it."""

    title: str = ""
    description: str = ""
    subjects: tuple[str, ...] = ()
    """Topics, things seen, names: each once."""
    media_type: str = ""
    language: str = ""
    duration_s: float | None = None
    """None of what has no time."""
    width: int | None = None
    height: int | None = None
    chapters: tuple[Chapter, ...] = ()
    is_picture: bool = False


def asset_of_content(
    content: Content, *, way: str = "chapter", embedder: TextEmbedder | None = None, media_type: str = ""
) -> Asset:
    """What a content tells by itself, without a schema.

    Args:
        way: to divide a recording, see `mmi_cli.datamodel.divisions`.
    """
    if not is_recording(content):
        return _picture(content, media_type)
    recording = Recording(content, embedder)
    whole = recording.whole
    title, summary = recording.title(whole), recording.summary(whole)
    metadata = dict(content.metadata)
    media = content.media
    return Asset(
        title=metadata.get("title") or (title.text if title else ""),
        description=summary.text if summary else "",
        subjects=_once(
            [*(each.text for each in recording.phrases(whole)), *(each.name for each in recording.tags(whole))]
        ),
        media_type=media_type,
        language=content.language or "",
        duration_s=recording.line.end_s,
        width=media.width if media else None,
        height=media.height if media else None,
        chapters=tuple(_chapter(recording, segment) for segment in divide(content, way, embedder)),
    )


def asset_of_record(
    record: FileRecord, schema: Schema, content: Content, *, embedder: TextEmbedder | None = None
) -> Asset:
    """What a record tells; what its schema does not ask for is taken from the content.

    The first field with `per` gives the chapters.
    """
    divided = next((each for each in schema.fields if each.per), None)
    way = divided.per if divided is not None and divided.per in ("shot", "scene", "chapter") else "chapter"
    own = asset_of_content(content, way=way, embedder=embedder, media_type=record.media_type or "")
    values = record.values
    told: dict[str, Any] = {}
    for each in schema.fields:
        role = role_of(each, in_segment=False) or each.name
        told.setdefault(role, values.get(each.name))
    names = [told.get(name) for name in ("topics", "tags", "brands", "companies", "people")]
    subjects = _once([str(item) for value in names if isinstance(value, list) for item in value if item is not None])
    rows = values.get(divided.name) if divided is not None else None
    chapters = (
        _chapters(divided.items.properties, rows)
        if divided is not None and divided.items is not None and rows
        else own.chapters
    )
    return Asset(
        title=_text(told.get("title")) or own.title,
        description=_text(told.get("summary")) or own.description,
        subjects=subjects or own.subjects,
        media_type=own.media_type,
        language=_text(told.get("language")) or own.language,
        duration_s=own.duration_s,
        width=own.width,
        height=own.height,
        chapters=chapters,
        is_picture=own.is_picture,
    )


def _chapters(properties: Sequence[Any], rows: Any) -> tuple[Chapter, ...]:
    names = {each.name: role_of(each, in_segment=True) for each in properties}
    kind = next((each.name for each in properties if each.enum and names[each.name] is None), None)
    chapters = []
    for number, row in enumerate(rows if isinstance(rows, list) else [], start=1):
        told = {role: row.get(name) for name, role in names.items() if role is not None}
        start_s, end_s = _seconds(told.get("start")), _seconds(told.get("end"))
        if start_s is None or end_s is None:
            continue
        label = _text(row.get(kind)) if kind is not None else ""
        chapters.append(
            Chapter(
                number=number,
                start_s=start_s,
                end_s=end_s,
                title=_text(told.get("title"))
                or label.replace("_", " ").capitalize()
                or _unnamed(_text(told.get("sound")), number),
                summary=_text(told.get("summary")),
                kind=label,
                tags=_texts(told.get("tags")),
                on_screen_text=_texts(told.get("on_screen_text")),
                speech=_text(told.get("speech")),
                sound=_text(told.get("sound")),
            )
        )
    return tuple(chapters)


def _chapter(recording: Recording, segment: Segment) -> Chapter:
    title, summary, heard = recording.title(segment), recording.summary(segment), recording.sound(segment)
    return Chapter(
        number=segment.number,
        start_s=segment.start_s,
        end_s=segment.end_s,
        title=title.text if title else _unnamed(heard[0] if heard else "", segment.number),
        summary=summary.text if summary else "",
        tags=tuple(each.name for each in recording.tags(segment)),
        on_screen_text=tuple(recording.text_of(line) for line in recording.shown(segment)),
        speech=recording.line.text_of(recording.line.words_in(segment)),
        sound=heard[0] if heard else "",
    )


def _unnamed(sound: str, number: int) -> str:
    """A title for what has none."""
    return sound.capitalize() if sound in ("music", "silence") else f"{UNTITLED} {number}"


def _picture(content: Content, media_type: str) -> Asset:
    figure = next((each for each in content.figures if each.page == 1 and each.part is None), None)
    page = content.pages[0] if content.pages else None
    written = " ".join(content.text.split())[:2000]
    described = (figure.description or "") if figure is not None else ""
    is_pixels = page is not None and page.unit == "px"
    return Asset(
        title=dict(content.metadata).get("title", ""),
        description=described or written,
        subjects=_once([tag.name for tag in figure.tags] if figure else []),
        media_type=media_type,
        language=content.language or "",
        width=int(page.width) if page is not None and is_pixels else None,
        height=int(page.height) if page is not None and is_pixels else None,
        is_picture=True,
    )


def _once(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple({text.casefold(): text for text in reversed(texts) if text}.values())[::-1]


def _text(value: Any) -> str:
    return " ".join(str(value).split()) if isinstance(value, str) else ""


def _texts(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return tuple(value.splitlines())
    return tuple(str(each) for each in value if each is not None) if isinstance(value, list) else ()


def _seconds(value: Any) -> float | None:
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, str) and value.count(":") == 2:
        hours, minutes, seconds = value.split(":")
        try:
            return int(hours) * 3600 + int(minutes) * 60 + float(seconds)
        except ValueError:
            return None
    return None
