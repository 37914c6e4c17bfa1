"""Pictures of any size and turn → placed words: orientation, slices, enlargement, skew."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from mmi_cli.engines.interface import OcrLine, OcrWord
from mmi_cli.engines.ocr_rapid import RapidOcr
from mmi_cli.extract.ocr_page import OcrPage, read_page_image
from mmi_cli.settings import Settings
from tests.support.pictures import LINES, written

WORDS = " ".join(LINES).split()


@pytest.fixture(scope="module")
def engine() -> RapidOcr:
    return RapidOcr(Settings(threads=2))


class Counting:
    """The engine, and how many pixels of pictures it was given."""

    def __init__(self, engine: RapidOcr) -> None:
        self.name = engine.name
        self.sizes: list[tuple[int, int]] = []
        self._engine = engine

    def read(self, image: np.ndarray) -> tuple[OcrLine, ...]:
        self.sizes.append((image.shape[1], image.shape[0]))
        return self._engine.read(image)


class Told:
    """An engine that always finds the lines it was told."""

    name = "told-1"

    def __init__(self, *lines: tuple[str, tuple[float, float], tuple[float, float]]) -> None:
        self.pictures = 0
        self._lines = lines

    def read(self, image: np.ndarray) -> tuple[OcrLine, ...]:
        self.pictures += 1
        found = []
        for text, (ax, ay), (bx, by) in self._lines:
            box = (min(ax, bx), min(ay, by), max(ax, bx) + 10, max(ay, by) + 10)
            quad = ((ax, ay), (bx, by), (bx, by + 10), (ax, ay + 10))
            words = tuple(OcrWord(text=word, box=box, score=0.9) for word in text.split())
            found.append(OcrLine(text=text, box=box, quad=quad, score=0.9, words=words))
        return tuple(found)


def texts(page: OcrPage) -> list[str]:
    return [word.text for word in page.words]


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_a_page_in_any_orientation_reads_the_same(engine: RapidOcr, rotation: int) -> None:
    upright = np.asarray(written())
    page = read_page_image(np.ascontiguousarray(np.rot90(upright, k=rotation // 90)), engine)
    assert page.rotation == rotation
    assert (page.width, page.height) == (900, 420)
    assert texts(page) == WORDS


def test_an_upright_page_is_read_once_and_as_it_is(engine: RapidOcr) -> None:
    counting = Counting(engine)
    read_page_image(np.asarray(written()), counting)
    assert counting.sizes == [(900, 420)]


def test_a_chart_with_most_labels_sideways_is_not_turned() -> None:
    engine = Told(
        ("Sales of the year", (10, 10), (300, 10)),
        *((f"Category number {n}", (40.0 * n, 400.0), (40.0 * n, 250.0)) for n in range(1, 4)),
    )
    page = read_page_image(np.zeros((900, 900, 3), dtype=np.uint8), engine)
    assert page.rotation == 0
    assert engine.pictures == 1
    assert texts(page)[-1] == "Category number 3"  # one piece: sideways words are not in order by their places


def test_two_letters_do_not_turn_a_picture() -> None:
    engine = Told(("NO", (100, 10), (10, 10)))
    assert read_page_image(np.zeros((900, 900, 3), dtype=np.uint8), engine).rotation == 0


@pytest.mark.parametrize("degrees", [-3, 2])
def test_a_skewed_page_keeps_its_lines_together(engine: RapidOcr, degrees: float) -> None:
    picture = written(size=(900, 480)).rotate(-degrees, resample=Image.Resampling.BICUBIC, fillcolor="white")
    page = read_page_image(np.asarray(picture), engine)
    assert page.skew_degrees == pytest.approx(degrees, abs=0.5)
    assert texts(page) == WORDS


def seen_from_aside(level: float, left: float, right: float) -> tuple[tuple[float, float], tuple[float, float]]:
    """Where a line of a page lies on a picture of 900 pixels: those above fall to the right, those below rise."""
    slope = 0.05 - 0.11 * level / 900
    return (left, level + slope * (left - 450)), (right, level + slope * (right - 450))


def test_names_and_amounts_of_a_page_seen_from_aside_are_on_one_level() -> None:
    levels = [60.0 * row for row in range(1, 14)]
    engine = Told(
        *((f"Name{row}", *seen_from_aside(level, 20, 220)) for row, level in enumerate(levels)),
        *((f"Amount{row}", *seen_from_aside(level, 650, 850)) for row, level in enumerate(levels)),
    )
    page = read_page_image(np.zeros((900, 900, 3), dtype=np.uint8), engine)
    middles = {word.text: (word.box[1] + word.box[3]) / 2 for word in page.words}
    for row in range(len(levels)):
        assert middles[f"Name{row}"] == pytest.approx(middles[f"Amount{row}"], abs=3)


def test_lines_that_slope_as_they_like_are_only_turned() -> None:
    rng = np.random.default_rng(3)
    slopes = rng.normal(0.02, 0.01, 20)
    engine = Told(
        *(
            (f"Line{row}", (50.0, 40.0 * row + 20), (850.0, 40.0 * row + 20 + 800 * slope))
            for row, slope in enumerate(slopes)
        )
    )
    page = read_page_image(np.zeros((900, 900, 3), dtype=np.uint8), engine)
    middles = [(word.box[1] + word.box[3]) / 2 for word in page.words]
    assert middles == pytest.approx([40.0 * row + 25 + 400 * slope for row, slope in enumerate(slopes)], abs=0.5)


def test_small_pictures_are_enlarged_and_their_boxes_are_not(engine: RapidOcr) -> None:
    small = written(size=(300, 140), at=(20, 13), font_px=12, pitch_px=23)
    counting = Counting(engine)
    page = read_page_image(np.asarray(small), counting)
    assert counting.sizes == [(600, 280)]
    assert len(set(texts(page)) & set(WORDS)) >= 0.9 * len(set(WORDS))
    assert all(word.box[2] <= 300 and word.box[3] <= 140 for word in page.words)
    first = page.words[0]
    assert first.text == "Harbour"
    assert first.box[:2] == pytest.approx((20, 13), abs=5)


def numbered(count: int) -> list[str]:
    return [f"Item {number:03d} costs {number}.50" for number in range(1, count + 1)]


def test_a_receipt_twelve_thousand_pixels_long_is_read_to_the_last_line(engine: RapidOcr) -> None:
    lines = numbered(180)
    long = written(lines, size=(700, 12_000), at=(40, 40), font_px=30, pitch_px=66)
    page = read_page_image(np.asarray(long), engine)
    wanted = " ".join(lines).split()
    assert len(page.words) == pytest.approx(len(wanted), rel=0.01)
    read = texts(page)
    assert sum(a == b for a, b in zip(read, wanted, strict=False)) > 0.97 * len(wanted)
    assert page.words[-1].box[1] == pytest.approx(40 + 179 * 66, abs=20)


def test_small_print_on_a_poster_is_read_in_slices_and_each_word_once(engine: RapidOcr) -> None:
    lines = [f"Clause {number} of the small print" for number in range(1, 11)]
    poster = written(lines, size=(6000, 4500), at=(2950, 2000), font_px=24, pitch_px=60)
    page = read_page_image(np.asarray(poster), engine)
    wanted = " ".join(lines).split()
    assert sorted(texts(page)) == sorted(wanted)


def test_a_large_scan_with_large_type_is_read_once(engine: RapidOcr) -> None:
    scan = written(size=(3400, 4400), at=(300, 300), font_px=110, pitch_px=300)
    counting = Counting(engine)
    page = read_page_image(np.asarray(scan), counting)
    assert counting.sizes == [(3400, 4400)]
    assert texts(page) == WORDS


def test_a_blank_page_has_no_words(engine: RapidOcr) -> None:
    page = read_page_image(np.full((1000, 900, 3), 255, dtype=np.uint8), engine)
    assert (page.words, page.rotation, page.width, page.height) == ((), 0, 900, 1000)
