"""Text vectors with sentence-transformers, from a folder on this machine and never from the network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..errors import EngineFailed, MissingEngine
from ..settings import Settings
from .embedding_weights import embedding_folder, encodable
from .sentence_transformers_model import engine_name, load_model

if TYPE_CHECKING:
    from numpy.typing import NDArray


class SentenceTransformers:
    """A `TextEmbedder`.

    Raises:
        MissingEngine: no such model in the models folder, or it cannot be loaded.
    """

    name: str
    dimensions: int

    def __init__(self, settings: Settings) -> None:
        folder = embedding_folder(settings)
        try:
            self._model = load_model(folder, settings)
        except (OSError, ValueError, RuntimeError) as error:
            raise MissingEngine(
                f"the embedding model in {folder} cannot be loaded ({error}); `mmi models verify` checks it"
            ) from error
        self.most_tokens = int(self._model.max_seq_length or 256)
        self.dimensions = int(self._model.encode([""], show_progress_bar=False).shape[1])
        self.name = engine_name(folder)

    def count_tokens(self, text: str) -> int:
        """See `CountsTokens`."""
        return len(self._model.tokenizer(encodable(text), add_special_tokens=False, truncation=False)["input_ids"])

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See `TextEmbedder`."""
        if not texts:
            return np.zeros((0, self.dimensions), np.float32)
        try:
            vectors = self._model.encode(
                [encodable(text) for text in texts], normalize_embeddings=True, convert_to_numpy=True, show_progress_bar=False,
            )  # fmt: skip
        except (RuntimeError, ValueError) as error:
            raise EngineFailed(f"{self.name} failed on {len(texts)} texts: {error}") from error
        return np.asarray(vectors, np.float32)
