"""Rows of goods from the places of words on pages: what stands under which heading, where no table was drawn or the reader broke it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ..datamodel.content import Box, PageBox
from .column_names import NUMERIC
from .members import Member, Path
from .page_headers import Columns, PageRow, box_of, next_header, rows_of_page
from .reading import Reading
from .segments import Segment
from .sum_rows import goes_on, is_sum
from .values import read_number

Span = tuple[int, int]

_WRAP_GAP = 1.0
"""Gap up to which a line without numbers goes on with the item above it, in heights of a line."""
_END_GAP = 6.0
_MAX_PARTED_WORDS = 4
"""Words of a segment that may be cells of several columns; longer ones are running text."""
_LABELLED = re.compile(r"[^\W\d_][\w .\-/]{0,40}\s?:(?:\s|$)")
"""`GTIN: 4012345001235`: said of an item, and no part of its name."""
_CENTS = 0.021
_RATES = frozenset({"tax_rate", "tax_amount", "discount"})


@dataclass(slots=True)
class Item:
    """One row of goods: the places of its cells."""

    cells: dict[Path, list[Span]] = field(default_factory=dict)
    columns: set[int] = field(default_factory=set)
    """The columns that hold a number."""


@dataclass(slots=True)
class List:
    """The items under headings of one kind."""

    score: float
    items: list[Item]


def lists_on_pages(reading: Reading, members: Sequence[Member]) -> list[List]:
    """Every list of goods on the pages, each with the rows under all headings of its kind."""
    if not any(member.sense in NUMERIC for member in members):
        return []
    pages: dict[int, list[Segment]] = {}
    for segment in reading.segments.all:
        if segment.page is not None and segment.box is not None:
            pages.setdefault(segment.page, []).append(segment)
    found: dict[frozenset[Path], List] = {}
    columns: Columns | None = None
    last_page = 0
    for number in sorted(pages):
        rows = rows_of_page(pages[number])
        at = 0
        while at < len(rows):
            end, header = next_header(reading, rows, at, members)
            if columns is not None and number <= last_page + 1:
                stretch = rows[at : header[0] if header else len(rows)]
                known = found[columns.signature]
                goes_on_from = known.items[-1] if known.items and number == last_page + 1 else None
                items = list(_items(reading, stretch, columns, is_open=at > 0, parted=goes_on_from))
                known.items.extend(items)
                last_page = number if items else last_page
            if header is None:
                break
            columns, at, last_page = header[1], end, number
            known = found.setdefault(columns.signature, List(columns.header.score, []))
            known.score = max(known.score, columns.header.score)
    for each in found.values():
        each.items = _alike(each.items, members)
    return [each for each in found.values() if each.items]


def _alike(items: Sequence[Item], members: Sequence[Member]) -> list[Item]:
    """Items without those that lack the amount that nearly all have: remarks and parts of an item."""
    amount = next((member.path for member in members if member.sense == "amount"), None)
    having = [item for item in items if amount in item.cells]
    return having if 3 * len(having) >= 2 * len(items) else list(items)


def _items(
    reading: Reading, rows: Sequence[PageRow], columns: Columns, *, is_open: bool, parted: Item | None = None
) -> Iterator[Item]:
    """The items of some rows; an item begins where a number would stand in its column a second time.

    Args:
        is_open: the rows stand right under the headings. Where they do not, behind a sum or a wide gap, an item has every number.
        parted: the last item of the page before, whose name may go on in the first of the rows.
    """
    current: Item | None = None
    before: PageRow | None = None
    waiting: list[tuple[int, Span, str]] = []
    needed = {key for key, sense in columns.header.senses.items() if sense in NUMERIC and key in columns.header.columns}
    for row in rows:
        cells = list(_cells(reading, row, columns))
        texts = [reading.content.text[slice(*span)] for _, span, _ in cells]
        gap = (row.top - before.bottom) / row.height if before is not None else 0.0
        if any(is_sum(text) for text in texts[:3]) or any(is_sum(segment.text) for segment in row.segments[:3]):
            if current is not None:
                yield from _finished(current, columns)
            current, is_open, before, waiting = None, False, row, []
            continue
        numbers: dict[int, tuple[Span, float]] = {}
        for key, span, _ in cells:
            if columns.header.senses.get(key) in NUMERIC | {"position"}:
                value = read_number(reading.content.text[slice(*span)], reading.hints)
                is_rate = value is not None and value.is_percent and columns.header.senses[key] not in _RATES
                if value is not None and not is_rate and _is_plain_number(reading.content.text[slice(*span)]):
                    numbers.setdefault(key, (span, float(value.value)))
        amounts = {key for key in numbers if columns.header.senses[key] in NUMERIC}
        named = {key for key, _, text in cells if _is_word(text) and columns.header.senses.get(key) in NUMERIC}
        if not numbers and len(named) > 1 and needed <= named:
            break  # the headings of another list
        if gap > _END_GAP:
            is_open = False
        is_new = bool(amounts) and (current is None or bool(numbers.keys() & current.columns))
        if current is not None and gap > _END_GAP:
            is_new = bool(amounts)
        is_whole = needed <= numbers.keys() and (_has_text(cells, numbers, columns) or _proves(numbers, columns))
        if is_new and not is_open and not is_whole:
            if current is not None:
                yield from _finished(current, columns)
            current, before = None, row
            continue
        texts_of_row = [(key, span, text) for key, span, text in cells if key not in numbers]
        if is_new:
            if current is not None:
                yield from _finished(current, columns)
            current, is_open, parted = Item(), True, None
            if not _has_text(cells, numbers, columns) and waiting and gap < _WRAP_GAP:
                _add_texts(current, waiting, columns)
        elif (
            current is None
            and parted is not None
            and not amounts
            and _ends_name(reading, parted, texts_of_row, columns)
        ):
            _add_texts(parted, texts_of_row, columns)
            before = row
            continue
        elif current is None or (not amounts and gap > _WRAP_GAP):
            waiting, before = texts_of_row, row
            if current is not None and not amounts:
                yield from _finished(current, columns)
                current, is_open = None, is_open
            continue
        waiting, before = [], row
        for key, (span, _) in numbers.items():
            current.columns.add(key)
            if (member := columns.header.columns.get(key)) is not None:
                current.cells.setdefault(member.path, [span])
        _add_texts(current, texts_of_row, columns)
    if current is not None:
        yield from _finished(current, columns)


def _has_text(cells: Sequence[tuple[int, Span, str]], numbers: dict[int, tuple[Span, float]], columns: Columns) -> bool:
    """Whether the row names something."""
    asked = [key for key, sense in columns.header.senses.items() if sense in ("description", "code")]
    named = [key for key, _, text in cells if key not in numbers and re.search(r"[^\W\d_]{2,}", text)]
    return any(key in asked for key in named) if asked else bool(named)


def _add_texts(item: Item, cells: Sequence[tuple[int, Span, str]], columns: Columns) -> None:
    for key, span, text in cells:
        member = columns.header.columns.get(key)
        if member is None or columns.header.senses.get(key) in NUMERIC:
            continue
        known = item.cells.get(member.path)
        if known is not None and (member.sense != "description" or _LABELLED.match(text)):
            continue
        if known is None and member.sense == "description" and _LABELLED.match(text):
            continue
        item.cells.setdefault(member.path, []).append(span)


def _ends_name(reading: Reading, item: Item, cells: Sequence[tuple[int, Span, str]], columns: Columns) -> bool:
    """Whether a row that holds nothing but one text goes on with the name of an item."""
    if len(cells) != 1:
        return False
    key, _, text = cells[0]
    member = columns.header.columns.get(key)
    known = item.cells.get(member.path) if member is not None and member.sense == "description" else None
    return bool(known) and goes_on(reading.content.text[slice(*known[-1])], text) if known else False


def _is_word(text: str) -> bool:
    return any(map(str.isalpha, text)) and not any(map(str.isdigit, text))


def _is_plain_number(text: str) -> bool:
    """A number with at most a unit or a currency beside it, not a number within words."""
    letters, digits = sum(map(str.isalpha, text)), sum(map(str.isdigit, text))
    return ":" not in text and digits > 0 and letters <= 8


def _proves(numbers: Mapping[int, tuple[Span, float]], columns: Columns) -> bool:
    """Whether quantity times price is the amount."""
    of_sense = {sense: numbers[key][1] for key, sense in columns.header.senses.items() if key in numbers}
    quantity, price, amount = of_sense.get("quantity"), of_sense.get("unit_price"), of_sense.get("amount")
    if quantity is None or price is None or amount is None:
        return False
    return abs(quantity * price - amount) <= max(_CENTS, 0.001 * abs(amount))


def _finished(item: Item, columns: Columns) -> Iterator[Item]:
    """The item, when it has what makes one: a number and a name, where the schema asks for them."""
    asked = columns.header.columns
    numeric = {member.path for key, member in asked.items() if columns.header.senses.get(key) in NUMERIC}
    texts = {member.path for member in asked.values() if member.field.type == "string"}
    if item.cells and (not numeric or numeric & item.cells.keys()) and (not texts or texts & item.cells.keys()):
        yield item


def _cells(reading: Reading, row: PageRow, columns: Columns) -> Iterator[tuple[int, Span, str]]:
    """(column, span, text) of what stands in a row; a segment under several headings is parted by its words."""
    words, text = reading.content.words, reading.content.text
    for segment in row.segments:
        box = box_of(segment)
        under = [key for key, head in enumerate(columns.boxes) if min(head[2], box[2]) - max(head[0], box[0]) > 0]
        is_running = len(segment.text.split()) > _MAX_PARTED_WORDS
        if len(under) <= 1 or is_running:
            key = under[0] if under else _nearest(columns, box, segment.text)
            yield key, (segment.start, segment.end), segment.text
            continue
        run: tuple[int, int, int] | None = None
        for index in reading.content.words_of_span(segment.start, segment.end):
            word = words[index]
            if not isinstance(word.place, PageBox):
                continue
            key = _nearest(columns, word.place.box, word.text)
            end = word.offset + len(word.text)
            if run is not None and (run[0] == key or not any(map(str.isalnum, word.text))):
                key = run[0]
                run = (key, run[1], end)
            else:
                if run is not None:
                    yield run[0], (run[1], run[2]), text[run[1] : run[2]]
                run = (key, word.offset, end)
        if run is not None:
            yield run[0], (run[1], run[2]), text[run[1] : run[2]]


def _nearest(columns: Columns, box: Box, text: str) -> int:
    """The column that a word under or between headings belongs to; words go with texts, numbers with numbers."""
    is_number = _is_plain_number(text) and any(character.isdigit() for character in text)

    def distance(key: int) -> tuple[float, float]:
        head = columns.boxes[key]
        apart = max(0.0, max(head[0], box[0]) - min(head[2], box[2]))
        if apart > 0 and (columns.header.senses.get(key) in NUMERIC) != is_number:
            apart = 3 * apart + (box[3] - box[1])
        return apart, abs(head[0] + head[2] - box[0] - box[2])

    return min(range(len(columns.boxes)), key=distance)
