"""Pies and rings: a disk of several colours; the share of a slice is its angle."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..datamodel.figure import Box
from .bar_reading import Measured, Table, series_name
from .ink import Ink, components, largest
from .legends import Entry
from .texts import Text, is_percent, number_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

_STEPS = 1440
"""Angles at which a disk is looked at: a quarter of a degree each."""
_LEAST_RADIUS = 18.0
_LEAST_SLICE = 0.004


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    colour: tuple[int, int, int]
    start: float
    end: float
    """Parts of the circle, clockwise from the top; `end` may be beyond 1."""
    reach: float
    """Radius, pixels: it differs between slices where the radius is a value."""
    share: float | None = None
    """Of the whole, where the radius says it and not the angle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    x: float
    y: float
    radius: float
    hole: float
    """Radius of the hole, 0 for a pie."""
    slices: tuple[Slice, ...]


def find_disk(ink: Ink, texts: Sequence[Text]) -> Disk | None:
    """The largest round thing that is made of slices."""
    height, width = ink.distance.shape
    drawn = ink.distance > 12
    for text in texts:
        x0, y0, x1, y1 = (int(v) for v in text.box)
        # Text beside a slice must not join it to anything; text on a slice is filled in from around.
        around = drawn[max(y0 - 2, 0) : y1 + 2, max(x0 - 2, 0) : x1 + 2]
        edge = (
            np.concatenate([around[0], around[-1], around[:, 0], around[:, -1]]) if around.size else np.zeros(1, bool)
        )
        drawn[max(y0, 0) : y1, max(x0, 0) : x1] = float(edge.mean()) > 0.6
    import cv2

    solid = cv2.morphologyEx(drawn.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8)) > 0
    solid = cv2.morphologyEx(solid.astype(np.uint8), cv2.MORPH_OPEN, np.ones((5, 5), np.uint8)) > 0
    labels, stats = components(np.asarray(solid))
    for index in np.argsort(-stats[1:, 4])[:3] + 1:
        x, y, w, h, _area = stats[index].tolist()
        if min(w, h) < 2 * _LEAST_RADIUS or not 0.9 < w / h < 1.11 or w * h < 0.03 * width * height:
            continue
        radius, middle_x, middle_y = (w + h) / 4, x + w / 2, y + h / 2
        if not _is_round(labels == index, middle_x, middle_y, radius):
            continue
        disk = _slices(ink, middle_x, middle_y, radius, texts)
        if disk is not None:
            return disk
    return None


def _is_round(mask: NDArray[np.bool_], x: float, y: float, radius: float) -> bool:
    """Just inside its edge it is drawn all around, just outside nowhere."""
    angles = np.linspace(0, 2 * np.pi, 360, endpoint=False)

    def ring(r: float) -> float:
        rows = np.clip((y - r * np.cos(angles)).astype(int), 0, mask.shape[0] - 1)
        columns = np.clip((x + r * np.sin(angles)).astype(int), 0, mask.shape[1] - 1)
        return float(mask[rows, columns].mean())

    return ring(0.93 * radius) > 0.9 and ring(1.06 * radius + 1.5) < 0.12


