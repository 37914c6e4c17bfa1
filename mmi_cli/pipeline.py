"""One file, start to finish: detect → extract → fill; the only place where an exception becomes a record."""

from __future__ import annotations

import hashlib
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from . import __version__, meter, progress
from .caches.answers import AnswerStore
from .caches.contents import ContentCache, ReadingKeys, is_worth_keeping
from .caches.identities import format_role
from .caches.noted_engines import NotedEngines
from .cases.routing import may_be_seen, route
from .cases.slices import put_back
from .datamodel.content import Content, Notice
from .datamodel.content_builder import ContentBuilder
from .datamodel.detection import Detection
from .datamodel.filled import Filled
from .datamodel.record import ErrorInfo, FileRecord, LeafValue, Stage, Status
from .datamodel.schema import Schema
from .datamodel.source import SourceFile
from .detect import detect_file
from .engines.interface import Engines
from .errors import FileError, LimitExceeded, MmiError, RunError
from .extract.interface import ExtractContext
from .extract.part_limits import PartLimits
from .fill.filling import fill_content
from .fill.lessons import Lessons
from .fill.media_fields import asks_for_media
from .fill.picture_fields import asks_for_looks
from .fill.recalibration import Recalibration, recalibrated
from .meter import span
from .registry import load
from .schema_file.vocabulary import words_to_expect
from .settings import Settings
from .storage.archive import extract_member, list_members
from .storage.interface import Source
from .storage.members import local_copy_of

if TYPE_CHECKING:
    from .extract.cutting import Cutout

