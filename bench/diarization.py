"""Diarization error rate of labelled meetings, with the number of people found and with it given; and what it costs.

    python -m bench.diarization [--data DIR] [--threads 2] [--show]

Writes `bench/results/diarization.json`. 0.25 s to either side of each border of a labelled turn are left out; where two speak at once, both
count. The labelled turns tell the number of people of each excerpt for the second figure. One-voice sets are read as well: every second
person found there is one too many.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

import numpy as np

from bench import record
from bench.diarization_scoring import Errors, diarization_errors
from mmi_cli.engines.interface import SpeakerEngine
from mmi_cli.extract import media
from mmi_cli.extract.speakers.listening import RATE_HZ, Listening
from mmi_cli.extract.speakers.turns import turns
from mmi_cli.registry import load
from mmi_cli.settings import Settings

# Sets of one voice a file, and of how many files one is read.
ONE_VOICE = {"speech_kathleen": 6, "speech_kerstin_de": 3, "spoken_orders": 2, "speech_misc": 1, "spoken_digits": 25}
NONE = Errors(total_s=0, missed_s=0, false_alarm_s=0, confusion_s=0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=record.DATA)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--show", action="store_true", help="print the turns that were found beside the labelled ones")
    arguments = parser.parse_args()
    settings = Settings.model_validate({"threads": arguments.threads})
    engine: SpeakerEngine = load("diarization", settings.diarization)(settings)
    numbers: dict[str, Any] = {"engine": engine.name, "threads": arguments.threads}
    numbers |= meetings(engine, arguments.data / "diarization", is_shown=arguments.show)
    numbers |= one_voice(engine, arguments.data)
    record.save(
        "diarization",
        numbers,
        data="five excerpts of AMI meetings of 30 s, collar 0.25 s, overlap scored; and five sets of one voice a file",
        packages=("onnxruntime", "numpy", "av"),
    )


def meetings(engine: SpeakerEngine, folder: Path, *, is_shown: bool) -> dict[str, Any]:
    found: dict[str, Any] = {}
    totals = {"found": NONE, "given": NONE}
    audio_s, cpu_s, wall_s = 0.0, time.process_time(), time.perf_counter()
    for line in (folder / "labels.jsonl").read_text("utf-8").splitlines():
        label = json.loads(line)
        listening = Listening(engine)
        listening.hear(media.decode_mono(folder / label["file"]), 0.0)
        audio_s += label["duration_s"]
        truth = [(turn["start"], turn["end"], turn["speaker"]) for turn in label["turns"]]
        name = Path(label["file"]).stem
        for how, number in (("found", 0), ("given", label["n_speakers"])):
            heard = turns(listening, number)
            errors = diarization_errors(truth, heard, label["duration_s"])
            totals[how] += errors
            found[f"{name}.number_{how}"] = told(errors) | {
                "people": len({turn.person for turn in heard}),
                "labelled people": label["n_speakers"],
            }
            print(name, how, found[f"{name}.number_{how}"])
            if is_shown and how == "found":
                print("  labelled", [(round(start, 1), round(end, 1), who) for start, end, who in truth])
                print("  found   ", [(round(start, 1), round(end, 1), who) for start, end, who in heard])
    for how, errors in totals.items():
        found |= {f"number_{how}.{key}": value for key, value in told(errors).items()}
        print(f"number {how}:", told(errors))
    found["cpu_s_over_audio_s"] = round((time.process_time() - cpu_s) / audio_s, 4)
    found["wall_s_over_audio_s"] = round((time.perf_counter() - wall_s) / audio_s, 4)
    return found


def told(errors: Errors) -> dict[str, float]:
    return {
        "error_rate": round(errors.rate, 4),
        "speech_s": round(errors.total_s, 2),
        "missed_s": round(errors.missed_s, 2),
        "false_alarm_s": round(errors.false_alarm_s, 2),
        "confused_s": round(errors.confusion_s, 2),
    }


def one_voice(engine: SpeakerEngine, data: Path) -> dict[str, Any]:
    """How many files of one voice have two people or more; and the longest sets joined to one recording."""
    numbers: dict[str, Any] = {}
    for name, every in ONE_VOICE.items():
        paths = sorted((data / name / "files").iterdir())
        counts = [people(engine, media.decode_mono(path)) for path in paths[::every]]
        numbers |= {
            f"one_voice.{name}.files": len(counts),
            f"one_voice.{name}.too_many": sum(each > 1 for each in counts),
        }
        if name.startswith("speech_k"):
            joined = np.concatenate([media.decode_mono(path) for path in paths[:40]])
            numbers[f"one_voice.{name}.joined_s"] = round(len(joined) / RATE_HZ)
            numbers[f"one_voice.{name}.people_of_joined"] = people(engine, joined)
        print(name, {key.rpartition(".")[2]: value for key, value in numbers.items() if f".{name}." in key}, flush=True)
    return numbers


def people(engine: SpeakerEngine, samples: np.ndarray) -> int:
    listening = Listening(engine)
    listening.hear(samples, 0.0)
    return len({turn.person for turn in turns(listening)})


if __name__ == "__main__":
    main()
