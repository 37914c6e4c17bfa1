"""What one file shows: labels with values beside them, and tables with headings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ..datamodel.content import Block, Content, Table
from ..fill.candidates import Candidate
from ..fill.pairs import looks_like_label
from ..fill.reading import Reading
from ..fill.segments import Segment
from .kinds import KINDS, ValueKind, kind_of

_LABEL = re.compile(r"[^\W\d_][^\d:：=|]{0,38}[^\s\d:：=|,;]?[.#°№º]?|[^\W\d_]{1,12}")
_INSIDE = re.compile(r"\s*[:：=]\s*")
_NO_LABEL = re.compile(r"https?$|\b(?:am|pm|re|fw|fwd|ps|note|nb|hinweis)$", re.IGNORECASE)
_CURRENCIES = frozenset(
    {"EUR", "USD", "GBP", "CHF", "RM", "INR", "MYR", "JPY", "CNY", "SEK", "NOK", "DKK", "PLN", "CAD", "AUD"}
)
_MOST_LABEL_WORDS, _MOST_VALUE_CHARS, _MOST_VALUE_WORDS = 6, 90, 12
_LEAST_ROWS = 2
"""Of a table, its headings among them."""
_MOST_ROWS = 400


class Pair(NamedTuple):
    """A label and the value beside it."""

    label: str
    """As it stands in the file, without its colon."""
    value: str
    kind: ValueKind
    is_marked: bool
    """A colon, a form or a cell says that it is a label."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a table."""

    heading: str
    values: tuple[tuple[str, ValueKind], ...]
    """Of the cells that hold something, in their order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """A table with headings."""

    name: str | None
    """Of its sheet."""
    columns: tuple[Column, ...]
    count: int
    """Rows below the headings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What one file shows."""

    pairs: tuple[Pair, ...]
    tables: tuple[Rows, ...]
    identifiers: tuple[tuple[str, str], ...] = ()
    """(kind, text) of every address of mail or web, account and tax number, wherever it stands."""


IDENTIFIERS = frozenset({"email", "url", "iban", "vat"})


def see(content: Content) -> Seen:
    """The labels and tables of a content."""
    reading = Reading(content, None)
    candidates = reading.candidates(KINDS)
    in_tables = [_words(content, content.blocks[table.block]) for table in content.tables]
    tables, taken = [], []
    pairs = list(_form_fields(content, reading, candidates))
    for table, span in zip(content.tables, in_tables, strict=True):
        rows = _rows(content, reading, table, candidates)
        if rows is not None:
            tables.append(rows)
            taken.append(span)
        else:
            found = list(_pairs_of_rows(content, reading, table, candidates))
            if found:
                taken.append(span)
            pairs += found
    segments = [
        segment for segment in reading.segments.all if not any(begin <= segment.start < end for begin, end in taken)
    ]
    pairs += _pairs_of_segments(reading, segments, candidates)
    named = tuple((each.detector, each.text) for each in reading.candidates(IDENTIFIERS) if not each.is_ambiguous)
    return Seen(pairs=tuple(pairs), tables=tuple(tables), identifiers=named)


def _words(content: Content, block: Block) -> tuple[int, int]:
    if block.first >= block.last:
        return 0, 0
    end = content.words[block.last - 1]
    return content.words[block.first].offset, end.offset + len(end.text)


def _form_fields(content: Content, reading: Reading, candidates: Sequence[Candidate]) -> Iterator[Pair]:
    for block in content.blocks:
        if block.kind == "form_field" and block.label and block.first < block.last:
            start, end = _words(content, block)
            yield from _pair(reading, block.label, start, end, candidates, is_marked=True)


def _pairs_of_segments(
    reading: Reading, segments: Sequence[Segment], candidates: Sequence[Candidate]
) -> Iterator[Pair]:
    text = reading.content.text
    for segment in segments:
        parted = _INSIDE.search(segment.text)
        if parted is not None and parted.end() < len(segment.text) and _is_label(segment.text[: parted.start()]):
            label, start = segment.text[: parted.start()], segment.start + parted.end()
            yield from _pair(reading, label, start, segment.end, candidates, is_marked=True)
            continue
        ends_as_label = segment.text.rstrip().endswith((":", "："))
        label = segment.text.rstrip(" :：.")
        if not _is_label(label):
            yield from _bare(reading, segment, candidates)
            continue
        right = reading.segments.right_of(segment)
        beside = right[0] if right is not None else None
        if beside is not None and (
            ends_as_label or looks_like_label(segment.text) or _is_typed(beside, candidates, text)
        ):
            if not beside.text.rstrip().endswith(":") and not looks_like_label(beside.text):
                yield from _pair(reading, label, beside.start, beside.end, candidates, is_marked=ends_as_label)
            continue
        if ends_as_label or looks_like_label(segment.text):
            for below in reading.segments.below(segment)[:1]:
                if not looks_like_label(below.text) and not below.text.rstrip().endswith(":"):
                    yield from _pair(reading, label, below.start, below.end, candidates, is_marked=ends_as_label)


def _bare(reading: Reading, segment: Segment, candidates: Sequence[Candidate]) -> Iterator[Pair]:
    """`Total 9.00`: words, then a date, time or number that ends the segment."""
    last = next((each for each in reversed(candidates) if segment.start < each.start and each.end == segment.end), None)
    if last is None or last.detector in ("integer",):
        return
    label = reading.content.text[segment.start : last.start].rstrip(" :$€£¥")
    if _is_label(label) and len(label.split()) <= 4:
        yield from _pair(reading, label, last.start, last.end, candidates, is_marked=False)


def _rows(content: Content, reading: Reading, table: Table, candidates: Sequence[Candidate]) -> Rows | None:
    """A table whose first row names its columns; None for one whose first column names its rows, or that has no headings."""
    cells = [(cell, content.text_of(cell.first, cell.last)) for cell in table.cells if cell.row < _MOST_ROWS]
    heads = {cell.column: " ".join(text.split()) for cell, text in cells if cell.row == 0 and text.strip()}
    if table.rows < _LEAST_ROWS or len(heads) < 2 or not all(_is_heading(text) for text in heads.values()):
        return None
    says_so = any(cell.is_header for cell, _ in cells if cell.row == 0)
    if not says_so and len(heads) < 3:
        return None
    columns = []
    for column, heading in sorted(heads.items()):
        values = []
        for cell, text in cells:
            if cell.column == column and cell.row > 0 and text.strip():
                start, end = content.words[cell.first].offset, _end(content, cell.last)
                values.append((" ".join(text.split()), kind_of(reading, start, end, candidates)))
        columns.append(Column(heading=heading, values=tuple(values)))
    if not any(column.values for column in columns):
        return None
    return Rows(name=content.blocks[table.block].label, columns=tuple(columns), count=table.rows - 1)


def _pairs_of_rows(content: Content, reading: Reading, table: Table, candidates: Sequence[Candidate]) -> Iterator[Pair]:
    """A table of labels and values: the first cell of a row names the one right of it."""
    by_row: dict[int, list[tuple[int, int]]] = {}
    for cell in table.cells:
        if cell.first < cell.last and cell.row < _MOST_ROWS:
            by_row.setdefault(cell.row, []).append((content.words[cell.first].offset, _end(content, cell.last)))
    for spans in by_row.values():
        at = 0
        while at + 1 < len(spans):
            (start, end), (begin, stop) = spans[at], spans[at + 1]
            label = " ".join(content.text[start:end].split())
            if _is_label(label.rstrip(" :")):
                yield from _pair(reading, label, begin, stop, candidates, is_marked=True)
                at += 2
            else:
                at += 1


def _pair(
    reading: Reading, label: str, start: int, end: int, candidates: Sequence[Candidate], *, is_marked: bool
) -> Iterator[Pair]:
    value = " ".join(reading.content.text[start:end].split()).strip(" :")
    if value and len(value) <= _MOST_VALUE_CHARS and len(value.split()) <= _MOST_VALUE_WORDS:
        label = " ".join(label.split()).strip(" :：=.-–*•")
        if label:
            yield Pair(label, value, kind_of(reading, start, end, candidates), is_marked)


def _is_typed(segment: Segment, candidates: Sequence[Candidate], text: str) -> bool:
    """Whether a date, a number or the like is most of a segment."""
    length = sum(
        each.end - each.start for each in candidates if segment.start <= each.start and each.end <= segment.end
    )
    return length >= 0.6 * (segment.end - segment.start)


def _is_label(text: str) -> bool:
    text = text.strip()
    words = text.split()
    if not words or len(words) > _MOST_LABEL_WORDS or _LABEL.fullmatch(text) is None or _NO_LABEL.search(text):
        return False
    if len(words) == 1 and text.isupper() and text in _CURRENCIES:
        return False
    letters = sum(char.isalpha() for char in text)
    return letters >= 2 and letters >= 0.6 * len(text.replace(" ", ""))


def _is_heading(text: str) -> bool:
    return len(text) <= 60 and len(text.split()) <= _MOST_LABEL_WORDS and not re.fullmatch(r"[\W\d_]+", text)


def _end(content: Content, last: int) -> int:
    word = content.words[last - 1]
    return word.offset + len(word.text)
