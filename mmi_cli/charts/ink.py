"""The colours of a chart: its ground, the flat colours of its areas, and the pixels of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_TOLERANCE = 14
"""Per channel; JPEG shifts flat colours by some units."""
_LEAST_PIXELS = 24
_MOST_COLOURS = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Ink:
    """A picture taken apart by colour."""

    pixels: NDArray[np.int16]
    """RGB, shape (height, width, 3)."""
    ground: NDArray[np.int16]
    """Colour of most of the picture, shape (3,)."""
    colours: tuple[tuple[int, int, int], ...]
    """Flat colours of areas, largest first; the ground is not among them."""
    distance: NDArray[np.int16]
    """Of each pixel from the ground: the largest difference of a channel, shape (height, width)."""

    def mask(self, colour: tuple[int, int, int], tolerance: int = _TOLERANCE) -> NDArray[np.bool_]:
        away = largest(np.abs(self.pixels - np.array(colour, np.int16)))
        return np.asarray(away <= tolerance)

    def blend(self, colour: tuple[int, int, int]) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        """(share of `colour` in each pixel as a mixture with the ground, whether it is such a mixture at all)."""
        away = (self.pixels - self.ground).astype(np.float32)
        toward = np.array(colour, np.float32) - self.ground.astype(np.float32)
        share = away @ toward / max(float(toward @ toward), 1.0)
        rest = largest(np.abs(away - share[..., None] * toward))
        limit = 26.0
        return np.clip(share, 0, 1).astype(np.float32), np.asarray((rest < limit) & (share > 0.12))


def largest(channels: NDArray[np.int16]) -> NDArray[np.int16]:
    """Of the three numbers of each pixel; many times faster than `max` over so short an axis."""
    return np.maximum(np.maximum(channels[..., 0], channels[..., 1]), channels[..., 2])


def colour_bins(pixels: NDArray[np.uint8] | NDArray[np.int16]) -> NDArray[np.int32]:
    """Number of the bin, of 4096, that each colour falls into: sixteen steps a channel."""
    coarse = (pixels >> 4).astype(np.int32)
    return np.asarray((coarse[..., 0] << 8) | (coarse[..., 1] << 4) | coarse[..., 2])


def take_apart(pixels: NDArray[np.uint8], plot: tuple[float, float, float, float] | None = None) -> Ink:
    """Takes a picture apart; where the plot has a ground of its own, that is the ground, and the paper around it is none either.

    Args:
        pixels: RGB, shape (height, width, 3), uint8.
        plot: about where the plot is.
    """
    wide = pixels.astype(np.int16)
    paper = paper_of(pixels)
    ground = _plot_ground(pixels, wide, plot, paper) if plot else paper
    distance = largest(np.abs(wide - ground)).astype(np.int16)
    off_paper = largest(np.abs(wide - paper)).astype(np.int16)
    return Ink(
        pixels=wide,
        ground=ground,
        colours=_flat_colours(pixels, wide, np.minimum(distance, off_paper)),
        distance=np.minimum(distance, off_paper),
    )


def paper_of(pixels: NDArray[np.uint8]) -> NDArray[np.int16]:
    """The colour of most of the margin, or of most of the picture where the margin has none of its own."""
    ring = np.concatenate(
        [
            pixels[:3].reshape(-1, 3),
            pixels[-3:].reshape(-1, 3),
            pixels[:, :3].reshape(-1, 3),
            pixels[:, -3:].reshape(-1, 3),
        ]
    )
    colour = _mode(ring)
    if float((np.abs(ring.astype(np.int16) - colour).max(axis=1) <= 10).mean()) >= 0.5:
        return colour
    return _mode(pixels.reshape(-1, 3))


def _plot_ground(
    pixels: NDArray[np.uint8],
    wide: NDArray[np.int16],
    plot: tuple[float, float, float, float],
    paper: NDArray[np.int16],
) -> NDArray[np.int16]:
    """The colour inside the plot that reaches all of its corners, if that is not the paper's."""
    x0, y0, x1, y1 = (int(v) for v in plot)
    part = pixels[max(y0, 0) : y1, max(x0, 0) : x1]
    if part.size == 0:
        return paper
    flat = part.reshape(-1, 3)
    keys = colour_bins(flat)
    counts = np.bincount(keys, minlength=4096)
    for key in np.argsort(-counts, kind="stable")[:4]:
        if counts[key] < 0.08 * len(flat):
            break
        colour = np.median(flat[keys == key], axis=0).astype(np.int16)
        if np.abs(colour - paper).max() <= 6 or int(colour.max() - colour.min()) > 40:
            continue
        mask = np.zeros(wide.shape[:2], bool)
        mask[max(y0, 0) : y1, max(x0, 0) : x1] = largest(np.abs(wide[max(y0, 0) : y1, max(x0, 0) : x1] - colour)) <= 4
        rows, columns = np.flatnonzero(mask.mean(axis=1) > 0.04), np.flatnonzero(mask.mean(axis=0) > 0.04)
        if len(rows) < 10 or len(columns) < 10:
            continue
        inner = mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        h, w = max(3, inner.shape[0] // 40), max(3, inner.shape[1] // 40)
        top = [inner[:h, :w], inner[:h, -w:]]
        spans = inner.shape[1] > 0.6 * part.shape[1] and inner.shape[0] > 0.6 * part.shape[0]
        if spans and all(float(corner.mean()) > 0.4 for corner in top):
            return np.asarray(colour)
    return paper


def _mode(flat: NDArray[np.uint8]) -> NDArray[np.int16]:
    """The most frequent colour of pixels of shape (count, 3)."""
    keys = colour_bins(flat)
    best = int(np.bincount(keys, minlength=4096).argmax())
    return np.asarray(np.median(flat[keys == best], axis=0).astype(np.int16))


def _flat_colours(
    pixels: NDArray[np.uint8], wide: NDArray[np.int16], distance: NDArray[np.int16]
) -> tuple[tuple[int, int, int], ...]:
    """Colours of pixels that are as their neighbours right and below: edges and antialiasing do not count."""
    same = np.ones(pixels.shape[:2], bool)
    same[:, :-1] &= largest(np.abs(wide[:, 1:] - wide[:, :-1])) <= 8
    same[:-1] &= largest(np.abs(wide[1:] - wide[:-1])) <= 8
    same[-1], same[:, -1] = False, False
    same &= distance > _TOLERANCE
    flat = pixels[same]
    if not len(flat):
        return ()
    keys = (flat >> 3).astype(np.int32) @ np.array([1024, 32, 1], np.int32)
    counts = np.bincount(keys, minlength=32768)
    found: list[tuple[NDArray[np.int16], int]] = []
    for key in np.argsort(-counts, kind="stable")[:200]:
        count = int(counts[key])
        if count < _LEAST_PIXELS / 2:
            break
        colour = np.median(flat[keys == key], axis=0).astype(np.int16)
        near = [i for i, (other, _) in enumerate(found) if np.abs(other - colour).max() <= _TOLERANCE]
        if near:
            found[near[0]] = (found[near[0]][0], found[near[0]][1] + count)
        else:
            found.append((colour, count))
    found = [item for item in found if item[1] >= _LEAST_PIXELS]
    found.sort(key=lambda item: -item[1])
    return tuple((int(c[0]), int(c[1]), int(c[2])) for c, _ in found[:_MOST_COLOURS])


def saturation(colour: tuple[int, int, int]) -> int:
    """0 for greys, 255 at most."""
    return max(colour) - min(colour)


def components(mask: NDArray[np.bool_]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """(label of each pixel, rows of x, y, width, height, area); label 0 is what is not in the mask."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=4)
    return np.asarray(labels, np.int32), np.asarray(stats, np.int32)


def close_gaps(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The mask with lines of up to three pixels that cross it filled in."""
    closed = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    return np.asarray(closed > 0)
