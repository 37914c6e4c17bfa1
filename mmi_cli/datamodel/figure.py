"""Pictures as data: where a figure stands, what is seen on it, and the table behind a chart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

Box = tuple[float, float, float, float]
"""x0, y0, x1, y1 in the unit of the page or frame, origin top left."""

FigureKind = Literal["picture", "chart", "formula", "drawing"]
ChartKind = Literal["bar", "line", "pie", "scatter", "area", "other"]


class Tag(NamedTuple):
    """What is seen on a picture."""

    name: str
    """An English noun, lower case."""
    probability: float
    """That it is seen, in [0, 1], as the tagger says it."""


class Colour(NamedTuple):
    """One of the colours that a picture mostly has."""

    name: str
    """`red`, `dark blue`, …"""
    rgb: str
    """`#rrggbb`"""
    share: float
    """Of the pixels, in [0, 1]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartMark:
    """One row of the table behind a chart: a bar, a slice, a point."""

    series: str | None
    """Its name in the legend; None in a chart of one series."""
    x: str | float | None
    """Category as printed, or the number on the axis; ISO 8601 where the axis is of dates. For a pie the name of the slice."""
    y: float | None
    """Value; for a pie without printed numbers the share of the whole, in [0, 1]."""
    box: Box
    """Of the mark, in the unit of the page; in pixels of the picture where the figure has no box. Of a chart whose data the document
    itself holds, the box of the chart, or zeros."""
    confidence: float
    """Probability in [0, 1] that `x` and `y` are right, `y` within 5 %."""
    y_text: str | None = None
    """The value as it is printed at the mark; None where it was measured."""
    size: float | None = None
    """Third number of a bubble."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """What a chart shows."""

    kind: ChartKind
    confidence: float
    """Probability in [0, 1] that the kind is right."""
    title: str | None = None
    x_title: str | None = None
    y_title: str | None = None
    x_type: Literal["category", "number", "date"] = "category"
    is_horizontal: bool = False
    """Bars run from left to right: categories stand on the vertical axis."""
    is_stacked: bool = False
    series: tuple[str, ...] = ()
    """Names of the legend, in its order."""
    marks: tuple[ChartMark, ...] = ()
    """Series by series, along the axis. Empty: the table could not be read."""
    title_box: Box | None = None
    warnings: tuple[str, ...] = ()
    """Why part of it could not be read, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure of a document, a key frame, or the picture that the whole file is."""

    kind: FigureKind
    block: int
    """Index of its `figure` block in `Content.blocks`; the block has no words of its own."""
    page: int | None = None
    """From 1; slide number for slides; None in flowing text and in video."""
    box: Box | None = None
    """On the page or frame; None where the format does not say."""
    frame_s: float | None = None
    """Presentation time of the key frame, seconds."""
    part: str | None = None
    """The file inside the file that holds it, as evidence names it."""
    source: str | None = None
    """Where its picture lies in the document that holds it (a member of the package, `data:3` for the third one written into an HTML
    page); None where it is a region of a page."""
    caption: tuple[int, int] | None = None
    """First word and the word after the last, of `Content.words`."""
    tags: tuple[Tag, ...] = ()
    """Most probable first; empty when no tagger looked at it."""
    colours: tuple[Colour, ...] = ()
    """Largest share first."""
    sharpness: float | None = None
    """In [0, 1]: 0 a blank or wholly blurred picture, 1 crisp."""
    fingerprint: str | None = None
    """Of a picture file: 256 bits in hexadecimal, by which copies of it are known."""
    features: str | None = None
    """What the tagger sees before it names it: a unit vector as base64 of little-endian float16."""
    features_model: str | None = None
    """Name of the engine that made `features`; vectors of different engines are never compared."""
    description: str | None = None
    description_by: str | None = None
    """Engine that wrote `description`, or `tags` when it was put together from tags and text."""
    chart: Chart | None = None
