"""Bars → the table: a name from the axis, a series from the legend, a value from the scale or from the number printed at the bar."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from ..datamodel.figure import Box
from .bars import Bars
from .categories import Label, in_one_form, in_order, labels_beside, labels_under
from .frame import Frame
from .legends import Entry
from .patches import Patch
from .scales import Scale
from .texts import Text, number_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A mark before its confidence is known."""

    series: str | None
    x: str | float | None
    y: float | None
    box: Box
    y_text: str | None = None
    measured: float | None = None
    """What the geometry says, where a scale does."""
    size_px: float = 0.0
    """Length of what was measured."""
    x_score: float = 0.0
    """How sure the name is, 0 to 1."""
    text_score: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What was read of the marks."""

    marks: tuple[Measured, ...]
    used: tuple[Text, ...]
    """Texts that are names, ticks or printed values."""
    series: tuple[str, ...] = ()
    scale: Scale | None = None
    residual: float = 0.0
    """Of the scale, pixels."""
    has_printed_scale: bool = False
    """The scale was taken from printed values, there is none at the axis."""


def read_bars(bars: Bars, frame: Frame, legend: Sequence[Entry], colours: Sequence[tuple[int, int, int]]) -> Table:
    """Marks series by series, along the axis."""
    scale = frame.x_scale if bars.is_horizontal else frame.y_scale
    other = frame.y_scale if bars.is_horizontal else frame.x_scale
    groups = _groups(bars)
    places = [_hull(bars, group) for group in groups]
    taken = {id(entry.text) for entry in legend}
    if scale:
        taken |= {id(tick[2]) for tick in scale.ticks}
    names, name_texts = _names(bars, frame, places, taken)
    if (
        other is not None
        and other.kind == "number"
        and any(
            name is None or abs(name.at - (low + high) / 2) > 3.0
            for name, (low, high) in zip(names, places, strict=True)
        )
    ):
        names, name_texts = [None] * len(places), []
    taken |= {id(text) for text in name_texts}
    printed = _printed(bars, [t for t in frame.texts if id(t) not in taken])
    factor, residual = (None, 0.0) if scale else _scale_of_printed(bars, printed)
    zero = 0.0
    if scale and not scale.is_log:
        shift = scale.value(bars.baseline)
        reach = abs(scale.ticks[-1][1] - scale.ticks[0][1])
        zero = shift if abs(shift) <= 0.03 * reach else 0.0
    by_colour = {index: series_name(colours[index], legend) for index in {p.colour for p in bars.patches}}
    has_series = len(legend) >= 2 and sum(name is not None for name in by_colour.values()) >= 1
    rows: list[tuple[int, Measured]] = []
    for number, group in enumerate(groups):
        label = names[number]
        for patch in group:
            begin, end = bars.extent(patch)
            value: float | None = None
            if scale:
                value = (
                    scale.value(end) - scale.value(begin)
                    if bars.is_stacked and not scale.is_log and abs(begin - bars.baseline) > 2
                    else scale.value(end) - zero
                )
                value = _rounded(value, scale, end)
            elif factor:
                value = factor * abs(end - begin)
            text = printed.get(id(patch))
            number_printed = number_of(text.text) if text else None
            x: str | float | None = label.text if label else None
            if label is None and other is not None:
                low, high = bars.place(patch)
                x = _neat(other.value((low + high) / 2), other)
            agrees = number_printed is not None and (
                value is None
                or abs(number_printed - value) <= max(0.06 * abs(number_printed), _px(scale, factor) * 2.5)
            )
            mark = Measured(
                series=by_colour[patch.colour] if has_series else None,
                x=x,
                y=number_printed if agrees else value,
                box=patch.box,
                y_text=text.text if agrees and text else None,
                measured=value,
                size_px=abs(end - begin),
                x_score=label.score if label else 0.5 if x is not None else 0.0,
                text_score=text.score if agrees and text else 0.0,
            )
            rows.append((number, mark))
    order = [entry.name for entry in legend]
    rows.sort(key=lambda row: (order.index(row[1].series) if row[1].series in order else -1, row[0]))
    used = [*name_texts, *printed.values(), *(entry.text for entry in legend)]
    if scale:
        used += [tick[2] for tick in scale.ticks]
    if other and not any(names):
        used += [tick[2] for tick in other.ticks]
    return Table(
        marks=tuple(row[1] for row in rows),
        used=tuple(used),
        series=tuple(name for name in order if name in by_colour.values()) if has_series else (),
        scale=scale,
        residual=scale.residual if scale else residual,
        has_printed_scale=scale is None and factor is not None,
    )


def _px(scale: Scale | None, factor: float | None) -> float:
    """Value of a pixel."""
    if scale is not None:
        return 0.0 if scale.is_log else abs(scale.slope)
    return factor or 0.0


def _rounded(value: float, scale: Scale, at: float) -> float:
    """Digits that a pixel cannot tell are dropped."""
    step = abs(scale.value(at + 0.25) - scale.value(at))
    return rounded(value, step)


def rounded(value: float, step: float) -> float:
    """To the power of ten below `step`."""
    import math

    if step <= 0 or not math.isfinite(step):
        return value
    digits = -math.floor(math.log10(step))
    return round(value, min(max(digits, -12), 12)) + 0.0


def _neat(value: float, scale: Scale) -> float | str:
    """A number on an axis: the round number within a pixel or so."""
    return neat(
        value, abs(scale.value(scale.ticks[0][0] + 1.2) - scale.ticks[0][1]) if not scale.is_log else 0.02 * abs(value)
    )


def neat(value: float, tolerance: float) -> float:
    """The number of fewest digits within `tolerance`."""
    import math

    if tolerance <= 0 or value == 0:
        return value
    for digits in range(-math.ceil(math.log10(abs(value) + tolerance)), 12):
        candidate = round(value, digits) + 0.0
        if abs(candidate - value) <= tolerance:
            return candidate
    return value


def _groups(bars: Bars) -> list[list[Patch]]:
    """Bars that share a name: those that stand closer to each other than most, or on each other."""
    slots: list[list[Patch]] = []
    for patch in sorted(bars.patches, key=lambda p: bars.place(p)[0]):
        low, high = bars.place(patch)
        if slots:
            before = bars.place(slots[-1][0])
            if min(high, before[1]) - max(low, before[0]) > 0.5 * min(high - low, before[1] - before[0]):
                slots[-1].append(patch)
                continue
        slots.append([patch])
    colours = {slot[0].colour for slot in slots}
    if len(colours) < 2 or len(slots) < 3:
        return slots
    gaps = [bars.place(b[0])[0] - bars.place(a[0])[1] for a, b in itertools.pairwise(slots)]
    size = sorted(bars.place(s[0])[1] - bars.place(s[0])[0] for s in slots)[len(slots) // 2]
    ordered = sorted(gaps)
    jumps = [(b - a, (a + b) / 2) for a, b in itertools.pairwise(ordered)]
    jump, limit = max(jumps, default=(0.0, 0.0))
    if jump < max(2.5, 0.12 * size):
        return slots
    groups = [list(slots[0])]
    for gap, slot in zip(gaps, slots[1:], strict=True):
        if gap <= limit and slot[0].colour not in {p.colour for p in groups[-1]}:
            groups[-1].extend(slot)
        else:
            groups.append(list(slot))
    return groups


def _hull(bars: Bars, group: Sequence[Patch]) -> tuple[float, float]:
    places = [bars.place(p) for p in group]
    return min(p[0] for p in places), max(p[1] for p in places)


def _names(
    bars: Bars, frame: Frame, places: list[tuple[float, float]], taken: set[int]
) -> tuple[list[Label | None], list[Text]]:
    texts = [t for t in frame.texts if id(t) not in taken]
    if bars.is_horizontal:
        edge = min(p.box[0] for p in bars.patches)
        names = labels_beside(texts, places, edge, reach=0.6 * frame.width)
    else:
        bottom = max(p.box[3] for p in bars.patches)
        names = labels_under(texts, places, bottom)
        if sum(name is not None for name in names) < 0.5 * len(places):
            top = min(p.box[1] for p in bars.patches)
            above = labels_under([t for t in texts if number_of(t.text) is None], places, top, is_above=True)
            if sum(name is not None for name in above) > sum(name is not None for name in names):
                names = above
    sizes = sorted(high - low for low, high in places)
    middles = sorted((low + high) / 2 for low, high in places)
    steps = sorted(b - a for a, b in itertools.pairwise(middles))
    if steps and steps[-1] < 1.5 * steps[0] + 2 and sizes:
        read = in_order([(name.text, name.score) if name else (None, 0.0) for name in names])
        for at, ((text, score), (low, high)) in enumerate(zip(read, places, strict=True)):
            old = names[at]
            if text is not None and (old is None or old.text != text):
                middle = (low + high) / 2
                box = old.box if old else (low, middle, high, middle)
                names[at] = Label(text, box, old.at if old else middle, score)
    read_again = iter(in_one_form([name.text for name in names if name is not None]))
    names = [name and name._replace(text=next(read_again)) for name in names]
    boxes = [name.box for name in names if name is not None]
    own = [t for t in texts if any(_holds(box, t.box) for box in boxes)]
    return names, own


def _holds(outer: Box, inner: Box) -> bool:
    return (
        outer[0] - 0.5 <= inner[0]
        and outer[1] - 0.5 <= inner[1]
        and outer[2] + 0.5 >= inner[2]
        and outer[3] + 0.5 >= inner[3]
    )


def _printed(bars: Bars, texts: Sequence[Text]) -> dict[int, Text]:
    """The number that stands at the end of each bar, behind it or on it."""
    numbers = [t for t in texts if number_of(t.text) is not None and not t.turned]
    answer: dict[int, Text] = {}
    pairs: list[tuple[float, Patch, Text]] = []
    for patch in bars.patches:
        begin, end = bars.extent(patch)
        low, high = bars.place(patch)
        sign = 1.0 if end >= begin else -1.0
        for text in numbers:
            across = text.y if bars.is_horizontal else text.x
            if not low - 1 <= across <= high + 1:
                continue
            first, last = (text.box[0], text.box[2]) if bars.is_horizontal else (text.box[1], text.box[3])
            near = first if sign > 0 else last
            behind = (near - end) * sign
            middle = (first + last) / 2
            is_on = min(begin, end) - 1 <= middle <= max(begin, end) + 1
            if is_on:
                pairs.append((abs(middle - (begin + end) / 2) * 0.01, patch, text))
            elif -2.0 <= behind <= 1.3 * text.height + 3 and not (False):
                pairs.append((2.0 + max(behind, 0.0), patch, text))
    used: set[int] = set()
    for _, patch, text in sorted(pairs, key=lambda pair: pair[0]):
        if id(patch) not in answer and id(text) not in used:
            answer[id(patch)] = text
            used.add(id(text))
    return answer


def _scale_of_printed(bars: Bars, printed: dict[int, Text]) -> tuple[float | None, float]:
    """Value of a pixel, where the printed values are in proportion to the bars: (factor, largest distance in pixels)."""
    points = []
    for patch in bars.patches:
        text = printed.get(id(patch))
        value = number_of(text.text) if text else None
        begin, end = bars.extent(patch)
        if value and abs(end - begin) >= 3:
            points.append((abs(end - begin), abs(value)))
    best: tuple[int, float] = (0, 0.0)
    for length, value in points:
        factor = value / length
        agreeing = sum(abs(v - factor * n) <= max(0.05 * v, 1.5 * factor) for n, v in points)
        best = max(best, (agreeing, factor))
    if best[0] < 2 or best[0] < 0.6 * len(points):
        return None, 0.0
    agreeing_points = [(n, v) for n, v in points if abs(v - best[1] * n) <= max(0.05 * v, 1.5 * best[1])]
    factor = sum(n * v for n, v in agreeing_points) / sum(n * n for n, _ in agreeing_points)
    return factor, max(abs(v / factor - n) for n, v in agreeing_points)


def series_name(colour: tuple[int, int, int], legend: Sequence[Entry]) -> str | None:
    near = [(max(abs(a - b) for a, b in zip(colour, entry.colour, strict=True)), entry.name) for entry in legend]
    return min(near)[1] if near and min(near)[0] <= 30 else None
