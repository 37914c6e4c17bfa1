"""Lets the words that are expected settle what a recogniser misheard, and never what was not said.

Whisper takes expected words as a prompt, and a prompt changes more than those words: it makes the decoder go on after the end of speech
with words of the list, or with thanks for watching. So a recording is decoded twice, without and with them. What is heard without them
stands; a word of it gives way only where the other decoding has an expected word that sounds like it (`dark rose`, `dark roast`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ..sounding import likeness, sound_of

_PROMPT_CHARACTERS = 600
"""Of the list shown to the decoder: Whisper reads 223 tokens, of about three characters in rare words."""
_LEAST_LIKENESS = 0.65
"""Half the sounds of a short word may differ (ice, iced), but not what it is built on (house, iced)."""
_BAND = 24
"""Words by which two decodings of one stretch may be out of step."""
_LEFT_ALONE = 1.0
_ADDED = 0.5
_UNALIKE = 1.5
"""What it costs to leave a heard word without a partner, to add one, and to pair words that have no sound in common."""
_MOVES = ((1, 1), (1, 2), (2, 1), (2, 2), (1, 3), (3, 1))


class Edit(NamedTuple):
    """Words [first, last) of what was heard give way to words [new_first, new_last) of the other decoding."""

    first: int
    last: int
    new_first: int
    new_last: int


def prompt_of(hotwords: Sequence[str]) -> str | None:
    """The list as the decoder is shown it: the first ones, as many as it can take; None without any."""
    kept: list[str] = []
    length = 0
    for hotword in hotwords:
        length += len(hotword) + 2
        if length > _PROMPT_CHARACTERS:
            break
        kept.append(hotword)
    return ", ".join(kept) or None


def expected_words(hotwords: Sequence[str]) -> frozenset[str]:
    """The single words of the list, in lower case without marks."""
    return frozenset(word for hotword in hotwords for word in _bare(hotword).split())


def edits(heard: Sequence[str], suggested: Sequence[str], expected: frozenset[str]) -> list[Edit]:
    """Where an expected word stands in for what was heard, in order, apart from each other.

    Args:
        heard: words decoded without the list.
        suggested: words decoded with it.
        expected: see `expected_words`.
    """
    own, other = [_bare(word) for word in heard], [_bare(word) for word in suggested]
    return [
        edit
        for at, end, other_at, other_end in _differing(own, other)
        for edit in _pairs(own[at:end], other[other_at:other_end], at, other_at)
        if _is_settled(own[edit.first : edit.last], other[edit.new_first : edit.new_last], expected)
    ]


def _differing(own: list[str], other: list[str]) -> Iterator[tuple[int, int, int, int]]:
    """Stretches in which the two differ word by word; those with a single equal word between them are one."""
    from rapidfuzz.distance import Levenshtein

    found: list[tuple[int, int, int, int]] = []
    for edit in Levenshtein.opcodes(own, other):
        if edit.tag != "equal":
            begin = edit.src_start, edit.dest_start
            if found and edit.src_start - found[-1][1] <= 1:
                begin = found[-1][0], found[-1][2]
                found.pop()
            found.append((begin[0], edit.src_end, begin[1], edit.dest_end))
    yield from (stretch for stretch in found if stretch[0] < stretch[1] and stretch[2] < stretch[3])


def _is_settled(own: list[str], other: list[str], expected: frozenset[str]) -> bool:
    heard, said = [word for part in own for word in part.split()], [word for part in other for word in part.split()]
    if heard == said or not said or set(heard) <= expected or not set(said) <= expected:
        return False
    # A number is a number in digits and in words; neither is put in the other's place, nor a word in that of digits.
    if "".join(map(sound_of, heard)) == "".join(map(sound_of, said)) and any(word.isdecimal() for word in heard):
        return False
    return likeness(" ".join(heard), " ".join(said)) >= _LEAST_LIKENESS


def _pairs(own: Sequence[str], other: Sequence[str], first: int, new_first: int) -> list[Edit]:
    """Runs of one to three words that stand for each other, by the cheapest alignment in sounds; words without a partner are left out.

    Args:
        first, new_first: where the two stretches begin.
    """
    best: dict[tuple[int, int], tuple[float, tuple[int, int] | None]] = {(0, 0): (0.0, None)}
    for i in range(len(own) + 1):
        for j in range(max(0, i - _BAND), min(len(other), i + _BAND) + 1):
            if (i, j) == (0, 0):
                continue
            options = [
                (best[before][0] + cost, before)
                for before, cost in (((i - 1, j), _LEFT_ALONE), ((i, j - 1), _ADDED))
                if before in best
            ]
            for left, right in _MOVES:
                before = (i - left, j - right)
                if before in best:
                    cost = _cost(" ".join(own[before[0] : i]), " ".join(other[before[1] : j]))
                    options.append((best[before][0] + cost * (left + right) / 2 + 0.001 * (left + right - 2), before))
            best[(i, j)] = min(options, default=(float("inf"), None))
    # The decoder that talked on adds words at the end, and they cost nothing there.
    ends = [place for place in best if place[0] == len(own)]
    at = min(ends, key=lambda place: best[place][0], default=(0, 0))
    out: list[Edit] = []
    while (came_from := best[at][1]) is not None:
        if came_from[0] < at[0] and came_from[1] < at[1]:
            out.append(Edit(first + came_from[0], first + at[0], new_first + came_from[1], new_first + at[1]))
        at = came_from
    return out[::-1]


def _cost(own: str, other: str) -> float:
    return 0.0 if own == other else _UNALIKE * (1 - likeness(own, other))


def _bare(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", text.casefold().replace("'", "").replace("’", "")))
