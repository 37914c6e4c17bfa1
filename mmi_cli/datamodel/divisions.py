"""Ways to divide a recording into segments, as a schema or a flag names them."""

from __future__ import annotations

import math
import re

BY_CONTENT = ("shot", "scene", "chapter")
WAYS = (*BY_CONTENT, "minute", "30s")
"""The last one for any length: `90s`, `2 min`."""
_LENGTH = re.compile(r"(\d+(?:\.\d+)?)\s*(s|sec|seconds?|m|min|minutes?)")
_SHORTEST_S = 1.0


def length_of(way: str) -> float | None:
    """Seconds of `minute`, `30s`, `1.5 min`; None of a way that goes by content.

    Raises:
        ValueError: no way to divide a recording.
    """
    if way == "minute":
        return 60.0
    if way in BY_CONTENT:
        return None
    match = _LENGTH.fullmatch(way.strip().casefold())
    if match is None:
        raise ValueError(f"{way!r} is no way to divide a recording; write one of {', '.join(WAYS)}")
    seconds = float(match[1]) * (60 if match[2].startswith("m") else 1)
    if not math.isfinite(seconds) or seconds < _SHORTEST_S:
        raise ValueError(f"{way!r} is too short; a segment has {_SHORTEST_S:g} s at least")
    return seconds
