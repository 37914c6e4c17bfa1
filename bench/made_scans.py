"""Turns pages of a PDF into pictures as a scanner or a telephone makes them, and pictures into a PDF without text."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

_POINTS = 72
_TABLE = (92, 74, 58)


def page_pictures(path: Path, *, dpi: int = 200) -> list[Image.Image]:
    """Every page of a PDF, grey."""
    import pypdfium2

    with pypdfium2.PdfDocument(path) as document:
        return [page.render(scale=dpi / _POINTS).to_pil().convert("L") for page in document]


def trimmed(page: Image.Image, *, margin: int = 60) -> Image.Image:
    """The part of a page that is written on."""
    ink = np.argwhere(np.asarray(page) < 200)
    (top, left), (bottom, right) = ink.min(axis=0), ink.max(axis=0)
    return page.crop(
        (
            max(0, int(left) - margin),
            max(0, int(top) - margin),
            min(page.width, int(right) + margin),
            min(page.height, int(bottom) + margin),
        )
    )


def scanned(page: Image.Image, seed: int) -> Image.Image:
    """As a flatbed scanner gives it: a little askew, soft and grainy."""
    lot = np.random.default_rng(seed)
    askew = page.rotate(float(lot.uniform(-0.7, 0.7)), fillcolor=255, resample=Image.Resampling.BICUBIC)
    soft = np.asarray(askew.filter(ImageFilter.GaussianBlur(float(lot.uniform(0.3, 0.8)))), dtype=np.float32)
    grainy = soft * float(lot.uniform(0.93, 0.99)) + lot.normal(0, float(lot.uniform(2, 7)), soft.shape)
    return Image.fromarray(np.clip(grainy, 0, 255).astype(np.uint8))


def photographed(page: Image.Image, seed: int) -> Image.Image:
    """As a telephone sees it on a table: from a little aside, with uneven light."""
    lot = np.random.default_rng(seed)
    wide, high, edge = page.width, page.height, max(page.width, page.height) // 12
    size = (wide + 2 * edge, high + 2 * edge)
    corners = [
        (x + edge + float(lot.uniform(-0.35, 0.35)) * edge, y + edge + float(lot.uniform(-0.35, 0.35)) * edge)
        for x, y in ((0, 0), (wide, 0), (wide, high), (0, high))
    ]
    places = _perspective(corners, [(0, 0), (wide, 0), (wide, high), (0, high)])
    method, bicubic = Image.Transform.PERSPECTIVE, Image.Resampling.BICUBIC
    mask = Image.new("L", page.size, 255).transform(size, method, places, bicubic)
    sheet = page.convert("RGB").transform(size, method, places, bicubic)
    seen = np.asarray(Image.composite(sheet, Image.new("RGB", size, _TABLE), mask), dtype=np.float32)
    y, x = np.mgrid[0 : size[1], 0 : size[0]].astype(np.float32)
    light = 1.0 - float(lot.uniform(0.05, 0.25)) * x / size[0] - float(lot.uniform(0.0, 0.15)) * y / size[1]
    lit = seen * light[..., None] + lot.normal(0, float(lot.uniform(2, 6)), seen.shape)
    picture = Image.fromarray(np.clip(lit, 0, 255).astype(np.uint8))
    return picture.filter(ImageFilter.GaussianBlur(float(lot.uniform(0.3, 0.9))))


def pictures_pdf(path: Path, pages: Sequence[Image.Image], *, dpi: int = 200, quality: int = 60) -> Path:
    """A PDF with a JPEG a page and no text layer."""
    again = [Image.open(_jpeg(page, quality)) for page in pages]
    again[0].save(path, format="PDF", save_all=True, append_images=again[1:], resolution=dpi, quality=quality)
    return path


def scan_pdf(path: Path, to: Path, seed: int, *, dpi: int = 200) -> Path:
    """The scan of a PDF."""
    pages = [scanned(page, seed + at) for at, page in enumerate(page_pictures(path, dpi=dpi))]
    return pictures_pdf(to, pages, dpi=dpi)


def _jpeg(page: Image.Image, quality: int) -> BytesIO:
    data = BytesIO()
    page.save(data, format="JPEG", quality=quality)
    return data


def _perspective(seen: Sequence[tuple[float, float]], flat: Sequence[tuple[float, float]]) -> list[float]:
    """Coefficients that take points of the photograph to points of the sheet."""
    rows, wanted = [], []
    for (x, y), (u, v) in zip(seen, flat, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        wanted += [u, v]
    return [float(each) for each in np.linalg.solve(np.array(rows, float), np.array(wanted, float))]
