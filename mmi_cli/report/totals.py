"""Records of one schema → what a lead looks at first: means and spreads of numbers, counts of choices, days, most named values."""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Sequence
from typing import Any

from .results import Record

_LEAST_RECORDS = 2
_MOST_CHOICES = 12
_MOST_LISTED = 8
_LONGEST_CHOICE = 40
_MOST_BINS = 10
_MOST_DAYS = 62
_LEAST_CALL_FIELDS = 4
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_DONE = ("ok", "partial")

# What a call-centre lead asks for first, in this order; a schema with some of these fields is one of calls.
_CALLS = {
    "duration_s": "Handle time", "agent_talk_share": "Agent talk share", "silence_share": "Silence",
    "interruptions": "Interruptions a call",
    "agent_response_s": "Answer time", "longest_silence_s": "Longest silence", "longest_monologue_s": "Longest monologue",
    "agent_pace_wpm": "Agent pace", "customer_pace_wpm": "Customer pace", "customer_sentiment_score": "Customer mood score",
}  # fmt: skip
_CALL_CHOICES = ("resolution", "customer_sentiment", "reason_category")
_ORDERED = {
    "resolution": ("resolved", "follow_up", "unresolved"), "customer_sentiment": ("positive", "neutral", "mixed", "negative"),
}  # fmt: skip


def totals(records: Sequence[Record]) -> list[dict[str, Any]]:
    """One entry a schema with at least two filled records, most records first; none where nothing can be counted.

    `{schema, count, is_calls, numbers: [{field, title, unit, n, mean, median, low, high, sum, bins}], choices: [{field, counts, none}],
    days: [{field, counts}], lists: [{field, counts}]}`; a bin is `[low, high, count]`, a count `[value, count]`.
    """
    groups: dict[str, list[Record]] = {}
    for record in records:
        if record.get("status") in _DONE:
            groups.setdefault(str((record.get("schema") or {}).get("name") or ""), []).append(record)
    out = [_of_schema(name, group) for name, group in groups.items() if len(group) >= _LEAST_RECORDS]
    told = [each for each in out if each["numbers"] or each["choices"] or each["days"] or each["lists"]]
    return sorted(told, key=lambda each: (-each["count"], each["schema"]))


def _of_schema(name: str, records: Sequence[Record]) -> dict[str, Any]:
    values: dict[str, list[Any]] = {}
    types: dict[str, str] = {}
    lists: dict[str, Counter[str]] = {}
    for record in records:
        for field, value in record["fields"].items():
            if not isinstance(value, dict):
                continue
            if value.get("type") == "array":
                lists.setdefault(field, Counter()).update(_listed(value.get("value")))
            elif "evidence" in value:
                types.setdefault(field, str(value.get("type")))
                values.setdefault(field, []).append(value.get("value"))
    is_calls = len((_CALLS.keys() | set(_CALL_CHOICES)) & values.keys()) >= _LEAST_CALL_FIELDS
    numbers = [one for field in values if (one := _number(field, types[field], values[field], is_calls)) is not None]
    choices = [one for field in values if (one := _choice(field, types[field], values[field])) is not None]
    if is_calls:
        first = list(_CALLS)
        numbers.sort(key=lambda one: first.index(one["field"]) if one["field"] in _CALLS else len(first))
        choices.sort(
            key=lambda one: _CALL_CHOICES.index(one["field"]) if one["field"] in _CALL_CHOICES else len(_CALL_CHOICES)
        )
    return {
        "schema": name,
        "count": len(records),
        "is_calls": is_calls,
        "numbers": numbers,
        "choices": choices,
        "days": [one for field in values if (one := _days(field, types[field], values[field])) is not None],
        "lists": [
            {"field": field, "counts": [[value, n] for value, n in _most(counts)]}
            for field, counts in lists.items()
            if any(n > 1 for n in counts.values())
        ],
    }


