"""Decoding pictures: every colour mode ends as upright RGB, limits hold before pixels are touched, damage costs only what it hit."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from mmi_cli.errors import CorruptFile, LimitExceeded, MissingEngine
from mmi_cli.extract.picture import Frame, Picture
from tests.support.pictures import written

ORIENTATION = 0x0112


def frames_of(
    path: Path, *, media_type: str = "image/x", max_pixels: int = 10_000_000, all_pages: bool = False
) -> list[Frame]:
    with Picture(path, media_type=media_type, max_pixels=max_pixels) as picture:
        return list(picture.frames(all_pages=all_pages))


def only(path: Path) -> np.ndarray:
    (frame,) = frames_of(path)
    return frame.pixels


@pytest.fixture
def page() -> Image.Image:
    """Upright, dark at the top left, so that turns and mirrors show."""
    picture = written(("Top left",), size=(300, 200), at=(10, 10), font_px=24)
    picture.paste((200, 30, 30), (0, 0, 40, 40))
    return picture


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "CMYK", "YCbCr", "LAB", "RGBA", "LA", "I;16", "I", "F"])
def test_any_colour_mode_becomes_rgb_with_dark_ink_on_light_paper(tmp_path: Path, mode: str) -> None:
    page = written(("Ink",), size=(200, 100), at=(20, 20))
    path = tmp_path / "page.tif"
    grey = np.asarray(page.convert("L"))
    if mode == "I;16":
        Image.fromarray(grey.astype(np.uint16) * 200).save(path)
    elif mode == "I":
        Image.fromarray(grey.astype(np.int32) * 70_000).save(path)
    elif mode == "F":
        Image.fromarray(grey.astype(np.float32) / 255).save(path)
    elif mode == "LAB":
        Image.merge("LAB", [page.convert("L"), *[Image.new("L", page.size, 128)] * 2]).save(path)
    else:
        page.convert(mode).save(path)
    pixels = only(path)
    assert pixels.shape == (100, 200, 3)
    assert pixels.dtype == np.uint8
    ink = grey < 64
    assert pixels[ink].mean() < 80
    assert pixels[grey > 250].mean() > 230


def test_a_dark_twelve_bit_scan_is_stretched(tmp_path: Path) -> None:
    path = tmp_path / "scan.png"
    grey = np.asarray(written(("Ink",), size=(200, 100)).convert("L")).astype(np.uint16)
    Image.fromarray(grey * 16).save(path)
    assert only(path).max() == 255


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_what_is_transparent_is_white(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "logo.png"
    logo = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    logo.paste((0, 0, 0, 255), (10, 10, 20, 20))
    if mode == "P":
        logo.convert("RGBA").quantize(4).save(path)
    else:
        logo.convert(mode).save(path)
    pixels = only(path)
    assert pixels[0, 0].tolist() == [255, 255, 255]
    assert pixels[15, 15].max() < 10


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_orientation_tag_is_applied(tmp_path: Path, page: Image.Image, orientation: int) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    path = tmp_path / "photo.png"
    page.save(path, exif=exif)
    (frame,) = frames_of(path)
    with Image.open(path) as stored:
        assert np.array_equal(frame.pixels, np.asarray(ImageOps.exif_transpose(stored)))
    assert frame.rotation == {1: 0, 2: 0, 3: 180, 4: 180, 5: 270, 6: 90, 7: 90, 8: 270}[orientation]


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "AVIF", "TIFF"])
def test_a_turned_photo_is_upright_in_every_format_that_holds_a_tag(
    tmp_path: Path, page: Image.Image, kind: str
) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    path = tmp_path / "photo"
    page.rotate(90, expand=True).save(path, kind, exif=exif)
    (frame,) = frames_of(path)
    assert frame.pixels.shape == (200, 300, 3)
    assert np.abs(frame.pixels[20, 20].astype(int) - (200, 30, 30)).max() < 30


def test_a_heic_photo_is_read_upright(tmp_path: Path, page: Image.Image) -> None:
    pillow_heif = pytest.importorskip("pillow_heif", reason="pip install 'mmi-cli[heic]'")
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    path = tmp_path / "photo.heic"
    pillow_heif.from_pillow(page.rotate(90, expand=True)).save(path, exif=exif.tobytes(), quality=90)
    (frame,) = frames_of(path, media_type="image/heic")
    assert frame.pixels.shape == (200, 300, 3)
    assert np.abs(frame.pixels[20, 20].astype(int) - (200, 30, 30)).max() < 40


def test_heic_without_its_reader_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pillow_heif", None)
    path = tmp_path / "photo.heic"
    path.write_bytes(b"\0\0\0\x18ftypheic" + bytes(12))
    with pytest.raises(MissingEngine, match=r"pip install 'mmi-cli\[heic\]'"):
        frames_of(path, media_type="image/heic")


def test_all_pages_of_a_tiff_are_read_and_its_thumbnails_are_not(tmp_path: Path) -> None:
    path = tmp_path / "fax.tif"
    pages = [Image.new("L", (50 + number, 40), number * 60) for number in range(3)]
    pages[1].encoderinfo = {"tiffinfo": {254: 1}}
    pages[0].save(path, save_all=True, append_images=pages[1:])
    frames = frames_of(path, all_pages=True)
    assert [(frame.number, frame.pixels.shape[1]) for frame in frames] == [(1, 50), (2, 52)]


def test_only_the_first_frame_of_an_animation_is_read(tmp_path: Path) -> None:
    path = tmp_path / "moving.gif"
    pictures = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue", "lime")]
    pictures[0].save(path, save_all=True, append_images=pictures[1:], duration=50)
    with Picture(path, media_type="image/gif", max_pixels=1000) as picture:
        assert picture.frame_count == 3
        (frame,) = picture.frames(all_pages=False)
    assert frame.pixels[5, 5].tolist() == [255, 0, 0]


def png_header(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(64))) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [1_001, 100_000])
def test_too_many_pixels_are_refused_before_decoding(tmp_path: Path, side: int) -> None:
    path = tmp_path / "bomb.png"
    path.write_bytes(png_header(side, side))
    with pytest.raises(LimitExceeded, match="max_image_pixels = 1,000,000"):
        frames_of(path, max_pixels=1_000_000)


def test_as_many_pixels_as_allowed_are_read(tmp_path: Path) -> None:
    path = tmp_path / "page.png"
    Image.new("L", (1000, 1000), 9).save(path)
    assert frames_of(path, max_pixels=1_000_000)[0].pixels.shape == (1000, 1000, 3)


def test_a_limit_above_pillows_own_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    path = tmp_path / "page.png"
    Image.new("L", (100, 100), 9).save(path)
    assert frames_of(path, max_pixels=10_000)[0].pixels.shape == (100, 100, 3)
    assert Image.MAX_IMAGE_PIXELS == 100


def test_a_later_page_over_the_limit_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "fax.tif"
    Image.new("L", (20, 20)).save(path, save_all=True, append_images=[Image.new("L", (2000, 2000))])
    with pytest.raises(LimitExceeded, match="max_image_pixels"):
        frames_of(path, max_pixels=1_000_000, all_pages=True)


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_of_a_cut_file_the_beginning_is_read(tmp_path: Path, kind: str) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (300, 300, 3), dtype=np.uint8)
    whole = io.BytesIO()
    Image.fromarray(noise).save(whole, kind)
    path = tmp_path / "cut"
    path.write_bytes(whole.getvalue()[: len(whole.getvalue()) // 2])
    (frame,) = frames_of(path)
    assert frame.is_truncated
    assert frame.pixels[:100].std() > 20
    assert frame.pixels[-20:].std() < 5


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP", "BMP", "GIF"])
@pytest.mark.parametrize("kept", [0.0, 0.02, 0.5])
def test_a_cut_file_is_read_in_part_or_called_corrupt(tmp_path: Path, kind: str, kept: float) -> None:
    whole = io.BytesIO()
    written().save(whole, kind)
    path = tmp_path / "cut"
    path.write_bytes(whole.getvalue()[: int(len(whole.getvalue()) * kept)])
    try:
        (frame,) = frames_of(path)
    except CorruptFile as error:
        assert str(path) not in str(error)
    else:
        assert frame.pixels.shape == (420, 900, 3)


def test_a_file_of_one_colour_that_is_whole_is_no_damage(tmp_path: Path) -> None:
    path = tmp_path / "blank.jpg"
    Image.new("RGB", (64, 64), "white").save(path)
    (frame,) = frames_of(path)
    assert not frame.is_truncated


def test_what_starts_programs_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "drawing.eps"
    path.write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n%%EndComments\nshowpage\n")
    with pytest.raises(CorruptFile):
        frames_of(path)


def test_random_damage_never_ends_in_another_error(tmp_path: Path) -> None:
    random = np.random.default_rng(5)
    for kind in ("JPEG", "PNG", "TIFF", "GIF", "BMP", "WEBP"):
        whole = io.BytesIO()
        written(size=(200, 100), font_px=20, pitch_px=20).save(whole, kind)
        for _ in range(40):
            data = bytearray(whole.getvalue())
            for at in random.integers(0, len(data), 8):
                data[at] = int(random.integers(0, 256))
            path = tmp_path / "damaged"
            path.write_bytes(data)
            try:
                assert all(frame.pixels.ndim == 3 for frame in frames_of(path, all_pages=True))
            except (CorruptFile, LimitExceeded):
                continue
