"""The front door: a picture and its lines of text → what the chart on it shows, or None where it is no chart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ..datamodel.figure import Box, Chart
from ..engines.interface import OcrEngine, OcrLine
from .refusal import may_be_chart

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_MOST = 1600
"""Pixels of the longer side; larger pictures are looked at smaller."""


def read_chart(
    pixels: NDArray[np.uint8],
    ocr_lines: Sequence[OcrLine],
    *,
    ocr: OcrEngine | None = None,
    tell: Callable[[str], None] | None = None,
) -> Chart | None:
    """Reads the chart on a picture; boxes are in pixels of it.

    Args:
        pixels: RGB, shape (height, width, 3), uint8, upright.
        ocr_lines: the lines of text on it.
        ocr: with it, strips of turned labels are read once more, turned.
        tell: is told why a picture that may be a chart could not be looked at to the end.
    """
    if not may_be_chart(pixels):
        return None
    from cv2 import error as PixelError

    try:
        return _read(pixels, ocr_lines, ocr)
    except (ArithmeticError, LookupError, ValueError, PixelError) as error:
        # What is drawn on a picture can be anything; a shape that no step expects is no chart, and the words of the file stay.
        if tell is not None:
            tell(f"looking for a chart ended early: {type(error).__name__}: {str(error)[:200]}")
        return None


def _read(pixels: NDArray[np.uint8], ocr_lines: Sequence[OcrLine], ocr: OcrEngine | None) -> Chart | None:
    from .finding import find_chart

    longer = max(pixels.shape[:2])
    if longer <= _MOST:
        return find_chart(pixels, ocr_lines, ocr=ocr)
    import cv2
    import numpy as np

    factor = _MOST / longer
    size = (max(1, round(pixels.shape[1] * factor)), max(1, round(pixels.shape[0] * factor)))
    smaller = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    chart = find_chart(smaller, [_scaled(line, factor) for line in ocr_lines], ocr=ocr)
    return chart and replace(
        chart,
        marks=tuple(replace(mark, box=_scaled_box(mark.box, 1 / factor)) for mark in chart.marks),
        title_box=chart.title_box and _scaled_box(chart.title_box, 1 / factor),
    )


def _scaled(line: OcrLine, factor: float) -> OcrLine:
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = line.quad
    return replace(
        line,
        box=_scaled_box(line.box, factor),
        quad=(
            (ax * factor, ay * factor),
            (bx * factor, by * factor),
            (cx * factor, cy * factor),
            (dx * factor, dy * factor),
        ),
        words=tuple(replace(word, box=_scaled_box(word.box, factor)) for word in line.words),
    )


def _scaled_box(box: Box, factor: float) -> Box:
    return (round(box[0] * factor, 1), round(box[1] * factor, 1), round(box[2] * factor, 1), round(box[3] * factor, 1))
