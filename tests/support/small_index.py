"""An index of made items, written by the real writer, with a text embedder of a few dimensions that needs no weights."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from mmi_cli.datamodel.source import SourceFile
from mmi_cli.search.items import Embedded, Item
from mmi_cli.search.keywords import words_of
from mmi_cli.search.model_marks import model_mark
from mmi_cli.search.near_texts import text_marks
from mmi_cli.search.writing import IndexWriter
from mmi_cli.settings import Settings

DIMENSIONS = 64


class WordsAsVectors:
    """A `TextEmbedder`: a direction for each word, so that texts of the same words are alike."""

    name = "words-1/made"
    dimensions = DIMENSIONS

    def embed(self, texts: Sequence[str]) -> Any:
        out = np.zeros((len(texts), DIMENSIONS), np.float32)
        for row, text in enumerate(texts):
            for word in words_of(text) or ["nothing"]:
                out[row] += np.random.default_rng(zlib.crc32(word.encode())).standard_normal(DIMENSIONS)
            out[row] /= np.linalg.norm(out[row])
        return out


class MadeEngines:
    """Engines of which only texts are embedded."""

    def __init__(self) -> None:
        self.embedder = WordsAsVectors()

    def text_embedder(self) -> WordsAsVectors:
        return self.embedder

    def joint_embedder(self) -> None:
        return None

    def image_tagger(self) -> None:
        return None


def made_file(path: str, *, modified_s: float = 0.0, size_bytes: int = 1) -> SourceFile:
    return SourceFile(uri=f"file:///made/{path}", path=path, size_bytes=size_bytes, modified_s=modified_s)


def embedded(path: str, texts: Sequence[str], *, modality: str = "document", **more: Any) -> Embedded:
    """A file whose passages are `texts`, one a page, and its sum."""
    vectors = WordsAsVectors().embed(texts)
    items = [
        Item(kind="passage", text=text, place=(("page", page),), page=page) for page, text in enumerate(texts, start=1)
    ]
    whole = vectors.sum(axis=0)
    items.append(Item(kind="file", text=texts[0][:50], method="mean of passages"))
    stacked = np.concatenate([vectors, whole[None] / np.linalg.norm(whole)]).astype(np.float32)
    return Embedded(
        file=made_file(path), sha256=f"{zlib.crc32(' '.join(texts).encode()):064x}", modality=modality, media_type="text/plain",
        items=tuple(items), vectors=(("text", tuple(range(len(items))), stacked),), text_marks=text_marks(" ".join(texts)),
        models=(("text", WordsAsVectors.name),), **more,
    )  # fmt: skip


def write_index(
    folder: Path, files: Mapping[str, Sequence[str]], fields: Mapping[str, Mapping[str, Any]] | None = None
) -> Path:
    """Path → texts, and path → field → value (confidence 0.9)."""
    with IndexWriter(folder) as writer:
        ensure_text_space(writer)
        for path, texts in files.items():
            put(writer, embedded(path, texts), (fields or {}).get(path, {}))
        writer.commit()
    return folder


def ensure_text_space(writer: IndexWriter) -> None:
    writer.ensure_space(
        "text", dimensions=DIMENSIONS, model=WordsAsVectors.name, weights=model_mark("text", Settings())
    )


def put(writer: IndexWriter, given: Embedded, fields: Mapping[str, Any] | None = None) -> None:
    made = {name: {"value": value, "confidence": 0.9} for name, value in (fields or {}).items()}
    writer.put(given, input_name="file:///made", made_by="test", fields=made)
