"""A whole run: list the inputs, do what is not done yet, write the results in the order of their paths."""

from __future__ import annotations

import shutil
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from ..cases.folders import is_case
from ..datamodel.source import SourceFile
from ..fill.recalibration import read_calibration
from ..meter import span, take_counts
from .case_results import has_cases, results_with_cases
from .follow import Drops, Writing, follow
from .in_order import InOrder
from .inputs import Listed, own_left_out
from .interrupts import StopRequest, awaited_signals
from .observer import Observer
from .output import Output, print_line, write_results
from .parts.shards import ShardOfRun
from .plan import RunPlan
from .state.keys import RunKeys, run_keys
from .state.lock import run_lock
from .state.manifest import Done, Manifest
from .state.manifest_tables import JOURNAL, MANIFEST_FILES
from .state.recognition import hashes_of
from .state.state_keeper import StateKeeper, state_beside_results
from .teaching import announce, teach
from .telling.report import CpuClock, RunReport, summary
from .telling.trace import traced_run, writer
from .work import WorkResult, WorkSpec
from .workers.breaker import Breaker
from .workers.executor import Executor, make_executor
from .workers.machine import share_machine

_LOST = ("timeout", "crashed", "out_of_memory")
"""Of a file with one of these errors a worker tells no more: the trace has a mark in place of its spans."""


def execute(plan: RunPlan, observer: Observer) -> RunReport:
    """Runs to the end, or to the first signal; the same call goes on from there.

    Raises:
        RunError: storage is down, another run holds the output, a required engine is down.
    """
    started_s, started_at = time.monotonic(), datetime.now(UTC)
    report, cpu = RunReport(), CpuClock()
    calibration = read_calibration(plan.settings.calibration) if plan.settings.calibration else None
    of_files = plan.schemas_of_files
    lectures = announce(of_files, plan.labelled or ((),) * len(of_files))
    with ExitStack() as stack:
        stack.enter_context(run_lock(plan.output.state_folder, where=plan.output.address))
        stack.enter_context(traced_run(plan.trace_file, is_inline=plan.settings.is_inline))
        if plan.output.is_stdout:
            stack.callback(shutil.rmtree, plan.output.state_folder, ignore_errors=True)
        if plan.fresh:
            forget(plan.output.state_folder)
        state = stack.enter_context(
            state_beside_results(plan.output, plan.settings, is_fresh=plan.fresh, note=observer.note)
        )
        keys = run_keys(
            of_files, plan.settings, calibration, [lecture.digest for lecture in lectures],
            with_content=plan.with_content, with_service_results=plan.with_service_results,
        )  # fmt: skip
        manifest = _open_manifest(plan, keys)
        stack.callback(lambda: manifest.close(is_whole=report.is_whole))
        stack.enter_context(state.following(manifest))
        if manifest.torn_bytes:
            observer.note(f"cut {manifest.torn_bytes} bytes of a record that an earlier run did not finish")
        for told in manifest.notes:
            observer.note(told)
        listed = Listed()
        inputs = listed.watch(own_left_out(plan), plan.selection)
        shard = None
        if plan.shard is not None:
            shard = ShardOfRun(plan.shard, case_folders=plan.settings.case_folders if has_cases(plan.schemas) else None)
            inputs = shard.part(inputs)
        with span("list inputs", "run"):
            if plan.is_listed_anew:
                manifest.list_inputs(inputs)
            else:
                listed.count(manifest.inputs())
                listed.may_grow = listed.may_grow or plan.follow
        if listed.left_out:
            observer.note(f"{listed.left_out} files are left out by --include, --exclude or --since")
        with span("find what is to do", "run"):
            if plan.is_listed_anew:
                manifest.recognise(hashes_of)
                manifest.choose_members(plan.selection.choice)
            manifest.was_listed()
            files, size_bytes, already = manifest.counts()
        report.files_already_done = already
        stop = stack.enter_context(awaited_signals())  # before anything shows that an interrupt is awaited
        observer.listed(files=files, size_bytes=size_bytes, already_done=already)
        settings, jobs = share_machine(plan.settings, files=listed.files, may_grow=listed.may_grow)
        lessons = None
        if files > already or plan.follow:
            with span("learn from labelled files", "run"):
                lessons = teach(
                    lectures, settings, cache=plan.cache or plan.output.state_folder / "labelled", note=observer.note,
                    is_stopped=lambda: stop.signal is not None,
                )  # fmt: skip
        has_content = plan.with_content and plan.output.content_folder is not None
        spec = WorkSpec(
            inputs=plan.inputs,
            schemas=of_files,
            settings=settings,
            calibration=calibration,
            lessons=lessons or (),
            content_folder=str(plan.output.content_folder) if has_content else None,
            has_service_results=plan.with_service_results,
            trace_file=str(plan.trace_file.absolute()) if plan.trace_file is not None else None,
        )

        def mark() -> dict[str, Any]:
            if shard is None:
                return {}
            return shard.mark(
                schema_keys=(*keys.of_shards(), *(each.digest for each in plan.schemas if is_case(each))),
                threads=settings.threads,
                with_content=has_content,
            )

        def summary_told() -> dict[str, Any]:
            report.seconds = time.monotonic() - started_s
            report.add_counts(take_counts())
            cpu.stop(report, inline=settings.is_inline)
            return {**summary(plan, report, jobs, started_at), **mark()}

        def write() -> None:
            with span("copy state", "run"):
                state.settle()
            with span("write results", "run"):
                write_results(plan.output, counted(plan, manifest, report, shard), summary_told)

        report.workers = jobs
        executor = make_executor(spec, jobs=jobs)
        try:
            breaker = Breaker(plan.settings.stop_after_failures)
            if plan.follow:
                doing = partial(do_files, plan, manifest, executor, observer, report, stop, None, breaker, state)
                _follow(plan, manifest, observer, stop, doing, write)
            else:
                streamed = None if has_cases(plan.schemas) else _streamed(plan.output, manifest)
                do_files(plan, manifest, executor, observer, report, stop, streamed, breaker, state)
        except BaseException:
            executor.close(at_once=True)
            raise
        with span("end workers", "run"):
            executor.close()
        report.stopped_by = stop.signal
        report.seconds = time.monotonic() - started_s
        if report.stopped_by is None:
            write()
            report.is_whole = True
    return report


