"""Records and the content they were filled from → one AnalyzeResult of that service, as JSON values.

What it cannot say is left out, and what it says otherwise than we do is told in docs/content-understanding.md.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Any

from ..content import Content, Page, SheetCell, SlideShape, TimeSpan
from ..record import ArrayValue, FieldValue, FileRecord, LeafValue, ObjectValue
from .layout import Layout, span_json
from .markdown import ServiceMarkdown, Span, milliseconds, page_of, service_markdown
from .places import source_of_evidence, unit_of

API_VERSION = "2025-11-01"
"""Of the service, whose shape this is."""
_VALUE_KEYS = {
    "string": "valueString", "number": "valueNumber", "integer": "valueInteger", "boolean": "valueBoolean", "date": "valueDate",
    "time": "valueTime",
}  # fmt: skip
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_TIME = re.compile(r"\d\d:\d\d(:\d\d)?")
_FAILED = ("failed", "unsupported")


def to_analyze_result(records: Sequence[FileRecord], content: Content | None, *, analyzer: str) -> dict[str, Any]:
    """One file filled by one schema; several records where a router took it apart.

    Args:
        analyzer: name of the schema; the router's own where there is one.
        content: what was read; None where nothing was.
    """
    first = records[0]
    out: dict[str, Any] = {
        "id": _as_uuid(first.id),
        "status": "Failed" if first.status in _FAILED else "Succeeded",
    }
    if first.status in _FAILED:
        return {**out, "error": _error(first)}
    notices = list(dict.fromkeys(notice for record in records for notice in record.warnings))
    warnings = [{"code": notice.code, "message": notice.message} for notice in notices]
    if first.status in ("skipped", "empty"):
        warnings.append({"code": first.status, "message": _NOTHING[first.status]})
    out["result"] = {
        "analyzerId": analyzer,
        "apiVersion": API_VERSION,
        "stringEncoding": "codePoint",
        "warnings": warnings,
        "contents": _contents(records, content, analyzer) if content is not None else [],
    }
    out["usage"] = _usage(records, content)
    return out


def content_result(content: Content, *, name: str, media_type: str | None) -> dict[str, Any]:
    """What was read from a file, without fields."""
    entry = _Entries(content, media_type or "application/octet-stream", is_media=_is_media(content, None)).whole()
    result = {
        "analyzerId": name,
        "apiVersion": API_VERSION,
        "stringEncoding": "codePoint",
        "warnings": [{"code": notice.code, "message": notice.message} for notice in content.warnings],
        "contents": [entry],
    }
    digest = hashlib.sha256(entry["markdown"].encode("utf-8", "replace")).hexdigest()
    return {"id": _as_uuid(digest[:32]), "status": "Succeeded", "result": result}


def _as_uuid(digits: str) -> str:
    return "-".join(digits[start:end] for start, end in ((0, 8), (8, 12), (12, 16), (16, 20), (20, 32)))


_NOTHING = {"skipped": "the schema is not for files of this kind", "empty": "there is nothing to read in the file"}


def _error(record: FileRecord) -> dict[str, Any]:
    if record.errors:
        return {"code": record.errors[0].code, "message": record.errors[0].message}
    message = next((notice.message for notice in record.warnings), "the format cannot be read")
    return {"code": record.status, "message": message}


def _contents(records: Sequence[FileRecord], content: Content, analyzer: str) -> list[dict[str, Any]]:
    first = records[0]
    entries = _Entries(content, first.media_type or "application/octet-stream", is_media=_is_media(content, first))
    pages = [_pages_of(record) for record in records]
    if len(records) == 1:
        entry = entries.whole(first)
        if first.segment is not None:
            entry["category"] = first.segment["category"]
        return [entry]
    whole = entries.whole()
    whole["analyzerId"] = analyzer
    whole["segments"] = []
    made = []
    for number, (record, (begin, end)) in enumerate(zip(records, pages, strict=True), start=1):
        span = entries.span_of_pages(begin, end)
        segment = record.segment or {}
        whole["segments"].append(
            {
                "segmentId": f"segment{number}",
                "category": segment.get("category", ""),
                "span": span_json(span),
                "startPageNumber": begin,
                "endPageNumber": end,
            }
        )
        made.append(
            entries.document(span, (begin, end), record)
            | {"path": f"input1/segment{number}", "category": segment.get("category", "")}
        )
    return [whole, *made]


class _Entries:
    """Entries of `contents`, all over the same markdown."""

    def __init__(self, content: Content, media_type: str, *, is_media: bool) -> None:
        self._content = content
        self._media_type = media_type
        self._is_media = is_media
        self._markdown = service_markdown(content, is_media=is_media)
        self._pages: dict[int, Page] = {page.number: page for page in content.pages if page.part is None}

    def whole(self, record: FileRecord | None = None) -> dict[str, Any]:
        if self._is_media:
            return self._media(record)
        return self.document((0, len(self._markdown.text)), None, record)

    def span_of_pages(self, first: int, last: int) -> Span:
        """From the first to the last block that begins on the pages; files inside the file are no part of them."""
        content, found = self._content, []
        for number, block in enumerate(content.blocks):
            span = self._markdown.blocks[number]
            if block.first == block.last or not span[1]:
                continue
            word = content.words[block.first]
            page = page_of(word)
            if page is not None and first <= page <= last and content.part_at(word.offset) is None:
                found += [span[0], sum(span)]
        return (min(found), max(found) - min(found)) if found else (0, 0)

    def document(self, bounds: Span, pages: tuple[int, int] | None, record: FileRecord | None) -> dict[str, Any]:
        content, markdown = self._content, self._markdown
        first, last = pages or (1, _last_page(content))
        out: dict[str, Any] = {
            "path": "input1",
            "markdown": markdown.text[bounds[0] : sum(bounds)],
            "fields": self._fields(record, bounds[0]),
            "kind": "document",
            "startPageNumber": first,
            "endPageNumber": last,
        }
        if unit := unit_of(content):
            out["unit"] = unit
        out |= Layout(markdown, bounds, pages).to_json()
        return self._named(out, record)

    def _media(self, record: FileRecord | None) -> dict[str, Any]:
        content, media = self._content, self._content.media
        end_s = (
            media.duration_s
            if media
            else max((word.place.end_s for word in content.words if isinstance(word.place, TimeSpan)), default=0.0)
        )
        out: dict[str, Any] = {
            "path": "input1",
            "markdown": self._markdown.text,
            "fields": self._fields(record, 0),
            "kind": "audioVisual",
            "startTimeMs": 0,
            "endTimeMs": milliseconds(end_s),
        }
        if media is not None and media.has_video:
            if media.width and media.height:
                out |= {"width": media.width, "height": media.height}
            frames = sorted({milliseconds(each) for shot in media.shots for each in shot.key_frames_s})
            # The service spells it the first way, its own models the second; programs read either.
            out |= {"KeyFrameTimesMs": frames, "keyFrameTimesMs": frames}
            out["cameraShotTimesMs"] = [milliseconds(shot.start_s) for shot in media.shots[1:]]
        out["transcriptPhrases"] = list(self._phrases())
        return self._named(out, record)

    def _phrases(self) -> Any:
        content, markdown = self._content, self._markdown
        for number, block in enumerate(content.blocks):
            if block.kind != "utterance" or not markdown.blocks[number][1]:
                continue
            indices = range(block.first, block.last)
            times = [place for i in indices if isinstance(place := content.words[i].place, TimeSpan)]
            words = [
                {
                    "startTimeMs": milliseconds(place.start_s),
                    "endTimeMs": milliseconds(place.end_s),
                    "text": content.words[index].text,
                    "span": span_json((markdown.starts[index], markdown.end_of(index) - markdown.starts[index])),
                }
                for index in indices
                if isinstance(place := content.words[index].place, TimeSpan)
            ]
            scores = [score for i in indices if (score := content.words[i].score) is not None]
            phrase: dict[str, Any] = {
                "speaker": times[0].speaker,
                "startTimeMs": milliseconds(min(place.start_s for place in times)),
                "endTimeMs": milliseconds(max(place.end_s for place in times)),
                "text": " ".join(content.text_of(block.first, block.last).split()),
                "confidence": round(sum(scores) / len(scores), 3) if scores else None,
                "span": span_json(markdown.blocks[number]),
                "words": words,
                "locale": content.language,
            }
            yield {name: each for name, each in phrase.items() if each is not None}

    def _named(self, out: dict[str, Any], record: FileRecord | None) -> dict[str, Any]:
        if record is not None:
            out["analyzerId"] = record.schema_name
        return {**out, "mimeType": self._media_type}

    def _fields(self, record: FileRecord | None, shift: int) -> dict[str, Any]:
        return {name: self._field(value, shift) for name, value in (record.fields if record else ())}

    def _field(self, value: FieldValue, shift: int) -> dict[str, Any]:
        match value:
            case ArrayValue():
                return {"type": "array", "valueArray": [self._field(item, shift) for item in value.items]}
            case ObjectValue():
                members = {name: self._field(member, shift) for name, member in value.members}
                return {"type": "object", "valueObject": members}
            case LeafValue():
                return self._leaf(value, shift)

    def _leaf(self, leaf: LeafValue, shift: int) -> dict[str, Any]:
        type_, value = leaf.type, leaf.value
        if type_ == "time" and isinstance(value, str) and _TIME.fullmatch(value):
            value = f"{value}:00" if len(value) == 5 else value
        elif (type_ == "date" and not _DATE.fullmatch(str(value))) or (type_ == "time" and value is not None):
            type_ = "string"  # a month alone, or a date with a time, is no date there
        out: dict[str, Any] = {"type": type_ if value is not None else leaf.type}
        if value is not None:
            out[_VALUE_KEYS[type_]] = value
        spans = [
            span_json(span, shift)
            for piece in leaf.evidence
            if piece.span is not None
            for span in self._markdown.spans_of(piece.span[0], sum(piece.span))
        ]
        if spans:
            out["spans"] = [dict(each) for each in dict.fromkeys(tuple(span.items()) for span in spans)]
        out["confidence"] = round(leaf.confidence, 3)
        if source := source_of_evidence(self._content, self._pages, leaf.evidence):
            out["source"] = source
        return out


def _is_media(content: Content, record: FileRecord | None) -> bool:
    if content.media is not None:
        return True
    if record is not None and record.modality in ("audio", "video"):
        return True
    return bool(content.words) and all(isinstance(word.place, TimeSpan) for word in content.words)


def _last_page(content: Content) -> int:
    own = [page.number for page in content.pages if page.part is None]
    sheets = {word.place.sheet for word in content.words if isinstance(word.place, SheetCell)}
    slides = [word.place.slide for word in content.words if isinstance(word.place, SlideShape)]
    return max([1, *own, *slides, len(sheets)])


def _pages_of(record: FileRecord) -> tuple[int, int]:
    first, last = (record.segment or {}).get("pages") or (1, 1)
    return int(first), int(last)


def _usage(records: Sequence[FileRecord], content: Content | None) -> dict[str, Any]:
    out: dict[str, Any] = {}
    if pages := max((record.usage.pages for record in records), default=0):
        whole = [page for page in content.pages if page.part is None] if content is not None else []
        out["documentPagesStandard"] = len(whole) or pages
    if seconds := max((record.usage.audio_seconds for record in records), default=0.0):
        is_video = content is not None and content.media is not None and content.media.has_video
        out["videoHours" if is_video else "audioHours"] = round(seconds / 3600, 6)
    model = next((engine for record in records for role, engine in record.engines if "language" in role), "model")
    tokens = {
        f"{model}-{way}": sum(getattr(record.usage, f"model_{way}_tokens") for record in records)
        for way in ("input", "output")
    }
    if any(tokens.values()):
        out["tokens"] = tokens
    return out


__all__ = ["API_VERSION", "ServiceMarkdown", "content_result", "to_analyze_result"]
