"""What kind of chart a picture shows, by trying each reader on what is on it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ..datamodel.figure import Box, Chart
from ..engines.interface import OcrEngine, OcrLine
from .bar_reading import Table, read_bars
from .bars import Bars, find_bars
from .blobs import by_colour, round_blobs, without_rings
from .building import build, unread
from .categories import axis_name
from .frame import Frame, find_frame
from .ink import Ink, close_gaps, components, paper_of, saturation, take_apart
from .legends import Entry, find_legend, matched
from .line_reading import read_areas, read_lines
from .patches import Patch, find_patches, split_stairs
from .pies import find_disk, read_disk
from .points import Dot, find_dots, read_dots
from .rereading import merged, read_strip
from .roses import by_radius, find_rose
from .scales import Scale
from .shapes import find_dashes, has_row_of_disks
from .snapping import ruled_right, snapped
from .strokes import Stroke, find_strokes, is_smooth, pieces_of, trace
from .texts import Text, number_of, texts_of, union

if TYPE_CHECKING:
    from numpy.typing import NDArray


_LEAST_COLOUR = 0.004
"""Share of coloured pixels from which a picture without a scale is looked at."""
_LEAST_BLOBS = 3
_SHORT = 0.35
"""Of the plot's width: a line whose longest piece is shorter is one only where there are no points."""
_CELL_COLOURS = 7
_FEW_TEXTS = 40
"""On a picture without colour that is looked at all the same; a page has more."""
_LEAST_POWERS = 3
"""Labels like 10², that stand on logarithmic axes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Everything that is known of a picture before its kind is."""

    ink: Ink
    frame: Frame
    patches: tuple[Patch, ...]
    legend: tuple[Entry, ...]
    plot: Box


def find_chart(pixels: NDArray[np.uint8], lines: Sequence[OcrLine], *, ocr: OcrEngine | None) -> Chart | None:
    """The chart on a picture that may be one."""
    texts = texts_of(lines)
    if not _is_worth_it(pixels, texts):
        return None
    scene = _scene(pixels, texts)
    disk = find_disk(scene.ink, texts)
    if disk is not None and scene.frame.y_scale is None:
        return build("pie", read_disk(disk, texts, scene.legend), scene.frame)
    if not scales_of(scene.frame) and (rose := find_rose(scene.ink)) is not None:
        return build("pie", read_disk(by_radius(rose) or rose, texts, scene.legend), scene.frame)
    if ocr is not None and (again := _ticks_again(pixels, scene, ocr)) is not None:
        scene = _scene(pixels, again)
    bars = _bars(scene)
    areas = _areas(scene)
    if bars is not None and (not areas or _area_of(bars) > 0.3 * sum(int(mask.sum()) for _, mask in areas)):
        if ocr is not None and not bars.is_horizontal:
            scene = _names_again(pixels, scene, bars, ocr)
        table = read_bars(bars, scene.frame, scene.legend, scene.ink.colours)
        if _is_bar_chart(bars, table, scene):
            return build("bar", table, scene.frame, is_horizontal=bars.is_horizontal, is_stacked=bars.is_stacked)
    if bars is not None and _is_grid(bars, scene) and scales_of(scene.frame):
        return unread("other", scene.frame, scene.plot)
    if areas and (table_ := read_areas(areas, scene.frame, scene.legend)) is not None:
        return build("area", table_, scene.frame, is_stacked=len(areas) > 1)
    return _thin(scene)


def scales_of(frame: Frame) -> list[Scale]:
    """None, one or two."""
    return [scale for scale in (frame.x_scale, frame.y_scale) if scale is not None]


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


def _scene(pixels: NDArray[np.uint8], texts: Sequence[Text]) -> Scene:
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


def _ticks_again(pixels: NDArray[np.uint8], scene: Scene, ocr: OcrEngine) -> tuple[Text, ...] | None:
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
    hull = union([t.box for t in near])
    height = max(t.height for t in near)
    strip = (hull[0] - 1.5 * height, 0.0, hull[2] + 4, float(frame.height))
    again = read_strip(pixels, strip, ocr, is_turned=False, factor=4.0)
    return merged(frame.texts, again, strip) if again else None


def _names_again(pixels: NDArray[np.uint8], scene: Scene, bars: Bars, ocr: OcrEngine) -> Scene:
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


