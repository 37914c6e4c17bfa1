"""Round marks of any colour and size: disks, rings and bubbles, on an error bar too; and those that were read as the letter o."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import cv2
import numpy as np

from ..datamodel.figure import Box
from .ink import Ink
from .points import Dot
from .texts import Text

if TYPE_CHECKING:
    from numpy.typing import NDArray

_CLEAR = 40
"""Difference from the ground from which a pixel is drawn on."""
_LEAST_PX = 4
_ROUND = 0.74
"""Share that an outline fills of the circle around its box."""
_MOST_BLOBS = 400
_ONE_COLOUR = 48
"""Largest difference of a channel: small rings are pale."""
_RING = re.compile(r"^[oO0QDC°○◦。•●@&8]+$")
_RING_BEFORE = re.compile(r"^([oO0Q°○◦•●])(?: +(?=\S)|(?=[A-Z]))")


def without_rings(texts: Sequence[Text], ticks: Sequence[Text], ink: Ink, plot: Box) -> tuple[Text, ...]:
    """Texts without the rings and disks in the plot that were read as an `o`, alone or before a label.

    Args:
        ticks: texts that are numbers of a scale, which stay.
    """
    kept: list[Text] = []
    scale = {id(text) for text in ticks}
    for text in texts:
        inside = plot[0] <= text.x <= plot[2] and plot[1] <= text.y <= plot[3]
        if id(text) in scale or text.turned or not inside:
            kept.append(text)
        elif _RING.match(text.text) and _is_ring(ink, text.box):
            continue
        elif (match := _RING_BEFORE.match(text.text)) and (end := _ring_end(ink, text.box)) is not None:
            kept.append(text._replace(text=text.text[match.end() :], box=(end, *text.box[1:])))
        else:
            kept.append(text)
    return tuple(kept)


def _is_ring(ink: Ink, box: Box) -> bool:
    """All that stands in a box is round."""
    found = _outlines(_part(ink, box, 2))
    return bool(found) and all(_is_round(outline) for outline in found)


def _ring_end(ink: Ink, box: Box) -> float | None:
    """Column behind the round thing at the left end of a box, where the rest is of another colour; None without one."""
    height = box[3] - box[1]
    part = _part(ink, (box[0], box[1], box[0] + height, box[3]), 2)
    found = sorted(_outlines(part), key=lambda outline: cv2.boundingRect(outline)[0])
    if not found or not _is_round(found[0]):
        return None
    x, y, w, h = cv2.boundingRect(found[0])
    left, top = max(0, int(box[0]) - 2), max(0, int(box[1]) - 2)
    mine = ink.pixels[top + y : top + y + h, left + x : left + x + w]
    rest = ink.pixels[top : int(box[3]), left + x + w + 1 : int(box[2])]
    return float(left + x + w + 1) if _strongest(mine, ink) - _strongest(rest, ink) > 24 else None


def _strongest(pixels: NDArray[np.int16], ink: Ink) -> float:
    """How colourful its darkest pixels are."""
    if not pixels.size:
        return 0.0
    flat = pixels.reshape(-1, 3)
    away = np.abs(flat - ink.ground).max(axis=1)
    strong = flat[away >= 0.8 * max(int(away.max()), 1)]
    return float(np.median(strong.max(axis=1) - strong.min(axis=1)))


def _part(ink: Ink, box: Box, pad: int) -> NDArray[np.uint8]:
    x0, y0, x1, y1 = (int(v) for v in box)
    return np.asarray(ink.distance[max(y0 - pad, 0) : y1 + pad, max(x0 - pad, 0) : x1 + pad] > _CLEAR).astype(np.uint8)


def _outlines(mask: NDArray[np.uint8]) -> list[NDArray[np.int32]]:
    if not mask.size:
        return []
    found, _ = cv2.findContours(np.ascontiguousarray(mask), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return [np.asarray(outline, np.int32) for outline in found if len(outline) >= 6]


def _is_round(outline: NDArray[np.int32]) -> bool:
    _, _, w, h = cv2.boundingRect(outline)
    if min(w, h) < _LEAST_PX or abs(w - h) > max(1.0, 0.18 * max(w, h)):
        return False
    # Outlines run through the middles of pixels: half a pixel is added all around.
    area = cv2.contourArea(outline) + 0.5 * len(outline)
    circle = np.pi / 4 * w * h
    return bool(_ROUND * circle <= area <= 1.17 * circle)


def round_blobs(ink: Ink, plot: Box, texts: Sequence[Text], swatches: Sequence[Box]) -> list[Dot]:
    """Round marks in a plot, and half or more of all that is drawn there beside axes, grids, thin lines and text; none else."""
    x0, y0, x1, y1 = (max(0, int(v)) for v in plot)
    drawn = ink.distance > _CLEAR
    for box in [*(text.box for text in texts), *swatches]:
        drawn[max(int(box[1]) - 1, 0) : int(box[3]) + 2, max(int(box[0]) - 1, 0) : int(box[2]) + 2] = False
    part = np.ascontiguousarray(drawn[y0:y1, x0:x1]).astype(np.uint8)
    if not part.size:
        return []
    rows, columns = _thin(part.mean(axis=1) > 0.5), _thin(part.mean(axis=0) > 0.5)
    if rows.mean() < 0.3:
        part[rows] = 0
    if columns.mean() < 0.3:
        part[:, columns] = 0
    outlines = _outlines(part)
    if len(outlines) > 4 * _MOST_BLOBS:
        return []
    most = 0.25 * max(x1 - x0, y1 - y0)
    filled = np.zeros_like(part)
    for outline in outlines:
        _, _, w, h = cv2.boundingRect(outline)
        if max(w, h) <= most or cv2.contourArea(outline) < 0.1 * w * h:
            cv2.drawContours(filled, [outline], -1, 1, cv2.FILLED)
    filled = np.asarray(cv2.morphologyEx(filled, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)), np.uint8)
    dots: list[Dot] = []
    others = 0
    for outline in _outlines(filled):
        x, y, w, h = cv2.boundingRect(outline)
        if max(w, h) > most or max(w, h) < _LEAST_PX:
            others += max(w, h) > most
            continue
        if _is_round(outline):
            box = (float(x0 + x), float(y0 + y), float(x0 + x + w), float(y0 + y + h))
            dots.append(Dot((box[0] + box[2]) / 2, (box[1] + box[3]) / 2, box, is_split=False))
        else:
            others += 1
    return dots if len(dots) <= _MOST_BLOBS and len(dots) > others else []


def _thin(drawn: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Stretches of at most three: a line, not a row of disks."""
    wide = (
        cv2.morphologyEx(drawn.astype(np.uint8).reshape(1, -1), cv2.MORPH_OPEN, np.ones((1, 4), np.uint8)).reshape(-1)
        > 0
    )
    return np.asarray(drawn & ~wide)


def by_colour(dots: Sequence[Dot], ink: Ink) -> list[tuple[tuple[int, int, int], list[Dot]]]:
    """Marks of one colour together, by what is darkest or brightest in the box of each."""
    groups: list[tuple[tuple[int, int, int], list[Dot]]] = []
    for dot in dots:
        x0, y0, x1, y1 = (int(v) for v in dot.box)
        part = ink.pixels[y0:y1, x0:x1].reshape(-1, 3)
        away = ink.distance[y0:y1, x0:x1].reshape(-1)
        red, green, blue = np.median(part[away >= 0.85 * int(away.max())], axis=0)
        colour = (int(red), int(green), int(blue))
        near = [
            group for group in groups if max(abs(a - b) for a, b in zip(group[0], colour, strict=True)) <= _ONE_COLOUR
        ]
        if near:
            near[0][1].append(dot)
        else:
            groups.append((colour, [dot]))
    return groups
