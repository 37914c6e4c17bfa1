"""CSV and TSV: encoding and dialect detected, every value with its cell."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path, PurePath

from ..datamodel.content import Content
from ..datamodel.content_builder import ContentBuilder
from ..errors import CorruptFile
from .decoding import decode_text, read_bytes
from .flow_text import TextLimits
from .interface import ExtractContext
from .sheet_table import SheetWriter

_DELIMITERS = ",;\t|"
_SAMPLE_LINES = 200


def extract(path: Path, context: ExtractContext) -> Content:
    """Reads a table of text; the sheet of its cells is the stem of the file's name.

    Raises:
        CorruptFile: a quoted value that never ends swallows the rest.
        LimitExceeded: more than `max_text_chars` or `max_cells`.
    """
    text, encoding = decode_text(read_bytes(path, context.settings), context.detection.encoding)
    builder = ContentBuilder()
    builder.add_metadata("encoding", encoding)
    writer = SheetWriter(builder, TextLimits(context.settings), sheet=PurePath(context.name).stem or "csv")
    try:
        for number, row in enumerate(_rows(text), start=1):
            writer.add_row(number, [(column, value) for column, value in enumerate(row, start=1) if value.strip()])
    except csv.Error as error:
        raise CorruptFile(f"{context.name}: not a readable CSV: {error}") from None
    writer.close()
    return builder.build()


def _rows(text: str) -> Iterator[list[str]]:
    csv.field_size_limit(max(csv.field_size_limit(), 1_000_000))
    first, _, rest = text.partition("\n")
    if first.lower().startswith("sep=") and len(first.strip()) == 5:  # Excel's own line
        return csv.reader(io.StringIO(rest, newline=""), delimiter=first[4])
    return csv.reader(io.StringIO(text, newline=""), delimiter=find_delimiter(text), skipinitialspace=True)


def find_delimiter(text: str) -> str:
    """The delimiter that cuts the first lines into the most alike rows of more than one cell; a comma if none does."""
    lines = text.split("\n", _SAMPLE_LINES)[:_SAMPLE_LINES]
    sample = "\n".join(lines)[:100_000]
    best, best_score = ",", 0.0
    for delimiter in _DELIMITERS:
        try:
            widths = [len(row) for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter) if row]
        except csv.Error:
            continue
        if not widths:
            continue
        usual = max(set(widths), key=lambda width: (widths.count(width), width))
        if usual < 2:
            # a title above the table is one cell wide; look at the rest
            wide = [width for width in widths if width > 1]
            score = 0.4 * len(wide) / len(widths)
        else:
            score = widths.count(usual) / len(widths) + 0.01 * min(usual, 20)
        if score > best_score:
            best, best_score = delimiter, score
    return best
