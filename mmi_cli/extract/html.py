"""HTML pages: the text a reader would see, with headings, lists and tables; nothing is run or fetched."""

from __future__ import annotations

import re
from pathlib import Path

from ..datamodel.content import Content
from .decoding import decode_text, read_bytes
from .figure_captions import is_figure_caption
from .flow_text import FlowWriter
from .html_flow import add_html
from .interface import ExtractContext

_CHARSET = re.compile(
    rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([-\w]+)|<\?xml[^>]{0,100}encoding=["']([-\w]+)""", re.I
)


def extract(path: Path, context: ExtractContext) -> Content:
    """Reads a page.

    Raises:
        LimitExceeded: more than `max_text_chars` or `max_cells`.
    """
    html, encoding = decode_html(read_bytes(path, context.settings), context.detection.encoding)
    flow = FlowWriter(context.settings)
    title = add_html(flow, html)
    flow.builder.link_captions(is_figure_caption)
    flow.builder.add_metadata("title", title)
    flow.builder.add_metadata("encoding", encoding)
    return flow.builder.build()


def decode_html(data: bytes, declared: str | None = None) -> tuple[str, str]:
    """The text of a page and its encoding; what the page itself declares goes before `declared`."""
    found = _CHARSET.search(data, 0, 4096)
    own = (found.group(1) or found.group(2)).decode("ascii") if found else None
    return decode_text(data, own or declared)
