"""Loads a model of sentence-transformers from a folder on this machine: never from the network, and no code of the folder is run."""

from __future__ import annotations

import contextlib
import importlib.metadata
from pathlib import Path

from ..settings import Settings
from .torchvision_compat import import_torchvision

with contextlib.suppress(ImportError):  # transformers does without torchvision where it is not installed
    import_torchvision()

import transformers
from sentence_transformers import SentenceTransformer


def load_model(folder: Path, settings: Settings) -> SentenceTransformer:
    """
    Raises:
        OSError, ValueError, RuntimeError: what the library says of a folder that it cannot load.
    """
    import torch

    if settings.threads:
        torch.set_num_threads(settings.threads)
    transformers.utils.logging.disable_progress_bar()
    return SentenceTransformer(
        str(folder),
        device="cpu",
        local_files_only=True,
        trust_remote_code=False,
        model_kwargs={"use_safetensors": True},
    )


def engine_name(folder: Path) -> str:
    """What records call the engine: the library with its version, and the model."""
    return f"sentence-transformers-{importlib.metadata.version('sentence-transformers')}/{folder.name}"
