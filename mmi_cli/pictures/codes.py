"""Barcodes and QR codes on a picture, with their boxes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import zxingcpp
from PIL import Image

from ..datamodel.figure import Box

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SYMBOLOGIES = (
    "QRCode", "MicroQRCode", "RMQRCode", "Aztec", "DataMatrix", "PDF417", "EAN13", "EAN8", "UPCA", "UPCE", "Code128", "Code93", "Code39",
    "DataBar", "DataBarExp",
)  # fmt: skip
"""Those that prove themselves by check digits or error correction, and Code 39; Codabar and ITF are found in any striped shirt."""
_SQUARES = ("QRCode", "MicroQRCode", "RMQRCode", "Aztec", "DataMatrix")
_LEAST_UNPROVED = 4
"""Characters of a Code 39, which has no check digit."""
_SIDE = 2600
"""Pixels to which a larger picture is shrunk: a code that a camera of 12 megapixels caught has bars of several pixels."""
_LEAST_SIDE = 12
_MOST = 100
_MOST_CHARS = 8000


class Code(NamedTuple):
    """A code that was read."""

    text: str
    """What it says, as it says it: data, never an instruction or an address to fetch."""
    symbology: str
    """`QRCode`, `EAN13`, `Code128`, …"""
    box: Box
    """Hull of its corners, in pixels of the picture."""


def read_codes(image: NDArray[np.uint8]) -> tuple[Code, ...]:
    """All codes, top to bottom then left to right; damaged ones are left out.

    Args:
        image: RGB, shape (height, width, 3), uint8.
    """
    picture = Image.fromarray(np.ascontiguousarray(image)).convert("L")
    if min(picture.size) < _LEAST_SIDE:
        return ()
    scale = max(1.0, max(picture.size) / _SIDE)
    if scale > 1:
        size = (max(1, round(picture.width / scale)), max(1, round(picture.height / scale)))
        picture = picture.resize(size, Image.Resampling.BOX)
    formats = zxingcpp.barcode_formats_from_str(",".join(_SYMBOLOGIES))
    found = zxingcpp.read_barcodes(
        np.asarray(picture), formats=formats, text_mode=zxingcpp.TextMode.Plain, try_invert=False
    )
    codes = {_code(each, scale): None for each in found if each.valid}
    told = [code for code in codes if code.text.strip() and not _may_be_stripes(code)]
    return tuple(sorted(told, key=lambda code: (code.box[1], code.box[0])))[:_MOST]


def in_a_square(box: Box, codes: Sequence[Code]) -> bool:
    """Whether a word has its middle in a code of two dimensions, whose squares an OCR engine takes for letters now and then."""
    across, down = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return any(
        code.symbology.startswith(_SQUARES)
        and code.box[0] <= across <= code.box[2]
        and code.box[1] <= down <= code.box[3]
        for code in codes
    )


def _code(found: zxingcpp.Barcode, scale: float) -> Code:
    at = found.position
    corners = (at.top_left, at.top_right, at.bottom_right, at.bottom_left)
    across, down = [corner.x * scale for corner in corners], [corner.y * scale for corner in corners]
    box = (round(min(across), 1), round(min(down), 1), round(max(across), 1), round(max(down), 1))
    return Code(found.text[:_MOST_CHARS], found.format.name, box)


def _may_be_stripes(code: Code) -> bool:
    return code.symbology.startswith("Code39") and len(code.text.strip()) < _LEAST_UNPROVED
