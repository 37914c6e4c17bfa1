"""Arrays of objects from lists of goods: columns matched to members by their headings, one object a row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from ..datamodel.content import Table, TableCell
from ..datamodel.record import ArrayValue, LeafValue, ObjectValue
from ..datamodel.schema import Field
from .candidates import candidate_kinds, candidates_within
from .column_headers import Header, match_header
from .confidence import Signals, confidence_of
from .evidence import evidence_of_span
from .members import Member, Path, assembled, members_of
from .page_rows import Item, List, lists_on_pages
from .proposals import Proposal, leaf_of, proposal_of_span
from .reading import Reading
from .sum_rows import goes_on, is_sum
from .till_rows import lists_at_the_till

_HEADER_ROWS = 6
_RIVAL = 0.8
"""Part of the best header's score from which another kind of header is taken for the same list: allowances and taxes are further off."""
_SUM_TOLERANCE = 0.011

Span = tuple[int, int]
Row = dict[Path, list[Span]]


def rows_from_tables(reading: Reading, field: Field) -> ArrayValue | None:
    """The rows of every list whose headings name the members; None when no list does.

    Tables that the reader found, the places of words on pages and, as on a till receipt, lines that add up are read all; what says most
    is taken.
    """
    item = field.items
    if item is None or item.type != "object":
        return None
    members = members_of(item)
    found = [_best(_lists_in_tables(reading, members)), _best(lists_on_pages(reading, members))]
    found.append(_best(lists_at_the_till(reading, members)))
    rows = max(found, key=lambda items: _worth(reading, items, members))  # of equals the first
    objects = tuple(value for row in rows if (value := _object(reading, item, members, row.cells)) is not None)
    return ArrayValue(items=objects) if objects else None


def _best(lists: Sequence[List]) -> list[Item]:
    """The rows of the list whose header says most, and of those that say nearly as much."""
    best = max((each.score for each in lists), default=0.0)
    return [item for each in lists if each.score >= _RIVAL * best for item in each.items]


def _worth(reading: Reading, items: Sequence[Item], members: Sequence[Member]) -> float:
    """How much some rows say, in whole rows: filled members, doubled where the amounts add up to a sum of the file."""
    filled = sum(len(item.cells) for item in items) / max(1, len(members))
    amount = next((member for member in members if member.sense == "amount"), None)
    proposals = [_proposal(reading, amount.field, item.cells.get(amount.path, [])) for item in items] if amount else []
    values = [float(each.value) for each in proposals if each is not None and isinstance(each.value, int | float)]
    if len(values) < max(1, len(items)):
        return filled
    spans = {(each.start, each.end) for each in proposals if each is not None}
    elsewhere = {
        float(each.value)
        for each in reading.candidates(frozenset({"amount", "number"}))
        if (each.start, each.end) not in spans and isinstance(each.value, int | float)
    }
    adds_up = any(abs(abs(each) - abs(sum(values))) < _SUM_TOLERANCE for each in elsewhere)
    return 2 * filled if adds_up else filled


# --- tables that the reader found


def _lists_in_tables(reading: Reading, members: Sequence[Member]) -> list[List]:
    lists: dict[frozenset[Path], List] = {}
    header: Header[int] = Header()
    last: Table | None = None
    for table in reading.content.tables:
        row, found = _find_header(reading, table, members)
        columns = found if found.columns else header
        known = lists.get(frozenset(member.path for member in columns.columns.values()))
        before = known.items[-1] if known is not None and known.items and last is not None else None
        items = list(_rows(reading, table, columns, first_row=row + 1, before=before))
        if not found.columns and (
            last is None or not _goes_on(reading, last, table) or 2 * len(items) < _filled_rows(table)
        ):
            continue  # a table that neither names the columns nor goes on with the last one
        header, last = found if found.columns else header, table
        signature = frozenset(member.path for member in header.columns.values())
        known = lists.setdefault(signature, List(header.score, []))
        known.score = max(known.score, header.score)
        known.items.extend(items)
    return [each for each in lists.values() if each.items]


def _goes_on(reading: Reading, last: Table, table: Table) -> bool:
    """Whether a table without headers can be the rest of the last one: as many columns, and the first table of the next page."""
    if table.columns != last.columns:
        return False
    page, before = _page(reading, table), _page(reading, last)
    if page is None or before is None:
        return reading.content.tables.index(table) == reading.content.tables.index(last) + 1
    earlier = (each for each in reading.content.tables if each is not table and _page(reading, each) == page)
    return page == before + 1 and all(each.block > table.block for each in earlier)


def _page(reading: Reading, table: Table) -> int | None:
    first = next((cell.first for cell in table.cells if cell.first < cell.last), None)
    if table.page is not None or first is None:
        return table.page
    return getattr(reading.content.words[first].place, "page", None)


def _filled_rows(table: Table) -> int:
    return len({cell.row for cell in table.cells if cell.first < cell.last})


