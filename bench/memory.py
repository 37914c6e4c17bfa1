"""Resident memory of one worker with OCR, speech and the language model loaded, and its slope over a thousand files.

    python bench/memory.py [--files 1000] [--asked 5]

The files are the project's own samples, read again and again; the language model is asked for the first few only, since its memory does
not depend on how often it is asked and its time does. Writes `bench/results/memory.json`.
"""

from __future__ import annotations

import argparse
import gc
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path

from record import save

from mmi_cli.datamodel.source import SourceFile
from mmi_cli.runner.work import WorkSpec, build_pipeline, do_file
from mmi_cli.schema_file import load_schema
from mmi_cli.settings import Settings
from mmi_cli.storage.addresses import open_source

SAMPLES = Path(__file__).resolve().parents[1] / "sample_data"
SUFFIXES = (".pdf", ".jpg", ".png", ".eml", ".xlsx", ".csv")


def resident_mb() -> float:
    """Resident memory of this process; memory-mapped weights count."""
    status = Path("/proc/self/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--asked", type=int, default=5)
    arguments = parser.parse_args()
    numbers: dict[str, float] = {"start MB": resident_mb()}
    files = list(samples())
    asking = WorkSpec(
        inputs=(str(SAMPLES),), schemas=(load_schema("receipt"), load_schema("call")), settings=Settings(threads=1)
    )
    pipeline = build_pipeline(asking)
    loud = [file for file in files if file.path.endswith((".mp3", ".jpg"))]
    for file in islice(cycle(loud), arguments.asked):
        do_file(pipeline, asking, file)
    numbers["OCR, speech and language model loaded MB"] = resident_mb()
    quiet = WorkSpec(
        inputs=asking.inputs,
        schemas=(load_schema("total number, date date"),),
        settings=Settings.model_validate(
            {"threads": 1, "language_model": "none", "embedding": "none", "speech": "none"}
        ),
    )
    reader = build_pipeline(quiet)
    light = [file for file in files if file.path.endswith(SUFFIXES)]
    points: list[tuple[int, float]] = []
    for count, file in enumerate(islice(cycle(light), arguments.files), start=1):
        do_file(reader, quiet, file)
        if count % 50 == 0:
            gc.collect()
            points.append((count, resident_mb()))
            print(f"{count:5} files {points[-1][1]:8.0f} MB", flush=True)
    half = [point for point in points if point[0] > arguments.files / 2]
    numbers["after all files MB"] = points[-1][1]
    numbers["slope over the second half, MB a thousand files"] = round(slope(half) * 1000, 1)
    for name, value in numbers.items():
        print(f"{name:52} {value:8.1f}")
    packages = ("rapidocr", "onnxruntime", "faster-whisper", "ctranslate2", "xllamacpp", "pypdfium2")
    print(save("memory", numbers, data=f"sample_data, {arguments.files} files", packages=packages))


def samples() -> Iterator[SourceFile]:
    """The samples without their labels and scripts."""
    for file in open_source([str(SAMPLES)]).list():
        if not file.path.endswith((".py", ".jsonl", ".md")):
            yield file


def slope(points: list[tuple[int, float]]) -> float:
    """Least squares, MB a file."""
    mean_x = sum(x for x, _ in points) / len(points)
    mean_y = sum(y for _, y in points) / len(points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / sum((x - mean_x) ** 2 for x, _ in points)


if __name__ == "__main__":
    main()
