"""What a schema's words do to speech recognition: spoken orders filled with and without them, and speech that has nothing to do with them.

    python -m bench.vocabulary [--part dev|aside|all] [--every N] [--show]

Without the language model. `unrelated` is speech that says none of the words: its word error rate must not rise. `confusable` is the
worst case: for each clip a vocabulary of words that sound like what is said and are not said; `heard_not_said` counts those that
then appear. Writes `bench/results/vocabulary.json`.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from typing import Any

from rapidfuzz.distance import Levenshtein

from bench.accuracy import fill, judge
from bench.labelled_sets import SETS, schema_of
from bench.record import DATA, save
from bench.speech import normalised
from mmi_cli.engines.interface import SpeechEngine
from mmi_cli.extract import media
from mmi_cli.registry import load
from mmi_cli.schema_file.vocabulary import words_to_expect
from mmi_cli.settings import Settings
from mmi_cli.sounding import likeness

UNRELATED = {"speech_misc": 1, "speech_kathleen": 3, "speech_kerstin_de": 2}
"""Sets, and every which clip of each."""
_ALIKE = 0.75


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", choices=("dev", "aside", "all"), default="dev", help="of the spoken orders")
    parser.add_argument("--every", type=int, default=1, help="take every n-th of the unrelated clips")
    parser.add_argument("--show", action="store_true", help="print what the words changed")
    parser.add_argument("--orders-only", action="store_true")
    options = parser.parse_args()
    settings = Settings()
    numbers: dict[str, Any] = {}
    engine = load("speech", settings.speech)(settings)
    if not options.orders_only:
        numbers |= unrelated(engine, options.every, options.show)
    numbers |= seconds_of_orders(engine)
    orders = next(each for each in SETS if each.name == "spoken_orders")
    for part in ("dev", "aside") if options.part == "all" else (options.part,):
        for name, is_led in (("without", False), ("with", True)):
            found = judge(orders, fill(orders, settings, None, part=part, is_led=is_led))
            numbers[f"spoken_orders.{part}.slot_f1.{name}"] = round(found.to_json()["f1"], 4)
    print(json.dumps(numbers, indent=1))
    print(
        save(
            "vocabulary",
            numbers,
            data=f"spoken orders, part {options.part}; unrelated speech",
            packages=["faster-whisper", "ctranslate2"],
        )
    )


def seconds_of_orders(engine: SpeechEngine) -> dict[str, float]:
    """Seconds to hear an order without and with the words; the two take turns, so that a busy machine slows both."""
    of_orders = words_to_expect([schema_of("spoken_orders")])
    files = sorted((DATA / "spoken_orders" / "files").iterdir())[:20]
    spent = {"without": 0.0, "with": 0.0}
    for turn in (0, 1):
        for number, path in enumerate(files):
            name = "with" if (number + turn) % 2 else "without"
            samples = media.decode_mono(path)
            began = time.perf_counter()
            engine.transcribe(samples, hotwords=of_orders if name == "with" else ())
            spent[name] += time.perf_counter() - began
    return {f"spoken_orders.seconds_a_file.{name}": round(seconds / len(files), 3) for name, seconds in spent.items()}


def unrelated(engine: SpeechEngine, every: int, show: bool) -> dict[str, Any]:
    """Word error rates of speech without words to expect, with those of the orders, and with words that sound like what is said."""
    of_orders = words_to_expect([schema_of("spoken_orders")])
    out: dict[str, Any] = {}
    for name, step in UNRELATED.items():
        clips = [json.loads(line) for line in (DATA / name / "labels.jsonl").read_text("utf-8").splitlines()]
        pool = sorted({word for clip in clips for word in normalised(clip["transcript"], clip["language"])})
        errors = dict.fromkeys(("none", "orders", "confusable"), 0)
        words, not_said, offered = 0, 0, 0
        for clip in clips[:: step * every]:
            language = clip["language"]
            truth = normalised(clip["transcript"], language)
            words += len(truth)
            confusable = _confusable(truth, pool)
            offered += len(confusable)
            samples = media.decode_mono(DATA / name / clip["file"])
            heard: dict[str, list[str]] = {}
            for led_by, hotwords in (("none", ()), ("orders", of_orders), ("confusable", confusable)):
                transcript = engine.transcribe(samples, hotwords=hotwords)
                said = " ".join(word.text for segment in transcript.segments for word in segment.words)
                heard[led_by] = normalised(said, language)
                errors[led_by] += Levenshtein.distance(truth, heard[led_by])
            not_said += len(set(heard["confusable"]) & set(confusable) - set(heard["none"]))
            if show:
                for led_by in ("orders", "confusable"):
                    for edit in Levenshtein.opcodes(heard["none"], heard[led_by]):
                        if edit.tag != "equal":
                            before = heard["none"][edit.src_start : edit.src_end]
                            after = heard[led_by][edit.dest_start : edit.dest_end]
                            print(f"  {name} {led_by}: {' '.join(before)} → {' '.join(after)}", flush=True)
        out |= {f"{name}.word_error_rate.{led_by}": round(count / max(words, 1), 4) for led_by, count in errors.items()}
        out |= {f"{name}.confusable_offered": offered, f"{name}.confusable_heard_not_said": not_said}
        print(name, {key: value for key, value in out.items() if key.startswith(name)}, flush=True)
    return out


def _confusable(said: list[str], pool: list[str]) -> tuple[str, ...]:
    """Words of the set that sound like one that is said and are not said, two for each, at most thirty."""
    found: list[str] = []
    for word in dict.fromkeys(said):
        if len(word) >= 4 and re.fullmatch(r"[^\W\d_]+", word):
            near = [
                other for other in pool if len(other) >= 4 and other not in said and likeness(word, other) >= _ALIKE
            ]
            found += sorted(near, key=lambda other: (-likeness(word, other), other))[:2]
    return tuple(dict.fromkeys(found))[:30]


if __name__ == "__main__":
    main()