def _open_manifest(plan: RunPlan, keys: RunKeys) -> Manifest:
    return Manifest(
        plan.output.state_folder,
        keys=keys,
        max_attempts=plan.settings.max_attempts,
        sync_every=plan.settings.sync_every,
        retried=plan.retried,
        is_new_listing=plan.is_listed_anew,
        command=plan.command,
    )


def _follow(
    plan: RunPlan,
    manifest: Manifest,
    observer: Observer,
    stop: StopRequest,
    doing: Callable[[Iterator[SourceFile], Callable[[SourceFile, WorkResult], None]], None],
    write: Callable[[], None],
) -> None:
    def take_up(files: Sequence[SourceFile]) -> list[SourceFile]:
        manifest.list_inputs(files)
        manifest.recognise(hashes_of)
        manifest.choose_members(plan.selection.choice)
        wanted = [file for file in files if manifest.is_pending(file)]
        observer.added(files=len(wanted))
        return wanted

    def was_done(file: SourceFile, result: WorkResult) -> None:
        drops.was_done(file, result)
        if plan.output.is_stdout:
            _print_results(manifest, file.path)
        else:
            writing.was_done()

    settings = plan.settings
    drops = Drops(
        lambda: filter(plan.selection.looks_into, own_left_out(plan)),
        take_up=take_up,
        withdraw=manifest.leave_out,
        note=observer.note,
        interval_s=settings.follow_interval_s,
        settle_s=settings.follow_settle_s,
        max_attempts=settings.max_attempts,
    )
    writing = Writing((lambda: None) if plan.output.is_stdout else write, write_s=settings.follow_write_s)
    observer.note(f"following, with a look every {settings.follow_interval_s:g} s; a signal (Ctrl-C) ends it politely")
    follow(lambda: doing(drops, was_done), writing, stop)


