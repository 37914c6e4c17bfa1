"""Pies whose slices differ in radius: the slices are found from the point where their colours meet."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from .ink import Ink, components
from .pies import Disk, Slice, at_angles, runs_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LEAST_COLOURS = 3
_LEAST_SIDE = 36
_MEET = 4.0
"""Pixels from the middle at which every colour is found."""
_CLOSED = 0.84
"""Share of a circle around the middle that is of the colours; the edges between slices are of none."""
_OPENS = 0.035
_SOLID = 0.8
"""Share of its sector that a slice fills."""
_STEPS = 1440


def find_rose(ink: Ink) -> Disk | None:
    """The largest piece of at least three colours that all meet in one point and fill sectors around it; None without one."""
    height, width = ink.distance.shape
    _, stats = components(np.asarray(ink.distance > 12))
    if len(stats) < 2:
        return None
    index = int(stats[1:, 4].argmax()) + 1
    x, y, w, h, _ = stats[index].tolist()
    if min(w, h) < _LEAST_SIDE or w * h < 0.03 * width * height or not 0.5 < w / h < 2.0:
        return None
    if float((ink.distance[y : y + h, x : x + w] > 12).mean()) < 0.25:
        return None
    part = ink.pixels[y : y + h, x : x + w]
    masks = _masks(part, ink.colours)
    if len(masks) < _LEAST_COLOURS:
        return None
    farthest = np.max([cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, 3) for _, mask in masks], axis=0)
    row, column = divmod(int(farthest.argmin()), w)
    if farthest[row, column] > _MEET:
        return None
    return _slices(ink, [colour for colour, _ in masks], x + column + 0.5, y + row + 0.5, float(np.hypot(w, h)))


def _masks(
    part: NDArray[np.int16], colours: tuple[tuple[int, int, int], ...]
) -> list[tuple[tuple[int, int, int], NDArray[np.bool_]]]:
    """Pixels of each colour that is seen at all, of twelve at most."""
    found = []
    for colour in colours[:12]:
        mask = np.asarray(np.abs(part - np.array(colour, np.int16)).max(axis=2) <= 14)
        if mask.sum() >= 40:
            found.append((colour, mask))
    return found


def _slices(ink: Ink, colours: list[tuple[int, int, int]], x: float, y: float, most: float) -> Disk | None:
    turns = (np.arange(_STEPS) + 0.5) / _STEPS * 2 * np.pi
    radii = np.arange(3.0, most, 1.0)
    table = np.array(colours, np.int16)
    seen = np.full((len(radii), _STEPS), -1, np.int64)
    for number, radius in enumerate(radii):
        rows, columns = at_angles(ink, x, y, turns, float(radius))
        away = np.abs(ink.pixels[rows, columns][:, None, :] - table[None]).max(axis=2)
        best = away.argmin(axis=1)
        seen[number] = np.where(away[np.arange(_STEPS), best] <= 20, best, -1)
    covered = (seen >= 0).mean(axis=1)
    if float(covered[5:8].min()) < _CLOSED:
        return None
    # The smallest slice ends where the circle opens.
    open_ = np.flatnonzero(covered < np.maximum.accumulate(covered) - _OPENS)
    inner = int(open_[open_ > 5][0]) if (open_ > 5).any() else len(covered)
    votes = np.stack([(seen[3:inner] == c).sum(axis=0) for c in range(len(colours))])
    runs = runs_of(np.where(votes.max(axis=0) > 0.5 * (inner - 3), votes.argmax(axis=0), -1))
    if len(runs) < _LEAST_COLOURS or len(runs) > 30:
        return None
    slices = []
    for colour, start, end in runs:
        inside = np.arange(start + 2, end - 2) % _STEPS
        share = (seen[:, inside] == colour).mean(axis=1) if len(inside) else np.zeros(len(radii))
        reach = int(np.flatnonzero(share > 0.5)[-1]) + 1 if (share > 0.5).any() else 0
        if reach < 6 or share[3:reach].mean() < _SOLID:
            return None
        slices.append(
            Slice(colour=colours[colour], start=start / _STEPS, end=end / _STEPS, reach=float(radii[reach - 1]) + 0.5)
        )
    reaches = sorted(s.reach for s in slices)
    if sum(s.end - s.start for s in slices) < 0.9 or reaches[-1] < 1.08 * reaches[0]:
        return None
    return Disk(x=x, y=y, radius=reaches[-1], hole=0.0, slices=tuple(slices))


def by_radius(disk: Disk) -> Disk | None:
    """The pie in which each slice has the share that its radius says, where all angles are one and only the radii differ; None else."""
    turns = [piece.end - piece.start for piece in disk.slices]
    if max(turns) - min(turns) > 0.02:
        return None
    whole = sum(piece.reach for piece in disk.slices)
    return replace(disk, slices=tuple(replace(p, share=p.reach / whole) for p in disk.slices))
