"""What kind of chart a picture shows, by trying each reader on what is on it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..datamodel.figure import Chart
from ..engines.interface import OcrEngine, OcrLine
from .bar_reading import read_bars
from .bars_on_scene import area_of, bars_of, is_bar_chart, is_grid
from .building import build, unread
from .frame import find_frame
from .ink import close_gaps, components, paper_of
from .labels_again import names_again, ticks_again
from .line_reading import read_areas
from .pies import find_disk, read_disk
from .roses import by_radius, find_rose
from .scene import Scene, scales_of, scene_of
from .texts import Text, texts_of
from .thin_marks import thin_chart

if TYPE_CHECKING:
    from numpy.typing import NDArray


_LEAST_COLOUR = 0.004
"""Share of coloured pixels from which a picture without a scale is looked at."""
_FEW_TEXTS = 40
"""On a picture without colour that is looked at all the same; a page has more."""
_LEAST_POWERS = 3
"""Labels like 10², that stand on logarithmic axes."""


def find_chart(pixels: NDArray[np.uint8], lines: Sequence[OcrLine], *, ocr: OcrEngine | None) -> Chart | None:
    """The chart on a picture that may be one."""
    texts = texts_of(lines)
    if not _is_worth_it(pixels, texts):
        return None
    scene = scene_of(pixels, texts)
    disk = find_disk(scene.ink, texts)
    if disk is not None and scene.frame.y_scale is None:
        return build("pie", read_disk(disk, texts, scene.legend), scene.frame)
    if not scales_of(scene.frame) and (rose := find_rose(scene.ink)) is not None:
        return build("pie", read_disk(by_radius(rose) or rose, texts, scene.legend), scene.frame)
    if ocr is not None and (again := ticks_again(pixels, scene, ocr)) is not None:
        scene = scene_of(pixels, again)
    bars = bars_of(scene)
    areas = _areas(scene)
    if bars is not None and (not areas or area_of(bars) > 0.3 * sum(int(mask.sum()) for _, mask in areas)):
        if ocr is not None and not bars.is_horizontal:
            scene = names_again(pixels, scene, bars, ocr)
        table = read_bars(bars, scene.frame, scene.legend, scene.ink.colours)
        if is_bar_chart(bars, table, scene):
            return build("bar", table, scene.frame, is_horizontal=bars.is_horizontal, is_stacked=bars.is_stacked)
    if bars is not None and is_grid(bars, scene) and scales_of(scene.frame):
        return unread("other", scene.frame, scene.plot)
    if areas and (table_ := read_areas(areas, scene.frame, scene.legend)) is not None:
        return build("area", table_, scene.frame, is_stacked=len(areas) > 1)
    return thin_chart(scene)


def _is_worth_it(pixels: NDArray[np.uint8], texts: Sequence[Text]) -> bool:
    """There is colour on it, or numbers that make a scale: pages of text end here."""
    small = pixels[:: max(1, pixels.shape[0] // 400), :: max(1, pixels.shape[1] // 400)]
    least, most = small.min(axis=2).astype(np.int16), small.max(axis=2).astype(np.int16)
    paper = paper_of(pixels)
    coloured = np.abs((most - least) - int(paper.max() - paper.min())) > 40
    if float(coloured.mean()) > _LEAST_COLOUR:
        return True
    powers = [text.text for text in texts if re.fullmatch(r"10[⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]", text.text)]
    flat = sum(re.fullmatch(r"10\d", text.text) is not None for text in texts)  # their exponent was read as a digit
    if powers and len(powers) + flat >= _LEAST_POWERS:
        return True
    if 3 <= len(texts) <= _FEW_TEXTS:
        return True
    frame = find_frame(pixels.shape[1], pixels.shape[0], texts)
    scales = [scale for scale in (frame.x_scale, frame.y_scale) if scale is not None and scale.residual < 2.5]
    return any(len(scale.ticks) >= 4 for scale in scales) or len(scales) == 2


def _areas(scene: Scene) -> list[tuple[tuple[int, int, int], NDArray[np.bool_]]]:
    """Filled colours that reach over the plot and are no rectangles, topmost first."""
    plot = scene.plot
    width, height = plot[2] - plot[0], plot[3] - plot[1]
    found = []
    for colour in scene.ink.colours:
        mask = close_gaps(scene.ink.mask(colour))
        labels, stats = components(mask)
        for index, (x, _y, w, h, area) in enumerate(stats.tolist()):
            if index == 0 or w < 0.5 * width or area < 0.02 * width * height or h < 6 or area > 0.995 * w * h:
                continue
            if x < plot[0] - 8 or x + w > plot[2] + 8:
                continue
            piece = labels == index
            if int((piece & scene.ink.mask(colour)).sum()) < 0.75 * area:
                continue
            columns = piece[:, x : x + w]
            filled = columns.sum(axis=0)
            extent = np.where(filled > 0, columns.shape[0] - columns[::-1].argmax(axis=0) - columns.argmax(axis=0), 0)
            if filled.sum() < 0.8 * extent.sum() or (filled > 0).mean() < 0.9:
                continue
            found.append((colour, np.asarray(piece)))
    if not found:
        return []
    bottoms = [float(np.median(m.shape[0] - m[::-1].argmax(axis=0)[m.any(axis=0)])) for _, m in found]
    lowest = int(np.argmax(bottoms))
    columns = found[lowest][1]
    low = (columns.shape[0] - columns[::-1].argmax(axis=0))[columns.any(axis=0)]
    if float(np.percentile(low, 90) - np.percentile(low, 10)) > 4:
        return []
    return found
