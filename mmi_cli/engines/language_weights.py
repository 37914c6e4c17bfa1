"""Where the file of the local language model lies."""

from __future__ import annotations

from pathlib import Path

from ..errors import MissingEngine
from ..settings import Settings


def gguf_file(settings: Settings) -> Path:
    """The GGUF file that the settings name: a model of the catalogue, or a path.

    Raises:
        MissingEngine: not there; the message says how to get it.
    """
    name = settings.language_model_path
    given = Path(name).expanduser()
    if given.suffix == ".gguf":
        if not given.is_file():
            raise MissingEngine(f"language model {given} is not there; set language_model_path to a GGUF file")
        return given
    folder = settings.models_dir / name
    files = sorted(folder.glob("*.gguf")) if len(given.parts) == 1 else []
    if len(files) != 1:
        what = (
            "has several GGUF files; name one by its path"
            if files
            else f"has no GGUF file; run `mmi models pull {name}`"
        )
        raise MissingEngine(f"language model {name!r}: {folder} {what}")
    return files[0]
