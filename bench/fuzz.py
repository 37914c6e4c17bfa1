"""Damages files for as long as it is told and gives them to every reader; keeps what a reader did not survive.

    python -m bench.fuzz --minutes 20 --seed 1

Seeds are those of the tests and the small real files of `MMI_BENCH_DATA`. Each fault is written to `--keep` with what was said about it;
faults of one kind are kept once.
"""

from __future__ import annotations

import argparse
import random
import re
import tempfile
import time
from collections import Counter
from pathlib import Path

from bench.record import DATA, save
from tests.support import fuzzing


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--target", choices=list(fuzzing.TARGETS))
    parser.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()) / "mmi-fuzz")
    parser.add_argument("--save", action="store_true", help="write bench/results/fuzz.json")
    chosen = parser.parse_args()
    seeds = fuzzing.own_seeds()
    real = [seed for name in ("office", "hostile") for seed in fuzzing.seeds_from(DATA / name / "files")]
    for target in ("detect", "read"):
        seeds[target] = [*seeds[target], *real]
    seeds["unpack"] += [seed for seed in real if seed.data[:2] in (b"PK", b"\x1f\x8b", b"BZ")]
    chance = random.Random(chosen.seed)
    targets = [chosen.target] if chosen.target else ["detect", "read", "read", "read", "unpack", "schema", "settings"]
    tried: Counter[str] = Counter()
    answers: Counter[str] = Counter()
    faults: dict[str, str] = {}
    chosen.keep.mkdir(parents=True, exist_ok=True)
    end_s = time.monotonic() + 60 * chosen.minutes
    slowest = 0.0
    with tempfile.TemporaryDirectory() as folder:
        while time.monotonic() < end_s:
            target = chance.choice(targets)
            seed = chance.choice(seeds[target])
            data = fuzzing.any_damage(seed, [chance.choice(seeds[target]).data for _ in range(3)], chance)
            began = time.process_time()
            tried[target] += 1
            try:
                answers[f"{target} {fuzzing.survive(target, data, seed.name, Path(folder)) or 'value'}"] += 1
            except fuzzing.Fault as fault:
                said = str(fault)
                where = ""
                trace = fault.__cause__.__traceback__ if fault.__cause__ else None
                while trace is not None:
                    where = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
                    trace = trace.tb_next
                kind = re.sub(r"\d[\d.,]*", "#", said.replace(seed.name, ""))[:80] + where
                if kind not in faults:
                    faults[kind] = said
                    (chosen.keep / f"{len(faults):03}-{target}-{seed.name}").write_bytes(data)
                    print(f"{len(faults):03} {target} {seed.name}: {said} ({where})", flush=True)
            slowest = max(slowest, time.process_time() - began)
    total = sum(tried.values())
    print(f"{total:,} files, {len(faults)} kinds of faults, slowest {slowest:.1f} s; {dict(tried)}")
    for answer, count in answers.most_common():
        print(f"  {answer}: {count:,}")
    if chosen.save:
        numbers = {
            "minutes": chosen.minutes,
            "files": total,
            "kinds_of_faults": len(faults),
            "slowest_s": round(slowest, 2),
            **tried,
        }
        save(
            "fuzz",
            numbers,
            data="seeds of the tests and small files of office and hostile",
            packages=["lxml", "selectolax", "pyyaml", "pillow"],
        )


if __name__ == "__main__":
    main()
