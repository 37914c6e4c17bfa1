"""Says whether a value found in a file is the one that a label names, whatever way the label is written."""

from __future__ import annotations

import re
from typing import Any

from ..datamodel.record import Scalar
from ..datamodel.schema import Field
from .locale_hints import LocaleHints
from .values import normalize

_ALMOST = 0.9
"""Similarity from which a text stands for a label that is nowhere in the file as it is written: labels have slips, too."""
_HALF_CENT = 0.005
_RUNS = re.compile(r"[^\W_]+")
# A label may be written in either order or with either decimal mark.
_READINGS = tuple(LocaleHints(day_first=day, decimal_comma=comma) for day in (True, False) for comma in (False, True))


EXACTLY = 3
"""The best fit."""


class Truth:
    """A labelled value in every way it may be meant."""

    def __init__(self, value: Any, field: Field) -> None:
        self.text = " ".join(str(value).split())
        self._type = field.type
        self._plain = _plain(self.text)
        self.key = key_of(self.text)
        typed = Field(name="truth", type=field.type)
        if isinstance(value, bool | int | float):
            readings: list[Scalar | None] = [value]
        else:
            readings = [normalize(self.text, typed, hints) for hints in _READINGS]
        self._readings = tuple(reading for reading in readings if reading is not None)

    def fit(self, value: Scalar) -> int:
        """How well a value is this one: 3 as it is written, 2 up to signs, 1 up to slips (texts alone), 0 not at all."""
        if self._type == "string":
            return self._fit_of_text(str(value))
        if self._type in ("number", "integer"):
            given = number_of(value)
            others = (number_of(reading) for reading in self._readings)
            return EXACTLY * any(
                given is not None and other is not None and abs(given - other) < _HALF_CENT for other in others
            )
        return EXACTLY * (value in self._readings)

    def _fit_of_text(self, text: str) -> int:
        if _plain(text) == self._plain:
            return EXACTLY
        folded = key_of(text)
        if not folded or not self.key:
            return 0
        if folded == self.key:
            return 2
        if abs(len(folded) - len(self.key)) > 0.2 * len(self.key):
            return 0
        return int(likeness(self.key, folded) >= _ALMOST)


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold().strip(" .,;:")


def likeness(one: str, other: str) -> float:
    """Of two keys, in [0, 1]."""
    from rapidfuzz import fuzz

    return fuzz.ratio(one, other) / 100


def number_of(value: Scalar | None) -> float | None:
    """A value as a number, where it is one."""
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def key_of(value: Scalar) -> str:
    """What two writings of one value have in common: of a text its letters and digits."""
    return "".join(_RUNS.findall(value.casefold())) if isinstance(value, str) else str(value).removesuffix(".0")
