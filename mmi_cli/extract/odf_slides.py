"""OpenDocument presentations and drawings: the shapes of every page in reading order, tables and notes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..datamodel.content import BlockKind, Content, SlideShape
from ..datamodel.figure import Box, Figure
from .interface import ExtractContext
from .odf_lists import ListStyles
from .odf_parts import (
    DRAW,
    HREF,
    OFFICE,
    PRESENTATION,
    SVG,
    TABLE,
    TEXT,
    OdfFiles,
    OdfPackage,
    all_text,
    formula_text,
    read_paragraph,
    repeated,
    span_of,
)
from .slide_order import Placed, reading_order
from .slide_writer import SlideWriter

if TYPE_CHECKING:
    from lxml.etree import _Element

_LENGTH = re.compile(r"(-?[\d.]+)(cm|mm|in|pt|px)?")
_CM = {"cm": 1.0, "mm": 0.1, "in": 2.54, "pt": 2.54 / 72, "px": 2.54 / 96}
_HEIGHT_CM = 20.0
"""About the height of a slide; bands of shapes need no better."""
_MARGINS = ("header", "footer", "date-time", "page-number")


def read_slides(document: OdfPackage, body: _Element, context: ExtractContext) -> Content:
    """The pages of a presentation or drawing body."""
    reader = _SlideReader(document, context)
    document.add_metadata(reader.writer.builder)
    for number, page in enumerate(body.iterchildren(f"{DRAW}page"), start=1):
        reader.read_page(number, page)
    reader.files.add_to(reader.writer.builder, context)
    return reader.writer.builder.build()


class _SlideReader:
    def __init__(self, document: OdfPackage, context: ExtractContext) -> None:
        self.writer = SlideWriter(context.settings)
        self.files = OdfFiles(document)
        self._document = document
        self._list_styles = ListStyles(document)
        self._number = 0

    def read_page(self, number: int, page: _Element) -> None:
        self._number = number
        self._shapes([shape for shape in page if str(shape.tag).startswith(DRAW)])
        for notes in page.iterchildren(f"{PRESENTATION}notes"):
            text = all_text(
                frame for frame in notes.iter(f"{DRAW}frame") if frame.get(f"{PRESENTATION}class") in ("notes", None)
            )
            self.writer.add("paragraph", text, SlideShape(number, "notes"), label="notes" if text else None)

    def _shapes(self, shapes: list[_Element]) -> None:
        for shape in reading_order(((_placed(shape), shape) for shape in shapes), _HEIGHT_CM):
            place = SlideShape(self._number, shape.get(f"{DRAW}name") or shape.tag.rpartition("}")[2])
            if shape.tag == f"{DRAW}g":
                self._shapes([child for child in shape if str(child.tag).startswith(DRAW)])
                continue
            picture = self.files.collect(shape)
            if picture is not None:
                description = next((child.text for child in shape if child.tag in (f"{SVG}desc", f"{SVG}title")), None)
                figure = Figure(kind="picture", block=0, page=self._number, box=_box_of(shape), source=picture)
                self.files.shows(picture, self.writer.add_figure(figure, label=description))
            role = shape.get(f"{PRESENTATION}class")
            kind: BlockKind = "heading" if role == "title" else "footer" if role in _MARGINS else "paragraph"
            for element in shape:
                if element.tag == f"{TABLE}table":
                    self._table(element, place)
                elif element.tag == f"{DRAW}text-box":
                    self._text(element, kind, place)
                elif element.tag == f"{DRAW}object":
                    self._object(element, place)
                elif (
                    picture is None
                    and element.tag in (f"{SVG}desc", f"{SVG}title")
                    and shape.find(f"{DRAW}image") is not None
                ):
                    self.writer.add("figure", "", place, label=element.text)
            if shape.tag != f"{DRAW}frame":
                self._text(shape, kind, place)

    def _text(self, container: _Element, kind: BlockKind, place: SlideShape) -> None:
        for element in container:
            if element.tag in (f"{TEXT}p", f"{TEXT}h"):
                self.writer.add(kind, read_paragraph(element).text, place, level=int(kind == "heading"))
            elif element.tag == f"{TEXT}list":
                self._list(element, kind, place, depth=0, style=None)

    def _list(self, element: _Element, kind: BlockKind, place: SlideShape, *, depth: int, style: str | None) -> None:
        style = element.get(f"{TEXT}style-name") or style
        number = self._list_styles.start(style, depth)
        for item in element:
            for child in item:
                if child.tag == f"{TEXT}list":
                    self._list(child, kind, place, depth=depth + 1, style=style)
                elif child.tag in (f"{TEXT}p", f"{TEXT}h") and (text := read_paragraph(child).text.strip()):
                    if kind == "paragraph":
                        marker = self._list_styles.marker(style, depth, number)
                        self.writer.add("list_item", text, place, level=depth, label=marker)
                        number += 1
                    else:
                        self.writer.add(kind, text, place, level=int(kind == "heading"))

    def _object(self, element: _Element, place: SlideShape) -> None:
        root = element[0] if len(element) else self._document.object_root(element.get(HREF))
        if root is None:
            return
        self.writer.add("paragraph", formula_text(root), place)
        for title in root.iter("{urn:oasis:names:tc:opendocument:xmlns:chart:1.0}title"):
            self.writer.add("caption", all_text([title]), place)
        for table in root.iter(f"{TABLE}table"):
            self._table(table, place)

    def _table(self, table: _Element, place: SlideShape) -> None:
        grid: list[list[str]] = []
        spans: dict[tuple[int, int], tuple[int, int]] = {}
        for row in table.iter(f"{TABLE}table-row"):
            line: list[str] = []
            for cell in row:
                if cell.tag not in (f"{TABLE}table-cell", f"{TABLE}covered-table-cell"):
                    continue
                if (span := span_of(cell)) != (1, 1):
                    spans[len(grid), len(line)] = span
                text = all_text([cell]) if cell.tag == f"{TABLE}table-cell" else ""
                value = cell.get(f"{OFFICE}value")
                line.extend([text or value or ""] * min(repeated(cell, "number-columns-repeated"), 1000))
            grid.append(line)
        width = max(map(len, grid), default=0)
        grid = [line + [""] * (width - len(line)) for line in grid]
        header = int(table.get(f"{TABLE}use-first-row-styles") == "true" and len(grid) > 1)
        self.writer.add_table(grid, place, spans=spans, header_rows=header)


def _placed(shape: _Element) -> Placed:
    role = shape.get(f"{PRESENTATION}class")
    if shape.tag == f"{DRAW}g":
        inside = [_placed(child) for child in shape if str(child.tag).startswith(DRAW)]
        return Placed(
            min((place.top for place in inside), default=0.0), min((place.left for place in inside), default=0.0)
        )
    top = float("inf") if role in _MARGINS else _centimetres(shape.get(f"{SVG}y") or shape.get(f"{SVG}y1"))
    return Placed(top, _centimetres(shape.get(f"{SVG}x") or shape.get(f"{SVG}x1")), role == "title")


def _box_of(shape: _Element) -> Box | None:
    """Where a shape stands on its page, in points."""
    x, y, wide, high = (_centimetres(shape.get(f"{SVG}{name}")) * 72 / 2.54 for name in ("x", "y", "width", "height"))
    if not wide or not high:
        return None
    return round(x, 2), round(y, 2), round(x + wide, 2), round(y + high, 2)


def _centimetres(length: str | None) -> float:
    match = _LENGTH.fullmatch(length or "")
    try:
        return float(match.group(1)) * _CM[match.group(2) or "cm"] if match else 0.0
    except ValueError:
        return 0.0
