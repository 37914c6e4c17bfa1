"""Fills the labelled sets from their raw files with the default models, beside the naive way, and says how much of it is right.

    python -m bench.accuracy [sroie adbuy …] [--part dev|aside|all] [--without-model] [--naive N] [--misses N] [--save]

Every third file of a set is set aside: nothing is tuned or fitted on it, and it is reported apart. The naive way (the whole text and one
prompt, `bench/naive.py`) is slow on long files: `--naive N` takes every n-th file, and both ways are compared on these.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable
from typing import Any, NamedTuple

from bench.labelled_sets import (
    SETS,
    BenchEngines,
    KeptAnswers,
    LabelledSet,
    contents_of,
    labels_of,
    part_of,
    schema_of,
    scored,
)
from bench.naive import fill_naively
from bench.record import save
from mmi_cli.evaluate.evaluation import Evaluation, evaluate
from mmi_cli.fill.filling import fill_content
from mmi_cli.settings import Settings


class Done(NamedTuple):
    """A file that was filled."""

    path: str
    record: dict[str, Any]
    read_s: float
    fill_s: float


def fill(
    each: LabelledSet,
    settings: Settings,
    model: KeptAnswers | None,
    *,
    part: str,
    step: int = 1,
    naively: bool = False,
    is_led: bool = True,
) -> list[Done]:
    """The files of a part of a set, filled; seconds of kept answers count as they were when they were made."""
    schema, engines = schema_of(each.name), BenchEngines(model, settings)
    out = []
    for path, content, read_s in contents_of(
        each.name, part=part, step=step, settings=settings, is_led=is_led and not naively
    ):
        began = time.perf_counter()
        kept_before = model.seconds - model.waited if model else 0.0
        if naively and model is not None:
            fields = fill_naively(content, schema, model)
        else:
            filled = fill_content(content, schema, engines=engines, settings=settings)
            fields = {name: value.to_json() for name, value in filled.fields}
        fill_s = time.perf_counter() - began + ((model.seconds - model.waited) - kept_before if model else 0.0)
        record = {"source": {"path": path, "uri": path}, "status": "ok", "fields": fields}
        out.append(Done(path, record, read_s, fill_s))
    return out


def judge(each: LabelledSet, done: Iterable[Done]) -> Evaluation:
    """How much of the files is right."""
    done = list(done)
    names = {one.path.rsplit("/", 1)[-1] for one in done}
    labels = tuple(label for label in labels_of(each.name) if label.file.rsplit("/", 1)[-1] in names)
    records, labels = scored(each, [one.record for one in done], labels)
    result = evaluate(records, labels, null=each.null, missing=each.missing)
    for name in each.loose:
        if name in result.exact:
            result.exact[name] = result.similar[name]
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="*", default=[each.name for each in SETS])
    parser.add_argument("--part", choices=("dev", "aside", "all"), default="all")
    parser.add_argument("--without-model", action="store_true", help="the cheap finders alone")
    parser.add_argument("--naive", type=int, default=0, metavar="N", help="the naive way too, on every n-th file")
    parser.add_argument("--misses", type=int, default=0, help="print the first N values that are wrong")
    parser.add_argument("--save", action="store_true", help="keep the numbers in bench/results")
    options = parser.parse_args()
    settings = Settings()
    numbers: dict[str, Any] = {}
    rows = [_HEADER]
    for each in SETS:
        if each.name not in options.sets:
            continue
        model = None if options.without_model else KeptAnswers(settings)
        done = fill(each, settings, model, part=options.part)
        result = judge(each, done)
        for miss in result.misses[: options.misses]:
            print(f"  {miss.path[-34:]:34} {miss.field:16} {miss.confidence:.2f} {miss.value!r}  truth {miss.truth!r}")
        for name, counts in result.exact.items():
            print(
                f"  {name:18} right {counts.right:3} wrong {counts.wrong:3} missed {counts.missed:3}  F1 {counts.f1 or 0:.3f}"
            )
        found = result.to_json()
        line: dict[str, Any] = {"files": len(done)} | {
            key: found[key] for key in ("f1", "fuzzy_f1", "grounded", "evidence_on_labelled_line", "ece", "auroc")
        }
        line["accepted_at_98"] = found["accepted_at_98"]["share"]
        if options.part == "all":
            line["f1_aside"] = judge(each, (one for one in done if part_of(one.path) == "aside")).to_json()["f1"]
        line["read_s"], line["fill_s"] = _mean(one.read_s for one in done), _mean(one.fill_s for one in done)
        line["asked"] = model.calls if model else 0
        if options.naive and model is not None and not each.name.endswith("_attached"):
            _beside_naive(each, settings, done, options, line)
        line = {key: round(value, 4) if isinstance(value, float) else value for key, value in line.items()}
        print(each.name, line, flush=True)
        rows.append(_row(each.name, line))
        numbers |= {f"{each.name}.{key}": value for key, value in line.items() if value is not None}
    print("\n" + "\n".join(rows))
    if options.save:
        name = "accuracy_without_model" if options.without_model else "accuracy"
        print(save(name, numbers, data=f"labelled sets, part {options.part}", packages=["rapidocr", "xllamacpp"]))


def _beside_naive(
    each: LabelledSet, settings: Settings, done: list[Done], options: argparse.Namespace, line: dict[str, Any]
) -> None:
    naive = fill(each, settings, KeptAnswers(settings), part=options.part, step=options.naive, naively=True)
    names = {one.path for one in naive}
    same = [one for one in done if one.path in names]
    line["naive_files"] = len(naive)
    line["naive_f1"] = judge(each, naive).to_json()["f1"]
    line["f1_same_files"] = judge(each, same).to_json()["f1"]
    line["naive_fill_s"] = _mean(one.fill_s for one in naive)
    mine, theirs = (_mean(one.read_s + one.fill_s for one in ones) for ones in (same, naive))
    line["time_against_naive"] = mine / theirs


def _mean(values: Iterable[float]) -> float:
    values = list(values)
    return sum(values) / max(1, len(values))


_HEADER = (
    "| set | files | F1 | F1 set aside | naive F1 (files) | evidence on the label | ECE | AUROC | unseen at 98 % | s to read | s to fill | "
    "naive s | time/naive |\n|---|" + "---:|" * 12
)


def _row(name: str, line: dict[str, Any]) -> str:
    def shown(key: str, digits: int = 3) -> str:
        value = line.get(key)
        return "–" if value is None else f"{value:.{digits}f}"

    naive = f"{shown('naive_f1')} ({line['naive_files']})" if "naive_f1" in line else "–"
    return (
        f"| {name} | {line['files']} | {shown('f1')} | {shown('f1_aside')} | {naive} | {shown('evidence_on_labelled_line')} | "
        f"{shown('ece')} | {shown('auroc')} | {shown('accepted_at_98', 2)} | {shown('read_s', 1)} | {shown('fill_s', 2)} | "
        f"{shown('naive_fill_s', 1)} | {shown('time_against_naive', 2)} |"
    )


if __name__ == "__main__":
    main()
