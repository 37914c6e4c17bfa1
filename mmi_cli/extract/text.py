"""Plain text in any encoding: paragraphs between blank lines."""

from __future__ import annotations

from pathlib import Path

from ..datamodel.content import Content
from .decoding import decode_text, read_bytes
from .flow_text import FlowWriter
from .interface import ExtractContext


def extract(path: Path, context: ExtractContext) -> Content:
    """Reads a text file.

    Raises:
        LimitExceeded: more than `max_text_chars`.
    """
    text, encoding = decode_text(read_bytes(path, context.settings), context.detection.encoding)
    flow = FlowWriter(context.settings)
    flow.builder.add_metadata("encoding", encoding)
    flow.add_paragraphs(text)
    return flow.builder.build()
