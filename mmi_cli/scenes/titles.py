"""Titles on the screen: the large, short lines of a slide or title card."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from .time_line import Shown, TimeLine

_LEAST_HEIGHT = 0.042
"""Of the height of the frame: captions and tickers are smaller."""
_LARGER = 1.12
"""Than the next lines; where all are of one size the topmost is the title."""
_MOST_WORDS, _LEAST_LETTERS = 10, 4
_LEAST_SCORE = 0.85
_LETTERS_SHARE = 0.6
_WORD = re.compile(r"[^\W\d_]{2,}")
_NO_TITLE = re.compile(r"©|\(c\)|copyright|all rights reserved|www\.|https?:|@|\.(?:com|org|net)\b", re.IGNORECASE)
_RIM = " \"'“”‘’´`.,;:-–—_|*·"
"""What the reader makes of a frame, a shadow or a trade mark sign at the rim of a title."""


class Title(NamedTuple):
    """A line, or two of one size, one below the other."""

    frame_s: float
    text: str
    first: int
    """Index of its first word in `Content.words`."""
    last: int
    height: float
    """Of its letters, as a share of the frame's."""


def titles_of(line: TimeLine) -> Iterator[Title]:
    """The title of each key frame that shows one, in order of time."""
    if line.frame_size is None:
        return
    height = line.frame_size[1]
    for frame_s, shown in groupby(line.shown, key=lambda each: each.frame_s):
        lines = [each for each in shown if each.score >= _LEAST_SCORE and _may_be_title(line, each)]
        if not lines:
            continue
        tallest = max(_height(each) for each in lines)
        if tallest < _LEAST_HEIGHT * height:
            continue
        large = [each for each in lines if _height(each) * _LARGER >= tallest]
        first = min(large, key=lambda each: each.box[1])
        last = next((each for each in large if each.first == first.last and _is_below(first, each)), first)
        text = " ".join(line.content.text_of(first.first, last.last).split()).strip(_RIM)
        if len(text.split()) <= _MOST_WORDS:
            yield Title(frame_s, text, first.first, last.last, tallest / height)


def _may_be_title(line: TimeLine, shown: Shown) -> bool:
    text = line.content.text_of(shown.first, shown.last)
    letters = sum(character.isalpha() for character in text)
    return (
        letters >= _LEAST_LETTERS
        and letters >= _LETTERS_SHARE * sum(not character.isspace() for character in text)
        and _WORD.search(text) is not None
        and _NO_TITLE.search(text) is None
        and len(text.split()) <= _MOST_WORDS
    )


def _height(shown: Shown) -> float:
    return shown.box[3] - shown.box[1]


def _is_below(first: Shown, second: Shown) -> bool:
    gap = second.box[1] - first.box[3]
    return -0.3 * _height(first) <= gap <= 0.6 * _height(first)
