"""A whole run: list the inputs, do what is not done yet, write the results in the order of their paths."""

from __future__ import annotations

import hashlib
import json
import platform
import shutil
import signal
import threading
import time
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any

from .. import __version__
from ..datamodel.record import STATUSES
from ..datamodel.schema import Schema
from ..datamodel.source import SourceFile
from ..errors import UsageError
from ..fill.recalibration import Recalibration, read_calibration
from ..settings import Settings
from ..storage.interface import Source
from .executor import (
    Executor,
    InlineExecutor,
    ProcessExecutor,
    default_jobs,
    memory_share,
    usable_cores,
)
from .in_order import InOrder
from .lock import run_lock
from .manifest import Manifest
from .observer import Observer
from .output import CONTENT_MARK, Output, print_line, write_results
from .teaching import LabelledFile, announce, teach
from .work import WorkResult, WorkSpec

# Settings that say how a run is done, not what comes out: changing one does no file again.
_NOT_OF_VALUES = frozenset(
    {"jobs", "inline", "threads", "worker_memory_bytes", "timeout_s", "max_attempts", "fail_on", "sync_every", "log_format",
     "quiet", "models_dir", "openai_api_key"}
)  # fmt: skip
_ARCHIVE_NAMES = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".tbz2", ".xz", ".txz")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPlan:
    """Everything a run needs; all of it checked before."""

    inputs: tuple[str, ...]
    source: Source
    schemas: tuple[Schema, ...]
    settings: Settings
    output: Output
    with_content: bool = False
    fresh: bool = False
    """Forget what an earlier run on this output did."""
    labelled: tuple[tuple[LabelledFile, ...], ...] = ()
    """Files with known values to learn from, one tuple a schema; empty: none for any."""
    cache: Path | None = None
    """Where labelled files are kept once they are read; None: with the state of the run."""


@dataclass(slots=True)
class RunReport:
    """What a run did."""

    counts: Counter[str] = field(default_factory=Counter)
    """Records of the output by status."""
    files_done: int = 0
    files_already_done: int = 0
    error_codes: Counter[str] = field(default_factory=Counter)
    usage: Counter[str] = field(default_factory=Counter)
    stage_seconds: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    stopped_by: int | None = None
    """Signal that ended the run early."""


def execute(plan: RunPlan, observer: Observer) -> RunReport:
    """Runs to the end, or to the first signal; the same call goes on from there.

    Raises:
        RunError: storage is down, another run holds the output, a required engine is down.
    """
    started_s, started_at = time.monotonic(), datetime.now(UTC)
    report = RunReport()
    calibration = read_calibration(plan.settings.calibration) if plan.settings.calibration else None
    lectures = announce(plan.schemas, plan.labelled or ((),) * len(plan.schemas))
    with ExitStack() as stack:
        stack.enter_context(run_lock(plan.output.state_folder, where=plan.output.address))
        if plan.output.is_stdout:
            stack.callback(shutil.rmtree, plan.output.state_folder, ignore_errors=True)
        if plan.fresh:
            forget(plan.output.state_folder)
        manifest = Manifest(
            plan.output.state_folder,
            schema_keys=tuple(
                schema_key(lecture.schema, plan.settings, calibration, lecture.digest) for lecture in lectures
            ),
            max_attempts=plan.settings.max_attempts,
            sync_every=plan.settings.sync_every,
        )
        stack.callback(manifest.close)
        if manifest.torn_bytes:
            observer.note(f"cut {manifest.torn_bytes} bytes of a record that an earlier run did not finish")
        listed = _Listed()
        manifest.list_inputs(listed.watch(_own_left_out(plan)))
        files, size_bytes, already = manifest.counts()
        report.files_already_done = already
        stop = stack.enter_context(_signals())  # before anything shows that an interrupt is awaited
        observer.listed(files=files, size_bytes=size_bytes, already_done=already)
        settings, jobs = _share_machine(plan.settings, listed)
        lessons = (
            teach(
                lectures, settings, cache=plan.cache or plan.output.state_folder / "labelled", note=observer.note,
                is_stopped=lambda: stop.signal is not None,
            )
            if files > already
            else ()
        )  # fmt: skip
        spec = WorkSpec(
            inputs=plan.inputs,
            schemas=plan.schemas,
            settings=settings,
            calibration=calibration,
            lessons=lessons or (),
            content_folder=str(plan.output.content_folder)
            if plan.with_content and plan.output.content_folder
            else None,
        )
        executor: Executor = (
            InlineExecutor(spec)
            if settings.inline
            else ProcessExecutor(spec=spec, jobs=jobs, memory_bytes=memory_share(settings, jobs))
        )
        try:
            _do_pending(manifest, executor, observer, report, stop, _streamed(plan.output, manifest))
        except BaseException:
            executor.close(at_once=True)
            raise
        executor.close()
        report.stopped_by = stop.signal
        report.seconds = time.monotonic() - started_s
        if report.stopped_by is None:
            results = _counted(manifest, report)
            write_results(plan.output, results, lambda: summary(plan, report, jobs, started_at))
    return report