_PLAIN = frozenset({"text", "markdown", "csv", "json", "subtitles"})
_PLAIN_BYTES = 20_000
"""A look for what was kept is a dozen hashes and as many questions to the disk."""
Progress = Callable[[Stage], None]
TakeFigure = Callable[["Cutout"], None]
_NO_MEMORY = (
    "the process that reads the file was given no more memory; `worker_memory_bytes` in the settings raises its limit"
)
_TOO_DEEP = "nested deeper than can be read; no setting raises this limit, which is that of the interpreter"


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
        self._vocabulary = words_to_expect(schemas)
        self._contents = caches.contents
        self._reading_keys = ReadingKeys(settings, self._vocabulary) if caches.contents is not None else None
        self._formats: set[str] = set()
        """Formats that the file at hand and those inside it turned out to have."""
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
        self._begin()
        try:
            at_stage(stage)
            if file.size_bytes > self._settings.max_file_bytes:
                limit = self._settings.max_file_bytes
                raise LimitExceeded(f"{file.size_bytes:,} bytes; the limit is max_file_bytes = {limit:,}")
            with local_copy_of(self._source, file, self._settings) as path:
                draft.sha256 = _sha256(path)
                at_stage(stage := "detect")
                detection = draft.detection = detect_file(path, name=file_name(file), settings=self._settings)
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
                reading = self._read_once(path, draft.sha256, detection, file_name(file))
                if take_figure is not None:
                    self._cut(path, detection, file_name(file), reading.content, take_figure)
            self._keep(reading)
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

    def _begin(self) -> None:
        self._engines.asked.clear()
        self._formats.clear()

    def _touched(self) -> tuple[str, ...]:
        return tuple(sorted({*self._engines.asked, *map(format_role, self._formats)}))

    def _read_once(self, path: Path, sha256: str, detection: Detection, name: str) -> _Reading:
        """The content of a file: as it is kept, or read."""
        if self._contents is None or self._reading_keys is None or _is_read_at_once(path, detection):
            return _Reading(content=self.read(path, detection, name=name), touched=self._touched())
        for key in self._reading_keys.candidates(sha256, detection, name):
            if (found := self._contents.read(key)) is not None:
                meter.count("cache.contents_kept")
                return _Reading(content=found[0], touched=found[1])
        started = time.monotonic()
        content = self.read(path, detection, name=name)
        seconds, touched = time.monotonic() - started, self._touched()
        meter.count("cache.contents_read")
        is_kept = is_worth_keeping(content, seconds=seconds)
        own = self._reading_keys.of(sha256, detection, name, content, touched) if is_kept else None
        return _Reading(content=content, touched=touched, key=own)

    def _cut(self, path: Path, detection: Detection, name: str, content: Content, take: TakeFigure) -> None:
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

    def _keep(self, reading: _Reading) -> None:
        """Only once it is known that the file did not change while it was read."""
        if self._contents is not None and reading.key is not None:
            self._contents.keep(reading.key, reading.content, reading.touched)

    def read_file(self, file: SourceFile, *, take_figure: TakeFigure | None = None) -> tuple[Content | None, str]:
        """What stands in a file, without a schema; or None and why there is nothing.

        Args:
            take_figure: is given each figure that can be cut out.
        """
        stage: Stage = "storage"
        self._begin()
        try:
            with local_copy_of(self._source, file, self._settings) as path:
                stage = "detect"
                detection = detect_file(path, name=file_name(file), settings=self._settings)
                stage = "extract"
                if detection.format == "archive":
                    return self._read_archive(path, file_name(file), 0, PartLimits(self._settings)), ""
                if detection.format is None and path.stat().st_size == 0:
                    return _note("empty", detection.reason), ""
                if detection.format is None:
                    return None, f"cannot be read: {detection.reason}"
                reading = self._read_once(path, _sha256(path), detection, file_name(file))
                if take_figure is not None:
                    self._cut(path, detection, file_name(file), reading.content, take_figure)
            self._keep(reading)
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
        self._begin()
        if file.size_bytes > (limit := self._settings.max_file_bytes):
            raise LimitExceeded(f"{file.size_bytes:,} bytes; the limit is max_file_bytes = {limit:,}")
        reading: _Reading | None = None
        with local_copy_of(self._source, file, self._settings) as path:
            sha256 = _sha256(path)
            detection = detect_file(path, name=file_name(file), settings=self._settings)
            opened = Opened(path=path, sha256=sha256, detection=detection)
            if detection.format == "archive":
                opened = replace(opened, members=tuple(list_members(path, file, self._settings)))
            elif detection.format is not None:
                reading = self._read_once(path, sha256, detection, file_name(file))
                opened = replace(opened, content=reading.content)
            yield opened
        if reading is not None:
            self._keep(reading)

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

    def _read_part(self, name: str, data: bytes, depth: int, limits: PartLimits) -> Content | None:
        """A file inside a file; what goes wrong becomes a warning of its content."""
        if limits.is_passed:
            return None
        if depth > self._settings.max_depth:
            return _note("limit_exceeded", f"not read: nested deeper than max_depth = {self._settings.max_depth}")
        if (refusal := limits.refusal(len(data))) is not None:
            return _note("limit_exceeded", refusal)
        progress.holds_part(size_bytes=len(data))
        with tempfile.TemporaryDirectory(prefix="mmi-part-") as folder:
            path = Path(folder) / "part"
            path.write_bytes(data)
            try:
                detection = detect_file(path, name=name, settings=self._settings)
                if detection.format == "archive":
                    return self._read_archive(path, name, depth, limits)
                if detection.format is None:
                    return _note("unsupported", f"not read: {detection.reason}")
                content = self.read(path, detection, name=name, depth=depth, limits=limits)
                limits.add_text(len(content.text))
                return content
            except RunError:
                raise
            except Exception as error:  # noqa: BLE001 - likewise, for a file inside a file
                info = as_error_info(error, "extract")
                return _note(info.code, f"not read: {info.message}")

    def _read_archive(self, path: Path, name: str, depth: int, limits: PartLimits) -> Content:
        """An archive inside a file: its members are parts of that file."""
        builder = ContentBuilder()
        listed = SourceFile(uri="", path=name, size_bytes=path.stat().st_size)
        for member in list_members(path, listed, self._settings):
            if limits.is_passed:
                break
            with tempfile.TemporaryDirectory(prefix="mmi-member-") as folder:
                inner = Path(folder) / "member"
                extract_member(path, member.members[-1], inner, self._settings)
                content = self._read_part(file_name(member), inner.read_bytes(), depth + 1, limits)
            if content is not None:
                builder.add_part(member.path.removeprefix(f"{name}!"), "application/octet-stream", content)
        return builder.build()

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
            records.append(replace(made, id=record_id(draft.file, draft.sha256, router, segment=each.number)))
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
        return draft.record(schema, _status(schema, filled), content=content, filled=filled)

    def _same_for_all(
        self, draft: _Draft, status: Status, notice: Notice | None = None, *, error: ErrorInfo | None = None
    ) -> Outcome:
        records = tuple(draft.record(schema, status, notice=notice, error=error) for schema in self._schemas)
        return Outcome(records=records, sha256=draft.sha256, touched=(self._touched(),) * len(records))

    def _wanted(self, detection: Detection) -> bool:
        return any(not schema.modalities or detection.modality in schema.modalities for schema in self._schemas)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """A content on its way."""

    content: Content
    touched: tuple[str, ...]
    key: str | None = None
    """Where it is to be kept; None: nowhere, or it comes from there."""


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
            id=record_id(self.file, self.sha256, schema),
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


