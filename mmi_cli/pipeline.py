"""One file, start to finish: detect → extract → fill; the only place where an exception becomes a record."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from . import __version__
from .caches.answers import AnswerStore
from .caches.contents import ContentCache
from .caches.noted_engines import NotedEngines
from .cases.routing import may_be_seen, route
from .datamodel.content import Content, Notice
from .datamodel.detection import Detection
from .datamodel.filled import Filled, lacks_required, put_back
from .datamodel.record import ErrorInfo, FileRecord, Stage, Status, record_id
from .datamodel.schema import Schema
from .datamodel.source import SourceFile
from .detect import detect_file
from .engines.interface import Engines
from .errors import LimitExceeded, RunError, as_error_info
from .file_reader import FileReader, Reading, TakeFigure, content_of_notice
from .fill.filling import fill_content
from .fill.lessons import Lessons
from .fill.media_fields import asks_for_media
from .fill.picture_fields import asks_for_looks
from .fill.recalibration import Recalibration, recalibrated
from .schema_file.vocabulary import words_to_expect
from .settings import Settings
from .storage.archive import list_members
from .storage.interface import Source
from .storage.members import local_copy_of

Progress = Callable[[Stage], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one file: records, one a schema, or the files of an archive that are to be done in its place."""

    records: tuple[FileRecord, ...] = ()
    members: tuple[SourceFile, ...] = ()
    content: Content | None = None
    """What was read, for those who want the content itself."""
    sha256: str | None = None
    """Of the file's bytes; None when they could not be read."""
    touched: tuple[tuple[str, ...], ...] = ()
    """What the records of each schema depend on besides their file: engines that were asked, formats that were met."""
    of_schema: tuple[int, ...] = ()
    """For each record the index of the schema it was made for; empty: one a schema, in their order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A file whose bytes lie on this machine, with what stands in it."""

    path: Path
    sha256: str
    detection: Detection
    content: Content | None = None
    """None: of no format that can be read, or an archive."""
    members: tuple[SourceFile, ...] = ()
    """Of an archive: files that are to be done in its place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caches:
    """Where what was dear is kept; None: nowhere."""

    contents: ContentCache | None = None
    answers: AnswerStore | None = None


def open_caches(settings: Settings) -> Caches:
    """The caches that the settings name."""
    if settings.cache == "off":
        return Caches()
    is_read = settings.cache == "on"
    contents = answers = None
    if size := settings.content_cache_bytes:
        contents = ContentCache(settings.cache_dir / "contents", max_bytes=size, is_read=is_read)
    if (size := settings.answer_cache_bytes) and settings.language_model != "none":
        answers = AnswerStore(settings.cache_dir / "answers", max_bytes=size, is_read=is_read)
    return Caches(contents=contents, answers=answers)


class Pipeline:
    """Everything a file needs on its way; one per process, its engines load on first use."""

    def __init__(
        self,
        *,
        source: Source,
        schemas: tuple[Schema, ...],
        settings: Settings,
        engines: Engines,
        calibration: Recalibration | None = None,
        lessons: tuple[Lessons | None, ...] = (),
        caches: Caches | None = None,
    ) -> None:
        caches = caches or Caches()
        self._source = source
        self._schemas = schemas
        self._settings = settings
        self._engines = NotedEngines(engines, settings, caches.answers)
        self.reader = FileReader(settings, self._engines, words_to_expect(schemas), caches.contents)
        self._calibration = calibration
        self._lessons = lessons or (None,) * len(schemas)

    @property
    def engines(self) -> Engines:
        """Those of the pipeline, loaded on first use."""
        return self._engines

    def process(
        self, file: SourceFile, *, at_stage: Progress = lambda stage: None, take_figure: TakeFigure | None = None
    ) -> Outcome:
        """Takes one file through detect, extract and fill; never raises for what a file holds.

        Args:
            take_figure: is given each figure that can be cut out.

        Raises:
            RunError: storage or the run itself is down.
        """
        draft = _Draft(file)
        stage: Stage = "storage"
        self.reader.begin()
        try:
            at_stage(stage)
            if file.size_bytes > self._settings.max_file_bytes:
                limit = self._settings.max_file_bytes
                raise LimitExceeded(f"{file.size_bytes:,} bytes; the limit is max_file_bytes = {limit:,}")
            with local_copy_of(self._source, file, self._settings) as path:
                draft.sha256 = _sha256(path)
                at_stage(stage := "detect")
                detection = draft.detection = detect_file(path, name=file.name, settings=self._settings)
                if detection.format == "archive":
                    members = list_members(path, file, self._settings)
                    if members:
                        return Outcome(members=members, sha256=draft.sha256)
                    return self._same_for_all(draft, "empty")
                if detection.format is None or detection.modality is None:
                    empty = path.stat().st_size == 0
                    return self._same_for_all(draft, "empty" if empty else "unsupported", _why(detection, empty=empty))
                if not self._wanted(detection):
                    return self._same_for_all(draft, "skipped")
                at_stage(stage := "extract")
                reading = self.reader.read_once(path, draft.sha256, detection, file.name)
                if take_figure is not None:
                    self.reader.cut_figures(path, detection, file.name, reading.content, take_figure)
            self.reader.keep(reading)
            content = reading.content
            at_stage(stage := "fill")
            records: list[FileRecord] = []
            touched: list[tuple[str, ...]] = []
            of_schema: list[int] = []
            for schema, lessons in zip(self._schemas, self._lessons, strict=True):
                self._engines.asked.clear()
                made = (
                    self._route(draft, schema, content)
                    if schema.categories
                    else [self._fill(draft, schema, content, lessons)]
                )
                of_schema += [len(touched)] * len(made)
                records += made
                touched.append(tuple(sorted({*reading.touched, *self._engines.asked})))
            return Outcome(
                records=tuple(records),
                content=content,
                sha256=draft.sha256,
                touched=tuple(touched),
                of_schema=tuple(of_schema),
            )
        except RunError:
            raise
        except Exception as error:  # noqa: BLE001 - the one place where what nobody foresaw becomes a record
            return self._same_for_all(draft, "failed", error=as_error_info(error, stage))

    def read_file(self, file: SourceFile, *, take_figure: TakeFigure | None = None) -> tuple[Content | None, str]:
        """What stands in a file, without a schema; or None and why there is nothing.

        Args:
            take_figure: is given each figure that can be cut out.
        """
        stage: Stage = "storage"
        self.reader.begin()
        try:
            with local_copy_of(self._source, file, self._settings) as path:
                stage = "detect"
                detection = detect_file(path, name=file.name, settings=self._settings)
                stage = "extract"
                if detection.format == "archive":
                    return self.reader.read_archive(path, file.name), ""
                if detection.format is None and path.stat().st_size == 0:
                    return content_of_notice("empty", detection.reason), ""
                if detection.format is None:
                    return None, f"cannot be read: {detection.reason}"
                reading = self.reader.read_once(path, _sha256(path), detection, file.name)
                if take_figure is not None:
                    self.reader.cut_figures(path, detection, file.name, reading.content, take_figure)
            self.reader.keep(reading)
            return reading.content, ""
        except RunError:
            raise
        except Exception as error:  # noqa: BLE001 - likewise, for reading alone
            info = as_error_info(error, stage)
            return None, f"{info.code}: {info.message}"

    def sha256_of(self, file: SourceFile) -> str:
        """Of a file's bytes.

        Raises:
            FileError: it cannot be read.
        """
        with local_copy_of(self._source, file, self._settings) as path:
            return _sha256(path)

    @contextmanager
    def opened(self, file: SourceFile) -> Iterator[Opened]:
        """A file and its content, for those who want its bytes as well; they are there inside the `with`.

        Raises:
            Exception: whatever the file holds; `as_error_info` makes an error of a record of it.
        """
        self.reader.begin()
        if file.size_bytes > (limit := self._settings.max_file_bytes):
            raise LimitExceeded(f"{file.size_bytes:,} bytes; the limit is max_file_bytes = {limit:,}")
        reading: Reading | None = None
        with local_copy_of(self._source, file, self._settings) as path:
            sha256 = _sha256(path)
            detection = detect_file(path, name=file.name, settings=self._settings)
            opened = Opened(path=path, sha256=sha256, detection=detection)
            if detection.format == "archive":
                opened = replace(opened, members=tuple(list_members(path, file, self._settings)))
            elif detection.format is not None:
                reading = self.reader.read_once(path, sha256, detection, file.name)
                opened = replace(opened, content=reading.content)
            yield opened
        if reading is not None:
            self.reader.keep(reading)

    def _route(self, draft: _Draft, router: Schema, content: Content) -> list[FileRecord]:
        """One record for each paper of the file, filled by the schema of its category."""
        detection = draft.detection
        if detection is None or (router.modalities and detection.modality not in router.modalities):
            return [draft.record(router, "skipped")]
        if not content.words and not may_be_seen(content, router):
            return [draft.record(router, "empty", content=content)]
        try:
            routed = route(content, router, self._engines)
        except RunError:
            raise
        except Exception as error:  # noqa: BLE001 - likewise, for one schema of several
            return [draft.record(router, "failed", content=content, error=as_error_info(error, "fill"))]
        if not routed:
            return [draft.record(router, "skipped", content=content)]
        records = []
        for each in routed:
            record = self._fill(draft, each.schema, each.part.content, offset=each.part.offset)
            # What reading the file took is told once, in the record of its first paper.
            usage = record.usage if each.number == 1 else replace(record.usage, pages=0, audio_seconds=0.0)
            pages = each.pages if router.split else None
            usage = replace(usage, pages=pages[1] - pages[0] + 1) if pages else usage
            made = replace(record, segment=each.to_json(), usage=usage)
            records.append(
                replace(made, id=record_id(draft.file.path, draft.sha256, router.digest, segment=each.number))
            )
        return records

    def _fill(
        self, draft: _Draft, schema: Schema, content: Content, lessons: Lessons | None = None, *, offset: int = 0
    ) -> FileRecord:
        detection = draft.detection
        if detection is None or (schema.modalities and detection.modality not in schema.modalities):
            return draft.record(schema, "skipped")
        is_seen = content.figures and asks_for_looks(schema)
        if not content.words and not is_seen and not (content.media is not None and asks_for_media(schema)):
            return draft.record(schema, "empty", content=content)
        try:
            if lessons is not None:
                lessons = lessons.without(uri=draft.file.uri, sha256=draft.sha256)
            filled = fill_content(content, schema, engines=self._engines, settings=self._settings, lessons=lessons)
        except RunError:
            raise
        except Exception as error:  # noqa: BLE001 - likewise, for one schema of several
            return draft.record(schema, "failed", content=content, error=as_error_info(error, "fill"))
        filled = put_back(recalibrated(filled, self._calibration), offset)
        status: Status = "partial" if lacks_required(schema, filled.fields) else "ok"
        return draft.record(schema, status, content=content, filled=filled)

    def _same_for_all(
        self, draft: _Draft, status: Status, notice: Notice | None = None, *, error: ErrorInfo | None = None
    ) -> Outcome:
        records = tuple(draft.record(schema, status, notice=notice, error=error) for schema in self._schemas)
        return Outcome(records=records, sha256=draft.sha256, touched=(self.reader.touched,) * len(records))

    def _wanted(self, detection: Detection) -> bool:
        return any(not schema.modalities or detection.modality in schema.modalities for schema in self._schemas)


@dataclass(slots=True)
class _Draft:
    """What is known of a file so far; each record of it starts from here."""

    file: SourceFile
    sha256: str | None = None
    detection: Detection | None = None

    def record(
        self,
        schema: Schema,
        status: Status,
        *,
        content: Content | None = None,
        filled: Filled | None = None,
        notice: Notice | None = None,
        error: ErrorInfo | None = None,
    ) -> FileRecord:
        base = content or Content(text="", words=())
        filled = filled or Filled(fields=())
        return FileRecord(
            id=record_id(self.file.path, self.sha256, schema.digest),
            source=self.file,
            sha256=self.sha256,
            media_type=self.detection.media_type if self.detection else None,
            modality=self.detection.modality if self.detection else None,
            schema_name=schema.name,
            schema_version=schema.version,
            schema_digest=schema.digest,
            status=status,
            fields=filled.fields,
            checks=filled.checks,
            errors=(error,) if error else (),
            warnings=(*((notice,) if notice else ()), *base.warnings, *filled.warnings),
            usage=base.usage + filled.usage,
            engines=tuple(sorted({**dict(base.engines), **dict(filled.engines)}.items())),
            tool_version=__version__,
        )


def failed_records(file: SourceFile, schemas: tuple[Schema, ...], error: ErrorInfo) -> tuple[FileRecord, ...]:
    """Records of a file whose worker died or was killed, made by whoever watched it."""
    return tuple(_Draft(file).record(schema, "failed", error=error) for schema in schemas)


def _why(detection: Detection, *, empty: bool) -> Notice:
    return Notice(code="empty" if empty else "unsupported", message=detection.reason)


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
