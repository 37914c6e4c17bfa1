"""The unit of work: plain data in, plain data out, the same in the run's own process, a worker process or elsewhere."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path

from .. import meter
from ..caches.deciding import passed_a_limit
from ..datamodel.content import Content
from ..datamodel.record import ErrorInfo, FileRecord, Stage, Status
from ..datamodel.schema import Schema
from ..datamodel.source import SourceFile
from ..errors import RunError, as_error_info
from ..fill.lessons import Lessons
from ..fill.recalibration import Recalibration
from ..pipeline import Outcome, Pipeline, failed_records, open_caches
from ..settings import Settings
from ..storage.mirror import mirrored as mirrored
from .figure_files import FigureFiles
from .service_results import write_service_results
from .state.journal import BETWEEN_RECORDS
from .whole_file import whole_file
from .workers.attendance import between_files, present, seen_again

# Worst first: a file with several records is told by the worst of them.
WORST_FIRST: tuple[Status, ...] = ("failed", "partial", "unsupported", "empty", "skipped", "ok")


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkSpec:
    """What a worker must know to build its pipeline; sent once."""

    inputs: tuple[str, ...]
    schemas: tuple[Schema, ...]
    settings: Settings
    calibration: Recalibration | None = None
    """What the settings name, read once: a file that changes meanwhile changes no record of this run."""
    lessons: tuple[Lessons | None, ...] = ()
    """What labelled files taught, one a schema; empty: nothing for any."""
    is_reading_alone: bool = False
    """Files are read and not filled; their contents come back in the results."""
    content_folder: str | None = None
    """Where to write what was read (markdown, JSON, VTT); None: nowhere."""
    has_service_results: bool = False
    """Beside it, the result in the shape of Content Understanding's AnalyzeResult."""
    trace_file: str | None = None
    """Where a run on this machine gathers the spans of its processes; None: nowhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordLine:
    """A finished record as bytes, with what the run needs to know of it."""

    schema_index: int
    status: Status
    is_retryable: bool
    line: str
    """The record as JSON; of a file that a router split its records, `BETWEEN_RECORDS` between them."""
    code: str | None = None
    """Of its first error."""
    touched: tuple[str, ...] | None = None
    """Engines that were asked and formats that were met on the way to it; None: not known."""
    passed_a_limit: bool = False
    """Under other limits it may be another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkResult:
    lines: tuple[RecordLine, ...] = ()
    members: tuple[SourceFile, ...] = ()
    status: Status = "ok"
    """The worst of the records."""
    error: ErrorInfo | None = None
    seconds: float = 0.0
    stage_seconds: tuple[tuple[Stage, float], ...] = ()
    usage: tuple[tuple[str, float], ...] = ()
    modality: str | None = None
    counters: tuple[tuple[str, float], ...] = ()
    """What was counted on the way, for `summary.json`: added up over the run by name (`mmi_cli.meter.count`)."""
    peaks: tuple[tuple[str, float], ...] = ()
    """Likewise, but of these the largest over the run is told."""
    content: Content | None = None
    """What was read, where files are read alone."""
    sha256: str | None = None
    """Of the file's bytes; None when they could not be read."""


def build_pipeline(spec: WorkSpec) -> Pipeline:
    """A pipeline with its engines, none of them loaded yet."""
    from ..engines.bundle import EngineBundle
    from ..retry import Patience
    from ..storage.addresses import open_source

    if spec.trace_file is not None:
        from .telling.trace import trace_this_process

        trace_this_process(Path(spec.trace_file), name=f"worker {os.getpid()}", order=os.getpid())
    pipeline = Pipeline(
        source=open_source(spec.inputs, patience=Patience(attempts=spec.settings.retry_attempts)),
        schemas=spec.schemas,
        settings=spec.settings,
        engines=EngineBundle(spec.settings),
        calibration=spec.calibration,
        lessons=spec.lessons,
        caches=open_caches(spec.settings),
    )
    present()
    return pipeline


def do_file(
    pipeline: Pipeline, spec: WorkSpec, file: SourceFile, *, at_stage: Callable[[Stage], None] = lambda stage: None
) -> WorkResult:
    """Does one file; never raises for what it holds.

    Raises:
        RunError: storage or the run itself is down.
    """
    started, cpu_ns = time.monotonic(), meter.cpu_ns()
    between_files()
    if spec.is_reading_alone:
        return _read_alone(pipeline, file, started)
    with meter.span("file", "file", path=file.path, size_bytes=file.size_bytes) as facts:
        clock = _StageClock(at_stage)
        figures = figure_files(Path(spec.content_folder), file) if spec.content_folder is not None else None
        outcome = pipeline.process(
            file, at_stage=clock.enter, take_figure=figures.take if figures is not None else None
        )
        stage_seconds = clock.leave()
        with meter.span("record", "run"):
            try:
                _write_beside(pipeline, spec, file, outcome, figures)
            except RunError:
                raise
            except Exception as error:  # noqa: BLE001 - whatever a file leads to while it is written costs that file alone
                outcome = Outcome(records=failed_records(file, spec.schemas, as_error_info(error, "run")))
            result = as_result(outcome, seconds=time.monotonic() - started, stage_seconds=stage_seconds)
        if facts is not None:
            facts.update(status=result.status, modality=result.modality)
    meter.count("cpu_seconds", (meter.cpu_ns() - cpu_ns) / 1e9)
    peaks = seen_again()
    return replace(result, seconds=time.monotonic() - started, counters=meter.take_counts(), peaks=peaks)


