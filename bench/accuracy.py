"""Fills the labelled sets with the default models and says how much of it is right.

    python -m bench.accuracy [sroie adbuy …] [--part dev|aside|all] [--without-model] [--misses N]

Every third file of a set is set aside: nothing is tuned or fitted on it, and it is reported apart.
"""

from __future__ import annotations

import argparse
import time
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
from mmi_cli.evaluate.evaluation import Evaluation, evaluate
from mmi_cli.fill.filling import fill_content
from mmi_cli.settings import Settings


def measure(
    each: LabelledSet, part: str, step: int, model: KeptAnswers | None, settings: Settings, *, is_led: bool = True
) -> tuple[Evaluation, float]:
    """How the files of a part of a set are filled, and the seconds a file takes to fill."""
    schema, labels = schema_of(each.name), labels_of(each.name)
    engines = BenchEngines(model, settings)
    records: list[dict[str, Any]] = []
    asked_before, began = (model.seconds if model else 0.0), time.perf_counter()
    waited = model.waited if model else 0.0
    for path, content, _ in contents_of(each.name, part=part, step=step, settings=settings, is_led=is_led):
        filled = fill_content(content, schema, engines=engines, settings=settings)
        fields = {name: value.to_json() for name, value in filled.fields}
        records.append({"source": {"path": path, "uri": path}, "status": "ok", "fields": fields})
    own = time.perf_counter() - began - ((model.waited if model else 0.0) - waited)
    asked = (model.seconds if model else 0.0) - asked_before
    kept = tuple(label for label in labels if part in ("all", part_of(label.file)))
    result = evaluate(*scored(each, records, kept), null=each.null, missing=each.missing)
    for name in each.loose:
        result.exact[name] = result.similar[name]
    return result, (own + asked) / max(1, len(records))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="*", default=[each.name for each in SETS])
    parser.add_argument("--part", choices=("dev", "aside", "all"), default="all")
    parser.add_argument("--without-model", action="store_true", help="the cheap finders alone")
    parser.add_argument("--step", type=int, default=1, help="take every n-th file")
    parser.add_argument("--misses", type=int, default=0, help="print the first N values that are wrong")
    parser.add_argument("--save", action="store_true", help="keep the numbers in bench/results")
    options = parser.parse_args()
    settings = Settings()
    model = None if options.without_model else KeptAnswers(settings)
    numbers: dict[str, Any] = {}
    for each in SETS:
        if each.name not in options.sets:
            continue
        result, seconds = measure(each, options.part, options.step, model, settings)
        for miss in result.misses[: options.misses]:
            print(f"  {miss.path[-34:]:34} {miss.field:16} {miss.confidence:.2f} {miss.value!r}  truth {miss.truth!r}")
        for name, counts in result.exact.items():
            print(
                f"  {name:18} right {counts.right:3} wrong {counts.wrong:3} missed {counts.missed:3}  F1 {counts.f1 or 0:.3f}"
            )
        found = result.to_json()
        line = {
            key: round(found[key], 4) if isinstance(found[key], float) else found[key]
            for key in ("documents", "f1", "fuzzy_f1", "grounded", "evidence_on_labelled_line", "ece", "auroc")
        }
        line["seconds_a_file"] = round(seconds, 2)
        print(each.name, line, flush=True)
        numbers |= {f"{each.name}.{key}": value for key, value in line.items() if value is not None}
    if options.save:
        name = "accuracy_without_model" if options.without_model else "accuracy"
        print(save(name, numbers, data=f"labelled sets, part {options.part}", packages=["rapidocr", "xllamacpp"]))


if __name__ == "__main__":
    main()
