"""What can be told of a place without knowing the value: the words around it, its form, where on the page it stands, how often."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from ..datamodel.schema import Field
from .candidates import candidate_kinds
from .lesson_places import KNOWN, LINES, Spot, plain_words
from .neighbours import Neighbours
from .reading import Reading
from .segments import Segment
from .truths import number_of

Signs = tuple[tuple[str, float], ...]
"""Names of what holds of a place, each with how much, in [0, 1]."""

_WORDS_BEFORE = 3
_WORDS_AROUND = 2
_MAX_SHAPE = 24
_BANDS = 8
"""Parts of a page from top to bottom."""


class SignReader:
    """Reads the signs of places of one file."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._around = Neighbours(reading)
        self._heights = {page.number: page.height for page in reading.content.pages if page.height}
        self._pages = max(self._heights, default=1)

    def signs_of(self, field: Field, spots: Sequence[Spot], *, only: Sequence[int] | None = None) -> list[Signs]:
        """The signs of each place, in their order; or of some of them among all."""
        kinds = candidate_kinds(field)
        at_span: dict[tuple[int, int], set[str]] = {}
        for candidate in self._reading.candidates(kinds):
            at_span.setdefault((candidate.start, candidate.end), set()).add(candidate.detector)
        # Places that only other files' labels led to are no measure: a file must not show its own label through them.
        among = _Among([spot for spot in spots if spot.origin != KNOWN])
        best = max((spot.other.strength for spot in spots if spot.other is not None), default=0.0)
        return [
            (
                *self._words_around(spot),
                *self._form(field, spot),
                *self._place(spot),
                *among.signs(spot),
                *_said_by_others(spot, best),
                *((f"kind {kind}", 1.0) for kind in sorted(at_span.get((spot.start, spot.end), ()))),
            )
            for spot in (spots if only is None else [spots[at] for at in only])
        ]

    def _words_around(self, spot: Spot) -> list[tuple[str, float]]:
        first = self._reading.segments.at(spot.start)
        last = self._reading.segments.at(max(spot.start, spot.end - 1))
        if first is None or last is None:
            return []
        text = self._reading.content.text
        signs: list[str] = []
        before = plain_words(text[first.start : spot.start]) if first.start < spot.start else []
        if before:
            signs += [
                f"before {count} {' '.join(before[-count:])}"
                for count in range(1, _WORDS_BEFORE + 1)
                if len(before) >= count
            ]
            signs.append("inside")
        else:
            signs.append("at start")
            signs += _named("left", self._around.left(first), from_end=True)
        for step, above in enumerate(self._around.above(first)):
            signs += _named(("above", "above that")[step], above)
        after = plain_words(text[spot.end : last.end])
        if after:
            signs.append(f"after {after[0]}")
        else:
            signs.append("to end")
            signs += _named("right", self._around.right(last))[:1]
        signs += _named("below", self._around.below(last))[:1]
        return [(sign, 1.0) for sign in signs]

    def _form(self, field: Field, spot: Spot) -> list[tuple[str, float]]:
        text = self._reading.content.text[spot.start : spot.end]
        signs = [f"lines {text.count(chr(10)) + 1}"]
        if spot.origin == LINES:
            signs.append("run of lines")
        if field.type != "string":
            signs.append(f"shape {shape_of(text, digits=False)}")
            return [(sign, 1.0) for sign in signs]
        words = text.split()
        signs.append(f"words {min(len(words), 12)}")
        if any(character.isdecimal() for character in text):
            signs.append(f"shape {shape_of(text, digits=True)}")
            signs.append(f"form {shape_of(text, digits=False)}")
            if not any(character.isdecimal() for character in words[-1]):
                signs.append("no digit in last word")
        else:
            signs.append("no digits")
        if text.isupper():
            signs.append("capitals")
        signs.append(f"first word {' '.join(plain_words(words[0])[:1])}")
        signs.append(f"last word {' '.join(plain_words(words[-1])[-1:])}")
        signs.append(f"ends in {text[-1] if not text[-1].isalnum() else 'a word'}")
        return [(sign, 1.0) for sign in signs]

    def _place(self, spot: Spot) -> list[tuple[str, float]]:
        segment = self._reading.segments.at(spot.start)
        if segment is None:
            return []
        signs = [f"segment {segment.number}" if segment.number < 6 else f"segment {min(segment.number // 10, 10)}0"]
        if segment.page is not None and segment.box is not None:
            signs.append(
                "page first" if segment.page == 1 else "page last" if segment.page == self._pages else "page middle"
            )
            if height := self._heights.get(segment.page):
                signs.append(f"band {int(_BANDS * max(0.0, min(0.999, segment.box[1] / height)))}")
        return [(sign, 1.0) for sign in signs]


class _Among:
    """What a place is among all places of the field in its file."""

    def __init__(self, spots: Sequence[Spot]) -> None:
        self._count = Counter(spot.key for spot in spots)
        numbers = {number for spot in spots if (number := number_of(spot.value)) is not None}
        self._largest = max(numbers, default=None)
        dates = {spot.value for spot in spots if isinstance(spot.value, str)}
        self._first, self._last = min(dates, default=None), max(dates, default=None)
        self._seen: dict[str, int] = {}
        for spot in spots:
            self._seen.setdefault(spot.key, spot.start)

    def signs(self, spot: Spot) -> list[tuple[str, float]]:
        key = spot.key
        out = [
            (f"times {min(self._count[key], 4)}", 1.0),
            ("first time", float(self._seen.get(key, spot.start) == spot.start)),
        ]
        if self._largest is not None:
            out.append(("largest", float(number_of(spot.value) == self._largest)))
        elif spot.value in (self._first, self._last):
            out.append(("least" if spot.value == self._first else "most", 1.0))
        return [(name, value) for name, value in out if value]


def _said_by_others(spot: Spot, best: float) -> list[tuple[str, float]]:
    """`other …` is how much a finder that needs no labels thinks of the place."""
    if spot.other is None:
        return []
    out = [("other", spot.other.strength), (f"other {spot.other.finder}", 1.0)]
    if spot.other.strength >= best:
        out.append(("other best", 1.0))
    return out


def _named(where: str, segment: Segment | None, *, from_end: bool = False) -> list[str]:
    if segment is None:
        return [f"{where} nothing"]
    words = plain_words(segment.text)
    words = [word if not word.isdecimal() else "0" for word in words]
    few = words[-_WORDS_BEFORE:] if from_end else words[:_WORDS_BEFORE]
    out = [f"{where} {' '.join(few)}"]
    if len(few) > 1:
        out.append(f"{where} {few[-1] if from_end else few[0]}")
    return out


def shape_of(text: str, *, digits: bool) -> str:
    """Letters as `a`, digits as `0`, signs as they are; runs of one kind once, those of digits with their length if `digits`."""
    out = []
    for run in re.finditer(r"[^\W\d_]+|\d+|\s+|[\W_]", text[: 4 * _MAX_SHAPE]):
        piece = run[0]
        if piece[0].isalpha():
            out.append("a")
        elif piece[0].isdecimal():
            out.append("0" * len(piece) if digits else "0")
        else:
            out.append(" " if piece.isspace() else piece)
    return "".join(out)[:_MAX_SHAPE]
