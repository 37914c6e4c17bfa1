"""How much of what people labelled a schema that is proposed from the files alone asks for, and how well it is filled.

    python -m bench.schema_infer [SET…] [--files N] [--show] [--save]

The schema is proposed from some files of a set, without a model and without its labels, and fills the others (all of them in a set of
fewer than ten). A labelled field is `named` when one field of the proposal holds its value in at least half of the files whose labels
give one; `F1` is that of the field which holds it best, as `mmi eval` counts: right, wrong and missing values.
"""

from __future__ import annotations

import argparse
import time
from typing import Any

from bench.labelled_sets import SETS, contents_of, in_one_spelling, labels_of
from bench.record import save
from mmi_cli.datamodel.content import Content
from mmi_cli.datamodel.record import FieldValue, LeafValue
from mmi_cli.engines.bundle import EngineBundle
from mmi_cli.evaluate.compare import is_same, is_similar
from mmi_cli.fill.filling import fill_content
from mmi_cli.proposing.proposal import Sample, propose
from mmi_cli.settings import Settings

_SETS = ("sroie", "zugferd", "adbuy", "invoice2data")
_LEAST_FILES = 2
"""Labelled values that a field must have to be counted."""
_NAMED = 0.5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*", default=_SETS)
    parser.add_argument("--files", type=int, default=12)
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--save", action="store_true")
    given = parser.parse_args()
    settings = Settings(language_model="none", cache="off")
    engines = EngineBundle(settings)
    numbers: dict[str, Any] = {}
    for name in given.sets:
        numbers |= measure(name, given.files, settings, engines, show=given.show)
    if given.save:
        save(
            "schema_infer",
            numbers,
            data=f"{', '.join(given.sets)}; proposed from {given.files} files of each, measured on the others",
            packages=["model2vec", "rapidocr", "pypdfium2"],
        )


def measure(name: str, count: int, settings: Settings, engines: EngineBundle, *, show: bool) -> dict[str, Any]:
    contents = [(path, content) for path, content, _ in contents_of(name, settings=settings)]
    count = min(count, len(contents))
    step = len(contents) / count
    chosen = {int(number * step) for number in range(count)}
    modality = "image" if name == "sroie" else "document"
    began = time.perf_counter()
    proposal = propose(
        [Sample(content=contents[at][1], modality=modality) for at in sorted(chosen)],
        name=name, engines=engines, settings=settings,
    )  # fmt: skip
    seconds = time.perf_counter() - began
    if proposal is None:
        print(f"{name}: nothing proposed")
        return {}
    if show:
        print(proposal.text)
    asked = [pair for at, pair in enumerate(contents) if at not in chosen or len(contents) < 10]
    truth = {label.file.rpartition("/")[2]: label.fields for label in labels_of(name)}
    found = {path: _values(content, proposal.schema, settings, engines) for path, content in asked}
    loose = next(each.loose for each in SETS if each.name == name)
    scores = []
    for field in sorted({field for fields in truth.values() for field in fields}):
        score = _score(field, found, truth, is_loose=field in loose)
        if score is not None:
            scores.append((field, *score))
    named = [each for each in scores if each[2] >= _NAMED]
    f1 = sum(each[3] for each in scores) / max(1, len(scores))
    leaves = sum(1 for field in proposal.schema.fields for _ in field.leaves())
    fitted = proposal.fit.schema.name if proposal.fit.schema else "none"
    print(
        f"{name}: {len(scores)} labelled fields, {len(named)} named; mean F1 {f1:.2f}; {leaves} fields proposed from {count} files "
        f"in {seconds:.1f} s, built-in schema: {fitted} ({proposal.fit.confidence:.2f})"
    )
    for field, best, recall, score in scores:
        print(f"    {field:<18} {best:<28} right in {recall:.2f}, F1 {score:.2f}")
    return {
        f"{name}.labelled": len(scores), f"{name}.named": len(named), f"{name}.f1": round(f1, 3), f"{name}.proposed": leaves,
        f"{name}.built_in": fitted,
    }  # fmt: skip


def _values(content: Content, schema: Any, settings: Settings, engines: EngineBundle) -> dict[str, LeafValue]:
    filled = fill_content(content, schema, engines=engines, settings=settings)
    return {name: value for name, value in filled.fields if isinstance(value, LeafValue)}


def _score(
    field: str, found: dict[str, dict[str, LeafValue]], truth: dict[str, dict[str, Any]], *, is_loose: bool
) -> tuple[str, float, float] | None:
    """(field of the proposal that holds a labelled field best, share of its values that are right, F1)."""
    wanted = {
        path: truth[name][field]
        for path in found
        if isinstance(truth.get(name := path.rpartition("/")[2], {}).get(field), str | int | float)
        and truth[name][field] != ""
    }
    if len(wanted) < _LEAST_FILES:
        return None
    best = ("-", 0.0, 0.0)
    for own in sorted({own for values in found.values() for own in values}):
        given = {
            path: values[own] for path, values in found.items() if values.get(own) and values[own].value is not None
        }
        right = sum(_is_right(given[path], value, is_loose) for path, value in wanted.items() if path in given)
        recall = right / len(wanted)
        shown = sum(path in wanted for path in given)
        f1 = 2 * right / max(1, len(wanted) + shown)
        best = max(best, (own, recall, f1), key=lambda each: (each[2], each[1]))
    return best


def _is_right(leaf: FieldValue, value: Any, is_loose: bool) -> bool:
    assert isinstance(leaf, LeafValue)
    if is_same(leaf.value, value, leaf.type):
        return True
    one, other = (in_one_spelling(each) if is_loose else each for each in (leaf.value, value))
    return leaf.type == "string" and is_similar(one, other, "string")


if __name__ == "__main__":
    main()
