"""Makes report.mp4: three slides with text, read aloud by a synthetic voice; one hard cut, one fade.

Needs `flite` (voice slt of CMU, free licence) and `ffmpeg`; run it only to make the sample anew:

    python sample_data/video/make.py

What it runs, for each slide and then once:

    flite -voice slt -t "Welcome to ..." -o 0.wav
    ffmpeg -f rawvideo -pix_fmt rgb24 -s 960x540 -r 10 -i pictures.rgb -i sound.wav -c:v libx264 -crf 30 -g 50 -pix_fmt yuv420p
           -c:a aac -b:a 48k -map_metadata -1 -fflags +bitexact report.mp4
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

from bench.made_recordings import RATE_HZ, spoken, write_mp4  # noqa: E402

SIZE = (960, 540)
FRAMES_PER_SECOND = 10
SLIDES = [
    (["Annual Report 2026", "Harbour Coffee Company", "Presented by Anna Fischer"],
     "Welcome to Harbour Coffee. This is our report for the year 2026. My name is Anna Fischer."),
    (["Sales by quarter", "First quarter: 412,000 euros", "Second quarter: 467,500 euros"],
     "In the second quarter, our sales were 467,500 euros. That is more than ever before."),
    (["Next steps", "Open a new shop in Bergen", "Meeting on 12 June 2026"],
     "We will open a new shop in Bergen. Our next meeting is on June 12. Thank you for watching this report."),
]  # fmt: skip
FADE_FRAMES = 5
"""The third slide fades in over so many frames, its cut is the middle one; the second cuts in hard."""
FIELDS = {"title": "Annual Report 2026", "people": ["Anna Fischer"], "companies": ["Harbour Coffee Company"]}


def main() -> None:
    frames: list[Image.Image] = []
    sound: list[np.ndarray] = []
    cuts_s: list[float] = []
    for number, (lines, text) in enumerate(SLIDES):
        said = spoken(text)
        count = int(np.ceil((len(said) / RATE_HZ + 0.8) * FRAMES_PER_SECOND))
        padded = np.zeros(count * RATE_HZ // FRAMES_PER_SECOND, dtype=np.int16)
        first = int(0.3 * RATE_HZ)
        padded[first : first + len(said)] = said
        sound.append(padded)
        picture = slide(lines)
        if frames:
            cuts_s.append((len(frames) + (FADE_FRAMES // 2 if number == 2 else 0)) / FRAMES_PER_SECOND)
        fade = (
            [Image.blend(frames[-1], picture, (at + 1) / FADE_FRAMES) for at in range(FADE_FRAMES)]
            if number == 2
            else []
        )
        frames += fade + [picture] * (count - len(fade))
    write_mp4(
        frames, np.concatenate(sound), HERE / "report.mp4", frames_per_second=FRAMES_PER_SECOND, bit_rate="48k"
    )
    label = {
        "file": "report.mp4", "schema": "video", "fields": FIELDS, "transcript": " ".join(text for _, text in SLIDES),
        "cuts_s": cuts_s, "on_screen_text": [line for lines, _ in SLIDES for line in lines],
    }  # fmt: skip
    (HERE / "labels.jsonl").write_text(json.dumps(label, ensure_ascii=False) + "\n", encoding="utf-8")


def slide(lines: list[str]) -> Image.Image:
    """Dark text on near white, the first line larger, in the font that Pillow carries."""
    picture = Image.new("RGB", SIZE, (250, 250, 246))
    draw = ImageDraw.Draw(picture)
    draw.text((80, 90), lines[0], font=ImageFont.load_default(54), fill=(20, 40, 80))
    for number, line in enumerate(lines[1:]):
        draw.text((80, 230 + 90 * number), line, font=ImageFont.load_default(36), fill=(30, 30, 30))
    return picture


if __name__ == "__main__":
    main()
