"""A fit to made-up labelled records whose true probabilities are known."""

from __future__ import annotations

import json
import math
import random
from typing import Any

import pytest

from mmi_cli.errors import UsageError
from mmi_cli.evaluate.labels import Label
from mmi_cli.evaluate.metrics import auroc, calibration_error
from mmi_cli.evaluate.refitting import Refit, Samples, calibration_file, refit, samples_of
from mmi_cli.evaluate.scoring import Rules
from mmi_cli.fill.recalibration import Recalibration

FIELDS = ("company", "date", "address", "total", "tax")


def labelled(
    documents: int,
    *,
    seed: int,
    slope: float = 1.0,
    offset: float = 0.0,
    fields: tuple[str, ...] = FIELDS,
    **more: float,
) -> tuple[list[dict[str, Any]], tuple[Label, ...]]:
    """Records whose values are right with the probability sigmoid(slope · logit(confidence) + offset + offset of the field)."""
    chance = random.Random(seed)
    records, labels = [], []
    for number in range(documents):
        values = {}
        truth = {}
        for name in fields:
            log_odds = chance.gauss(1.6, 1.3)
            is_null = chance.random() < 0.1
            probability = 1 / (1 + math.exp(-(slope * log_odds + offset + more.get(name, 0.0))))
            is_right = chance.random() < probability
            values[name] = {
                "type": "string", "kind": "extracted", "value": None if is_null else "x",
                "confidence": 1 / (1 + math.exp(-log_odds)),
                "evidence": [] if is_null else [{"text": "x", "match": chance.choice(("exact", "fuzzy"))}],
            }  # fmt: skip
            truth[name] = ("x" if is_right else "y") if not is_null else (None if is_right else "y")
        records.append({"source": {"path": f"{number}.txt"}, "status": "ok", "schema": {"name": "s"}, "fields": values})
        labels.append(Label(file=f"{number}.txt", fields=truth))
    return records, tuple(labels)


def samples(documents: int, *, seed: int, **truth: Any) -> Samples:
    records, labels = labelled(documents, seed=seed, **truth)
    return samples_of(records, labels, Rules())


def mapped(calibration: Recalibration, of: Samples) -> list[tuple[float, bool]]:
    return [(calibration.map(each.features), each.is_right) for each in of.samples]


def as_recorded(of: Samples) -> list[tuple[float, bool]]:
    return [(each.confidence, each.is_right) for each in of.samples]


WRONG = {"slope": 0.6, "offset": -0.9, "total": 0.4, "date": -0.4}
"""Far too sure: a calibration error of a quarter."""


def test_thirty_documents_undo_a_calibration_error_of_a_quarter() -> None:
    left, ranks = [], []
    for seed in range(8):
        found = refit(samples(30, seed=seed, **WRONG))
        unseen = samples(600, seed=1000 + seed, **WRONG)
        before, after = calibration_error(as_recorded(unseen)), calibration_error(mapped(found.calibration, unseen))
        ranked, ranked_before = auroc(mapped(found.calibration, unseen)), auroc(as_recorded(unseen))
        assert before is not None and after is not None and ranked is not None and ranked_before is not None
        assert before > 0.24
        assert after < 0.1, "150 values alone leave the share that is right open by 0.08"
        assert found.helps
        left.append(after)
        ranks.append(ranked - ranked_before)
    assert sum(left) / len(left) < 0.05
    assert sum(ranks) / len(ranks) > -0.02, "the order of values is kept"


def test_a_hundred_documents_leave_nearly_nothing_of_it_and_the_left_out_ones_say_so() -> None:
    found = refit(samples(100, seed=7, **WRONG))
    unseen = samples(600, seed=1007, **WRONG)
    after = calibration_error(mapped(found.calibration, unseen))
    assert after is not None and after < 0.04
    assert found.before.ece is not None and found.before.ece > 0.22
    assert found.after.ece is not None and found.after.ece < 0.06


