"""Kinds of pictures told apart by features, from a few labelled ones."""

from __future__ import annotations

import numpy as np
import pytest

from mmi_cli.fill.picture_probe import fit_probe


def clouds(each: int, *, kinds: int = 4, apart: float, seed: int = 0) -> tuple[np.ndarray, list[str]]:
    """Unit vectors around as many directions as there are kinds."""
    centres = np.random.default_rng(99).normal(size=(kinds, 200))
    noise = np.random.default_rng(seed).normal(size=(each * kinds, 200))
    points = np.repeat(centres, each, axis=0) * apart + noise
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    return points.astype(np.float32), [f"kind {number}" for number in range(kinds) for _ in range(each)]


def right(apart: float, each: int = 10) -> tuple[float, float]:
    """Accuracy on pictures that were not labelled, and the mean probability of the answers."""
    probe = fit_probe(*clouds(each, apart=apart))
    assert probe is not None
    answers = [
        (next(iter(probe.probabilities(row).items())), kind)
        for row, kind in zip(*clouds(50, apart=apart, seed=1), strict=True)
    ]
    return float(np.mean([answer == kind for (answer, _), kind in answers])), float(
        np.mean([sure for (_, sure), _ in answers])
    )


def test_kinds_that_differ_are_told_apart() -> None:
    accuracy, sure = right(0.7)
    assert accuracy > 0.95
    assert sure > 0.8


@pytest.mark.parametrize("apart", [0.1, 0.15, 0.2, 0.3])
def test_how_sure_it_is_is_about_how_often_it_is_right(apart: float) -> None:
    accuracy, sure = right(apart)
    assert abs(accuracy - sure) < 0.17


def test_what_cannot_be_told_apart_is_known_to_be_useless() -> None:
    probe = fit_probe(*clouds(10, apart=0.0))
    assert probe is not None
    assert not probe.is_useful


def test_probabilities_name_every_kind_and_are_never_certain() -> None:
    features, labels = clouds(5, apart=2.0)
    probe = fit_probe(features, labels)
    assert probe is not None
    chances = probe.probabilities(features[0])
    assert sorted(chances) == sorted(set(labels))
    assert list(chances.values()) == sorted(chances.values(), reverse=True)
    assert max(chances.values()) < 0.95


def test_order_of_the_pictures_of_a_kind_and_scale_of_the_machine_do_not_matter() -> None:
    features, labels = clouds(6, apart=0.5)
    one, other = fit_probe(features, labels), fit_probe(features.copy(), list(labels))
    assert one is not None
    assert other is not None
    assert one.probabilities(features[3]) == other.probabilities(features[3])


@pytest.mark.parametrize("labels", [["a"] * 6, ["a", "a", "a", "a", "b", "c"], ["a", "b", "c", "d", "e", "f"]])
def test_too_little_teaches_nothing(labels: list[str]) -> None:
    assert fit_probe(clouds(6, kinds=1, apart=1.0)[0], labels) is None


def test_copies_of_one_picture_do_not_break_it() -> None:
    features = np.repeat(clouds(1, kinds=2, apart=1.0)[0], 4, axis=0)
    probe = fit_probe(features, ["a"] * 4 + ["b"] * 4)
    assert probe is not None
    assert next(iter(probe.probabilities(features[0]))) == "a"
