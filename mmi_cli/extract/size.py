"""How large a file is in pages and minutes, without reading it; for plans."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..datamodel.detection import Detection


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """What reading a file will have to go through; zero where a format has no pages or minutes."""

    pages: int = 0
    minutes: float = 0.0


def measure(path: Path, detection: Detection) -> Extent:
    """Pages of a document or picture, minutes of audio and video.

    Raises:
        FileError: it cannot be opened.
    """
    if detection.modality in ("audio", "video") and detection.format in ("audio", "video"):
        from .media import probe

        return Extent(minutes=probe(path).duration_s / 60)
    if detection.format == "pdf":
        return Extent(pages=_pdf_pages(path))
    return Extent(pages=1)


def _pdf_pages(path: Path) -> int:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError:
        return 1  # encrypted or broken: reading it will say which
    try:
        return len(document)
    finally:
        document.close()
