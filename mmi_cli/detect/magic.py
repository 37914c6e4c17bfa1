"""Formats that are known by their first bytes, and the look into containers that hold several formats."""

from __future__ import annotations

import re
from pathlib import Path

from ..datamodel.detection import Detection, Modality
from .media_containers import asf, ebml, iso_media, ogg
from .mpeg import mpeg_audio, transport_stream
from .office_containers import ole, zip_container

_PDF_WINDOW = 1024  # PDF readers accept that much junk before the header
_PDF_HEADER = re.compile(rb"%PDF-(\d\.\d)?")
_PDF_WORDS = (b" obj", b"endobj", b"/Type", b"trailer", b"startxref", b"endstream")
_PDF_OBJECT = re.compile(rb"\b\d{1,10} \d{1,5} obj\b")
_BINARY = re.compile(rb"[\x00-\x06\x0e-\x1a\x1c-\x1f]")
_CLEAR_STARTS = (
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"PK\x03\x04",
    b"II*\0",
    b"MM\0*",
    b"From ",
    b"Return-Path:",
    b"Received:",
)
_ISO_BOXES = frozenset((b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"))
_BITMAP_HEADERS = (12, 40, 52, 56, 64, 108, 124)


def verdict(media_type: str, format_: str | None, modality: Modality | None, reason: str) -> Detection:
    """A detection without an encoding."""
    return Detection(media_type=media_type, format=format_, modality=modality, reason=reason)


_SIMPLE: tuple[tuple[bytes, int, str, str | None, Modality | None, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", 0, "image/png", "image", "image", "the PNG signature"),
    (b"\xff\xd8\xff", 0, "image/jpeg", "image", "image", "the JPEG start of image"),
    (b"GIF87a", 0, "image/gif", "image", "image", "GIF87a"),
    (b"GIF89a", 0, "image/gif", "image", "image", "GIF89a"),
    (b"II*\0", 0, "image/tiff", "image", "image", "a little-endian TIFF header"),
    (b"MM\0*", 0, "image/tiff", "image", "image", "a big-endian TIFF header"),
    (b"II+\0", 0, "image/tiff", "image", "image", "a BigTIFF header"),
    (b"MM\0+", 0, "image/tiff", "image", "image", "a BigTIFF header"),
    (b"\0\0\0\x0cjP  \r\n\x87\n", 0, "image/jp2", "image", "image", "a JPEG 2000 box"),
    (b"\xff\x4f\xff\x51", 0, "image/jp2", "image", "image", "a JPEG 2000 codestream"),
    (b"fLaC", 0, "audio/flac", "audio", "audio", "fLaC"),
    (b"#!AMR", 0, "audio/amr", "audio", "audio", "#!AMR"),
    (b"FORM", 0, "audio/aiff", "audio", "audio", "an IFF form"),
    (b".snd", 0, "audio/basic", "audio", "audio", ".snd"),
    (b"caff", 0, "audio/x-caf", "audio", "audio", "caff"),
    (b"MAC ", 0, "audio/x-ape", "audio", "audio", "MAC"),
    (b"wvpk", 0, "audio/x-wavpack", "audio", "audio", "wvpk"),
    (b"FLV\x01", 0, "video/x-flv", "video", "video", "FLV"),
    (b"\0\0\x01\xba", 0, "video/mpeg", "video", "video", "an MPEG program stream"),
    (b"\0\0\x01\xb3", 0, "video/mpeg", "video", "video", "an MPEG video sequence"),
    (b"\x1f\x8b\x08", 0, "application/gzip", "archive", None, "the gzip magic"),
    (b"BZh", 0, "application/x-bzip2", "archive", None, "BZh"),
    (b"\xfd7zXZ\0", 0, "application/x-xz", "archive", None, "the xz magic"),
    (b"ustar", 257, "application/x-tar", "archive", None, "ustar at byte 257"),
    (b"7z\xbc\xaf\x27\x1c", 0, "application/x-7z-compressed", None, None, "the 7z signature; 7z is not read: unpack it and read its files"),
    (b"Rar!\x1a\x07", 0, "application/vnd.rar", None, None, "Rar!; RAR is not read: unpack it and read its files"),
    (b"{\\rtf", 0, "application/rtf", "rtf", "document", "{\\rtf"),
    (b"\x7fELF", 0, "application/x-elf", None, None, "an ELF program"),
    (b"MZ", 0, "application/x-msdownload", None, None, "a DOS or Windows program"),
    (b"SQLite format 3\0", 0, "application/vnd.sqlite3", None, None, "a SQLite database"),
    (b"%!PS", 0, "application/postscript", None, None, "PostScript"),
    (b"\xd7\xcd\xc6\x9a", 0, "image/wmf", None, None, "a Windows metafile"),
    (b" EMF", 40, "image/emf", None, None, "a Windows enhanced metafile"),
    (b"\xff\x0a", 0, "image/jxl", None, None, "a JPEG XL codestream; JPEG XL is not read"),
    (b"\0\0\0\x0cJXL ", 0, "image/jxl", None, None, "a JPEG XL box; JPEG XL is not read"),
    (b"AT&TFORM", 0, "image/vnd.djvu", None, None, "AT&TFORM; DjVu is not read"),
    (b"8BPS", 0, "image/vnd.adobe.photoshop", None, None, "8BPS"),
    (b"\0asm", 0, "application/wasm", None, None, "WebAssembly"),
    (b"OTTO", 0, "font/otf", None, None, "an OpenType font"),
    (b"\0\x01\0\0\0", 0, "font/ttf", None, None, "a TrueType font"),
    (b"wOF2", 0, "font/woff2", None, None, "wOF2"),
    (b"wOFF", 0, "font/woff", None, None, "wOFF"),
)  # fmt: skip


_WORDS = frozenset((b"FORM", b".snd", b"caff", b"MAC ", b"wvpk", b"BZh", b"MZ", b"OTTO", b"8BPS", b"fLaC", b" EMF"))
"""Signatures that may as well begin a text; a binary file has control characters soon."""


def by_magic(head: bytes, path: Path) -> Detection | None:
    """The verdict on a binary format; None when its first bytes say nothing."""
    if (pdf := _pdf(head)) is not None:
        return pdf
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return zip_container(path)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return ole(path)
    is_binary = _BINARY.search(head[:256]) is not None
    if is_binary and head[4:8] in _ISO_BOXES and len(head) >= 12:
        return iso_media(head, path)
    if is_binary and head[:4] in (b"RIFF", b"RF64", b"RIFX"):
        return _riff(head)
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return ebml(head)
    if is_binary and head.startswith(b"OggS"):
        return ogg(head)
    if head.startswith(b"\x30\x26\xb2\x75\x8e\x66\xcf\x11"):
        return asf(head)
    if head.startswith(b"BM") and int.from_bytes(head[14:18], "little") in _BITMAP_HEADERS and len(head) >= 26:
        return verdict("image/bmp", "image", "image", "starts with BM and a bitmap header")
    for signature, offset, media_type, format_, modality, what in _SIMPLE:
        if head.startswith(signature, offset):
            if signature == b"FORM" and head[8:12] not in (b"AIFF", b"AIFC"):
                continue
            if not is_binary and signature in _WORDS:
                continue
            return verdict(media_type, format_, modality, f"starts with {what}" if offset == 0 else what)
    found = mpeg_audio(head) or transport_stream(head) if is_binary else None
    return found or _headless_pdf(head)


def _pdf(head: bytes) -> Detection | None:
    match = _PDF_HEADER.search(head, 0, _PDF_WINDOW)
    if match is None:
        return None
    # Junk may stand before the header, but a text that names it is no PDF, and a picture that hides one is a picture.
    if match.start() and (head.startswith(_CLEAR_STARTS) or not any(word in head for word in _PDF_WORDS)):
        return None
    version = (match[1] or b"?").decode()
    return verdict("application/pdf", "pdf", "document", f"%PDF-{version} at byte {match.start()}")


def _headless_pdf(head: bytes) -> Detection | None:
    if sum(word in head for word in _PDF_WORDS) >= 3 and _PDF_OBJECT.search(head):
        return verdict("application/pdf", "pdf", "document", "objects of a PDF whose header is missing or damaged")
    return None


def _riff(head: bytes) -> Detection:
    kind = head[8:12]
    if kind == b"WEBP":
        return verdict("image/webp", "image", "image", "RIFF with a WEBP form")
    if kind == b"AVI ":
        return verdict("video/x-msvideo", "video", "video", "RIFF with an AVI form")
    if kind == b"WAVE":
        return verdict("audio/wav", "audio", "audio", f"{head[:4].decode()} with a WAVE form")
    return verdict("application/octet-stream", None, None, f"RIFF with an unknown form {kind!r}")
