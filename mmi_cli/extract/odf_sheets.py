"""OpenDocument spreadsheets: values with sheet and cell, repeated empty rows and columns passed over."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..datamodel.content import Content, SheetCell
from ..datamodel.content_builder import ContentBuilder
from ..datamodel.figure import Figure
from .flow_text import TextLimits, add_figure
from .interface import ExtractContext
from .number_format import show_general
from .odf_parts import (
    DRAW,
    OFFICE,
    STYLE,
    SVG,
    TABLE,
    TEXT,
    OdfFiles,
    OdfPackage,
    all_text,
    read_paragraph,
    repeated,
    span_of,
)
from .sheet_table import SheetWriter, column_letters

if TYPE_CHECKING:
    from lxml.etree import _Element

_DISPLAYED = re.compile(r"([^\d\-−]*)[-−]?([\d.,'’\s\u00a0\u202f]*\d)(\D*)")


def read_sheets(document: OdfPackage, body: _Element, context: ExtractContext) -> Content:
    """The tables of a spreadsheet body."""
    builder = ContentBuilder()
    limits = TextLimits(context.settings)
    files = OdfFiles(document)
    document.add_metadata(builder)
    hidden = _hidden_styles(document)
    for number, table in enumerate(body.iterchildren(f"{TABLE}table"), start=1):
        name = table.get(f"{TABLE}name") or f"Sheet{number}"
        label = name
        if table.get(f"{TABLE}style-name") in hidden:
            builder.add_warning("hidden_sheet", f"the sheet {name!r} is hidden; it was read")
            label = f"{name} (hidden)"
        writer = SheetWriter(builder, limits, sheet=name, label=label, merged=_merged(table))
        remarks: list[tuple[SheetCell, str]] = []
        before: _Element | None = None
        for row_number, row in _filled_rows(table):
            if row is not before:  # a row may be repeated a million times
                before, cells, remarked = row, *_read_row(row)
            writer.add_row(row_number, cells)
            limits.add_cells(len(remarked))
            for column, remark_text in remarked:
                remarks.append((SheetCell(name, f"{column_letters(column)}{row_number}"), remark_text))
        writer.close()
        for place, remark_text in remarks:
            builder.add_text_block("footnote", remark_text, place, label="comment")
        for shapes in table.iterchildren(f"{TABLE}shapes"):
            if text := all_text([shapes]):
                builder.add_text_block("paragraph", text, SheetCell(name, "A1"))
        for frame in table.iter(f"{DRAW}frame"):
            if (picture := files.collect(frame)) is not None:
                label = next((child.text for child in frame if child.tag in (f"{SVG}desc", f"{SVG}title")), None)
                figure = Figure(kind="picture", block=0, source=picture)
                files.shows(picture, add_figure(builder, figure, context.settings.max_figures, label))
    files.add_to(builder, context)
    return builder.build()


def _hidden_styles(document: OdfPackage) -> set[str | None]:
    return {
        style.get(f"{STYLE}name")
        for style in document.content.iter(f"{STYLE}style")
        for properties in style.iterchildren(f"{STYLE}table-properties")
        if properties.get(f"{TABLE}display") == "false"
    }


def _filled_rows(table: _Element) -> Iterator[tuple[int, _Element]]:
    """Row numbers from 1 with the rows that hold something; a filled row that is repeated comes as often."""
    number = 1
    for row in table.iter(f"{TABLE}table-row"):
        count = repeated(row, "number-rows-repeated")
        if any(len(cell) for cell in row) or any(cell.get(f"{OFFICE}value-type") for cell in row):
            for index in range(count):
                yield number + index, row
        number += count


def _read_row(row: _Element) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    """(column, text) of the cells that hold something, and of the remarks on cells."""
    cells: list[tuple[int, str]] = []
    remarks: list[tuple[int, str]] = []
    before: _Element | None = None
    for column, cell in _filled_cells(row):
        if cell is not before:  # a cell may be repeated as well
            before, text = cell, _cell_text(cell)
            texts = [all_text([remark]) for remark in cell.iterchildren(f"{OFFICE}annotation")]
        if text:
            cells.append((column, text))
        remarks.extend((column, each) for each in texts)
    return cells, remarks


def _filled_cells(row: _Element) -> Iterator[tuple[int, _Element]]:
    column = 1
    for cell in row:
        if cell.tag not in (f"{TABLE}table-cell", f"{TABLE}covered-table-cell"):
            continue
        count = repeated(cell, "number-columns-repeated")
        if len(cell) or cell.get(f"{OFFICE}value-type"):
            for index in range(count):
                yield column + index, cell
        column += count


def _merged(table: _Element) -> dict[tuple[int, int], tuple[int, int]]:
    """(row, column) → rows and columns covered; a row with merged cells is never a repeated one."""
    merged = {}
    number = 1
    for row in table.iter(f"{TABLE}table-row"):
        column = 1
        for cell in row:
            if cell.tag not in (f"{TABLE}table-cell", f"{TABLE}covered-table-cell"):
                continue
            if (span := span_of(cell)) != (1, 1):
                merged[number, column] = span
            column += repeated(cell, "number-columns-repeated")
        number += repeated(row, "number-rows-repeated")
    return merged


def _cell_text(cell: _Element) -> str:
    """Dates as ISO dates, numbers as displayed but without the grouping of thousands."""
    shown = "\n".join(read_paragraph(paragraph).text for paragraph in cell.iterchildren(f"{TEXT}p"))
    kind = cell.get(f"{OFFICE}value-type")
    if kind == "date" and (date := cell.get(f"{OFFICE}date-value")):
        return str(date).removesuffix("T00:00:00").replace("T", " ")
    if kind in ("float", "currency") and (value := cell.get(f"{OFFICE}value")):
        return shown_number(value, shown)
    return shown.strip()


def shown_number(value: str, shown: str) -> str:
    """A stored number with the sign, decimals and currency it is displayed with; the number alone where that cannot be told."""
    match = _DISPLAYED.fullmatch(shown.strip())
    try:
        number = float(value)
    except ValueError:
        return shown.strip()
    if match is None:
        return show_general(value)
    prefix, digits, suffix = match.groups()
    plain = re.sub(r"\D", "", digits)
    for decimals in range(min(len(plain), 12)):
        written = f"{abs(number):.{decimals}f}"
        if written.replace(".", "") == plain:
            prefix, suffix = prefix.replace("(", ""), suffix.replace(")", "")
            return f"{'-' if number < 0 else ''}{prefix}{written}{suffix}".strip()
    return show_general(value)
