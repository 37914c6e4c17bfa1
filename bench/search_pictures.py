"""How well pictures are found by words and by pictures, and how sure near duplicates are, for every engine that runs here.

    python bench/search_pictures.py [--joint-model FOLDER]

On `clothing` (170 photos, 17 kinds) and `imagenet_samples` (60 photos, 60 kinds), by the name of the kind and by a description written
without looking at the pictures (`bench/described_pictures.json`). Files are given names that say nothing, and OCR is off, so that only
what is seen counts. Recall at k: right ones among the first k, of as many as there could be. Near duplicates are made of the same
pictures: scaled, compressed anew, cropped, made lighter. Writes `bench/results/search_pictures.json`.
"""

from __future__ import annotations

import argparse
import io
import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from record import DATA, save

from mmi_cli.engines.bundle import EngineBundle
from mmi_cli.search.duplicates import duplicate_groups
from mmi_cli.search.index import Index
from mmi_cli.search.indexing import IndexingPlan, bring_up_to_date
from mmi_cli.search.question import Question
from mmi_cli.search.searching import Searcher
from mmi_cli.settings import Settings

_DESCRIBED = Path(__file__).with_name("described_pictures.json")
_DEPTHS = (1, 5, 10)
_MADE: dict[str, Callable[[Image.Image], Image.Image]] = {
    "half the size": lambda picture: picture.resize((max(1, picture.width // 2), max(1, picture.height // 2))),
    "JPEG quality 30": lambda picture: _jpeg(picture, 30),
    "lighter": lambda picture: picture.point(lambda value: min(255, round(value * 1.2 + 10))),
    "5 % cut off each side": lambda picture: _cropped(picture, 0.05),
    "15 % cut off each side": lambda picture: _cropped(picture, 0.15),
}


class _Silent:
    def listed(self, **unused: object) -> None: ...
    def added(self, **unused: object) -> None: ...
    def started(self, file: object) -> None: ...
    def finished(self, file: object, **unused: object) -> None: ...
    def note(self, message: str) -> None: ...


def recalls(found: dict[str, list[str]], kinds: dict[str, str]) -> dict[str, float]:
    """Kind asked for → paths found; path → kind."""
    out = {}
    for depth in _DEPTHS:
        shares = []
        for kind, answers in found.items():
            there = sum(other == kind for other in kinds.values())
            right = sum(kinds[path] == kind for path in answers[:depth])
            shares.append(right / min(depth, there))
        out[f"recall at {depth}"] = round(float(np.mean(shares)), 3)
    return out


def ways(index: Index, settings: Settings, queries: dict[str, str]) -> dict[str, dict[str, list[str]]]:
    """Way of searching → kind → paths, best first."""
    engines = EngineBundle(settings)
    searcher = Searcher(index, settings, engines)
    everything = Question(limit=1000, kinds=("image",))
    out: dict[str, dict[str, list[str]]] = {}
    files = {file.id: file for file in index.files()}
    images = [item for item in index.items() if item.kind == "image"]
    embedder = engines.text_embedder()
    assert embedder is not None
    names = sorted({name for item in images for name, _ in item.tags})
    of_name = dict(zip(names, embedder.embed([f"a photo of a {name}" for name in names]), strict=True)) if names else {}
    for kind, text in queries.items():
        answer = searcher.ask(_with(everything, text=text))
        out.setdefault("as `mmi search` does", {})[kind] = [hit.file.path for hit in answer.hits]
        for name in answer.models:
            ordered = sorted(
                (hit for hit in answer.hits if name in hit.lists),
                key=lambda hit: (hit.lists[name]["rank"], hit.file.path),
            )
            out.setdefault(f"{name} alone", {})[kind] = [hit.file.path for hit in ordered]
        if of_name:
            vector = embedder.embed([text])[0]
            best = {
                item.file: max(float(of_name[name] @ vector) * share**0.1 for name, share in item.tags)
                for item in images
            }
            summed = {
                item.file: sum(float(of_name[name] @ vector) * share for name, share in item.tags) for item in images
            }
            for label, scores in (("best tag", best), ("sum of probability x cosine", summed)):
                ordered_files = sorted(scores, key=lambda file: -scores[file])
                out.setdefault(label, {})[kind] = [files[file].path for file in ordered_files]
    return out


def by_picture(index: Index, settings: Settings, kinds: dict[str, str]) -> float:
    """Share of the five pictures most like each picture that are of its kind."""
    searcher = Searcher(index, settings, EngineBundle(settings))
    shares = []
    for path, kind in kinds.items():
        answer = searcher.ask(Question(like=path, kinds=("image",), limit=5))
        shares.append(np.mean([kinds[hit.file.path] == kind for hit in answer.hits]))
    return round(float(np.mean(shares)), 3)


def duplicates(settings: Settings, folder: Path) -> dict[str, Any]:
    """Pairs that are told, on pictures of both sets and what was made of them."""
    pictures = folder / "pictures"
    pictures.mkdir()
    number = 0
    for name in ("clothing", "imagenet_samples"):
        others = sorted((DATA / name / "files").iterdir())[1::2]  # the bounds were chosen on the first of each two
        for path in others:
            with Image.open(path) as opened:
                picture = opened.convert("RGB")
            picture.thumbnail((640, 640))
            picture.save(pictures / f"{number:04}.original.png")
            for label, make in _MADE.items():
                make(picture).save(pictures / f"{number:04}.{label.replace(' ', '_')}.png")
            number += 1
    with Index(_indexed(pictures, folder / "index", settings)) as index:
        pairs = [pair for group in duplicate_groups(index) for pair in group.pairs]
    right = [pair for pair in pairs if pair.one.path[:4] == pair.other.path[:4]]
    wrong = sorted({(pair.one.path[:4], pair.other.path[:4]) for pair in pairs if pair not in right})
    told = {frozenset((pair.one.path, pair.other.path)) for pair in right}
    numbers: dict[str, Any] = {
        "pairs told": len(pairs),
        "precision of pairs": round(len(right) / max(1, len(pairs)), 4),
        "different pictures told to be the same": len(wrong),
    }
    for label in _MADE:
        name = label.replace(" ", "_")
        hits = sum(frozenset((f"{at:04}.original.png", f"{at:04}.{name}.png")) in told for at in range(number))
        numbers[f"found: {label}"] = round(hits / number, 3)
    print("different pictures told to be the same:", wrong[:20])
    return numbers


def _jpeg(picture: Image.Image, quality: int) -> Image.Image:
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=quality)
    return Image.open(stream).convert("RGB")


def _cropped(picture: Image.Image, share: float) -> Image.Image:
    width, height = picture.size
    return picture.crop(
        (round(width * share), round(height * share), round(width * (1 - share)), round(height * (1 - share)))
    )


def _with(question: Question, *, text: str) -> Question:
    return Question(text=text, limit=question.limit, kinds=question.kinds)


def _indexed(folder: Path, index: Path, settings: Settings) -> Path:
    plan = IndexingPlan(inputs=(str(folder),), folder=index, settings=settings, jobs=1, memory_bytes=1 << 60)
    bring_up_to_date(plan, _Silent())
    return index


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--joint-model", help="folder of a CLIP-class model: its numbers are written beside the default's"
    )
    arguments = parser.parse_args()
    base = {"ocr": "none", "inline": True, "threads": 2, "cache": "off"}
    engines = {"tags and MiniLM": Settings.model_validate(base)}
    if arguments.joint_model:
        joint = {**base, "joint_embedding": "sentence-transformers", "joint_model": arguments.joint_model}
        engines[f"joint: {Path(arguments.joint_model).name}"] = Settings.model_validate(joint)
    described = json.loads(_DESCRIBED.read_text("utf-8"))
    numbers: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as temporary:
        for engine, settings in engines.items():
            for name in described:
                pictures = Path(temporary) / engine.replace(" ", "_") / name
                pictures.mkdir(parents=True)
                kinds = {}
                for number, line in enumerate((DATA / name / "labels.jsonl").read_text("utf-8").splitlines()):
                    label = json.loads(line)
                    path = f"{number:04}.jpg"
                    shutil.copyfile(DATA / name / label["file"], pictures / path)
                    kinds[path] = label["label"]
                with Index(_indexed(pictures, pictures.with_name(f"{name}-index"), settings)) as index:
                    for asked, queries in (
                        ("by name", {kind: kind for kind in sorted(set(kinds.values()))}),
                        ("by description", described[name]),
                    ):
                        for way, found in ways(index, settings, queries).items():
                            numbers[f"{engine} · {name} {asked} · {way}"] = recalls(found, kinds)
                            print(engine, name, asked, way, recalls(found, kinds), flush=True)
                    if len(set(kinds.values())) < len(kinds):
                        numbers[f"{engine} · {name} by picture · share of the nearest 5"] = by_picture(
                            index, settings, kinds
                        )
        numbers["near duplicates"] = duplicates(engines["tags and MiniLM"], Path(temporary))
    for key, value in numbers.items():
        print(f"{key}: {value}")
    save(
        "search_pictures", numbers, data="clothing (170 photos, 17 kinds), imagenet_samples (60 photos, 60 kinds)",
        packages=("onnxruntime", "ctranslate2", "pillow", "numpy", "sentence-transformers"),
    )  # fmt: skip


if __name__ == "__main__":
    main()