def _do_pending(
    manifest: Manifest,
    executor: Executor,
    observer: Observer,
    report: RunReport,
    stop: StopRequest,
    streamed: InOrder | None,
) -> None:
    pending = manifest.pending(by_path=streamed is not None)
    found: deque[SourceFile] = deque()  # members of archives, as they come to light
    while True:
        while executor.has_room and not stop.signal:
            is_member = bool(found)
            file = found.popleft() if found else next(pending, None)
            if file is None:
                if streamed is not None:
                    streamed.all_taken()
                break
            if streamed is not None and not is_member:
                streamed.taken(file)
            observer.started(file)
            executor.start(file)
        if not executor.in_flight:
            return
        for file, result in executor.wait():
            if result.members:
                manifest.mark_archive(file)
                manifest.list_inputs(result.members, parent=file)
                found.extend(members := tuple(manifest.pending(parent=file)))
                observer.added(files=len(members) - 1)
                if streamed is not None:
                    streamed.unpacked(file, members)
                continue
            manifest.add(file, result.lines)
            _count(report, result)
            observer.finished(file, status=result.status, seconds=result.seconds, error=result.error)
            if streamed is not None:
                streamed.finished(file)


def _streamed(output: Output, manifest: Manifest) -> InOrder | None:
    """What prints results while the run goes on; None where they are written at its end."""

    def give(path: str) -> None:
        for done in manifest.results(path=path):
            print_line(done.line)

    return InOrder(give) if output.is_stdout else None


def _own_left_out(plan: RunPlan) -> Iterator[SourceFile]:
    """The inputs without what this or an earlier run on the same output wrote: the output may lie in the input.

    Raises:
        UsageError: content would be written among files of the input, where it could not be told from them.
    """
    mark = plan.output.state_folder / CONTENT_MARK
    has_content = mark.exists()
    for file in plan.source.list():
        if plan.output.is_state_or_result(file):
            continue
        if plan.output.is_content(file):
            if has_content:
                continue
            if plan.with_content:
                raise UsageError(
                    f"{plan.output.address} lies in the input and has a folder `content` with {file.path} in it; with --content "
                    "choose another --output"
                )
        yield file
    if plan.with_content:
        mark.touch()


def _count(report: RunReport, result: WorkResult) -> None:
    report.files_done += 1
    report.usage.update(dict(result.usage))
    report.stage_seconds.update({str(stage): seconds for stage, seconds in result.stage_seconds})
    if result.error is not None:
        report.error_codes[result.error.code] += 1


def _counted(manifest: Manifest, report: RunReport) -> Iterator[Any]:
    for done in manifest.results():
        report.counts[done.status] += 1
        yield done