def _slices(ink: Ink, x: float, y: float, radius: float, texts: Sequence[Text]) -> Disk | None:
    angles = (np.arange(_STEPS) + 0.5) / _STEPS
    turns = angles * 2 * np.pi
    text_mask = np.zeros(ink.distance.shape, bool)
    for text in texts:
        x0, y0, x1, y1 = (int(v) for v in text.box)
        text_mask[max(y0 - 1, 0) : y1 + 1, max(x0 - 1, 0) : x1 + 1] = True
    is_ground = []
    for part in np.arange(0.05, 0.95, 0.05):
        rows, columns = at_angles(ink, x, y, turns, part * radius)
        is_ground.append(float((ink.distance[rows, columns] <= 12).mean()))
    hole = 0.0
    for part, share in zip(np.arange(0.05, 0.95, 0.05), is_ground, strict=True):
        if share > 0.7:
            hole = float(part) * radius
    if hole > 0.9 * radius:
        return None
    inner = hole + 0.2 * (radius - hole) if hole else 0.45 * radius
    colours = np.array(ink.colours, np.int16)
    if not len(colours):
        return None
    votes = np.zeros((_STEPS, len(colours)), np.int32)
    for r in np.linspace(inner, 0.95 * radius, 14):
        rows, columns = at_angles(ink, x, y, turns, r)
        seen = ink.pixels[rows, columns]
        away = largest(np.abs(seen[:, None, :] - colours[None]))
        best = away.argmin(axis=1)
        good = (away[np.arange(_STEPS), best] <= 26) & ~text_mask[rows, columns]
        votes[np.arange(_STEPS)[good], best[good]] += 1
    winner = np.where(votes.max(axis=1) >= 2, votes.argmax(axis=1), -1)
    runs = runs_of(winner)
    if len(runs) < 2 or len(runs) > 30:
        return None
    slices = tuple(Slice(colour=ink.colours[c], start=a / _STEPS, end=b / _STEPS, reach=radius) for c, a, b in runs)
    covered = sum(s.end - s.start for s in slices)
    if covered < 0.9 or len({s.colour for s in slices}) < 2:
        return None
    return Disk(x=x, y=y, radius=radius, hole=hole, slices=slices)


