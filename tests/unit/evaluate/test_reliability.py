"""The reliability diagram, as text and as a picture."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from mmi_cli.evaluate.metrics import Judged, log_loss
from mmi_cli.evaluate.reliability import reliability_lines, reliability_svg, wilson

JUDGED: list[Judged] = [(0.95, True)] * 9 + [(0.95, False)] + [(0.55, True), (0.55, False)] * 3
SVG = "{http://www.w3.org/2000/svg}"


def test_the_picture_holds_a_bar_and_a_count_for_each_bin_and_the_error_in_its_title() -> None:
    text = reliability_svg(JUDGED, name="<7> documents")
    root = ElementTree.fromstring(text)
    shown = [each.text for each in root.iter(f"{SVG}text")]
    assert "Reliability: ECE 0.050" in shown
    assert "16 values · AUROC 0.750 · <7> documents" in shown
    assert {"confidence", "share that is right", "values", "10", "6"} <= set(shown)
    assert len(list(root.iter(f"{SVG}g"))) == 2
    assert "prefers-color-scheme: dark" in text
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", text), "nothing is fetched"


def test_a_picture_of_nothing_is_a_picture() -> None:
    root = ElementTree.fromstring(reliability_svg([]))
    assert "Reliability: ECE –" in [each.text for each in root.iter(f"{SVG}text")]


def test_the_lines_show_the_share_as_a_bar_and_the_confidence_as_a_mark() -> None:
    lines = list(reliability_lines(JUDGED, has_blocks=False))
    assert lines[1].startswith("0.5 – 0.6        6  0.550  0.500  ")
    bar = lines[2].partition("0.900  ")[2]
    assert bar.count("#") == 36 and bar.index("|") == 38
    assert len(list(reliability_lines([]))) == 2


def test_the_interval_is_wilsons() -> None:
    assert wilson(0.5, 10) == pytest.approx((0.2366, 0.7634), abs=1e-4)
    assert wilson(1.0, 10) == pytest.approx((0.7225, 1.0), abs=1e-4)
    assert wilson(0.0, 1)[0] == 0


def test_the_log_loss_is_the_mean_surprise() -> None:
    assert log_loss([(0.5, True), (0.5, False)]) == pytest.approx(0.6931, abs=1e-4)
    assert log_loss([(1.0, False)]) == pytest.approx(6.9078, abs=1e-4), "never without bound"
    assert log_loss([]) is None
