"""What a file turned out to be, and why we think so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Modality = Literal["document", "image", "audio", "video"]
MODALITIES: tuple[Modality, ...] = ("document", "image", "audio", "video")


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """The verdict of `detect`: it chooses the extractor and is printed by `mmi plan`."""

    media_type: str
    """IANA media type, e.g. `application/pdf`; `application/octet-stream` when unknown."""
    format: str | None
    """Name of the extractor in the registry (`pdf`, `docx`, `image`, …); `archive` for a container of files; None: unsupported."""
    modality: Modality | None
    """None when unsupported or an archive."""
    reason: str
    """One sentence on what decided: `starts with %PDF-1.7 at byte 0`."""
    encoding: str | None = None
    """Character encoding, for text formats."""
