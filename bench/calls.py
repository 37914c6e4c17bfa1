"""How many facts of self-made calls are found without a model: `python -m bench.calls [--failures] [--set tuned|kept]`.

The scripts lie in `bench/call_scripts`: `tuned` is what the phrases were written with, `kept` was written afterwards in other words and
never tuned on. A script is a head of facts (YAML), a line `---`, and one line a turn (`A: …`); `[pause 6]` is silence before what follows.
Each becomes a WebVTT whose speakers are called `Speaker 1`, `Speaker 2`, so that roles must be told by what is said, with known times.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from mmi_cli import extract
from mmi_cli.datamodel.record import LeafValue

from .record import save

SCRIPTS = Path(__file__).with_name("call_scripts")
SETS = ("tuned", "kept")
_S_A_WORD, _GAP_S = 0.36, 0.4
_PAUSE = re.compile(r"\[pause (\d+(?:\.\d+)?)\]")
_ROLE = {"A": "agent", "B": "agent", "C": "customer", "S": "system"}


class Cue(NamedTuple):
    speaker: str
    start_s: float
    end_s: float
    text: str


class Script(NamedTuple):
    name: str
    facts: dict[str, Any]
    cues: tuple[Cue, ...]

    @property
    def speakers(self) -> dict[str, str]:
        """Letter → `Speaker 1`, by who speaks first."""
        letters = dict.fromkeys(cue.speaker for cue in self.cues)
        return {letter: f"Speaker {number}" for number, letter in enumerate(letters, start=1)}


class Judged(NamedTuple):
    script: str
    field: str
    is_right: bool
    wanted: Any
    got: Any
    confidence: float | None


def read_script(path: Path) -> Script:
    head, _, lines = path.read_text("utf-8").partition("---\n")
    cues: list[Cue] = []
    at_s = 0.0
    for line in filter(None, lines.splitlines()):
        letter, _, said = line.partition(": ")
        for number, piece in enumerate(_PAUSE.split(said)):
            if number % 2:
                at_s += float(piece)
            elif piece.strip():
                end_s = at_s + _S_A_WORD * len(piece.split())
                cues.append(Cue(letter, at_s, end_s, piece.strip()))
                at_s = end_s + _GAP_S
    return Script(path.stem, yaml.safe_load(head), tuple(cues))


def as_vtt(script: Script) -> str:
    names = script.speakers
    cues = [f"{_clock(c.start_s)} --> {_clock(c.end_s)}\n<v {names[c.speaker]}>{c.text}" for c in script.cues]
    return "\n\n".join(["WEBVTT", *cues]) + "\n"


def _clock(seconds: float) -> str:
    return f"{int(seconds // 60):02d}:{seconds % 60:06.3f}"


def judge(script: Script, folder: Path) -> Iterator[Judged]:
    path = folder / f"{script.name}.vtt"
    path.write_text(as_vtt(script), "utf-8")
    record = extract(str(path), schema="call-analytics", language_model="none", cache="off")
    values, leaves = record.values, dict(record.fields)
    facts, names = script.facts, script.speakers

    def one(field: str, wanted: Any, got: Any, *, right: bool | None = None, leaf: str | None = None) -> Judged:
        value = leaves.get(leaf or field)
        confidence = value.confidence if isinstance(value, LeafValue) else None
        return Judged(script.name, field, wanted == got if right is None else right, wanted, got, confidence)

    roles = {row["speaker"]: (row["role"], n) for n, row in enumerate(values["speakers"])}
    wanted_roles = facts.get("roles") or {letter: _ROLE[letter] for letter in names}
    for letter, role in wanted_roles.items():
        got, _ = roles.get(names[letter], (None, 0))
        if script.name.startswith("wrongnumber"):
            continue  # nobody is an agent there
        yield one("role", role, got)
    for field in ("company", "agent", "customer"):
        yield one(field, facts[field], values[field])
    if facts["reason"] is not None:
        got = values["reason"] or ""
        yield one("reason", facts["reason"], got, right=facts["reason"].casefold() in got.casefold())
    yield one("category", facts["category"], values["reason_category"], leaf="reason_category")
    yield one("resolution", facts["resolution"], values["resolution"])
    yield one("sentiment", facts["sentiment"], values["customer_sentiment"], leaf="customer_sentiment")
    yield from _listed(one, "promises", facts["promises"], [row["text"] for row in values["promises"]])
    yield from _listed(one, "due", facts["due"], [row["due"] for row in values["promises"] if row["due"]])
    amounts = list(dict.fromkeys(row["amount"] for row in values["amounts"]))
    for amount in facts["amounts"]:
        yield one("amounts", amount, amounts, right=amount in amounts)
    yield from (one("amounts", None, amount, right=False) for amount in amounts if amount not in facts["amounts"])
    yield from _timed(one, script, values)


def _listed(one: Any, field: str, wanted: list[str], got: list[str]) -> Iterator[Judged]:
    """One judgement for each that is wanted, and one for each that nobody wants."""
    left = list(got)
    for phrase in wanted:
        hit = next((each for each in left if phrase.casefold() in each.casefold()), None)
        if hit is not None:
            left.remove(hit)
        yield one(field, phrase, hit if hit is not None else got, right=hit is not None)
    yield from (one(field, None, each, right=False) for each in left)


def _timed(one: Any, script: Script, values: dict[str, Any]) -> Iterator[Judged]:
    """What follows from the times of the script."""
    spoken = [(cue.start_s, cue.end_s) for cue in script.cues]
    whole_s = spoken[-1][1]
    silence = 1 - sum(end - start for start, end in spoken) / whole_s
    gap = max((b[0] - a[1] for a, b in pairwise(spoken)), default=0.0)
    yield one(
        "silence_share", round(silence, 2), values["silence_share"], right=abs(silence - values["silence_share"]) < 0.01
    )
    yield one(
        "longest_silence_s", gap, values["longest_silence_s"], right=abs(gap - values["longest_silence_s"]) < 0.05
    )
    if values["agent_talk_share"] is not None and script.facts["agent"]:
        agents = sum(c.end_s - c.start_s for c in script.cues if _ROLE[c.speaker] == "agent")
        share = agents / sum(end - start for start, end in spoken)
        yield one(
            "agent_talk_share", share, values["agent_talk_share"], right=abs(share - values["agent_talk_share"]) < 0.02
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--failures", action="store_true", help="print what is wrong, by field")
    parser.add_argument("--set", choices=SETS, help="only one of the two")
    parser.add_argument("--no-save", action="store_true")
    asked = parser.parse_args()
    numbers: dict[str, Any] = {}
    for which in (asked.set,) if asked.set else SETS:
        started = time.perf_counter()
        judged: list[Judged] = []
        paths = sorted((SCRIPTS / which).glob("*.txt"))
        with tempfile.TemporaryDirectory() as folder:
            for path in paths:
                judged += judge(read_script(path), Path(folder))
        by_field: dict[str, list[bool]] = defaultdict(list)
        for each in judged:
            by_field[each.field].append(each.is_right)
        right = sum(each.is_right for each in judged)
        told = [each for each in judged if each.confidence is not None]
        numbers[which] = {
            "calls": len(paths),
            "facts": len(judged),
            "right": round(right / len(judged), 4) if judged else None,
            "by_field": {name: f"{sum(hits)}/{len(hits)}" for name, hits in by_field.items()},
            "confidence": round(sum(e.confidence or 0 for e in told) / max(1, len(told)), 4),
            "right_of_those": round(sum(e.is_right for e in told) / max(1, len(told)), 4),
            "seconds": round(time.perf_counter() - started, 2),
        }
        sys.stdout.write(f"{which}: {numbers[which]}\n")
        if asked.failures:
            for each in sorted((e for e in judged if not e.is_right), key=lambda e: e.field):
                sys.stdout.write(
                    f"  {each.field:<12}{each.script:<14}{each.wanted!r}  got {str(each.got)[:160]!r} ({each.confidence})\n"
                )
    if not asked.set and not asked.no_save:
        save("calls", numbers, data="bench/call_scripts, self-made", packages=("mmi-cli", "vaderSentiment"))


if __name__ == "__main__":
    main()
