"""Files embedded in Office documents: pictures, workbooks, packaged files of any kind."""

from __future__ import annotations

import mimetypes
import posixpath
from collections.abc import Sequence

from .flow_text import FlowWriter
from .interface import ExtractContext
from .office_password import OLE_MAGIC
from .pictures import may_hold_text, picture_apart, what_is_seen

_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".webp", ".jfif", ".wdp")
_VECTORS = (".emf", ".wmf", ".svm")


def add_embedded(
    flow: FlowWriter, context: ExtractContext, part: str, data: bytes, *, figures: Sequence[int] = ()
) -> None:
    """Reads an embedded file as a part of this one; pictures too small for text are passed over.

    Args:
        part: its name in the package, whose last element names it in evidence.
        figures: numbers of the figures that show it; they are told what is seen on it.
    """
    name = posixpath.basename(part)
    extension = posixpath.splitext(name)[1].lower()
    if extension in _PICTURES and not may_hold_text(data):
        return
    if extension in _VECTORS:
        if extension != ".svm":  # LibreOffice's previews of what was read already
            flow.builder.add_warning("unsupported", f"{name}: a vector picture was not read")
        return
    if data.startswith(OLE_MAGIC):
        name, data = unwrap_ole(name, data)
    content = context.read_part(name, data)
    if content is not None:
        if figures:
            own, content = picture_apart(content)
            for number in figures:
                flow.builder.change_figure(number, **what_is_seen(own))
        media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
        flow.builder.add_part(name, media_type, content)


def unwrap_ole(name: str, data: bytes) -> tuple[str, bytes]:
    """The file inside an OLE object, with its own name where it has one; the object itself when there is none inside."""
    import olefile

    try:
        with olefile.OleFileIO(data) as container:
            if container.exists("Package"):
                return name, container.openstream("Package").read()
            if container.exists("\x01Ole10Native"):
                return _unwrap_native(container.openstream("\x01Ole10Native").read()) or (name, data)
            if container.exists("CONTENTS"):
                return name, container.openstream("CONTENTS").read()
    except (OSError, ValueError, IndexError):  # a damaged container is left to its own reader
        pass
    return name, data


def _unwrap_native(stream: bytes) -> tuple[str, bytes] | None:
    """The layout of Ole10Native: size, flags, label, file name, flags, temporary path, size, bytes."""
    label_end = stream.find(b"\0", 6)
    file_end = stream.find(b"\0", label_end + 1)
    if label_end < 0 or file_end < 0:
        return None
    label = stream[6:label_end].decode("cp1252", "replace").replace("\\", "/").rpartition("/")[2]
    position = file_end + 1 + 4
    path_bytes = int.from_bytes(stream[position : position + 4], "little")
    position += 4 + path_bytes
    size = int.from_bytes(stream[position : position + 4], "little")
    data = stream[position + 4 : position + 4 + size]
    return (label or "embedded", data) if size and len(data) == size else None
