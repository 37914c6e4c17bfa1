"""Where the CPU time of a run over a mixed folder goes, from its trace: engines and extraction, or bookkeeping.

    python bench/busy.py [--jobs 2] [--with-model] [--trace FILE] [--save]

PDFs, pictures, office files, mail, web pages, text, speech and a video of MMI_BENCH_DATA in one folder, read by `mmi run --trace`. Of each
span the time of those inside it is taken off, so that every CPU second counts once. Writes `bench/results/busy.json`.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from record import DATA, save

# Set and how many of its files, evenly chosen: about what a shared drive holds.
MIX = {
    "adbuy": 8, "zugferd": 8, "kleister_nda": 8, "invoice2data": 6, "sroie": 6, "ocr_text": 10, "charts_vega": 4, "clothing": 4,
    "office": 53, "spoken_orders": 6, "speech_misc": 2, "spoken_digits": 8, "video": 1,
}  # fmt: skip
TEXTS = 40
SCHEMA = "total number, date date, company"
WORK = ("engine", "model", "library", "extractor")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--with-model", action="store_true", help="ask the language model as well")
    parser.add_argument("--trace", type=Path, help="keep the trace here")
    parser.add_argument("--save", action="store_true")
    arguments = parser.parse_args()
    if not DATA.is_dir():
        raise SystemExit(f"no data at {DATA}; set MMI_BENCH_DATA")
    with tempfile.TemporaryDirectory(prefix="mmi-busy-") as name:
        folder = Path(name)
        files = mixed(folder / "in")
        trace = arguments.trace or folder / "trace.json"
        environment = dict(os.environ) | ({} if arguments.with_model else {"MMI_LANGUAGE_MODEL": "none"})
        subprocess.run(
            [sys.executable, "-m", "mmi_cli", "run", str(folder / "in"), "-s", SCHEMA, "-o", str(folder / "out"),
             "--jobs", str(arguments.jobs), "--trace", str(trace), "--fail-on", "never", "--set", "cache=off"],
            check=True, env=environment,
        )  # fmt: skip
        summary = json.loads((folder / "out" / "summary.json").read_text("utf-8"))
        numbers = told(trace, summary, files)
    for title, value in numbers.items():
        print(f"{title:52} {value:>10}")
    if arguments.save:
        with_model = ", with the language model" if arguments.with_model else ", without a language model"
        packages = ("rapidocr", "onnxruntime", "faster-whisper", "ctranslate2", "pypdfium2", "xllamacpp")
        name = "busy_with_model" if arguments.with_model else "busy"
        print(save(name, numbers, data=f"{files} files of {len(MIX)} sets and notes{with_model}", packages=packages))


def mixed(folder: Path) -> int:
    """Links to the chosen files, and a few notes; how many."""
    count = 0
    for name, wanted in MIX.items():
        found = sorted((DATA / name / "files").iterdir())
        for path in found[:: max(1, len(found) // wanted)][:wanted]:
            target = folder / name / path.name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.symlink_to(path.resolve())
            count += 1
    (folder / "notes").mkdir(parents=True)
    for index in range(TEXTS):
        (folder / "notes" / f"{index}.txt").write_text(
            f"Invoice {index}\nDate: 2024-05-{index % 28 + 1:02d}\nTotal: {index}.50\n"
        )
    return count + TEXTS


def told(trace: Path, summary: dict[str, Any], files: int) -> dict[str, Any]:
    """CPU seconds by what they were for."""
    own = self_times(trace)
    kinds: Counter[str] = Counter()
    for (kind, name), seconds in own.items():
        kinds[f"{kind} {name}" if kind in ("stage", "run") else kind] += seconds
    cpu = summary["cpu_seconds"]
    whole = cpu["run"] + cpu["workers"]
    engines = kinds["engine"] + kinds["model"]
    reading = kinds["library"] + kinds["extractor"] + kinds["stage extract"]
    filling, detecting = kinds["stage fill"], kinds["stage detect"]
    imports = sum(seconds for (kind, name), seconds in own.items() if name.startswith(("import ", "load ")))
    waits = summary["waits"]["workers"]
    work = engines + reading + filling + detecting
    return {
        "files": files,
        "seconds": summary["seconds"],
        "CPU s": round(whole, 1),
        "CPU s engines": round(engines, 1),
        "CPU s reading without engines": round(reading, 1),
        "CPU s filling without engines": round(filling, 1),
        "CPU s detecting": round(detecting, 2),
        "CPU s of these: loading models, importing readers": round(imports, 1),
        "CPU s fetching and hashing": round(kinds["stage storage"], 2),
        "CPU s making records": round(kinds["run record"], 2),
        "CPU s starting workers": cpu["worker_starts"],
        "CPU s of the run's own process": cpu["run"],
        "share of the work, %": round(100 * work / whole, 1),
        "share of engines and reading, %": round(100 * (engines + reading) / whole, 1),
        "workers busy, % of their time": round(100 * (waits["busy_share"] or 0), 1),
        "workers waiting between files, s": waits["idle_seconds"],
        "load of the machine": round(os.getloadavg()[0], 1),
    }


def self_times(trace: Path) -> dict[tuple[str, str], float]:
    """CPU seconds of each (kind, name) without those of the spans inside."""
    rows: dict[tuple[int, int], list[dict[str, Any]]] = defaultdict(list)
    for event in spans(trace):
        rows[event["pid"], event["tid"]].append(event)
    own: dict[tuple[str, str], float] = defaultdict(float)
    for row in rows.values():
        above: list[dict[str, Any]] = []
        for event in sorted(row, key=lambda each: (each["ts"], -each["dur"])):
            while above and above[-1]["ts"] + above[-1]["dur"] <= event["ts"]:
                above.pop()
            if "tdur" not in event:
                continue
            own[event["cat"], event["name"]] += event["tdur"] / 1e6
            if above:
                own[above[-1]["cat"], above[-1]["name"]] -= event["tdur"] / 1e6
            above.append(event)
    return own


def spans(trace: Path) -> Iterator[dict[str, Any]]:
    """The spans of a trace, line by line."""
    with trace.open("rb") as stream:
        for line in stream:
            if line.startswith(b'{"ph":"X"'):
                yield json.loads(line.rstrip(b",\n"))


if __name__ == "__main__":
    main()
