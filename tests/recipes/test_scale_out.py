"""The recipes of docs/scale-out.md do what they say: each is run as it stands, and gives the records of one run."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.command_line import environment, mmi

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "scale-out.md"
SCHEMA = "total number, date date"


@dataclass(frozen=True, slots=True)
class Recipe:
    """A block of the page that is marked to be run."""

    heading: str
    needs: tuple[str, ...]
    language: str
    code: str


def recipes() -> list[Recipe]:
    found = []
    for match in re.finditer(r"<!-- run: ([\w ]+) -->\n```(\w+)\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL):
        heading = re.findall(r"^#+ (.+)$", PAGE.read_text("utf-8")[: match.start()], re.MULTILINE)[-1]
        found.append(Recipe(heading, tuple(match[1].split()), match[2], match[3]))
    return found


def test_the_page_has_recipes() -> None:
    assert {recipe.needs for recipe in recipes()} >= {
        ("shards",), ("ray",), ("python",), ("python", "dask"), ("python", "pyspark")
    }  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Receipts, an archive, a broken file; and `one`, what one run makes of them."""
    folder = tmp_path_factory.mktemp("recipes")
    receipts = folder / "receipts"
    (receipts / "may").mkdir(parents=True)
    for number in range(12):
        name = receipts / ("may" if number % 3 else ".") / f"{number:02} naïve.txt"
        name.write_text(f"Receipt {number}\nDate: 2026-03-{number + 1:02}\nTotal: {number}.50\n", "utf-8")
    with zipfile.ZipFile(receipts / "more.zip", "w") as archive:
        archive.writestr("a/b.txt", "Total: 8.00\n")
    (receipts / "broken.pdf").write_bytes(b"%PDF-1.4\n1 0 obj\n")
    assert mmi("run", "receipts", "-s", SCHEMA, "-o", "one", cwd=folder).code == 3
    return folder


def missing(recipe: Recipe) -> str | None:
    """Why a recipe cannot be run here; None when it can."""
    for name in set(recipe.needs) & {"ray", "dask", "pyspark"}:
        if importlib.util.find_spec(name) is None:
            return f"{name} is not installed: `make test-scale-out` runs this"
    if "pyspark" in recipe.needs and shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        return "Spark needs a Java runtime (Debian: default-jre-headless)"
    return None


@pytest.mark.scale_out
@pytest.mark.parametrize("recipe", recipes(), ids=lambda recipe: f"{recipe.heading}-{'-'.join(recipe.needs)}")
def test_a_recipe_gives_the_records_of_one_run(recipe: Recipe, folder: Path, tmp_path: Path) -> None:
    if why := missing(recipe):
        pytest.skip(why)
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "mmi"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m mmi_cli "$@"\n')
    program.chmod(0o755)
    shutil.copytree(folder / "receipts", tmp_path / "receipts", copy_function=shutil.copy2)
    script = tmp_path / ("recipe.py" if recipe.language == "python" else "recipe.sh")
    script.write_text(recipe.code)
    ran = subprocess.run(
        [sys.executable if recipe.language == "python" else "bash", str(script)],
        cwd=tmp_path, capture_output=True, text=True, timeout=300,
        env=environment({
            "PATH": f"{program.parent}:{os.environ['PATH']}", "MMI_INLINE": "false", "MMI_THREADS": "1", "MMI_FAIL_ON": "never",
            "PYTHONPATH": str(ROOT), "PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1",
        }),
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr[-3000:]
    results = tmp_path / ("records.jsonl" if recipe.language == "python" else "out/results.jsonl")
    lines = results.read_text("utf-8").splitlines()
    if recipe.language == "python":  # pools and clusters give records in an order of their own
        lines.sort(key=lambda line: json.loads(line)["source"]["path"].encode())
    assert lines == [
        line.replace(folder.as_uri(), tmp_path.as_uri())
        for line in (folder / "one" / "results.jsonl").read_text("utf-8").splitlines()
    ]
