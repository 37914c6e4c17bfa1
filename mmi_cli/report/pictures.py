"""Pictures of pages, photos and frames, as WebP files named by the hash of their bytes."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..settings import Settings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PAGE_DPI = 110
"""Small print of 7 pt is legible at it, and a page of text has some 100 kB."""
LONGEST_SIDE = 1600
THUMB_SIDE = 112
_QUALITY = 72
_EFFORT = 2
"""Of WebP's 6: a page in 60 ms; 4 would take three times as long for 5 % less."""


def keep(pixels: NDArray[np.uint8], folder: Path, *, longest_side: int = LONGEST_SIDE) -> dict[str, Any]:
    """Writes a picture, made smaller where it is larger: `{src, w, h, bytes}`.

    Args:
        pixels: RGB, shape (height, width, 3).
    """
    from PIL import Image

    image = Image.fromarray(pixels)
    if max(image.size) > longest_side:
        image.thumbnail((longest_side, longest_side), Image.Resampling.LANCZOS, reducing_gap=2.0)
    stream = io.BytesIO()
    image.save(stream, "WEBP", quality=_QUALITY, method=_EFFORT)
    name = keep_bytes(stream.getvalue(), folder, ".webp")
    return {"src": name, "w": image.width, "h": image.height, "bytes": stream.tell()}


def keep_bytes(data: bytes, folder: Path, suffix: str) -> str:
    """Writes bytes under the hash of them, whole or not at all; returns the name."""
    name = hashlib.sha256(data).hexdigest()[:32] + suffix
    target = folder / name
    if not target.is_file() or target.stat().st_size != len(data):
        import os

        partial = folder / f".{name}.{os.getpid()}.partial"
        partial.write_bytes(data)
        partial.replace(target)
    return name


def draw_pdf(
    path: Path, numbers: Iterable[int], rotations: Mapping[int, int], settings: Settings
) -> Iterable[tuple[int, NDArray[np.uint8] | None]]:
    """(number, pixels) of pages of a PDF as they were read; None for one that cannot be loaded.

    Args:
        numbers: from 1, ascending; those that the file does not have are left out.
        rotations: number → clockwise degrees from the page as it is stored to how it was read; others as the file says.
    """
    from ..extract.pdf_document import open_page, open_pdf
    from ..extract.pdf_forms import open_form
    from ..extract.pdf_frame import frame_of
    from ..extract.pdf_picture import draw_page

    with open_pdf(path, settings.passwords) as document, open_form(document) as form:
        count = len(document)
        for number in numbers:
            if not 1 <= number <= count:
                continue
            with open_page(document, number - 1, form) as page:
                if page is None:
                    yield number, None
                    continue
                frame = frame_of(page)
                if number in rotations:
                    frame = replace(frame, rotation=rotations[number])
                most = LONGEST_SIDE * LONGEST_SIDE
                yield number, draw_page(page, frame, dpi=PAGE_DPI, max_pixels=most, form=form)


def draw_picture(
    path: Path, media_type: str, numbers: set[int], rotations: Mapping[int, int], settings: Settings
) -> Iterable[tuple[int, NDArray[np.uint8]]]:
    """(number, pixels) of the frames of a picture file as they were read."""
    import numpy as np

    from ..extract.picture import Picture

    with Picture(path, media_type=media_type, max_pixels=settings.max_image_pixels) as picture:
        for frame in picture.frames(all_pages=picture.format == "TIFF"):
            if frame.number in numbers:
                turn = (rotations.get(frame.number, frame.rotation) - frame.rotation) % 360
                pixels = np.rot90(frame.pixels, k=-(turn // 90)) if turn else frame.pixels
                yield frame.number, np.ascontiguousarray(pixels)
            if frame.number >= max(numbers):
                return
