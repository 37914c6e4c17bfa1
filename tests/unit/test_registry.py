"""Names, and what stands behind them."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Iterator
from typing import Any

import pytest

from mmi_cli import registry
from mmi_cli.errors import UsageError


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every question for the entry points of installed distributions."""
    groups: list[str] = []
    real = importlib.metadata.entry_points

    def entry_points(**which: Any) -> Any:
        if str(which.get("group")).startswith("mmi."):  # libraries ask for their own
            groups.append(which["group"])
        return real(**which)

    registry._plugged.cache_clear()
    monkeypatch.setattr(importlib.metadata, "entry_points", entry_points)
    yield groups
    registry._plugged.cache_clear()


def test_what_is_built_in_is_found_without_a_look_at_what_is_installed(asked: list[str]) -> None:
    assert registry.load("extractor", "text").__name__ == "extract"
    assert asked == []


def test_what_is_installed_is_looked_at_once(asked: list[str]) -> None:
    for _ in range(3):
        with pytest.raises(UsageError, match="did you mean 'text'"):
            registry.load("extractor", "texd")
    assert asked == ["mmi.extractor"]
