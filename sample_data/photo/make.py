"""Makes balloon.jpg: a drawn hot-air balloon over hills, with a QR code and a barcode on a sign, and the facts that a camera would write.

Needs Pillow, numpy and zxing-cpp; run it only to make the sample anew:

    python sample_data/photo/make.py
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import zxingcpp
from PIL import ExifTags, Image, ImageDraw, ImageFilter

HERE = Path(__file__).resolve().parent
LINK, NUMBER = "https://balloons.example/flight/4217", "4006381333931"
CAMERA, TAKEN = "Fennmoor F2", "2026:05:06 07:08:09"
FIELDS = {
    "tags": ["balloon"],
    "width": 900,
    "height": 900,
    "taken_at": "2026-05-06T07:08:09",
    "camera": CAMERA,
    "barcodes": [LINK, NUMBER],
}


def code(text: str, symbology: str, scale: int) -> Image.Image:
    made = zxingcpp.create_barcode(text, zxingcpp.barcode_format_from_str(symbology))
    return Image.fromarray(np.array(zxingcpp.write_barcode_to_image(made, scale=scale, add_quiet_zones=True))).convert(
        "RGB"
    )


def picture() -> Image.Image:
    canvas = np.empty((900, 900, 3), np.float32)
    canvas[:] = np.linspace((96, 160, 232), (214, 232, 248), 900)[:, None]
    image = Image.fromarray(canvas.astype(np.uint8))
    draw = ImageDraw.Draw(image)
    draw.ellipse((-300, 700, 700, 1300), fill=(92, 140, 70))
    draw.ellipse((300, 740, 1300, 1300), fill=(72, 118, 60))
    for number, colour in enumerate(("#c8201e", "#e8b820", "#c8201e", "#e8b820", "#c8201e")):
        draw.ellipse((170 + number * 44, 70, 610 - number * 44, 550), fill=colour)
    draw.polygon((280, 505, 500, 505, 440, 620, 340, 620), fill="#c8201e")
    draw.line((350, 620, 362, 690), fill="black", width=3)
    draw.line((430, 620, 418, 690), fill="black", width=3)
    draw.rectangle((345, 690, 435, 760), fill="#75491f")
    image = image.filter(ImageFilter.GaussianBlur(0.6))
    square, stripes = code(LINK, "QRCode", 4), code(NUMBER, "EAN13", 2)
    image.paste(square, (690, 40))
    image.paste(stripes, (670, 780))
    noise = np.random.default_rng(7).normal(0, 3, (900, 900, 1))
    return Image.fromarray((np.asarray(image, np.float32) + noise).clip(0, 255).astype(np.uint8))


def main() -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Make], exif[ExifTags.Base.Model] = CAMERA.split()[0], CAMERA
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = TAKEN
    picture().save(HERE / "balloon.jpg", quality=88, exif=exif)
    label = {"file": "balloon.jpg", "schema": "photo", "fields": FIELDS}
    (HERE / "labels.jsonl").write_text(json.dumps(label, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
