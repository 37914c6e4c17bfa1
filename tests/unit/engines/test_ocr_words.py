"""Words of a line: where the spaces are, and where each word lies on its ink."""

from __future__ import annotations

import numpy as np
import pytest

from mmi_cli.engines.interface import OcrLine
from mmi_cli.engines.ocr_words import (
    Glyph,
    box_along,
    evenly_spread,
    in_reading_order,
    ink_columns,
    line_of_glyphs,
    turned_quad,
    widest_gap,
)

HEIGHT, WIDTH = 40, 400
FLAT = ((0.0, 0.0), (400.0, 0.0), (400.0, 40.0), (0.0, 40.0))


def bars(*spans: tuple[int, int]) -> np.ndarray:
    """A white line with black bars over the columns given, each a letter."""
    crop = np.full((HEIGHT, WIDTH, 3), 255, dtype=np.uint8)
    for first, last in spans:
        crop[8:32, first:last] = 0
    return crop


def glyphs(*letters: tuple[str, int, float]) -> list[Glyph]:
    return [Glyph(text, column / WIDTH, 0.9, space) for text, column, space in letters]


def words_of(crop: np.ndarray, *letters: tuple[str, int, float]) -> list[tuple[str, float, float]]:
    line = line_of_glyphs(FLAT, crop, glyphs(*letters))
    return [(word.text, word.box[0], word.box[2]) for word in line.words]


def test_a_word_begins_and_ends_where_its_ink_does() -> None:
    crop = bars((20, 40), (46, 66), (100, 120))
    assert words_of(crop, ("a", 30, 0), ("b", 56, 0), ("c", 110, 1.0)) == [("ab", 20, 66), ("c", 100, 120)]


def test_light_text_on_dark_ground_is_found_as_well() -> None:
    crop = 255 - bars((20, 40), (100, 120))
    assert words_of(crop, ("a", 30, 0), ("b", 110, 1.0)) == [("a", 20, 40), ("b", 100, 120)]


def test_words_that_touch_are_parted_in_the_middle() -> None:
    crop = bars((20, 120))
    assert words_of(crop, ("a", 40, 0), ("b", 100, 1.0)) == [("a", 20, 70), ("b", 70, 120)]


@pytest.mark.parametrize(
    ("left", "right", "probability", "second_at", "words"),
    [
        ("0", "S", 0.35, 60, ["0", "S"]),  # a swallowed space: likely, and the gap is wide
        ("0", "S", 0.35, 46, ["0S"]),  # likely, but the letters stand close
        ("0", "S", 0.01, 60, ["0S"]),  # wide, but the recogniser is sure
        ("0", "S", 0.01, 90, ["0", "S"]),  # so wide that it must be one
        ("4", ".", 0.40, 60, ["4."]),  # inside a number
        (".", "3", 0.40, 60, [".3"]),
        ("東", "京", 0.40, 90, ["東京"]),  # scripts without spaces
    ],
)
def test_swallowed_spaces_are_put_back(
    left: str, right: str, probability: float, second_at: int, words: list[str]
) -> None:
    crop = bars((20, 40), (second_at, second_at + 20))
    read = words_of(crop, (left, 30, 0), (right, second_at + 10, probability))
    assert [text for text, _, _ in read] == words


def test_glyphs_without_places_are_spread_evenly_and_set_on_the_nearest_gap() -> None:
    crop = bars((0, 70), (100, 170), (230, 250), (270, 280), (300, 310), (380, 390))
    line = line_of_glyphs(FLAT, crop, evenly_spread("ab cdef", 0.5), reach=0.1)
    assert [(word.text, word.box[0], word.box[2]) for word in line.words] == [("ab", 0, 170), ("cdef", 230, 390)]


def test_a_word_on_a_slanted_line_lies_on_its_part_of_the_slant() -> None:
    slanted = ((0.0, 0.0), (400.0, 80.0), (400.0, 120.0), (0.0, 40.0))
    assert box_along(slanted, 0.5, 1.0) == (200.0, 40.0, 400.0, 120.0)


def test_a_high_narrow_line_runs_from_top_to_bottom() -> None:
    corners = ((0, 0), (20, 0), (20, 200), (0, 200))
    assert turned_quad(corners)[0] == (20, 0)
    assert turned_quad(corners, is_upside_down=True)[0] == (0, 200)
    assert turned_quad(FLAT)[0] == (0, 0)
    assert turned_quad(FLAT, is_upside_down=True)[0] == (400, 40)


def test_the_widest_gap_lies_between_the_two_letters() -> None:
    has_ink = ink_columns(bars((20, 40), (60, 80), (110, 130)))
    assert widest_gap(has_ink, 70, 120) == (80, 110)


def test_lines_side_by_side_are_one_row() -> None:
    def line(text: str, left: float, top: float) -> OcrLine:
        box = (left, top, left + 50, top + 20)
        quad = ((box[0], box[1]), (box[2], box[1]), (box[2], box[3]), (box[0], box[3]))
        return OcrLine(text=text, box=box, quad=quad, score=1.0)

    mixed = [line("d", 90, 34), line("b", 90, 4), line("c", 0, 30), line("a", 0, 0)]
    assert [line.text for line in in_reading_order(mixed)] == ["a", "b", "c", "d"]
