"""Results held against labels, for the page: the measures of `mmi eval`, and which value is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..evaluate.evaluation import evaluate, labelled_records
from ..evaluate.labels import Label
from ..evaluate.metrics import reliability
from ..evaluate.reliability import wilson
from ..evaluate.scoring import Judgement, Rules, judge_record
from .index import Judged
from .leaves import leaves
from .results import Record

_SHOWN = (
    "documents",
    "documents_right",
    "without_label",
    "without_record",
    "precision",
    "recall",
    "f1",
    "ece",
    "auroc",
    "values",
)


def measures(records: Sequence[Record], labels: tuple[Label, ...]) -> dict[str, Any]:
    """Measures as `mmi eval` prints them, by field too, and the bins of the reliability plot.

    A bin is `[lower edge, mean confidence, share right, count, low, high]`, the last two of the 95 % interval.

    Raises:
        UsageError: a label has a list or an object where the schema has a single value, or the other way round.
    """
    result = evaluate(records, labels)
    facts = result.to_json()
    bins = [
        [lower, round(mean, 4), round(share, 4), count, *(round(edge, 4) for edge in wilson(share, count))]
        for lower, mean, share, count in reliability(result.judged)
    ]
    accepted = {str(percent): facts[f"accepted_at_{percent}"] for percent in (95, 98, 99)}
    fields = [
        [
            name,
            *(_rounded(row[key]) for key in ("precision", "recall", "f1")),
            row["right"],
            row["wrong"],
            row["missed"],
        ]
        for name, row in facts["fields"].items()
    ]
    return {**{name: _rounded(facts[name]) for name in _SHOWN}, "accepted": accepted, "fields": fields, "bins": bins}


def verdicts(records: Sequence[Record], labels: tuple[Label, ...]) -> dict[int, dict[int, Judged]]:
    """Number of the record → number of the leaf → whether it is the labelled value."""
    numbers = {id(record): number for number, record in enumerate(records)}
    out: dict[int, dict[int, Judged]] = {}
    for record, label in labelled_records(records, labels):
        # A judgement names no row: the value is known again by its first piece of evidence, which no other value shares.
        by_evidence, by_path = {}, {}
        for number, leaf in enumerate(leaves(record["fields"])):
            if leaf.value["evidence"]:
                by_evidence[id(leaf.value["evidence"][0])] = number
            elif not leaf.rows:
                by_path[leaf.path] = number
        found = out.setdefault(numbers[id(record)], {})
        if record.get("status") in ("failed", "skipped", "empty", "unsupported"):
            continue
        for each in judge_record(record, label, Rules()):
            if isinstance(each, Judgement):
                at = by_evidence.get(id(each.evidence[0])) if each.evidence else by_path.get(each.path)
                if at is not None:
                    found[at] = Judged(each.is_right, each.truth)
    return out


def _rounded(value: Any) -> Any:
    return round(value, 4) if isinstance(value, float) else value
