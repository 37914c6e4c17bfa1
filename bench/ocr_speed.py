"""Seconds and accuracy of reading photos and scans, beside the bare OCR engine with the same settings, in one run, on the same pictures.

    python bench/ocr_speed.py [--limit N] [--threads 2] [--every 1]

Bare is `rapidocr.RapidOCR(...)` on pixels that were decoded beforehand, and nothing else: its text, without boxes of words. Ours is the
whole reader from the file's bytes: decoding, orientation, engine, boxes of words, layout. The two take turns picture by picture, and
swap who goes first, so that a busy machine slows both. Told apart are small pictures, which ours enlarges, and those that it reads in
several pieces because they are very long, of small print or turned: it pays there for words that the bare engine misses. Writes
`bench/results/ocr_speed.json`.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import record

from mmi_cli.datamodel.detection import Detection
from mmi_cli.engines.interface import OcrLine
from mmi_cli.engines.ocr_rapid import _PARAMS, RapidOcr
from mmi_cli.extract.image import extract
from mmi_cli.extract.interface import ExtractContext
from mmi_cli.extract.picture import Picture
from mmi_cli.settings import Settings

_LEAST_SIDE = 300
"""Pixels; smaller pictures of the data are single lines."""


class Counting:
    """Our engine, and the pictures it is given."""

    def __init__(self, settings: Settings) -> None:
        self._engine = RapidOcr(settings)
        self.name = self._engine.name
        self.shapes: list[tuple[int, ...]] = []

    def read(self, image: np.ndarray[Any, np.dtype[np.uint8]]) -> tuple[OcrLine, ...]:
        self.shapes.append(image.shape[:2])
        return self._engine.read(image)


class OnlyOcr:
    """Engines of the reader."""

    def __init__(self, engine: Counting) -> None:
        self._engine = engine

    def ocr(self) -> Counting:
        return self._engine

    def speech(self) -> None:
        return None

    speakers = text_embedder = image_tagger = vision_model = language_model = speech


class Sample(NamedTuple):
    """A picture and what stands on it."""

    path: Path
    truth: Counter[str]


def samples_of(data: Path, *, every: int) -> dict[str, list[Sample]]:
    """Labelled pictures by set: receipts with lines, pages with text."""
    found: dict[str, list[Sample]] = {}
    for name in ("sroie", "ocr_text"):
        labels = data / name / "labels.jsonl"
        if not labels.is_file():
            print(f"{name}: no labels in {data / name}; left out")
            continue
        for line in labels.read_text("utf-8").splitlines()[::every]:
            label = json.loads(line)
            path = data / name / label["file"]
            text = label["text"] if "text" in label else " ".join(each["text"] for each in label["lines"])
            with Picture(path, media_type="image/x", max_pixels=200_000_000) as picture:
                (frame,) = picture.frames(all_pages=False)
            if min(frame.pixels.shape[:2]) >= _LEAST_SIDE:
                found.setdefault(name, []).append(Sample(path, words_of(text)))
    return found


def words_of(text: str) -> Counter[str]:
    """Words without case and punctuation; long s as s."""
    return Counter(re.findall(r"\w+", text.casefold().replace("ſ", "s")))


def shared(one: Counter[str], other: Counter[str]) -> int:
    return (one & other).total()


class Taken(NamedTuple):
    """What one reading of a picture cost and gave."""

    wall_s: float
    processor_s: float
    words: Counter[str]


def timed(read: Callable[[], str]) -> Taken:
    wall, processor = time.perf_counter(), time.process_time()
    text = read()
    return Taken(time.perf_counter() - wall, time.process_time() - processor, words_of(text))


def bare_reader(settings: Settings) -> Callable[[np.ndarray[Any, np.dtype[np.uint8]]], str]:
    import rapidocr

    engine = rapidocr.RapidOCR(
        params=_PARAMS | {"EngineConfig.onnxruntime.intra_op_num_threads": settings.threads or -1}
    )
    return lambda pixels: " ".join(engine(pixels).txts or ())


def measure(samples: list[Sample], settings: Settings) -> dict[str, Any]:
    """Numbers of one set."""
    engine, bare = Counting(settings), bare_reader(settings)
    context = ExtractContext(
        detection=Detection(media_type="image/x", format="image", modality="image", reason="a benchmark"),
        name="picture",
        settings=settings,
        engines=OnlyOcr(engine),
        read_part=lambda _name, _data: None,
    )
    warm = np.full((400, 600, 3), 255, dtype=np.uint8)
    bare(warm)
    engine.read(warm)
    rows: list[tuple[dict[str, Taken], str, Sample]] = []
    for number, sample in enumerate(samples):
        with Picture(sample.path, media_type="image/x", max_pixels=settings.max_image_pixels) as picture:
            (frame,) = picture.frames(all_pages=False)
        pixels = np.ascontiguousarray(frame.pixels[:, :, ::-1])
        readers: dict[str, Callable[[], str]] = {
            "ours": lambda path=sample.path: extract(path, context).text,  # type: ignore[misc]
            "bare": lambda pixels=pixels: bare(pixels),  # type: ignore[misc]
        }
        engine.shapes.clear()
        taken = {who: timed(readers[who]) for who in (("ours", "bare") if number % 2 else ("bare", "ours"))}
        as_it_is = engine.shapes[0] == pixels.shape[:2]
        way = "in pieces" if len(engine.shapes) > 1 else "as it is" if as_it_is else "enlarged"
        rows.append((taken, way, sample))
    numbers: dict[str, Any] = {}
    for way in ("as it is", "enlarged", "in pieces"):
        part = [row for row in rows if row[1] == way]
        if not part:
            continue
        label = f", {way}"
        numbers[f"pictures{label}"] = len(part)
        for clock in ("wall_s", "processor_s"):
            totals = {who: sum(getattr(taken[who], clock) for taken, _, _ in part) for who in ("ours", "bare")}
            unit = "seconds" if clock == "wall_s" else "seconds of processor"
            numbers[f"{unit} ours{label}"] = round(totals["ours"], 2)
            numbers[f"{unit} bare{label}"] = round(totals["bare"], 2)
            numbers[f"{unit} over bare{label}"] = round(totals["ours"] / totals["bare"] - 1, 3)
        for who in ("ours", "bare"):
            right = sum(shared(taken[who].words, sample.truth) for taken, _, sample in part)
            read = sum(taken[who].words.total() for taken, _, _ in part)
            truth = sum(sample.truth.total() for _, _, sample in part)
            numbers[f"word F1 {who}{label}"] = round(2 * right / max(1, read + truth), 4)
    return numbers


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--limit", type=int, default=None, help="pictures of each set")
    parser.add_argument("--every", type=int, default=1, help="one in so many pictures")
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    settings = Settings.model_validate({"threads": arguments.threads})
    numbers: dict[str, Any] = {"threads": arguments.threads}
    for name, samples in samples_of(record.DATA, every=arguments.every).items():
        found = measure(samples[: arguments.limit], settings)
        numbers |= {f"{name}: {key}": value for key, value in found.items()}
        for key, value in found.items():
            print(f"{name}: {key:55} {value}", flush=True)
    if len(numbers) > 1:
        data = "receipts (photos and scans) with labelled lines, scanned pages with text; one reading of each, in turns"
        print(record.save("ocr_speed", numbers, data=data, packages=("rapidocr", "onnxruntime", "numpy", "pillow")))


if __name__ == "__main__":
    main()