def schema_key(
    schema: Schema, settings: Settings, calibration: Recalibration | None = None, lessons_digest: str = ""
) -> str:
    """Names all that decides the values of a record besides the file: schema, settings, tool, which models are there.

    Of a calibration what it does counts, not where it lies; of labelled files their bytes and their labels.
    """
    deciding = settings.model_dump(mode="json", exclude={*_NOT_OF_VALUES, "calibration"})
    if calibration is not None:
        deciding["calibration"] = calibration.digest
    if lessons_digest:
        deciding["lessons"] = lessons_digest
    present = {
        name: (settings.models_dir / name).is_dir()
        for name in (f"faster-whisper-{settings.speech_model}", settings.embedding_model, settings.language_model_path)
    }
    mark = json.dumps([schema.digest, deciding, present, __version__], sort_keys=True)
    return f"{schema.name}:{hashlib.sha256(mark.encode()).hexdigest()[:32]}"


def forget(state_folder: Path) -> None:
    """Removes what an earlier run left, the lock apart."""
    for name in ("manifest.sqlite", "manifest.sqlite-wal", "manifest.sqlite-shm", "journal.jsonl"):
        with suppress(FileNotFoundError):
            (state_folder / name).unlink()


class _Listed:
    """Counts what is listed: how many workers a run can keep busy at most."""

    def __init__(self) -> None:
        self.files = 0
        self.may_grow = False
        """An archive is among them: its members are files, too."""

    def watch(self, files: Iterable[SourceFile]) -> Iterator[SourceFile]:
        for file in files:
            self.files += 1
            self.may_grow = self.may_grow or file.path.lower().endswith(_ARCHIVE_NAMES)
            yield file


def _share_machine(settings: Settings, listed: _Listed) -> tuple[Settings, int]:
    """(settings with the threads of one worker, number of workers).

    What counts is the whole input and not what is left of it: with other threads the last bit of a log-probability is another.
    """
    jobs = 1 if settings.inline else settings.jobs or default_jobs()
    if not listed.may_grow:
        jobs = min(jobs, max(1, listed.files))
    threads = settings.threads or max(1, usable_cores() // jobs)
    return settings.model_copy(update={"threads": threads}), jobs


def summary(plan: RunPlan, report: RunReport, jobs: int, started_at: datetime) -> dict[str, Any]:
    """What `summary.json` holds; the only output with times in it."""
    shown = plan.settings.model_dump(mode="json", exclude={"openai_api_key", "passwords"})
    return {
        "tool": {"name": "mmi", "version": __version__},
        "started_at": started_at.isoformat(timespec="seconds"),
        "seconds": round(report.seconds, 3),
        "schemas": [
            {"name": schema.name, "version": schema.version, "digest": schema.digest} for schema in plan.schemas
        ],
        "records": {status: report.counts.get(status, 0) for status in STATUSES},
        "files": {"done_now": report.files_done, "done_before": report.files_already_done},
        "files_per_minute": round(60 * report.files_done / report.seconds, 2) if report.seconds else None,
        "errors": dict(sorted(report.error_codes.items())),
        "usage": {name: round(value, 3) for name, value in sorted(report.usage.items())},
        "stage_seconds": {name: round(value, 3) for name, value in sorted(report.stage_seconds.items())},
        "workers": jobs,
        "python": platform.python_version(),
        "settings": shown,
    }


@dataclass(slots=True)
class StopRequest:
    """Set by the first interrupt; the second one ends at once."""

    signal: int | None = None


@contextmanager
def _signals() -> Iterator[StopRequest]:
    """First SIGINT or SIGTERM: finish what is in flight; second: KeyboardInterrupt, which kills the workers."""
    stop = StopRequest()

    def on_signal(number: int, frame: FrameType | None) -> None:
        if stop.signal is not None:
            raise KeyboardInterrupt
        stop.signal = number

    if threading.current_thread() is not threading.main_thread():
        yield stop  # only the main thread may set handlers: the caller's own stay
        return
    before = {number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
