"""Labels that the first look missed: strips beside the axes are read again, larger, and turned where their labels are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..datamodel.figure import Box
from ..engines.interface import OcrEngine, OcrLine, OcrWord
from .texts import Text, texts_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SIDE = 1200
"""To which the longer side of a strip is enlarged at most, pixels."""


def read_strip(
    pixels: NDArray[np.uint8], box: Box, ocr: OcrEngine, *, is_turned: bool, factor: float = 3.0
) -> list[Text]:
    """Labels in a strip, in pixels of the picture.

    Args:
        is_turned: its text runs upwards.
    """
    import cv2

    x0, y0 = max(0, int(box[0])), max(0, int(box[1]))
    x1, y1 = min(pixels.shape[1], int(box[2]) + 1), min(pixels.shape[0], int(box[3]) + 1)
    strip = pixels[y0:y1, x0:x1]
    if min(strip.shape[:2]) < 6:
        return []
    if is_turned:
        strip = np.rot90(strip, k=-1)
    height, width = strip.shape[:2]
    factor = min(factor, _SIDE / max(height, width))
    if factor <= 1.0 and not is_turned:
        return []
    factor = max(factor, 1.0)
    pad = 16
    larger = cv2.resize(
        np.ascontiguousarray(strip), (round(width * factor), round(height * factor)), interpolation=cv2.INTER_CUBIC
    )
    larger = cv2.copyMakeBorder(larger, pad, pad, pad, pad, cv2.BORDER_REPLICATE)
    lines = ocr.read(np.ascontiguousarray(larger))

    def back(x: float, y: float) -> tuple[float, float]:
        x, y = (x - pad) / factor, (y - pad) / factor
        return (x0 + y, y0 + (y1 - y0) - x) if is_turned else (x0 + x, y0 + y)

    def box_back(given: Box) -> Box:
        (ax, ay), (bx, by) = back(given[0], given[1]), back(given[2], given[3])
        return (min(ax, bx), min(ay, by), max(ax, bx), max(ay, by))

    if is_turned:
        level = [
            line
            for line in lines
            if abs(line.quad[1][0] - line.quad[0][0]) >= abs(line.quad[1][1] - line.quad[0][1]) or len(line.text) <= 1
        ]
        return [Text(line.text.strip(), box_back(line.box), 90, line.score) for line in level if line.text.strip()]
    return [
        text
        for line in lines
        for text in texts_of(
            [
                OcrLine(
                    text=line.text, box=box_back(line.box), score=line.score,
                    quad=(back(*line.quad[0]), back(*line.quad[1]), back(*line.quad[2]), back(*line.quad[3])),
                    words=tuple(OcrWord(text=w.text, box=box_back(w.box), score=w.score) for w in line.words),
                )
            ]
        )
    ]  # fmt: skip


def merged(texts: Sequence[Text], again: Sequence[Text], strip: Box) -> tuple[Text, ...]:
    """Texts with those of a strip replaced by what a second look says, where it says more there."""

    def overlaps(a: Box, b: Box) -> bool:
        w = min(a[2], b[2]) - max(a[0], b[0])
        h = min(a[3], b[3]) - max(a[1], b[1])
        return w > 0 and h > 0 and w * h > 0.3 * min((a[2] - a[0]) * (a[3] - a[1]), (b[2] - b[0]) * (b[3] - b[1]))

    kept = list(texts)
    for new in again:
        rivals = [old for old in kept if overlaps(old.box, new.box)]
        if rivals and max(r.score for r in rivals) >= new.score and max(len(r.text) for r in rivals) >= len(new.text):
            continue
        kept = [old for old in kept if old not in rivals]
        kept.append(new)
    return tuple(kept)
