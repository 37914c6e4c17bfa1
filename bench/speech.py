"""Word errors and seconds of the speech engine beside bare faster-whisper with its defaults, in one run, on the same files.

    python -m bench.speech [--data DIR] [--model base] [--threads 2] [--limit N] [--engine faster-whisper] [--sets a,b] [--differences]

    python -m bench.speech --call

Writes `bench/results/speech.json`. Bare means `WhisperModel(folder, device="cpu", compute_type="int8").transcribe(path)` and nothing else:
beam 5, temperature fallback by sampling, no voice activity, no word times. Ours finds voice activity and word times as well. The two
take turns file by file, and swap who goes first, so that a busy machine slows both.

`--call` reads the call of `content_understanding` as a file, speakers and all, and holds it against the phrases that the service stored,
which have errors of their own; it writes `bench/results/speech_call.json`.
"""

from __future__ import annotations

import argparse
import json
import re
import time
import unicodedata
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
from rapidfuzz.distance import Levenshtein

from bench import record
from mmi_cli.datamodel.content import Content, TimeSpan
from mmi_cli.datamodel.detection import Detection
from mmi_cli.engines.bundle import EngineBundle
from mmi_cli.engines.speech_faster_whisper import model_folder
from mmi_cli.extract import audio, media
from mmi_cli.extract.interface import ExtractContext
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

_MOMENT_S = 0.01
_NEAR_S = 1.0


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
    parser.add_argument("--call", action="store_true", help="only the call of content_understanding, with its speakers")
    parser.add_argument("--differences", action="store_true", help="print the files on which the two differ in errors")
    arguments = parser.parse_args()

    if arguments.call:
        call(arguments.data / "content_understanding" / "08_call_center_mp3", arguments.model, arguments.threads)
        return

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


def call(folder: Path, model: str, threads: int) -> None:
    """Word errors, and the share of the phrases' time to which an utterance of the right speaker is nearest."""
    settings = Settings.model_validate({"speech_model": model, "threads": threads, "cache": "off"})
    path = folder / "callCenterRecording.mp3"
    context = ExtractContext(
        detection=Detection(media_type="audio/mpeg", format="audio", modality="audio", reason="given"),
        name=path.name, settings=settings, engines=EngineBundle(settings), read_part=lambda _name, _data: None,
    )  # fmt: skip
    before = time.perf_counter()
    content = audio.extract(path, context)
    seconds = time.perf_counter() - before
    stored = json.loads((folder / "expected_transcript_phrases.json").read_text("utf-8"))
    phrases = [each for each in stored["transcriptPhrases"] if each["text"].strip()]
    truth = normalised(" ".join(each["text"] for each in phrases), "en")
    heard = normalised(" ".join(word.text for word in content.words), "en")
    spans = _spans(content)
    people = sorted({each["speaker"] for each in phrases})
    names = sorted({str(who) for _, _, who in spans})
    moments = [
        (each["speaker"], time_s)
        for each in phrases
        for time_s in np.arange(each["startTimeMs"] / 1000, each["endTimeMs"] / 1000, _MOMENT_S)
    ]
    said = [(who, *_nearest(spans, time_s)) for who, time_s in moments]
    best = max(
        (dict(zip(people, way, strict=True)) for way in permutations([*names, *[""] * len(people)], len(people))),
        key=lambda way: sum(way[who] == other for who, other, _ in said),
    )
    numbers = {
        "engine": dict(content.engines),
        "words": len(truth),
        "word_error_rate": round(Levenshtein.distance(truth, heard) / len(truth), 4),
        "people": len(names),
        "labelled_people": len(people),
        "talk_time_s": round(len(said) * _MOMENT_S, 2),
        "talk_time_of_right_speaker": round(sum(best[who] == other for who, other, _ in said) / len(said), 4),
        "talk_time_within_an_utterance_of_right_speaker": round(
            sum(best[who] == other and not away_s for who, other, away_s in said) / len(said), 4
        ),
        "seconds": round(seconds, 1),
    }
    for start_s, end_s, who in spans:
        text = " ".join(
            word.text
            for word in content.words
            if isinstance(word.place, TimeSpan) and start_s <= word.place.start_s < end_s
        )
        print(f"{start_s:6.2f} {end_s:6.2f} {who}: {text}")
    print(json.dumps(numbers))
    record.save(
        "speech_call", numbers, data="one call of 32 s with the phrases a service stored for it",
        packages=("faster-whisper", "ctranslate2", "onnxruntime", "numpy", "av"),
    )  # fmt: skip


def _nearest(spans: list[tuple[float, float, str | None]], time_s: float) -> tuple[str, float]:
    """(speaker of the utterance nearest to a moment, seconds between); the stored phrases last longer than their words."""
    away_s, who = min((max(0.0, start_s - time_s, time_s - end_s), str(who)) for start_s, end_s, who in spans)
    return (who, away_s) if away_s <= _NEAR_S else ("", away_s)


def _spans(content: Content) -> list[tuple[float, float, str | None]]:
    """(start, end, speaker) of the utterances."""
    spans = []
    for block in content.blocks:
        places = [word.place for word in content.words[block.first : block.last] if isinstance(word.place, TimeSpan)]
        if places:
            spans.append((places[0].start_s, places[-1].end_s, places[0].speaker))
    return spans


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
