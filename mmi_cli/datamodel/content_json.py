"""`Content` as JSON values, and back without loss."""

from __future__ import annotations

from dataclasses import MISSING, fields, is_dataclass
from typing import Any

from .content import (
    Block,
    Content,
    FrameBox,
    Media,
    Notice,
    Page,
    PageBox,
    ParagraphPlace,
    Part,
    Place,
    SheetCell,
    Shot,
    SlideShape,
    Sound,
    Table,
    TableCell,
    TimeSpan,
    Usage,
    Word,
)  # fmt: skip
from .figure import Chart, ChartMark, Colour, Figure, Tag

_PLACES = (PageBox, TimeSpan, FrameBox, SheetCell, SlideShape, ParagraphPlace)


def to_json(content: Content) -> dict[str, Any]:
    """Everything in `content` as JSON values; a word has the keys of its place beside its own. Defaults are left out."""
    value = {
        "content_version": 1,
        "text": content.text,
        "words": [word_to_json(word) for word in content.words],
    }
    for name in ("blocks", "tables", "pages", "media", "parts", "figures", "language", "warnings", "usage"):
        if (given := getattr(content, name)) not in ((), None, Usage()):
            value[name] = _to_plain(given)
    value["metadata"] = dict(content.metadata)
    value["engines"] = dict(content.engines)
    return value


def from_json(value: dict[str, Any]) -> Content:
    """The content that `to_json` was given.

    Raises:
        ValueError: not written by `to_json`, or by a later version.
    """
    if value.get("content_version") != 1:
        raise ValueError(f"content_version {value.get('content_version')!r}; this version reads 1")
    try:
        return Content(
            text=value["text"],
            words=tuple(map(word_from_json, value["words"])),
            blocks=tuple(Block(**block) for block in value.get("blocks", ())),
            tables=tuple(_table_from_json(table) for table in value.get("tables", ())),
            pages=tuple(Page(**page) for page in value.get("pages", ())),
            media=_media_from_json(value["media"]) if "media" in value else None,
            parts=tuple(Part(**part) for part in value.get("parts", ())),
            figures=tuple(_figure_from_json(figure) for figure in value.get("figures", ())),
            language=value.get("language"),
            metadata=tuple(value["metadata"].items()),
            warnings=tuple(Notice(**notice) for notice in value.get("warnings", ())),
            usage=Usage(**value.get("usage", {})),
            engines=tuple(value["engines"].items()),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not the JSON of a content: {type(error).__name__}: {error}") from error


def word_to_json(word: Word) -> dict[str, Any]:
    """A word with the keys of its place beside its own."""
    text, offset, place, score = word
    value: dict[str, Any] = {"text": text, "offset": offset}
    if isinstance(place, PageBox):
        value["page"], value["box"] = place.page, list(place.box)
    elif isinstance(place, TimeSpan):
        value["start_s"], value["end_s"] = place.start_s, place.end_s
        if place.speaker is not None:
            value["speaker"] = place.speaker
    elif isinstance(place, FrameBox):
        value["frame_s"], value["box"] = place.frame_s, list(place.box)
    else:
        value.update(place._asdict())
    if score is not None:
        value["score"] = score
    return value


def word_from_json(value: dict[str, Any]) -> Word:
    """The word that `word_to_json` was given."""
    place: Place
    if "paragraph" in value:
        place = ParagraphPlace(value["paragraph"])
    elif "page" in value:
        place = PageBox(value["page"], tuple(value["box"]))
    elif "start_s" in value:
        place = TimeSpan(value["start_s"], value["end_s"], value.get("speaker"))
    elif "cell" in value:
        place = SheetCell(value["sheet"], value["cell"])
    elif "slide" in value:
        place = SlideShape(value["slide"], value["shape"])
    else:
        place = FrameBox(value["frame_s"], tuple(value["box"]))
    return Word(value["text"], value["offset"], place, value.get("score"))


def _to_plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_to_plain(item) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        plain = {}
        for field in fields(value):
            given = getattr(value, field.name)
            if field.default is MISSING or given != field.default:
                plain[field.name] = _to_plain(given)
        return plain
    return value


def _table_from_json(value: dict[str, Any]) -> Table:
    cells = tuple(TableCell(**cell) for cell in value["cells"])
    box = tuple(value["box"]) if "box" in value else None
    return Table(**{**value, "cells": cells, "box": box})


def _figure_from_json(value: dict[str, Any]) -> Figure:
    known: dict[str, Any] = {name: tuple(value[name]) for name in ("box", "caption") if name in value}
    known["tags"] = tuple(Tag(*tag) for tag in value.get("tags", ()))
    known["colours"] = tuple(Colour(*colour) for colour in value.get("colours", ()))
    if "chart" in value:
        chart = value["chart"]
        marks = tuple(ChartMark(**{**mark, "box": tuple(mark["box"])}) for mark in chart.get("marks", ()))
        lists = {name: tuple(chart[name]) for name in ("series", "title_box", "warnings") if name in chart}
        known["chart"] = Chart(**{**chart, **lists, "marks": marks})
    return Figure(**{**value, **known})


def _media_from_json(value: dict[str, Any]) -> Media:
    shots = tuple(
        Shot(**{**shot, "key_frames_s": tuple(shot.get("key_frames_s", ()))}) for shot in value.get("shots", ())
    )
    sounds = tuple(Sound(*sound) for sound in value.get("sounds", ()))
    return Media(**{**value, "shots": shots, "sounds": sounds})
