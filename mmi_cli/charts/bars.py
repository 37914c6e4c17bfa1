"""Bars: rectangles that stand on one line, side by side, in groups or stacked; their ends are their values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from .patches import Patch


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """The bars of a chart, all of one direction."""

    patches: tuple[Patch, ...]
    is_horizontal: bool
    baseline: float
    """Where they begin, pixels along their direction."""
    is_stacked: bool

    def extent(self, patch: Patch) -> tuple[float, float]:
        """(begin, end) of a bar in pixels, along its direction; the end is the far side from the baseline."""
        low, high = (patch.box[0], patch.box[2]) if self.is_horizontal else (patch.box[1], patch.box[3])
        return (low, high) if abs(low - self.baseline) <= abs(high - self.baseline) else (high, low)

    def place(self, patch: Patch) -> tuple[float, float]:
        """Its stretch across."""
        return (patch.box[1], patch.box[3]) if self.is_horizontal else (patch.box[0], patch.box[2])


def find_bars(patches: Sequence[Patch], *, prefers_horizontal: bool | None) -> Bars | None:
    """The larger family of rectangles that stand on a common line.

    `prefers_horizontal`: what the axes say, where they do.
    """
    candidates = [p for p in patches if p.is_rectangle and min(p.width, p.height) >= 2.5]
    families = [family for horizontal in (False, True) if (family := _family(candidates, horizontal)) is not None]
    if not families:
        return None

    def worth(family: Bars) -> tuple[float, float]:
        bonus = 1.0 if prefers_horizontal is None or prefers_horizontal == family.is_horizontal else 0.45
        area = sum(p.area for p in family.patches)
        return (bonus * area**0.5 * (len(family.patches) ** 0.5) * _evenness(family), area)

    return max(families, key=worth)


def _family(candidates: Sequence[Patch], horizontal: bool) -> Bars | None:
    """Bars on the line where most begin; others stand on them (stacked)."""

    def along(patch: Patch) -> tuple[float, float]:
        return (patch.box[0], patch.box[2]) if horizontal else (patch.box[1], patch.box[3])

    def across(patch: Patch) -> tuple[float, float]:
        return (patch.box[1], patch.box[3]) if horizontal else (patch.box[0], patch.box[2])

    long_enough = [p for p in candidates if across(p)[1] - across(p)[0] >= 3]
    if not long_enough:
        return None
    votes: dict[float, float] = defaultdict(float)
    usual = 0 if horizontal else 1
    for patch in long_enough:
        for side, edge in enumerate(along(patch)):
            weight = (across(patch)[1] - across(patch)[0]) * (1.0 if side == usual else 0.9)
            for near in (-1.0, 0.0, 1.0):
                votes[edge + near] += weight * (1.0 if near == 0 else 0.5)
    baseline = max(votes, key=lambda edge: (votes[edge], edge if not horizontal else -edge))
    standing = [p for p in long_enough if min(abs(edge - baseline) for edge in along(p)) <= 2.0]
    if not standing:
        return None
    on_top: list[Patch] = []
    rest = [p for p in long_enough if p not in standing]
    layer, changed = list(standing), True
    while changed:
        changed = False
        for patch in list(rest):
            low, high = across(patch)
            for below in layer:
                other = across(below)
                if abs(low - other[0]) > 2 or abs(high - other[1]) > 2 or patch.colour == below.colour:
                    continue
                a, b = along(patch), along(below)
                if min(abs(a[0] - b[1]), abs(a[1] - b[0])) <= 2.5:
                    on_top.append(patch)
                    layer.append(patch)
                    rest.remove(patch)
                    changed = True
                    break
    kept = standing + on_top
    return Bars(patches=tuple(kept), is_horizontal=horizontal, baseline=baseline, is_stacked=len(on_top) > 0)


def _evenness(family: Bars) -> float:
    """Bars of a chart are of one thickness: 1 when all are, less as they differ."""
    sizes = sorted(family.place(p)[1] - family.place(p)[0] for p in family.patches)
    middle = sizes[len(sizes) // 2]
    return sum(abs(size - middle) <= max(1.5, 0.12 * middle) for size in sizes) / len(sizes)
