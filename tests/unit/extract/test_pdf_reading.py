"""Page by page, text layer or OCR, with the reason; and what is said when OCR is needed and not there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mmi_cli.datamodel.content import Content, PageBox
from mmi_cli.engines.interface import OcrLine
from mmi_cli.engines.ocr_rapid import RapidOcr
from mmi_cli.errors import EngineFailed, MissingEngine
from mmi_cli.extract.interface import ExtractContext
from mmi_cli.extract.pdf import extract
from mmi_cli.settings import Settings
from tests.support.pdf_files import A4, PdfFile, filled, lines, shown, text, write_pdf
from tests.support.pictures import LINES, written
from tests.support.reading import ColorOcr, GivenEngines, a_context

SCAN = filled(0, 0, *A4)  # as red as a page can be; ColorOcr reads it as "red"
PROSE = [f"Line {number} of a letter that was typed and not scanned" for number in range(12)]


class BrokenOcr:
    """An engine that fails on every picture."""

    name = "broken-1"

    def read(self, image: np.ndarray) -> tuple[OcrLine, ...]:
        raise EngineFailed(f"broken on {image.shape[1]} x {image.shape[0]}")


class MissingOcr(GivenEngines):
    """OCR is wanted, and cannot be loaded."""

    def ocr(self) -> None:
        raise MissingEngine("no weights here; reinstall rapidocr")


def without_engine() -> ExtractContext:
    context = a_context()
    return ExtractContext(
        detection=context.detection,
        name=context.name,
        settings=context.settings,
        engines=MissingOcr(),
        read_part=context.read_part,
    )


def scan_of(path: Path, picture: Image.Image, *more: str, **page: object) -> Path:
    """A page with a picture all over it, and what else is drawn."""
    pdf = PdfFile()
    number = pdf.add_picture(picture)
    pdf.add_page(shown("I", 0, 0, *A4) + "".join(more), pictures={"I": number}, **page)  # type: ignore[arg-type]
    return pdf.save(path)


def sources(content: Content) -> list[tuple[int, str, str]]:
    return [(page.number, page.source, page.reason) for page in content.pages]


def warnings_of(content: Content) -> list[tuple[str, str]]:
    return [(warning.code, warning.message) for warning in content.warnings]


def test_a_page_without_a_text_layer_is_read_by_ocr(tmp_path: Path) -> None:
    content = extract(scan_of(tmp_path / "a.pdf", Image.new("RGB", (90, 120), "red")), a_context(ocr=ColorOcr()))
    assert sources(content) == [(1, "ocr", "no text layer")]
    (word,) = content.words
    assert (word.text, word.score) == ("red", 0.9)
    assert isinstance(word.place, PageBox)
    assert word.place.box == pytest.approx((149, 210.5, 446, 631.5), abs=1)  # the middle of the page, in points
    assert dict(content.engines) == {"ocr": "colours-1"}


def test_pages_of_one_file_are_decided_one_by_one(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "a.pdf", lines(50, 100, PROSE), SCAN, "")
    ocr = ColorOcr()
    content = extract(path, a_context(ocr=ocr))
    assert [page.source for page in content.pages] == ["text_layer", "ocr", "none"]
    assert ocr.pictures == 1


def test_a_stamp_on_a_scan_is_no_text_layer(tmp_path: Path) -> None:
    path = scan_of(tmp_path / "a.pdf", Image.new("RGB", (90, 120), "red"), text(300, 30, "RECEIVED 14 March 2026"))
    content = extract(path, a_context(ocr=ColorOcr()))
    assert sources(content) == [(1, "ocr", "a picture covers the page, beside it only 19 characters of text")]
    assert content.text == "red"


def test_the_words_a_scanner_hid_under_its_picture_are_the_text(tmp_path: Path) -> None:
    hidden = "".join(text(50, 100 + 14 * number, row, invisible=True) for number, row in enumerate(PROSE))
    ocr = ColorOcr()
    content = extract(scan_of(tmp_path / "a.pdf", Image.new("RGB", (90, 120), "red"), hidden), a_context(ocr=ocr))
    assert content.pages[0].source == "text_layer"
    assert content.text == "\n".join(PROSE)
    assert ocr.pictures == 0


def garbled(path: Path) -> Path:
    pdf = PdfFile()
    pdf.add_font("G", {char: chr(0xE000 + ord(char)) for char in "abcdefghijklmnopqrstuvwxyz"})
    pdf.add_page(SCAN + lines(50, 100, ["these letters stand for nothing"] * 6, font="G"))
    return pdf.save(path)


def test_a_text_layer_that_stands_for_nothing_gives_way_to_ocr(tmp_path: Path) -> None:
    content = extract(garbled(tmp_path / "a.pdf"), a_context(ocr=ColorOcr()))
    assert sources(content) == [(1, "ocr", "100% of 162 characters of the text layer stand for no letter")]
    assert content.text == "red"


def test_without_ocr_a_broken_text_layer_is_given_with_a_warning(tmp_path: Path) -> None:
    content = extract(garbled(tmp_path / "a.pdf"), a_context(ocr=None))
    assert content.words
    assert [code for code, _ in warnings_of(content)] == ["garbled_text"]


def test_some_odd_characters_do_not_bring_ocr(tmp_path: Path) -> None:
    pdf = PdfFile()
    pdf.add_font("G", {"x": "\ue001"})
    pdf.add_page(lines(50, 100, PROSE) + text(40, 100, "x", font="G"))
    ocr = ColorOcr()
    assert extract(pdf.save(tmp_path / "a.pdf"), a_context(ocr=ocr)).pages[0].source == "text_layer"
    assert ocr.pictures == 0


def test_a_text_layer_that_lies_off_the_page_gives_way_to_ocr(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "a.pdf", SCAN + lines(900, 100, PROSE))
    content = extract(path, a_context(ocr=ColorOcr()))
    assert sources(content) == [(1, "ocr", "no text of the text layer lies on the page")]


def test_few_words_that_ocr_does_not_see_are_kept(tmp_path: Path) -> None:
    path = scan_of(tmp_path / "a.pdf", Image.new("RGB", (90, 120), "white"), text(300, 30, "Annex B", invisible=True))
    content = extract(path, a_context(ocr=ColorOcr()))
    assert (content.text, content.pages[0].source) == ("Annex B", "text_layer")


def test_ocr_reads_the_big_picture_of_a_page_with_little_text(tmp_path: Path) -> None:
    pdf = PdfFile()
    number = pdf.add_picture(Image.new("RGB", (90, 120), "red"))
    pdf.add_page(
        text(60, 60, "Figure 7 shows the colour of the day") + shown("I", 60, 150, 535, 700), pictures={"I": number}
    )
    content = extract(pdf.save(tmp_path / "a.pdf"), a_context(ocr=ColorOcr()))
    assert content.text == "Figure 7 shows the colour of the day\n\nred"
    assert content.pages[0].reason.endswith("a picture on the page gave 1 words by OCR")


@pytest.mark.parametrize(("mode", "source", "words"), [("always", "ocr", "red"), ("never", "text_layer", "Line")])
def test_the_setting_decides_over_the_page(tmp_path: Path, mode: str, source: str, words: str) -> None:
    path = write_pdf(tmp_path / "a.pdf", SCAN + lines(50, 100, PROSE))
    content = extract(path, a_context(ocr=ColorOcr(), ocr_mode=mode))
    assert content.pages[0].source == source
    assert content.text.startswith(words)


def test_with_ocr_turned_off_a_scan_has_no_words_and_a_warning(tmp_path: Path) -> None:
    content = extract(write_pdf(tmp_path / "a.pdf", SCAN, SCAN), a_context(ocr=None))
    assert sources(content)[0] == (1, "none", "no text layer, and there is no OCR")
    assert warnings_of(content) == [("no_ocr", "page 1, 2 needs OCR and was not read by it: OCR is turned off")]


def test_a_scan_without_an_engine_is_an_error_that_says_so(tmp_path: Path) -> None:
    with pytest.raises(MissingEngine, match="pictures of pages, which need OCR: no weights here"):
        extract(write_pdf(tmp_path / "a.pdf", SCAN), without_engine())


def test_a_file_that_is_text_but_for_one_page_is_read_without_an_engine(tmp_path: Path) -> None:
    content = extract(write_pdf(tmp_path / "a.pdf", lines(50, 100, PROSE), SCAN), without_engine())
    assert content.text.startswith("Line 0")
    assert [code for code, _ in warnings_of(content)] == ["no_ocr"]


def test_an_engine_that_fails_on_every_page_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(EngineFailed, match="OCR failed: broken on"):
        extract(write_pdf(tmp_path / "a.pdf", SCAN), a_context(ocr=BrokenOcr()))


def test_a_huge_scanned_page_stays_within_the_limit_of_pixels(tmp_path: Path) -> None:
    sizes: list[int] = []

    class Measuring(ColorOcr):
        def read(self, image: np.ndarray) -> tuple[OcrLine, ...]:
            sizes.append(image.shape[0] * image.shape[1])
            return super().read(image)

    path = write_pdf(tmp_path / "a.pdf", filled(0, 0, 14_400, 14_400), size=(14_400, 14_400))
    content = extract(path, a_context(ocr=Measuring(), max_image_pixels=2_000_000))
    assert content.text.startswith("red")
    assert max(sizes) <= 2_000_000


@pytest.fixture(scope="module")
def engine() -> RapidOcr:
    return RapidOcr(Settings(threads=2))


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_a_scan_is_read_whichever_way_it_was_fed(tmp_path: Path, engine: RapidOcr, turned: int) -> None:
    """The picture is 900 x 420 px; the page has half as many points."""
    upright = written()
    fed = upright.rotate(-turned, expand=True)
    pdf = PdfFile()
    size = (fed.width / 2, fed.height / 2)
    pdf.add_page(shown("I", 0, 0, *size), size=size, pictures={"I": pdf.add_picture(fed)})
    content = extract(pdf.save(tmp_path / "a.pdf"), a_context(ocr=engine))
    assert content.text.split() == " ".join(LINES).split()
    (page,) = content.pages
    assert (page.width, page.height, page.rotation) == (450, 210, (360 - turned) % 360)
    (harbour,) = (word.place for word in content.words if word.text == "Harbour")
    assert isinstance(harbour, PageBox)
    assert harbour.box == pytest.approx((32, 22, 98, 42), abs=4)
