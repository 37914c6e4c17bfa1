"""Figures on the picture of a page: regions of ink apart from words, rules and shadows."""

from __future__ import annotations

import numpy as np
import pytest

from mmi_cli.extract.scan_figures import find_regions

PAPER, INK = 250, 30


def a_page() -> np.ndarray:
    return np.full((1400, 1000, 3), PAPER, dtype=np.uint8)


def test_a_photo_is_found_where_it_is() -> None:
    page = a_page()
    page[300:700, 200:600] = np.random.default_rng(1).integers(0, 200, (400, 400, 3))
    ((box, is_solid),) = find_regions(page, [])
    assert box == pytest.approx((200, 300, 600, 700), abs=10)
    assert is_solid


def test_a_drawing_on_white_is_found_and_told_from_a_photo() -> None:
    page = a_page()
    for step in range(6):
        page[900 - 60 * step : 1000, 200 + 80 * step : 250 + 80 * step] = INK
    page[1000:1004, 180:680] = INK
    ((box, is_solid),) = find_regions(page, [])
    assert box == pytest.approx((180, 600, 680, 1004), abs=12)
    assert not is_solid


def test_words_the_grid_of_a_table_and_a_dark_edge_are_no_figures() -> None:
    page = a_page()
    words = [
        (100.0 + 90 * n, 200.0 + 30 * row, 170.0 + 90 * n, 220.0 + 30 * row) for n in range(8) for row in range(10)
    ]
    for x0, y0, x1, y1 in words:
        page[int(y0) : int(y1), int(x0) : int(x1) : 2] = INK
    for y in range(700, 1001, 60):
        page[y : y + 2, 100:900] = INK
    for x in range(100, 901, 160):
        page[700:1000, x : x + 2] = INK
    page[:, :25] = INK
    assert find_regions(page, words) == []


def test_a_page_that_is_one_picture_is_no_figure_of_itself() -> None:
    page = np.random.default_rng(2).integers(0, 255, (1400, 1000, 3)).astype(np.uint8)
    assert find_regions(page, []) == []
