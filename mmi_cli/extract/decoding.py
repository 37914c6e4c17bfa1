"""Bytes → text: byte order marks, UTF-16 without one, UTF-8, then what a file declares or what its letters look like."""

from __future__ import annotations

import codecs
from pathlib import Path

from ..errors import LimitExceeded
from ..settings import Settings

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark is its beginning
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Enough to tell an alphabet; charset-normalizer takes seconds for megabytes.
_SAMPLE_BYTES = 64_000
# What turns up in real files. The long tail of code pages (EBCDIC, old Macs) mostly turns up as a wrong guess.
_LEGACY = [
    "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp874", "koi8_r", "iso8859_2",
    "iso8859_5", "cp437", "cp850", "cp866", "cp932", "euc_jp", "iso2022_jp", "gb18030", "big5", "euc_kr", "mac_roman",
]  # fmt: skip


def read_bytes(path: Path, settings: Settings) -> bytes:
    """The bytes of a text file.

    Raises:
        LimitExceeded: even at four bytes a character it holds more than `max_text_chars`.
    """
    size = path.stat().st_size
    if size > 4 * settings.max_text_chars:
        raise LimitExceeded(
            f"{size:,} bytes of text; the limit is max_text_chars = {settings.max_text_chars:,} characters"
        )
    return path.read_bytes()


def decode_text(data: bytes, declared: str | None = None) -> tuple[str, str]:
    """Text and the name of the encoding it was read with; never raises, undecodable bytes become U+FFFD.

    Args:
        declared: what the file or its envelope says; believed only where marks and UTF-8 do not fit.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, "replace"), encoding
    if wide := _wide_encoding(data[:4096]):
        return data.decode(wide, "replace"), wide
    if b"\x1b$" in data:  # the escapes of 7-bit Japanese and Korean; else it would pass as ASCII
        for name in ("iso2022_jp_2", "iso2022_kr"):
            if decoded := _decode(data, name):
                return decoded
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    if declared and (decoded := _decode(data, declared)):
        return decoded
    encoding = _guess(data)
    return data.decode(encoding, "replace"), encoding


def _decode(data: bytes, encoding: str) -> tuple[str, str] | None:
    # A file that says latin-1 or ASCII means Windows-1252, as browsers have it.
    name = {
        "iso-8859-1": "cp1252",
        "latin-1": "cp1252",
        "latin1": "cp1252",
        "us-ascii": "cp1252",
        "ascii": "cp1252",
    }.get(encoding.lower(), encoding)
    try:
        if not codecs.lookup(name)._is_text_encoding:
            return None
        return data.decode(name), name
    except (LookupError, ValueError):
        return None


def _wide_encoding(head: bytes) -> str | None:
    """UTF-16 or UTF-32 without a mark: NULs stand on one side of the (mostly Latin) letters."""
    if head.count(0) * 5 < len(head) or len(head) < 4:
        return None
    counts = [head[start::4].count(0) for start in range(4)]
    quarter = len(head) / 4
    if min(counts[1:]) > 0.9 * quarter:
        return "utf-32-le"
    if min(counts[:3]) > 0.9 * quarter:
        return "utf-32-be"
    odd, even = counts[1] + counts[3], counts[0] + counts[2]
    if odd > 4 * even:
        return "utf-16-le"
    return "utf-16-be" if even > 4 * odd else None


def _guess(data: bytes) -> str:
    from charset_normalizer import from_bytes

    # Pure ASCII lines say nothing of the alphabet; lines with other bytes say all of it.
    telling = b"\n".join(line for line in data[: 16 * _SAMPLE_BYTES].split(b"\n") if not line.isascii())
    matches = from_bytes(telling[:_SAMPLE_BYTES], cp_isolation=_LEGACY, preemptive_behaviour=False)
    best = matches.best()
    if best is None:
        return "cp1252"
    western = next((match for match in matches if "cp1252" in (match.encoding, *match.could_be_from_charset)), None)
    # On a few accented words every Latin code page looks alike, so the most common one has the benefit of the doubt.
    if western is not None and western.chaos <= best.chaos + 0.02 and western.coherence >= best.coherence - 0.02:
        letters = set(str(western))
        # ğ, ı and ş of Turkish stand where Icelandic has ð, ý and þ; Icelandic cannot do without accented vowels.
        return "cp1254" if letters & set("ðýþÐÝÞ") and not letters & set("áéíóúæ") else "cp1252"
    return str(best.encoding)
