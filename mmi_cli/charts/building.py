"""A table of marks → the `Chart`: titles, kinds of axes, confidences, warnings."""

from __future__ import annotations

from ..datamodel.boxes import hull
from ..datamodel.figure import Box, Chart, ChartKind, ChartMark
from .bar_reading import Table
from .confidence import confidence_of, kind_confidence
from .frame import Frame, find_titles

_DOUBTFUL = 0.5


def unread(kind: ChartKind, frame: Frame, plot: Box) -> Chart:
    """A chart whose table could not be read."""
    ticks = [tick[2] for scale in (frame.x_scale, frame.y_scale) if scale for tick in scale.ticks]
    titles = find_titles(frame, plot, ticks)
    return Chart(
        kind=kind, confidence=kind_confidence(kind, ()), title=titles.title, x_title=titles.x_title, y_title=titles.y_title,
        title_box=titles.title_box, warnings=("its marks could not be read",),
    )  # fmt: skip


def build(
    kind: ChartKind, table: Table, frame: Frame, *, is_horizontal: bool = False, is_stacked: bool = False
) -> Chart:
    """Boxes are rounded to tenths of a pixel."""
    titles = find_titles(frame, hull(*(mark.box for mark in table.marks)), table.used)
    sure = tuple(confidence_of(kind, mark, table) for mark in table.marks)
    marks = tuple(
        ChartMark(series=m.series, x=m.x, y=m.y, box=_rounded(m.box), confidence=confidence, y_text=m.y_text)
        for m, confidence in zip(table.marks, sure, strict=True)
    )
    warnings = []
    if sure and sum(sure) / len(sure) < _DOUBTFUL:
        warnings.append("its values are uncertain")
    if table.scale is None and kind != "pie" and not table.has_printed_scale:
        warnings.append("no axis with numbers was found")
    if any(mark.x is None for mark in marks):
        warnings.append("some of its marks have no name")
    return Chart(
        kind=kind, confidence=kind_confidence(kind, sure), title=titles.title, x_title=titles.x_title, y_title=titles.y_title,
        is_horizontal=is_horizontal, is_stacked=is_stacked, series=table.series, marks=marks, title_box=titles.title_box,
        warnings=tuple(warnings),
    )  # fmt: skip


def _rounded(box: Box) -> Box:
    return (round(box[0], 1), round(box[1], 1), round(box[2], 1), round(box[3], 1))
