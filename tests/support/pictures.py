"""Pictures that tests draw: text in the font that Pillow brings, so that they look the same everywhere."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

LINES = (
    "Harbour Coffee Company",
    "Date 14/03/2026 at 09:42",
    "Two cappuccino 7.60",
    "Almond croissant 3.90",
    "Total amount 11.50 GBP",
)


def written(
    lines: Sequence[str] = LINES,
    *,
    size: tuple[int, int] = (900, 420),
    at: tuple[int, int] = (60, 40),
    font_px: int = 36,
    pitch_px: int = 70,
    ink: str = "black",
    paper: str = "white",
) -> Image.Image:
    """An RGB picture of `size` with `lines` from the top left `at`, `pitch_px` apart."""
    picture = Image.new("RGB", size, paper)
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(font_px)
    for number, line in enumerate(lines):
        draw.text((at[0], at[1] + number * pitch_px), line, font=font, fill=ink)
    return picture


def ink_box(picture: Image.Image, *, within: tuple[float, float, float, float]) -> tuple[int, int, int, int]:
    """Box of the dark pixels inside `within`, both in pixels of the picture."""
    left, top, right, bottom = (int(value) for value in within)
    dark = np.asarray(picture.convert("L"))[top:bottom, left:right] < 128
    rows, columns = np.flatnonzero(dark.any(axis=1)), np.flatnonzero(dark.any(axis=0))
    return int(columns[0]) + left, int(rows[0]) + top, int(columns[-1]) + left + 1, int(rows[-1]) + top + 1
