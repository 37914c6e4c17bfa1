"""Lines and areas → the table: traced by colour, read at the places of the axis."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ..datamodel.figure import Box
from .bar_reading import Measured, Table, rounded, series_name
from .categories import in_one_form, in_order
from .frame import Frame
from .legends import Entry
from .sampling import Place, places_on
from .scales import Scale
from .strokes import Stroke, markers, trace
from .texts import Text, number_of
from .vertices import bends, heights

if TYPE_CHECKING:
    from numpy.typing import NDArray


_HIDDEN = 1.2
"""How much of a line its marker covers to either side of a point, in widths of the marker."""


def read_lines(strokes: Sequence[Stroke], frame: Frame, legend: Sequence[Entry]) -> Table | None:
    """Marks of each line, from left to right."""
    if frame.y_scale is None:
        return None
    paths = [(stroke.colour, trace(stroke), _thickness(stroke)) for stroke in strokes]
    names, used = axis_names(frame, legend)
    marked = [markers(stroke) for stroke in strokes]
    corners = [
        [m[0] for m in dots] if _reach_ends(dots, path) else bends(path, max(1.3, 0.6 * thickness))
        for dots, (_, path, thickness) in zip(marked, paths, strict=True)
    ]
    hidden = max((_HIDDEN * dots[0][2] for dots in marked if dots), default=0.0)
    places = _places(frame, [path for _, path, _ in paths], names, corners, hidden=hidden)
    scale = frame.y_scale
    many = len(legend) >= 2 or len(paths) > 1
    order = [entry.name for entry in legend]
    rows: list[tuple[int, list[Measured]]] = []
    for number, (colour, path, thickness) in enumerate(paths):
        name = series_name(colour, legend)
        series = (name or f"line {number + 1}") if many else None
        mine: list[Measured] = []
        pen = max([thickness, *(m[2] for m in marked[number][:1])])
        for place, row in zip(places, heights(path, [p.at for p in places], pen), strict=True):
            dot = min(marked[number], key=lambda m: abs(m[0] - place.at), default=None)
            if dot is not None and abs(dot[0] - place.at) <= 2.5:
                row = dot[1]
            if row is None:
                continue
            reach = int(max(4.0, hidden))
            near = path[max(0, int(place.at) - reach) : int(place.at) + reach + 1]
            if not np.isfinite(near).any():
                continue
            mine.append(_mark(series, place, row, scale, max(2.0, thickness)))
        rows.append((order.index(name) if name in order else len(order), mine))
    marks = _in_order_of_legend(rows)
    return _table(_with_printed(marks, frame, [*used, *_ticks(frame)]), scale, frame, legend, used)


def _mark(series: str | None, place: Place, row: float, scale: Scale, reach: float) -> Measured:
    value = scale.value(row)
    value = rounded(value, abs(scale.value(row + 0.25) - value))
    box = (place.at - reach, row - reach, place.at + reach, row + reach)
    size = abs(value / scale.slope) if not scale.is_log and scale.slope else 50.0
    return Measured(series=series, x=place.x, y=value, box=box, measured=value, size_px=size, x_score=place.score)


def _with_printed(marks: list[Measured], frame: Frame, used: Sequence[Text]) -> list[Measured]:
    """A number right over or under a point that agrees with its height is what it says."""
    taken = {id(text) for text in used}
    numbers = [(t, v) for t in frame.texts if id(t) not in taken and (v := number_of(t.text)) is not None]
    answer = []
    for mark in marks:
        x, y = (mark.box[0] + mark.box[2]) / 2, (mark.box[1] + mark.box[3]) / 2
        near = [
            (t, v)
            for t, v in numbers
            if abs(t.x - x) <= 1.2 * t.height and abs(t.y - y) <= 2.2 * t.height and mark.y is not None
            and abs(v - mark.y) <= 0.06 * abs(v)
        ]  # fmt: skip
        if near and mark.y is not None:
            text, value = min(near, key=lambda pair: abs(pair[0].y - y))
            answer.append(replace(mark, y=value, y_text=text.text, text_score=text.score))
        else:
            answer.append(mark)
    return answer


def axis_names(frame: Frame, legend: Sequence[Entry]) -> tuple[list[tuple[str, float, float]], list[Text]]:
    """(name, column, score) of the labels of a horizontal axis that is of names, and their texts; none where it is a scale."""
    if frame.x_scale is not None or frame.y_scale is None:
        return [], []
    taken = {id(tick[2]) for tick in frame.y_scale.ticks} | {id(entry.text) for entry in legend}
    bottom = max(tick[0] for tick in frame.y_scale.ticks)
    low = frame.plot[0] if frame.plot[2] >= frame.width else 0.0
    free = [t for t in frame.texts if id(t) not in taken and t.box[1] > bottom - 4 and t.x > low - 10]
    rows: list[list[Text]] = []
    for anchor in free:
        row = [
            t
            for t in free
            if (abs(t.y - anchor.y) <= 0.45 * anchor.height or abs(t.box[1] - anchor.box[1]) <= 0.5 * anchor.height)
            and bool(t.turned) == bool(anchor.turned)
        ]
        rows.append(row)
    good = [row for row in rows if len(row) >= 2]
    if not good:
        return [], []
    best = max(good, key=lambda row: (len(row) >= 3, -min(t.box[1] for t in row) + 20 * len(row)))
    best = sorted(best, key=lambda t: t.at)
    texts = in_one_form([t.text for t in best])
    return _spelled([(text, t.at, t.score) for text, t in zip(texts, best, strict=True)]), best


def _spelled(names: list[tuple[str, float, float]]) -> list[tuple[str, float, float]]:
    """Letters in their order, those that OCR left out between the others too."""
    steps = sorted(b[1] - a[1] for a, b in itertools.pairwise(names))
    if len(steps) < 2 or steps[0] < 4:
        return names
    step = steps[0]
    places = [round((name[1] - names[0][1]) / step) for name in names]
    even = all(abs((n[1] - names[0][1]) / step - p) < 0.2 for n, p in zip(names, places, strict=True))
    if not even or len(set(places)) < len(places) or places[-1] >= 26:
        return names
    by_place = dict(zip(places, names, strict=True))
    read = in_order([(by_place[p][0], by_place[p][2]) if p in by_place else (None, 0.0) for p in range(places[-1] + 1)])
    return [
        (text, by_place[p][1] if p in by_place else names[0][1] + p * step, score)
        for p, (text, score) in enumerate(read)
        if text is not None
    ]


def _reach_ends(dots: Sequence[tuple[float, float, float]], path: NDArray[np.float32]) -> bool:
    """Markers stand at the points of a line when its ends have one."""
    columns = np.flatnonzero(np.isfinite(path))
    return bool(
        len(dots) >= 3
        and len(columns)
        and dots[0][0] - columns[0] <= dots[0][2]
        and columns[-1] - dots[-1][0] <= dots[0][2]
    )


def _places(
    frame: Frame,
    paths: Sequence[NDArray[np.float32]],
    names: Sequence[tuple[str, float, float]],
    corners: Sequence[Sequence[float]],
    *,
    hidden: float = 0.0,
) -> list[Place]:
    """Where the lines are read.

    Args:
        hidden: pixels of a line that a marker at its end may cover.
    """
    columns = [np.flatnonzero(np.isfinite(path)) for path in paths]
    columns = [c for c in columns if len(c)]
    if not columns:
        return []
    low, high = min(float(c[0]) for c in columns), max(float(c[-1]) + 1 for c in columns)
    if names:
        slack = max(4.0, hidden)
        return [Place(name, at, score) for name, at, score in names if low - slack <= at <= high + slack]
    if frame.x_scale is not None:
        return places_on(frame.x_scale, corners, low + 1 - hidden, high - 1 + hidden)
    return []


def _thickness(stroke: Stroke) -> float:
    """Of the line, pixels: markers make it thicker in places."""
    sums = stroke.share.sum(axis=0)
    sums = sums[sums > 0.3]
    return float(np.percentile(sums, 25)) if len(sums) else 2.0


def read_areas(
    areas: Sequence[tuple[tuple[int, int, int], NDArray[np.bool_]]], frame: Frame, legend: Sequence[Entry]
) -> Table | None:
    """Args:
    areas: colour and pixels of each area; stacked ones lie on each other.
    """
    if frame.y_scale is None:
        return None
    scale = frame.y_scale
    tops, bottoms = [], []
    for _, mask in areas:
        any_ = mask.any(axis=0)
        tops.append(np.where(any_, mask.argmax(axis=0), np.nan).astype(np.float32))
        bottoms.append(np.where(any_, mask.shape[0] - mask[::-1].argmax(axis=0), np.nan).astype(np.float32))
    names, used = axis_names(frame, legend)
    places = _places(frame, tops, names, [bends(top, 2.2) for top in tops])
    floor = max(float(np.nanmedian(bottom)) for bottom in bottoms)
    many = len(areas) > 1
    rows: list[tuple[int, list[Measured]]] = []
    order = [entry.name for entry in legend]
    for number, (colour, _) in enumerate(areas):
        name = series_name(colour, legend)
        series = (name or f"area {number + 1}") if many or len(legend) >= 2 else None
        at = [p.at for p in places]
        is_on_top = float(np.nanmedian(bottoms[number])) < floor - 3
        mine = []
        for place, top, bottom in zip(
            places, heights(tops[number], at, 1.0), heights(bottoms[number], at, 1.0), strict=True
        ):
            if top is None or bottom is None:
                continue
            value = scale.value(top) - (scale.value(bottom) if is_on_top and not scale.is_log else 0.0)
            value = rounded(value, abs(scale.value(top + 0.25) - scale.value(top)))
            box: Box = (place.at - 2, min(top, bottom), place.at + 2, max(top, bottom))
            mine.append(
                Measured(
                    series=series,
                    x=place.x,
                    y=value,
                    box=box,
                    measured=value,
                    size_px=abs(bottom - top),
                    x_score=place.score,
                )
            )
        rows.append((order.index(name) if name in order else len(order), mine))
    return _table(_in_order_of_legend(rows), scale, frame, legend, used)


def _in_order_of_legend(rows: list[tuple[int, list[Measured]]]) -> list[Measured]:
    """Marks of all series, each of them with its place among the entries."""
    return [mark for _, mine in sorted(rows, key=lambda row: row[0]) for mark in mine]


def _ticks(frame: Frame) -> list[Text]:
    return [tick[2] for scale in (frame.x_scale, frame.y_scale) if scale for tick in scale.ticks]


def _table(
    marks: Sequence[Measured], scale: Scale, frame: Frame, legend: Sequence[Entry], names: Sequence[Text]
) -> Table | None:
    """
    Args:
        names: texts that were taken as names along the axis.
    """
    if not marks:
        return None
    return Table(
        marks=tuple(marks),
        used=(*names, *_ticks(frame), *(entry.text for entry in legend)),
        series=tuple(dict.fromkeys(mark.series for mark in marks if mark.series)),
        scale=scale,
        residual=scale.residual,
    )
