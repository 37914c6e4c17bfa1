"""What a few labelled files give: the labelled sets filled with the lessons of 5, 10 and 30 files of their own kind, and without.

    python -m bench.labelled_files [adbuy sroie zugferd] [--sizes 5 10 30] [--draws 3] [--with-model] [--misses N] [--save]

The files that are learned from are drawn from the development part of a set; all others are filled, those set aside among them. Each
number is a mean over the draws, and `without` is measured on the very files of the same draw. A set is filled twice: by its schema, and
by a schema of names and types alone, as one is written in a minute. Filled without a language model unless told otherwise.
"""

from __future__ import annotations

import argparse
import dataclasses
import hashlib
import time
from collections.abc import Sequence
from typing import Any

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
from bench.record import save
from mmi_cli.datamodel.content import Content
from mmi_cli.datamodel.schema import Field, Schema
from mmi_cli.evaluate.evaluation import Evaluation, evaluate
from mmi_cli.evaluate.labels import Label, LabelIndex
from mmi_cli.fill.filling import fill_content
from mmi_cli.fill.lessons import Example, Lessons, learn
from mmi_cli.settings import Settings

MEASURES = ("f1", "ece", "auroc", "sure")


class Measured:
    """A set, read, and what is filled on it."""

    def __init__(self, each: LabelledSet, model: KeptAnswers | None, settings: Settings) -> None:
        self.each = each
        self.labels = labels_of(each.name)
        self.contents = {path: content for path, content, _ in contents_of(each.name, settings=settings)}
        self._engines = BenchEngines(model, settings)
        self._settings = settings
        self._index = LabelIndex(self.labels)

    def draw(self, size: int, number: int) -> list[str]:
        """Paths of the development part, by a hash: the same in every run."""
        dev = [path for path in self.contents if part_of(path) == "dev"]
        dev.sort(key=lambda path: hashlib.sha256(f"{number} {path}".encode()).digest())
        return dev[:size]

    def lessons(self, schema: Schema, paths: Sequence[str]) -> Lessons:
        return learn([self._example(path, self.contents[path]) for path in paths], schema)

    def fill(self, schema: Schema, paths: Sequence[str], lessons: Lessons | None) -> Evaluation:
        records: list[dict[str, Any]] = []
        for path in paths:
            filled = fill_content(
                self.contents[path], schema, engines=self._engines, settings=self._settings, lessons=lessons
            )
            fields = {name: value.to_json() for name, value in filled.fields}
            records.append({"source": {"path": path, "uri": path}, "status": "ok", "fields": fields})
        wanted = LabelIndex([Label(file=path, fields={}) for path in paths])
        kept = tuple(label for label in self.labels if wanted.find(label.file) is not None)
        result = evaluate(*scored(self.each, records, kept), null=self.each.null, missing=self.each.missing)
        for name in self.each.loose:
            result.exact[name] = result.similar[name]
        return result

    def _example(self, path: str, content: Content) -> Example:
        label = self._index.find(path)
        fields = dict(label.fields) if label else {}
        if self.each.null == "unknown":
            fields = {name: value for name, value in fields.items() if value is not None}
        return Example(uri=path, sha256=hashlib.sha256(path.encode()).hexdigest(), content=content, fields=fields)


def names_and_types(schema: Schema) -> Schema:
    """A schema without what a user who knows the files has said of them."""

    def bare(each: Field) -> Field:
        return dataclasses.replace(each, aliases=(), description="" if each.kind == "extracted" else each.description)

    return dataclasses.replace(schema, description="", fields=tuple(map(bare, schema.fields)))


def numbers_of(result: Evaluation) -> dict[str, float]:
    found = result.to_json()
    judged = list(result.judged)
    return {
        "f1": found["f1"] or 0.0,
        "ece": found["ece"] or 0.0,
        "auroc": found["auroc"] or 0.5,
        "sure": sum(confidence >= 0.9 for confidence, _ in judged) / max(1, len(judged)),
    }


def mean(found: Sequence[dict[str, float]]) -> dict[str, float]:
    return {name: sum(each[name] for each in found) / len(found) for name in found[0]}


def measure(
    measured: Measured, schema: Schema, size: int, draws: int, misses: int
) -> tuple[dict[str, float], dict[str, float], float]:
    """(without, with, seconds to learn), means over the draws."""
    without, taught, seconds = [], [], []
    for number in range(draws):
        drawn = measured.draw(size, number)
        rest = [path for path in measured.contents if path not in drawn]
        began = time.perf_counter()
        lessons = measured.lessons(schema, drawn)
        seconds.append(time.perf_counter() - began)
        without.append(numbers_of(measured.fill(schema, rest, None)))
        result = measured.fill(schema, rest, lessons)
        taught.append(numbers_of(result))
        for miss in result.misses[:misses] if not number else ():
            print(f"  {miss.path[-30:]:30} {miss.field:16} {miss.confidence:.2f} {miss.value!r}  truth {miss.truth!r}")
    return mean(without), mean(taught), sum(seconds) / len(seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="*", default=["adbuy", "sroie", "zugferd"])
    parser.add_argument("--sizes", type=int, nargs="+", default=[5, 10, 30])
    parser.add_argument("--draws", type=int, default=3)
    parser.add_argument("--with-model", action="store_true", help="ask the default language model, too")
    parser.add_argument("--misses", type=int, default=0, help="print the first N values that are wrong")
    parser.add_argument("--save", action="store_true", help="keep the numbers in bench/results")
    options = parser.parse_args()
    settings = Settings()
    model = KeptAnswers(settings) if options.with_model else None
    numbers: dict[str, Any] = {}
    print(
        f"{'set':9} {'schema':16} {'learned from':>12} {'filled':>7}   "
        + "   ".join(f"{name:>14}" for name in MEASURES)
    )
    for each in SETS:
        if each.name not in options.sets:
            continue
        measured = Measured(each, model, settings)
        most = sum(part_of(path) == "dev" for path in measured.contents)
        for kind, schema in (
            ("as it stands", schema_of(each.name)),
            ("names and types", names_and_types(schema_of(each.name))),
        ):
            for size in dict.fromkeys(min(size, most) for size in options.sizes):
                without, taught, seconds = measure(measured, schema, size, options.draws, options.misses)
                cells = "   ".join(f"{without[name]:.3f} → {taught[name]:.3f}" for name in MEASURES)
                left = len(measured.contents) - size
                print(f"{each.name:9} {kind:16} {size:12} {left:7}   {cells}   learned in {seconds:.1f} s", flush=True)
                short = f"{each.name}.{kind.replace(' ', '_')}.{size}"
                numbers[f"{short}.f1_without"] = round(without["f1"], 4)
                numbers |= {f"{short}.{name}": round(taught[name], 4) for name in MEASURES}
    if options.save:
        data = f"labelled sets, files drawn from the development part {options.draws} times, all others filled"
        print(save("labelled_files", numbers, data=data, packages=["numpy", "rapidfuzz", "rapidocr"]))


if __name__ == "__main__":
    main()
