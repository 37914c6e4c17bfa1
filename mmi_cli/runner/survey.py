"""A dry run: what is there, what would be skipped and why, what it will take; opens files, reads none."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from ..datamodel.detection import Detection
from ..datamodel.schema import Field, Schema
from ..datamodel.source import SourceFile
from ..detect import detect_file
from ..errors import FileError
from ..extract.size import Extent, measure
from ..settings import Settings
from ..storage.archive import list_members
from ..storage.interface import Source
from ..storage.members import local_copy_of
from .selection import ALL, Selection

# Seconds on one core, rounded up from bench/results; a plan that is a little late is better than one that is early.
_S_PER_TEXT_PAGE = 0.02
_S_PER_OCR_PAGE = 4.0
_S_PER_AUDIO_MINUTE = 12.0
_S_PER_VIDEO_MINUTE = 25.0
_S_PER_MODEL_CALL = 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedFile:
    """What a run would do with one file."""

    file: SourceFile
    detection: Detection | None
    extent: Extent
    model_calls: int
    skip: str | None
    """Why the file would not be read; None: it would be."""


@dataclass(slots=True)
class Totals:
    """Sums over a plan."""

    files: int = 0
    size_bytes: int = 0
    pages: int = 0
    minutes: float = 0.0
    model_calls: int = 0
    seconds: float = 0.0
    """Of one worker on one core."""
    by_format: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)

    def add(self, planned: PlannedFile) -> None:
        self.files += 1
        self.size_bytes += planned.file.size_bytes
        if planned.skip is not None:
            self.skipped[planned.skip] += 1
            return
        self.by_format[planned.detection.format or "" if planned.detection else ""] += 1
        self.pages += planned.extent.pages
        self.minutes += planned.extent.minutes
        self.model_calls += planned.model_calls
        self.seconds += expected_seconds(planned)


def survey(
    source: Source, schemas: tuple[Schema, ...], settings: Settings, selection: Selection = ALL
) -> Iterator[PlannedFile]:
    """What a run would do, file by file; members of archives in their archive's place."""
    calls = sum(_model_calls(schema, settings) for schema in schemas)
    for listed in filter(selection.looks_into, source.list()):
        waiting = deque((listed,))
        while waiting:
            file = waiting.popleft()
            try:
                with local_copy_of(source, file, settings) as path:
                    detection = detect_file(path, name=file.name, settings=settings)
                    if detection.format == "archive":
                        members = tuple(selection.members(list_members(path, file, settings)))
                        waiting.extendleft(reversed(members))
                        continue
                    if not selection.takes(file):
                        continue
                    skip = _skip(file, detection, schemas)
                    extent = Extent() if skip else measure(path, detection)
            except FileError as error:
                yield PlannedFile(
                    file=file, detection=None, extent=Extent(), model_calls=0, skip=f"{error.code}: {error}"
                )
                continue
            yield PlannedFile(
                file=file, detection=detection, extent=extent, model_calls=0 if skip else calls, skip=skip
            )


def expected_seconds(planned: PlannedFile) -> float:
    """Of one worker on one core."""
    detection = planned.detection
    if detection is None:
        return 0.0
    per_page = _S_PER_OCR_PAGE if detection.modality == "image" else _S_PER_TEXT_PAGE
    per_minute = _S_PER_VIDEO_MINUTE if detection.modality == "video" else _S_PER_AUDIO_MINUTE
    return (
        planned.extent.pages * per_page + planned.extent.minutes * per_minute + planned.model_calls * _S_PER_MODEL_CALL
    )


def _skip(file: SourceFile, detection: Detection, schemas: tuple[Schema, ...]) -> str | None:
    if detection.format is None:
        return "empty" if file.size_bytes == 0 else "unsupported"
    if not any(not schema.modalities or detection.modality in schema.modalities for schema in schemas):
        return f"not in the schema's modalities: {detection.modality}"
    return None


def _model_calls(schema: Schema, settings: Settings) -> int:
    """At most so many a file: one for what is copied or inferred, one a field for what is written."""
    if settings.language_model == "none":
        return 0
    leaves = [leaf for top in schema.fields for _, leaf in top.leaves()]
    asked = any(_is_asked(leaf) for leaf in leaves)
    return int(asked) + sum(top.kind == "abstracted" for top in schema.fields)


def _is_asked(leaf: Field) -> bool:
    return leaf.kind != "abstracted" and leaf.expression is None
