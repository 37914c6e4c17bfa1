"""Which pictures of a folder are copies of one another, by their fingerprints and by what is written on them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Chosen after a look at 230 photographs and their copies: different ones were 86 bits apart and more (`bench/pictures.py`).
SAME_BITS = 24
"""Of 256: scaled, compressed anew, made grey, brighter or darker."""
NEAR_BITS = 64
"""Cut by a fiftieth at each side, or marked in a corner."""
_SAME_WORDS = 0.8
"""Likeness of what is written on two pictures that are copies; two receipts of one shop have the same look and other words."""
_LEAST_LETTERS = 12
"""Written on both before words are compared."""
_SAME_NUMBERS, _MANY_NUMBERS = 0.8, 10
"""Share of words with a digit that two papers have in common, where both have many; read again at two thirds of the size, receipts
kept 0.72 to 1, and two of one shop had 0.48 to 0.74."""
_SURE, _NEARLY_SURE = 0.99, 0.95
_AT_ONCE = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """A picture by what copies of it share."""

    path: str
    fingerprint: str
    """As `mmi_cli.pictures.fingerprint` makes it."""
    pixels: int = 0
    sharpness: float = 0.0
    text: str = ""
    """What is written on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """A copy and the picture to keep."""

    path: str
    of: str
    how: str
    """`same picture` or `nearly the same picture`."""
    likeness: float
    """Bits in common as a share; 1 where all are."""
    confidence: float


def copies_among(pictures: Sequence[Marked]) -> tuple[Likeness, ...]:
    """Copies by path. Of pictures that are copies of one another the largest is kept, then the sharpest, then the first by path."""
    known = [each for each in pictures if _bits_of(each.fingerprint) is not None]
    leader = list(range(len(known)))

    def find(number: int) -> int:
        while leader[number] != number:
            leader[number] = leader[leader[number]]
            number = leader[number]
        return number

    for one, other in _near(known):
        if _say_the_same(known[one].text, known[other].text):
            first, second = find(one), find(other)
            leader[max(first, second)] = min(first, second)
    groups: dict[int, list[Marked]] = {}
    for number, each in enumerate(known):
        groups.setdefault(find(number), []).append(each)
    out = []
    for group in groups.values():
        kept = min(group, key=lambda each: (-each.pixels, -each.sharpness, each.path))
        out += [_likeness(each, kept) for each in group if each is not kept]
    return tuple(sorted(out, key=lambda each: each.path))


def _likeness(copy: Marked, kept: Marked) -> Likeness:
    apart = (int(copy.fingerprint, 16) ^ int(kept.fingerprint, 16)).bit_count()
    is_same = apart <= SAME_BITS
    return Likeness(
        path=copy.path,
        of=kept.path,
        how="same picture" if is_same else "nearly the same picture",
        likeness=round(1 - apart / (4 * len(kept.fingerprint)), 4),
        confidence=_SURE if is_same else _NEARLY_SURE,
    )


def _near(pictures: Sequence[Marked]) -> list[tuple[int, int]]:
    """Pairs whose fingerprints are no further apart than `NEAR_BITS`, nearest first."""
    import numpy as np

    if len(pictures) < 2:
        return []
    marks = np.stack([bits for each in pictures if (bits := _bits_of(each.fingerprint)) is not None])
    found: list[tuple[int, int, int]] = []
    for first in range(0, len(marks), _AT_ONCE):
        apart = np.bitwise_count(marks[first : first + _AT_ONCE, None] ^ marks[None]).sum(axis=-1, dtype=np.int64)
        for row, column in np.argwhere(apart <= NEAR_BITS).tolist():
            if first + row < column:
                found.append((int(apart[row, column]), first + row, column))
    return [(one, other) for _, one, other in sorted(found)]


def _bits_of(fingerprint: str) -> NDArray[np.uint64] | None:
    import numpy as np

    try:
        data = bytes.fromhex(fingerprint)
    except ValueError:
        return None
    return np.frombuffer(data, "<u8") if len(data) == 32 else None


def _say_the_same(one: str, other: str) -> bool:
    """Whether nothing written speaks against two pictures being copies; a small copy may show no letters at all."""
    from rapidfuzz import fuzz

    letters = [sum(map(str.isalnum, each)) for each in (one, other)]
    if min(letters) < _LEAST_LETTERS:
        return True
    numbers = [Counter(word for word in each.split() if any(map(str.isdigit, word))) for each in (one, other)]
    fewest = min(each.total() for each in numbers)
    if fewest >= _MANY_NUMBERS and (numbers[0] & numbers[1]).total() < _SAME_NUMBERS * fewest:
        return False
    return fuzz.token_sort_ratio(one.casefold(), other.casefold()) / 100 >= _SAME_WORDS
