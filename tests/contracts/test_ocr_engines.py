"""What every OCR engine promises (`mmi_cli.engines.interface.OcrEngine`), held against real weights."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from PIL import ImageDraw, ImageFont

from mmi_cli import registry
from mmi_cli.engines.interface import OcrEngine, OcrLine
from mmi_cli.errors import MissingEngine
from tests.support.models import need_model, real_settings
from tests.support.pictures import LINES, written

ENGINES = [
    pytest.param("rapidocr"),
    pytest.param("easyocr", marks=[pytest.mark.models, pytest.mark.torch]),
]


@pytest.fixture(scope="module", params=ENGINES)
def name(request: pytest.FixtureRequest) -> str:
    if request.param == "easyocr" and importlib.util.find_spec("easyocr") is None:
        pytest.skip("easyocr is not installed; pip install 'mmi-cli[torch]'")
    return str(request.param)


@pytest.fixture(scope="module")
def engine(name: str) -> OcrEngine:
    settings = real_settings()
    if name == "easyocr":
        need_model(settings, "easyocr-en")
    made: OcrEngine = registry.load("ocr", name)(settings)
    return made


@pytest.fixture(scope="module")
def page() -> np.ndarray:
    return np.asarray(written())


@pytest.fixture(scope="module")
def lines(engine: OcrEngine, page: np.ndarray) -> tuple[OcrLine, ...]:
    return engine.read(page)


def text_of(lines: tuple[OcrLine, ...]) -> str:
    return " ".join(line.text for line in lines)


def test_it_reads_what_is_written(lines: tuple[OcrLine, ...]) -> None:
    read, written_words = text_of(lines).split(), " ".join(LINES).split()
    assert len(set(read) & set(written_words)) >= 0.8 * len(set(written_words))


def test_lines_come_from_top_to_bottom_then_left_to_right(engine: OcrEngine) -> None:
    picture = written(("Left one", "Left two", "Left three"))
    draw = ImageDraw.Draw(picture)
    for number, text in enumerate(("Right one", "Right two", "Right three")):
        draw.text((560, 40 + number * 70), text, font=ImageFont.load_default(36), fill="black")
    read = text_of(engine.read(np.asarray(picture)))
    assert " ".join(read.split()) == "Left one Right one Left two Right two Left three Right three"


def test_words_joined_by_spaces_are_the_line(lines: tuple[OcrLine, ...]) -> None:
    assert lines
    for line in lines:
        assert line.text == " ".join(word.text for word in line.words)
        assert all(word.text == word.text.strip() and word.text for word in line.words)


def test_each_word_lies_inside_its_line_and_words_do_not_overlap(lines: tuple[OcrLine, ...]) -> None:
    for line in lines:
        edges = [edge for word in line.words for edge in (word.box[0], word.box[2])]
        assert edges == sorted(edges)
        assert edges[0] >= line.box[0] - 1
        assert edges[-1] <= line.box[2] + 1


def test_a_word_box_holds_the_ink_of_its_word(engine: OcrEngine) -> None:
    text, at, font = "Total amount due 11.50 GBP", (60, 40), ImageFont.load_default(36)
    (line,) = engine.read(np.asarray(written((text,), size=(900, 130), at=at)))
    spans = [
        (at[0] + font.getlength(text[:index]), at[0] + font.getlength(text[: index + 1]))
        for index, char in enumerate(text)
        if not char.isspace()
    ]
    first = 0
    for word in line.words:
        last = first + len(word.text) - 1
        assert abs(word.box[0] - spans[first][0]) < 10
        assert abs(word.box[2] - spans[last][1]) < 10
        first = last + 1
    assert first == len(spans)


def test_the_box_of_a_line_is_the_hull_of_its_quad(lines: tuple[OcrLine, ...]) -> None:
    for line in lines:
        xs, ys = zip(*line.quad, strict=True)
        assert line.box == pytest.approx((min(xs), min(ys), max(xs), max(ys)), abs=0.1)


def test_scores_are_between_zero_and_one(lines: tuple[OcrLine, ...]) -> None:
    assert all(0 <= line.score <= 1 and all(0 <= word.score <= 1 for word in line.words) for line in lines)


def test_boxes_stay_on_the_picture(engine: OcrEngine) -> None:
    picture = written(("Cut at the left and at the right",), size=(500, 60), at=(-20, 5))
    for line in engine.read(np.asarray(picture)):
        for box in (line.box, *(word.box for word in line.words)):
            assert 0 <= box[0] <= box[2] <= 500
            assert 0 <= box[1] <= box[3] <= 60


def test_the_same_picture_reads_the_same_twice(engine: OcrEngine, page: np.ndarray, lines: tuple[OcrLine, ...]) -> None:
    assert engine.read(page) == lines


def test_the_picture_is_left_as_it_was(engine: OcrEngine) -> None:
    picture = np.asarray(written(LINES[:2], size=(900, 200))).copy()
    before = picture.copy()
    engine.read(picture)
    assert np.array_equal(picture, before)


def test_a_read_only_and_a_turned_view_are_accepted(engine: OcrEngine) -> None:
    upright = np.asarray(written(LINES[:2], size=(900, 200)))
    view = np.rot90(np.ascontiguousarray(np.rot90(upright)), k=-1)
    view.flags.writeable = False
    assert engine.read(view) == engine.read(upright)


@pytest.mark.parametrize("size", [(1, 1), (3, 400), (400, 3), (60, 60)])
def test_a_picture_without_text_has_no_lines(engine: OcrEngine, size: tuple[int, int]) -> None:
    assert engine.read(np.full((*size, 3), 255, dtype=np.uint8)) == ()


def test_its_name_tells_version_and_weights(engine: OcrEngine, name: str) -> None:
    program, _, weights = engine.name.partition("/")
    assert program.startswith(f"{name}-")
    assert weights


def test_missing_weights_are_named(name: str, tmp_path: Path) -> None:
    if name == "rapidocr":
        pytest.skip("its weights are part of its wheel")
    with pytest.raises(MissingEngine, match=r"craft_mlt_25k\.pth"):
        registry.load("ocr", name)(real_settings(models_dir=tmp_path))
