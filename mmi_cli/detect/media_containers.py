"""Containers of sound and pictures: which of the two is in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from ..datamodel.detection import Detection

_HEIF = {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"}
_AVIF = {b"avif", b"avis"}
_AUDIO_BRANDS = {b"M4A ", b"M4B ", b"M4P ", b"F4A ", b"F4B "}
_MOST_BOXES = 10_000
"""Boxes looked at; a file of a day in fragments has about as many, and its tracks come first."""
_CODEC_ID = re.compile(rb"\x86[\x83-\x9f]([VA])_[A-Z0-9]")
"""Matroska's element 0x86, its length, and a codec's name."""
_ASF_VIDEO = bytes.fromhex("c0ef19bc4d5bcf11a8fd00805f5c442b")


def iso_media(head: bytes, path: Path) -> Detection:
    """MP4, MOV, M4A, 3GP, HEIC, AVIF: by brand, else by the handlers of the tracks."""
    brand = head[8:12] if head[4:8] == b"ftyp" else b""
    size = int.from_bytes(head[:4], "big")
    brands = {brand, *(head[at : at + 4] for at in range(16, min(size, 256, len(head)), 4))} if brand else set()
    if brands & _AVIF:
        return _verdict("image/avif", "image", "an ISO media file with the brand avif")
    if brand in _HEIF or (brands & _HEIF and brand not in (b"isom", b"mp42")):
        return _verdict("image/heic", "image", f"an ISO media file with the brand {_shown(brand)}")
    with path.open("rb") as stream:
        handlers = set(_handlers(stream, path.stat().st_size))
    kind = "quicktime" if brand in (b"qt  ", b"") else "3gpp" if brand.startswith(b"3g") else "mp4"
    what = f"an ISO media file (brand {_shown(brand)})"
    if b"vide" in handlers:
        return _verdict(f"video/{kind}", "video", f"{what} with a video track")
    if b"soun" in handlers or brand in _AUDIO_BRANDS:
        tracks = "sound tracks only" if handlers else "the tracks were not found"
        return _verdict(f"audio/{kind if kind == '3gpp' else 'mp4'}", "audio", f"{what} with {tracks}")
    return _verdict(f"video/{kind}", "video", f"{what} without a track of video or sound that could be found")


def _handlers(stream: IO[bytes], end: int) -> Iterator[bytes]:
    """Handler type of each track: the boxes moov / trak / mdia / hdlr, by their lengths and not by search."""
    waiting = [(0, end)]
    count = 0
    while waiting:
        at, stop = waiting.pop()
        while at + 8 <= stop and count < _MOST_BOXES:
            count += 1
            stream.seek(at)
            header = stream.read(20)
            size, kind, body = int.from_bytes(header[:4], "big"), header[4:8], at + 8
            if size == 1:
                size, body = int.from_bytes(header[8:16], "big"), at + 16
            elif size == 0:
                size = stop - at
            if size < 8:
                break
            if kind in (b"moov", b"trak", b"mdia"):
                waiting.append((body, min(at + size, stop)))
            elif kind == b"hdlr":
                yield header[16:20]
            at += size


def ebml(head: bytes) -> Detection:
    """Matroska and WebM: video when a video track is declared."""
    kind = "webm" if b"webm" in head[:64] else "x-matroska"
    codecs = {match[1] for match in _CODEC_ID.finditer(head)}
    if b"V" in codecs:
        return _verdict(f"video/{kind}", "video", f"an EBML file ({kind}) with a video codec")
    if codecs:
        return _verdict(f"audio/{kind}", "audio", f"an EBML file ({kind}) with audio codecs only")
    return _verdict(f"video/{kind}", "video", f"an EBML file ({kind}); its tracks were not found")


def ogg(head: bytes) -> Detection:
    """Ogg: video when a Theora stream begins in it."""
    if b"\x80theora" in head[:4096] or b"\x01video" in head[:4096]:
        return _verdict("video/ogg", "video", "an Ogg file with a video stream")
    codec = next((name for name in (b"OpusHead", b"vorbis", b"FLAC", b"Speex") if name in head[:4096]), b"")
    return _verdict("audio/ogg", "audio", f"an Ogg file ({codec.decode() or 'unknown codec'})")


def asf(head: bytes) -> Detection:
    """ASF: WMV when a video stream is declared, else WMA."""
    if _ASF_VIDEO in head:
        return _verdict("video/x-ms-wmv", "video", "an ASF file with a video stream")
    return _verdict("audio/x-ms-wma", "audio", "an ASF file without a video stream")


def _verdict(media_type: str, modality: str, reason: str) -> Detection:
    return Detection(media_type=media_type, format=modality, modality=modality, reason=reason)  # type: ignore[arg-type]


def _shown(brand: bytes) -> str:
    return "".join(chr(byte) if 32 < byte < 127 else "." for byte in brand) or "none"
