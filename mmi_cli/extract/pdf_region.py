"""Draws a region of a PDF page, within the pixel limit."""

from __future__ import annotations

import ctypes
import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pypdfium2.raw as pdfium

from ..datamodel.figure import Box
from ..errors import EngineFailed
from ..meter import span
from .pdf_frame import PageFrame, frame_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MAX_SIDE = 20_000  # pixels of the whole page at that scale; PDFium counts in 32-bit integers


def draw_region(
    page: Any, box: Box, *, dpi: int, max_pixels: int, frame: PageFrame | None = None, form: Any = None
) -> NDArray[np.uint8]:
    """A region of a page as shown: RGB, shape (height, width, 3), uint8, at `dpi` or as much less as the limit asks.

    Args:
        page: raw handle.
        box: in points of the page in `frame`, cut to the page.
        frame: the page as it was read; None: as it is shown.

    Raises:
        EngineFailed: the picture cannot be made, or the box lies off the page.
    """
    frame = frame or frame_of(page)
    wide, high = max(frame.width, 1.0), max(frame.height, 1.0)
    x0, y0, x1, y1 = max(0.0, box[0]), max(0.0, box[1]), min(wide, box[2]), min(high, box[3])
    if x1 - x0 < 0.5 or y1 - y0 < 0.5:
        raise EngineFailed(f"a figure at {box} lies off its page of {wide:.0f} x {high:.0f} pt")
    scale = min(dpi / 72, math.sqrt(max_pixels / ((x1 - x0) * (y1 - y0))), _MAX_SIDE / max(wide, high))
    columns, rows = max(1, math.ceil((x1 - x0) * scale)), max(1, math.ceil((y1 - y0) * scale))
    pixels = np.full((rows, columns, 4), 255, dtype=np.uint8)
    bitmap = pdfium.FPDFBitmap_CreateEx(
        columns, rows, pdfium.FPDFBitmap_BGRx, ctypes.c_void_p(pixels.ctypes.data), columns * 4
    )
    if not bitmap:
        raise EngineFailed(f"a figure of {x1 - x0:.0f} x {y1 - y0:.0f} pt cannot be drawn at {scale * 72:.0f} dpi")
    turns = (frame.rotation // 90 - pdfium.FPDFPage_GetRotation(page)) % 4
    where = (-round(x0 * scale), -round(y0 * scale), round(wide * scale), round(high * scale), turns)
    flags = pdfium.FPDF_ANNOT | pdfium.FPDF_REVERSE_BYTE_ORDER
    try:
        with span("render figure", "library", width=columns, height=rows):
            pdfium.FPDF_RenderPageBitmap(bitmap, page, *where, flags)
            if form is not None:
                pdfium.FPDF_FFLDraw(form, bitmap, page, *where, flags)
    finally:
        pdfium.FPDFBitmap_Destroy(bitmap)
    return np.ascontiguousarray(pixels[:, :, :3])
