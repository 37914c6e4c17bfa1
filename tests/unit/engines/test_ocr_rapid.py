"""RapidOCR as it is set up here: nothing fetched, nothing said, sideways and upside-down lines read as such."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import rapidocr

from mmi_cli.engines import ocr_rapid
from mmi_cli.engines.interface import OcrLine
from mmi_cli.engines.ocr_rapid import RapidOcr
from mmi_cli.errors import EngineFailed, MissingEngine
from mmi_cli.settings import Settings
from tests.support.pictures import LINES, written


@pytest.fixture(scope="module")
def engine() -> RapidOcr:
    return RapidOcr(Settings(threads=2))


@pytest.fixture(scope="module")
def page() -> np.ndarray:
    return np.asarray(written())


def words_of(lines: tuple[OcrLine, ...]) -> set[str]:
    return {word.text for line in lines for word in line.words}


def test_missing_weights_are_named_instead_of_fetched(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(ocr_rapid, "rapidocr", SimpleNamespace(__file__=str(tmp_path / "__init__.py")))
    with pytest.raises(MissingEngine, match=r"PP-OCRv6_det_small\.onnx is missing; reinstall rapidocr"):
        RapidOcr(Settings())


def test_it_says_nothing(capfd: pytest.CaptureFixture[str], page: np.ndarray) -> None:
    quiet = RapidOcr(Settings(threads=1))
    quiet.read(page)
    quiet.read(np.full((80, 80, 3), 255, dtype=np.uint8))
    assert capfd.readouterr() == ("", "")


def test_the_number_of_threads_does_not_change_what_is_read(engine: RapidOcr, page: np.ndarray) -> None:
    assert RapidOcr(Settings(threads=1)).read(page) == engine.read(page)


@pytest.mark.parametrize(
    ("turns", "start_to_end"),
    [(0, (1, 0)), (1, (0, -1)), (2, (-1, 0)), (3, (0, 1))],
    ids=["upright", "bottom to top", "upside down", "top to bottom"],
)
def test_the_quad_of_a_turned_line_starts_at_the_texts_own_top_left(
    engine: RapidOcr, page: np.ndarray, turns: int, start_to_end: tuple[int, int]
) -> None:
    lines = engine.read(np.ascontiguousarray(np.rot90(page, k=turns)))
    assert words_of(lines) >= {"Harbour", "Coffee", "cappuccino", "croissant", "Total"}
    for line in lines:
        (ax, ay), (bx, by) = line.quad[:2]
        along = np.array([bx - ax, by - ay]) / np.hypot(bx - ax, by - ay)
        assert along @ np.array(start_to_end) > 0.9


def test_a_line_reads_the_same_whatever_else_is_on_the_picture(engine: RapidOcr) -> None:
    alone = engine.read(np.asarray(written(LINES[:1])))
    among = engine.read(np.asarray(written(LINES)))
    assert (alone[0].text, alone[0].score) == (among[0].text, among[0].score)


def test_text_in_light_ink_on_a_coloured_ground_is_read(engine: RapidOcr) -> None:
    picture = written(LINES[:2], size=(900, 200), ink="#ffe9a8", paper="#17594f")
    assert words_of(engine.read(np.asarray(picture))) >= {"Harbour", "Coffee", "Company", "14/03/2026"}


def test_what_the_library_raises_is_a_failed_engine(
    engine: RapidOcr, page: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("no kernel")

    monkeypatch.setattr(engine._recogniser, "session", fail)
    with pytest.raises(EngineFailed, match=r"900 x 420 px.*no kernel"):
        engine.read(page)


def test_the_weights_lie_in_the_wheel() -> None:
    folder = Path(rapidocr.__file__).parent / "models"
    assert all((folder / name).is_file() for name in ocr_rapid._WEIGHTS.values())
