"""MPEG streams, which have no signature but a beat: frames and packets that follow one another."""

from __future__ import annotations

from ..datamodel.detection import Detection

# kbit/s by the four bits of a frame header; 0 and 15 are not used. MPEG-1 layers II and III, MPEG-2 layers II and III.
_BITRATES = {
    (1, 2): (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (1, 3): (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (2, 2): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (2, 3): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_RATES_HZ = {0: (11025, 12000, 8000), 2: (22050, 24000, 16000), 3: (44100, 48000, 32000)}
_PADDING_BYTES = 4096


def mpeg_audio(head: bytes) -> Detection | None:
    """MP3 with or without an ID3 tag, MP2, and AAC in ADTS frames."""
    if head.startswith(b"ID3") and len(head) > 10 and head[3] < 5:
        return _audio("audio/mpeg", "starts with an ID3 tag")
    start = min(len(head) - len(head.lstrip(b"\0")), _PADDING_BYTES)
    for kind, measure in (("audio/mpeg", _mpeg_frame_bytes), ("audio/aac", _adts_frame_bytes)):
        first = measure(head, start)
        if first is None:
            continue
        following = start + first
        # One header may be chance, so the next frame must stand where the first one ends.
        if following + 4 > len(head) or measure(head, following) is not None:
            what = "an MPEG audio frame" if kind == "audio/mpeg" else "an AAC frame (ADTS)"
            return _audio(kind, f"starts with {what}")
    return None


def transport_stream(head: bytes) -> Detection | None:
    """An MPEG transport stream: a sync byte every 188 bytes, or every 192 with a time before each."""
    for start, packet in ((0, 188), (4, 192)):
        marks = head[start : start + 5 * packet : packet]
        if len(marks) >= 3 and set(marks) == {0x47}:
            reason = f"sync bytes every {packet} bytes: an MPEG transport stream"
            return Detection(media_type="video/mp2t", format="video", modality="video", reason=reason)
    return None


def _audio(media_type: str, reason: str) -> Detection:
    return Detection(media_type=media_type, format="audio", modality="audio", reason=reason)


def _mpeg_frame_bytes(data: bytes, at: int) -> int | None:
    """Length of the MPEG audio frame whose header is at `at`; None when there is none. Layer I, extinct, is a UTF-16 mark."""
    header = data[at : at + 4]
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE0 != 0xE0:
        return None
    version, layer = header[1] >> 3 & 3, 4 - (header[1] >> 1 & 3)
    rate, frequency, padding = header[2] >> 4, header[2] >> 2 & 3, header[2] >> 1 & 1
    if version == 1 or layer not in (2, 3) or rate in (0, 15) or frequency == 3:
        return None
    bits_per_s = 1000 * _BITRATES[1 if version == 3 else 2, layer][rate - 1]
    samples = 576 if layer == 3 and version != 3 else 1152
    return samples // 8 * bits_per_s // _RATES_HZ[version][frequency] + padding


def _adts_frame_bytes(data: bytes, at: int) -> int | None:
    header = data[at : at + 7]
    if len(header) < 7 or header[0] != 0xFF or header[1] & 0xF6 != 0xF0 or header[2] >> 2 & 15 > 12:
        return None
    length = (header[3] & 3) << 11 | header[4] << 3 | header[5] >> 5
    return length if length > 7 else None
