"""`Content` → WebVTT and SubRip: what is said, when, and by whom."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from .content import Content, TimeSpan

# A cue must end after it starts; readers drop one that does not.
_SHORTEST_CUE_S = 0.001


class Cue(NamedTuple):
    """An utterance with its times."""

    start_s: float
    end_s: float
    speaker: str | None
    text: str
    """Lines joined by a newline; no empty ones."""


def cues(content: Content) -> Iterator[Cue]:
    """Every utterance of the content, in its order."""
    for block in content.blocks:
        if block.kind != "utterance":
            continue
        places = [word.place for word in content.words[block.first : block.last] if isinstance(word.place, TimeSpan)]
        if not places:
            continue
        start_s = min(place.start_s for place in places)
        end_s = max(max(place.end_s for place in places), start_s + _SHORTEST_CUE_S)
        yield Cue(start_s, end_s, places[0].speaker, content.text_of(block.first, block.last))


def to_vtt(content: Content) -> str:
    """WebVTT with `<v Speaker 1>`; without speech its head alone."""
    parts = ["WEBVTT"]
    for cue in cues(content):
        voice = f"<v {vtt_text(cue.speaker)}>" if cue.speaker else ""
        parts.append(f"{_time(cue.start_s, '.')} --> {_time(cue.end_s, '.')}\n{voice}{vtt_text(cue.text)}")
    return "\n\n".join(parts) + "\n"


def to_srt(content: Content) -> str:
    """SubRip, numbered from 1, `Speaker 1: ` before the text; without speech nothing."""
    parts = []
    for number, cue in enumerate(cues(content), start=1):
        voice = f"{cue.speaker}: " if cue.speaker else ""
        # SubRip has no escape: an arrow in the text would look like a timing line.
        text = f"{voice}{cue.text}".replace("-->", "->")
        parts.append(f"{number}\n{_time(cue.start_s, ',')} --> {_time(cue.end_s, ',')}\n{text}\n")
    return "\n".join(parts)


def vtt_text(text: str) -> str:
    """Text of a cue, on one line or several, that no reader takes for a tag."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def vtt_time(seconds: float) -> str:
    """`00:01:02.345`."""
    return _time(seconds, ".")


def _time(seconds: float, point: str) -> str:
    """`00:01:02.345`."""
    thousandths = round(seconds * 1000)
    whole, thousandths = divmod(thousandths, 1000)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}{point}{thousandths:03d}"
