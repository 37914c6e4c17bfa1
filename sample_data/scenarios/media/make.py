"""Makes talk.mp4 (a jingle, two slides read aloud, a pan over a photograph, a silent card) and three pictures, two of them alike.

Needs `flite` (voice slt of CMU, free licence) and `ffmpeg`; run it only to make the samples anew:

    python sample_data/scenarios/media/make.py

The pictures are made from those of sample_data/photo and sample_data/product.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[2]))

from bench.made_recordings import RATE_HZ, spoken, write_mp4  # noqa: E402

SAMPLES = HERE.parents[1]
SIZE = (640, 360)
FRAMES_PER_SECOND = 10
JINGLE_S, PAN_S, QUIET_S = 6.0, 6.0, 4.0
SPOKEN = [
    (["How coffee is roasted", "Green beans, hot air", "Twelve minutes at 200 degrees"],
     "Coffee is roasted in hot air. Green beans stay in the drum for twelve minutes, at two hundred degrees."),
    (["Where it is sold", "Harbour Coffee Ltd", "Bergen, from 12 June 2026"],
     "You can buy our coffee in Bergen. The new shop at the harbour opens in June. Do you have any questions?"),
]  # fmt: skip


def main() -> None:
    frames: list[Image.Image] = []
    sound = [jingle(JINGLE_S)]
    starts_s = [0.0]
    frames += [card("Harbour Coffee", "A film about roasting")] * round(JINGLE_S * FRAMES_PER_SECOND)
    for lines, text in SPOKEN:
        starts_s.append(len(frames) / FRAMES_PER_SECOND)
        said = spoken(text)
        count = int(np.ceil((len(said) / RATE_HZ + 1.2) * FRAMES_PER_SECOND))
        padded = np.zeros(count * RATE_HZ // FRAMES_PER_SECOND, np.int16)
        padded[RATE_HZ // 2 : RATE_HZ // 2 + len(said)] = said
        sound.append(padded)
        frames += [slide(lines)] * count
    starts_s.append(len(frames) / FRAMES_PER_SECOND)
    frames += pan(Image.open(SAMPLES / "photo" / "balloon.jpg").convert("RGB"), round(PAN_S * FRAMES_PER_SECOND))
    sound.append(jingle(PAN_S))
    starts_s.append(len(frames) / FRAMES_PER_SECOND)
    frames += [card("Thank you", "harbour-coffee.example")] * round(QUIET_S * FRAMES_PER_SECOND)
    sound.append(np.zeros(round(QUIET_S * RATE_HZ), np.int16))
    write_mp4(frames, np.concatenate(sound), HERE / "talk.mp4", frames_per_second=FRAMES_PER_SECOND, bit_rate="40k")
    balloon = Image.open(SAMPLES / "photo" / "balloon.jpg").convert("RGB")
    balloon.resize((480, 480), Image.Resampling.LANCZOS).save(HERE / "balloon.jpg", quality=80)
    balloon.resize((320, 320), Image.Resampling.LANCZOS).save(HERE / "balloon-small.jpg", quality=60)
    product = Image.open(SAMPLES / "product" / "product.jpg").convert("RGB")
    product.thumbnail((480, 480), Image.Resampling.LANCZOS)
    product.save(HERE / "product.jpg", quality=80)
    label = {
        "file": "talk.mp4", "schema": "media-asset", "fields": {"language": "en", "has_speech": True, "has_music": True},
        "scenes_s": [round(each, 1) for each in starts_s], "sounds": ["music", "speech", "speech", "music", "silence"],
    }  # fmt: skip
    (HERE / "labels.jsonl").write_text(json.dumps(label, ensure_ascii=False) + "\n", encoding="utf-8")


def slide(lines: list[str]) -> Image.Image:
    picture = Image.new("RGB", SIZE, (250, 250, 246))
    draw = ImageDraw.Draw(picture)
    draw.text((50, 50), lines[0], font=ImageFont.load_default(44), fill=(20, 40, 80))
    for number, line in enumerate(lines[1:]):
        draw.text((50, 150 + 65 * number), line, font=ImageFont.load_default(28), fill=(30, 30, 30))
    return picture


def card(title: str, line: str) -> Image.Image:
    """Light text on a dark ground."""
    picture = Image.new("RGB", SIZE, (24, 44, 60))
    draw = ImageDraw.Draw(picture)
    draw.text((120, 120), title, font=ImageFont.load_default(54), fill=(250, 240, 220))
    draw.text((120, 210), line, font=ImageFont.load_default(26), fill=(230, 220, 200))
    return picture


def pan(photograph: Image.Image, count: int) -> list[Image.Image]:
    """From left to right over a photograph."""
    height = photograph.width * SIZE[1] // SIZE[0]
    wide = photograph.width * 3 // 4
    frames = []
    for number in range(count):
        left = (photograph.width - wide) * number // max(1, count - 1)
        top = (photograph.height - height) // 3
        part = photograph.crop((left, top, left + wide, top + height * 3 // 4))
        frames.append(part.resize(SIZE, Image.Resampling.BILINEAR))
    return frames


def jingle(seconds: float) -> np.ndarray:
    """int16: plucked chords, a new one every second."""
    times = np.arange(RATE_HZ) / RATE_HZ
    fading = 0.12 * np.exp(-1.5 * times)
    notes = [(261.6, 329.6, 392.0), (220.0, 261.6, 329.6), (174.6, 220.0, 261.6), (196.0, 246.9, 293.7)]
    bars = [
        sum(np.sin(2 * np.pi * hz * tone * times) / tone for hz in notes[bar % 4] for tone in (1, 2, 3)) * fading
        for bar in range(int(np.ceil(seconds)))
    ]
    return (np.concatenate(bars)[: round(seconds * RATE_HZ)] * 32_767).astype(np.int16)


if __name__ == "__main__":
    main()
