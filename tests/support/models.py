"""Real weights for tests marked `models`: where they lie, and a printed reason where they do not."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from mmi_cli.settings import Settings


def real_settings(**values: Any) -> Settings:
    """Settings over the models folder that `make models` fills."""
    if "MMI_MODELS_DIR" in os.environ:
        values.setdefault("models_dir", Path(os.environ["MMI_MODELS_DIR"]))
    return Settings.model_validate({"threads": 2, **values})


def need_model(settings: Settings, name: str) -> Path:
    """The folder of a model; skips the test where it was not fetched."""
    folder = settings.models_dir / name
    if not folder.is_dir():
        pytest.skip(f"model {name} is not in {settings.models_dir}; run `make models`")
    return folder