def record_id(file: SourceFile, sha256: str | None, schema: Schema, *, segment: int | None = None) -> str:
    """The same path, bytes, schema and segment give the same id."""
    parts = (file.path, sha256 or "", schema.digest, *(() if segment is None else (str(segment),)))
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()[:32]


def as_error_info(error: BaseException, stage: Stage) -> ErrorInfo:
    """An exception as data; what nobody foresaw is `internal` with its type and where it was raised."""
    if isinstance(error, FileError):
        return error.info(stage)
    if isinstance(error, MemoryError):
        return ErrorInfo(stage=stage, code="out_of_memory", message=_NO_MEMORY, retryable=False)
    if isinstance(error, RecursionError):
        return ErrorInfo(stage=stage, code="limit_exceeded", message=_TOO_DEEP, retryable=False)
    if isinstance(error, OSError) and not isinstance(error, MmiError):
        return ErrorInfo(stage=stage, code="io", message=error.strerror or type(error).__name__, retryable=True)
    where = ""
    if error.__traceback__ is not None:
        trace = error.__traceback__
        while trace.tb_next is not None:
            trace = trace.tb_next
        where = f" at {Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
    try:
        detail = " ".join(str(error)[:10_000].split())[:300]
    except Exception:  # noqa: BLE001 - an exception may be as broken as the file it came from
        detail = "its message cannot be shown"
    return ErrorInfo(stage=stage, code="internal", message=f"{type(error).__name__}: {detail}{where}", retryable=False)


def _status(schema: Schema, filled: Filled) -> Status:
    values = dict(filled.fields)
    for field in schema.fields:
        value = values.get(field.name)
        if field.required and (value is None or (isinstance(value, LeafValue) and value.value is None)):
            return "partial"
        if (
            field.required
            and not isinstance(value, LeafValue)
            and not getattr(value, "items", getattr(value, "members", ()))
        ):
            return "partial"
    return "ok"


def _is_read_at_once(path: Path, detection: Detection) -> bool:
    """Whether a file is read in less time than it takes to look for what was kept of it."""
    return detection.format in _PLAIN and path.stat().st_size <= _PLAIN_BYTES


def _why(detection: Detection, *, empty: bool) -> Notice:
    return Notice(code="empty" if empty else "unsupported", message=detection.reason)


def _note(code: str, message: str) -> Content:
    builder = ContentBuilder()
    builder.add_warning(code, message)
    return builder.build()


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def file_name(file: SourceFile) -> str:
    """The last part of a file's path, inside its archive if it lies in one."""
    return file.path.replace("!", "/").rsplit("/", 1)[-1]
