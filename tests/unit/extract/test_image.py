"""Picture files → content: words with boxes of the upright picture, pages, facts of the camera, and what is said when things lack."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import ExifTags, Image

from mmi_cli.datamodel.content import Content, PageBox
from mmi_cli.engines.interface import OcrLine
from mmi_cli.engines.ocr_rapid import RapidOcr
from mmi_cli.errors import CorruptFile, LimitExceeded
from mmi_cli.extract.image import extract
from mmi_cli.settings import Settings
from tests.support.pictures import ink_box, written
from tests.support.reading import ColorOcr, a_context

SAMPLES = Path(__file__).parents[3] / "sample_data"


@pytest.fixture(scope="module")
def engine() -> RapidOcr:
    return RapidOcr(Settings(threads=2))


class NoOcr:
    """An engine that must not be asked."""

    name = "none-1"

    def read(self, image: np.ndarray) -> tuple[OcrLine, ...]:
        raise AssertionError(image.shape)


def place_of(content: Content, text: str) -> PageBox:
    (word,) = (word for word in content.words if word.text == text)
    assert isinstance(word.place, PageBox)
    return word.place


def warnings_of(content: Content) -> list[str]:
    return [warning.code for warning in content.warnings]


def test_words_have_boxes_on_the_picture(tmp_path: Path, engine: RapidOcr) -> None:
    path = tmp_path / "note.png"
    picture = written(("Deliver before noon", "Gate seven"))
    picture.save(path)
    content = extract(path, a_context(ocr=engine))
    assert content.text.split() == ["Deliver", "before", "noon", "Gate", "seven"]
    place = place_of(content, "before")
    assert place.page == 1
    ink = ink_box(picture, within=place.box)
    assert ink[0] - place.box[0] < 5
    assert place.box[2] - ink[2] < 5
    (page,) = content.pages
    assert (page.width, page.height, page.unit, page.source, page.rotation) == (900, 420, "px", "ocr", 0)
    assert content.usage.pages == 1
    assert dict(content.engines) == {"ocr": engine.name}


@pytest.mark.parametrize(("tag", "turned_by"), [(1, 0), (3, 180), (6, 270), (8, 90)])
@pytest.mark.parametrize("told", [True, False], ids=["with tag", "without tag"])
def test_a_turned_photo_has_the_boxes_of_the_upright_picture(
    tmp_path: Path, engine: RapidOcr, tag: int, turned_by: int, told: bool
) -> None:
    upright = written()
    exif = Image.Exif()
    if told:
        exif[ExifTags.Base.Orientation] = tag
    path = tmp_path / "photo.jpg"
    upright.rotate(-turned_by, expand=True).save(path, exif=exif, quality=95)
    content = extract(path, a_context(ocr=engine))
    (page,) = content.pages
    assert (page.width, page.height) == (900, 420)
    assert page.rotation == (360 - turned_by) % 360
    ink = ink_box(upright, within=(60, 40, 200, 85))  # the next word starts at 206
    assert place_of(content, "Harbour").box == pytest.approx(ink, abs=14)


def test_every_page_of_a_tiff_is_a_page(tmp_path: Path) -> None:
    path = tmp_path / "fax.tif"
    pages = [Image.new("RGB", (900, 900), colour) for colour in ("red", "white", "blue")]
    pages[0].save(path, save_all=True, append_images=pages[1:])
    content = extract(path, a_context(ocr=ColorOcr()))
    assert [page.number for page in content.pages] == [1, 2, 3]
    assert [(word.text, word.place.page) for word in content.words] == [("red", 1), ("blue", 3)]
    assert content.usage.pages == 3


def test_more_pages_than_allowed_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "fax.tif"
    Image.new("L", (9, 9)).save(path, save_all=True, append_images=[Image.new("L", (9, 9))] * 2)
    with pytest.raises(LimitExceeded, match="more than 2 pages; the limit is max_pages"):
        extract(path, a_context(ocr=ColorOcr(), max_pages=2))


def test_a_picture_over_the_limit_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "poster.png"
    Image.new("L", (200, 100)).save(path)
    with pytest.raises(LimitExceeded, match=r"has 20,000 pixels; the limit is max_image_pixels = 19,999"):
        extract(path, a_context(ocr=NoOcr(), max_image_pixels=19_999))


def test_an_animation_says_that_one_frame_was_read(tmp_path: Path) -> None:
    path = tmp_path / "moving.gif"
    Image.new("RGB", (900, 900), "red").save(path, save_all=True, append_images=[Image.new("RGB", (900, 900), "blue")])
    content = extract(path, a_context(ocr=ColorOcr()))
    assert content.text == "red"
    assert warnings_of(content) == ["first_frame_only"]


def test_without_ocr_there_are_no_words_but_a_page_and_a_warning(tmp_path: Path) -> None:
    path = tmp_path / "note.png"
    written().save(path)
    content = extract(path, a_context(ocr=None))
    assert content.words == ()
    assert (content.pages[0].width, content.pages[0].source) == (900, "none")
    assert warnings_of(content) == ["no_ocr"]
    assert content.engines == ()


def test_a_picture_without_text_has_no_words(tmp_path: Path, engine: RapidOcr) -> None:
    path = tmp_path / "sky.png"
    Image.new("RGB", (300, 200), "#88bbee").save(path)
    content = extract(path, a_context(ocr=engine))
    assert content.words == ()
    assert content.pages[0].source == "ocr"


def test_a_cut_photo_is_read_as_far_as_it_goes(tmp_path: Path, engine: RapidOcr) -> None:
    whole, path = tmp_path / "whole.jpg", tmp_path / "cut.jpg"
    written().save(whole, quality=95)
    path.write_bytes(whole.read_bytes()[: int(whole.stat().st_size * 0.6)])
    content = extract(path, a_context(ocr=engine))
    assert "Harbour" in content.text
    assert "Total" not in content.text
    assert "truncated" in warnings_of(content)


def test_what_is_no_picture_is_corrupt(tmp_path: Path) -> None:
    path = tmp_path / "note.jpg"
    path.write_bytes(b"\xff\xd8\xff\xe0 this is not a photo")
    with pytest.raises(CorruptFile):
        extract(path, a_context(ocr=NoOcr()))


def test_what_the_camera_wrote_is_kept(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Contoso"
    exif[ExifTags.Base.Model] = "Contoso C-20"
    exif[ExifTags.Base.Artist] = "Mara Lindqvist\0\0"
    details = exif.get_ifd(ExifTags.IFD.Exif)
    details[ExifTags.Base.DateTimeOriginal] = "2026:03:14 09:42:10"
    details[ExifTags.Base.OffsetTimeOriginal] = "+01:00"
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    gps[ExifTags.GPS.GPSLatitudeRef], gps[ExifTags.GPS.GPSLatitude] = "S", (51.0, 27.0, 0.0)
    gps[ExifTags.GPS.GPSLongitudeRef], gps[ExifTags.GPS.GPSLongitude] = "W", (2.0, 36.0, 36.0)
    path = tmp_path / "photo.jpg"
    Image.new("RGB", (64, 64)).save(path, exif=exif)
    assert dict(extract(path, a_context(ocr=None)).metadata) == {
        "author": "Mara Lindqvist",
        "camera": "Contoso C-20",
        "gps": "-51.450000, -2.610000",
        "taken": "2026-03-14T09:42:10+01:00",
    }


@pytest.mark.parametrize("taken", ["0000:00:00 00:00:00", "    :  :     :  :  ", "yesterday", "2026:03:14"])
def test_a_time_that_is_none_is_left_out(tmp_path: Path, taken: str) -> None:
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = taken
    path = tmp_path / "photo.jpg"
    Image.new("RGB", (64, 64)).save(path, exif=exif)
    assert extract(path, a_context(ocr=None)).metadata == ()


def test_damaged_facts_do_not_keep_the_picture_from_being_read(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    Image.new("RGB", (900, 900), "red").save(path, exif=b"Exif\0\0II*\0\xff\xff\xff\x7f" + bytes(range(256)))
    assert extract(path, a_context(ocr=ColorOcr())).text == "red"


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("receipt/receipt.jpg", "Harbour Coffee Company Date: 14/03/2026 croissant 3.90 VAT 20% 3.73 TOTAL 22.35 VISA"),
        ("chart/chart.png", "Visitors of Northport Museum in 2026 January 1,250 May 3,340 Number of visitors Month"),
        ("product/product.jpg", "FENNMOOR Morning Breeze Black tea with lemon Net weight 125 g"),
    ],
)
def test_the_samples_are_read(engine: RapidOcr, file: str, expected: str) -> None:
    content = extract(SAMPLES / file, a_context(ocr=engine))
    assert set(expected.split()) <= set(content.text.split())


@pytest.mark.parametrize("sample", ["receipt", "chart", "product"])
def test_text_values_of_the_labels_stand_in_the_samples(engine: RapidOcr, sample: str) -> None:
    label = json.loads((SAMPLES / sample / "labels.jsonl").read_text("utf-8"))
    read = extract(SAMPLES / sample / label["file"], a_context(ocr=engine)).text.casefold().split()
    for name in ("company", "title", "brand"):
        for word in label["fields"].get(name, "").casefold().split():
            assert word in read
