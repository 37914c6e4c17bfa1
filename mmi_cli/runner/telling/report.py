"""What a run did, and `summary.json` that tells it; docs/summary.md explains each number."""

from __future__ import annotations

import heapq
import platform
import resource
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ... import __version__
from ...datamodel.record import STATUSES
from ...datamodel.source import SourceFile
from ..plan import RunPlan
from ..work import WorkResult
from ..workers.attendance import peak_bytes
from .distribution import Distribution

_SLOWEST = 10
_ENGINES = ("ocr", "speech", "diarization", "embedding", "image_tags", "vision", "language_model")
_CALLED = ("calls", "seconds", "cpu_seconds", "load_calls", "load_seconds", "load_cpu_seconds")
_OF_STAGES = ("storage", "detect", "extract", "fill")
_TOLD_ELSEWHERE = frozenset(
    {"cpu_seconds", "worker.starts", "worker.start_seconds", "worker.start_cpu_seconds", "worker.idle_seconds"}
    | {f"{engine}.{what}" for engine in _ENGINES for what in _CALLED}
    | {f"model.{what}" for what in ("reused_tokens", "read_tokens", "written_tokens", "read_seconds", "write_seconds")}
    | {f"{stage}.cpu_seconds" for stage in _OF_STAGES}
)


@dataclass(slots=True)
class RunReport:
    """What a run did; its size does not depend on the number of files."""

    counts: Counter[str] = field(default_factory=Counter)
    """Records of the output by status."""
    failed_members: int = 0
    """Files that failed and whose case is the result."""
    files_done: int = 0
    files_already_done: int = 0
    bytes_done: int = 0
    by_status: Counter[str] = field(default_factory=Counter)
    """Files done now, by the worst status of their records."""
    by_modality: Counter[str] = field(default_factory=Counter)
    error_codes: Counter[str] = field(default_factory=Counter)
    usage: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    counters: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    peaks: dict[str, float] = field(default_factory=dict)
    file_seconds: Distribution = field(default_factory=Distribution)
    stages: defaultdict[str, Distribution] = field(default_factory=lambda: defaultdict(Distribution))
    handing_over: Distribution = field(default_factory=Distribution)
    """Seconds from when a file was given to the workers to when its result was there, less the work itself."""
    slowest: list[tuple[float, str, str]] = field(default_factory=list)
    """(seconds, path, status), a heap."""
    seconds: float = 0.0
    workers: int = 0
    parent_cpu_seconds: float = 0.0
    worker_cpu_seconds: float = 0.0
    stopped_by: int | None = None
    """Signal that ended the run early."""
    is_whole: bool = False
    """The results were written."""

    def count(self, file: SourceFile, result: WorkResult, *, seconds_away: float) -> None:
        """A file was done.

        Args:
            seconds_away: from its start by the executor to its result.
        """
        self.files_done += 1
        self.bytes_done += file.size_bytes
        self.by_status[result.status] += 1
        self.by_modality[result.modality or "unknown"] += 1
        self.also(result)
        self.file_seconds.add(result.seconds)
        self.handing_over.add(max(0.0, seconds_away - result.seconds))
        for stage, seconds in result.stage_seconds:
            self.stages[stage].add(seconds)
        if result.error is not None:
            self.error_codes[result.error.code] += 1
        slow = (result.seconds, file.path, result.status)
        if len(self.slowest) < _SLOWEST:
            heapq.heappush(self.slowest, slow)
        elif slow > self.slowest[0]:
            heapq.heapreplace(self.slowest, slow)

    def also(self, result: WorkResult) -> None:
        """What a result counted, be it that of a file or of an archive whose members are to come."""
        for name, value in result.usage:
            self.usage[name] += value
        self.add_counts(result.counters)
        for name, value in result.peaks:
            self.peaks[name] = max(self.peaks.get(name, 0.0), value)

    def add_counts(self, counts: tuple[tuple[str, float], ...]) -> None:
        for name, value in counts:
            self.counters[name] += value

    def stage_share(self) -> dict[str, float]:
        """Of the time of all stages, the part of each."""
        total = sum(each.total for each in self.stages.values())
        return {name: each.total / total for name, each in self.stages.items()} if total else {}

    def slowest_first(self) -> list[tuple[float, str, str]]:
        return sorted(self.slowest, reverse=True)


