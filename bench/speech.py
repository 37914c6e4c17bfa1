"""Word errors and seconds of the speech engine beside bare faster-whisper with its defaults, in one run, on the same files.

    python -m bench.speech [--data DIR] [--model base] [--threads 2] [--limit N] [--engine faster-whisper] [--sets a,b] [--differences]

Writes `bench/results/speech.json`. Bare means `WhisperModel(folder, device="cpu", compute_type="int8").transcribe(path)` and nothing else:
beam 5, temperature fallback by sampling, no voice activity, no word times. Ours finds voice activity and word times as well. The two
take turns file by file, and swap who goes first, so that a busy machine slows both.
"""

from __future__ import annotations

import argparse
import json
import re
import time
import unicodedata
from pathlib import Path
from typing import Any

from rapidfuzz.distance import Levenshtein

from bench import record
from mmi_cli.engines.speech_faster_whisper import model_folder
from mmi_cli.extract import media
from mmi_cli.registry import load
from mmi_cli.settings import Settings

SETS = ("spoken_digits", "speech_misc", "speech_kerstin_de", "speech_kathleen")
# Half-second files are a stress case, not a fair set, and each costs as much as half a minute of speech: every fifth will do.
_EVERY = {"spoken_digits": 5}
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
    parser.add_argument("--data", type=Path, default=record.DATA)
    parser.add_argument("--model", default="base")
    parser.add_argument("--engine", default="faster-whisper")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--limit", type=int, default=None, help="files of each set")
    parser.add_argument("--sets", default=",".join(SETS))
    parser.add_argument("--name", default="speech", help="of the file in bench/results")
    parser.add_argument("--differences", action="store_true", help="print the files on which the two differ in errors")
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
    numbers: dict[str, Any] = {"engine": ours.name, "threads": arguments.threads}
    for name in arguments.sets.split(","):
        folder = arguments.data / name
        if not (folder / "labels.jsonl").is_file():
            print(f"{name}: no labels in {folder}; left out")
            continue
        found, differences = measure(folder, ours, bare, arguments.limit)
        numbers |= {f"{name}.{key}": value for key, value in found.items()}
        print(name, json.dumps(found), flush=True)
        if arguments.differences:
            for difference in differences:
                print(json.dumps(difference, ensure_ascii=False))
        # After every set, so that a run that is broken off keeps what it has.
        path = record.save(
            arguments.name,
            numbers,
            data="labelled speech, 16 kHz; bare is faster-whisper called with its defaults on the same weights in int8",
            packages=("faster-whisper", "ctranslate2", "openai-whisper", "torch", "av", "onnxruntime", "numpy"),
        )
        print(path, flush=True)


def measure(folder: Path, ours: Any, bare: Any, limit: int | None) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Errors over words summed over the files, seconds of both, and the files on which they differ."""
    lines = (folder / "labels.jsonl").read_text(encoding="utf-8").splitlines()[:: _EVERY.get(folder.name, 1)][:limit]
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
    found: dict[str, Any] = {
        "files": len(lines),
        "words": words,
        "audio_s": round(audio_s, 1),
        "seconds_over_bare": round(seconds["ours"] / seconds["bare"] - 1, 3),
    }
    for who in ("ours", "bare"):
        found[f"word_error_rate.{who}"] = round(errors[who] / max(words, 1), 4)
        found[f"seconds.{who}"] = round(seconds[who], 1)
        found[f"times_real_time.{who}"] = round(seconds[who] / audio_s, 3)
        found[f"wrong_language.{who}"] = wrong_language[who]
    return found, differences


def hear_ours(engine: Any, path: Path) -> tuple[str, str]:
    transcript = engine.transcribe(media.decode_mono(path))
    return " ".join(word.text for segment in transcript.segments for word in segment.words), transcript.language


def hear_bare(model: Any, path: Path) -> tuple[str, str]:
    segments, info = model.transcribe(str(path))
    return "".join(segment.text for segment in segments), info.language


if __name__ == "__main__":
    main()
