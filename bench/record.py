"""Keeps a benchmark's numbers with the machine, the versions and the data they were measured on, and compares with the last ones."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).resolve().parent / "results"
DATA = Path(os.environ.get("MMI_BENCH_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))


def machine() -> dict[str, Any]:
    """Processor, cores, memory, system and Python."""
    cpu = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    return {
        "cpu": cpu,
        "cores": len(os.sched_getaffinity(0)),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1),
        "system": platform.platform(),
        "python": platform.python_version(),
    }


def versions(names: Iterable[str]) -> dict[str, str]:
    """Installed versions of distributions; those not installed are left out."""
    found = {}
    for name in names:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def save(name: str, numbers: dict[str, Any], *, data: str, packages: Iterable[str]) -> Path:
    """Writes `bench/results/<name>.json` and prints how each number moved since the last time.

    Args:
        data: what was measured on, in words.
        packages: distributions whose versions decide the numbers.
    """
    path = RESULTS / f"{name}.json"
    before = json.loads(path.read_text("utf-8")).get("numbers", {}) if path.is_file() else {}
    for key, value in numbers.items():
        old = before.get(key)
        if isinstance(value, int | float) and isinstance(old, int | float) and old:
            print(f"{key}: {value} (last time {old}, {100 * (value - old) / old:+.1f} %)")
    RESULTS.mkdir(exist_ok=True)
    kept = {
        "measured_at": datetime.now(UTC).isoformat(timespec="minutes"),
        "machine": machine(),
        "versions": versions(packages),
        "data": data,
        "numbers": numbers,
    }
    path.write_text(json.dumps(kept, indent=2, ensure_ascii=False) + "\n", "utf-8")
    return path
