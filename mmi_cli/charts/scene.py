"""Everything that is known of a picture before it is known which kind of chart it shows: inks, scales, patches, legend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ..datamodel.figure import Box
from .blobs import without_rings
from .frame import Frame, find_frame
from .ink import Ink, paper_of, take_apart
from .legends import Entry, find_legend
from .patches import Patch, find_patches
from .scales import Scale
from .snapping import ruled_right, snapped
from .texts import Text

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Everything that is known of a picture before its kind is."""

    ink: Ink
    frame: Frame
    patches: tuple[Patch, ...]
    legend: tuple[Entry, ...]
    plot: Box


def scene_of(pixels: NDArray[np.uint8], texts: Sequence[Text]) -> Scene:
    """Scales by the texts, snapped to the ticks that are drawn; patches without those of the legend."""
    height, width = pixels.shape[:2]
    frame = find_frame(width, height, texts, _on_marks(pixels, texts))
    if frame.x_scale is not None and any(tick[2].tip is not None for tick in frame.x_scale.ticks):
        frame = _by_middle(frame, pixels)
    ink = take_apart(pixels, frame.plot if frame.y_scale or frame.x_scale else None)
    frame = replace(
        frame,
        y_scale=frame.y_scale and snapped(frame.y_scale, ink, frame.plot),
        x_scale=frame.x_scale and snapped(frame.x_scale, ink, frame.plot),
    )
    ticks = [tick[2] for scale in scales_of(frame) for tick in scale.ticks]
    texts = without_rings(texts, ticks, ink, frame.plot)
    frame = replace(frame, texts=texts)
    plot = frame.plot
    patches = find_patches(ink, texts)
    if frame.y_scale is not None and frame.x_scale is None and (right := ruled_right(ink, plot)) is not None:
        # A grid ends at the bar that hides it; bars of the colours of those left of its end are in the plot too.
        inside = {p.colour for p in patches if p.is_rectangle and p.box[2] <= right + 4 and min(p.width, p.height) >= 8}
        floor = max(frame.y_scale.bounds) + 3
        beyond = [p.box[2] for p in patches if p.is_rectangle and p.colour in inside and right < p.box[2] <= plot[2]
                  and abs(p.box[3] - floor) <= 8 and min(p.width, p.height) >= 8]  # fmt: skip
        plot = (plot[0], plot[1], min(plot[2], max([right, *beyond]) + 4), plot[3])
    legend = find_legend(ink, patches, texts)
    swatches = {entry.swatch for entry in legend}
    kept = tuple(p for p in patches if p.box not in swatches)
    return Scene(ink=ink, frame=frame, patches=kept, legend=tuple(legend), plot=plot)


def scales_of(frame: Frame) -> list[Scale]:
    """None, one or two."""
    return [scale for scale in (frame.x_scale, frame.y_scale) if scale is not None]


def _on_marks(pixels: NDArray[np.uint8], texts: Sequence[Text]) -> list[Text]:
    """Texts around which it is coloured, or darker or lighter than the paper by far."""
    paper = paper_of(pixels)
    height, width = pixels.shape[:2]
    found = []
    for text in texts:
        x0, y0, x1, y1 = (int(v) for v in text.box)
        if text.turned or x0 < 1 or y0 < 1 or x1 >= width - 1 or y1 >= height - 1:
            continue
        around = np.concatenate([pixels[y0:y1, x0 - 1], pixels[y0:y1, x1]]).astype(np.int16)
        if len(around) and float((np.abs(around - paper).max(axis=1) > 36).mean()) > 0.7:
            found.append(text)
    return found


def _by_middle(frame: Frame, pixels: NDArray[np.uint8]) -> Frame:
    """Slanting labels point at their tick with an end, or stand under it with their middle: as the tick marks say."""
    other = find_frame(frame.width, frame.height, [text._replace(tip=None) for text in frame.texts])
    if other.x_scale is None or frame.x_scale is None:
        return frame
    ink = take_apart(pixels, frame.plot)
    first, second = snapped(frame.x_scale, ink, frame.plot), snapped(other.x_scale, ink, other.plot)
    return other if (second.is_exact, -second.residual) > (first.is_exact, -first.residual) else frame