def _bars(scene: Scene) -> Bars | None:
    frame, ink = scene.frame, scene.ink
    words = list(frame.texts)
    candidates = []
    masks: dict[int, NDArray[np.bool_]] = {}
    for patch in scene.patches:
        if any(_covers(t.box, patch.box) for t in words):
            continue
        x, y = (patch.box[0] + patch.box[2]) / 2, (patch.box[1] + patch.box[3]) / 2
        if not (scene.plot[0] - 6 <= x <= scene.plot[2] + 6 and scene.plot[1] - 6 <= y <= scene.plot[3] + 6):
            continue
        if patch.width > 0.97 * frame.width or patch.height > 0.97 * frame.height:
            continue
        if is_faint(ink, patch) and (
            min(patch.width, patch.height) < 7 or patch.area < 0.6 * patch.width * patch.height
        ):
            continue
        if not patch.is_rectangle and patch.area >= 60:
            if patch.colour not in masks:
                masks[patch.colour] = ink.mask(ink.colours[patch.colour])
            candidates += split_stairs(patch, masks[patch.colour])
        else:
            candidates.append(patch)
    prefers = None if bool(frame.x_scale) == bool(frame.y_scale) else frame.x_scale is not None
    return find_bars(candidates, prefers_horizontal=prefers)


def is_faint(ink: Ink, patch: Patch) -> bool:
    """As pale as a grid is drawn."""
    colour = ink.colours[patch.colour]
    return max(colour) - min(colour) < 14 and int(np.abs(np.array(colour) - ink.ground).max()) < 60


def _covers(outer: Box, inner: Box) -> bool:
    return (
        outer[0] - 1 <= inner[0] and outer[1] - 1 <= inner[1] and outer[2] + 1 >= inner[2] and outer[3] + 1 >= inner[3]
    )


def _area_of(bars: Bars) -> int:
    return sum(patch.area for patch in bars.patches)


