"""Draws PDF pages for OCR, within the pixel limit."""

from __future__ import annotations

import ctypes
import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pypdfium2.raw as pdfium

from ..errors import EngineFailed
from ..meter import span
from .pdf_frame import PageFrame

if TYPE_CHECKING:
    from numpy.typing import NDArray

_POINTS_PER_INCH = 72
_MAX_SIDE = 20_000  # pixels; PDFium counts rows in 32-bit integers


def draw_page(page: Any, frame: PageFrame, *, dpi: int, max_pixels: int, form: Any = None) -> NDArray[np.uint8]:
    """The page in its frame: RGB, shape (height, width, 3), uint8, at `dpi` or as much less as the limit asks.

    Args:
        page: raw handle.
        form: raw form handle, to draw what was filled into form fields.

    Raises:
        EngineFailed: the picture cannot be made.
    """
    scale = dpi / _POINTS_PER_INCH
    width, height = max(frame.width, 1.0), max(frame.height, 1.0)
    scale = min(scale, math.sqrt(max_pixels / (width * height)), _MAX_SIDE / max(width, height))
    columns, rows = max(1, math.floor(width * scale)), max(1, math.floor(height * scale))
    pixels = np.full((rows, columns, 4), 255, dtype=np.uint8)
    bitmap = pdfium.FPDFBitmap_CreateEx(
        columns, rows, pdfium.FPDFBitmap_BGRx, ctypes.c_void_p(pixels.ctypes.data), columns * 4
    )
    if not bitmap:
        raise EngineFailed(
            f"a page of {frame.width:.0f} x {frame.height:.0f} pt cannot be drawn at {scale * 72:.0f} dpi"
        )
    turns = (frame.rotation // 90 - pdfium.FPDFPage_GetRotation(page)) % 4
    flags = pdfium.FPDF_ANNOT | pdfium.FPDF_REVERSE_BYTE_ORDER
    try:
        with span("render page", "library", width=columns, height=rows):
            pdfium.FPDF_RenderPageBitmap(bitmap, page, 0, 0, columns, rows, turns, flags)
            if form is not None:
                pdfium.FPDF_FFLDraw(form, bitmap, page, 0, 0, columns, rows, turns, flags)
    finally:
        pdfium.FPDFBitmap_Destroy(bitmap)
    return np.ascontiguousarray(pixels[:, :, :3])
