"""Reads printed English with EasyOCR (CRAFT and its second-generation recogniser) on torch; weights from the models folder only."""

from __future__ import annotations

import importlib.metadata
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import EngineFailed, MissingEngine
from ..settings import Settings
from .interface import OcrLine
from .ocr_words import evenly_spread, in_reading_order, line_of_glyphs, turned_quad
from .torchvision_compat import import_torchvision

if TYPE_CHECKING:
    from numpy.typing import NDArray

import_torchvision()
import easyocr  # noqa: E402 - imports torchvision
import torch  # noqa: E402

MODEL = "easyocr-en"
_WEIGHTS = ("craft_mlt_25k.pth", "english_g2.pth")
_MIN_SCORE = 0.2
"""Below it lines of receipts are mostly noise; right ones between 0.2 and 0.5 are common."""


class EasyOcr:
    """EasyOCR for English, upright pictures; several times slower than RapidOCR and less exact, for those who want it by name."""

    def __init__(self, settings: Settings) -> None:
        self.name = f"easyocr-{importlib.metadata.version('easyocr')}/english_g2"
        folder = settings.models_dir / MODEL
        for name in _WEIGHTS:
            if not (folder / name).is_file():
                raise MissingEngine(f"{folder / name} is missing; mmi models pull {MODEL}")
        if settings.threads:
            torch.set_num_threads(settings.threads)
        try:
            with _only_weights(), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self._reader = easyocr.Reader(
                    ["en"], gpu=False, model_storage_directory=str(folder), user_network_directory=str(folder),
                    download_enabled=False, verbose=False,
                )  # fmt: skip
            sys.path.remove(str(folder))  # the library would import networks of one's own from there
        except Exception as error:
            raise MissingEngine(f"{folder} cannot be used ({error}); mmi models pull {MODEL}") from error

    def read(self, image: NDArray[np.uint8]) -> tuple[OcrLine, ...]:
        """All lines of text, top to bottom then left to right; see `OcrEngine.read`."""
        height, width = image.shape[:2]
        if min(height, width) < 4:
            return ()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                found = self._reader.readtext(np.ascontiguousarray(image[:, :, ::-1]))
        except MemoryError:
            raise
        except Exception as error:
            raise EngineFailed(f"{self.name} failed on a picture of {width} x {height} px: {error!r}") from error
        lines = (
            _line(image, corners, text, float(score))
            for corners, text, score in found
            if score >= _MIN_SCORE and text.strip()
        )
        return in_reading_order([line for line in lines if line is not None])


def _line(image: NDArray[np.uint8], corners: Any, text: str, score: float) -> OcrLine | None:
    height, width = image.shape[:2]
    points = np.clip(np.asarray(corners, dtype=np.float64), 0, (width, height))
    left, top = np.floor(points.min(axis=0)).astype(int)
    right, bottom = np.ceil(points.max(axis=0)).astype(int)
    if right - left < 2 or bottom - top < 2:
        return None
    glyphs = evenly_spread(text, score)
    return line_of_glyphs(turned_quad(points), image[top:bottom, left:right], glyphs, reach=1.5 / len(text))


@contextmanager
def _only_weights() -> Iterator[None]:
    """Has torch read tensors alone from checkpoints, although EasyOCR asks for whole pickles."""
    name = "TORCH_FORCE_WEIGHTS_ONLY_LOAD"
    before = os.environ.get(name)
    os.environ[name] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before
