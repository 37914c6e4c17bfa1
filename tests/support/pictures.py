"""Pictures that tests draw: text in the font that Pillow brings, so that they look the same everywhere."""

from __future__ import annotations

import math
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


SCENES = ("analog clock", "balloon", "crossword", "traffic light")
"""What `scene` draws, as an image tagger calls it."""


def scene(name: str) -> np.ndarray:
    """A drawing of a thing, RGB, shape (400, width, 3), uint8, that whoever knows the thing takes for it."""
    drawn = {"analog clock": _clock, "balloon": _balloon, "crossword": _crossword, "traffic light": _light}[name]
    return np.asarray(drawn())


def _clock() -> Image.Image:
    picture = Image.new("RGB", (400, 400), (225, 215, 200))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((40, 40, 360, 360), fill="white", outline=(40, 40, 40), width=12)

    def at(minute: float, radius: float) -> tuple[float, float]:
        return 200 + radius * math.sin(math.radians(minute * 6)), 200 - radius * math.cos(math.radians(minute * 6))

    for minute in range(60):
        is_hour = minute % 5 == 0
        draw.line((*at(minute, 145), *at(minute, 118 if is_hour else 130)), fill="black", width=5 if is_hour else 2)
        if is_hour:
            draw.text(
                at(minute, 100), str(minute // 5 or 12), font=ImageFont.load_default(28), fill="black", anchor="mm"
            )
    draw.line((200, 200, 250, 140), fill="black", width=8)
    draw.line((200, 200, 140, 110), fill="black", width=5)
    return picture


def _balloon() -> Image.Image:
    picture = Image.new("RGB", (400, 400), (120, 180, 240))
    draw = ImageDraw.Draw(picture)
    for number, colour in enumerate(("red", "gold", "red", "gold", "red")):
        draw.ellipse((100 + number * 20, 40, 300 - number * 20, 260), fill=colour)
    draw.polygon((150, 240, 250, 240, 220, 300, 180, 300), fill="red")
    draw.line((185, 300, 190, 330), fill="black")
    draw.line((215, 300, 210, 330), fill="black")
    draw.rectangle((180, 330, 220, 360), fill=(120, 80, 40))
    return picture


def _crossword() -> Image.Image:
    picture = Image.new("RGB", (400, 400), "white")
    draw = ImageDraw.Draw(picture)
    black = np.random.default_rng(1).random((15, 15)) < 0.2
    for row in range(15):
        for column in range(15):
            box = (20 + column * 24, 20 + row * 24, 44 + column * 24, 44 + row * 24)
            draw.rectangle(box, fill="black" if black[row, column] else "white", outline="black")
    return picture


def _light() -> Image.Image:
    picture = Image.new("RGB", (300, 400), (120, 170, 220))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((140, 300, 160, 400), fill=(60, 60, 60))
    draw.rounded_rectangle((95, 40, 205, 310), 20, fill=(30, 30, 30))
    for number, colour in enumerate(((230, 30, 30), (240, 190, 30), (30, 200, 80))):
        draw.ellipse((115, 55 + 85 * number, 185, 125 + 85 * number), fill=colour)
    return picture


def code(text: str, symbology: str, *, scale: int = 4) -> Image.Image:
    """A barcode as zxing-cpp draws it, with its quiet zone."""
    import zxingcpp

    made = zxingcpp.create_barcode(text, zxingcpp.barcode_format_from_str(symbology))
    return Image.fromarray(np.array(zxingcpp.write_barcode_to_image(made, scale=scale))).convert("RGB")
