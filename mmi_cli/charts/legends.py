"""The legend: a swatch of each colour, filled or a piece of line, and the name that stands beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ..datamodel.figure import Box
from .categories import in_one_form
from .ink import Ink, components
from .patches import Patch
from .texts import Text

_ALIKE = 20
"""Largest difference of a channel between two colours that are one."""


class Entry(NamedTuple):
    name: str
    colour: tuple[int, int, int]
    text: Text
    swatch: Box


def find_legend(ink: Ink, patches: Sequence[Patch], texts: Sequence[Text]) -> list[Entry]:
    """Entries in reading order: at least two swatches of different colours, alike in size, in a column or a row."""
    texts = [part for text in texts for part in _in_rows(text, patches)]
    found = [entry for text in texts if not text.turned and (entry := _swatch(ink, patches, text)) is not None]
    best: list[Entry] = []
    for anchor in found:
        tolerance = max(2.5, 0.3 * anchor.text.height)
        width, height = anchor.swatch[2] - anchor.swatch[0], anchor.swatch[3] - anchor.swatch[1]
        alike = [
            entry
            for entry in found
            if abs(entry.swatch[2] - entry.swatch[0] - width) <= tolerance
            and abs(entry.swatch[3] - entry.swatch[1] - height) <= max(tolerance, 0.8 * anchor.text.height)
        ]
        for group in (
            [entry for entry in alike if abs(entry.swatch[0] - anchor.swatch[0]) <= tolerance],
            [entry for entry in alike if abs(entry.text.y - anchor.text.y) <= tolerance],
        ):
            if len(group) > max(1, len(best)) and _differ(group) and _is_repeated(ink, group):
                best = group
    best += _orphans(ink, best, [text for text in texts if all(text is not entry.text for entry in best)])
    best.sort(key=lambda entry: (round(entry.text.y / max(entry.text.height, 1)), entry.text.box[0]))
    return [entry._replace(name=name) for entry, name in zip(best, in_one_form([e.name for e in best]), strict=True)]


def _in_rows(text: Text, patches: Sequence[Patch]) -> list[Text]:
    """Names one above the other that were read as one line, apart: there are as many words as swatches right before them."""
    words = text.text.split()
    x0, y0, x1, y1 = text.box
    if len(words) < 2 or y1 - y0 < 8 * len(words) or x1 - x0 > y1 - y0:
        return [text]
    size = (y1 - y0) / len(words)
    before = sorted(
        (
            p
            for p in patches
            if -2 <= x0 - p.box[2] <= 1.9 * size
            and p.height <= 1.5 * size
            and p.width <= 4.5 * size
            and y0 - 2 <= (p.box[1] + p.box[3]) / 2 <= y1 + 2
            and p.area >= 12
        ),
        key=lambda p: p.box[1],
    )
    if len(before) != len(words) or len({p.colour for p in before}) < len(words):
        return [text]
    return [Text(word, (x0, p.box[1], x1, p.box[3]), 0, text.score) for word, p in zip(words, before, strict=True)]


def _swatch(ink: Ink, patches: Sequence[Patch], text: Text) -> Entry | None:
    """What stands right before a text and is about as high."""
    height = text.height
    near = [
        patch
        for patch in patches
        if abs((patch.box[1] + patch.box[3]) / 2 - text.y) <= 0.45 * height
        and -0.6 * height <= text.box[0] - patch.box[2] <= 1.9 * height
        and patch.height <= 1.9 * height
        and patch.width <= 4.5 * height
        and patch.area >= 0.2 * height * height
        and patch.box[0] < text.box[0] - 0.3 * height
    ]
    if near:
        patch = max(near, key=lambda p: p.area)
        return Entry(text.text, ink.colours[patch.colour], text, patch.box)
    x0, x1 = int(text.box[0] - 4.6 * height), int(text.box[0] - 0.1 * height)
    y0, y1 = int(text.y - 0.75 * height), int(text.y + 0.75 * height) + 1
    if x0 < 0 or y0 < 0 or y1 > ink.distance.shape[0] or x1 - x0 < 5:
        return None
    window = ink.distance[y0:y1, x0:x1] > 36
    _, stats = components(window)
    pieces = []
    for x, y, w, h, area in stats[1:].tolist():
        touches = x == 0 or y == 0 or y + h == window.shape[0]
        if not touches and area >= 4:
            pieces.append((x, y, x + w, y + h))
    if not pieces:
        return None
    box = (min(p[0] for p in pieces), min(p[1] for p in pieces), max(p[2] for p in pieces), max(p[3] for p in pieces))
    if (
        abs((box[1] + box[3]) / 2 + y0 - text.y) > 0.4 * height
        or x1 - (box[2] + x0) > 1.8 * height
        or box[2] - box[0] < 0.4 * height
    ):
        return None
    part = (slice(y0 + box[1], y0 + box[3]), slice(x0 + box[0], x0 + box[2]))
    away = ink.distance[part]
    strong = ink.pixels[part][away >= 0.85 * away.max()]
    colour = np.median(strong, axis=0)
    return Entry(
        text.text,
        (int(colour[0]), int(colour[1]), int(colour[2])),
        text,
        (float(x0 + box[0]), float(y0 + box[1]), float(x0 + box[2]), float(y0 + box[3])),
    )


def _differ(group: Sequence[Entry]) -> bool:
    """A cycle of colours may begin again, but ticks and bullets are all of one."""
    kinds: list[tuple[int, int, int]] = []
    for entry in group:
        if all(max(abs(a - b) for a, b in zip(entry.colour, other, strict=True)) > _ALIKE for other in kinds):
            kinds.append(entry.colour)
    return len(kinds) >= 2 and len(kinds) >= 0.6 * len(group) and (len(group) > 4 or len(kinds) == len(group))


def _orphans(ink: Ink, group: Sequence[Entry], texts: Sequence[Text]) -> list[Entry]:
    """Names in the column of a legend whose swatch touches something else: its colour is where the others have theirs."""
    if len(group) < 2 or max(e.text.box[0] for e in group) - min(e.text.box[0] for e in group) > 4:
        return []
    height = max(entry.text.height for entry in group)
    low, high = min(e.text.y for e in group) - 1.9 * height, max(e.text.y for e in group) + 1.9 * height
    left, right = min(e.swatch[0] for e in group), max(e.swatch[2] for e in group)
    answer = []
    for text in texts:
        if text.turned or abs(text.box[0] - group[0].text.box[0]) > 0.4 * height or not low <= text.y <= high:
            continue
        part = (slice(int(text.y - 0.3 * height), int(text.y + 0.3 * height) + 1), slice(int(left), int(right)))
        away = ink.distance[part]
        if not away.size or away.max() < 40 or float((away > 30).mean()) < 0.06:
            continue
        colour = np.median(ink.pixels[part][away >= 0.85 * away.max()], axis=0)
        swatch = (left, text.y - 0.3 * height, right, text.y + 0.3 * height)
        answer.append(Entry(text.text, (int(colour[0]), int(colour[1]), int(colour[2])), text, swatch))
    return answer


def _is_repeated(ink: Ink, group: Sequence[Entry]) -> bool:
    """Colours of a legend are seen elsewhere; two bars with their values beside them are not."""
    seen = 0
    for entry in group:
        x0, y0, x1, y1 = (int(v) for v in entry.swatch)
        share, is_blend = ink.blend(entry.colour)
        mask = is_blend & (share > 0.6)
        own = int(mask[y0 : y1 + 1, x0 : x1 + 1].sum())
        seen += int(mask.sum()) - own >= 12
    return seen >= max(1, len(group) - 1)


def matched(legend: Sequence[Entry], ink: Ink, colours: Sequence[tuple[int, int, int]]) -> list[Entry]:
    """The legend with the colour of each entry replaced by that of `colours` it is a paler copy of: thin lines are blurred."""
    ground = ink.ground.astype(float)
    answer = []
    for entry in legend:
        mine = np.array(entry.colour, float) - ground
        likeness = []
        for colour in colours:
            other = np.array(colour, float) - ground
            cosine = float(mine @ other) / max(float(np.linalg.norm(mine) * np.linalg.norm(other)), 1e-6)
            apart = max(abs(a - b) for a, b in zip(colour, entry.colour, strict=True))
            likeness.append((cosine - 0.002 * apart if cosine > 0.95 or apart < 30 else -1.0, colour))
        best = max(likeness, default=(-1.0, entry.colour))
        answer.append(entry._replace(colour=best[1]) if best[0] > 0.5 else entry)
    return answer
