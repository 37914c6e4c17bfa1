"""The elements of WordprocessingML that a reader meets: blocks, rows and cells, whatever wraps them, deleted ones left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from .word_paragraph import W, read_paragraph

if TYPE_CHECKING:
    from lxml.etree import _Element

_VAL = f"{W}val"
_TRANSPARENT = frozenset(f"{W}{name}" for name in ("ins", "moveTo", "customXml", "smartTag", "sdtContent"))
_CHOICE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"


def texts_of(container: _Element) -> Iterator[str]:
    """Of every paragraph that says something, at whatever depth."""
    for element in container.iter(f"{W}p"):
        if text := read_paragraph(element).text.strip():
            yield text


def is_in_text_box(element: _Element) -> bool:
    return next(element.iterancestors(f"{W}txbxContent"), None) is not None


def block_elements(container: _Element) -> Iterator[_Element]:
    """Paragraphs, tables, equations and embedded chunks of a container, whatever wraps them; deleted ones are left out."""
    for element in container:
        if element.tag in (f"{W}p", f"{W}tbl", f"{W}altChunk") or str(element.tag).endswith("}oMathPara"):
            yield element
        elif element.tag == f"{W}sdt":
            for content in element.iterchildren(f"{W}sdtContent"):
                yield from block_elements(content)
        elif element.tag in _TRANSPARENT:
            yield from block_elements(element)
        elif element.tag == _CHOICE:
            for choice in element[:1]:
                yield from block_elements(choice)


def rows_of(table: _Element) -> Iterator[_Element]:
    for row in _wrapped(table, f"{W}tr"):
        if row.find(f"{W}trPr/{W}del") is None:
            yield row


def cells_of(row: _Element) -> Iterable[_Element]:
    return _wrapped(row, f"{W}tc")


def _wrapped(container: _Element, tag: str) -> Iterator[_Element]:
    for element in container:
        if element.tag == tag:
            yield element
        elif element.tag == f"{W}sdt" or element.tag in _TRANSPARENT:
            yield from _wrapped(element, tag)


def skipped_columns(row: list[_Element]) -> int:
    """Grid columns that a row leaves free at its left."""
    if not row:
        return 0
    properties = row[0].getparent()
    before = properties.find(f"{W}trPr/{W}gridBefore") if properties is not None else None
    return _bounded(before.get(_VAL)) if before is not None else 0


def cell_span(cell: _Element) -> tuple[int, str | None]:
    """Columns a cell covers, and `restart` or `continue` when it is merged with those below or above."""
    width, merge = 1, None
    properties = cell.find(f"{W}tcPr")
    if properties is not None:
        if (span := properties.find(f"{W}gridSpan")) is not None:
            width = max(1, _bounded(span.get(_VAL)))
        if (vertical := properties.find(f"{W}vMerge")) is not None:
            merge = vertical.get(_VAL) or "continue"
    return width, merge


def _bounded(value: str | None) -> int:
    """A count of columns; Word allows 63."""
    return min(int(value), 63) if value and value.isdigit() else 0
