"""Finds and reads times of day: 14:32, 2:32 PM, 14h30, 8 p.m., 14.30 Uhr."""

from __future__ import annotations

import re
from typing import NamedTuple

from .dates import find_dates
from .locale_hints import LocaleHints


class TimeInText(NamedTuple):
    """A time of day and where it stands."""

    start: int
    end: int
    iso: str
    """`14:32:00`."""


_HALF = r"\ ?(?P<half{0}>[ap])(?:m|\.\ ?m)\b\.?"
_LETTER = r"\d_A-Za-z\u00c0-\u1fff"
"""Digits, and letters of scripts that part words by spaces."""
_AFTERNOON = re.compile(r"(?:午後|下午|晚上|오후|夜) ?$")
_TIME = re.compile(
    rf"""(?<![{_LETTER}])(?<!\d[.,:])(?:
        (?P<hour1>\d{{1,2}})\ ?:\ ?(?P<minute1>[0-5]\d)(?:\ ?:\ ?(?P<second1>[0-5]\d)(?:[.,]\d{{1,6}})?)?(?:{_HALF.format(1)})?
      | (?P<hour2>\d{{1,2}})(?:\.(?P<minute2>[0-5]\d))?{_HALF.format(2)}
      | (?P<hour3>\d{{1,2}})\ ?h\ ?(?P<minute3>[0-5]\d)?(?!\w)(?!\ ?\d)
      | (?P<hour5>\d{{1,2}})\ ?[時时点點시]\ ?(?:(?P<minute5>[0-5]?\d)\ ?[分분](?:\ ?(?P<second5>[0-5]?\d)\ ?[秒초])?)?
      | (?P<hour4>\d{{1,2}})(?:[.:](?P<minute4>[0-5]\d))?\ ?Uhr\b
    )(?!:?\d)""",
    re.VERBOSE | re.IGNORECASE,
)
_GLUED = re.compile(r"T?(?P<hour>\d\d):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))?")


def find_times(text: str, date_ends: frozenset[int] = frozenset()) -> list[TimeInText]:
    """Every time of day in a text, by start.

    Args:
        date_ends: offsets at which a date ends, where a time may follow without a space (`2018-03-05T14:32`, `12/08/201714:32`).
    """
    out: list[TimeInText] = []
    for match in _TIME.finditer(text):
        part = {name.rstrip("12345"): value for name, value in match.groupdict().items() if value is not None}
        if match["hour5"] and _AFTERNOON.search(text[max(0, match.start() - 3) : match.start()]):
            part["half"] = "p"
        iso = _iso(part["hour"], part.get("minute", "0"), part.get("second"), part.get("half"))
        if iso is not None:
            out.append(TimeInText(match.start(), match.end(), iso))
    for end in date_ends:
        glued = _GLUED.match(text, end)
        iso = _iso(glued["hour"], glued["minute"], glued["second"], None) if glued else None
        if glued is not None and iso is not None:
            out.append(TimeInText(glued.start("hour"), glued.end(), iso))
    return sorted(set(out))


def parse_time(text: str) -> str | None:
    """The one time of day that stands in `text`, as `14:32:00`."""
    ends = frozenset(date.end for date in find_dates(text, LocaleHints()))
    found = {time.iso for time in find_times(text, ends)}
    if not found and (
        match := re.fullmatch(r"\s*(?P<hour>[01]\d|2[0-3])(?P<minute>[0-5]\d)\s*(?:hrs?|h|Uhr)?\s*", text)
    ):
        return _iso(match["hour"], match["minute"], None, None)
    return found.pop() if len(found) == 1 else None


def _iso(hour: str, minute: str, second: str | None, half: str | None) -> str | None:
    hours = int(hour)
    if half:
        if not 1 <= hours <= 12 and not (12 < hours < 24 and half.lower() == "p"):
            return None
        hours = hours % 12 + (12 if half.lower() == "p" else 0) if hours <= 12 else hours
    if hours > 23:
        return None
    return f"{hours:02}:{int(minute):02}:{int(second or 0):02}"