def _is_bar_chart(bars: Bars, table: Table, scene: Scene) -> bool:
    """Bars mean something: they have a scale or printed values, and names; single blocks of colour do not."""
    measured = [m for m in table.marks if m.y is not None]
    named = [m for m in table.marks if m.x is not None]
    value_scale = scene.frame.x_scale if bars.is_horizontal else scene.frame.y_scale
    stands = value_scale is not None and _stands_on(bars, value_scale)
    if value_scale is not None and not stands and not bars.is_stacked:
        return False
    if len(measured) < 2 or (len(named) < 0.4 * len(table.marks) and not (stands and len(measured) >= 4)):
        return False
    if table.scale is None and sum(m.y_text is not None for m in measured) < 2:
        return False
    if _is_grid(bars, scene) or _leaves_out(bars, scene):
        return False
    sizes = sorted(bars.place(p)[1] - bars.place(p)[0] for p in bars.patches)
    middle = sizes[len(sizes) // 2]
    even = sum(abs(size - middle) <= max(2.0, 0.2 * middle) for size in sizes) / len(sizes)
    plot = scene.plot
    share = _area_of(bars) / max(1.0, (plot[2] - plot[0]) * (plot[3] - plot[1]))
    if value_scale is not None and value_scale.kind != "number":
        return False
    return (even >= 0.6 or (value_scale is not None and len(sizes) >= 3)) and share >= 0.01 and middle >= 3


def _stands_on(bars: Bars, scale: Scale) -> bool:
    """Bars begin at zero, or where the scale ends; boxes begin between."""
    if scale.is_log:
        return True
    low, high = scale.bounds
    base = scale.value(bars.baseline)
    reach = abs(scale.value(high) - scale.value(low))
    beyond = 0.04 * (high - low)
    return abs(base) <= 0.04 * reach or not low + beyond < bars.baseline < high - beyond


def _is_grid(bars: Bars, scene: Scene) -> bool:
    """Cells of a heat map: stacks of many colours that no legend names."""
    return bars.is_stacked and len(scene.legend) < 2 and len({p.colour for p in bars.patches}) >= _CELL_COLOURS


def _leaves_out(bars: Bars, scene: Scene) -> bool:
    """As many rectangles of the same colours float, at different heights, as stand: boxes of a box plot, not bars."""
    taken = {p.box for p in bars.patches}
    colours = {p.colour for p in bars.patches}
    areas = sorted(p.area for p in bars.patches)
    least = 0.3 * areas[len(areas) // 2]
    floating = [
        p for p in scene.patches if p.box not in taken and p.colour in colours and p.is_rectangle and p.area >= least
    ]
    if bars.is_stacked or len(floating) < 0.8 * len(bars.patches):
        return False
    ends = [
        edge
        for p in floating
        for edge in (round(p.box[1]), round(p.box[3]), *((round(p.box[0]),) if bars.is_horizontal else ()))
    ]
    most = max(sum(abs(edge - other) <= 2 for other in ends) for edge in ends)
    return bool(most < 0.6 * len(floating))


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


def _thin(scene: Scene) -> Chart | None:
    """Lines and points; a chart without a table where there is an axis with its ticks but nothing that could be read along it."""
    plot, frame = scene.plot, scene.frame
    free = [entry.swatch for entry in scene.legend]
    scales = scales_of(frame)
    sure = [s for s in scales if len(s.ticks) >= (4 if s.is_exact else 5) and s.residual < 1.3]
    if sure and frame.y_scale is not None and (dashes := find_dashes(scene.patches, scene.ink, plot)):
        groups = [(scene.ink.colours[index], each) for index, each in dashes.items()]
        if (table := read_dots(groups, frame, scene.legend)) is not None:
            return build("scatter", table, frame)
    if not sure and not (len(scales) == 2 and any(scale.is_exact for scale in scales)):
        is_scatter = has_row_of_disks(scene.patches, frame.texts) or _are_points(scene)
        return unread("scatter", frame, plot) if is_scatter else None
    strokes = find_strokes(scene.ink, plot, scene.patches, frame.texts, free)
    legend: Sequence[Entry] = scene.legend
    if legend:
        legend = matched(legend, scene.ink, [s.colour for s in strokes])
        named = {entry.colour for entry in legend}
        strokes = [s for s in strokes if s.colour in named] or strokes
    lines: list[Stroke] = []
    widest = 0.0
    dots: list[tuple[tuple[int, int, int], list[Dot]]] = []
    for stroke in strokes:
        if saturation(stroke.colour) < 24 and all(p[3] - p[1] <= 2 for p in pieces_of(stroke)):
            continue  # ticks, and what is left of an axis
        longest = max((p[2] - p[0] for p in pieces_of(stroke)), default=0.0)
        found = find_dots(stroke, plot)
        if found is not None and len(found) >= 2 and longest < 0.3 * (plot[2] - plot[0]):
            dots.append((stroke.colour, found))
        elif (
            longest >= 0.1 * (plot[2] - plot[0])
            and is_smooth(path := trace(stroke))
            and (saturation(stroke.colour) >= 24 or _is_on_scale(path, frame))
        ):
            lines.append(stroke)
            widest = max(widest, longest)
    blobs = round_blobs(scene.ink, plot, frame.texts, free) if widest < _SHORT * (plot[2] - plot[0]) else []
    if len(blobs) > _LEAST_BLOBS:
        lines = []  # pieces of letters and grids between points
    if lines and (table := read_lines(lines, frame, legend)) is not None and len(table.marks) >= 2:
        return build("line", table, frame)
    if len(blobs) >= _LEAST_BLOBS and len(blobs) > sum(len(found) for _, found in dots):
        dots = by_colour(blobs, scene.ink)
    if dots and (table := read_dots(dots, frame, legend)) is not None:
        return build("scatter", table, frame)
    if len(blobs) >= _LEAST_BLOBS:
        return unread("scatter", frame, plot)
    clear = [s for s in sure if s.is_exact and len(s.ticks) >= 5 and s.residual < 0.7]
    if (len(sure) == 2 and clear) or (clear and strokes):
        return unread("line" if lines else "scatter" if dots else "other", frame, plot)
    is_scatter = has_row_of_disks(scene.patches, frame.texts) or _are_points(scene)
    return unread("scatter", frame, plot) if is_scatter else None


def _are_points(scene: Scene) -> bool:
    """Many round marks beside a column or a row of names or numbers, where no scale could be made of them."""
    whole: Box = (0.0, 0.0, float(scene.frame.width), float(scene.frame.height))
    blobs = round_blobs(scene.ink, whole, scene.frame.texts, [entry.swatch for entry in scene.legend])
    if len(blobs) < _LEAST_BLOBS + 1 or len(scene.frame.texts) > 4 * len(blobs) + 20:
        return False
    hull = union([dot.box for dot in blobs])
    beside = [t for t in scene.frame.texts if t.box[2] <= hull[0] + 4 or t.box[1] >= hull[3] - 4]
    columns = len({round(dot.x / 4) for dot in blobs}), len({round(dot.y / 4) for dot in blobs})
    return len(beside) >= 3 and max(columns) >= 3 and len({dot.box[1] for dot in blobs}) >= 3


def _is_on_scale(path: NDArray[np.float32], frame: Frame) -> bool:
    """A line keeps to what its axis shows; the line of the axis itself and its ticks do not."""
    if frame.y_scale is None:
        return True
    rows = path[np.isfinite(path)]
    low, high = frame.y_scale.bounds
    slack = max(3.0, 0.6 * (high - low) / max(1, len(frame.y_scale.ticks) - 1))
    outside = float(((rows < low - slack) | (rows > high + slack)).mean())
    on_edge = float(((np.abs(rows - low) < 1.6) | (np.abs(rows - high) < 1.6)).mean())
    return outside < 0.25 and outside + on_edge < 0.9
