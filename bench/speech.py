"""Word errors and seconds of the speech engine beside bare faster-whisper with its defaults, in one run, on the same files.

    python bench/speech.py [--data DIR] [--model base] [--threads 2] [--limit N] [--engine faster-whisper] [--sets a,b]

Writes `bench/results/speech.json`. Bare means `WhisperModel(folder, device="cpu", compute_type="int8").transcribe(path)` and nothing else:
beam 5, temperature fallback by sampling, no voice activity, no word times. Ours finds voice activity and word times as well. The two
take turns file by file, and swap who goes first, so that a busy machine slows both.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import re
import time
import unicodedata
from pathlib import Path
from typing import Any

from rapidfuzz.distance import Levenshtein

from mmi_cli.engines.speech_faster_whisper import model_folder
from mmi_cli.extract import media
from mmi_cli.registry import load
from mmi_cli.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
SETS = ("speech_kathleen", "speech_kerstin_de", "speech_misc", "spoken_digits")
# Written without spaces: counted by character.
_BY_CHARACTER = {"ja", "zh", "th"}
_DIGITS = dict(
    zip("0123456789", ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"], strict=True)
)


def normalised(text: str, language: str) -> list[str]:
    """Words without case, punctuation and marks of layout; single digits as English words where English is spoken."""
    text = unicodedata.normalize("NFKC", text).casefold().replace("-", " ").replace("’", "'")
    text = re.sub(r"[^\w\s']", " ", text).replace("'", "")
    if language in _BY_CHARACTER:
        return list("".join(text.split()))
    return [_DIGITS.get(word, word) if language == "en" else word for word in text.split()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--data", type=Path, default=Path(os.environ.get("MMI_BENCH_DATA", ROOT.parent / "shared" / "data"))
    )
    parser.add_argument("--model", default="base")
    parser.add_argument("--engine", default="faster-whisper")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--limit", type=int, default=None, help="files of each set")
    parser.add_argument("--sets", default=",".join(SETS))
    parser.add_argument("--output", type=Path, default=ROOT / "bench" / "results" / "speech.json")
    arguments = parser.parse_args()

    from faster_whisper import WhisperModel

    settings = Settings.model_validate({"speech_model": arguments.model, "threads": arguments.threads})
    ours = load("speech", arguments.engine)(settings)
    bare = WhisperModel(
        str(model_folder(settings)),
        device="cpu",
        compute_type="int8",
        cpu_threads=arguments.threads,
        local_files_only=True,
    )
    result: dict[str, Any] = {
        "what": "word error rate and seconds: this engine, and bare faster-whisper with its defaults, same files, same run",
        "engine": ours.name,
        "machine": {
            "processor": processor(), "cores": os.cpu_count(), "threads": arguments.threads, "system": platform.platform(),
        },
        "versions": {
            name: importlib.metadata.version(name) for name in ("faster-whisper", "ctranslate2", "av", "onnxruntime", "numpy")
        },
        "sets": {},
    }  # fmt: skip
    for name in arguments.sets.split(","):
        folder = arguments.data / name
        if not (folder / "labels.jsonl").is_file():
            print(f"{name}: no labels in {folder}; left out")
            continue
        result["sets"][name] = measure(folder, ours, bare, arguments.limit)
        print(name, json.dumps({k: v for k, v in result["sets"][name].items() if k != "differences"}))
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    arguments.output.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def measure(folder: Path, ours: Any, bare: Any, limit: int | None) -> dict[str, Any]:
    """Errors over words summed over the files, seconds of both, and the files on which they differ."""
    lines = (folder / "labels.jsonl").read_text(encoding="utf-8").splitlines()[:limit]
    errors = {"ours": 0, "bare": 0}
    seconds = {"ours": 0.0, "bare": 0.0}
    wrong_language = {"ours": 0, "bare": 0}
    words, audio_s = 0, 0.0
    differences = []
    for number, line in enumerate(lines):
        label = json.loads(line)
        path, language = folder / label["file"], label["language"]
        truth = normalised(label["transcript"], language)
        words += len(truth)
        audio_s += label["duration_s"]
        heard: dict[str, str] = {}
        for who in ("ours", "bare") if number % 2 else ("bare", "ours"):
            before = time.perf_counter()
            heard[who], found = hear_ours(ours, path) if who == "ours" else hear_bare(bare, path)
            seconds[who] += time.perf_counter() - before
            wrong_language[who] += found != language
        missed = {who: Levenshtein.distance(truth, normalised(text, language)) for who, text in heard.items()}
        for who, count in missed.items():
            errors[who] += count
        if missed["ours"] != missed["bare"]:
            differences.append({"file": label["file"], "truth": label["transcript"], **heard, "errors": missed})
    return {
        "files": len(lines), "words": words, "audio_s": round(audio_s, 1),
        "word_error_rate": {who: round(count / max(words, 1), 4) for who, count in errors.items()},
        "seconds": {who: round(value, 1) for who, value in seconds.items()},
        "seconds_over_bare": round(seconds["ours"] / seconds["bare"] - 1, 3),
        "wrong_language": wrong_language, "differences": differences,
    }  # fmt: skip


def hear_ours(engine: Any, path: Path) -> tuple[str, str]:
    transcript = engine.transcribe(media.decode_mono(path))
    return " ".join(word.text for segment in transcript.segments for word in segment.words), transcript.language


def hear_bare(model: Any, path: Path) -> tuple[str, str]:
    segments, info = model.transcribe(str(path))
    return "".join(segment.text for segment in segments), info.language


def processor() -> str:
    """The name of the processor, as the system gives it."""
    path = Path("/proc/cpuinfo")
    lines = path.read_text().splitlines() if path.is_file() else []
    return next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.processor()
    )


if __name__ == "__main__":
    main()
