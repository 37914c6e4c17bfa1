"""How well pictures are understood without torch and without a model behind a server, and how fast.

    OMP_NUM_THREADS=1 python -m bench.pictures [--save]

Photographs of things (`imagenet_samples`; probably among those the network was trained on), photographs of clothes (`clothing`), and
receipts and charts, which are no things at all. With labelled pictures every accuracy is of pictures that were not among them.
"""

from __future__ import annotations

import argparse
import io
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageOps

from bench.record import DATA, save
from mmi_cli import registry
from mmi_cli.cases.copies import NEAR_BITS, SAME_BITS
from mmi_cli.datamodel.content import Page
from mmi_cli.datamodel.content_builder import ContentBuilder
from mmi_cli.datamodel.figure import Figure
from mmi_cli.engines.bundle import EngineBundle
from mmi_cli.fill.filling import fill_content
from mmi_cli.fill.picture_probe import fit_probe
from mmi_cli.pictures.codes import read_codes
from mmi_cli.pictures.colours import dominant_colours
from mmi_cli.pictures.fingerprint import fingerprint
from mmi_cli.pictures.looks import figure_of, from_base64, told_tags
from mmi_cli.pictures.sharpness import sharpness
from mmi_cli.schema_file import read_schema_text
from mmi_cli.settings import Settings

SETTINGS = Settings(threads=1, language_model="none")
SPLITS = 5


