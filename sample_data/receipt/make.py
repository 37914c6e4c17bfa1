"""Makes receipt.jpg: a made-up till receipt as a telephone would photograph it, tilted, shadowed, a little blurred and noisy.

Needs Pillow, numpy and the DejaVu fonts (Debian: fonts-dejavu-core); run it only to make the sample anew:

    python sample_data/receipt/make.py
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

HERE = Path(__file__).resolve().parent
WIDTH, HEIGHT = 560, 1010
TABLE = (94, 72, 55)
ITEMS = [
    ("2", "Cappuccino", "7.60"),
    ("1", "Flat white", "4.10"),
    ("1", "Almond croissant", "3.90"),
    ("3", "Oat cookies", "6.75"),
]
FIELDS = {
    "company": "Harbour Coffee Company",
    "address": "14 Quayside Street, Bristol BS1 6QT",
    "date": "2026-03-14",
    "time": "09:42",
    "total": 22.35,
    "tax": 3.73,
    "currency": "GBP",
    "payment_method": "card",
    "items": [{"quantity": int(count), "description": what, "amount": float(amount)} for count, what, amount in ITEMS],
}


def paper() -> Image.Image:
    """The receipt as it left the printer."""
    sheet = Image.new("RGB", (WIDTH, HEIGHT), (250, 249, 244))
    draw = ImageDraw.Draw(sheet)
    plain, bold, large = (
        ImageFont.truetype(name, size)
        for name, size in (("DejaVuSansMono.ttf", 22), ("DejaVuSansMono-Bold.ttf", 22), ("DejaVuSansMono-Bold.ttf", 30))
    )
    ink = (46, 44, 52)

    def middle(y: int, text: str, font: ImageFont.FreeTypeFont) -> None:
        draw.text((WIDTH / 2, y), text, font=font, fill=ink, anchor="ma")

    def row(y: int, left: str, right: str, font: ImageFont.FreeTypeFont) -> None:
        draw.text((40, y), left, font=font, fill=ink)
        draw.text((WIDTH - 40, y), right, font=font, fill=ink, anchor="ra")

    middle(50, "Harbour Coffee Company", large)
    middle(100, "14 Quayside Street", plain)
    middle(130, "Bristol BS1 6QT", plain)
    middle(160, "Tel 0117 496 0123", plain)
    row(220, "Date: 14/03/2026", "Time: 09:42", plain)
    row(252, "Receipt no: 004871", "Till 2", plain)
    middle(286, "-" * 36, plain)
    for index, (count, what, amount) in enumerate(ITEMS):
        row(330 + 40 * index, f"{count} x {what}", amount, plain)
    middle(500, "-" * 36, plain)
    row(540, "Net", "18.62", plain)
    row(574, "VAT 20%", "3.73", plain)
    row(620, "TOTAL GBP", "22.35", large)
    middle(676, "-" * 36, plain)
    row(712, "VISA card", "22.35", plain)
    row(744, "Card number", "**** 4417", plain)
    middle(830, "Thank you for your visit!", bold)
    middle(866, "VAT reg. no. GB 365 4821 07", plain)
    middle(900, "www.harbourcoffee.example", plain)
    return sheet


def photographed(sheet: Image.Image) -> Image.Image:
    """`sheet` on a table, seen a little from the side."""
    size = (900, 1280)
    corners = [(170, 120), (742, 92), (806, 1184), (124, 1150)]  # of the sheet, clockwise from its top left
    coefficients = perspective(corners, [(0, 0), (WIDTH, 0), (WIDTH, HEIGHT), (0, HEIGHT)])
    warp = {
        "size": size,
        "method": Image.Transform.PERSPECTIVE,
        "data": coefficients,
        "resample": Image.Resampling.BICUBIC,
    }
    mask = Image.new("L", sheet.size, 255).transform(**warp)
    picture = np.array(Image.composite(sheet.transform(**warp), Image.new("RGB", size, TABLE), mask), dtype=np.float32)
    y, x = np.mgrid[0 : size[1], 0 : size[0]].astype(np.float32)
    light = 1.0 - 0.22 * x / size[0] - 0.10 * y / size[1]
    shadow = 1.0 - 0.30 / (1.0 + np.exp((x - 0.35 * y - 420) / 40))  # of the hand, a soft slanted edge
    picture *= (light * shadow)[:, :, None]
    picture += np.random.default_rng(7).normal(0.0, 5.0, picture.shape)
    return Image.fromarray(picture.clip(0, 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(0.8))


def perspective(to: list[tuple[int, int]], of: list[tuple[int, int]]) -> list[float]:
    """Pillow's eight coefficients that take the points `to` of the result to the points `of` of the source."""
    rows, values = [], []
    for (x, y), (u, v) in zip(to, of, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    return [float(value) for value in np.linalg.solve(np.array(rows, float), np.array(values, float))]


def main() -> None:
    photographed(paper()).save(HERE / "receipt.jpg", quality=78)
    label = {"file": "receipt.jpg", "schema": "receipt", "fields": FIELDS}
    (HERE / "labels.jsonl").write_text(json.dumps(label, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
