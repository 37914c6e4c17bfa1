"""Kinds of text: told apart by their form, then by a trained second opinion, and only then by their name."""

from __future__ import annotations

import codecs
import csv
import re
import unicodedata
from functools import cache
from pathlib import PurePosixPath
from typing import Any

from ..datamodel.detection import Detection, Modality

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
_CONTROL = bytes(set(range(32)) - {7, 8, 9, 10, 12, 13, 27})
_MAX_CONTROL_SHARE = 0.01
_MIN_WIDE_SHARE = 0.3

_VTT = re.compile(r"\ufeff?WEBVTT(?:[ \t\r\n]|$)")
# A transcript as a chat or a markdown file holds it: one fenced block and nothing else.
_FENCED = re.compile(
    r"\ufeff?\s*(`{3,}|~{3,})[ \t]*(?P<word>\w*)[^\r\n]*\r?\n(?P<inside>.*?)(?:\r?\n\1[ \t]*(?P<rest>\r?\n.*)?|)\Z",
    re.S,
)
_SRT = re.compile(r"\s*\d+\s*\r?\n\s*\d{1,3}:\d{2}:\d{2}[,.]\d{1,3}\s*-->\s*\d{1,3}:\d{2}:\d{2}[,.]\d{1,3}")
_SUBSTATION = re.compile(r"\ufeff?\s*\[Script Info\]", re.IGNORECASE)
_COMMENTS = r"\s*(?:<!--.*?-->\s*)*"
_HTML = re.compile(
    # With an XML declaration only its own root makes it HTML; without one, any element that HTML has may begin it.
    rf"\s*(?:<\?xml[^>]*>{_COMMENTS}<(?:!doctype\s+html|html)\b|{_COMMENTS}<(?:!doctype\s+html|html|head|body|title|meta|link|script|"
    r"style|article|section|main|nav|table|div|p|h[1-6]|span|ul|ol|dl|pre|blockquote|form|center|font|img|a|b|i|br|hr)\b)",
    re.I | re.S,
)
_XML = re.compile(r"\s*(?:<\?xml\s|<(?:[A-Za-z_][\w.-]*:)?[A-Za-z_][\w.-]*[\s/>])")
_HEADER_LINE = re.compile(r"^([!-9;-~]+):[ \t]?.*$")
_MAIL_HEADERS = frozenset(
    ("from", "to", "cc", "bcc", "subject", "date", "message-id", "received", "return-path", "mime-version", "content-type",
     "content-transfer-encoding", "delivered-to", "reply-to", "sender", "x-mailer", "dkim-signature", "envelope-to")
)  # fmt: skip
# The results of speech services, told by their own keys; of Content Understanding's the list may come late, its markdown comes first.
_TRANSCRIPT = re.compile(
    r'"(?:transcriptPhrases|recognizedPhrases|combinedRecognizedPhrases|combinedPhrases)"\s*:'
    r'|"markdown"\s*:\s*"(?:[^"\\]|\\.){0,400}?WEBVTT'
    r'|"segments"\s*:\s*\[\s*\{[^\[\]{}]*"start"\s*:\s*[\d.]+\s*,\s*"end"\s*:'
)
Kind = tuple[str, str, Modality]
_NAMES: dict[str, Kind] = {
    ".md": ("text/markdown", "markdown", "document"),
    ".markdown": ("text/markdown", "markdown", "document"),
    ".csv": ("text/csv", "csv", "document"),
    ".tsv": ("text/tab-separated-values", "csv", "document"),
    ".tab": ("text/tab-separated-values", "csv", "document"),
    ".json": ("application/json", "json", "document"),
    ".jsonl": ("application/x-ndjson", "json", "document"),
    ".ndjson": ("application/x-ndjson", "json", "document"),
    ".vtt": ("text/vtt", "subtitles", "audio"),
    ".srt": ("application/x-subrip", "subtitles", "audio"),
    ".sbv": ("text/x-sbv", "subtitles", "audio"),
    ".eml": ("message/rfc822", "eml", "document"),
    ".html": ("text/html", "html", "document"),
    ".htm": ("text/html", "html", "document"),
    ".xml": ("application/xml", "xml", "document"),
}
_BY_MAGIKA: dict[str, Kind] = {
    "markdown": _NAMES[".md"], "csv": _NAMES[".csv"], "tsv": _NAMES[".tsv"], "json": _NAMES[".json"], "jsonl": _NAMES[".jsonl"],
    "html": _NAMES[".html"], "xml": _NAMES[".xml"], "eml": _NAMES[".eml"], "srt": _NAMES[".srt"], "vtt": _NAMES[".vtt"],
}  # fmt: skip
_PLAIN: Kind = ("text/plain", "text", "document")
_SURE = 0.9