def at_angles(
    ink: Ink, x: float, y: float, turns: NDArray[np.float64], r: float
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    height, width = ink.distance.shape
    rows = np.clip((y - r * np.cos(turns)).astype(np.intp), 0, height - 1)
    columns = np.clip((x + r * np.sin(turns)).astype(np.intp), 0, width - 1)
    return rows, columns


def runs_of(winner: NDArray[np.int64]) -> list[tuple[int, int, int]]:
    """(colour, first step, step behind the last) around the circle; gaps of a separator are shared by their neighbours."""
    count = len(winner)
    changes = np.flatnonzero(winner != np.roll(winner, 1))
    if not len(changes):
        return []
    runs = []
    for start, end in itertools.pairwise([*changes.tolist(), int(changes[0]) + count]):
        colour = int(winner[start % count])
        if colour >= 0 and end - start >= max(2, _LEAST_SLICE * count):
            runs.append([colour, start, end])
    if not runs:
        return []
    merged = [runs[0]]
    for run in runs[1:]:
        if run[0] == merged[-1][0] and run[1] - merged[-1][2] <= 3:
            merged[-1][2] = run[2]
        else:
            merged.append(run)
    if len(merged) > 1 and merged[0][0] == merged[-1][0] and merged[0][1] + count - merged[-1][2] <= 3:
        merged[-1][2] = merged[0][2] + count
        merged.pop(0)
    for before, after in zip(merged, [*merged[1:], [merged[0][0], merged[0][1] + count, 0]], strict=True):
        gap = after[1] - before[2]
        if 0 < gap <= 40:
            before[2] += gap // 2
            after[1] -= gap - gap // 2
    last_start = merged[0][1]
    if (gap := last_start + count - merged[-1][2]) and 0 < gap <= 40:
        merged[-1][2] += gap // 2
        merged[0][1] -= gap - gap // 2
    return [(run[0], run[1], run[2]) for run in merged]


def read_disk(disk: Disk, texts: Sequence[Text], legend: Sequence[Entry]) -> Table:
    """Names from the legend or from the labels around; values printed, or the share of the whole."""
    legend_texts = {id(entry.text) for entry in legend}
    printed: dict[int, Text] = {}
    names: dict[int, Text] = {}
    near: list[tuple[float, int, Text]] = []
    heights = sorted(text.height for text in texts if not text.turned)
    usual = heights[len(heights) // 2] if heights else 0.0
    for text in texts:
        if id(text) in legend_texts or text.turned:
            continue
        # The corner of a label that is nearest to the middle decides how far away it stands.
        dx = max(text.box[0] - disk.x, 0.0, disk.x - text.box[2])
        dy = max(text.box[1] - disk.y, 0.0, disk.y - text.box[3])
        away = float(np.hypot(dx, dy))
        middle = float(np.hypot(text.x - disk.x, text.y - disk.y))
        is_title = (
            text.box[3] < disk.y - disk.radius
            and abs(text.x - disk.x) < 0.3 * disk.radius
            and text.height > 1.12 * usual
        )
        if away > 1.5 * disk.radius or middle < 0.1 * disk.radius or is_title:
            continue
        angle = (float(np.arctan2(text.x - disk.x, disk.y - text.y)) / (2 * np.pi)) % 1.0
        for index, piece in enumerate(disk.slices):
            turn = angle + 1.0 if angle < piece.start else angle
            if piece.start <= turn <= piece.end:
                off = abs(turn - (piece.start + piece.end) / 2)
                near.append((off + 0.1 * max(0.0, away / disk.radius - 1.2), index, text))
    used_texts = []
    for _, index, text in sorted(near, key=lambda item: item[0]):
        value = number_of(text.text)
        if value is not None and index not in printed:
            printed[index] = text
            used_texts.append(text)
        elif value is None and index not in names:
            words = text.text.split()
            if len(words) > 1 and number_of(words[-1].strip("()")) is not None and is_percent(words[-1].strip("()")):
                printed.setdefault(index, text._replace(text=words[-1].strip("()")))
                text_name = text._replace(text=" ".join(words[:-1]).rstrip(":,"))
                names[index] = text_name
                used_texts.append(text)
                continue
            names[index] = text
            used_texts.append(text)
    shares = [piece.end - piece.start if piece.share is None else piece.share for piece in disk.slices]
    whole = _whole(shares, printed)
    marks = []
    for index, piece in enumerate(disk.slices):
        by_legend = series_name(piece.colour, legend)
        name = by_legend or (names[index].text if index in names else None)
        score = 1.0 if by_legend else names[index].score if index in names else 0.0
        text_printed = printed.get(index)
        value = number_of(text_printed.text) if text_printed else None
        share = shares[index]
        agrees = value is not None and whole is not None and abs(value / whole - share) <= max(0.06 * share, 0.012)
        measured = share * whole if whole else share
        y = value if agrees and value is not None else round(measured, 2 if whole else 4)
        marks.append(
            Measured(
                series=None,
                x=name,
                y=y,
                box=_hull(disk, piece),
                y_text=text_printed.text if agrees and text_printed else None,
                measured=share,
                size_px=share * 2 * np.pi * disk.radius,
                x_score=score,
                text_score=text_printed.score if agrees and text_printed else 0.0,
            )
        )
    return Table(marks=tuple(marks), used=(*used_texts, *(entry.text for entry in legend)))


def _whole(shares: Sequence[float], printed: dict[int, Text]) -> float | None:
    """What all slices are together, from the printed values that are in proportion to their angles."""
    ratios = sorted(v / shares[i] for i, text in printed.items() if (v := number_of(text.text)) and shares[i] > 0.01)
    if len(ratios) < max(2, 0.5 * len(printed)):
        return None
    if any(is_percent(text.text) for text in printed.values()):
        return 100.0
    middle = ratios[len(ratios) // 2]
    agreeing = sum(abs(ratio - middle) <= 0.08 * middle for ratio in ratios)
    if agreeing < max(2, 0.6 * len(ratios)):
        return None
    return 100.0 if abs(middle - 100) < 4 else middle


def _hull(disk: Disk, piece: Slice) -> Box:
    """Box around a slice."""
    turns = np.linspace(piece.start, piece.end, 60) * 2 * np.pi
    inner = disk.hole
    xs = np.concatenate([disk.x + piece.reach * np.sin(turns), disk.x + inner * np.sin(turns)])
    ys = np.concatenate([disk.y - piece.reach * np.cos(turns), disk.y - inner * np.cos(turns)])
    return (round(float(xs.min()), 1), round(float(ys.min()), 1), round(float(xs.max()), 1), round(float(ys.max()), 1))
