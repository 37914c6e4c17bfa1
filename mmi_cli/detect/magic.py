"""Formats that are known by their first bytes, and the look into containers that hold several formats."""

from __future__ import annotations

import re
from pathlib import Path

from ..datamodel.detection import Detection, Modality
from .media_containers import asf, ebml, iso_media, ogg
from .office_containers import ole, zip_container

_PDF_WINDOW = 1024  # PDF readers accept that much junk before the header


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
    (b"7z\xbc\xaf\x27\x1c", 0, "application/x-7z-compressed", None, None, "the 7z signature; 7z archives are not read"),
    (b"Rar!\x1a\x07", 0, "application/vnd.rar", None, None, "Rar!; RAR archives are not read"),
    (b"{\\rtf", 0, "application/rtf", "rtf", "document", "{\\rtf"),
    (b"\x7fELF", 0, "application/x-elf", None, None, "an ELF program"),
    (b"MZ", 0, "application/x-msdownload", None, None, "a DOS or Windows program"),
    (b"SQLite format 3\0", 0, "application/vnd.sqlite3", None, None, "a SQLite database"),
    (b"%!PS", 0, "application/postscript", None, None, "PostScript"),
    (b"\xd7\xcd\xc6\x9a", 0, "image/wmf", None, None, "a Windows metafile"),
    (b"8BPS", 0, "image/vnd.adobe.photoshop", None, None, "8BPS"),
    (b"\0asm", 0, "application/wasm", None, None, "WebAssembly"),
    (b"OTTO", 0, "font/otf", None, None, "an OpenType font"),
    (b"\0\x01\0\0\0", 0, "font/ttf", None, None, "a TrueType font"),
    (b"wOF2", 0, "font/woff2", None, None, "wOF2"),
    (b"wOFF", 0, "font/woff", None, None, "wOFF"),
)  # fmt: skip


def by_magic(head: bytes, path: Path) -> Detection | None:
    """The verdict on a binary format; None when its first bytes say nothing."""
    at = head.find(b"%PDF-", 0, _PDF_WINDOW)
    if at >= 0 and not head.startswith((b"\x89PNG", b"\xff\xd8\xff", b"PK\x03\x04", b"From ", b"Return-Path")):
        version = head[at + 5 : at + 8].decode("latin-1")
        version = version if re.fullmatch(r"\d\.\d", version) else "?"
        return verdict("application/pdf", "pdf", "document", f"%PDF-{version} at byte {at}")
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return zip_container(path)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return ole(path)
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot") and len(head) >= 12:
        return iso_media(head, path)
    if head[:4] == b"RIFF":
        return _riff(head)
    if head.startswith(b"RF64") and head[8:12] == b"WAVE":
        return verdict("audio/wav", "audio", "audio", "an RF64 wave file")
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return ebml(head)
    if head.startswith(b"OggS"):
        return ogg(head)
    if head.startswith(b"\x30\x26\xb2\x75\x8e\x66\xcf\x11"):
        return asf(head)
    if (
        head.startswith(b"BM")
        and len(head) >= 26
        and int.from_bytes(head[14:18], "little") in (12, 40, 52, 56, 64, 108, 124)
    ):
        return verdict("image/bmp", "image", "image", "BM and a bitmap header")
    for signature, offset, media_type, format_, modality, what in _SIMPLE:
        if head.startswith(signature, offset):
            if signature == b"FORM" and head[8:12] not in (b"AIFF", b"AIFC"):
                continue
            if signature == b"MZ" and len(head) < 64:
                continue
            return verdict(media_type, format_, modality, f"starts with {what}" if offset == 0 else what)
    return _mpeg_audio(head) or _transport_stream(head)


def _riff(head: bytes) -> Detection:
    kind = head[8:12]
    if kind == b"WEBP":
        return verdict("image/webp", "image", "image", "RIFF with a WEBP form")
    if kind == b"AVI ":
        return verdict("video/x-msvideo", "video", "video", "RIFF with an AVI form")
    if kind == b"WAVE":
        return verdict("audio/wav", "audio", "audio", "RIFF with a WAVE form")
    return verdict("application/octet-stream", None, None, f"RIFF with an unknown form {kind!r}")


def _mpeg_audio(head: bytes) -> Detection | None:
    if head.startswith(b"ID3") and len(head) > 10:
        return verdict("audio/mpeg", "audio", "audio", "starts with an ID3 tag")
    if len(head) > 4 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0:
        if head[1] & 0xF6 == 0xF0:
            return verdict("audio/aac", "audio", "audio", "starts with an ADTS frame")
        layer, rate, frequency = head[1] >> 1 & 3, head[2] >> 4, head[2] >> 2 & 3
        if layer and rate not in (0, 15) and frequency != 3:
            return verdict("audio/mpeg", "audio", "audio", "starts with an MPEG audio frame")
    return None


def _transport_stream(head: bytes) -> Detection | None:
    for start, packet in ((0, 188), (4, 192)):
        marks = [head[at : at + 1] for at in range(start, min(len(head), start + 5 * packet), packet)]
        if len(marks) >= 3 and all(mark == b"G" for mark in marks):
            return verdict("video/mp2t", "video", "video", f"sync bytes every {packet} bytes: an MPEG transport stream")
    return None
