"""`summary.json` of all shards together, from those of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from ...datamodel.record import STATUSES
from .shard_parts import Part
from .shards import MARK

_OF_THE_FIRST = frozenset({"settings", "schemas", "tool", "python"})
_SLOWEST = 10


def merged_summary(parts: Sequence[Part], counts: Counter[str], missing: tuple[int, ...]) -> dict[str, Any]:
    """What the shards counted is added up, peaks are the highest; shares, rates and percentiles, which cannot be, are left out.

    Args:
        counts: records by status.
        missing: numbers of shards that were left out.
    """
    summaries = [{key: value for key, value in part.summary.items() if key != MARK} for part in parts]
    merged = {
        key: value
        for key in summaries[0]
        if (value := _together(key, [each[key] for each in summaries if key in each])) not in (None, {})
    }
    merged["started_at"] = min(str(each.get("started_at")) for each in summaries)
    merged["seconds"] = max(float(each.get("seconds", 0)) for each in summaries)
    merged["records"] = {status: counts.get(status, 0) for status in STATUSES}
    done = merged.get("files", {}).get("done_now", 0)
    merged["files_per_minute"] = round(60 * done / merged["seconds"], 2) if merged["seconds"] else None
    merged["shards"] = [
        {"shard": str(part.shard), "started_at": part.summary.get("started_at"), "seconds": part.summary.get("seconds")}
        for part in parts
    ]
    if missing:
        merged["missing_shards"] = list(missing)
    return merged


def _together(key: str, values: list[Any]) -> Any:
    """None for what cannot be told of all."""
    if key in _OF_THE_FIRST:
        return values[0]
    if key == "slowest":
        return sorted((each for value in values for each in value), key=lambda each: -each["seconds"])[:_SLOWEST]
    if all(isinstance(value, dict) for value in values):
        names = dict.fromkeys(name for value in values for name in value)
        told = {name: _together(name, [value[name] for value in values if name in value]) for name in names}
        if "mean" in told and told.get("count"):
            told["mean"] = round(told["sum"] / told["count"], 5)
        return {name: value for name, value in told.items() if value is not None}
    if key in ("p50", "p95") or "share" in key or "_per_" in key:
        return None
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
        if "peak" in key or "max" in key:
            return max(values)
        return round(sum(values), 5) if any(isinstance(value, float) for value in values) else sum(values)
    return values[0]