def _find_header(reading: Reading, table: Table, members: Sequence[Member]) -> tuple[int, Header[int]]:
    """(row of the header or -1, members by column)."""
    best: tuple[int, Header[int]] = (-1, Header())
    for row in range(min(_HEADER_ROWS, table.rows)):
        cells = [(cell.column, _text(reading, cell)) for cell in table.cells if cell.row == row]
        header = match_header(cells, members)
        if header.score > best[1].score:
            best = (row, header)
    return best


def _rows(
    reading: Reading, table: Table, header: Header[int], *, first_row: int, before: Item | None = None
) -> Iterator[Item]:
    """The items of a table; a row that only goes on with the name of the item before, the last one of the table before, is part of it."""
    by_row: dict[int, dict[int, TableCell]] = {}
    for cell in table.cells:
        if cell.row >= first_row and cell.first < cell.last:
            by_row.setdefault(cell.row, {})[cell.column] = cell
    members = header.columns.values()
    has_number = any(member.field.type in ("number", "integer") for member in members)
    for _, cells in sorted(by_row.items()):
        if any(is_sum(_text(reading, cell)) for cell in list(cells.values())[:3]):
            continue
        found: Row = {}
        numbers = 0
        for column, member in header.columns.items():
            if column in cells and _proposal(reading, member.field, [_span(reading, cells[column])]) is not None:
                found[member.path] = [_span(reading, cells[column])]
                numbers += member.field.type in ("number", "integer")
        if found and (numbers or not has_number):
            before = Item(cells=found)
            yield before
        elif before is not None and len(cells) == len(found) == 1:
            _end_name(reading, before, found)


def _end_name(reading: Reading, item: Item, found: Row) -> None:
    ((path, spans),) = found.items()
    known = item.cells.get(path)
    text = reading.content.text
    if known and goes_on(text[slice(*known[-1])], text[slice(*spans[0])]):
        item.cells[path] = [*known, *spans]


def _span(reading: Reading, cell: TableCell) -> Span:
    words = reading.content.words
    return words[cell.first].offset, words[cell.last - 1].offset + len(words[cell.last - 1].text)


def _text(reading: Reading, cell: TableCell) -> str:
    return reading.content.text_of(cell.first, cell.last)


# --- rows as values


def _object(
    reading: Reading, item: Field, members: Sequence[Member], row: Mapping[Path, list[Span]]
) -> ObjectValue | None:
    found: dict[Path, LeafValue] = {}
    for member in members:
        if (spans := row.get(member.path)) and (leaf := _leaf(reading, member.field, spans)) is not None:
            found[member.path] = leaf
    return assembled(reading, item, found) if found else None


def _proposal(reading: Reading, leaf: Field, spans: Sequence[Span]) -> Proposal | None:
    if not spans:
        return None
    start, end = spans[0]
    proposal = proposal_of_span(reading, leaf, start, end, "table")
    if proposal is None and leaf.type in ("number", "integer", "date"):
        # A cell with a unit or a remark beside its value.
        inside = candidates_within(reading.candidates(candidate_kinds(leaf)), start, end)
        if len(inside) == 1:
            proposal = proposal_of_span(reading, leaf, inside[0].start, inside[0].end, "table")
    return proposal


def _leaf(reading: Reading, leaf: Field, spans: Sequence[Span]) -> LeafValue | None:
    """The value of a cell; a text may stand in several lines with other columns between."""
    spans = _joined(reading, spans)
    first = _proposal(reading, leaf, spans)
    if first is None:
        return None
    scores = [score for start, end in spans for score in reading.source_scores(start, end)]
    confidence = confidence_of(
        Signals(
            finder="table",
            source_score=min(scores, default=None),
            source_doubt=sum(1.0 - score for score in scores),
            field_type=leaf.type,
            is_ambiguous=first.is_ambiguous,
        )
    )
    if leaf.type != "string" or len(spans) == 1:
        return leaf_of(reading, leaf, first, confidence)
    pieces = [each for span in spans if (each := proposal_of_span(reading, leaf, *span, "table")) is not None]
    evidence = tuple(
        one for each in pieces for one in evidence_of_span(reading.content, each.start, each.end, each.match)
    )
    value = re.sub(r"(?<=[^\W\d_])- (?=[^\W\d_])", "-", " ".join(str(each.value) for each in pieces))
    return LeafValue(type=leaf.type, kind=leaf.kind, value=value, confidence=confidence, evidence=evidence)


def _joined(reading: Reading, spans: Sequence[Span]) -> list[Span]:
    """Spans with nothing but white space between them as one."""
    out: list[Span] = []
    for start, end in spans:
        if out and out[-1][1] <= start and not reading.content.text[out[-1][1] : start].strip():
            out[-1] = (out[-1][0], end)
        else:
            out.append((start, end))
    return out
