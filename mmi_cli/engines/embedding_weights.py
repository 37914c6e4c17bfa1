"""What both embedding engines share: where the folder of the model lies, and text that can be encoded."""

from __future__ import annotations

from pathlib import Path

from ..errors import MissingEngine
from ..settings import Settings

_FILES = ("model.safetensors", "config.json", "tokenizer.json", "sentence_bert_config.json")


def embedding_folder(settings: Settings) -> Path:
    """The folder that the settings name: a model of the catalogue, or a path.

    Raises:
        MissingEngine: not there or not whole; the message says how to get it.
    """
    name = settings.embedding_model
    given = Path(name).expanduser()
    is_path = len(given.parts) > 1
    folder = given if is_path else settings.models_dir / name
    missing = [file for file in _FILES if not (folder / file).is_file()]
    if missing:
        what = "name a folder with a sentence-transformers model" if is_path else f"run `mmi models pull {name}`"
        raise MissingEngine(f"embedding model {name!r}: {folder} has no {', '.join(missing)}; {what}")
    return folder


def encodable(text: str) -> str:
    """The text with "?" for what no encoding knows: half a surrogate pair, which tokenizers refuse."""
    return text.encode("utf-8", "replace").decode()
