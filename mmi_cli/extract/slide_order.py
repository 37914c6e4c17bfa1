"""The order in which the shapes of a slide are read: the title, then bands from top to bottom, left to right in each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, TypeVar

_BAND = 0.03
"""Shapes whose tops lie within this part of the slide's height stand side by side."""

T = TypeVar("T")


class Placed(NamedTuple):
    """Where a shape lies; any unit, the same for all."""

    top: float
    left: float
    is_title: bool = False


def reading_order(shapes: Iterable[tuple[Placed, T]], slide_height: float) -> list[T]:
    """The shapes in reading order; those at the same place keep theirs."""
    titles: list[T] = []
    others: list[tuple[Placed, T]] = []
    for placed, shape in shapes:
        if placed.is_title:
            titles.append(shape)
        else:
            others.append((placed, shape))
    others.sort(key=lambda item: item[0].top)
    ordered: list[tuple[int, float, T]] = []
    band, band_top = 0, float("-inf")
    for placed, shape in others:
        if placed.top > band_top + _BAND * slide_height:
            band, band_top = band + 1, placed.top
        ordered.append((band, placed.left, shape))
    ordered.sort(key=lambda item: item[:2])
    return titles + [shape for _, _, shape in ordered]