@pytest.mark.parametrize("seed", range(5))
def test_ten_labels_barely_change_anything(seed: int) -> None:
    found = refit(samples(2, seed=seed))
    unseen = samples(200, seed=1000 + seed)
    changes = [
        abs(new - old)
        for (new, _), (old, _) in zip(mapped(found.calibration, unseen), as_recorded(unseen), strict=True)
    ]
    assert max(changes) < 0.1
    assert sum(changes) / len(changes) < 0.03


def test_confidences_that_are_exact_are_mostly_left_alone() -> None:
    helped = [refit(samples(30, seed=seed)).helps for seed in range(8)]
    assert sum(helped) <= 1


def test_a_field_that_is_surer_than_it_should_be_is_lowered_alone() -> None:
    calibration = refit(samples(60, seed=3, total=-2.5)).calibration
    moved = {name: calibration.offset + value for name, value in calibration.fields.items()}
    assert moved.pop("total") < -1.5
    assert all(abs(value) < 0.6 for value in moved.values()), moved


def test_the_fit_is_pulled_towards_no_change_and_no_data_means_none() -> None:
    calibration = refit(samples(2, seed=1, fields=("a",))).calibration
    assert calibration.slope == pytest.approx(1, abs=0.1)
    assert calibration.failed_check == 0.0
    assert set(calibration.match) <= {"exact", "fuzzy"}


def test_a_surer_value_never_becomes_the_less_sure_one() -> None:
    calibration = refit(samples(200, seed=2, slope=-3.0)).calibration
    assert calibration.slope >= 0


def test_the_file_says_what_it_was_fitted_to_and_is_the_same_every_time() -> None:
    texts = []
    for _ in range(2):
        data = samples(30, seed=4, slope=0.6, offset=-0.75)
        texts.append(calibration_file(refit(data), data, tool_version="1.2.3"))
    assert texts[0] == texts[1]
    value = json.loads(texts[0])
    assert (value["calibration_version"], value["schemas"], value["documents"], value["values"]) == (1, ["s"], 30, 150)
    assert value["measured"]["after"]["ece"] < value["measured"]["before"]["ece"]
    assert set(value["fields"]) == set(FIELDS)


def test_signals_of_a_record_become_features() -> None:
    value = {"type": "number", "kind": "extracted", "value": 3.0, "confidence": 0.9}
    pieces = [{"text": "3", "match": "exact"}, {"text": "3", "match": "fuzzy"}]
    fields = {
        "total": {**value, "evidence": pieces},
        "lines": {"type": "array", "value": [{"amount": {**value, "evidence": []}}]},
        "note": {**value, "type": "string", "value": None, "evidence": []},
    }
    checks = [{"expression": "abs(total - 2) < 1", "passed": False}, {"expression": "lines.amount > 1", "passed": True}]
    record = {"source": {"path": "a"}, "status": "ok", "fields": fields, "checks": checks}
    labels = (Label(file="a", fields={"total": 3, "lines": [{"amount": 3}, {"amount": 4}], "note": None}),)
    found = samples_of([record], labels, Rules())
    assert [sorted(set(each.features) - {"logit", "offset"}) for each in found.samples] == [
        ["failed_check", "field=total", "match=fuzzy"],
        ["field=lines.amount", "match=none"],
        ["field=note", "null"],
    ], "a labelled row that the record lacks has no confidence to fit"
    assert all(each.is_right for each in found.samples)


def test_records_that_were_calibrated_are_no_ground_for_another_fit() -> None:
    records, labels = labelled(3, seed=1)
    records[1]["engines"] = {"calibration": "00ff"}
    with pytest.raises(UsageError, match=r"1\.txt were calibrated already"):
        samples_of(records, labels, Rules())


def test_one_document_is_too_few() -> None:
    with pytest.raises(UsageError, match="1 labelled documents"):
        refit(samples(1, seed=1))


def test_many_documents_are_left_out_in_groups() -> None:
    found: Refit = refit(samples(450, seed=5, offset=-1.0, fields=("a", "b")))
    assert found.helps
    assert found.after.ece is not None and found.after.ece < 0.05
