"""Makes a folder of pictures as a shop or an archive has it: originals, copies of them under other names, a sign, a blurred one, a broken one.

Needs Pillow, numpy and the DejaVu fonts (Debian: fonts-dejavu-core); run it only to make the samples anew:

    python sample_data/scenarios/image-folders/make.py

The pictures are made from those of sample_data/photo and sample_data/product.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
from PIL import ExifTags, Image, ImageDraw, ImageEnhance, ImageFilter, ImageFont

HERE = Path(__file__).resolve().parent
SAMPLES = HERE.parents[1]
PICTURES = HERE / "pictures"
CAMERA, TAKEN = "Fennmoor F2", "2026:05:06 07:08:09"


def font(size: int, *, bold: bool = True) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype("DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf", size)


def noisy(image: Image.Image, seed: int) -> Image.Image:
    noise = np.random.default_rng(seed).normal(0, 3, (image.height, image.width, 1))
    return Image.fromarray((np.asarray(image, np.float32) + noise).clip(0, 255).astype(np.uint8))


def facts() -> Image.Exif:
    exif = Image.Exif()
    exif[ExifTags.Base.Make], exif[ExifTags.Base.Model] = CAMERA.split()[0], CAMERA
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = TAKEN
    place = exif.get_ifd(ExifTags.IFD.GPSInfo)
    place[ExifTags.GPS.GPSLatitudeRef], place[ExifTags.GPS.GPSLatitude] = "N", (60.0, 23.0, 38.0)
    place[ExifTags.GPS.GPSLongitudeRef], place[ExifTags.GPS.GPSLongitude] = "E", (5.0, 19.0, 25.0)
    return exif


def sign() -> Image.Image:
    image = Image.new("RGB", (560, 420), "#8fb7d9")
    draw = ImageDraw.Draw(image)
    draw.rectangle([0, 300, 560, 420], fill="#5d7f4c")
    draw.rectangle([264, 200, 296, 400], fill="#6b4a2b")
    draw.rounded_rectangle([60, 50, 500, 230], 18, fill="#f4f1e6", outline="#333", width=5)
    draw.text((280, 78), "Harbour Office", font=font(44), fill="#1c2f4a", anchor="ma")
    draw.text((280, 140), "Open 8 am to 4 pm", font=font(30, bold=False), fill="#1c2f4a", anchor="ma")
    draw.text((280, 182), "No parking", font=font(30), fill="#a32020", anchor="ma")
    return noisy(image.filter(ImageFilter.GaussianBlur(0.6)), 3)


def coffee(tea: Image.Image) -> Image.Image:
    """The same shot of another tin: it looks the same, and says something else."""
    image = tea.copy()
    draw = ImageDraw.Draw(image)
    draw.rectangle([132, 200, 300, 364], fill="#f1ead8")
    for at, words, size, colour in (
        (206, "Evening", 33, "#8a2f1f"), (246, "Roast", 33, "#8a2f1f"), (294, "Ground coffee", 17, "#17594f"),
        (316, "dark, low acid", 15, "#17594f"), (342, "Net weight 250 g", 15, "#17594f"),
    ):  # fmt: skip
        draw.text((216, at), words, font=font(size, bold=size > 20), fill=colour, anchor="ma")
    return image


def harbour() -> Image.Image:
    image = Image.new("RGB", (480, 320), "#c7d6e2")
    draw = ImageDraw.Draw(image)
    draw.rectangle([0, 190, 480, 320], fill="#3f6f8c")
    for left, colour in ((40, "#a8362c"), (190, "#e0b040"), (330, "#2f5d3a")):
        draw.rectangle([left, 90, left + 90, 190], fill=colour)
        draw.polygon([left - 10, 90, left + 100, 90, left + 45, 50], fill="#5b3b2a")
    return image


def main() -> None:
    shutil.rmtree(PICTURES, ignore_errors=True)
    for folder in ("archive", "shop"):
        (PICTURES / folder).mkdir(parents=True)
    archive, shop = PICTURES / "archive", PICTURES / "shop"
    balloon = Image.open(SAMPLES / "photo" / "balloon.jpg").convert("RGB").resize((600, 600), Image.Resampling.LANCZOS)
    balloon.save(archive / "IMG_0042.jpg", quality=80, exif=facts())
    shutil.copy(archive / "IMG_0042.jpg", archive / "IMG_0042 (1).jpg")
    balloon.resize((240, 240), Image.Resampling.LANCZOS).save(archive / "balloon-web.jpg", quality=60)
    edited = ImageEnhance.Brightness(balloon).enhance(1.15).crop((9, 9, 591, 591))
    edited.resize((420, 420), Image.Resampling.LANCZOS).save(archive / "balloon-edit.jpg", quality=75)
    sign().save(archive / "sign.jpg", quality=80)
    harbour().filter(ImageFilter.GaussianBlur(9)).save(archive / "harbour.jpg", quality=80)
    (archive / "broken.jpg").write_bytes((archive / "sign.jpg").read_bytes()[:40])
    tea = Image.open(SAMPLES / "product" / "product.jpg").convert("RGB")
    tea.thumbnail((480, 480), Image.Resampling.LANCZOS)
    tea.save(shop / "tea.jpg", quality=80)
    coffee(tea).save(shop / "coffee.jpg", quality=80)
    tea.resize((216, 240), Image.Resampling.LANCZOS).convert("L").save(shop / "tea-grey.jpg", quality=70)
    copies = {
        "archive/IMG_0042 (1).jpg": "archive/IMG_0042.jpg", "archive/balloon-edit.jpg": "archive/IMG_0042.jpg",
        "archive/balloon-web.jpg": "archive/IMG_0042.jpg", "shop/tea-grey.jpg": "shop/tea.jpg",
    }  # fmt: skip
    text = {
        "archive/sign.jpg": ["Harbour Office", "Open 8 am to 4 pm", "No parking"],
        "shop/coffee.jpg": ["FENNMOOR", "Evening", "Roast", "Ground coffee", "dark, low acid", "Net weight 250 g"],
    }  # fmt: skip
    lines = [{"file": name, "schema": "photo", "fields": {"text": written}} for name, written in text.items()]
    (HERE / "labels.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    (HERE / "copies.json").write_text(json.dumps(copies, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
