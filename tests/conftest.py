"""What holds for every test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="session", autouse=True)
def caches_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """What runs keep lies in a folder of the tests, so that nothing of whoever runs them is believed or dropped."""
    folder = tmp_path_factory.mktemp("cache")
    before = os.environ.get("MMI_CACHE_DIR")
    os.environ["MMI_CACHE_DIR"] = str(folder)
    yield folder
    if before is None:
        del os.environ["MMI_CACHE_DIR"]
    else:
        os.environ["MMI_CACHE_DIR"] = before