class CpuClock:
    """CPU seconds of this process and of its children since it was made."""

    def __init__(self) -> None:
        self._own, self._children = self._now()

    def stop(self, report: RunReport, *, inline: bool) -> None:
        """Tells a report what was used; of files done in this very process, what they used is that of the workers."""
        own, children = self._now()
        own, children = own - self._own, children - self._children
        in_files = report.counters["cpu_seconds"]
        # Of workers that are not our children, or have not ended yet, only what they told is known.
        told = in_files + report.counters["worker.start_cpu_seconds"]
        report.worker_cpu_seconds = in_files if inline else max(children, told)
        report.parent_cpu_seconds = max(0.0, own + children - in_files) if inline else own

    @staticmethod
    def _now() -> tuple[float, float]:
        own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
        return own.ru_utime + own.ru_stime, children.ru_utime + children.ru_stime


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
        "files": {
            "done_now": report.files_done,
            "done_before": report.files_already_done,
            "by_status": {status: report.by_status.get(status, 0) for status in STATUSES},
            "by_modality": dict(sorted(report.by_modality.items())),
        },
        "files_per_minute": round(60 * report.files_done / report.seconds, 2) if report.seconds else None,
        "errors": dict(sorted(report.error_codes.items())),
        "usage": {name: round(value, 3) for name, value in sorted(report.usage.items())},
        "throughput": _throughput(report),
        "file_seconds": report.file_seconds.to_json(),
        "stages": {
            stage: {**times.to_json(), "cpu_seconds": round(report.counters[f"{stage}.cpu_seconds"], 3)}
            for stage, times in report.stages.items()
        },
        "engines": {engine: told for engine in _ENGINES if (told := _engine(report, engine))},
        "waits": _waits(report, jobs),
        "cpu_seconds": _cpu(report),
        "memory": {
            "run_peak_bytes": peak_bytes(with_children=False),
            "worker_peak_bytes": int(report.peaks.get("worker_memory_bytes", 0)),
        },
        "model": _model(report),
        "cache": _named(report, "cache."),
        "retries": _named(report, "retries."),
        "counters": {
            name: round(value, 3)
            for name, value in sorted(report.counters.items())
            if name not in _TOLD_ELSEWHERE and not name.startswith(("cache.", "retries."))
        },
        "slowest": [
            {"path": path.encode("utf-8", "replace").decode(), "seconds": round(seconds, 3), "status": status}
            for seconds, path, status in report.slowest_first()
        ],
        "workers": jobs,
        "python": platform.python_version(),
        "settings": shown,
    }


def _throughput(report: RunReport) -> dict[str, float | None]:
    """A second of the whole run, start and end included; None of a run that did nothing."""
    usage = report.usage
    amounts = {
        "files": report.files_done,
        "bytes": report.bytes_done,
        "pages": usage["pages"],
        "audio_minutes": usage["audio_seconds"] / 60,
        "model_tokens": usage["model_input_tokens"] + usage["model_output_tokens"],
    }
    return {
        f"{name}_per_second": round(amount / report.seconds, 4) if report.seconds and report.files_done else None
        for name, amount in amounts.items()
    }


def _engine(report: RunReport, engine: str) -> dict[str, float]:
    """Empty for an engine that was never loaded."""
    told = {name: round(report.counters[f"{engine}.{name}"], 3) for name in _CALLED}
    if not any(told.values()):
        return {}
    told["calls"], loads = int(told["calls"]), int(told.pop("load_calls"))
    return {"loads": loads, **told}


def _model(report: RunReport) -> dict[str, float | None]:
    """Tokens, and how many a second the language model read and wrote, where it tells."""
    counters = report.counters

    def rate(tokens: str, seconds: str) -> float | None:
        took = counters.get(f"model.{seconds}", 0.0)
        return round(counters.get(f"model.{tokens}", 0.0) / took, 2) if took else None

    return {
        "input_tokens": int(report.usage["model_input_tokens"]),
        "output_tokens": int(report.usage["model_output_tokens"]),
        "read_tokens": int(counters.get("model.read_tokens", 0)),
        "reused_tokens": int(counters.get("model.reused_tokens", 0)),
        "read_tokens_per_second": rate("read_tokens", "read_seconds"),
        "written_tokens_per_second": rate("written_tokens", "write_seconds"),
    }


def _named(report: RunReport, prefix: str) -> dict[str, float]:
    """The counts whose names begin so, without the beginning."""
    return {
        name.removeprefix(prefix): round(value, 3)
        for name, value in sorted(report.counters.items())
        if name.startswith(prefix)
    }


def _waits(report: RunReport, jobs: int) -> dict[str, Any]:
    counters = report.counters
    offered = jobs * report.seconds
    return {
        "files": report.handing_over.to_json(),
        "workers": {
            "starts": int(counters["worker.starts"]),
            "start_seconds": round(counters["worker.start_seconds"], 3),
            "idle_seconds": round(counters["worker.idle_seconds"], 3),
            "busy_share": round(min(1.0, report.file_seconds.total / offered), 4) if offered else None,
        },
    }


def _cpu(report: RunReport) -> dict[str, float | None]:
    counters = report.counters
    work = sum(counters[f"{stage}.cpu_seconds"] for stage in ("detect", "extract", "fill"))
    total = report.parent_cpu_seconds + report.worker_cpu_seconds
    return {
        "run": round(report.parent_cpu_seconds, 3),
        "workers": round(report.worker_cpu_seconds, 3),
        "worker_starts": round(counters["worker.start_cpu_seconds"], 3),
        "files": round(counters["cpu_seconds"], 3),
        "detect_extract_fill": round(work, 3),
        "engines": round(sum(counters[f"{e}.{w}"] for e in _ENGINES for w in ("cpu_seconds", "load_cpu_seconds")), 3),
        "share_of_work": round(work / total, 4) if total else None,
    }
