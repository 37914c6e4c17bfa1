"""Files embedded in a PDF: attachments of the document and files pinned to a page."""

from __future__ import annotations

import ctypes
import mimetypes
from collections.abc import Iterator
from typing import Any

import pypdfium2.raw as pdfium

from .. import progress
from ..datamodel.content_builder import ContentBuilder
from ..settings import Settings
from .interface import ReadPart

_MAX_NAME_BYTES = 4_096


def add_attachments(builder: ContentBuilder, document: Any, read_part: ReadPart, settings: Settings) -> None:
    """Reads every embedded file as a part; what passes a limit is left out with a warning."""
    left = settings.max_unpacked_bytes
    for number, (name, handle) in enumerate(_attachments(document)):
        progress.step()
        if number >= settings.max_archive_entries:
            builder.add_warning(
                "limit_exceeded",
                f"more than {settings.max_archive_entries:,} embedded files; the limit is max_archive_entries",
            )
            return
        size = _size(handle)
        if size is None:
            builder.add_warning("unreadable_part", f"the embedded file {name} has no content that can be read")
            continue
        if size > left:
            builder.add_warning(
                "limit_exceeded",
                f"the embedded file {name} was not read: more than max_unpacked_bytes = {settings.max_unpacked_bytes:,}",
            )
            continue
        left -= size
        data = _data(handle, size)
        if not data:
            continue
        content = read_part(name, data)
        if content is not None:
            builder.add_part(name, mimetypes.guess_type(name)[0] or "application/octet-stream", content)


def _attachments(document: Any) -> Iterator[tuple[str, Any]]:
    for index in range(max(0, pdfium.FPDFDoc_GetAttachmentCount(document.raw))):
        handle = pdfium.FPDFDoc_GetAttachment(document.raw, index)
        if handle:
            yield _name(handle) or f"attachment {index + 1}", handle


def _name(handle: Any) -> str:
    length = pdfium.FPDFAttachment_GetName(handle, None, 0)
    if not 2 < length <= _MAX_NAME_BYTES:
        return ""
    buffer = (ctypes.c_ushort * (length // 2))()
    pdfium.FPDFAttachment_GetName(handle, buffer, length)
    name = bytes(buffer).decode("utf-16-le", "replace").rstrip("\0")
    return name.replace("\\", "/").rpartition("/")[2].strip()


def _size(handle: Any) -> int | None:
    length = ctypes.c_ulong()
    return int(length.value) if pdfium.FPDFAttachment_GetFile(handle, None, 0, length) else None


def _data(handle: Any, size: int) -> bytes:
    buffer = ctypes.create_string_buffer(max(size, 1))
    length = ctypes.c_ulong()
    if not pdfium.FPDFAttachment_GetFile(handle, buffer, size, length):
        return b""
    return buffer.raw[: min(size, length.value)]
