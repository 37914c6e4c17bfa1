"""Pages a second of reading born-digital PDFs, beside PDFium's bare text, markitdown and kreuzberg, in one run on one core.

    MMI_BENCH_PEERS=~/peers/bin/python python bench/pdf_speed.py [--rounds 3] [--every 3]

`MMI_BENCH_PEERS` is a Python that has `markitdown[pdf]` and `kreuzberg`; they stay out of the environment of the project. Without it this
Python is asked, and what is missing is told as such. Files are those of the data whose every page has a good text layer. Ours gives words
with boxes, blocks, tables and reading order; the others give text. The contenders take turns, each in a process of its own pinned to one
core, with one thread, and read two files before the clock runs. Writes `bench/results/pdf_speed.json`.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

SETS = ("adbuy", "content_understanding", "invoice2data", "kleister_nda", "office", "zugferd")
OURS = ("mmi", "mmi words only", "pypdfium2 text")
PEERS = ("markitdown", "kreuzberg")
_WANTED_PAGES_PER_S = 100
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "RAYON_NUM_THREADS", "TOKIO_WORKER_THREADS"), "1")


def reader_of(name: str) -> Callable[[str], int]:
    """A function that reads a file and gives the number of characters found."""
    return {
        "mmi": _mmi,
        "mmi words only": _mmi_words,
        "pypdfium2 text": _pypdfium2,
        "markitdown": _markitdown,
        "kreuzberg": _kreuzberg,
    }[name]()


def _context() -> Any:
    from mmi_cli.datamodel.detection import Detection
    from mmi_cli.extract.interface import ExtractContext
    from mmi_cli.settings import Settings

    class NoEngines:
        def ocr(self) -> None:
            return None

        speech = text_embedder = image_tagger = vision_model = language_model = ocr

    return ExtractContext(
        detection=Detection(media_type="application/pdf", format="pdf", modality="document", reason="a benchmark"),
        name="file.pdf",
        settings=Settings(),
        engines=NoEngines(),
        read_part=lambda _name, _data: None,
    )


def _mmi() -> Callable[[str], int]:
    from mmi_cli.extract.pdf import extract

    context = _context()
    return lambda path: len(extract(Path(path), context).text)


def _mmi_words() -> Callable[[str], int]:
    from mmi_cli.extract.pdf_document import open_page, open_pdf
    from mmi_cli.extract.pdf_frame import frame_of
    from mmi_cli.extract.pdf_words import read_text_layer

    def read(path: str) -> int:
        chars = 0
        with open_pdf(Path(path), ()) as document:
            for index in range(len(document)):
                with open_page(document, index) as page:
                    chars += read_text_layer(page, frame_of(page)).chars
        return chars

    return read


def _pypdfium2() -> Callable[[str], int]:
    import pypdfium2

    def read(path: str) -> int:
        chars = 0
        with pypdfium2.PdfDocument(path) as document:
            for page in document:
                chars += len(page.get_textpage().get_text_range())
        return chars

    return read


def _markitdown() -> Callable[[str], int]:
    from markitdown import MarkItDown

    converter = MarkItDown(enable_plugins=False)
    return lambda path: len(converter.convert(path).text_content)


def _kreuzberg() -> Callable[[str], int]:
    from kreuzberg import ExtractionConfig, extract_file_sync

    config = ExtractionConfig(use_cache=False, disable_ocr=True)
    return lambda path: len(extract_file_sync(path, config=config).content)


def born_digital(data: Path, *, every: int) -> tuple[list[str], int]:
    """(files whose every page has a good text layer, their pages), every so many files of the data."""
    from mmi_cli.errors import FileError
    from mmi_cli.extract.pdf import extract

    context = _context()
    files, pages = [], 0
    for path in sorted(path for name in SETS for path in (data / name).rglob("*.pdf"))[::every]:
        try:
            content = extract(path, context)
        except FileError:
            continue
        if not content.warnings and all(page.source == "text_layer" for page in content.pages):
            files.append(str(path))
            pages += len(content.pages)
    return files, pages


def contend(name: str) -> None:
    """Reads the files named on stdin and prints seconds, characters and failures as JSON."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    try:
        read = reader_of(name)
    except ImportError as error:
        print(json.dumps({"missing": str(error)}))
        return
    files = sys.stdin.read().splitlines()
    chars = failed = 0
    for path in files[:2]:
        read(path)
    wall, processor = time.perf_counter(), time.process_time()
    for path in files:
        try:
            chars += read(path)
        except Exception:  # noqa: BLE001 - each tool has errors of its own
            failed += 1
    print(
        json.dumps(
            {
                "wall_s": time.perf_counter() - wall,
                "processor_s": time.process_time() - processor,
                "chars": chars,
                "failed": failed,
            }
        )
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--every", type=int, default=3, help="read one in so many files")
    parser.add_argument("--contender", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.contender:
        contend(arguments.contender)
        return
    import record

    files, pages = born_digital(record.DATA, every=arguments.every)
    if not files:
        print(f"no PDFs below {record.DATA}; set MMI_BENCH_DATA")
        return
    peers_python = os.environ.get("MMI_BENCH_PEERS", sys.executable)
    runs: dict[str, list[dict[str, Any]]] = {}
    for _ in range(arguments.rounds):
        for name in (*OURS, *PEERS):
            python = peers_python if name in PEERS else sys.executable
            done = subprocess.run(
                [python, __file__, "--contender", name],
                input="\n".join(files),
                env=os.environ | _ONE_THREAD,
                capture_output=True,
                text=True,
                check=True,
            )
            runs.setdefault(name, []).append(json.loads(done.stdout.splitlines()[-1]))
    numbers: dict[str, Any] = {"files": len(files), "pages": pages, "rounds": arguments.rounds}
    for name, found in runs.items():
        if "missing" in found[0]:
            numbers[f"{name}: pages/s"] = "not installed"
        else:
            numbers[f"{name}: pages/s"] = round(pages / statistics.median(run["wall_s"] for run in found), 1)
            numbers[f"{name}: pages/s of processor time"] = round(
                pages / statistics.median(run["processor_s"] for run in found), 1
            )
            numbers[f"{name}: characters"] = found[0]["chars"]
            numbers[f"{name}: files that failed"] = found[0]["failed"]
        print(f"{name:16} {numbers[f'{name}: pages/s']} pages/s", flush=True)
    numbers |= {f"{name}: version": version for name, version in peer_versions(peers_python).items()}
    data = (
        f"one in {arguments.every} PDFs of {', '.join(SETS)}, those whose pages all have a good text layer; "
        "one core, one thread, median of rounds"
    )
    print(record.save("pdf_speed", numbers, data=data, packages=("pypdfium2", "numpy", "mmi-cli")))
    if numbers["mmi: pages/s of processor time"] < _WANTED_PAGES_PER_S:
        print(f"below the {_WANTED_PAGES_PER_S} pages/s that are wanted")


def peer_versions(python: str) -> dict[str, str]:
    """Versions of the peers in their own environment; those not installed are left out."""
    code = (
        "import importlib.metadata as m, json\nfound = {}\n"
        f"for name in {PEERS!r}:\n"
        "    try: found[name] = m.version(name)\n"
        "    except m.PackageNotFoundError: pass\n"
        "print(json.dumps(found))"
    )
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True)
    versions: dict[str, str] = json.loads(done.stdout)
    return versions


if __name__ == "__main__":
    main()
