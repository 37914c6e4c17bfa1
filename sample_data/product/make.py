"""Makes product.jpg: a drawn tin of tea on a shelf, its label bent around the tin, softly lit.

Needs Pillow, numpy and the DejaVu fonts (Debian: fonts-dejavu-core); run it only to make the sample anew:

    python sample_data/product/make.py
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

HERE = Path(__file__).resolve().parent
FIELDS = {"title": "Morning Breeze", "brand": "Fennmoor", "kind": "product"}
TIN = (460, 640)  # width and height of the tin's side, pixels


def label() -> Image.Image:
    """The side of the tin, unrolled as far as it can be seen."""
    face = Image.new("RGB", (int(TIN[0] * np.pi / 2), TIN[1]), "#17594f")
    draw = ImageDraw.Draw(face)
    middle = face.width / 2
    draw.rectangle([0, 24, face.width, 40], fill="#d9b65b")
    draw.rectangle([0, TIN[1] - 40, face.width, TIN[1] - 24], fill="#d9b65b")
    draw.rounded_rectangle([middle - 210, 92, middle + 210, 548], 26, fill="#f6efdc")

    def text(y: int, words: str, size: int, *, bold: bool = False, fill: str = "#17594f") -> None:
        name = "DejaVuSerif-Bold.ttf" if bold else "DejaVuSerif.ttf"
        draw.text((middle, y), words, font=ImageFont.truetype(name, size), fill=fill, anchor="ma")

    text(120, "FENNMOOR", 52, bold=True)
    text(196, "Morning", 66, bold=True, fill="#8a2f1f")
    text(272, "Breeze", 66, bold=True, fill="#8a2f1f")
    text(372, "Black tea with lemon", 28)
    text(414, "organic, loose leaf", 24)
    text(484, "Net weight 125 g", 26, bold=True)
    return face


def picture() -> Image.Image:
    width, height = 900, 1000
    canvas = np.empty((height, width, 3), dtype=np.float32)
    canvas[:820] = (206, 200, 190)
    canvas[820:] = (148, 112, 80)
    face = np.array(label(), dtype=np.float32)
    left, top = (width - TIN[0]) // 2, 210
    across = (np.arange(TIN[0]) + 0.5) / TIN[0] * 2 - 1  # -1 at the left edge of the tin, 1 at the right
    column = ((np.arcsin(across) / np.pi + 0.5) * (face.shape[1] - 1)).astype(int)
    sag = (26 * np.sqrt(1 - across**2)).astype(int)  # seen a little from above, rows hang in the middle
    light = 0.55 + 0.45 * np.sqrt(1 - (across + 0.25).clip(-1, 1) ** 2)
    for x in range(TIN[0]):
        canvas[top + sag[x] : top + sag[x] + TIN[1], left + x] = face[:, column[x]] * light[x]
    image = Image.fromarray(canvas.clip(0, 255).astype(np.uint8))
    draw = ImageDraw.Draw(image)
    draw.ellipse([left, top - 28, left + TIN[0], top + 28], fill="#c9a650", outline="#8f7433", width=3)
    noisy = np.array(image.filter(ImageFilter.GaussianBlur(0.7)), dtype=np.float32)
    noisy += np.random.default_rng(11).normal(0.0, 3.0, noisy.shape)
    return Image.fromarray(noisy.clip(0, 255).astype(np.uint8))


def main() -> None:
    picture().save(HERE / "product.jpg", quality=82)
    line = {"file": "product.jpg", "schema": "image", "fields": FIELDS}
    (HERE / "labels.jsonl").write_text(json.dumps(line, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
