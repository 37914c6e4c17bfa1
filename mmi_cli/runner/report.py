"""What a run did, and `summary.json` that tells it."""

from __future__ import annotations

import platform
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .. import __version__
from ..datamodel.record import STATUSES
from .plan import RunPlan
from .work import WorkResult


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
    is_whole: bool = False
    """The results were written."""
    kept: Counter[str] = field(default_factory=Counter)
    """What caches gave and what had to be made: `contents_kept contents_read answers_kept answers_asked`."""

    def count(self, result: WorkResult) -> None:
        """A file was done."""
        self.files_done += 1
        self.usage.update(dict(result.usage))
        self.kept.update(dict(result.kept))
        self.stage_seconds.update({str(stage): seconds for stage, seconds in result.stage_seconds})
        if result.error is not None:
            self.error_codes[result.error.code] += 1


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
        "caches": {
            name: report.kept[name] for name in ("contents_kept", "contents_read", "answers_kept", "answers_asked")
        },
        "workers": jobs,
        "python": platform.python_version(),
        "settings": shown,
    }
