"""Compressed RTF, as Outlook stores it (MS-OXRTFCP): LZ77 over a ring of 4 KiB that starts with common words of RTF."""

from __future__ import annotations

import struct

from ..errors import CorruptFile, LimitExceeded
from ..settings import Settings

_START = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans Serif"
    b"SymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
_RING = 4096
_COMPRESSED, _PLAIN = b"LZFu", b"MELA"


def decompress_rtf(data: bytes, settings: Settings) -> str:
    """The RTF source.

    Raises:
        CorruptFile: not compressed RTF.
        LimitExceeded: more than `max_text_chars`.
    """
    if len(data) < 16:
        raise CorruptFile("the RTF body of the message is cut off")
    _, raw_size, kind, _ = struct.unpack("<II4sI", data[:16])
    if raw_size > settings.max_text_chars:
        raise LimitExceeded(
            f"an RTF body of {raw_size:,} bytes; the limit is max_text_chars = {settings.max_text_chars:,}"
        )
    if kind == _PLAIN:
        return data[16 : 16 + raw_size].decode("cp1252", "replace")
    if kind != _COMPRESSED:
        raise CorruptFile("the RTF body of the message is compressed in an unknown way")
    ring = bytearray(_START.ljust(_RING, b"\0"))
    write = len(_START)
    output = bytearray()
    position = 16
    while position < len(data) and len(output) < raw_size:
        control = data[position]
        position += 1
        for bit in range(8):
            if position >= len(data) or len(output) >= raw_size:
                break
            if not control >> bit & 1:
                output.append(data[position])
                ring[write] = data[position]
                write = (write + 1) % _RING
                position += 1
                continue
            if position + 1 >= len(data):
                position = len(data)
                break
            reference = data[position] << 8 | data[position + 1]
            position += 2
            offset, length = reference >> 4, (reference & 0xF) + 2
            if offset == write:  # the end mark
                return output.decode("cp1252", "replace")
            for _ in range(length):
                byte = ring[offset]
                output.append(byte)
                ring[write] = byte
                write, offset = (write + 1) % _RING, (offset + 1) % _RING
    return output[:raw_size].decode("cp1252", "replace")
