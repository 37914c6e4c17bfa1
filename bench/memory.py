"""Resident memory of one worker with OCR, speech and the language model loaded, and its slope over a thousand files.

    python bench/memory.py [--files 1000] [--asked 2] [--picture-every 20]

The files are the project's own samples, read again and again. The language model is asked for the first few only, and every twentieth
file is a picture: their memory does not depend on how often they are asked, and their time does. Told is the process itself, and of it the
part that is its own (not mapped from files). Writes `bench/results/memory.json`.
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
LIGHT = (".pdf", ".eml", ".xlsx", ".csv", ".docx", ".pptx", ".html", ".txt")
PICTURES = (".jpg", ".png")


def resident_mb(what: str = "VmRSS") -> float:
    """Resident memory of this process; memory-mapped weights count, unless `RssAnon` is asked for."""
    status = Path("/proc/self/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith(what)).split()[1]) * 1024 / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--asked", type=int, default=2)
    parser.add_argument("--picture-every", type=int, default=20)
    arguments = parser.parse_args()
    numbers: dict[str, float] = {"start MB": resident_mb()}
    files = list(samples())
    asking = WorkSpec(
        inputs=(str(SAMPLES),),
        schemas=(load_schema("receipt"), load_schema("call")),
        settings=Settings(threads=1, cache="off"),
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
            {"threads": 1, "language_model": "none", "embedding": "none", "speech": "none", "cache": "off"}
        ),
    )
    reader = build_pipeline(quiet)
    points: list[tuple[int, float]] = []
    for count, file in enumerate(islice(mixed(files, arguments.picture_every), arguments.files), start=1):
        do_file(reader, quiet, file)
        if count % 20 == 0:
            gc.collect()
            points.append((count, resident_mb("RssAnon")))
            print(f"{count:5} files {resident_mb():8.0f} MB, {points[-1][1]:8.0f} MB its own", flush=True)
    half = [point for point in points if point[0] > arguments.files / 2]
    numbers["after all files MB"] = resident_mb()
    numbers["after all files, its own MB"] = points[-1][1]
    numbers["slope of its own over the second half, bytes a file"] = round(slope(half) * 1e6)
    for name, value in numbers.items():
        print(f"{name:52} {value:8.1f}")
    packages = ("rapidocr", "onnxruntime", "faster-whisper", "ctranslate2", "xllamacpp", "pypdfium2")
    print(save("memory", numbers, data=f"sample_data, {arguments.files} files", packages=packages))


def samples() -> Iterator[SourceFile]:
    """The samples without their labels and scripts."""
    for file in open_source([str(SAMPLES)]).list():
        if not file.path.endswith((".py", ".jsonl", ".md")):
            yield file


def mixed(files: list[SourceFile], picture_every: int) -> Iterator[SourceFile]:
    """Light files without end, every so many a picture."""
    light = cycle([file for file in files if file.path.endswith(LIGHT)])
    pictures = cycle([file for file in files if file.path.endswith(PICTURES)])
    while True:
        yield from islice(light, picture_every - 1)
        yield next(pictures)


def slope(points: list[tuple[int, float]]) -> float:
    """Least squares, MB a file."""
    mean_x = sum(x for x, _ in points) / len(points)
    mean_y = sum(y for _, y in points) / len(points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / sum((x - mean_x) ** 2 for x, _ in points)


if __name__ == "__main__":
    main()
