"""A recording → segments: its shots, equal lengths of time, or scenes and chapters by what is seen, said, written and heard."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ..datamodel.content import Content
from ..datamodel.divisions import length_of
from ..engines.interface import TextEmbedder
from .borders import Border, find_borders
from .time_line import Segment, TimeLine

_SCENE_GAIN, _CHAPTER_GAIN = 0.55, 0.75
"""What must speak for a border (see `borders`) that begins a scene, or a chapter, of ordinary length."""
_MOST_BORDERS = 800
"""Of a long recording the likeliest are weighed."""


def divide(content: Content, way: str, embedder: TextEmbedder | None = None) -> tuple[Segment, ...]:
    """Segments of a recording or a transcript with times, from 0 to its end, without gaps; none of a content without times.

    Args:
        way: see `mmi_cli.datamodel.divisions`.
        embedder: for what is said; without one a change of topic is not seen.

    Raises:
        ValueError: see `length_of`.
    """
    line = TimeLine(content)
    length_s = length_of(way)
    if line.end_s <= 0:
        return ()
    if length_s is not None:
        starts = [number * length_s for number in range(math.ceil(line.end_s / length_s - 1e-9))]
    elif way == "shot" and line.shots:
        starts = [shot.start_s for shot in line.shots]
    else:
        is_chapter = way == "chapter"
        usual_s = usual_length_s(line.end_s, is_chapter=is_chapter)
        shortest_s = max(10.0, usual_s / 3) if is_chapter else max(2.0, usual_s / 4)
        gain = _CHAPTER_GAIN if is_chapter else _SCENE_GAIN
        starts = _chosen(
            find_borders(line, embedder), line.end_s, usual_s=usual_s, shortest_s=shortest_s, least_gain=gain
        )
    return _segments(starts, line.end_s)


def usual_length_s(duration_s: float, *, is_chapter: bool) -> float:
    """What a segment mostly has: ten minutes fall into scenes of half a minute or chapters of one and a half; an hour into some twenty."""
    if is_chapter:
        return min(max(duration_s / 7, 15.0), 180.0)
    return min(max(duration_s / 20, 5.0), 60.0)


def _segments(starts: Sequence[float], end_s: float) -> tuple[Segment, ...]:
    begun = [0.0, *(start_s for start_s in starts if 0 < start_s < end_s)]
    return tuple(
        Segment(number, round(start_s, 3), round(stop_s, 3))
        for number, (start_s, stop_s) in enumerate(zip(begun, [*begun[1:], end_s], strict=True), start=1)
    )


def _chosen(
    borders: Sequence[Border], end_s: float, *, usual_s: float, shortest_s: float, least_gain: float
) -> list[float]:
    """The borders that together gain most, each at least `shortest_s` from the next; one that comes early must gain more."""
    kept = sorted(sorted(borders, key=lambda border: -border.gain)[:_MOST_BORDERS])
    times = [0.0, *(border.time_s for border in kept)]
    gains = [0.0, *(border.gain for border in kept)]
    best = [0.0] * len(times)
    before = [0] * len(times)
    for at in range(1, len(times)):
        best[at], before[at] = -math.inf, 0
        for other in range(at):
            length_s = times[at] - times[other]
            if length_s < shortest_s or best[other] == -math.inf:
                continue
            price = least_gain * min(2.0, max(0.6, (usual_s / length_s) ** 0.4))
            worth = best[other] + gains[at] - price
            if worth > best[at]:
                best[at], before[at] = worth, other
    last = max(
        (at for at in range(len(times)) if at == 0 or end_s - times[at] >= min(shortest_s, 5.0)),
        key=lambda at: (best[at], -at),
    )
    chosen: list[float] = []
    while last > 0:
        chosen.append(times[last])
        last = before[last]
    return chosen[::-1]
