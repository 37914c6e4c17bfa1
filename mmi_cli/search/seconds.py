"""The second at which a word of a question is said in a turn that was found: a turn may go on for a minute, a player should not."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from .index import FoundItem
from .keywords import words_of

SAID = "said_s"
"""Key of a place under which the index keeps when each word of a turn begins; never part of an answer."""
AT = "at_s"
"""Key of a place of an answer: when the words of the question are said."""
_TOGETHER = 12
"""Words that are said in one breath."""


def at_the_word(item: FoundItem, wanted: Collection[str]) -> FoundItem:
    """The item with the second at which most of the wanted words are said; as it is where none of them is, or it is not spoken.

    Args:
        wanted: words of the question as `words_of` gives them.
    """
    starts = item.place.get(SAID)
    if starts is None:
        return item
    place = {key: value for key, value in item.place.items() if key != SAID}
    words = item.text.split()
    if len(words) == len(starts):
        found = [(number, set(words_of(word)) & set(wanted)) for number, word in enumerate(words)]
        found = [(number, held) for number, held in found if held]
        if found:
            best = max(found, key=lambda one: (_held(found, one[0]), -one[0]))
            place[AT] = starts[best[0]]
    return replace(item, place=place)


def _held(found: list[tuple[int, set[str]]], first: int) -> int:
    return len({word for number, held in found if first <= number < first + _TOGETHER for word in held})