def _listed(items: Any) -> set[str]:
    """The texts of a list, each once a record."""
    if not isinstance(items, list):
        return set()
    found = (item.get("value") for item in items if isinstance(item, dict) and item.get("type") == "string")
    return {value for value in found if isinstance(value, str) and 0 < len(value) <= _LONGEST_CHOICE}


def _most(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:_MOST_LISTED]


def _number(field: str, type_: str, values: Sequence[Any], is_calls: bool) -> dict[str, Any] | None:
    found = sorted(float(v) for v in values if isinstance(v, int | float) and not isinstance(v, bool))
    if type_ not in ("number", "integer") or len(found) < _LEAST_RECORDS:
        return None
    return {
        "field": field,
        "title": _CALLS.get(field, "") if is_calls else "",
        "unit": _unit(field),
        "n": len(found),
        "mean": _plain(statistics.fmean(found)),
        "median": _plain(statistics.median(found)),
        "low": _plain(found[0]),
        "high": _plain(found[-1]),
        "sum": _plain(sum(found)),
        "bins": _bins(found, whole=type_ == "integer"),
    }


def _unit(field: str) -> str:
    """What a number counts, by the end of its name: `duration_s`, `talk_share`, `pace_wpm`."""
    for ending, unit in (("_s", "seconds"), ("_seconds", "seconds"), ("_share", "share"), ("_wpm", "wpm")):
        if field.lower().endswith(ending):
            return unit
    return ""


def _bins(found: Sequence[float], *, whole: bool) -> list[list[float]]:
    """Equal steps from the least to the largest value; every value lies in one of them."""
    low, high = found[0], found[-1]
    if high <= low:
        return [[_plain(low), _plain(high), len(found)]]
    count = min(_MOST_BINS, max(3, round(len(found) ** 0.5) + 2))
    if whole and high - low < _MOST_BINS:
        return [[value, value, found.count(value)] for value in range(int(low), int(high) + 1)]
    step = (high - low) / count
    edges = [_plain(low + step * at) for at in range(count)] + [_plain(high)]
    numbers = [0] * count
    for value in found:
        at = max(index for index in range(count) if edges[index] <= value or index == 0)
        numbers[at] += 1
    return [[edges[at], edges[at + 1], numbers[at]] for at in range(count)]


def _choice(field: str, type_: str, values: Sequence[Any]) -> dict[str, Any] | None:
    """A field whose values come again: yes or no, or a few short texts."""
    found = [str(v).lower() if isinstance(v, bool) else v for v in values if v is not None]
    if type_ not in ("boolean", "string") or not found or not all(isinstance(v, str) for v in found):
        return None
    counts = Counter(found)
    comes_again = field in _CALL_CHOICES or (len(counts) <= _MOST_CHOICES and len(found) >= 1.5 * len(counts))
    if max(map(len, counts)) > _LONGEST_CHOICE or not (type_ == "boolean" or comes_again):
        return None
    order = _ORDERED.get(field)
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    if order is not None and set(counts) <= set(order):
        ranked = [(name, counts[name]) for name in order if name in counts]
    return {"field": field, "counts": [[name, n] for name, n in ranked], "none": len(values) - len(found)}


def _days(field: str, type_: str, values: Sequence[Any]) -> dict[str, Any] | None:
    """A date field by day, or by month where it spans more than two of them."""
    found = [v for v in values if isinstance(v, str) and _DAY.match(v)]
    if type_ != "date" or len(found) < _LEAST_RECORDS:
        return None
    by_day = Counter(v[:10] for v in found)
    counts = by_day if len(by_day) <= _MOST_DAYS else Counter(v[:7] for v in found)
    return {"field": field, "counts": [[day, n] for day, n in sorted(counts.items())][-_MOST_DAYS:]}


def _plain(value: float) -> float:
    """Six digits are enough for eyes."""
    rounded = float(f"{value:.6g}")
    return int(rounded) if rounded.is_integer() else rounded
