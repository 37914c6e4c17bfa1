"""Evidence in a recording: a stretch of time, a key frame, a run of words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..datamodel.content import Content
from ..datamodel.figure import Figure
from ..datamodel.record import Evidence, MatchKind
from .evidence import evidence_of_span


def of_time(start_s: float, end_s: float, text: str = "") -> tuple[Evidence, ...]:
    return (Evidence(text=text, match="computed", start_s=start_s, end_s=end_s),)


def of_frame(figure: Figure, text: str = "") -> tuple[Evidence, ...]:
    return (Evidence(text=text, match="computed", frame_s=figure.frame_s, box=figure.box),)


def of_words(content: Content, runs: Iterable[Sequence[int]], match: MatchKind = "exact") -> tuple[Evidence, ...]:
    """Args:
    runs: (first, after the last) words.
    """
    out: list[Evidence] = []
    for first, last in runs:
        if first < last:
            end = content.words[last - 1]
            out.extend(evidence_of_span(content, content.words[first].offset, end.offset + len(end.text), match))
    return tuple(out)
