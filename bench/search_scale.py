"""Seconds of a text search over a million passages, exact: every vector compared, keywords by BM25, fused.

    python bench/search_scale.py [--passages 1000000] [--folder DIR] [--questions 20]

The vectors and words are generated (random directions; words by Zipf's law), the index is written by the program's own writer and
asked by its own searcher. Writes `bench/results/search_scale.json`. The index takes 2.5 GB and a few minutes; `--folder` keeps it.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from record import save

from mmi_cli.datamodel.source import SourceFile
from mmi_cli.engines.bundle import EngineBundle
from mmi_cli.search.index import Index
from mmi_cli.search.items import Embedded, Item
from mmi_cli.search.model_marks import model_mark
from mmi_cli.search.question import Question
from mmi_cli.search.searching import Searcher
from mmi_cli.search.writing import IndexWriter
from mmi_cli.settings import Settings

_A_FILE = 50
_WORDS = 40
_VOCABULARY = 100_000
_FILES_A_COMMIT = 400


def build(folder: Path, passages: int, settings: Settings) -> float:
    """Writes an index of generated passages; seconds."""
    rng = np.random.default_rng(0)
    shares = 1 / np.arange(1, _VOCABULARY + 1)
    steps = np.cumsum(shares / shares.sum())
    names = np.array([_word(number) for number in range(_VOCABULARY)])
    model = EngineBundle(settings).text_embedder()
    assert model is not None
    start = time.perf_counter()
    with IndexWriter(folder) as writer:
        writer.ensure_space("text", dimensions=model.dimensions, model=model.name, weights=model_mark("text", settings))
        for number in range(passages // _A_FILE):
            vectors = rng.standard_normal((_A_FILE, model.dimensions), np.float32)
            vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
            texts = names[np.searchsorted(steps, rng.random((_A_FILE, _WORDS)))]
            items = tuple(
                Item(kind="passage", text=" ".join(words), place=(("page", page + 1),), page=page + 1)
                for page, words in enumerate(texts)
            )
            path = f"{number // 1000:03}/{number:06}.txt"
            file = SourceFile(uri=f"file:///made/{path}", path=path, size_bytes=1, modified_s=0.0)
            embedded = Embedded(
                file=file, sha256=f"{number:064x}", modality="document", items=items,
                vectors=(("text", tuple(range(_A_FILE)), vectors),), models=(("text", model.name),),
            )  # fmt: skip
            fields = {"total": {"value": float(number % 1000), "confidence": 0.9}}
            writer.put(embedded, input_name="made", made_by="bench", fields=fields)
            if number % _FILES_A_COMMIT == _FILES_A_COMMIT - 1:
                writer.commit()
                print(f"\r{(number + 1) * _A_FILE:,} passages", end="", file=sys.stderr)
        writer.commit()
    return time.perf_counter() - start


def _word(number: int) -> str:
    """A word that no stemmer touches."""
    letters = "bcdfghklmnprtvwz"
    out = ""
    for _ in range(5):
        number, rest = divmod(number, len(letters))
        out += letters[rest] + "ao"[rest % 2]
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--passages", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--questions", type=int, default=20)
    arguments = parser.parse_args()
    settings = Settings()
    numbers: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.folder or Path(temporary)
        if not (folder / "index.sqlite").exists():
            numbers["write s"] = round(build(folder, arguments.passages, settings), 1)
        numbers["index GB"] = round(sum(path.stat().st_size for path in folder.iterdir()) / 1e9, 2)
        rng = np.random.default_rng(1)
        # From frequent to rare, as in a question of people: the most frequent are not asked for.
        asked = [
            " ".join(_word(int(number)) for number in rng.integers(20, 20_000, 4)) for _ in range(arguments.questions)
        ]
        with Index(folder) as index:
            searcher = Searcher(index, settings, EngineBundle(settings))
            start = time.perf_counter()
            searcher.ask(Question(text="warm up"))
            numbers["first question of a process s (model loads, files are mapped)"] = round(
                time.perf_counter() - start, 3
            )
            _check_exact(index, searcher, settings, asked[0])
            whole, parts, busy = [], [], []
            for text in asked:
                start, cpu = time.perf_counter(), time.process_time()
                answer = searcher.ask(Question(text=text))
                whole.append(time.perf_counter() - start)
                busy.append(time.process_time() - cpu)
                parts.append(answer.seconds or {})
            filtered = []
            for text in asked[:5]:
                start = time.perf_counter()
                searcher.ask(Question(text=text, where="total > 900"))
                filtered.append(time.perf_counter() - start)
        numbers["question s, median"] = round(statistics.median(whole), 3)
        numbers["question s, best"] = round(min(whole), 3)
        numbers["question processor s, all threads, median"] = round(statistics.median(busy), 3)
        numbers["load of the machine (1 min) while asked"] = round(os.getloadavg()[0], 1)
        numbers["question s, worst"] = round(max(whole), 3)
        for name in ("meaning", "words"):
            numbers[f"{name} s, median"] = round(statistics.median(part[name] for part in parts), 3)
        numbers["question with a filter over fields s, median"] = round(statistics.median(filtered), 3)
        command = [sys.executable, "-m", "mmi_cli", "search", str(folder), asked[0]]
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        numbers["whole command s"] = round(time.perf_counter() - start, 2)
    for name, value in numbers.items():
        print(f"{name}: {value}")
    save(
        "search_scale", numbers, data=f"{arguments.passages:,} generated passages of {_WORDS} words, 384 dimensions",
        packages=("numpy", "ctranslate2"),
    )  # fmt: skip


def _check_exact(index: Index, searcher: Searcher, settings: Settings, text: str) -> None:
    """The nearest of the list are those of a plain comparison in double precision."""
    answer = searcher.ask(Question(text=text, limit=10_000))
    embedder = EngineBundle(settings).text_embedder()
    assert embedder is not None
    rows = index.spaces["text"]
    vector = embedder.embed([text])[0].astype(np.float64)
    scores = np.concatenate(
        [np.asarray(rows.vectors[at : at + 50_000], np.float64) @ vector for at in range(0, len(rows.rows), 50_000)]
    )
    best = set(rows.rows["item"][np.argsort(-scores)[:100]].tolist())
    found = {hit.item.id for hit in answer.hits if hit.lists.get("meaning", {}).get("rank", 1e9) <= 100}
    assert best <= found | best and len(best - found) <= 1, len(best - found)


if __name__ == "__main__":
    main()
