"""What a person wants to know at the end of a run: what was read, where time went, what was slow."""

from __future__ import annotations

from ..workers.attendance import peak_bytes
from .report import RunReport

_SLOW_S = 1.0
"""A file that took less is not worth naming."""
_NAMED = 3
_LONGEST_NAME = 60


def in_words(report: RunReport) -> list[tuple[str, str]]:
    """(what it is about, words), a few lines; none of a run that did nothing. Names of files stand in them as they are."""
    if not report.files_done:
        return []
    lines = [
        ("read", _amounts(report)),
        ("time", _shares(report)),
        ("model", _model(report)),
        ("slowest", _slowest(report)),
    ]
    lines.append(("memory", _memory(report)))
    return [(title, words) for title, words in lines if words]


def _amounts(report: RunReport) -> str:
    pages, audio_s = int(report.usage["pages"]), report.usage["audio_seconds"]
    size = f"{report.bytes_done / 1e6:,.1f} MB" if report.bytes_done >= 1e5 else f"{report.bytes_done / 1e3:,.1f} kB"
    parts = [size]
    if pages:
        parts.append(f"{pages:,} {'page' if pages == 1 else 'pages'}")
    if audio_s:
        parts.append(f"{audio_s / 60:,.1f} min of audio")
    return ", ".join(parts)


def _shares(report: RunReport) -> str:
    shares = sorted(report.stage_share().items(), key=lambda each: -each[1])
    parts = [f"{stage} {share:.0%}" for stage, share in shares if share >= 0.01]
    if report.workers and report.seconds:
        parts.append(f"workers busy {min(1.0, report.file_seconds.total / report.workers / report.seconds):.0%}")
    return ", ".join(parts)


def _model(report: RunReport) -> str:
    read, written = int(report.usage["model_input_tokens"]), int(report.usage["model_output_tokens"])
    took = report.counters.get("language_model.seconds", 0.0)
    if not read + written:
        return ""
    rate = f", {(read + written) / took:,.0f} tokens/s" if took else ""
    return f"{read:,} tokens in, {written:,} out{rate}"


def _slowest(report: RunReport) -> str:
    slow = [(seconds, path) for seconds, path, _ in report.slowest_first()[:_NAMED] if seconds >= _SLOW_S]
    return ", ".join(
        f"{path if len(path) <= _LONGEST_NAME else '…' + path[-_LONGEST_NAME:]} {seconds:.1f} s"
        for seconds, path in slow
    )


def _memory(report: RunReport) -> str:
    worker = report.peaks.get("worker_memory_bytes", 0.0)
    run = f"{peak_bytes(with_children=False) / 1e6:,.0f} MB"
    return f"{run}, the largest worker {worker / 1e6:,.0f} MB" if worker else run
