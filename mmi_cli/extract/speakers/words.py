"""Who says each word: the turns as they were heard, and that people take turns between sentences rather than within them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ...engines.interface import SpokenWord
from .turns import Turn

# A word outside every turn is of the speaker whose turn is nearest, if it is as near as this.
_NEAR_S = 1.0
_LEAST_SHARED_S = 0.05
# What speaks against another speaker for one word, in seconds of his turn, so that nothing is impossible.
_DOUBT_S = 0.05
# What a change of speakers costs, as the logarithm of a probability: within a phrase, after a comma, after a pause or a sentence.
_WITHIN, _AFTER_COMMA, _AFTER_PAUSE = 3.0, 2.0, 0.5
_PAUSE_S = 0.4
_SENTENCE_END = (".", "?", "!", "…", "。", "？", "！")


def speakers_of_words(words: Sequence[SpokenWord], turns: Sequence[Turn]) -> list[int]:
    """The person of each word.

    Args:
        words: by start, with times of the whole recording.
        turns: by start; at least one.
    """
    if not words:
        return []
    people = max(turn.person for turn in turns) + 1
    costs = [_costs(word, near, people) for word, near in zip(words, _near(words, turns), strict=True)]
    best, chosen = costs[0], []
    for at in range(1, len(words)):
        change = _change_cost(words[at - 1], words[at])
        cheapest = min(range(people), key=lambda person: best[person])
        from_whom = [person if best[person] <= best[cheapest] + change else cheapest for person in range(people)]
        best = [
            best[before] + (change if before != person else 0.0) + costs[at][person]
            for person, before in enumerate(from_whom)
        ]
        chosen.append(from_whom)
    who = [min(range(people), key=lambda person: best[person])]
    for from_whom in reversed(chosen):
        who.append(from_whom[who[-1]])
    return who[::-1]


def _near(words: Sequence[SpokenWord], turns: Sequence[Turn]) -> list[list[Turn]]:
    """The turns that lie near each word."""
    longest_s = max(turn.end_s - turn.start_s for turn in turns)
    first, found = 0, []
    for word in words:
        while first < len(turns) and turns[first].start_s + longest_s < word.start_s - _NEAR_S:
            first += 1
        near = []
        for turn in turns[first:]:
            if turn.start_s > word.end_s + _NEAR_S:
                break
            if turn.end_s >= word.start_s - _NEAR_S:
                near.append(turn)
        found.append(near)
    return found


def _costs(word: SpokenWord, near: Sequence[Turn], people: int) -> list[float]:
    """Negative logarithm of how likely each person says a word."""
    shared = [_DOUBT_S] * people
    for turn in near:
        shared[turn.person] += max(0.0, min(turn.end_s, word.end_s) - max(turn.start_s, word.start_s))
    if near and max(shared) < _DOUBT_S + _LEAST_SHARED_S:
        closest = min(near, key=lambda turn: max(turn.start_s - word.end_s, word.start_s - turn.end_s))
        shared[closest.person] += _LEAST_SHARED_S
    total = sum(shared)
    return [-math.log(seconds / total) for seconds in shared]


def _change_cost(word: SpokenWord, following: SpokenWord) -> float:
    if word.text.endswith(_SENTENCE_END) or following.start_s - word.end_s >= _PAUSE_S:
        return _AFTER_PAUSE
    return _AFTER_COMMA if word.text.endswith((",", "、", ";", ":", "-", "–")) else _WITHIN
