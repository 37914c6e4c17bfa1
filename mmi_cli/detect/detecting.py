"""The order of decisions: empty, magic bytes, a look inside containers, text by its form, the name among text kinds."""

from __future__ import annotations

from pathlib import Path

from ..datamodel.detection import Detection
from ..settings import Settings
from .magic import by_magic
from .text_kinds import by_text

HEAD_BYTES = 65_536


def detect_file(path: Path, *, name: str, settings: Settings) -> Detection:
    """What the file at `path` is; any bytes give a verdict.

    Args:
        name: the file's own name; it decides only between kinds of text that look alike.

    Raises:
        OSError: it cannot be read.
    """
    del settings
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    if not head:
        return Detection(media_type="application/x-empty", format=None, modality=None, reason="the file has no bytes")
    return by_magic(head, path) or by_text(head, name) or unknown(head)


def unknown(head: bytes) -> Detection:
    """The verdict on bytes that nothing recognises."""
    return Detection(
        media_type="application/octet-stream",
        format=None,
        modality=None,
        reason=f"bytes that no known format begins with ({head[:8].hex(' ')})",
    )
