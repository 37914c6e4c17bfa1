"""What e-mails of every format share: the block of headers, the body and the attached files."""

from __future__ import annotations

import mimetypes
from collections.abc import Sequence

from .flow_text import FlowWriter
from .html_flow import add_html
from .interface import ExtractContext
from .pictures import may_hold_text


def add_headers(flow: FlowWriter, headers: Sequence[tuple[str, str]]) -> None:
    """Headers as lines `Name: value` of one metadata block, so that values can be found in the text; empty ones are left out."""
    lines = [f"{name}: {' '.join(value.split())}" for name, value in headers if value.strip()]
    flow.add("metadata", "\n".join(lines))
    for name, value in headers:
        flow.builder.add_metadata(name.lower(), value)


def add_body(flow: FlowWriter, *, plain: str, html: str) -> None:
    """The plain body, or the HTML one where there is no plain text."""
    if plain.strip():
        flow.add_paragraphs(plain)
    elif html.strip():
        add_html(flow, html)


def add_file(flow: FlowWriter, context: ExtractContext, *, name: str | None, media_type: str, data: bytes) -> None:
    """An attached or inline file, read by its own reader as a part of this one; tiny pictures are passed over."""
    if media_type.startswith("image/") and not may_hold_text(data):
        return
    name = file_name(name, media_type)
    content = context.read_part(name, data)
    if content is not None:
        flow.builder.add_part(name, media_type, content)


def file_name(name: str | None, media_type: str) -> str:
    """The last part of a name, or `attachment` with the extension of its type."""
    name = " ".join((name or "").replace("\\", "/").rsplit("/", 1)[-1].split())
    return name or "attachment" + (mimetypes.guess_extension(media_type) or "")
