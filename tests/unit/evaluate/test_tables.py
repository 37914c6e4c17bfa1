"""Likeness of tables as DePlot measures it."""

from __future__ import annotations

import itertools
import random

import pytest

from mmi_cli.evaluate.tables import assign, name_similarity, number_set_similarity, score_table

_TRUTH = {("A", "y"): 10.0, ("B", "y"): 20.0, ("C", "y"): 40.0}


def test_the_same_table_is_wholly_alike() -> None:
    score = score_table(_TRUTH, _TRUTH)
    assert (score.f1, score.rnss) == (1.0, 1.0)


def test_a_table_on_its_side_is_the_same_table() -> None:
    assert score_table({(column, row): value for (row, column), value in _TRUTH.items()}, _TRUTH).f1 == 1.0


def test_a_value_within_a_tenth_counts_less_and_one_beyond_it_nothing() -> None:
    assert score_table(_TRUTH | {("A", "y"): 10.5}, _TRUTH).f1 == pytest.approx((2 + 0.95) / 3)
    assert score_table(_TRUTH | {("A", "y"): 11.5}, _TRUTH).f1 == pytest.approx(2 / 3)


def test_rows_too_many_cost_precision_and_rows_too_few_recall() -> None:
    more = score_table(_TRUTH | {("Dddd", "y"): 1.0}, _TRUTH)
    assert (more.precision, more.recall) == (pytest.approx(3 / 4), 1.0)
    fewer = score_table({("A", "y"): 10.0}, _TRUTH)
    assert (fewer.precision, fewer.recall) == (1.0, pytest.approx(1 / 3))


def test_nothing_read_is_worth_nothing() -> None:
    assert score_table({}, _TRUTH).f1 == 0.0


def test_the_set_of_numbers_does_not_care_for_names() -> None:
    assert number_set_similarity([40.0, 10.0, 20.0], [10.0, 20.0, 40.0]) == 1.0
    assert number_set_similarity([15.0], [10.0]) == pytest.approx(0.5)
    assert (
        number_set_similarity([10.0], [10.0, 20.0]) == 1.0
    )  # as published: what is missing costs nothing here, only in RMS


def test_a_name_that_is_half_wrong_is_another_name() -> None:
    assert name_similarity("Apples", "apple") == pytest.approx(5 / 6)
    assert name_similarity("North", "Wales") == 0.0


def test_the_assignment_is_the_cheapest_of_all() -> None:
    random_ = random.Random(3)
    for rows, columns in ((3, 3), (2, 4), (4, 2), (1, 3)):
        costs = [[random_.random() for _ in range(columns)] for _ in range(rows)]
        got = sum(costs[i][j] for i, j in assign(costs))
        short, long_ = sorted((rows, columns))
        best = min(
            sum(costs[i][j] if rows <= columns else costs[j][i] for i, j in enumerate(chosen))
            for chosen in itertools.permutations(range(long_), short)
        )
        assert got == pytest.approx(best)
