"""Small charts drawn with Pillow, whose values are known, and the lines of text on them as an OCR engine would give them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from mmi_cli.engines.interface import OcrLine, OcrWord

WHITE, BLACK, GREY = (255, 255, 255), (20, 20, 20), (221, 221, 221)
COLOURS = ((76, 120, 168), (245, 133, 24), (84, 162, 75), (228, 87, 86))


@dataclass
class Sheet:
    """A picture on which a chart is drawn; what is written on it is known."""

    width: int = 420
    height: int = 320
    ground: tuple[int, int, int] = WHITE
    lines: list[OcrLine] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.image = Image.new("RGB", (self.width, self.height), self.ground)
        self.pen = ImageDraw.Draw(self.image)
        self.font = ImageFont.load_default(size=12)
        self.ink = BLACK if sum(self.ground) > 380 else WHITE

    @property
    def pixels(self) -> NDArray[np.uint8]:
        return np.asarray(self.image)

    def write(
        self, text: str, x: float, y: float, *, anchor: str = "mm", colour: tuple[int, int, int] | None = None
    ) -> None:
        """`anchor` as Pillow has it: `rm` ends at x, `lm` begins there, `mm` is centred."""
        self.pen.text((x, y), text, fill=colour or self.ink, font=self.font, anchor=anchor)
        left, top, right, bottom = (float(v) for v in self.pen.textbbox((x, y), text, font=self.font, anchor=anchor))
        words, at = [], left
        for word in text.split():
            length = self.font.getlength(word)
            words.append(OcrWord(text=word, box=(at, top, at + length, bottom), score=0.99))
            at += length + self.font.getlength(" ")
        quad = ((left, top), (right, top), (right, bottom), (left, bottom))
        self.lines.append(OcrLine(text=text, box=(left, top, right, bottom), quad=quad, score=0.99, words=tuple(words)))

    def y_axis(
        self, values: Sequence[float], *, top: float = 40, bottom: float = 260, left: float = 60, right: float = 380
    ) -> None:
        """Labels and grid lines, evenly from `bottom` to `top`."""
        for number, value in enumerate(values):
            y = bottom + (top - bottom) * number / (len(values) - 1)
            self.pen.line((left, y, right, y), fill=GREY)
            self.write(f"{value:g}", left - 8, y, anchor="rm")

    def x_axis(self, values: Sequence[float], *, left: float = 80, right: float = 360, y: float = 260) -> None:
        """Labels and tick marks, evenly from `left` to `right`."""
        self.pen.line((left - 20, y, right + 20, y), fill=self.ink)
        for number, value in enumerate(values):
            x = left + (right - left) * number / (len(values) - 1)
            self.pen.line((x, y, x, y + 5), fill=self.ink)
            self.write(f"{value:g}", x, y + 14)
