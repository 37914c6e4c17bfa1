"""From the coordinates of a PDF page (y upwards, before rotation, uncropped) to those of the page as shown: points, origin top left."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pypdfium2.raw as pdfium

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFrame:
    """The visible part of a page (crop box) and its rotation."""

    left: float
    bottom: float
    right: float
    top: float
    rotation: int
    """Clockwise degrees applied to show it upright: 0, 90, 180, 270."""

    @property
    def width(self) -> float:
        """Of the page as shown, points."""
        return self.right - self.left if self.rotation in (0, 180) else self.top - self.bottom

    @property
    def height(self) -> float:
        """Of the page as shown, points."""
        return self.top - self.bottom if self.rotation in (0, 180) else self.right - self.left

    def turned(self, degrees: int) -> PageFrame:
        """The frame of the page turned clockwise by a further multiple of 90 degrees."""
        return replace(self, rotation=(self.rotation + degrees) % 360)

    def upright(self, boxes: NDArray[np.float32]) -> NDArray[np.float32]:
        """Boxes (n, 4) as left, top, right, bottom with y upwards → x0, y0, x1, y1 on the page as shown, x0 <= x1, y0 <= y1."""
        x0, y1, x1, y0 = boxes[:, 0], boxes[:, 1], boxes[:, 2], boxes[:, 3]
        if self.rotation == 0:
            corners = (x0 - self.left, self.top - y1, x1 - self.left, self.top - y0)
        elif self.rotation == 90:
            corners = (y0 - self.bottom, x0 - self.left, y1 - self.bottom, x1 - self.left)
        elif self.rotation == 180:
            corners = (self.right - x1, y0 - self.bottom, self.right - x0, y1 - self.bottom)
        else:
            corners = (self.top - y1, self.right - x1, self.top - y0, self.right - x0)
        placed = np.stack(corners, axis=1)
        return np.concatenate(
            (np.minimum(placed[:, :2], placed[:, 2:]), np.maximum(placed[:, :2], placed[:, 2:])), axis=1
        )


def frame_of(page: Any) -> PageFrame:
    """The frame of an open page (raw handle)."""
    box = pdfium.FS_RECTF()
    if not pdfium.FPDF_GetPageBoundingBox(page, box):
        box = pdfium.FS_RECTF(0, 792, 612, 0)
    return PageFrame(
        left=box.left,
        bottom=box.bottom,
        right=box.right,
        top=box.top,
        rotation=max(0, pdfium.FPDFPage_GetRotation(page)) % 4 * 90,
    )
