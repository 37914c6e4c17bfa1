"""Arrays of objects from tables: columns matched to properties by their headers, one object a row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ..datamodel.content import Table, TableCell
from ..datamodel.record import ArrayValue, FieldValue, LeafValue, ObjectValue
from ..datamodel.schema import Field
from .candidates import candidate_kinds, candidates_within
from .confidence import Signals, confidence_of
from .labels import label_words
from .proposals import absent, leaf_of, proposal_of_span
from .reading import Reading
from .text_index import fold_text

_HEADER_ROWS = 6
_TOTAL_ROW = re.compile(
    r"^\W*(?:sub\s?-?total|total|grand total|net total|summe|gesamt\w*|zwischensumme|netto\w*|brutto\w*|mwst|ust|vat|tax|gst|tva|iva|"
    r"sous-total|montant total|importe total|balance due|amount due|(?:page|seiten?)[ -]?(?:sub)?(?:total|summe))\b",
    re.IGNORECASE,
)  # fmt: skip
_CARRIED = re.compile(
    r"^\W*(?:(?:sub ?total|total|balance|amount)?[ ,]*(?:carried|brought) (?:forward|over|down)|[cb]/[fd]|(?:saldo)?[üu]e?bertrag\w*|"
    r"(?:saldo)?vortrag|[àa] reporter|report(?: (?:de la )?page.*)?|suma y sigue|suma anterior|(?:a )?riport(?:o|are)|"
    r"(?:continued|fortsetzung)\b.*)"
    r"(?:[ :]*(?:(?:from|to|von|auf|de|da) )?(?:(?:next|previous|last) )?(?:page|seite|pagina|página)?\W*\d{0,4})?\W*$",
    re.IGNORECASE,
)
"""What a page carries over to the next."""

Columns = dict[int, Field]


def rows_from_tables(reading: Reading, field: Field) -> ArrayValue | None:
    """The rows of every table whose header names the properties; None when no table does."""
    if field.items is None or field.items.type != "object":
        return None
    leaves = [child for child in field.items.properties if child.is_leaf and child.expression is None]
    objects: list[FieldValue] = []
    columns: Columns = {}
    last: Table | None = None
    for table in reading.content.tables:
        header, found = _match_header(reading, table, leaves)
        rows = list(_rows(reading, table, found or columns, field.items, first_row=header + 1))
        if not found and (last is None or not _goes_on(reading, last, table) or 2 * len(rows) < _filled_rows(table)):
            continue  # a table that neither names the columns nor goes on with the last one
        columns, last = found or columns, table
        objects.extend(rows)
    return ArrayValue(items=tuple(objects)) if objects else None


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


def _match_header(reading: Reading, table: Table, leaves: Sequence[Field]) -> tuple[int, Columns]:
    """(row of the header or -1, columns by property); at least two properties, or the only one, must be named."""
    best: tuple[int, Columns] = (-1, {})
    best_score = 0.0
    for row in range(min(_HEADER_ROWS, table.rows)):
        scored = [
            (score, cell.column, leaf)
            for cell in _cells_of_row(table, row)
            for leaf in leaves
            if (score := _header_score(_text(reading, cell), leaf)) > 0
        ]
        columns: Columns = {}
        total = 0.0
        for score, column, leaf in sorted(scored, key=lambda each: (-each[0], each[1])):
            if column not in columns and leaf not in columns.values():
                columns[column] = leaf
                total += score
        if len(columns) >= min(2, len(leaves)) and total > best_score:
            best, best_score = (row, columns), total
    return best


def _header_score(text: str, leaf: Field) -> float:
    """How well a header names a property: the same words 1, all of its words among others less."""
    folded = fold_text(text).text
    if not folded or len(text) > 60:
        return 0.0
    best = 0.0
    for phrase, strength in label_words(leaf):
        wanted = fold_text(phrase).text
        if not wanted:
            continue
        if folded == wanted:
            best = max(best, strength)
        elif re.search(rf"(?<![^\W_]){re.escape(phrase)}(?![^\W_])", text, re.IGNORECASE):
            best = max(best, strength * (0.4 + 0.5 * len(wanted) / len(folded)))
    return best


def _rows(reading: Reading, table: Table, columns: Columns, item: Field, *, first_row: int) -> Iterator[ObjectValue]:
    by_row: dict[int, dict[int, TableCell]] = {}
    for cell in table.cells:
        if cell.row >= first_row and cell.first < cell.last:
            by_row.setdefault(cell.row, {})[cell.column] = cell
    for _, cells in sorted(by_row.items()):
        texts = [_text(reading, cell) for cell in cells.values()]
        if any(_TOTAL_ROW.match(text) or _CARRIED.match(text) for text in texts[:3]):
            continue
        found: dict[str, LeafValue] = {}
        for column, leaf in columns.items():
            if column in cells and (value := _leaf(reading, leaf, cells[column])) is not None:
                found[leaf.name] = value
        has_number = any(leaf.type in ("number", "integer") for leaf in columns.values())
        numbers = [value for value in found.values() if value.type in ("number", "integer")]
        if found and (numbers or not has_number):
            members = tuple(
                (child.name, found.get(child.name) or absent(child, confidence_of(Signals(finder="none"))))
                for child in item.properties
            )
            yield ObjectValue(members=members)


def _leaf(reading: Reading, leaf: Field, cell: TableCell) -> LeafValue | None:
    words = reading.content.words
    start, end = words[cell.first].offset, words[cell.last - 1].offset + len(words[cell.last - 1].text)
    proposal = proposal_of_span(reading, leaf, start, end, "table")
    if proposal is None and leaf.type in ("number", "integer", "date"):
        # A cell with a unit or a remark beside its value.
        inside = candidates_within(reading.candidates(candidate_kinds(leaf)), start, end)
        if len(inside) == 1:
            proposal = proposal_of_span(reading, leaf, inside[0].start, inside[0].end, "table")
    if proposal is None:
        return None
    return leaf_of(
        reading,
        leaf,
        proposal,
        confidence_of(
            Signals(
                finder="table",
                source_score=min(reading.source_scores(start, end), default=None),
                field_type=leaf.type,
                is_ambiguous=proposal.is_ambiguous,
            )
        ),
    )


def _cells_of_row(table: Table, row: int) -> list[TableCell]:
    return [cell for cell in table.cells if cell.row == row]


def _text(reading: Reading, cell: TableCell) -> str:
    return reading.content.text_of(cell.first, cell.last)
