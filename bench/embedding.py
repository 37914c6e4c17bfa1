"""Texts a second, load time and agreement of the text embedder; beside its own weights in int8, and sentence-transformers where installed.

    python bench/embedding.py [--texts 400] [--words 60] [--threads 1]

The texts are stretches of the labelled contracts' own words. Writes `bench/results/embedding.json`. Import and load are measured in
processes of their own.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Callable

import ctranslate2
import numpy as np
from record import DATA, save

from mmi_cli.engines.bert_conversion import ensure_encoder
from mmi_cli.engines.embedding_minilm import MiniLm
from mmi_cli.engines.embedding_weights import embedding_folder
from mmi_cli.errors import MissingEngine
from mmi_cli.registry import load
from mmi_cli.settings import Settings

_LOAD = """
import time; start = time.perf_counter()
from mmi_cli.registry import load
from mmi_cli.settings import Settings
engine = load("embedding", {name!r})(Settings(threads={threads}))
print(time.perf_counter() - start)
"""


def passages(count: int, words: int) -> list[str]:
    """Stretches of the text layer of the contracts, without looking at labels."""
    import pypdfium2

    out: list[str] = []
    for path in sorted((DATA / "kleister_nda" / "files").glob("*.pdf")):
        with pypdfium2.PdfDocument(path) as document:
            text = " ".join(page.get_textpage().get_text_bounded() for page in document).split()
        out += [" ".join(text[at : at + words]) for at in range(0, len(text) - words, words)]
        if len(out) >= count:
            break
    return out[:count]


def rate(embed: Callable[[list[str]], object], texts: list[str]) -> float:
    """Texts a second, the best of three."""
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        embed(texts)
        seconds.append(time.perf_counter() - start)
    return round(len(texts) / min(seconds), 1)


def load_seconds(name: str, threads: int) -> float:
    """Import and load in a fresh process, the best of three."""
    code = _LOAD.format(name=name, threads=threads)
    runs = [
        float(
            subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()[-1]
        )
        for _ in range(3)
    ]
    return round(min(runs), 2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=int, default=400)
    parser.add_argument("--words", type=int, default=60)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    settings = Settings(threads=arguments.threads)
    texts = passages(arguments.texts, arguments.words)
    engine = MiniLm(settings)
    vectors = engine.embed(texts)
    numbers: dict[str, float] = {
        "minilm import and load s": load_seconds("minilm", arguments.threads),
        "minilm texts/s": rate(engine.embed, texts),
    }
    small = MiniLm(settings)
    small._encoder = ctranslate2.Encoder(
        str(ensure_encoder(embedding_folder(settings))), compute_type="int8", intra_threads=arguments.threads
    )
    rough = small.embed(texts)
    numbers["int8 texts/s"] = rate(small.embed, texts)
    numbers["int8 least cosine"] = round(float((vectors * rough).sum(axis=1).min()), 5)
    numbers["int8 same nearest neighbour"] = round(float((_nearest(vectors) == _nearest(rough)).mean()), 4)
    try:
        peer = load("embedding", "sentence-transformers")(settings)
    except MissingEngine as error:
        print(error)
    else:
        numbers["sentence-transformers import and load s"] = load_seconds("sentence-transformers", arguments.threads)
        numbers["sentence-transformers texts/s"] = rate(peer.embed, texts)
        numbers["least cosine to sentence-transformers"] = round(
            float((vectors * peer.embed(texts)).sum(axis=1).min()), 7
        )
    for name, value in numbers.items():
        print(f"{name}: {value}")
    save(
        "embedding",
        numbers,
        data=f"{len(texts)} passages of {arguments.words} words from contracts; {arguments.threads} thread(s)",
        packages=("ctranslate2", "tokenizers", "sentence-transformers", "torch"),
    )


def _nearest(vectors: np.ndarray) -> np.ndarray:
    """The row nearest to each row, itself apart."""
    scores = vectors @ vectors.T
    np.fill_diagonal(scores, -2)
    return scores.argmax(axis=1)


if __name__ == "__main__":
    main()
