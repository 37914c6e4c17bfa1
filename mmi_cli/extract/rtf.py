"""Rich Text Format: paragraphs, tables and pictures; also used for the bodies of Outlook messages."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path

from ..datamodel.content import Content
from ..errors import CorruptFile
from .decoding import read_bytes
from .embedded import add_embedded
from .flow_text import FlowWriter
from .interface import ExtractContext

# striprtf writes cells and rows as `|` and newline, which text has as well; a private character before each tells them apart.
_CELL, _ROW, _TABLE = "\ue0c0", "\ue0c1", "\ue0c2"
_CELL_WORD = re.compile(r"\\(?:nest)?cell(?![a-z])")
_ROW_WORD = re.compile(r"\\row(?![a-z])")
_TABLE_WORD = re.compile(r"\\trowd(?![a-z])")
# Destinations that striprtf leaves out and a reader sees. As text in place they are not lost.
_SEEN_DESTINATION = re.compile(
    r"\\(?:footnote|headerl|headerr|headerf|header|footerl|footerr|footerf|footer|shptxt)(?![a-z])"
)
_SYMBOL_BULLETS = {0xF0B7: "•", 0xF0A7: "•", 0xF02D: "-", 0xF0D8: "•"}
"""Bullets of the Symbol and Wingdings fonts, which lie in the private use area."""
_MARKER = re.compile(r"\s*([•·▪o–-]|\(?[0-9A-Za-z]{1,4}[.)])\t\s*")
_NO_CHARACTER = re.compile(r"\\u-?\d{6,}")
_PICTURE = re.compile(r"\\(pngblip|jpegblip)\b")
_HEX = re.compile(r"\s+([0-9A-Fa-f\s]{64,})")
_PICTURE_DATA = re.compile(r"(?<![0-9A-Fa-f])(?:(?:[0-9A-Fa-f]{32,}+\s*+){8,}+|[0-9A-Fa-f]{256,}+)")
"""Megabytes that would be looked at letter by letter only to be left out. Nothing is given back: that would take minutes."""
_TITLE = re.compile(r"\{\\title ([^{}\\]{1,300})\}")


def extract(path: Path, context: ExtractContext) -> Content:
    """Reads a document.

    Raises:
        CorruptFile: not RTF.
        LimitExceeded: more than `max_text_chars` or `max_cells`.
    """
    data = read_bytes(path, context.settings)
    if not data.lstrip().startswith(b"{\\rtf"):
        raise CorruptFile(f"{context.name}: does not begin with {{\\rtf")
    flow = FlowWriter(context.settings)
    source = data.decode("cp1252", "replace")
    if title := _TITLE.search(source):
        flow.builder.add_metadata("title", title.group(1))
    add_rtf(flow, source)
    for number, (extension, picture) in enumerate(_pictures(source), start=1):
        add_embedded(flow, context, f"picture{number}.{extension}", picture)
    return flow.builder.build()


def add_rtf(flow: FlowWriter, source: str) -> None:
    """Adds the paragraphs and tables of an RTF source.

    Raises:
        CorruptFile: control words with values that cannot be.
    """
    from striprtf.striprtf import rtf_to_text

    source = _PICTURE_DATA.sub("", source)
    source = _CELL_WORD.sub(lambda match: f"\\u{ord(_CELL)}{match.group()}", source)
    source = _ROW_WORD.sub(lambda match: f"\\u{ord(_ROW)}{match.group()}", source)
    source = _TABLE_WORD.sub(lambda match: f"\\u{ord(_TABLE)}{match.group()}", source)
    source = _SEEN_DESTINATION.sub(r"\\par ", _NO_CHARACTER.sub("", source))
    # striprtf looks for links with a pattern that takes minutes on some sources; apart from this brace it finds none.
    source = source.replace("{\\field{", "{\\field {")
    try:
        text = rtf_to_text(source, errors="replace")
    except (ValueError, LookupError, TypeError, OverflowError) as error:
        raise CorruptFile(f"damaged RTF: {error}") from None
    # Pairs of surrogates come as two escapes.
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    rows: list[list[str]] = []
    *chunks, rest = text.split(f"{_ROW}\n")
    for chunk in chunks:
        start = chunk.find(_TABLE) if _TABLE in chunk.partition(_CELL)[0] else 0
        if before := chunk[:start].strip():
            _add_table(flow, rows)
            rows = []
            _add_lines(flow, before)
        rows.append([cell.strip() for cell in chunk[start:].replace(_TABLE, "").split(f"{_CELL}|")[:-1]])
    _add_table(flow, rows)
    _add_lines(flow, rest.replace(_TABLE, "").replace(f"{_CELL}|", "\t"))


def _add_lines(flow: FlowWriter, text: str) -> None:
    for line in text.translate(_SYMBOL_BULLETS).splitlines():
        if marker := _MARKER.match(line):
            flow.add("list_item", line[marker.end() :], label=marker.group(1))
        else:
            flow.add("paragraph", line)


def _add_table(flow: FlowWriter, rows: list[list[str]]) -> None:
    width = max(map(len, rows), default=0)
    flow.add_table([row + [""] * (width - len(row)) for row in rows])


def _pictures(source: str) -> Iterator[tuple[str, bytes]]:
    """Bitmaps written in hexadecimal: extension and bytes."""
    matches = list(_PICTURE.finditer(source))
    end = 0
    for match, following in zip_longest(matches, matches[1:]):
        if end < match.end() and (end := source.find("}", match.end())) < 0:
            return
        digits = _HEX.search(source, match.end(), min(end, following.start() if following else end))
        if digits is None:
            continue
        try:
            data = binascii.unhexlify("".join(digits.group(1).split()))
        except (binascii.Error, ValueError):
            continue
        yield "png" if match.group(1) == "pngblip" else "jpg", data