def do_files(
    plan: RunPlan,
    manifest: Manifest,
    executor: Executor,
    observer: Observer,
    report: RunReport,
    stop: StopRequest,
    streamed: InOrder | None,
    breaker: Breaker,
    state: StateKeeper,
    pending: Iterator[SourceFile] | None = None,
    after: Callable[[SourceFile, WorkResult], None] = lambda file, result: None,
) -> None:
    """Does what there is to do, until there is no more or a signal came.

    Args:
        streamed: told of each file, where results are given away while the run goes on.
        pending: the files to do; asked again after it ended, as long as files are in flight. None: all that the manifest knows of.
        after: called when the records of a file are in the journal.
    """
    pending = pending if pending is not None else manifest.pending(by_path=streamed is not None)
    begun_s: dict[str, float] = {}  # by path; what is in flight
    away_s: dict[str, float] = {}  # by path; what is back and not yet booked
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
            begun_s[file.path] = time.monotonic()
            with span("hand over", "run"):
                executor.start(file)
        is_last = not executor.in_flight
        if is_last:
            finished = breaker.rest()
        else:
            with span("wait", "run"):
                came = executor.wait()
            away_s |= {file.path: time.monotonic() - begun_s.pop(file.path) for file, _ in came}
            finished = breaker.sift(came)
        for file, result in finished:
            was_away_s = away_s.pop(file.path)
            if result.members:
                report.also(result)
                manifest.unpack(file, result.members, sha256=result.sha256)
                if (choice := plan.selection.choice) is not None:
                    manifest.choose_members(choice, parent=file)
                found.extend(members := tuple(manifest.pending(parent=file)))
                observer.added(files=len(members) - 1)
                if streamed is not None:
                    streamed.unpacked(file, members)
                continue
            if plan.selection.is_no_archive_after_all(file, result.status):
                manifest.leave_out(file)
                observer.added(files=-1)
                if streamed is not None:
                    streamed.unpacked(file, ())
                continue
            with span("keep", "run"):
                manifest.add(file, result.lines, sha256=result.sha256)
            report.count(file, result, seconds_away=was_away_s)
            if result.error is not None and result.error.code in _LOST and (trace := writer()) is not None:
                trace.mark(f"lost: {result.error.code}", path=file.path, seconds=round(result.seconds, 3))
            observer.finished(file, status=result.status, seconds=result.seconds, error=result.error)
            if streamed is not None:
                streamed.finished(file)
            after(file, result)
        if is_last:
            return
        state.beat(len(finished))


def _streamed(output: Output, manifest: Manifest) -> InOrder | None:
    """What prints results while the run goes on; None where they are written at its end."""
    return InOrder(partial(_print_results, manifest)) if output.is_stdout else None


def _print_results(manifest: Manifest, path: str) -> None:
    for done in manifest.results(path=path):
        print_line(done.line)


def counted(plan: RunPlan, manifest: Manifest, report: RunReport, shard: ShardOfRun | None = None) -> Iterator[Done]:
    """The results of the run, in order; each is counted and shown to whoever the plan names on its way."""
    report.counts.clear()  # a watch writes its results many times
    report.failed_members = 0
    is_printed = plan.output.is_stdout and has_cases(plan.schemas)
    for done in results_with_cases(manifest, plan.schemas, plan.settings.case_folders):
        if done.is_member:
            report.failed_members += 1
            yield done
            continue
        report.counts[done.status] += 1
        if is_printed:
            print_line(done.line)
        if shard is not None:
            shard.read(done)
        for reader in plan.readers:
            reader(done)
        yield done


def forget(state_folder: Path) -> None:
    """Removes what an earlier run left, the lock apart."""
    for name in (*MANIFEST_FILES, JOURNAL):
        (state_folder / name).unlink(missing_ok=True)
