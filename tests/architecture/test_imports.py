"""Who may import whom, and what the command line may load before it works."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = (
    "numpy", "cv2", "onnxruntime", "rapidocr", "faster_whisper", "ctranslate2", "av", "xllamacpp", "azure", "pypdfium2", "PIL",
    "docx", "openpyxl", "pptx", "torch", "magika", "scenedetect", "httpx", "lxml", "pydantic", "rich.markdown",
)  # fmt: skip


def test_a_line_imports_only_lines_below_it() -> None:
    result = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"], cwd=ROOT, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stdout[-3000:]


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["--version"]])
def test_help_loads_no_engine_no_numpy_no_azure(arguments: list[str]) -> None:
    script = (
        "import sys\n"
        f"sys.argv = ['mmi', *{arguments!r}]\n"
        "from mmi_cli.__main__ import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code, end.code\n"
        f"loaded = [name for name in {HEAVY!r} if name in sys.modules]\n"
        "sys.exit(f'loaded: {loaded}' if loaded else 0)\n"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"]])
def test_help_answers_at_once(arguments: list[str]) -> None:
    took = []
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-m", "mmi_cli", *arguments], capture_output=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        took.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    # Processor time, and the best of five: a busy machine makes the wall clock slow, the program itself may not be.
    assert min(took) < 0.2, took