def labelled(name: str) -> list[dict[str, Any]]:
    lines = (DATA / name / "labels.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def pixels(path: Path) -> np.ndarray:
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB"))


def things(tagger: Any, numbers: dict[str, Any]) -> None:
    """First place and first five of a thousand, on photographs of one class each."""
    names = [name.split(", ") for name in tagger.labels]
    samples = [each for each in labelled("imagenet_samples") if _class_of(names, each["label"]) is not None]
    truth = np.array([_class_of(names, each["label"]) for each in samples])
    images = [pixels(DATA / "imagenet_samples" / each["file"]) for each in samples]
    began, cpu = time.perf_counter(), time.process_time()
    seen = tagger.look(images).probabilities
    wall, cpu = time.perf_counter() - began, time.process_time() - cpu
    ranks = (seen > seen[np.arange(len(truth)), truth][:, None]).sum(axis=1)
    numbers |= {
        "things: pictures": len(samples),
        "things: top-1": round(float((ranks == 0).mean()), 3),
        "things: top-5": round(float((ranks < 5).mean()), 3),
        "things: mean probability of the first": round(float(seen.max(axis=1).mean()), 3),
        "tagging, images a second of one core, decoded": round(len(samples) / cpu, 1),
        "tagging, images a second by the clock, decoded": round(len(samples) / wall, 1),
    }


def _class_of(names: Sequence[Sequence[str]], label: str) -> int | None:
    folded = label.casefold()
    found = [index for index, each in enumerate(names) if folded in each]
    return found[0] if len(found) == 1 else None


def speed(numbers: dict[str, Any]) -> None:
    """Milliseconds of one core a picture for the rest, and for decoding."""
    paths = [DATA / "clothing" / each["file"] for each in labelled("clothing")[::4]]
    began = time.process_time()
    images = [pixels(path) for path in paths]
    numbers["decoding ms"] = round(1000 * (time.process_time() - began) / len(paths), 1)
    for name, measure in (("colours", dominant_colours), ("sharpness", sharpness), ("codes", read_codes)):
        began = time.process_time()
        for image in images:
            measure(image)  # type: ignore[operator]
        numbers[f"{name} ms"] = round(1000 * (time.process_time() - began) / len(paths), 1)


def clothes(tagger: Any, numbers: dict[str, Any]) -> None:
    """Kinds of garments: by the names of the tags, and from labelled pictures of each kind."""
    samples = labelled("clothing")
    truth = np.array([each["label"] for each in samples])
    kinds = sorted(set(truth.tolist()))
    figures = [figure_of(pixels(DATA / "clothing" / each["file"]), tagger) for each in samples]
    numbers |= {"clothes: pictures": len(samples), "clothes: kinds": len(kinds)}
    engines = EngineBundle(SETTINGS)
    schema = read_schema_text(
        f"fields: {{label: {{type: string, kind: inferred, description: Kind of garment., enum: {json.dumps(kinds)}}}}}",
        name="s",
    )
    given = [fill_content(_content(each), schema, engines=engines, settings=SETTINGS).fields[0][1] for each in figures]
    right = np.array([leaf.value == each for leaf, each in zip(given, truth, strict=True)])
    sure = np.array([leaf.confidence for leaf in given])
    answered = np.array([leaf.value is not None for leaf in given])
    numbers |= {
        "clothes: by the names of the tags": round(float(right.mean()), 3),
        "clothes: by the names of the tags, answered": round(float(answered.mean()), 3),
        "clothes: by the names of the tags, ECE of the answers": _ece(sure[answered], right[answered]),
    }
    features = np.stack([from_base64(each.features or "") for each in figures])
    for folds, each_kind in ((10, "9"), (2, "5")):
        accuracies, errors = [], []
        for split in range(SPLITS):
            held = _folds(truth, folds, split)
            answers, chances = [], []
            for fold in range(folds):
                probe = fit_probe(features[held != fold], truth[held != fold].tolist())
                if probe is None:
                    raise SystemExit("too few labelled pictures")
                for index in np.flatnonzero(held == fold):
                    answer, chance = next(iter(probe.probabilities(features[index]).items()))
                    answers.append(answer == truth[index])
                    chances.append(chance)
            accuracies.append(float(np.mean(answers)))
            errors.append(_ece(np.array(chances), np.array(answers)))
        numbers |= {
            f"clothes: {each_kind} labelled a kind": round(float(np.mean(accuracies)), 3),
            f"clothes: {each_kind} labelled a kind, spread over {SPLITS} splits": round(float(np.std(accuracies)), 3),
            f"clothes: {each_kind} labelled a kind, ECE": round(float(np.mean(errors)), 3),
        }


def _content(figure: Figure) -> Any:
    builder = ContentBuilder()
    width, height = (figure.box or (0, 0, 1, 1))[2:]
    builder.add_page(Page(number=1, width=width, height=height, unit="px", source="none", reason="a benchmark"))
    builder.add_figure(figure)
    return builder.build()


def _folds(truth: np.ndarray, folds: int, seed: int) -> np.ndarray:
    held = np.zeros(len(truth), int)
    random = np.random.default_rng(seed)
    for kind in np.unique(truth):
        members = random.permutation(np.flatnonzero(truth == kind))
        held[members] = np.arange(len(members)) % folds
    return held


def _ece(sure: np.ndarray, right: np.ndarray) -> float:
    """Expected calibration error over ten bins."""
    bins = np.minimum((sure * 10).astype(int), 9)
    parts = [
        abs(float(sure[bins == each].mean()) - float(right[bins == each].mean())) * float((bins == each).mean())
        for each in np.unique(bins)
    ]
    return round(sum(parts), 3)


def no_things(tagger: Any, numbers: dict[str, Any]) -> None:
    """How often paper and charts would be taken for things, and are, knowing how many words stand on them."""
    for name, words in (("sroie", 100), ("charts_vega", 12), ("charts_opencqa", 60)):
        paths = sorted(
            path for path in (DATA / name / "files").iterdir() if path.suffix.lower() in (".jpg", ".jpeg", ".png")
        )[:30]
        images = [pixels(path) for path in paths]
        seen = tagger.look(images).probabilities
        raw = [told_tags(tagger.labels, row) for row in seen]
        told = [figure_of(image, tagger, words=words).tags for image in images]
        numbers |= {
            f"{name}: pictures": len(paths),
            f"{name}: with a tag of 0.5 and more, if they were tagged": sum(
                bool(t) and t[0].probability >= 0.5 for t in raw
            ),
            f"{name}: with a tag": sum(bool(t) for t in told),
        }


def _compressed(image: Image.Image, quality: int) -> Image.Image:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return Image.open(io.BytesIO(out.getvalue())).convert("RGB")


def _cut(image: Image.Image, share: float) -> Image.Image:
    across, down = int(image.width * share), int(image.height * share)
    return image.crop((across, down, image.width - across, image.height - down))


def _marked(image: Image.Image) -> Image.Image:
    """With a white bar in a corner, as agencies put it."""
    marked = image.copy()
    width, height = image.size
    ImageDraw.Draw(marked).rectangle((width * 0.6, height * 0.85, width * 0.98, height * 0.97), fill="white")
    return marked


COPIES: dict[str, Callable[[Image.Image], Image.Image]] = {
    "half the size": lambda image: image.resize((max(1, image.width // 2), max(1, image.height // 2)), Image.Resampling.LANCZOS),
    "a quarter of the size, JPEG 50": lambda image: _compressed(image.resize((max(1, image.width // 4), max(1, image.height // 4))), 50),
    "JPEG 30": lambda image: _compressed(image, 30),
    "brighter by 0.3": lambda image: ImageEnhance.Brightness(image).enhance(1.3),
    "grey": lambda image: image.convert("L").convert("RGB"),
    "more contrast by 0.4": lambda image: ImageEnhance.Contrast(image).enhance(1.4),
    "cut by 2 % a side": lambda image: _cut(image, 0.02),
    "cut by 5 % a side": lambda image: _cut(image, 0.05),
    "a bar in a corner": _marked,
    "mirrored": ImageOps.mirror,
}  # fmt: skip


def copies(numbers: dict[str, Any]) -> None:
    """Copies found by fingerprint, its limits chosen after a look at these photographs; and pages, as if nothing were written on them."""
    paths = [DATA / name / each["file"] for name in ("clothing", "imagenet_samples") for each in labelled(name)]
    images = [Image.open(path).convert("RGB") for path in sorted(paths)]
    began = time.process_time()
    marks = [fingerprint(np.asarray(image)) for image in images]
    numbers["fingerprint ms"] = round(1000 * (time.process_time() - began) / len(images), 1)
    numbers["copies: photographs"] = len(images)
    for name, change in COPIES.items():
        again = [fingerprint(np.asarray(change(image).convert("RGB"))) for image in images]
        apart = np.array([_bits_apart(*pair) for pair in zip(marks, again, strict=True)])
        numbers[f"copies: {name}"] = round(float((apart <= NEAR_BITS).mean()), 3)
        numbers[f"copies: {name}, as the same picture"] = round(float((apart <= SAME_BITS).mean()), 3)
    numbers |= _false_pairs("photographs", marks)
    for name in ("charts_opencqa", "sroie"):
        files = sorted((DATA / name / "files").iterdir())
        pages = [each for each in files if each.suffix.lower() in (".jpg", ".jpeg", ".png")]
        numbers |= _false_pairs(f"{name}, by looks alone", [fingerprint(pixels(path)) for path in pages])


def _false_pairs(name: str, marks: Sequence[str]) -> dict[str, Any]:
    apart = [_bits_apart(one, other) for at, one in enumerate(marks) for other in marks[at + 1 :]]
    return {
        f"copies: pairs of different {name}": len(apart),
        f"copies: of these taken for copies, {name}": sum(each <= NEAR_BITS for each in apart),
        f"copies: fewest bits apart, {name}": min(apart),
    }


def _bits_apart(one: str, other: str) -> int:
    return (int(one, 16) ^ int(other, 16)).bit_count()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--save", action="store_true", help="keep the numbers in bench/results")
    arguments = parser.parse_args()
    tagger = registry.load("image_tags", "efficientnet-lite0")(SETTINGS)
    numbers: dict[str, Any] = {}
    things(tagger, numbers)
    speed(numbers)
    clothes(tagger, numbers)
    no_things(tagger, numbers)
    copies(numbers)
    for name, value in numbers.items():
        print(f"{name:75} {value}")
    if arguments.save:
        save(
            "pictures",
            numbers,
            data="imagenet_samples, clothing, sroie, charts",
            packages=("onnxruntime", "pillow", "zxing-cpp", "numpy"),
        )


if __name__ == "__main__":
    main()
