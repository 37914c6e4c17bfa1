"""Looks at the figures of PDF pages: charts are read with the words that the page itself has on them, pictures are tagged."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ..datamodel.boxes import hull
from ..datamodel.figure import Box, Chart
from ..engines.interface import ImageTagger, OcrEngine, OcrLine, OcrWord
from ..errors import EngineFailed
from .ocr_page import read_page_image
from .page_figures import FoundFigure
from .page_lines import PlacedWord, lines_of, segments_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_LEAST_SIDE = 70.0  # points; a smaller figure shows no axis that could be read
_LEAST_SHARE = 0.03  # of the page
_SIDE_PX = 900.0  # of the picture that a chart is read from
_MAX_SCALE = 4.0  # pixels a point
_LEAST_WORDS = 3  # on a figure; with fewer its words are part of a raster image
_PROSE_WORDS = 9  # in a line on the figure: running text, which no chart has
_SURE = 0.5

Draw = Callable[[Box, float], "NDArray[np.uint8]"]
"""(box in points, pixels a point) → RGB picture of that region."""


class FigureLooker:
    """Looks at figures of one document, a bounded number of times."""

    def __init__(
        self, limit: int, ocr: Callable[[], OcrEngine | None], tagger: Callable[[], ImageTagger | None]
    ) -> None:
        self._left = limit
        self._ocr = ocr
        self._tagger = tagger
        self.unread: list[str] = []
        """Why figures could not be looked at to the end."""

    def wanted(self, figures: Sequence[FoundFigure], *, page_area: float) -> list[FoundFigure]:
        """Those that are large enough to be looked at, as far as the limit goes."""
        large = [
            figure
            for figure in figures
            if figure.kind != "formula"
            and min(figure.box[2] - figure.box[0], figure.box[3] - figure.box[1]) >= _LEAST_SIDE
            and figure.area >= _LEAST_SHARE * page_area
        ]
        return large[: self._left]

    def look(self, figures: Sequence[FoundFigure], lines: Sequence[Sequence[PlacedWord]], draw: Draw) -> None:
        """Sets `chart` of those figures that are one, boxes in points of the page, and `seen` of pictures.

        Args:
            figures: those that are wanted.
            lines: the words of the page, level lines and those that run another way.
        """
        for figure in figures:
            self._left -= 1
            try:
                self._look(figure, lines, draw)
            except EngineFailed:
                continue

    def _look(self, figure: FoundFigure, lines: Sequence[Sequence[PlacedWord]], draw: Draw) -> None:
        box = figure.box
        scale = min(_MAX_SCALE, _SIDE_PX / max(box[2] - box[0], box[3] - box[1]))
        pixels = draw(box, scale)
        found = lines_on(lines, box, scale)
        chart = self._read(pixels, found, box, scale)
        if chart is not None and (chart.marks or chart.confidence >= _SURE):
            figure.kind, figure.chart = "chart", chart
        elif figure.kind == "picture" and (tagger := self._tagger()) is not None:
            from ..pictures.looks import figure_of

            figure.seen = figure_of(pixels, tagger, words=sum(len(line.words) for line in found))

    def _read(self, pixels: NDArray[np.uint8], found: list[OcrLine], box: Box, scale: float) -> Chart | None:
        from ..charts.reading import read_chart
        from ..charts.refusal import may_be_chart

        if any(len(line.words) >= _PROSE_WORDS for line in found) or not may_be_chart(pixels):
            return None
        engine = None
        if sum(len(line.words) for line in found) < _LEAST_WORDS:  # a raster image: its words are pixels too
            engine = self._ocr()
            if engine is None:
                return None
            found = list(read_page_image(pixels, engine).lines)
        chart = read_chart(pixels, found, ocr=engine, tell=self.unread.append)
        return None if chart is None else _on_page(chart, box, scale)


def lines_on(lines: Sequence[Sequence[PlacedWord]], box: Box, scale: float) -> list[OcrLine]:
    """The words of a page that lie in a box as lines on the picture of it."""
    level: list[PlacedWord] = []
    found: list[OcrLine] = []
    for line in lines:
        inside = [word for word in line if _is_in(word.true_box, box)]
        if not inside:
            continue
        if _is_upright(inside):
            found.append(_as_line(inside, box, scale, is_upright=True))
        else:
            level += inside
    for row in lines_of(level):
        found += [_as_line(segment.words, box, scale, is_upright=False) for segment in segments_of(row)]
    return sorted(found, key=lambda line: (line.box[1], line.box[0]))


def _is_in(word: Box, box: Box) -> bool:
    x, y = (word[0] + word[2]) / 2, (word[1] + word[3]) / 2
    return box[0] - 1 <= x <= box[2] + 1 and box[1] - 1 <= y <= box[3] + 1


def _is_upright(words: Sequence[PlacedWord]) -> bool:
    """Whether a line runs up or down: the title of a vertical axis."""
    x0, y0, x1, y1 = hull(*[word.true_box for word in words])
    return y1 - y0 > 1.5 * (x1 - x0) and len("".join(word.text for word in words)) > 1


def _as_line(words: Sequence[PlacedWord], box: Box, scale: float, *, is_upright: bool) -> OcrLine:
    def scaled(place: Box) -> Box:
        return (
            (place[0] - box[0]) * scale, (place[1] - box[1]) * scale,
            (place[2] - box[0]) * scale, (place[3] - box[1]) * scale,
        )  # fmt: skip

    x0, y0, x1, y1 = whole = scaled(hull(*[word.true_box for word in words]))
    quad = ((x0, y0), (x1, y0), (x1, y1), (x0, y1))
    if is_upright and words[0].true_box[1] >= words[-1].true_box[1]:
        quad = ((x0, y1), (x0, y0), (x1, y0), (x1, y1))
    elif is_upright:
        quad = ((x1, y0), (x1, y1), (x0, y1), (x0, y0))
    return OcrLine(
        text=" ".join(word.text for word in words),
        box=whole,
        quad=quad,
        score=1.0,
        words=tuple(OcrWord(text=word.text, box=scaled(word.true_box), score=1.0) for word in words),
    )


def _on_page(chart: Chart, box: Box, scale: float) -> Chart:
    def placed(mark: Box) -> Box:
        return (
            round(mark[0] / scale + box[0], 2), round(mark[1] / scale + box[1], 2),
            round(mark[2] / scale + box[0], 2), round(mark[3] / scale + box[1], 2),
        )  # fmt: skip

    return replace(
        chart,
        marks=tuple(replace(mark, box=placed(mark.box)) for mark in chart.marks),
        title_box=None if chart.title_box is None else placed(chart.title_box),
    )
