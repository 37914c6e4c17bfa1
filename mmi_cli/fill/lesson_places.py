"""The places of a file that can hold a field's value, wide enough to learn from: typed values, pieces of segments, runs of lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from ..datamodel.record import Scalar
from ..datamodel.schema import Field
from .alignment import locate
from .candidates import candidate_kinds
from .proposals import Proposal
from .reading import Reading
from .segments import Segment
from .truths import key_of
from .values import read_value

_FIRST_SEGMENTS, _LAST_SEGMENTS = 300, 60
_FIRST_TYPED, _LAST_TYPED = 400, 200
_HEAD_LINES = 60
_MAX_VALUE_CHARS = 160
_MAX_KNOWN = 300
_MOST_STARTS, _MOST_CUTS, _MOST_WORDS = 6, 4, 6
_MAX_PHRASE = 3
_WORD = re.compile(r"\S+")
_PLAIN = re.compile(r"[^\W_]+|#")
_COLON = re.compile(r"[:=#]\s+(?=\S)")
_TAIL = re.compile(r"\s+(?=[(\[])|[,;]\s")


class Spot(NamedTuple):
    """A span that can be the value."""

    start: int
    end: int
    value: Scalar
    key: str
    """Of the value: the same for all its writings."""
    origin: int
    """`GENERAL`: found whatever the labels say. `KNOWN`: because another file has this value. `LINES`: several lines."""
    other: Proposal | None
    """What a finder that needs no labels says of the very span."""
    is_ambiguous: bool


GENERAL, KNOWN, LINES = 0, 1, 2


def phrases_of(text: str) -> list[str]:
    """The first one, two and three words, without case, signs and numbers."""
    words = [word for word in plain_words(text)[:_MAX_PHRASE] if not word.isdecimal()]
    return [" ".join(words[:count]) for count in range(1, len(words) + 1)]


def plain_words(text: str) -> list[str]:
    """Words without case and signs; `#` is a word."""
    return [word.casefold() for word in _PLAIN.findall(text)]


def opening_phrases(reading: Reading) -> set[str]:
    """Phrases that segments of a file begin with."""
    return {phrase for segment in _ends_of(reading.segments.all) for phrase in phrases_of(segment.text)}


def spots_of(
    reading: Reading,
    field: Field,
    others: Sequence[Proposal],
    *,
    openings: frozenset[str],
    known: Iterable[str],
    most_lines: int,
) -> list[Spot]:
    """Every place that can hold the value, by start and end.

    Args:
        others: what the finders that need no labels say.
        openings: phrases that segments begin with in several files; inside a segment they may begin another label.
        known: values of the labelled files, as they are written.
        most_lines: lines that a value may go over.
    """
    found: dict[tuple[int, int], tuple[int, Proposal | None]] = {}
    for other in others:
        found.setdefault((other.start, other.end), (GENERAL, other))
    for start, end in _typed(reading, field):
        found.setdefault((start, end), (GENERAL, None))
    if field.type == "string":
        for segment in _ends_of(reading.segments.all):
            for span in _pieces(reading.content.text, segment, openings):
                found.setdefault(span, (GENERAL, None))
        for text in list(known)[:_MAX_KNOWN]:
            for place in locate(reading.index, text, limit=4):
                found.setdefault((place.start, place.end), (KNOWN, None))
        for span in _runs_of_lines(reading, most_lines):
            found.setdefault(span, (LINES, None))
    out = []
    for (start, end), (origin, proposal) in sorted(found.items()):
        read = read_value(reading.content.text[start:end], field, reading.hints)
        if read is not None and read.value not in (None, ""):
            out.append(Spot(start, end, read.value, key_of(read.value), origin, proposal, read.is_ambiguous))
    return out


def _typed(reading: Reading, field: Field) -> Iterator[tuple[int, int]]:
    candidates = reading.candidates(candidate_kinds(field))
    if len(candidates) > _FIRST_TYPED + _LAST_TYPED:
        candidates = (*candidates[:_FIRST_TYPED], *candidates[-_LAST_TYPED:])
    for candidate in candidates:
        yield candidate.start, candidate.end


def _ends_of(segments: Sequence[Segment]) -> Sequence[Segment]:
    """What a value is looked for in of a long file: its beginning and its end."""
    if len(segments) <= _FIRST_SEGMENTS + _LAST_SEGMENTS:
        return segments
    return (*segments[:_FIRST_SEGMENTS], *segments[-_LAST_SEGMENTS:])


def _pieces(text: str, segment: Segment, openings: frozenset[str]) -> Iterator[tuple[int, int]]:
    """The whole segment, what stands between its labels, colons and brackets, and each code in it."""
    words = [(segment.start + word.start(), segment.start + word.end()) for word in _WORD.finditer(segment.text)]
    starts = [segment.start, *(segment.start + match.end() for match in _COLON.finditer(segment.text))]
    ends = [segment.start + match.start() for match in _TAIL.finditer(segment.text)]
    for at in range(len(words)):
        if length := _opening_at(text, words, at, openings):
            if at:
                ends.append(words[at - 1][1])
            if at + length < len(words):
                starts.append(words[at + length][0])
    for start in sorted(set(starts))[:_MOST_STARTS]:
        cuts = sorted({end for end in ends if end > start})[:_MOST_CUTS]
        if start > segment.start:  # behind a label the value may be a few words long, and no label need follow
            cuts += [end for begin, end in words if begin >= start][:_MOST_WORDS]
        for end in dict.fromkeys((segment.end, *cuts)):
            if (span := _stripped(text, start, end)) is not None:
                yield span
    for start, end in words:
        if any(character.isdecimal() for character in text[start:end]) and (span := _stripped(text, start, end)):
            yield span


def _stripped(text: str, start: int, end: int) -> tuple[int, int] | None:
    end = start + len(text[start:end].rstrip(" \t,;:|"))
    return (start, end) if start < end <= start + _MAX_VALUE_CHARS else None


def _opening_at(text: str, words: Sequence[tuple[int, int]], at: int, openings: frozenset[str]) -> int:
    """Words of the longest known opening that stands here."""
    for count in range(min(_MAX_PHRASE, len(words) - at), 0, -1):
        phrase = " ".join(plain_words(text[words[at][0] : words[at + count - 1][1]]))
        if phrase in openings:
            return count
    return 0


def _runs_of_lines(reading: Reading, most_lines: int) -> Iterator[tuple[int, int]]:
    lines = reading.lines[:_HEAD_LINES]
    for first, line in enumerate(lines):
        for last in range(first + 1, min(first + most_lines, len(lines))):
            if lines[last].page != line.page:
                break
            yield line.start, lines[last].end
