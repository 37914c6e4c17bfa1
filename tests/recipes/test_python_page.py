"""The Python of docs/python.md, run from top to bottom as it stands."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BLOCKS = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "python.md").read_text("utf-8"), re.DOTALL)


def test_the_page_has_its_recipes() -> None:
    assert len(BLOCKS) == 3


def test_what_the_page_shows_runs_as_it_stands(tmp_path: Path) -> None:
    for package in ("pandas", "duckdb"):
        pytest.importorskip(package, reason=f"{package} is not installed: `make test` brings it")
    (tmp_path / "sample_data").symlink_to(ROOT / "sample_data")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    program = "\n".join(BLOCKS)
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120
    )
    assert ran.returncode == 0, ran.stderr
    assert "22.35" in ran.stdout
