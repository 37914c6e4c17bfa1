"""The kinds of sidecars by name, and how each is called beside its file."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from ..datamodel.content import Content
from ..datamodel.timed_text import to_srt, to_vtt
from ..errors import UsageError
from ..fill.media_fields import is_recording
from .asset import Asset
from .chapters import to_chapter_list, to_chapters, to_ffmetadata
from .table import to_csv
from .xmp import to_xmp


class Kind(NamedTuple):
    suffix: str
    """Behind the whole name of the file: `talk.mp4.chapters.vtt`."""
    write: Callable[[Asset, Content], str]
    is_of_time: bool = True
    """Only of recordings."""


KINDS: dict[str, Kind] = {
    "vtt": Kind(".vtt", lambda asset, content: to_vtt(content)),
    "srt": Kind(".srt", lambda asset, content: to_srt(content)),
    "chapters": Kind(".chapters.vtt", lambda asset, content: to_chapters(asset)),
    "chapter-list": Kind(".chapters.txt", lambda asset, content: to_chapter_list(asset)),
    "ffmetadata": Kind(".ffmetadata", lambda asset, content: to_ffmetadata(asset)),
    "csv": Kind(".segments.csv", lambda asset, content: to_csv(asset)),
    "xmp": Kind(".xmp", lambda asset, content: to_xmp(asset), is_of_time=False),
}


def check_kinds(names: Iterable[str]) -> tuple[str, ...]:
    """The names, each once, in the order of `KINDS`.

    Raises:
        UsageError: one of them is none.
    """
    given = {name.strip() for name in names if name.strip()}
    for name in sorted(given):
        if name not in KINDS:
            raise UsageError(f"sidecars: {name!r} is none; known: {', '.join(KINDS)}")
    return tuple(name for name in KINDS if name in given)


def written_for(name: str, content: Content) -> bool:
    """Whether a file with this content has such a sidecar: pictures have XMP alone, documents none."""
    if is_recording(content):
        return name not in ("vtt", "srt") or any(block.kind == "utterance" for block in content.blocks)
    is_picture = bool(content.figures) and content.pages != () and content.pages[0].unit == "px"
    return is_picture and not KINDS[name].is_of_time
