"""Chapters as players and video sites read them: WebVTT, a list with times, FFmpeg metadata."""

from __future__ import annotations

import re

from ..datamodel.timed_text import vtt_text, vtt_time
from .asset import Asset, Chapter

_SHORTEST_S = 10.0
"""YouTube takes no list with a shorter chapter."""
_SPECIAL = re.compile(r"([=;#\\\n])")


def to_chapters(asset: Asset) -> str:
    """WebVTT whose cues are chapters, for `<track kind="chapters">`."""
    cues = [
        f"{each.number}\n{vtt_time(each.start_s)} --> {vtt_time(max(each.end_s, each.start_s + 0.001))}\n{vtt_text(each.title)}"
        for each in asset.chapters
    ]
    return "\n\n".join(["WEBVTT", *cues]) + "\n"


def to_chapter_list(asset: Asset) -> str:
    """`0:00 Title`, one a line, as under a video on YouTube: from 0:00, none shorter than 10 s; what is, joins the one before it."""
    kept: list[Chapter] = []
    for each in asset.chapters:
        if not kept or _is_long_enough(kept[-1], each, asset):
            kept.append(each)
    long = bool(asset.chapters) and asset.chapters[-1].end_s >= 3600
    lines = (f"{_clock(each.start_s if number else 0.0, long=long)} {each.title}" for number, each in enumerate(kept))
    return "".join(f"{line}\n" for line in lines)


def to_ffmetadata(asset: Asset) -> str:
    """`;FFMETADATA1` with title, description and chapters: `ffmpeg -i video -i this -map_metadata 1 -codec copy out.mp4`."""
    lines = [";FFMETADATA1"]
    lines += [
        f"{name}={_escaped(text)}" for name, text in (("title", asset.title), ("comment", asset.description)) if text
    ]
    for each in asset.chapters:
        start, end = round(each.start_s * 1000), max(round(each.end_s * 1000), round(each.start_s * 1000) + 1)
        lines += ["", "[CHAPTER]", "TIMEBASE=1/1000", f"START={start}", f"END={end}", f"title={_escaped(each.title)}"]
    return "\n".join(lines) + "\n"


def _is_long_enough(before: Chapter, each: Chapter, asset: Asset) -> bool:
    ends_at_s = asset.duration_s if asset.duration_s is not None else each.end_s
    return each.start_s - before.start_s >= _SHORTEST_S and ends_at_s - each.start_s >= _SHORTEST_S


def _clock(seconds: float, *, long: bool) -> str:
    whole = int(seconds)
    minutes = f"{whole // 60 % 60:02d}" if long else f"{whole // 60}"
    return f"{whole // 3600}:{minutes}:{whole % 60:02d}" if long else f"{minutes}:{whole % 60:02d}"


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)