def by_text(head: bytes, name: str) -> Detection | None:
    """The verdict on a text; None when the bytes are none."""
    decoded = _decoded(head)
    if decoded is None:
        return None
    text, encoding = decoded
    suffix = PurePosixPath(name).suffix.lower()
    kind, reason = _by_form(text)
    if kind is None and suffix in _NAMES and _may_be(suffix, text):
        kind, reason = _NAMES[suffix], f"text, and its name ends in {suffix}"
    if kind is None and suffix in ("", ".txt", ".text", ".log"):
        kind, reason = _by_columns(text)
    if kind is None and suffix not in (".txt", ".text", ".log"):
        kind, reason = _second_opinion(head)
    if kind is None:
        reason = f"readable text ({encoding or 'an 8-bit alphabet'})"
    media_type, format_, modality = kind or _PLAIN
    return Detection(media_type=media_type, format=format_, modality=modality, reason=reason, encoding=encoding)


def _decoded(head: bytes) -> tuple[str, str | None] | None:
    """The beginning of a text and its encoding where that is sure; None for bytes that are no text."""
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            text = head.decode(encoding, "replace")
            return (text, encoding) if _is_readable(text) else None
    if (wide := _wide(head[:4096])) is not None:
        text = head.decode(wide, "replace")
        return (text, wide) if _is_readable(text) else None
    controls = len(head) - len(head.translate(None, _CONTROL))
    if b"\0" in head or controls > _MAX_CONTROL_SHARE * len(head):
        return None
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(head), "utf-8"
    except UnicodeDecodeError:
        # Of 128 bytes of anything packed or encrypted, a dozen are control characters.
        is_text = controls == 0 if len(head) >= 128 else _has_words(head)
        return (head.decode("latin-1"), None) if is_text else None


def _is_readable(text: str) -> bool:
    """Whether letters outnumber what no text has; a torn last character is no harm."""
    strange = sum(unicodedata.category(char) in ("Cc", "Cn", "Co", "Cs") or char == "\ufffd" for char in text[:4096])
    return strange - sum(map(text[:4096].count, "\t\r\n\f\v\x1b")) <= 1 + len(text[:4096]) // 50


def _has_words(head: bytes) -> bool:
    """Whether a short text in an 8-bit alphabet could be one: runs of letters, few signs."""
    letters = sum(map(len, re.findall(rb"[A-Za-z\x80-\xff]{2,}", head)))
    return letters >= len(head) / 2


def _wide(head: bytes) -> str | None:
    """UTF-16 without a mark: every other byte is zero."""
    if len(head) < 8:
        return None
    even, odd = head[::2].count(0) / (len(head) / 2), head[1::2].count(0) / (len(head) / 2)
    if odd > _MIN_WIDE_SHARE and even < 0.02:
        return "utf-16-le"
    return "utf-16-be" if even > _MIN_WIDE_SHARE and odd < 0.02 else None


