"""Formats that are known by their bytes, whatever the file is called."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from mmi_cli.datamodel.detection import Detection
from mmi_cli.detect import detect_file
from mmi_cli.settings import Settings
from tests.support.media_files import picture, tone, with_cover_art, write_audio, write_video, write_wav
from tests.support.ole_files import write_ole

PDF = b"%PDF-1.7\n1 0 obj\n<</Type/Catalog>>\nendobj\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF"


def detect(data: bytes, tmp_path: Path, name: str = "file") -> Detection:
    path = tmp_path / "file"
    path.write_bytes(data)
    return detect_file(path, name=name, settings=Settings())


def drawn(format_: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (32, 24), "red").save(out, format_)
    return out.getvalue()


def zipped(parts: dict[str, str | bytes], *, stored: tuple[str, ...] = ("mimetype",)) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data, zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED)
    return out.getvalue()


def office(main: str, part: str = "any/part.xml") -> dict[str, str | bytes]:
    override = f'<Override PartName="/{part}" ContentType="application/vnd.openxmlformats-officedocument.{main}+xml"/>'
    return {"[Content_Types].xml": f"<Types>{override}</Types>", "_rels/.rels": "<Relationships/>", part: "<x/>"}


@pytest.mark.parametrize(
    ("format_", "media_type"),
    [
        ("PNG", "image/png"), ("JPEG", "image/jpeg"), ("GIF", "image/gif"), ("TIFF", "image/tiff"), ("BMP", "image/bmp"),
        ("WEBP", "image/webp"), ("JPEG2000", "image/jp2"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["a.pdf", "a.txt", "a"])
def test_pictures(format_: str, media_type: str, name: str, tmp_path: Path) -> None:
    found = detect(drawn(format_), tmp_path, name)
    assert (found.media_type, found.format, found.modality) == (media_type, "image", "image")


@pytest.mark.parametrize("brand", ["heic", "heix", "mif1", "avif"])
def test_pictures_in_iso_media(brand: str, tmp_path: Path) -> None:
    data = b"\0\0\0\x18ftyp" + brand.encode() + b"\0\0\0\0mif1" + brand.encode() + b"\0" * 40
    found = detect(data, tmp_path)
    assert (found.format, found.media_type) == ("image", "image/avif" if brand == "avif" else "image/heic")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (PDF, "%PDF-1.7 at byte 0"),
        (b"\n\n junk \xff\xfe" + PDF, "%PDF-1.7 at byte 10"),
        (b"x" * 1010 + b"\n" + PDF, "%PDF-1.7 at byte 1011"),
        (b"%PDF-broken", "%PDF-? at byte 0"),
        (PDF[9:], "objects of a PDF whose header is missing or damaged"),
    ],
)
def test_pdf_with_and_without_its_header(data: bytes, reason: str, tmp_path: Path) -> None:
    found = detect(data, tmp_path, "a.jpg")
    assert (found.media_type, found.format, found.modality, found.reason) == (
        "application/pdf",
        "pdf",
        "document",
        reason,
    )


def test_a_picture_that_hides_a_pdf_is_a_picture(tmp_path: Path) -> None:
    jpeg = drawn("JPEG")
    assert detect(jpeg[:20] + PDF + jpeg[20:], tmp_path, "a.pdf").format == "image"


def test_a_text_about_pdf_is_a_text(tmp_path: Path) -> None:
    assert detect(b"A file begins with %PDF-1.4 and ends with %%EOF.\n" * 9, tmp_path).format == "text"


@pytest.mark.parametrize(
    ("main", "format_"),
    [
        ("wordprocessingml.document.main", "docx"), ("wordprocessingml.template.main", "docx"),
        ("spreadsheetml.sheet.main", "xlsx"), ("spreadsheetml.template.main", "xlsx"),
        ("presentationml.presentation.main", "pptx"), ("presentationml.slideshow.main", "pptx"),
    ],
)  # fmt: skip
def test_office_packages_by_their_content_types(main: str, format_: str, tmp_path: Path) -> None:
    found = detect(zipped(office(main)), tmp_path, "a.zip")
    assert (found.format, found.modality) == (format_, "document") and main in found.reason


def test_a_workbook_inside_a_document_does_not_make_it_a_workbook(tmp_path: Path) -> None:
    parts = {"xl/embedded.xlsx": b"PK"} | office("wordprocessingml.document.main", "word/document.xml")
    assert detect(zipped(parts), tmp_path).format == "docx"


def test_workbooks_with_macros_and_binary_ones(tmp_path: Path) -> None:
    macro = {"[Content_Types].xml": 'ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"'}
    binary = {"[Content_Types].xml": 'ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"'}
    assert detect(zipped(macro), tmp_path).format == "xlsx"
    assert detect(zipped(binary), tmp_path).format == "legacy-office"


def test_a_package_that_lost_its_directory_is_known_by_its_first_part(tmp_path: Path) -> None:
    whole = zipped(office("wordprocessingml.document.main") | {"big": bytes(range(256)) * 40})
    found = detect(whole[: len(whole) - 300], tmp_path)
    assert found.format == "docx" and "damaged" in found.reason


@pytest.mark.parametrize("kind", ["text", "spreadsheet", "presentation", "text-template"])
def test_open_document(kind: str, tmp_path: Path) -> None:
    mimetype = f"application/vnd.oasis.opendocument.{kind}"
    found = detect(zipped({"mimetype": mimetype, "content.xml": "<x/>"}), tmp_path)
    assert (found.media_type, found.format, found.modality) == (mimetype, "odf", "document")


def test_books_archives_and_packages_nobody_reads(tmp_path: Path) -> None:
    assert detect(zipped({"mimetype": "application/epub+zip", "a": ""}), tmp_path).format == "epub"
    found = detect(zipped({"a.docx": b"PK", "word/document.xml": "<x/>", "b/c.pdf": PDF}), tmp_path, "a.docx")
    assert (found.format, found.modality, found.media_type) == ("archive", None, "application/zip")
    assert detect(zipped({}), tmp_path).format == "archive"
    assert detect(b"PK\x03\x04" + b"\0" * 40, tmp_path).format == "archive"
    visio = {"[Content_Types].xml": "<Types/>", "visio/document.xml": ""}
    pages = {"Index/Document.iwa": b"x", "preview.jpg": b""}
    for parts in (visio, pages):
        found = detect(zipped(parts), tmp_path)
        assert found.format is None and found.media_type.startswith("application/vnd.")


def test_an_encrypted_open_document_is_one_all_the_same(tmp_path: Path) -> None:
    manifest = "<manifest:encryption-data/>"
    data = zipped({"mimetype": "application/vnd.oasis.opendocument.text", "META-INF/manifest.xml": manifest})
    assert detect(data, tmp_path).format == "odf"


@pytest.mark.parametrize(
    ("streams", "format_"),
    [
        (["WordDocument"], "legacy-office"), (["Workbook"], "legacy-office"), (["PowerPoint Document"], "legacy-office"),
        (["__properties_version1.0"], "msg"), (["EncryptedPackage", "EncryptionInfo"], "docx"), (["Nothing"], None),
    ],
)  # fmt: skip
def test_ole_files(streams: list[str], format_: str | None, tmp_path: Path) -> None:
    path = write_ole(tmp_path / "a", dict.fromkeys(streams, b"x" * 5000))
    assert detect_file(path, name="a.docx", settings=Settings()).format == format_


def test_a_damaged_ole_file_is_still_office(tmp_path: Path) -> None:
    found = detect(bytes.fromhex("d0cf11e0a1b11ae1") + b"\xff" * 600, tmp_path)
    assert found.format == "legacy-office" and "damaged" in found.reason


@pytest.mark.parametrize(
    ("suffix", "codec", "media_type"),
    [
        ("mp3", "libmp3lame", "audio/mpeg"), ("flac", "flac", "audio/flac"), ("ogg", "libopus", "audio/ogg"),
        ("m4a", "aac", "audio/mp4"), ("mp4", "aac", "audio/mp4"), ("mov", "aac", "audio/mp4"), ("webm", "libopus", "audio/webm"),
        ("mka", "aac", "audio/x-matroska"), ("wma", "libmp3lame", "audio/x-ms-wma"), ("aac", "aac", "audio/aac"),
        ("mp2", "mp2", "audio/mpeg"), ("aiff", "pcm_s16be", "audio/aiff"), ("au", "pcm_s16be", "audio/basic"),
        ("caf", "pcm_s16le", "audio/x-caf"),
    ],
)  # fmt: skip
def test_recordings(suffix: str, codec: str, media_type: str, tmp_path: Path) -> None:
    path = write_audio(tmp_path / f"a.{suffix}", tone(3.0), codec=codec)
    found = detect_file(path, name="a.mp4", settings=Settings())
    assert (found.media_type, found.format, found.modality) == (media_type, "audio", "audio")


def test_waves_and_tagged_mp3(tmp_path: Path) -> None:
    wave = write_wav(tmp_path / "a.wav", tone(0.1)).read_bytes()
    assert detect(wave, tmp_path).media_type == "audio/wav"
    assert detect(b"RF64" + wave[4:], tmp_path).media_type == "audio/wav"
    mp3 = write_audio(tmp_path / "a.mp3", tone(1.0), codec="libmp3lame").read_bytes()
    assert detect(with_cover_art(mp3, drawn("PNG")), tmp_path, "a.png").media_type == "audio/mpeg"
    bare = mp3[10 + int.from_bytes(mp3[6:10], "big") :] if mp3.startswith(b"ID3") else mp3
    assert detect(bare, tmp_path).reason == "starts with an MPEG audio frame"
    assert detect(b"\0" * 700 + bare, tmp_path).media_type == "audio/mpeg"
    assert detect(b"#!AMR\n" + b"\x3c" * 64, tmp_path).media_type == "audio/amr"


@pytest.mark.parametrize(
    ("suffix", "codec", "media_type"),
    [
        ("mp4", "mpeg4", "video/mp4"), ("mov", "mpeg4", "video/quicktime"), ("mkv", "mpeg4", "video/x-matroska"),
        ("webm", "libvpx", "video/webm"), ("avi", "mpeg4", "video/x-msvideo"), ("wmv", "wmv2", "video/x-ms-wmv"),
        ("ts", "mpeg2video", "video/mp2t"), ("mpg", "mpeg2video", "video/mpeg"), ("flv", "flv", "video/x-flv"),
        ("3gp", "mpeg4", "video/3gpp"),
    ],
)  # fmt: skip
def test_videos(suffix: str, codec: str, media_type: str, tmp_path: Path) -> None:
    shown = [(n / 25, picture((n * 8 % 255, 90, 30))) for n in range(26)]
    path = write_video(tmp_path / f"a.{suffix}", shown, codec=codec, ticks_a_second=25)
    found = detect_file(path, name="a.m4a", settings=Settings())
    assert (found.media_type, found.format, found.modality) == (media_type, "video", "video")


def test_ogg_with_pictures(tmp_path: Path) -> None:
    theora = b"OggS\0\2" + b"\0" * 20 + b"\1\x2a\x80theora\3\2\1" + b"\0" * 60
    assert detect(theora, tmp_path).media_type == "video/ogg"


def test_a_long_recording_in_matroska_is_no_video_for_what_its_sound_spells(tmp_path: Path) -> None:
    path = write_audio(tmp_path / "a.webm", tone(2.0), codec="libopus")
    path.write_bytes(path.read_bytes() + b"..V_..V_.." * 900)
    assert detect_file(path, name="a", settings=Settings()).modality == "audio"


def test_the_tracks_of_a_video_are_found_behind_its_pictures(tmp_path: Path) -> None:
    shown = [(n / 25, picture((n, n, n))) for n in range(5)]
    data = write_video(tmp_path / "a.mp4", shown, sound=tone(0.2)).read_bytes()
    assert data.find(b"moov") > data.find(b"mdat")
    padded = data.replace(b"\0\0\0\x08free", b"\0\x10\0\0free" + b"hdlr\0\0\0\0\0\0\0\0soun" * 65535 + b"\0" * 8, 1)
    found = detect(padded[: data.find(b"free") - 4] + padded[data.find(b"free") - 4 :], tmp_path)
    assert found.modality == "video"


def _tar(mode: str) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as tar:  # type: ignore[call-overload]
        info = tarfile.TarInfo("a.txt")
        info.size = 3
        tar.addfile(info, io.BytesIO(b"abc"))
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (gzip.compress(b"abc"), "application/gzip"), (bz2.compress(b"abc"), "application/x-bzip2"),
        (lzma.compress(b"abc"), "application/x-xz"), (_tar("w"), "application/x-tar"), (_tar("w:gz"), "application/gzip"),
    ],
)  # fmt: skip
def test_archives(data: bytes, media_type: str, tmp_path: Path) -> None:
    found = detect(data, tmp_path, "a.pdf")
    assert (found.media_type, found.format, found.modality) == (media_type, "archive", None)


@pytest.mark.parametrize(
    "data",
    [
        b"7z\xbc\xaf\x27\x1c\0\4", b"Rar!\x1a\x07\x01\0", b"\x7fELF\2\1\1\0", b"MZ\x90\0\3\0\0\0" + b"\0" * 60, b"SQLite format 3\0" * 4,
        b"%!PS-Adobe-3.0\n", b"\0\1\0\0\0\x0f", b"8BPS\0\1" + b"\0" * 30, bytes(range(256)) * 3,
    ],
)  # fmt: skip
def test_what_nobody_reads_is_named_or_unknown_with_a_reason(data: bytes, tmp_path: Path) -> None:
    found = detect(data, tmp_path, "a.txt")
    assert found.format is None and found.modality is None and len(found.reason) > 3


def test_an_empty_file(tmp_path: Path) -> None:
    found = detect(b"", tmp_path, "a.pdf")
    assert (found.media_type, found.format, found.modality) == ("application/x-empty", None, None)


@pytest.mark.parametrize(
    "text",
    [
        "MZ is how a program begins.", "BZh is not always bzip2.", "OTTO writes to Anna.", "caffeine is a drug.",
        "MAC addresses here", "ID3 tags are old.", "RIFF RAFF and more words", "The free software is here.",
        "Get moov and mdat", "OggS is a mark.", "BM is two letters, 12.", "FORM 1040 and so on and on",
        "FLV files are gone.", "GIF8 is short of it", "PK\n is not a zip", "8BPS once more", "Glory to the sync byte",
    ],
)  # fmt: skip
def test_a_text_that_begins_like_a_signature_is_a_text(text: str, tmp_path: Path) -> None:
    assert detect((text + "\n").encode() * 3, tmp_path, "a.txt").format == "text"


@pytest.mark.parametrize("make", [lambda: drawn("PNG"), lambda: PDF, lambda: zipped({"a": "b"})])
def test_every_prefix_gives_a_verdict(make: Callable[[], bytes], tmp_path: Path) -> None:
    data = make()
    for length in range(1, min(len(data), 200)):
        assert detect(data[:length], tmp_path).reason
