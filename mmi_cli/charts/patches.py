"""Pieces of one flat colour: rectangles that may be bars, small ones that may be swatches or points."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ..datamodel.figure import Box
from .ink import Ink, components
from .texts import Text

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MOST_PIECES = 1500
"""Of one colour; more are no chart's."""
_MOST_LOOKS = 60_000
"""Pairs of pieces of one colour that are compared, for pieces of one bar; beyond, the rest stays apart."""
_SOLID = 0.84
"""Share of its box that a rectangle fills, rounded corners and printed numbers allowed for."""
_LEAST_OWN = 0.3
"""Share of its box that shows its own colour, where the rest is text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """A connected piece of one colour."""

    colour: int
    """Index in `Ink.colours`."""
    box: Box
    """Edges in pixels: x1 and y1 are behind the last column and row."""
    area: int
    fill: float
    """Share of the box that it covers, text on it counted as covered."""

    @property
    def width(self) -> float:
        return self.box[2] - self.box[0]

    @property
    def height(self) -> float:
        return self.box[3] - self.box[1]

    @property
    def is_rectangle(self) -> bool:
        return self.fill >= _SOLID


def find_patches(ink: Ink, texts: Sequence[Text], *, least_area: int = 6) -> list[Patch]:
    """All pieces of the flat colours, with the pieces of one bar that a number or a grid line cuts put together."""
    covered = np.zeros(ink.distance.shape, bool)
    for text in texts:
        x0, y0, x1, y1 = (round(v) for v in text.box)
        covered[max(y0, 0) : y1, max(x0, 0) : x1] = True
    sums = np.pad(covered.astype(np.int32).cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    found: list[Patch] = []
    for index, colour in enumerate(ink.colours):
        mask = ink.mask(colour)
        _, stats = components(mask)
        if len(stats) > _MOST_PIECES:
            continue
        pieces = []
        for x, y, width, height, area in stats[1:].tolist():
            if area < least_area:
                continue
            pieces.append(((x, y, x + width, y + height), area))
        for box, area in _joined(pieces, covered, ink.distance <= 10):
            x0, y0, x1, y1 = box
            # What text covers and is not of the colour counts as the colour: numbers stand on bars.
            text_share = (sums[y1, x1] - sums[y0, x1] - sums[y1, x0] + sums[y0, x0]) - int(
                (mask[y0:y1, x0:x1] & covered[y0:y1, x0:x1]).sum()
            )
            fill = min(1.0, (area + int(text_share)) / ((x1 - x0) * (y1 - y0)))
            if area < _LEAST_OWN * (x1 - x0) * (y1 - y0):
                fill = area / ((x1 - x0) * (y1 - y0))  # specks between letters are no bar with a label on it
            if fill < _SOLID and (core := _without_fringe(mask[y0:y1, x0:x1])) is not None:
                top, bottom, left, right = core
                x0, y0, x1, y1 = x0 + left, y0 + top, x0 + right, y0 + bottom
                area, fill = int(mask[y0:y1, x0:x1].sum()), float(mask[y0:y1, x0:x1].mean())
            found.append(Patch(colour=index, box=(float(x0), float(y0), float(x1), float(y1)), area=area, fill=fill))
    return found


def _without_fringe(mask: NDArray[np.bool_]) -> tuple[int, int, int, int] | None:
    """(top, bottom, left, right) of a rectangle whose edge is ragged by a pixel, as where a neighbour's blurred edge has its colour."""
    height, width = mask.shape
    if min(height, width) < 4:
        return None
    rows, columns = np.flatnonzero(mask.mean(axis=1) > 0.55), np.flatnonzero(mask.mean(axis=0) > 0.55)
    if not len(rows) or not len(columns):
        return None
    top, bottom, left, right = int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1
    if max(top, height - bottom, left, width - right) > 1:
        return None
    is_both_ways = max(top, height - bottom) > 0 and max(left, width - right) > 0  # a disk is ragged so, too
    return (
        (top, bottom, left, right)
        if mask[top:bottom, left:right].mean() >= (0.99 if is_both_ways else _SOLID)
        else None
    )


