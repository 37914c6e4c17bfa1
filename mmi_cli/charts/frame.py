"""Where things stand on a chart: its plot, its scales, its title and the titles of its axes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..datamodel.boxes import hull
from ..datamodel.figure import Box
from .scales import Scale, find_scales
from .texts import Text, number_of

_TITLE_REACH = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The scales of a chart and what is inside of them."""

    width: int
    height: int
    texts: tuple[Text, ...]
    y_scale: Scale | None
    x_scale: Scale | None
    plot: Box
    """As the ticks say; the whole picture in a direction that has none."""


def find_frame(width: int, height: int, texts: Sequence[Text], on_marks: Sequence[Text] = ()) -> Frame:
    """The longest scale of each direction; a second vertical one (at the other side) is not used.

    Args:
        on_marks: those of `texts` that stand on something coloured, which no label of an axis does.
    """
    marked = {id(text) for text in on_marks}
    free = [text for text in texts if id(text) not in marked]
    vertical = list(find_scales([t for t in free if not t.turned], is_vertical=True))
    level = list(find_scales(free, is_vertical=False))
    y_scale = vertical[0] if vertical else None
    x_scale = level[0] if level else None
    if y_scale and x_scale:
        # One label cannot be a tick of both, but for the one in the corner.
        shared = {id(t[2]) for t in y_scale.ticks} & {id(t[2]) for t in x_scale.ticks}
        if len(shared) > 1:
            if len(y_scale.ticks) >= len(x_scale.ticks):
                x_scale = None
            else:
                y_scale = None
    x0, y0, x1, y1 = 0.0, 0.0, float(width), float(height)
    if y_scale:
        low, high = y_scale.bounds
        pad = max(0.12, 1.05 / max(1, len(y_scale.ticks) - 1)) * (high - low)
        labels = hull(*(t[2].box for t in y_scale.ticks))
        if labels[0] + labels[2] < width:
            x0 = labels[2] + 1
        else:
            x1 = labels[0] - 1
        y0, y1 = max(0.0, low - pad), min(float(height), high + pad)
    if x_scale:
        low, high = x_scale.bounds
        pad = max(0.12, 1.05 / max(1, len(x_scale.ticks) - 1)) * (high - low)
        labels = hull(*(t[2].box for t in x_scale.ticks))
        if labels[1] + labels[3] > height:
            y1 = min(y1, labels[1] - 1)
        else:
            y0 = max(y0, labels[3] + 1)
        x0, x1 = max(x0, low - pad), min(x1, high + pad)
    if x1 - x0 < 10 or y1 - y0 < 10:
        x0, y0, x1, y1 = 0.0, 0.0, float(width), float(height)
    return Frame(
        width=width, height=height, texts=tuple(texts), y_scale=y_scale, x_scale=x_scale, plot=(x0, y0, x1, y1)
    )


def is_inside(box: Box, plot: Box, slack: float = 2.0) -> bool:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return plot[0] - slack <= x <= plot[2] + slack and plot[1] - slack <= y <= plot[3] + slack


@dataclass(frozen=True, slots=True, kw_only=True)
class Titles:
    title: str | None
    title_box: Box | None
    x_title: str | None
    y_title: str | None


def find_titles(frame: Frame, marks: Box, used: Iterable[Text]) -> Titles:
    """Titles from the texts that are nothing else.

    Args:
        marks: hull of the marks of the chart.
        used: texts that are ticks, names, legend or printed values.
    """
    taken = {id(text) for text in used}
    free = [text for text in frame.texts if id(text) not in taken]
    plot = marks
    for scale in (frame.x_scale, frame.y_scale):
        if scale:
            plot = hull(plot, *(tick[2].box for tick in scale.ticks))
    plot = hull(plot, *(t.box for t in frame.texts if id(t) in taken and _is_near(t.box, plot, 40)))
    middle_y, middle_x = (marks[1] + marks[3]) / 2, (marks[0] + marks[2]) / 2
    sideways = [
        t
        for t in free
        if (t.turned or len(t.text) <= 2)
        and t.x < marks[0]
        and marks[1] - 10 <= t.y <= marks[3] + 10
        and abs(t.y - middle_y) < 0.35 * (marks[3] - marks[1]) + 8
    ]
    y_text = min(sideways, key=lambda t: (t.turned == 0, abs(t.y - middle_y)), default=None)
    below = [
        t
        for t in free
        if t is not y_text
        and not t.turned
        and t.y > marks[3]
        and t.box[1] > plot[3] - 0.6 * t.height - 2
        and t.box[1] - plot[3] < 2.5 * t.height + 6
        and abs(t.x - middle_x) < 0.25 * (marks[2] - marks[0]) + 8
        and len(t.text) < 60
    ]
    x_text = min(below, key=lambda t: t.y, default=None)
    above = [
        t for t in free if t not in (y_text, x_text) and not t.turned and t.y < marks[1] and number_of(t.text) is None
    ]
    lines = _title_lines(above)
    y_name = y_text.text if y_text else _glued(frame, free)
    return Titles(
        title=" ".join(t.text for t in lines) or None,
        title_box=hull(*(t.box for t in lines)) if lines else None,
        x_title=x_text.text if x_text else None,
        y_title=y_name,
    )


def _glued(frame: Frame, free: Sequence[Text]) -> str | None:
    """The title of the vertical axis where it was read as one word with the tick beside it: `y20`."""
    scale = frame.y_scale
    for text in free if scale else ():
        match = re.fullmatch(r"([^\W\d_]{1,3}) ?(\d[\d.,]*)", text.text)
        value = number_of(match[2]) if match else None
        if match and scale and value is not None and abs(scale.position(value) - text.y) < 4:
            return match[1]
    return None


def _is_near(box: Box, other: Box, reach: float) -> bool:
    return (
        box[0] < other[2] + reach
        and box[2] > other[0] - reach
        and box[1] < other[3] + reach
        and box[3] > other[1] - reach
    )


def _title_lines(above: list[Text]) -> list[Text]:
    """The topmost lines of about the size of the largest."""
    if not above:
        return []
    largest = max(t.height for t in above)
    rows = sorted(above, key=lambda t: (t.y, t.x))
    start = next(i for i, t in enumerate(rows) if t.height >= 0.82 * largest)
    lines = [rows[start]]
    for text in rows[start + 1 :]:
        last = lines[-1]
        same_row = abs(text.y - last.y) < 0.4 * last.height
        next_row = -0.3 * last.height <= text.box[1] - last.box[3] <= 0.8 * last.height
        aligned = (
            same_row or abs(text.box[0] - lines[0].box[0]) < text.height or abs(text.x - lines[0].x) < 1.5 * text.height
        )
        if (
            text.height >= 0.8 * lines[0].height
            and text.height <= 1.25 * lines[0].height
            and aligned
            and (same_row or next_row)
        ):
            lines.append(text)
        elif not same_row:
            break
    return lines
