"""Text vectors of all-MiniLM-L6-v2 with CTranslate2: what sentence-transformers computes, without torch."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ctranslate2
import numpy as np
from tokenizers import Tokenizer

from ..errors import EngineFailed, MissingEngine
from ..settings import Settings
from .bert_conversion import ensure_encoder
from .embedding_weights import embedding_folder, encodable

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Tokens of a batch, padding included: enough to keep two cores busy, 60 MB at most.
_BATCH_TOKENS = 4096


class MiniLm:
    """A `TextEmbedder`: mean of the last layer over the tokens, at most 256 of them, normalised.

    Raises:
        MissingEngine: no such model in the models folder, or another kind of model.
    """

    name: str
    dimensions: int

    def __init__(self, settings: Settings) -> None:
        folder = embedding_folder(settings)
        try:
            config = json.loads((folder / "config.json").read_text("utf-8"))
            self._tokenizer = _tokenizer(folder)
            converted = ensure_encoder(folder)
            try:
                self._encoder = ctranslate2.Encoder(
                    str(converted), device="cpu", compute_type="float32",
                    intra_threads=settings.threads or len(os.sched_getaffinity(0)),
                )  # fmt: skip
            finally:
                if converted.parent == Path(tempfile.gettempdir()):
                    shutil.rmtree(converted, ignore_errors=True)
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            raise MissingEngine(
                f"the embedding model in {folder} cannot be loaded ({error}); `mmi models verify` checks it"
            ) from error
        self.dimensions = int(config["hidden_size"])
        self.most_tokens = int(self._tokenizer.truncation["max_length"])
        self._counter = _tokenizer(folder)
        self._counter.no_truncation()
        self.name = f"ctranslate2-{ctranslate2.__version__}/{folder.name}"

    def count_tokens(self, text: str) -> int:
        """See `CountsTokens`."""
        return len(self._counter.encode(encodable(text), add_special_tokens=False).ids)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See `TextEmbedder`; a text without any token has the vector of the empty text."""
        vectors = np.zeros((len(texts), self.dimensions), np.float32)
        encoded = [encoding.ids for encoding in self._tokenizer.encode_batch([encodable(text) for text in texts])]
        for rows in _batches([len(ids) for ids in encoded]):
            try:
                states = self._encoder.forward_batch([encoded[row] for row in rows]).last_hidden_state
            except (RuntimeError, ValueError) as error:
                raise EngineFailed(f"{self.name} failed on {len(rows)} texts: {error}") from error
            for state, row in zip(np.asarray(states), rows, strict=True):
                mean = state[: len(encoded[row])].mean(axis=0)
                vectors[row] = mean / max(float(np.linalg.norm(mean)), 1e-12)
        return vectors


def _tokenizer(folder: Path) -> Any:
    """The model's tokenizer without padding, cut at the length it was trained with."""
    limits = json.loads((folder / "sentence_bert_config.json").read_text("utf-8"))
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(int(limits["max_seq_length"]))
    return tokenizer


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Rows in batches of like length, so that little is padded."""
    batch: list[int] = []
    for row in sorted(range(len(lengths)), key=lambda row: lengths[row]):
        if batch and (len(batch) + 1) * lengths[row] > _BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch
