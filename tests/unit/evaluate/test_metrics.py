"""The measures themselves, against values worked out by hand."""

from __future__ import annotations

import random

import pytest

from mmi_cli.evaluate.metrics import Counts, accepted_unseen, auroc, calibration_error


def test_f1_counts_a_wrong_value_twice_and_a_missing_one_once() -> None:
    counts = Counts(right=6, wrong=2, missed=4)
    assert (counts.precision, counts.recall, counts.f1) == (0.75, 0.6, pytest.approx(12 / 18))
    assert Counts().f1 is None


def test_calibration_error_is_the_gap_between_confidence_and_truth() -> None:
    assert calibration_error([(0.9, True)] * 9 + [(0.9, False)]) == pytest.approx(0)
    assert calibration_error([(0.95, False)] * 4) == pytest.approx(0.95)
    assert calibration_error([]) is None


def test_auroc_is_the_chance_that_right_beats_wrong() -> None:
    assert auroc([(0.9, True), (0.1, False)]) == 1
    assert auroc([(0.1, True), (0.9, False)]) == 0
    assert auroc([(0.5, True), (0.5, False)]) == 0.5
    assert auroc([(0.5, True)]) is None
    chance = random.Random(1)
    judged = [(round(chance.random(), 1), chance.random() < 0.6) for _ in range(200)]
    pairs = [(a, b) for a, right in judged if right for b, wrong in judged if not wrong]
    by_hand = sum((a > b) + 0.5 * (a == b) for a, b in pairs) / len(pairs)
    assert auroc(judged) == pytest.approx(by_hand)


def test_what_can_be_accepted_is_the_largest_share_above_a_threshold() -> None:
    judged = [(0.9, True)] * 5 + [(0.8, True)] * 4 + [(0.8, False)] + [(0.1, False)] * 10
    assert accepted_unseen(judged, 0.9) == (0.5, 0.8)
    assert accepted_unseen(judged, 0.95) == (0.25, 0.9)
    assert accepted_unseen([(0.9, False)], 0.9) == (0.0, None)
