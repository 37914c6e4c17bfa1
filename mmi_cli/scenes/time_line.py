"""A content with times, ordered: what is said, written, seen and heard, and when."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from ..datamodel.content import Block, Box, Content, FrameBox, Shot, Sound, TimeSpan
from ..datamodel.figure import Figure


class Said(NamedTuple):
    """An utterance."""

    start_s: float
    end_s: float
    speaker: str | None
    first: int
    """Index of its first word in `Content.words`."""
    last: int
    """Index after its last word."""


class Shown(NamedTuple):
    """A line of text on a key frame."""

    frame_s: float
    box: Box
    """Hull of its words, pixels of the frame."""
    first: int
    last: int
    score: float
    """Mean of the reader's own, in [0, 1]."""


class Segment(NamedTuple):
    """A stretch of a recording; segments follow one another without gaps."""

    number: int
    """From 1."""
    start_s: float
    end_s: float

    @property
    def length_s(self) -> float:
        return self.end_s - self.start_s

    def holds(self, time_s: float) -> bool:
        return self.start_s <= time_s < self.end_s


@dataclass(frozen=True)
class TimeLine:
    """Everything of a content that has a time, each kind in order of time."""

    content: Content

    @cached_property
    def said(self) -> tuple[Said, ...]:
        timed = ((block, _times(self.content, block)) for block in self.content.blocks if block.kind == "utterance")
        found = (
            Said(
                min(each.start_s for each in times),
                max(each.end_s for each in times),
                times[0].speaker,
                block.first,
                block.last,
            )
            for block, times in timed
            if times
        )
        return tuple(sorted(found))

    @cached_property
    def shown(self) -> tuple[Shown, ...]:
        return tuple(
            line for block in self.content.blocks if block.kind == "on_screen_text" for line in self._lines(block)
        )

    @cached_property
    def frames(self) -> tuple[Figure, ...]:
        """Key frames, with what is seen on them."""
        timed = (figure for figure in self.content.figures if figure.frame_s is not None)
        return tuple(sorted(timed, key=lambda figure: figure.frame_s or 0.0))

    @property
    def shots(self) -> tuple[Shot, ...]:
        return self.content.media.shots if self.content.media is not None else ()

    @property
    def sounds(self) -> tuple[Sound, ...]:
        return self.content.media.sounds if self.content.media is not None else ()

    @cached_property
    def end_s(self) -> float:
        """Of the recording; of a transcript when its last word ends."""
        known = self.content.media.duration_s if self.content.media is not None else 0.0
        return max([known, *(each.end_s for each in self.said)], default=0.0)

    @cached_property
    def frame_size(self) -> tuple[float, float] | None:
        media = self.content.media
        if media is None or media.width is None or media.height is None:
            return None
        return float(media.width), float(media.height)

    def frames_in(self, segment: Segment) -> tuple[Figure, ...]:
        return tuple(figure for figure in self.frames if segment.holds(figure.frame_s or 0.0))

    def shown_in(self, segment: Segment) -> tuple[Shown, ...]:
        return tuple(line for line in self.shown if segment.holds(line.frame_s))

    def words_in(self, segment: Segment) -> tuple[tuple[int, int], ...]:
        """(first, after the last) indices of the runs of words said in it: of each word the middle counts, so that each is in one."""
        runs: list[tuple[int, int]] = []
        for each in self.said:
            if each.end_s < segment.start_s or each.start_s > segment.end_s:
                continue
            inside = [index for index in range(each.first, each.last) if segment.holds(self._middle(index))]
            if inside:
                runs.append((inside[0], inside[-1] + 1))
        return tuple(runs)

    def text_of(self, runs: tuple[tuple[int, int], ...]) -> str:
        return " ".join(" ".join(self.content.text_of(*run).split()) for run in runs)

    def share_of(self, segment: Segment, kind: str) -> float:
        """Of the segment that has sound of a kind, in [0, 1]."""
        seconds = sum(
            max(0.0, min(sound.end_s, segment.end_s) - max(sound.start_s, segment.start_s))
            for sound in self.sounds
            if sound.kind == kind
        )
        return min(1.0, seconds / segment.length_s) if segment.length_s > 0 else 0.0

    def _middle(self, index: int) -> float:
        place = self.content.words[index].place
        return (place.start_s + place.end_s) / 2 if isinstance(place, TimeSpan) else -1.0

    def _lines(self, block: Block) -> Iterator[Shown]:
        words = self.content.words
        first = block.first
        for index in range(block.first + 1, block.last + 1):
            if index < block.last and "\n" not in self._between(index):
                continue
            places = [word.place for word in words[first:index] if isinstance(word.place, FrameBox)]
            scores = [word.score for word in words[first:index] if word.score is not None]
            if places:
                hull = (
                    min(place.box[0] for place in places),
                    min(place.box[1] for place in places),
                    max(place.box[2] for place in places),
                    max(place.box[3] for place in places),
                )
                yield Shown(places[0].frame_s, hull, first, index, sum(scores) / len(scores) if scores else 1.0)
            first = index

    def _between(self, index: int) -> str:
        before = self.content.words[index - 1]
        return self.content.text[before.offset + len(before.text) : self.content.words[index].offset]


def _times(content: Content, block: Block) -> list[TimeSpan]:
    return [word.place for word in content.words[block.first : block.last] if isinstance(word.place, TimeSpan)]


def blocks_of(content: Content, segment: Segment) -> tuple[int, int]:
    """(first, after the last) index of the blocks that begin in a segment; blocks of a recording are in order of time."""
    starts = list(_block_starts(content))
    return bisect_left(starts, segment.start_s), bisect_left(starts, segment.end_s)


def _block_starts(content: Content) -> Iterator[float]:
    """When each block begins; one without a time of its own where the one before it does."""
    shots = iter(content.media.shots if content.media is not None else ())
    figures = {figure.block: figure.frame_s for figure in content.figures}
    time_s = 0.0
    for number, block in enumerate(content.blocks):
        own: float | None = None
        if block.kind == "shot":
            shot = next(shots, None)
            own = shot.start_s if shot is not None else None
        elif number in figures:
            own = figures[number]
        elif block.first < block.last:
            place = content.words[block.first].place
            own = (
                place.start_s if isinstance(place, TimeSpan) else place.frame_s if isinstance(place, FrameBox) else None
            )
        time_s = max(time_s, own if own is not None else time_s)
        yield time_s
