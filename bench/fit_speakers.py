"""Made conversations on which the speaker settings were chosen: how often the number of people is found, and the error rate.

    python -m bench.fit_speakers [--data DIR] [--mixtures 72] [--sweep]

Turns of one voice each (spoken orders, digits, read speech) are put one after another with pauses and overlaps, heard in one made room,
some through a telephone, with noise. None of the files of `bench.diarization` is among them. Keeps the numbers of the settings as they
are, and prints them for a range of each setting; what was chosen stands in `mmi_cli/extract/speakers/`.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from bench import record
from bench.diarization_scoring import Spoken, diarization_errors
from mmi_cli.engines.diarization_campplus import CamPlusPlus
from mmi_cli.engines.speech_voice import find_voice
from mmi_cli.extract import media
from mmi_cli.extract.speakers import clustering
from mmi_cli.extract.speakers.listening import RATE_HZ, Listening
from mmi_cli.extract.speakers.turns import turns
from mmi_cli.settings import Settings

SENTENCES = (
    "The parcel was left at the wrong house on Tuesday.", "Could you tell me when the next train to the coast leaves?",
    "I have looked through all of the papers and found nothing.", "Seven of the nine boxes have been opened by somebody.",
    "We should meet again next week, if that suits you.", "It rained so hard that the whole street was under water.",
)  # fmt: skip
# Setting of `clustering`, with its key where it is a table → values.
SWEEPS: dict[tuple[str, str], tuple[float, ...]] = {
    ("SURE", ""): (0.45, 0.5, 0.55),
    ("SAME_PERSON", "one"): (0.33, 0.37, 0.4, 0.43),
    ("SAME_PERSON", "two"): (0.43, 0.45, 0.5),
    ("SAME_PERSON", "never"): (0.37, 0.4, 0.43, 0.46),
    ("SAME_MEAN", "one"): (0.45, 0.5, 0.55),
    ("SAME_MEAN", "two"): (0.65, 0.75, 0.9),
    ("SAME_MEAN", "never"): (0.55, 0.65, 0.8),
    ("VOICE_WEIGHT", ""): (0.0, 0.25, 0.5, 1.0),
    ("CLEAR_S", ""): (0.6, 0.8, 1.0, 1.4),
    ("LEAST_PERSON_S", ""): (0.0, 0.8, 1.2, 1.6),
    ("LEAST_PERSON_SHARE", ""): (0.0, 0.02, 0.05, 0.08),
}


def voices(data: Path) -> dict[str, list[np.ndarray]]:
    """Phrases of each voice, 0.5 to 8 s."""
    found: dict[str, list[np.ndarray]] = defaultdict(list)
    for path in sorted((data / "spoken_orders/files").iterdir()):
        found[f"order {path.stem}"] += _phrases(media.decode_mono(path))
    for name in ("speech_kathleen", "speech_kerstin_de"):
        for path in sorted((data / name / "files").iterdir())[:30]:
            found[name] += _phrases(media.decode_mono(path))
    for path in sorted((data / "speech_misc/files").iterdir()):
        found[path.stem.split("_u00")[0]] += _phrases(media.decode_mono(path))
    found |= _synthetic()
    digits = defaultdict(list)
    for path in sorted((data / "spoken_digits/files").iterdir()):
        digits[path.stem.split("_")[1]].append(media.decode_mono(path))
    for name, said in digits.items():
        found[name] += [np.concatenate(said[at : at + 5]) for at in range(0, len(said) - 4, 5)]
    return {name: said for name, said in found.items() if said}


def _synthetic() -> dict[str, list[np.ndarray]]:
    """Voices of flite, where it is installed: machines that speak to each other sound more alike than people do."""
    if shutil.which("flite") is None:
        return {}
    found: dict[str, list[np.ndarray]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for voice in ("slt", "rms", "awb", "kal16"):
            for number, text in enumerate(SENTENCES):
                path = Path(folder) / f"{voice}{number}.wav"
                subprocess.run(["flite", "-voice", voice, "-t", text, "-o", str(path)], check=True)
                found.setdefault(voice, []).extend(_phrases(media.decode_mono(path)))
    return found


def _phrases(samples: np.ndarray) -> list[np.ndarray]:
    spans: list[list[float]] = []
    for start_s, end_s in find_voice(samples).spans:
        if spans and start_s - spans[-1][1] < 0.25 and end_s - spans[-1][0] < 6:
            spans[-1][1] = end_s
        else:
            spans.append([start_s, end_s])
    return [samples[int(start * RATE_HZ) : int(end * RATE_HZ)] for start, end in spans if end - start >= 0.5]


def mixtures(pool: dict[str, list[np.ndarray]], count: int) -> Iterator[tuple[np.ndarray, list[Spoken], int]]:
    """(samples, turns, persons) of made conversations; the same ones each time."""
    short = [name for name in pool if name.startswith("order ")]
    long = [name for name in pool if not name.startswith("order ")]
    for number in range(count):
        random = np.random.default_rng(number)
        people = (1, 2, 2, 3, 4, 1)[number % 6]
        names = list(random.choice(long if number % 3 == 2 else short, min(people, 4), replace=False))
        turns_of = {
            name: [pool[name][at] for at in random.permutation(len(pool[name]))[: 6 if len(names) < 3 else 4]]
            for name in names
        }
        room = {name: _room(random) for name in names}
        yield (*_mixed(turns_of, room, random), len(names))


def _mixed(
    said: dict[str, list[np.ndarray]], room: dict[str, np.ndarray], random: np.random.Generator
) -> tuple[np.ndarray, list[Spoken]]:
    order = [name for name in said for _ in said[name]]
    order = [order[at] for at in random.permutation(len(order))]
    left = {name: list(phrases) for name, phrases in said.items()}
    track, at, truth = np.zeros(RATE_HZ * 400, np.float32), 0.3, []
    last = ""
    for name in order:
        phrase = left[name].pop()
        phrase = phrase / max(1e-4, float(phrase.std())) * 0.06 * float(random.uniform(0.6, 1.4))
        at = max(
            0.0,
            at
            + float(random.uniform(0.05, 0.9) if name == last or random.random() < 0.8 else random.uniform(-0.8, 0.05)),
        )
        heard = np.convolve(phrase, room[name])
        first = int(at * RATE_HZ)
        track[first : first + len(heard)] += heard[: len(track) - first]
        truth.append((at, at + len(phrase) / RATE_HZ, name))
        at += len(phrase) / RATE_HZ
        last = name
    track = track[: int((at + 0.5) * RATE_HZ)]
    noise = random.normal(size=len(track)).astype(np.float32)
    noise = np.convolve(noise, np.ones(6, np.float32) / 6, mode="same")
    track += noise / noise.std() * track.std() * 10 ** (-float(random.uniform(14, 30)) / 20)
    if random.random() < 0.35:
        spectrum = np.fft.rfft(track)
        hertz = np.fft.rfftfreq(len(track), 1 / RATE_HZ)
        spectrum[(hertz < 300) | (hertz > 3400)] = 0
        track = np.fft.irfft(spectrum, len(track)).astype(np.float32)
    return np.clip(track, -1, 1).astype(np.float32), truth


def _room(random: np.random.Generator) -> np.ndarray:
    """An impulse response of up to a third of a second."""
    seconds = float(random.uniform(0.05, 0.35))
    times = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    tail = random.normal(size=len(times)) * np.exp(-6.9 * times / seconds) * float(random.uniform(0.01, 0.06))
    tail[0] = 1.0
    return tail.astype(np.float32)


def measured(heard: list[tuple[Listening, list[Spoken], int, float]]) -> dict[str, Any]:
    right, extra, single, single_right, total, given = 0, 0, 0, 0, None, None
    for listening, truth, people, duration_s in heard:
        found = turns(listening)
        count = len({turn.person for turn in found})
        right += count == people
        extra += count > people
        single += people == 1
        single_right += people == 1 and count == 1
        errors = diarization_errors(truth, found, duration_s)
        total = errors if total is None else total + errors
        errors = diarization_errors(truth, turns(listening, people), duration_s)
        given = errors if given is None else given + errors
    assert total and given
    return {
        "number right": round(right / len(heard), 3),
        "too many": round(extra / len(heard), 3),
        "one voice right": round(single_right / max(1, single), 3),
        "error rate": round(total.rate, 4),
        "missed": round(total.missed_s / total.total_s, 4),
        "false alarm": round(total.false_alarm_s / total.total_s, 4),
        "confused": round(total.confusion_s / total.total_s, 4),
        "error rate, number given": round(given.rate, 4),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=record.DATA)
    parser.add_argument("--mixtures", type=int, default=72)
    parser.add_argument("--sweep", action="store_true", help="measure other values of each setting as well")
    arguments = parser.parse_args()
    engine = CamPlusPlus(Settings.model_validate({"threads": 2}))
    heard = []
    for samples, truth, people in mixtures(voices(arguments.data), arguments.mixtures):
        listening = Listening(engine)
        listening.hear(samples, 0.0)
        heard.append((listening, truth, people, len(samples) / RATE_HZ))
    numbers = measured(heard)
    print("as set", numbers, flush=True)
    record.save(
        "fit_speakers",
        {"mixtures": len(heard), **numbers},
        data="made conversations of one to four voices in one made room, some through a telephone",
        packages=("onnxruntime", "numpy", "av"),
    )
    for (name, key), values in SWEEPS.items() if arguments.sweep else ():
        kept = getattr(clustering, name)
        for value in values:
            setattr(clustering, name, {**kept, key: value} if key else value)
            print(name, key, value, measured(heard), flush=True)
        setattr(clustering, name, kept)


if __name__ == "__main__":
    main()
