"""Markdown (CommonMark with tables): what a reader sees of it, with its structure."""

from __future__ import annotations

import re
from pathlib import Path

from ..datamodel.content import Content
from .decoding import decode_text, read_bytes
from .flow_text import FlowWriter
from .html_flow import add_html
from .interface import ExtractContext

_FRONT_MATTER = re.compile(r"\A---[ \t]*\r?\n(.{0,20000}?)\r?\n(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL)

_MAX_NESTING = 100
"""Quotes and lists inside each other; what lies deeper is left out by the parser."""


def extract(path: Path, context: ExtractContext) -> Content:
    """Reads a markdown file; front matter becomes key-value lines, raw HTML in it is read as HTML.

    Raises:
        LimitExceeded: more than `max_text_chars` or `max_cells`.
    """
    from markdown_it import MarkdownIt

    text, encoding = decode_text(read_bytes(path, context.settings), context.detection.encoding)
    flow = FlowWriter(context.settings)
    flow.builder.add_metadata("encoding", encoding)
    if front := _FRONT_MATTER.match(text):
        flow.add("key_value", front.group(1))
        text = text[front.end() :]
    add_html(
        flow, MarkdownIt("commonmark", {"maxNesting": _MAX_NESTING}).enable(["table", "strikethrough"]).render(text)
    )
    return flow.builder.build()
