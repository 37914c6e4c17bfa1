"""The front door: a picture and its lines of text → what the chart on it shows, or None where it is no chart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..datamodel.figure import Chart
from ..engines.interface import OcrEngine, OcrLine
from .refusal import may_be_chart

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def read_chart(
    pixels: NDArray[np.uint8], ocr_lines: Sequence[OcrLine], *, ocr: OcrEngine | None = None
) -> Chart | None:
    """Reads the chart on a picture; boxes are in pixels of it.

    Args:
        pixels: RGB, shape (height, width, 3), uint8, upright.
        ocr_lines: the lines of text on it.
        ocr: with it, strips of turned labels are read once more, turned.
    """
    if not may_be_chart(pixels):
        return None
    from .finding import find_chart

    return find_chart(pixels, ocr_lines, ocr=ocr)
