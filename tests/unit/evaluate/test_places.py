"""Evidence against labelled places, in every unit."""

from __future__ import annotations

from typing import Any

import pytest

from mmi_cli.evaluate.places import LabelUnit, Place, overlap_of, places_of_source


def piece(box: list[float], *, page: int = 1, unit: str = "pt") -> dict[str, Any]:
    return {"text": "x", "page": page, "box": box, "unit": unit, "page_size": [720, 360]}


@pytest.mark.parametrize(
    ("unit", "box", "record_unit"),
    [
        ("record", (72, 36, 144, 72), "pt"),
        ("record", (72, 36, 144, 72), "px"),
        ("pt", (72, 36, 144, 72), "pt"),
        ("inch", (1, 0.5, 2, 1), "pt"),
        ("service", (1, 0.5, 2, 1), "pt"),
        ("service", (72, 36, 144, 72), "px"),
        ("share", (0.1, 0.1, 0.2, 0.2), "pt"),
        ("share", (0.1, 0.1, 0.2, 0.2), "px"),
    ],
)
def test_a_labelled_box_is_compared_in_the_unit_of_the_record(
    unit: LabelUnit, box: tuple[float, float, float, float], record_unit: str
) -> None:
    found = overlap_of([piece([72, 36, 144, 72], unit=record_unit)], [Place(page=1, box=box, unit=unit)])
    assert found is not None
    assert (found.kind, found.is_on_place, found.iou) == ("box", True, pytest.approx(1))


def test_units_that_cannot_be_compared_are_not() -> None:
    assert overlap_of([piece([0, 0, 1, 1], unit="px")], [Place(page=1, box=(0, 0, 1, 1), unit="inch")]) is None
    assert overlap_of([{"text": "x", "sheet": "A", "cell": "B2"}], [Place(page=1, box=(0, 0, 1, 1))]) is None
    assert overlap_of([piece([0, 0, 1, 1])], [Place(start_s=1, end_s=2)]) is None
    assert overlap_of([piece([0, 0, 1, 1])], []) is None


def test_a_line_over_several_labelled_words_is_on_place() -> None:
    words = [Place(page=1, box=(0, 0, 40, 10)), Place(page=1, box=(50, 0, 100, 10))]
    found = overlap_of([piece([0, 0, 100, 10])], words)
    assert found is not None
    assert found.is_on_place
    assert found.iou == pytest.approx(0.9)


@pytest.mark.parametrize(
    "evidence",
    [
        [],
        [piece([0, 0, 100, 10], page=2)],
        [piece([0, 0, 300, 100])],
        [piece([0, 0, 100, 10]), piece([0, 50, 100, 60])],
        [piece([0, 0, 0, 0])],
    ],
    ids=["none", "another page", "far too large", "one piece elsewhere", "no area"],
)
def test_evidence_beside_the_labelled_place_is_not_on_it(evidence: list[dict[str, Any]]) -> None:
    found = overlap_of(evidence, [Place(page=1, box=(0, 0, 100, 10))])
    assert found is not None
    assert not found.is_on_place


def test_a_label_that_names_only_the_page_is_held_against_the_page() -> None:
    for page, expected in ((1, True), (2, False)):
        found = overlap_of([piece([0, 0, 5, 5], page=page)], [Place(page=1)])
        assert found is not None
        assert (found.is_on_place, found.iou) == (expected, None)


@pytest.mark.parametrize(
    ("start_s", "end_s", "expected"), [(2.0, 3.0, True), (1.8, 2.9, True), (2.9, 4.0, False), (5.0, 6.0, False)]
)
def test_times_are_compared_with_a_little_slack(start_s: float, end_s: float, expected: bool) -> None:
    found = overlap_of([{"text": "x", "start_s": start_s, "end_s": end_s}], [Place(start_s=2.0, end_s=3.0)])
    assert found is not None
    assert (found.kind, found.is_on_place) == ("time", expected)


def test_a_moment_is_in_the_words_that_are_said_then() -> None:
    (moment,) = places_of_source("AV(2500,10,10,5,5)")
    near = overlap_of([{"text": "x", "start_s": 2.3, "end_s": 2.7}], [moment])
    assert near is not None
    assert (near.is_on_place, near.iou) == (True, None)
