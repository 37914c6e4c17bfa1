"""The commands of docs/scenarios, run from top to bottom as they stand."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(path for path in (ROOT / "docs" / "scenarios").glob("*.md") if path.name != "README.md")
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@pytest.mark.models
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_commands_of_the_page_run_as_they_stand(page: Path, tmp_path: Path) -> None:
    blocks = BLOCK.findall(page.read_text("utf-8"))
    assert blocks, f"{page.name} shows no command"
    for name in ("sample_data", "configs"):
        (tmp_path / name).symlink_to(ROOT / name)
    tools = tmp_path / "bin"
    tools.mkdir()
    mmi = tools / "mmi"
    mmi.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m mmi_cli "$@"\n', "utf-8")
    mmi.chmod(0o755)
    environment = {
        **os.environ,
        "PATH": f"{tools}{os.pathsep}{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "MMI_CACHE_DIR": str(tmp_path / "cache"),
    }
    ran = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", "\n".join(blocks)],
        cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    assert ran.returncode == 0, f"{ran.stdout[-4000:]}\n{ran.stderr[-4000:]}"


def test_every_scenario_has_its_page_in_the_list() -> None:
    listed = (ROOT / "docs" / "scenarios" / "README.md").read_text("utf-8")
    assert [page.name for page in PAGES if f"({page.name})" not in listed] == []