def _write_beside(
    pipeline: Pipeline, spec: WorkSpec, file: SourceFile, outcome: Outcome, figures: FigureFiles | None
) -> None:
    """What was read, and all that the run wants beside it.

    Raises:
        StorageDown: it cannot be written.
    """
    if spec.content_folder is None:
        return
    folder = Path(spec.content_folder)
    if outcome.content is not None:
        write_content(folder, file, outcome.content, figures)
    if spec.settings.sidecars:
        from .sidecar_files import write_sidecars

        write_sidecars(folder, file, outcome, spec.schemas, kinds=spec.settings.sidecars, engines=pipeline.engines)
    if spec.has_service_results:
        write_service_results(folder, file, outcome, spec.schemas)


def _read_alone(pipeline: Pipeline, file: SourceFile, started: float) -> WorkResult:
    content, why = pipeline.read_file(file)
    error = ErrorInfo(stage="extract", code="engine_failed", message=why, retryable=False) if content is None else None
    return WorkResult(
        content=content, status="failed" if error else "ok", error=error, seconds=time.monotonic() - started,
        counters=meter.take_counts(),
    )  # fmt: skip


def as_result(outcome: Outcome, *, seconds: float, stage_seconds: tuple[tuple[Stage, float], ...] = ()) -> WorkResult:
    """Records as lines, ready for the journal."""
    records = outcome.records
    usage: dict[str, float] = {}
    of_schema = outcome.of_schema or tuple(range(len(records)))
    read: dict[int, tuple[int, float]] = {}
    for record, index in zip(records, of_schema, strict=True):
        pages, seconds_read = read.get(index, (0, 0.0))
        read[index] = pages + record.usage.pages, seconds_read + record.usage.audio_seconds
    # Reading is done once for all schemas, filling once each.
    usage["pages"] = max((pages for pages, _ in read.values()), default=0)
    usage["audio_seconds"] = max((each for _, each in read.values()), default=0.0)
    for record in records:
        for name in ("model_input_tokens", "model_output_tokens"):
            usage[name] = usage.get(name, 0) + getattr(record.usage, name)
    return WorkResult(
        lines=tuple(
            _line(index, [record for record, at in zip(records, of_schema, strict=True) if at == index], touched)
            for index, touched in enumerate(outcome.touched or (None,) * len(records))
        ),
        members=outcome.members,
        status=min((record.status for record in records), key=WORST_FIRST.index, default="ok"),
        error=next((error for record in records for error in record.errors), None),
        seconds=seconds,
        stage_seconds=stage_seconds,
        usage=tuple(usage.items()),
        modality=next((record.modality for record in records), None),
        sha256=outcome.sha256,
    )


def _line(index: int, records: Sequence[FileRecord], touched: tuple[str, ...] | None) -> RecordLine:
    errors = [error for record in records for error in record.errors]
    notices = [notice for record in records for notice in record.warnings]
    return RecordLine(
        schema_index=index,
        status=min((record.status for record in records), key=WORST_FIRST.index),
        is_retryable=any(error.retryable for error in errors),
        line=BETWEEN_RECORDS.join(record.to_line() for record in records),
        code=errors[0].code if errors else None,
        touched=touched,
        passed_a_limit=passed_a_limit(
            [*(error.code for error in errors), *(notice.code for notice in notices)],
            [*(error.message for error in errors), *(notice.message for notice in notices)],
        ),
    )


def write_content(folder: Path, file: SourceFile, content: Content, figures: FigureFiles | None = None) -> None:
    """Writes `<path>.md`, `<path>.json` and, where there are times, `<path>.vtt` below `folder`, each whole or not at all.

    Beside figures that were cut out, `<path>.figures/figures.jsonl` is written.

    Raises:
        StorageDown: they cannot be written.
    """
    from ..datamodel.content import TimeSpan
    from ..datamodel.content_json import to_json
    from ..datamodel.markdown import to_markdown
    from ..datamodel.record import dump_line
    from ..datamodel.timed_text import to_vtt

    links = figures.links if figures is not None else {}
    if figures is not None:
        figures.finish(content)
    texts = {".md": to_markdown(content, figure_files=links), ".json": dump_line(to_json(content)) + "\n"}
    if any(isinstance(word.place, TimeSpan) for word in content.words):
        texts[".vtt"] = to_vtt(content)
    for suffix, text in texts.items():
        with whole_file(folder / (mirrored(file) + suffix)) as partial:
            partial.write_text(text, "utf-8", errors="replace")


def figure_files(folder: Path, file: SourceFile) -> FigureFiles:
    """Where the figures of a file go: `<path>.figures` below the folder of contents."""
    own = mirrored(file) + ".figures"
    return FigureFiles(folder / own, link=own.rpartition("/")[2] + "/")


class _StageClock:
    """Seconds spent in each stage; CPU seconds go to the counts."""

    def __init__(self, tell: Callable[[Stage], None]) -> None:
        self._tell = tell
        self._spent: dict[Stage, float] = {}
        self._stage: Stage | None = None
        self._since_s = 0.0
        self._since_cpu_ns = 0
        self._span: AbstractContextManager[object] | None = None

    def enter(self, stage: Stage) -> None:
        self.leave()
        self._tell(stage)
        self._stage, self._span = stage, meter.span(stage, "stage")
        self._since_s, self._since_cpu_ns = time.monotonic(), meter.cpu_ns()
        self._span.__enter__()

    def leave(self) -> tuple[tuple[Stage, float], ...]:
        if self._stage is not None and self._span is not None:
            self._span.__exit__(None, None, None)
            self._spent[self._stage] = self._spent.get(self._stage, 0.0) + time.monotonic() - self._since_s
            meter.count(f"{self._stage}.cpu_seconds", (meter.cpu_ns() - self._since_cpu_ns) / 1e9)
            self._stage = None
        return tuple(self._spent.items())
