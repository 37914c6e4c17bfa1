"""Containers of sound and pictures: which of the two is in them."""

from __future__ import annotations

from pathlib import Path

from ..datamodel.detection import Detection

_HEIF = {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"}
_AVIF = {b"avif", b"avis"}
_AUDIO_BRANDS = {b"M4A ", b"M4B ", b"M4P ", b"F4A ", b"F4B "}
_SEARCH_BYTES = 4_000_000


def iso_media(head: bytes, path: Path) -> Detection:
    """MP4, MOV, M4A, 3GP, HEIC, AVIF: by brand, else by the handlers of the tracks."""
    brand = head[8:12] if head[4:8] == b"ftyp" else b""
    size = int.from_bytes(head[:4], "big")
    brands = {brand, *(head[at : at + 4] for at in range(16, min(size, 256, len(head)), 4))} if brand else set()
    if brands & _AVIF:
        return _verdict("image/avif", "image", "an ISO media file with the brand avif")
    if brand in _HEIF or (brands & _HEIF and brand not in (b"isom", b"mp42")):
        return _verdict("image/heic", "image", f"an ISO media file with the brand {_shown(brand)}")
    if brand in _AUDIO_BRANDS:
        return _verdict("audio/mp4", "audio", f"an ISO media file with the brand {_shown(brand)}")
    handlers = _handlers(path)
    if b"vide" in handlers:
        media_type = "video/quicktime" if brand in (b"qt  ", b"") else "video/mp4"
        return _verdict(media_type, "video", f"an ISO media file (brand {_shown(brand)}) with a video track")
    if b"soun" in handlers:
        return _verdict("audio/mp4", "audio", f"an ISO media file (brand {_shown(brand)}) with sound tracks only")
    return _verdict("video/mp4", "video", f"an ISO media file (brand {_shown(brand)}); its tracks were not found")


def _handlers(path: Path) -> set[bytes]:
    """Handler types of the tracks, from the boxes at the beginning and the end of the file."""
    with path.open("rb") as stream:
        data = stream.read(_SEARCH_BYTES)
        stream.seek(0, 2)
        if stream.tell() > len(data):
            stream.seek(max(len(data), stream.tell() - _SEARCH_BYTES))
            data += stream.read()
    found = set()
    at = data.find(b"hdlr")
    while at >= 0:
        found.add(data[at + 12 : at + 16])
        at = data.find(b"hdlr", at + 4)
    return found


def ebml(head: bytes) -> Detection:
    """Matroska and WebM: video when a video track is declared."""
    kind = "webm" if b"webm" in head[:64] else "x-matroska"
    if b"V_" in head:
        return _verdict(f"video/{kind}", "video", f"an EBML file ({kind}) with a video codec")
    if b"A_" in head:
        return _verdict(f"audio/{kind}", "audio", f"an EBML file ({kind}) with audio codecs only")
    return _verdict(f"video/{kind}", "video", f"an EBML file ({kind}); its tracks were not found")


def ogg(head: bytes) -> Detection:
    """Ogg: video when a Theora stream begins in it."""
    if b"theora" in head[:4096]:
        return _verdict("video/ogg", "video", "an Ogg file with a Theora stream")
    codec = next((name for name in (b"OpusHead", b"vorbis", b"FLAC", b"Speex") if name in head[:4096]), b"")
    return _verdict("audio/ogg", "audio", f"an Ogg file ({codec.decode() or 'unknown codec'})")


def asf(head: bytes) -> Detection:
    """ASF: WMV when a video stream is declared, else WMA."""
    if b"\xc0\xef\x19\xbc\x4d\x5b\xcf\x11\xa8\xfd\x00\x80\x5f\x5c\x44\x2b" in head:
        return _verdict("video/x-ms-wmv", "video", "an ASF file with a video stream")
    return _verdict("audio/x-ms-wma", "audio", "an ASF file without a video stream")


def _verdict(media_type: str, modality: str, reason: str) -> Detection:
    return Detection(media_type=media_type, format=modality, modality=modality, reason=reason)  # type: ignore[arg-type]


def _shown(brand: bytes) -> str:
    return "".join(chr(byte) if 32 < byte < 127 else "." for byte in brand) or "none"
