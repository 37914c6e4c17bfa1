"""Reads printed text with RapidOCR: PP-OCRv6 on ONNX Runtime, weights in its wheel, nothing downloaded ever."""

from __future__ import annotations

import importlib.metadata
import math
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import rapidocr
from rapidocr.main import RapidOCRError
from rapidocr.utils.log import logger as rapidocr_logger
from rapidocr.utils.process_img import map_boxes_to_original

from ..errors import EngineFailed, MissingEngine
from ..settings import Settings
from .interface import OcrLine
from .ocr_words import Glyph, in_reading_order, line_of_glyphs, turned_quad

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Measured on receipts against the library's own defaults (shorter side at least 736, direction classifier on): a little better
# in two thirds of the time.
_PARAMS: dict[str, Any] = {
    "Det.limit_type": "max",
    "Det.limit_side_len": 1280,
    "Global.use_cls": False,
    # Lines are cut from the picture as given, not from a copy that is scaled down to 2000 px first.
    "Global.use_preprocess_img": False,
    "Global.log_level": "critical",
}
_WEIGHTS = {
    "Det.model_path": "PP-OCRv6_det_small.onnx",
    "Rec.model_path": "PP-OCRv6_rec_small.onnx",
    "Cls.model_path": "ch_ppocr_mobile_v2.0_cls_mobile.onnx",
}
_THREADS = "EngineConfig.onnxruntime.intra_op_num_threads"
_BLANK = 0
"""Class that means "no character here" in the answer of the recogniser."""


# Upright lines of receipts have a mean score of 0.95 to 0.99, the same ones upside down 0.55 to 0.69.
_DOUBTFUL = 0.8
_MIN_SCORE = 0.5
"""Below it, as in the library itself, a line is taken for a pattern that is no text."""
_CLEARLY_BETTER = 0.1
_ENOUGH_GLYPHS = 3
"""Shorter lines read well either way: 6 and 9, NO and ON."""


class _Line(NamedTuple):
    crop: NDArray[np.uint8]
    glyphs: list[Glyph]
    is_upside_down: bool


class RapidOcr:
    """PP-OCRv6 small: Latin scripts, Chinese and Japanese in one model."""

    def __init__(self, settings: Settings) -> None:
        self.name = f"rapidocr-{importlib.metadata.version('rapidocr')}/PP-OCRv6-small"
        folder = Path(rapidocr.__file__).parent / "models"
        weights = {}
        for key, file_name in _WEIGHTS.items():
            path = folder / file_name
            if not path.is_file():  # without a path of its own, the library would download the file
                raise MissingEngine(f"{path} is missing; reinstall rapidocr>=3.10,<4, whose wheel brings it")
            weights[key] = str(path)
        threads = settings.threads or _usable_cores()
        params = _PARAMS | weights
        rapidocr_logger.setLevel("CRITICAL")
        self._finder = rapidocr.RapidOCR(params=params | {_THREADS: threads})
        # A line is too little work to share out: threads take lines of their own, and none of them waits for another.
        self._recogniser = rapidocr.RapidOCR(params=params | {_THREADS: 1})._load_rec_model()
        self._readers = ThreadPoolExecutor(threads, thread_name_prefix="ocr")
        self._characters: list[str] = self._recogniser.postprocess_op.character

    def read(self, image: NDArray[np.uint8]) -> tuple[OcrLine, ...]:
        """All lines of text, top to bottom then left to right; see `OcrEngine.read`."""
        height, width = image.shape[:2]
        if min(height, width) < 4:
            return ()
        steps: dict[str, Any] = {}
        try:
            try:
                crops, found = self._finder.detect_and_crop(np.ascontiguousarray(image[:, :, ::-1]), steps)
            except RapidOCRError:  # it found no text
                return ()
            lines = list(self._readers.map(self._read_line, crops))
            corners = map_boxes_to_original(found.boxes, steps, height, width)
        except MemoryError:
            raise
        except Exception as error:
            raise EngineFailed(f"{self.name} failed on a picture of {width} x {height} px: {error!r}") from error
        return in_reading_order(
            [
                line_of_glyphs(turned_quad(quad, is_upside_down=line.is_upside_down), line.crop, line.glyphs)
                for quad, line in zip(corners, lines, strict=True)
                if _score(line.glyphs) >= _MIN_SCORE
            ]
        )

    def _read_line(self, crop: NDArray[np.uint8]) -> _Line:
        glyphs = self._recognise(crop)
        score = _score(glyphs)
        if score < _DOUBTFUL and len(glyphs) >= _ENOUGH_GLYPHS:
            turned = np.ascontiguousarray(crop[::-1, ::-1])
            other = self._recognise(turned)
            if len(other) >= _ENOUGH_GLYPHS and _score(other) > score + _CLEARLY_BETTER:
                return _Line(turned, other, True)
        return _Line(crop, glyphs, False)

    def _recognise(self, crop: NDArray[np.uint8]) -> list[Glyph]:
        """The characters of one line.

        One line a call, as wide as it is: the library's batches pad lines to the widest and to at least 320 px, which costs a fifth
        more time and makes what is read depend on the other lines of the picture.
        """
        height, width = crop.shape[:2]
        ratio = max(width / height, 1.0)
        answer = self._recogniser.session(self._recogniser.resize_norm_img(crop, ratio)[None])[0]
        used = min(1.0, math.ceil(48 * width / height) / int(48 * ratio))  # the rest is padding
        steps, best = len(answer), answer.argmax(axis=1)
        is_start = (best != _BLANK) & np.concatenate(([True], best[1:] != best[:-1]))
        scores, spaces = answer.max(axis=1), answer[:, len(self._characters) - 1]
        glyphs: list[Glyph] = []
        before, was_space = 0, False
        for step in np.flatnonzero(is_start).tolist():
            text = self._characters[best[step]]
            if text.isspace():
                was_space = True
                continue
            space = 1.0 if was_space else float(spaces[before : step + 1].max())
            at = min((step + 0.5) / steps / used, 1.0)
            glyphs.append(Glyph(text, at, float(scores[step]), space if glyphs else 0.0))
            before, was_space = step, False
        return glyphs


def _usable_cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _score(glyphs: list[Glyph]) -> float:
    return sum(glyph.score for glyph in glyphs) / len(glyphs) if glyphs else 0.0
