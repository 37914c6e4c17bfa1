"""Labels that were read badly, read again larger or turned: numbers beside the value axis, names under the bars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ..datamodel.boxes import hull
from ..engines.interface import OcrEngine
from .bars import Bars
from .categories import axis_name
from .rereading import merged, read_strip
from .scene import Scene
from .texts import Text, number_of

if TYPE_CHECKING:
    from numpy.typing import NDArray


def ticks_again(pixels: NDArray[np.uint8], scene: Scene, ocr: OcrEngine) -> tuple[Text, ...] | None:
    """The texts with the numbers at the left read larger, where fewer than four were found but some were."""
    frame = scene.frame
    if frame.y_scale is not None and len(frame.y_scale.ticks) >= 4:
        return None
    numbers = [t for t in frame.texts if number_of(t.text, is_lenient=True) is not None or len(t.text) == 1]
    column = [t for t in numbers if t.x < 0.3 * frame.width]
    if len(column) < 2:
        return None
    right = sorted(t.box[2] for t in column)[len(column) // 2]
    near = [t for t in column if abs(t.box[2] - right) < 8]
    if len(near) < 2 or max(t.height for t in near) > 24:
        return None
    around = hull(*(t.box for t in near))
    height = max(t.height for t in near)
    strip = (around[0] - 1.5 * height, 0.0, around[2] + 4, float(frame.height))
    again = read_strip(pixels, strip, ocr, is_turned=False, factor=4.0)
    return merged(frame.texts, again, strip) if again else None


def names_again(pixels: NDArray[np.uint8], scene: Scene, bars: Bars, ocr: OcrEngine) -> Scene:
    """The scene with the labels under the bars read turned, where upright reading left bars without a name."""
    frame = scene.frame
    bottom = max(p.box[3] for p in bars.patches)
    low, high = min(p.box[0] for p in bars.patches), max(p.box[2] for p in bars.patches)
    count = len({round(p.box[0] / 4) for p in bars.patches})
    pitch = (high - low) / max(count, 1)
    under = [t for t in frame.texts if t.box[1] > bottom - 3 and low - pitch < t.at < high + pitch]
    near = [t for t in under if t.box[1] - bottom < 30]
    top_most = min((t.box[1] for t in near), default=0.0)
    first = [t for t in near if t.box[1] <= top_most + 0.6 * t.height]
    if (frame.x_scale is not None and len(frame.x_scale.ticks) >= 3) or any(
        t.turned == 0 and len(t.text) > 2 for t in first
    ):
        return scene
    slots = {round((t.at - low) / pitch) for t in first}
    sure = [t for t in first if t.score > 0.85]
    if len(sure) >= count or (len(slots) >= count and min(t.score for t in first) > 0.8):
        return scene
    deepest = min([float(frame.height), *(t.box[1] for t in under if t.turned == 0 and t.box[1] > bottom + 22)])
    top = min([t.box[1] for t in first if t.box[1] > bottom] or [bottom + 5]) - 1
    strip = (low - 3, top, high + 3, max(deepest, top + 14))
    best: tuple[Text, ...] = tuple(first)
    for is_turned in (True, False):
        again = [
            t._replace(text=axis_name(t.text)) for t in read_strip(pixels, strip, ocr, is_turned=is_turned, factor=4.0)
        ]
        if _worth(again, low, pitch) > _worth(best, low, pitch) + 0.2:
            best = tuple(again)
    kept = tuple(t for t in frame.texts if all(t is not old for old in first)) if best != tuple(first) else frame.texts
    texts = kept + tuple(t for t in best if t not in kept)
    return replace(scene, frame=replace(frame, texts=texts))


def _worth(texts: Sequence[Text], low: float, pitch: float) -> float:
    """Sum of the best score at each place along the axis."""
    best: dict[int, float] = {}
    for text in texts:
        place = int((text.at - low) // pitch)
        best[place] = max(best.get(place, 0.0), text.score - (0.3 if not text.text.isascii() else 0.0))
    return sum(best.values())
