"""What is drawn of one file, as plain data: asked of a worker process, and what comes back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewTask:
    """One file of a run."""

    uri: str
    path: str
    sha256: str | None
    media_type: str | None
    modality: str | None
    engines: tuple[str, ...]
    """Which engines read it: `ocr`, `speech`."""
    evidence: tuple[dict[str, Any], ...]
    """Of every value of every record of the file, without repeats, in order."""
    folder: str
    """Where pictures go."""
    address: str | None
    """DEST, whose `content/` may hold what was read."""
    has_pictures: bool
    reads_again: bool
    """Whether its text may be read from the file where nothing else holds it."""
    copies_media: bool
    settings: Settings


@dataclass(slots=True)
class View:
    """What the page shows of a file beside its values; JSON values only."""

    pages: list[dict[str, Any]] = field(default_factory=list)
    """`{page, part, w, h, src, bytes}`: number, name of the part or None, size of the picture in pixels, its name."""
    frames: list[dict[str, Any]] = field(default_factory=list)
    """`{t, w, h, fw, fh, src, bytes}`: seconds, size of the picture, size of the frame as evidence counts it."""
    wave: dict[str, Any] | None = None
    """`{s, peaks}`: seconds in all, and the loudest sample of each of equal pieces, 0 to 255, as base64."""
    media: dict[str, Any] | None = None
    """`{kind, src | uri, type}`"""
    thumb: str | None = None
    text: dict[str, Any] | None = None
    """See `mmi_cli.report.text_view`."""
    notes: list[str] = field(default_factory=list)
    """Why something is not shown."""