def _joined(
    pieces: list[tuple[tuple[int, int, int, int], int]], covered: NDArray[np.bool_], ground: NDArray[np.bool_]
) -> list[tuple[tuple[int, int, int, int], int]]:
    """Pieces of equal width above each other (or of equal height side by side) that only a thin line or text parts."""
    pieces = sorted(pieces)
    changed = len(pieces) <= 120
    looks = 0
    while changed and looks < _MOST_LOOKS:
        changed = False
        for i, (a, area_a) in enumerate(pieces):
            for j in range(i + 1, len(pieces)):
                b, area_b = pieces[j]
                looks += 1
                upright = abs(a[0] - b[0]) <= 1 and abs(a[2] - b[2]) <= 1 and a[2] - a[0] >= 4
                level = abs(a[1] - b[1]) <= 1 and abs(a[3] - b[3]) <= 1 and a[3] - a[1] >= 4
                if not upright and not level:
                    continue
                gap = max(a[1], b[1]) - min(a[3], b[3]) if upright else max(a[0], b[0]) - min(a[2], b[2])
                longer = max(a[3] - a[1], b[3] - b[1]) if upright else max(a[2] - a[0], b[2] - b[0])
                box = (min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3]))
                if gap <= 0 or gap > longer * 4 + 40 or not _is_cut(covered, ground, a, b, upright, gap):
                    continue
                pieces[i] = (box, area_a + area_b)
                del pieces[j]
                changed = True
                break
            if changed:
                break
    return pieces


def _is_cut(
    covered: NDArray[np.bool_], ground: NDArray[np.bool_], a: Sequence[int], b: Sequence[int], upright: bool, gap: int
) -> bool:
    """What parts two pieces is text or a line drawn over them, not the ground between two bars."""
    if upright:
        place = (slice(min(a[3], b[3]), max(a[1], b[1])), slice(max(a[0], b[0]), min(a[2], b[2])))
    else:
        place = (slice(max(a[1], b[1]), min(a[3], b[3])), slice(min(a[2], b[2]), max(a[0], b[0])))
    if gap <= 2 and not float(ground[place].mean()) > 0.4:
        return True
    return bool(covered[place].any(axis=1 if upright else 0).mean() > 0.8)


def split_stairs(patch: Patch, mask: NDArray[np.bool_]) -> list[Patch]:
    """The bars of a piece whose bars touch: where the edge of the piece goes in steps, each step is one.

    `mask`: pixels of its colour. A piece without steps is returned alone.
    """
    x0, y0, x1, y1 = (int(v) for v in patch.box)
    part = mask[y0:y1, x0:x1]
    for upright in (True, False):
        across = part if upright else part.T[:, ::1]
        first = np.where(across.any(axis=0), across.argmax(axis=0), -1)
        last = np.where(across.any(axis=0), across.shape[0] - across[::-1].argmax(axis=0), -1)
        flat_side = last if np.ptp(last) <= 2 else None
        profile = first
        if flat_side is None and not upright and np.ptp(first) <= 2:
            profile = last
        elif flat_side is None:
            continue
        runs = _runs(profile)
        if len(runs) < 2 or len(runs) > 60 or not _are_steps(runs, profile):
            continue
        bars = []
        for start, end in runs:
            low, high = int(np.median(first[start:end])), int(np.median(last[start:end]))
            box = (
                (float(x0 + start), float(y0 + low), float(x0 + end), float(y0 + high))
                if upright
                else (float(x0 + low), float(y0 + start), float(x0 + high), float(y0 + end))
            )
            area = int(across[low:high, start:end].sum())
            size = max(1, (high - low) * (end - start))
            bars.append(replace(patch, box=box, area=area, fill=min(1.0, area / size + (1 - patch.fill) * 0)))
        if all(bar.is_rectangle for bar in bars):
            return bars
    return [patch]


def _are_steps(runs: Sequence[tuple[int, int]], profile: NDArray[np.intp]) -> bool:
    """Stairs of bars are equally wide and not shallow, as a slope is that is drawn in pixels."""
    widths = sorted(end - start for start, end in runs)
    usual = widths[len(widths) // 2]
    even = all(abs(w / usual - round(w / usual)) <= max(0.15, 1.5 / usual) and w >= 0.8 * usual for w in widths)
    rises = [
        abs(int(profile[(b[0] + b[1]) // 2]) - int(profile[(a[0] + a[1]) // 2])) for a, b in itertools.pairwise(runs)
    ]
    return usual >= 4 and even and (sorted(rises)[len(rises) // 2] >= 4 or usual >= 14)


def _runs(profile: NDArray[np.intp]) -> list[tuple[int, int]]:
    """Stretches over which an edge stays where it is, within a pixel."""
    runs: list[tuple[int, int]] = []
    start = 0
    for at in range(1, len(profile) + 1):
        if at == len(profile) or abs(int(profile[at]) - int(profile[start])) > 1:
            runs.append((start, at))
            start = at
    merged: list[tuple[int, int]] = []
    for run in runs:
        if run[1] - run[0] <= 1 and merged:
            merged[-1] = (merged[-1][0], run[1])
        else:
            merged.append(run)
    return merged
