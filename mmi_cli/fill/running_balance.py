"""Numbers in a column of running balances: they stand at the end of each row and are the amount of none."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..datamodel.content import Content, Table
from ..datamodel.schema import Field
from .candidates import Candidate

_BALANCE = re.compile(r"balance|saldo|solde|kontostand|account value", re.IGNORECASE)
_ROWS = 4
"""Fewer rows than this have no running balance."""


def without_balances(content: Content, field: Field, candidates: Sequence[Candidate]) -> Sequence[Candidate]:
    """Candidates for a number that is no balance."""
    if field.type not in ("number", "integer") or _BALANCE.search(
        " ".join((field.name, field.description, *field.aliases))
    ):
        return candidates
    spans = [span for table in content.tables for span in _balances(content, table)]
    if not spans:
        return candidates
    return tuple(each for each in candidates if not any(start <= each.start < end for start, end in spans))


def _balances(content: Content, table: Table) -> list[tuple[int, int]]:
    """Places of the cells below a heading that says balance, in a table that has another column of numbers."""
    if table.rows < _ROWS:
        return []
    heads = {
        cell.column for cell in table.cells if cell.row == 0 and _BALANCE.search(content.text_of(cell.first, cell.last))
    }
    if len(heads) != 1 or len({cell.column for cell in table.cells if cell.row == 0 and cell.first < cell.last}) < 3:
        return []
    return [
        (content.words[cell.first].offset, content.words[cell.last - 1].offset + len(content.words[cell.last - 1].text))
        for cell in table.cells
        if cell.column in heads and cell.row > 0 and cell.first < cell.last
    ]