def _by_form(text: str) -> tuple[Kind | None, str]:
    start = text.lstrip("\ufeff \t\r\n")
    if _VTT.match(text):
        return _NAMES[".vtt"], "starts with WEBVTT"
    if _SRT.match(text.lstrip("\ufeff")):
        return _NAMES[".srt"], "starts with a numbered cue and its times"
    if (fenced := _FENCED.match(text)) and not (fenced["rest"] or "").strip():
        word, inside = fenced["word"].lower(), fenced["inside"].lstrip()
        if word == "webvtt" or _VTT.match(inside):
            return _NAMES[".vtt"], "a fenced block that starts with WEBVTT"
        if _SRT.match(inside):
            return _NAMES[".srt"], "a fenced block that starts with a numbered cue and its times"
    if _SUBSTATION.match(text):
        return ("text/x-ssa", "subtitles", "audio"), "starts with [Script Info]"
    if _is_mail(text):
        return _NAMES[".eml"], "starts with the header lines of a mail"
    if start[:1] == "<":
        if re.match(r"(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*(?:<!DOCTYPE[^>]*>\s*)?<svg\b", start, re.S | re.I):
            return ("image/svg+xml", "xml", "document"), "an SVG drawing, read as XML"
        if _HTML.match(start):
            return _NAMES[".html"], "starts with an HTML element"
        if _XML.match(start):
            return _NAMES[".xml"], "starts with an XML declaration or element"
    if start[:1] in ("{", "["):
        return _json(start)
    return None, ""


def _is_mail(text: str) -> bool:
    """At least two header lines of a mail before anything else."""
    known = 0
    lines = text.lstrip("\ufeff\r\n").splitlines()[:60]
    for number, line in enumerate(lines):
        if not line.strip():
            break
        if line[0] in " \t" and number:
            continue
        if number == 0 and line.startswith("From ") and "@" in line:
            continue
        match = _HEADER_LINE.match(line)
        if match is None:
            return False
        known += match[1].lower() in _MAIL_HEADERS
    return known >= 2


def _json(text: str) -> tuple[Kind | None, str]:
    import json

    if text[0] == "{" and _TRANSCRIPT.search(text):
        return ("application/json", "transcript-json", "audio"), "JSON with the phrases of a transcript"
    decoder = json.JSONDecoder()
    try:
        _, end = decoder.raw_decode(text)
    except (ValueError, RecursionError):
        # Too long for the window that was read, or broken: the first key decides.
        if re.match(r'[\[{]\s*(?:"(?:[^"\\]|\\.)*"\s*[:,\]]|[\[{]|\d|\]|\})', text):
            return _NAMES[".json"], "starts like JSON"
        return None, ""
    if text[end:].strip()[:1] in ("{", "["):
        return _NAMES[".jsonl"], "JSON values, one a line"
    return (None, "") if text[end:].strip() else (_NAMES[".json"], "a JSON value")


def _by_columns(text: str) -> tuple[Kind | None, str]:
    """A table in a text whose name does not say so: at least three lines, the same number of columns, three or more of them."""
    lines = [line for line in text.splitlines()[:40] if line.strip()][:-1]
    if len(lines) < 3:
        return None, ""
    for delimiter, key in (("\t", ".tsv"), (";", ".csv"), (",", ".csv"), ("|", ".csv")):
        try:
            counts = [len(row) for row in csv.reader(lines, delimiter=delimiter)]
        except csv.Error:
            continue
        if counts and min(counts) == max(counts) >= 3:
            return _NAMES[key], f"{len(lines)} lines of {counts[0]} columns parted by {delimiter!r}"
    return None, ""


def _may_be(suffix: str, text: str) -> bool:
    """Whether a text can be what its name says."""
    if suffix == ".json":
        return text.lstrip("\ufeff \t\r\n")[:1] in tuple('{["-0123456789tfn')
    if suffix in (".html", ".htm", ".xml"):
        return "<" in text
    if suffix in (".vtt", ".srt", ".sbv"):
        return "-->" in text or (suffix == ".sbv" and bool(re.match(r"\s*\d+:\d+:\d+", text)))
    return suffix != ".eml" or ":" in text.split("\n", 1)[0]


def _second_opinion(head: bytes) -> tuple[Kind | None, str]:
    """magika's, for texts that neither form nor name decides: 0.05 s once, then 10 ms a file."""
    try:
        result: Any = _magika().identify_bytes(head)
    except Exception:  # noqa: BLE001 - an opinion is not needed
        return None, ""
    label, score = str(result.output.label), float(result.score)
    if label in _BY_MAGIKA and score >= _SURE:
        return _BY_MAGIKA[label], f"text that looks like {label} (magika, {score:.2f})"
    return None, ""


@cache
def _magika() -> Any:
    from magika import Magika

    return Magika()
