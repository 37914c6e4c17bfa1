"""One local file → its content, by the verdict of detect, with the files inside it; what was dear to read is kept for the next time."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from . import meter, progress
from .caches.contents import ContentCache, ReadingKeys, is_worth_keeping
from .caches.identities import format_role
from .caches.noted_engines import NotedEngines
from .datamodel.content import Content
from .datamodel.content_builder import ContentBuilder
from .datamodel.detection import Detection
from .datamodel.source import SourceFile
from .detect import detect_file
from .errors import LimitExceeded, RunError, as_error_info
from .extract.interface import ExtractContext
from .extract.part_limits import PartLimits
from .meter import span
from .registry import load
from .settings import Settings
from .storage.archive import extract_member, list_members

if TYPE_CHECKING:
    from .extract.cutting import Cutout

TakeFigure = Callable[["Cutout"], None]
_PLAIN = frozenset({"text", "markdown", "csv", "json", "subtitles"})
_PLAIN_BYTES = 20_000
"""A look for what was kept is a dozen hashes and as many questions to the disk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A content on its way."""

    content: Content
    touched: tuple[str, ...]
    """Engines that were asked, formats that were met."""
    key: str | None = None
    """Where it is to be kept; None: nowhere, or it comes from there."""


class FileReader:
    """Reads one file after another.

    Args:
        vocabulary: words to expect.
        contents: where what was dear to read is kept; None: nowhere.
    """

    def __init__(
        self, settings: Settings, engines: NotedEngines, vocabulary: tuple[str, ...], contents: ContentCache | None
    ) -> None:
        self._settings = settings
        self._engines = engines
        self._vocabulary = vocabulary
        self._contents = contents
        self._keys = ReadingKeys(settings, vocabulary) if contents is not None else None
        self._formats: set[str] = set()
        """Formats that the file at hand and those inside it turned out to have."""

    def begin(self) -> None:
        """The next file is another."""
        self._engines.asked.clear()
        self._formats.clear()

    @property
    def touched(self) -> tuple[str, ...]:
        """Engines that were asked and formats that were met since the file was begun."""
        return tuple(sorted({*self._engines.asked, *map(format_role, self._formats)}))

    def read_once(self, path: Path, sha256: str, detection: Detection, name: str) -> Reading:
        """The content of a file: as it is kept, or read."""
        if self._contents is None or self._keys is None or _is_read_at_once(path, detection):
            return Reading(content=self.read(path, detection, name=name), touched=self.touched)
        for key in self._keys.candidates(sha256, detection, name):
            if (found := self._contents.read(key)) is not None:
                meter.count("cache.contents_kept")
                return Reading(content=found[0], touched=found[1])
        started = time.monotonic()
        content = self.read(path, detection, name=name)
        seconds, touched = time.monotonic() - started, self.touched
        meter.count("cache.contents_read")
        is_kept = is_worth_keeping(content, seconds=seconds)
        own = self._keys.of(sha256, detection, name, content, touched) if is_kept else None
        return Reading(content=content, touched=touched, key=own)

    def keep(self, reading: Reading) -> None:
        """Only once it is known that the file did not change while it was read."""
        if self._contents is not None and reading.key is not None:
            self._contents.keep(reading.key, reading.content, reading.touched)

    def cut_figures(self, path: Path, detection: Detection, name: str, content: Content, take: TakeFigure) -> None:
        """Gives the figures of a file away; what goes wrong with one costs that one."""
        if not content.figures:
            return
        from .extract.cutting import cut_figures

        context = ExtractContext(
            detection=detection, name=name, settings=self._settings, engines=self._engines, read_part=lambda *_: None
        )
        with span("cut figures", "extractor"):
            for cutout in cut_figures(
                path, context, content, lambda part, called: detect_file(part, name=called, settings=self._settings)
            ):
                progress.step()
                take(cutout)

    def read(
        self, path: Path, detection: Detection, *, name: str, depth: int = 0, limits: PartLimits | None = None
    ) -> Content:
        """The content of a local file by its verdict; files inside it are read the same way, to the limit of depth."""
        self._formats.add(detection.format or "")
        limits = limits or PartLimits(self._settings)
        context = ExtractContext(
            detection=detection,
            name=name,
            settings=self._settings,
            engines=self._engines,
            read_part=lambda part_name, data: self._read_part(part_name, data, depth + 1, limits),
            vocabulary=self._vocabulary,
        )
        extract = load("extractor", detection.format or "")
        with span(f"read {detection.format}", "extractor"):
            content: Content = extract(path, context)
        if len(content.text) > self._settings.max_text_chars:
            raise LimitExceeded(
                f"{len(content.text):,} characters of text; the limit is max_text_chars = {self._settings.max_text_chars:,}"
            )
        return content

    def read_archive(self, path: Path, name: str, depth: int = 0, limits: PartLimits | None = None) -> Content:
        """An archive inside a file, or one that is read as one: its members are its parts."""
        limits = limits or PartLimits(self._settings)
        builder = ContentBuilder()
        listed = SourceFile(uri="", path=name, size_bytes=path.stat().st_size)
        for member in list_members(path, listed, self._settings):
            if limits.is_passed:
                break
            with tempfile.TemporaryDirectory(prefix="mmi-member-") as folder:
                inner = Path(folder) / "member"
                extract_member(path, member.members[-1], inner, self._settings)
                content = self._read_part(member.name, inner.read_bytes(), depth + 1, limits)
            if content is not None:
                builder.add_part(member.path.removeprefix(f"{name}!"), "application/octet-stream", content)
        return builder.build()

    def _read_part(self, name: str, data: bytes, depth: int, limits: PartLimits) -> Content | None:
        """A file inside a file; what goes wrong becomes a warning of its content."""
        if limits.is_passed:
            return None
        if depth > self._settings.max_depth:
            return content_of_notice(
                "limit_exceeded", f"not read: nested deeper than max_depth = {self._settings.max_depth}"
            )
        if (refusal := limits.refusal(len(data))) is not None:
            return content_of_notice("limit_exceeded", refusal)
        progress.holds_part(size_bytes=len(data))
        with tempfile.TemporaryDirectory(prefix="mmi-part-") as folder:
            path = Path(folder) / "part"
            path.write_bytes(data)
            try:
                detection = detect_file(path, name=name, settings=self._settings)
                if detection.format == "archive":
                    return self.read_archive(path, name, depth, limits)
                if detection.format is None:
                    return content_of_notice("unsupported", f"not read: {detection.reason}")
                content = self.read(path, detection, name=name, depth=depth, limits=limits)
                limits.add_text(len(content.text))
                return content
            except RunError:
                raise
            except Exception as error:  # noqa: BLE001 - as in the pipeline, for a file inside a file
                info = as_error_info(error, "extract")
                return content_of_notice(info.code, f"not read: {info.message}")


def content_of_notice(code: str, message: str) -> Content:
    """Nothing but a warning."""
    builder = ContentBuilder()
    builder.add_warning(code, message)
    return builder.build()


def _is_read_at_once(path: Path, detection: Detection) -> bool:
    """Whether a file is read in less time than it takes to look for what was kept of it."""
    return detection.format in _PLAIN and path.stat().st_size <= _PLAIN_BYTES
