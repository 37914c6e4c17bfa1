"""Makes chart.png: a bar chart with title, axes and values, drawn with Pillow.

Needs Pillow and the DejaVu fonts (Debian: fonts-dejavu-core); run it only to make the sample anew:

    python sample_data/chart/make.py
"""

from __future__ import annotations

import json
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

HERE = Path(__file__).resolve().parent
TITLE = "Visitors of Northport Museum in 2026"
VALUES = {"January": 1250, "February": 1480, "March": 2100, "April": 2870, "May": 3340, "June": 2960}
FIELDS = {"title": TITLE, "kind": "chart"}
LEFT, RIGHT, TOP, BOTTOM = 150, 960, 110, 520
MOST = 4000


def font(size: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype("DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf", size)


def chart() -> Image.Image:
    picture = Image.new("RGB", (1000, 640), "white")
    draw = ImageDraw.Draw(picture)
    draw.text((500, 36), TITLE, font=font(30, bold=True), fill="#222", anchor="ma")
    for value in range(0, MOST + 1, 1000):
        y = BOTTOM - (BOTTOM - TOP) * value / MOST
        draw.line([(LEFT, y), (RIGHT, y)], fill="#ddd" if value else "#222", width=1 if value else 2)
        draw.text((LEFT - 14, y), f"{value:,}", font=font(18), fill="#444", anchor="rm")
    step = (RIGHT - LEFT) / len(VALUES)
    for index, (month, value) in enumerate(VALUES.items()):
        x = LEFT + step * (index + 0.5)
        y = BOTTOM - (BOTTOM - TOP) * value / MOST
        draw.rectangle([x - 42, y, x + 42, BOTTOM], fill="#2f6f9f")
        draw.text((x, y - 8), f"{value:,}", font=font(18), fill="#222", anchor="mb")
        draw.text((x, BOTTOM + 12), month, font=font(18), fill="#222", anchor="ma")
    draw.text(((LEFT + RIGHT) / 2, BOTTOM + 54), "Month", font=font(20), fill="#222", anchor="ma")
    draw.text((28, 600), "Source: Northport City Archive", font=font(15), fill="#666")
    label = Image.new("RGB", (260, 30), "white")
    ImageDraw.Draw(label).text((130, 2), "Number of visitors", font=font(20), fill="#222", anchor="ma")
    picture.paste(label.rotate(90, expand=True), (30, 185))
    return picture


def main() -> None:
    chart().save(HERE / "chart.png", optimize=True)
    label = {"file": "chart.png", "schema": "image", "fields": FIELDS}
    (HERE / "labels.jsonl").write_text(json.dumps(label, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
