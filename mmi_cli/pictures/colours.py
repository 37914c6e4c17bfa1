"""The colours that a picture mostly has, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from ..datamodel.figure import Colour

if TYPE_CHECKING:
    from numpy.typing import NDArray

NAMED = (
    ("black", "#0c0c0c"), ("dark grey", "#484848"), ("grey", "#808080"), ("light grey", "#bebebe"), ("white", "#fafafa"),
    ("red", "#d02020"), ("red", "#b04848"), ("dark red", "#7a1018"), ("pink", "#f0a0b8"), ("pink", "#d88098"), ("magenta", "#d0209a"),
    ("orange", "#f08020"), ("brown", "#75491f"), ("brown", "#7a5c44"), ("brown", "#46321e"), ("beige", "#dcc8a4"), ("beige", "#b49c80"),
    ("yellow", "#f4d828"), ("olive", "#7d7a28"), ("olive", "#5c5a30"), ("green", "#28963c"), ("green", "#5c8c46"),
    ("dark green", "#14482a"), ("dark green", "#34462e"), ("light green", "#98d890"), ("turquoise", "#30b4ac"), ("turquoise", "#4c8c8c"),
    ("light blue", "#90c4ec"), ("light blue", "#b4c4d8"), ("blue", "#2860d0"), ("blue", "#5078a8"), ("dark blue", "#182860"),
    ("dark blue", "#343c54"), ("purple", "#7034a0"), ("purple", "#6c4c78"), ("lilac", "#c0a4dc"),
)  # fmt: skip
"""What the names look like, bright and dull; a colour has the name of the one that looks most like it."""
_SIDE = 64
"""Pixels to which a picture is shrunk first."""
_SHADES = 12
_GREYISH = 8.0
"""Chroma below which a colour is called black, grey or white."""
_LIGHTNESS = 0.6
"""How much a difference in lightness counts beside one in hue and chroma."""
_LEAST_SHARE = 0.05
_MOST = 5


def dominant_colours(image: NDArray[np.uint8]) -> tuple[Colour, ...]:
    """At most five named colours that cover a twentieth of the picture each, largest share first.

    Args:
        image: RGB, shape (height, width, 3), uint8.
    """
    picture = Image.fromarray(np.ascontiguousarray(image))
    picture = picture.reduce(max(1, max(picture.size) // _SIDE))
    reduced = picture.quantize(_SHADES, method=Image.Quantize.MEDIANCUT, kmeans=2)
    counts = np.bincount(np.asarray(reduced).ravel(), minlength=_SHADES)
    palette = np.asarray(reduced.getpalette() or [], np.uint8).reshape(-1, 3)
    shades = [(palette[index], int(count)) for index, count in enumerate(counts) if count and index < len(palette)]
    names = _names_of(np.array([shade for shade, _ in shades], np.uint8))
    shares: dict[str, list[tuple[NDArray[np.uint8], int]]] = {}
    for name, shade in zip(names, shades, strict=True):
        shares.setdefault(name, []).append(shade)
    total = int(counts.sum())
    found = []
    for name, members in shares.items():
        count = sum(each for _, each in members)
        mean = np.average([shade for shade, _ in members], axis=0, weights=[each for _, each in members])
        red, green, blue = (round(float(channel)) for channel in mean)
        found.append(Colour(name, f"#{red:02x}{green:02x}{blue:02x}", round(count / total, 3)))
    found.sort(key=lambda colour: (-colour.share, colour.name))
    return tuple(colour for colour in found if colour.share >= _LEAST_SHARE)[:_MOST]


def _names_of(shades: NDArray[np.uint8]) -> list[str]:
    named = np.array([[int(code[at : at + 2], 16) for at in (1, 3, 5)] for _, code in NAMED], np.uint8)
    own, theirs = _lab(shades), _lab(named)
    is_grey = np.linalg.norm(own[:, 1:], axis=1) < _GREYISH
    names_grey = np.linalg.norm(theirs[:, 1:], axis=1) < _GREYISH
    distances = np.linalg.norm((own[:, None] - theirs[None]) * (_LIGHTNESS, 1.0, 1.0), axis=2)
    distances[is_grey[:, None] != names_grey[None]] = np.inf
    return [NAMED[index][0] for index in distances.argmin(axis=1)]


def _lab(rgb: NDArray[np.uint8]) -> NDArray[np.float64]:
    """CIE L*a*b* (D65), where equal distances look about equal."""
    part = rgb.astype(np.float64) / 255
    linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    xyz = linear @ to_xyz.T / np.array([0.9505, 1.0, 1.089])
    root = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    x, y, z = root[:, 0], root[:, 1], root[:, 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=1)
