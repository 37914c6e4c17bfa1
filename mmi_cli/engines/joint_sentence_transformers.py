"""Texts and pictures in one space with a CLIP-class model of sentence-transformers, from a folder and never from the network."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import EngineFailed, MissingEngine
from ..settings import Settings
from .embedding_weights import encodable
from .sentence_transformers_model import engine_name, load_model

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PICTURES_A_BATCH = 16


class JointSentenceTransformers:
    """A `JointEmbedder`: the text and the image tower of one model (CLIP, SigLIP, …).

    Raises:
        MissingEngine: no such model in the models folder, it cannot be loaded, or it has only one tower.
    """

    name: str
    dimensions: int

    def __init__(self, settings: Settings) -> None:
        folder = joint_folder(settings)
        try:
            self._model = load_model(folder, settings)
            self._hold_to_the_longest_text()
            probe = self._encode(["a"])
            seen = self._encode([_picture(np.full((64, 64, 3), 127, np.uint8))])
        except (OSError, ValueError, RuntimeError, KeyError, TypeError, AttributeError) as error:
            raise MissingEngine(
                f"the joint model in {folder} cannot be loaded as a model of texts and pictures: {_brief(error)}"
            ) from error
        if probe.shape[1] != seen.shape[1]:
            raise MissingEngine(
                f"the model in {folder} puts texts in {probe.shape[1]} dimensions and pictures in {seen.shape[1]}"
            )
        self.dimensions = int(probe.shape[1])
        self.name = engine_name(folder)

    def embed_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See `JointEmbedder`."""
        return self._called([encodable(text) for text in texts], "texts")

    def embed_images(self, images: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """See `JointEmbedder`."""
        return self._called([_picture(image) for image in images], "pictures")

    @property
    def most_tokens(self) -> int:
        """See `CountsTokens`."""
        return int(self._model.max_seq_length or 64)

    def count_tokens(self, text: str) -> int:
        """See `CountsTokens`."""
        tokenizer = self._model.tokenizer
        tokenizer = getattr(tokenizer, "tokenizer", tokenizer)
        return len(tokenizer(encodable(text), add_special_tokens=False, truncation=False)["input_ids"])

    def _called(self, given: list[Any], what: str) -> NDArray[np.float32]:
        if not given:
            return np.zeros((0, self.dimensions), np.float32)
        try:
            return self._encode(given)
        except (RuntimeError, ValueError, IndexError) as error:
            raise EngineFailed(f"{self.name} failed on {len(given)} {what}: {_brief(error)}") from error

    def _encode(self, given: list[Any]) -> NDArray[np.float32]:
        vectors = np.asarray(
            self._model.encode(
                given, batch_size=_PICTURES_A_BATCH, normalize_embeddings=True, convert_to_numpy=True, show_progress_bar=False
            ),
            np.float32,
        )  # fmt: skip
        if vectors.ndim != 2 or not np.isfinite(vectors).all():
            raise ValueError(f"vectors of shape {vectors.shape}, or numbers in them that are none")
        return vectors

    def _hold_to_the_longest_text(self) -> None:
        """A tokenizer may not know how many places the text tower has."""
        for module in self._model.modules():
            config = getattr(getattr(module, "config", None), "text_config", None)
            places = getattr(config, "max_position_embeddings", None)
            if isinstance(places, int):
                now = self._model.max_seq_length
                self._model.max_seq_length = min(int(now), places) if now else places
                return


def joint_folder(settings: Settings) -> Path:
    """The folder of the joint model: below the models folder by its name, or a path.

    Raises:
        MissingEngine: there is none.
    """
    given = Path(settings.joint_model).expanduser()
    folder = given if len(given.parts) > 1 else settings.models_dir / settings.joint_model
    if not folder.is_dir():
        raise MissingEngine(
            f"joint model {settings.joint_model!r}: there is no folder {folder}; put a CLIP-class sentence-transformers model "
            "there (`hf download sentence-transformers/clip-ViT-B-32 --local-dir …`), or set joint_embedding = none"
        )
    return folder


def _picture(image: NDArray[np.uint8]) -> Any:
    from PIL import Image

    return Image.fromarray(image)


def _brief(error: BaseException) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__
