"""A table of marks → the `Chart`: titles, kinds of axes, confidences, warnings."""

from __future__ import annotations

from ..datamodel.figure import Box, Chart, ChartKind, ChartMark
from .bar_reading import Table
from .frame import Frame, find_titles
from .texts import union


def unread(kind: ChartKind, frame: Frame, plot: Box) -> Chart:
    """A chart whose table could not be read."""
    ticks = [tick[2] for scale in (frame.x_scale, frame.y_scale) if scale for tick in scale.ticks]
    titles = find_titles(frame, plot, ticks)
    return Chart(
        kind=kind, confidence=0.3, title=titles.title, x_title=titles.x_title, y_title=titles.y_title,
        title_box=titles.title_box, warnings=("its marks could not be read",),
    )  # fmt: skip


def build(
    kind: ChartKind, table: Table, frame: Frame, *, is_horizontal: bool = False, is_stacked: bool = False
) -> Chart:
    """Boxes are rounded to tenths of a pixel."""
    hull = union([mark.box for mark in table.marks])
    titles = find_titles(frame, hull, table.used)
    marks = tuple(
        ChartMark(series=m.series, x=m.x, y=m.y, box=m.box, confidence=0.5, y_text=m.y_text) for m in table.marks
    )
    return Chart(
        kind=kind, confidence=0.5, title=titles.title, x_title=titles.x_title, y_title=titles.y_title,
        is_horizontal=is_horizontal, is_stacked=is_stacked, series=table.series, marks=marks, title_box=titles.title_box,
    )  # fmt: skip
