"""Numbers in a column of running balances: they stand at the end of each row and are the amount of none."""

from __future__ import annotations

import re

from ..datamodel.content import Content, Table
from ..datamodel.schema import Field
from .proposals import Proposal

_BALANCE = re.compile(r"balance|saldo|solde|kontostand|account value", re.IGNORECASE)
_HEADING_ROWS, _HEADINGS = 3, 3
"""Where headings stand, and how many there are at least."""
_ROWS = 4
"""Fewer rows than this have no running balance."""


def without_balances(content: Content, field: Field, proposals: list[Proposal]) -> list[Proposal]:
    """Proposals for a number that is no balance, in their order."""
    if field.type not in ("number", "integer") or _BALANCE.search(
        " ".join((field.name, field.description, *field.aliases))
    ):
        return proposals
    spans = [span for table in content.tables for span in _balances(content, table)]
    if not spans:
        return proposals
    return [each for each in proposals if not any(start <= each.start < end for start, end in spans)]


def _balances(content: Content, table: Table) -> list[tuple[int, int]]:
    """Places of the cells below a heading that says balance, in a table that has another column of numbers."""
    if table.rows < _ROWS:
        return []
    heading, column = next(
        (
            (cell.row, cell.column)
            for cell in table.cells
            if cell.row < _HEADING_ROWS
            and _BALANCE.search(content.text_of(cell.first, cell.last))
            and sum(other.row == cell.row and other.first < other.last for other in table.cells) >= _HEADINGS
        ),
        (None, None),
    )
    return [
        (content.words[cell.first].offset, content.words[cell.last - 1].offset + len(content.words[cell.last - 1].text))
        for cell in table.cells
        if heading is not None and cell.column == column and cell.row > heading and cell.first < cell.last
    ]
