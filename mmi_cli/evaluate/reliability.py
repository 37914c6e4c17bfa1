"""Draws how often values of a confidence are right: as lines of text, and as a picture that needs nothing else (SVG)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

from .metrics import BINS, Judged, auroc, calibration_error, reliability

_BAR_WIDTH = 40
_Z = 1.96
"""Of the normal distribution: 95 % of it lie within."""


def reliability_lines(judged: Sequence[Judged], *, has_blocks: bool = True) -> Iterator[str]:
    """A line a bin: its edges, how many values, their mean confidence, the share that is right as a bar, `|` at the confidence."""
    filled, mark = ("█", "┃") if has_blocks else ("#", "|")
    yield f"confidence   values   mean  right  0{'right'.center(_BAR_WIDTH - 2)}1"
    for lower, confidence, share, count in reliability(judged):
        bar = list((filled * round(share * _BAR_WIDTH)).ljust(_BAR_WIDTH))
        bar[min(_BAR_WIDTH - 1, round(confidence * _BAR_WIDTH))] = mark
        yield f"{lower:.1f} – {lower + 1 / BINS:.1f}  {count:7}  {confidence:.3f}  {share:.3f}  {''.join(bar).rstrip()}"
    yield f"bar: share that is right; {mark} where it would be if the confidence were exact"


# Geometry of the picture, px: a square of values 0 to 1 above a strip of counts.
_LEFT, _TOP, _SIDE = 72, 84, 400
_STRIP_TOP, _STRIP = _TOP + _SIDE + 22, 90
_WIDTH, _HEIGHT = _LEFT + _SIDE + 28, _STRIP_TOP + _STRIP + 86
_STYLE = """
svg { --ink: #1b1f24; --soft: #59636e; --grid: #d8dee4; --paper: #ffffff; --bar: #4a7fb5; --gap: #c4521b; }
@media (prefers-color-scheme: dark) {
  svg { --ink: #e6edf3; --soft: #9aa4ae; --grid: #30363d; --paper: #0d1117; --bar: #6ca4de; --gap: #f0883e; }
}
text { font: 13px system-ui, sans-serif; fill: var(--ink); }
.title { font-size: 17px; font-weight: 600; }
.soft { fill: var(--soft); font-size: 12px; }
.grid { stroke: var(--grid); }
.axis { stroke: var(--soft); }
.exact { stroke: var(--ink); stroke-dasharray: 5 4; }
.bar { fill: var(--bar); fill-opacity: 0.75; }
.sure { stroke: var(--ink); stroke-width: 1.5; fill: none; }
.gap { stroke: var(--gap); stroke-width: 3; }
.dot { fill: var(--gap); stroke: var(--paper); stroke-width: 1.5; }
"""


def reliability_svg(judged: Sequence[Judged], *, name: str = "") -> str:
    """A reliability diagram: share right over confidence with 95 % intervals, and how many values each bin holds.

    Args:
        name: what was measured; stands below the title.
    """
    bins = reliability(judged)
    title = f"Reliability: ECE {_number(calibration_error(judged))}"
    about = f"{len(judged):,} values · AUROC {_number(auroc(judged))}"
    told = "; ".join(f"{lower:.1f}: {share:.2f} of {count} right" for lower, _, share, count in bins)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}" role="img" '
        'aria-labelledby="title about">',
        f'<title id="title">{escape(title)}</title>',
        f'<desc id="about">{escape(f"{about}. By lower edge of confidence: {told}")}</desc>',
        f"<style>{_STYLE}</style>",
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" style="fill: var(--paper)"/>',
        f'<text class="title" x="{_LEFT}" y="34">{escape(title)}</text>',
        f'<text class="soft" x="{_LEFT}" y="56">{escape(f"{about} · {name}" if name else about)}</text>',
        *_axes(),
    ]
    for lower, confidence, share, count in bins:
        parts += _bin(lower, confidence, share, count)
    parts.append(f'<line class="exact" x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}"/>')
    parts += _counts(bins)
    parts += _legend()
    parts.append("</svg>")
    return "\n".join(parts) + "\n"


def _axes() -> Iterator[str]:
    for tenth in range(0, 11, 2):
        value = tenth / 10
        x, y = _x(value), _y(value)
        yield f'<line class="grid" x1="{_LEFT}" y1="{y:.1f}" x2="{_LEFT + _SIDE}" y2="{y:.1f}"/>'
        yield f'<text class="soft" x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{value:.1f}</text>'
        yield f'<text class="soft" x="{x:.1f}" y="{_STRIP_TOP + _STRIP + 18}" text-anchor="middle">{value:.1f}</text>'
    yield f'<line class="axis" x1="{_LEFT}" y1="{_y(0)}" x2="{_LEFT + _SIDE}" y2="{_y(0)}"/>'
    middle = _TOP + _SIDE / 2
    yield f'<text x="22" y="{middle:.0f}" text-anchor="middle" transform="rotate(-90 22 {middle:.0f})">share that is right</text>'
    yield f'<text x="{_LEFT + _SIDE / 2:.0f}" y="{_STRIP_TOP + _STRIP + 42}" text-anchor="middle">confidence</text>'


def _bin(lower: float, confidence: float, share: float, count: int) -> Iterator[str]:
    x, width = _x(lower) + 2, _SIDE / BINS - 4
    low, high = wilson(share, count)
    middle = x + width / 2
    tip = escape(
        f"confidence {lower:.1f} to {lower + 1 / BINS:.1f}, mean {confidence:.3f}: {share:.3f} of {count} right"
    )
    yield f"<g><title>{tip}</title>"
    yield f'<rect class="bar" x="{x:.1f}" y="{_y(share):.1f}" width="{width:.1f}" height="{_y(0) - _y(share):.1f}"/>'
    yield f'<path class="sure" d="M{middle - 5:.1f} {_y(high):.1f}h10m-5 0V{_y(low):.1f}m-5 0h10"/>'
    yield f'<line class="gap" x1="{_x(confidence):.1f}" y1="{_y(share):.1f}" x2="{_x(confidence):.1f}" y2="{_y(confidence):.1f}"/>'
    yield f'<circle class="dot" cx="{_x(confidence):.1f}" cy="{_y(share):.1f}" r="4.5"/>'
    yield "</g>"


def _counts(bins: Sequence[tuple[float, float, float, int]]) -> Iterator[str]:
    most = max((count for *_, count in bins), default=1)
    bottom, room = _STRIP_TOP + _STRIP, _STRIP - 16
    for lower, _, _, count in bins:
        height = max(1.0, room * count / most)
        x, width = _x(lower) + 2, _SIDE / BINS - 4
        yield f'<rect class="bar" x="{x:.1f}" y="{bottom - height:.1f}" width="{width:.1f}" height="{height:.1f}"/>'
        yield f'<text class="soft" x="{x + width / 2:.1f}" y="{bottom - height - 4:.1f}" text-anchor="middle">{count}</text>'
    yield f'<line class="axis" x1="{_LEFT}" y1="{bottom}" x2="{_LEFT + _SIDE}" y2="{bottom}"/>'
    middle = bottom - _STRIP / 2
    yield f'<text x="22" y="{middle:.0f}" text-anchor="middle" transform="rotate(-90 22 {middle:.0f})">values</text>'


def _legend() -> Iterator[str]:
    y = _HEIGHT - 20
    yield f'<circle class="dot" cx="{_LEFT + 5}" cy="{y - 4}" r="4.5"/>'
    yield f'<text class="soft" x="{_LEFT + 15}" y="{y}">at the mean confidence</text>'
    yield f'<line class="gap" x1="{_LEFT + 166}" y1="{y - 10}" x2="{_LEFT + 166}" y2="{y + 2}"/>'
    yield f'<text class="soft" x="{_LEFT + 174}" y="{y}">gap</text>'
    yield f'<path class="sure" d="M{_LEFT + 212} {y - 10}h8m-4 0v12m-4 0h8"/>'
    yield f'<text class="soft" x="{_LEFT + 226}" y="{y}">95 % interval</text>'
    yield f'<line class="exact" x1="{_LEFT + 316}" y1="{y - 4}" x2="{_LEFT + 342}" y2="{y - 4}"/>'
    yield f'<text class="soft" x="{_LEFT + 348}" y="{y}">exact</text>'


def wilson(share: float, count: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share that was seen `count` times."""
    spread = _Z * math.sqrt(share * (1 - share) / count + _Z**2 / (4 * count**2))
    middle, scale = share + _Z**2 / (2 * count), 1 + _Z**2 / count
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


def _x(value: float) -> float:
    return _LEFT + value * _SIDE


def _y(value: float) -> float:
    return _TOP + (1 - value) * _SIDE


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
