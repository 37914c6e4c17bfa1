"""OpenDocument text: headings, lists, tables, frames and notes in reading order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..datamodel.content import Content
from ..datamodel.figure import Figure
from .figure_captions import is_figure_caption
from .flow_text import FlowWriter
from .interface import ExtractContext
from .odf_lists import ListStyles
from .odf_parts import (
    DRAW,
    HREF,
    OFFICE,
    STYLE,
    SVG,
    TABLE,
    TEXT,
    OdfFiles,
    OdfPackage,
    OdfParagraph,
    all_text,
    formula_text,
    read_paragraph,
    repeated,
    span_of,
)

if TYPE_CHECKING:
    from lxml.etree import _Element

_MAX_REPEATS = 1000
"""Rows and columns of a text's table repeated more often than this are filler."""


def read_text(document: OdfPackage, body: _Element, context: ExtractContext) -> Content:
    """The text of a document body, notes after it, headers first and footers last."""
    reader = _TextReader(document, context)
    document.add_metadata(reader.flow.builder)
    reader.margins("header")
    reader.blocks(body)
    reader.flush_notes()
    reader.margins("footer")
    reader.flow.builder.link_captions(is_figure_caption)
    reader.files.add_to(reader.flow.builder, context)
    return reader.flow.builder.build()


class _TextReader:
    """Where the walk through a text stands."""

    def __init__(self, document: OdfPackage, context: ExtractContext) -> None:
        self.flow = FlowWriter(context.settings)
        self.files = OdfFiles(document)
        self._document = document
        self._notes: list[tuple[str | None, str]] = []
        self._list_styles = ListStyles(document)
        self._paragraph_styles: dict[str, tuple[str, str]] = {}
        """Style → (its parent, its display name)."""
        self._counters: dict[str, int] = {}
        for root in (document.styles, document.content):
            for style in root.iter(f"{STYLE}style") if root is not None else ():
                if style.get(f"{STYLE}family") == "paragraph":
                    name = style.get(f"{STYLE}name") or ""
                    shown = style.get(f"{STYLE}display-name") or name
                    self._paragraph_styles[name] = (style.get(f"{STYLE}parent-style-name") or "", shown)

    def blocks(self, container: _Element) -> None:
        for element in container:
            tag = element.tag
            if tag in (f"{TEXT}p", f"{TEXT}h"):
                self._paragraph(element)
            elif tag == f"{TEXT}list":
                self._list(element, depth=0, style=None)
            elif tag == f"{TABLE}table":
                self._table(element)
            elif tag in (f"{TEXT}section", f"{TEXT}index-body") or (
                isinstance(tag, str)
                and tag.startswith(TEXT)
                and tag.endswith(("-index", "table-of-content", "bibliography"))
            ):
                self.blocks(element)
            elif isinstance(tag, str) and tag.startswith(DRAW):
                self._frame(element)

    def flush_notes(self) -> None:
        for label, text in self._notes:
            self.flow.add("footnote", text, label=label)

    def margins(self, kind: str) -> None:
        """Headers or footers of all page styles, each text once."""
        seen = set()
        for element in self._document.styles.iter(f"{STYLE}{kind}") if self._document.styles is not None else ():
            text = all_text([element])
            if text not in seen:
                seen.add(text)
                self.flow.add("header" if kind == "header" else "footer", text)

    def _paragraph(self, element: _Element) -> None:
        paragraph = read_paragraph(element)
        style = self._style_name(element)
        if element.tag == f"{TEXT}h":
            level = element.get(f"{TEXT}outline-level", "1")
            self.flow.add("heading", paragraph.text, level=int(level) if level.isdigit() else 1)
        elif style == "title":
            self.flow.add("title", paragraph.text, level=1)
        else:
            self.flow.add("paragraph", paragraph.text)
        self._anchored(paragraph)

    def _style_name(self, element: _Element) -> str:
        """The named style of a paragraph, lower case; automatic styles are looked through."""
        name = str(element.get(f"{TEXT}style-name") or "")
        for _ in range(10):
            parent, shown = self._paragraph_styles.get(name, ("", name))
            if not parent or shown.lower() in ("title", "caption"):
                return shown.lower()
            name = parent
        return ""

    def _anchored(self, paragraph: OdfParagraph) -> None:
        for note in paragraph.notes:
            citation = note.find(f"{TEXT}note-citation")
            self._notes.append((citation.text if citation is not None else None, all_text([note])))
        for annotation in paragraph.annotations:
            author = next((child.text for child in annotation if str(child.tag).endswith("}creator")), None)
            self._notes.append((f"comment by {author}" if author else "comment", all_text([annotation])))
        for frame in paragraph.frames:
            self._frame(frame)

    def _frame(self, shape: _Element) -> None:
        picture = self.files.collect(shape) if shape.tag == f"{DRAW}frame" else None
        description = next(
            (child.text for child in shape if child.tag in (f"{SVG}desc", f"{SVG}title") and child.text), None
        )
        if picture is not None:
            number = self.flow.add_figure(Figure(kind="picture", block=0, source=picture), label=description)
            self.files.shows(picture, number)
        elif description and shape.find(f"{DRAW}image") is not None:
            self.flow.add("figure", "", label=description)
        for element in shape:
            if element.tag == f"{DRAW}object":
                self._object(element)
        if shape.tag == f"{DRAW}frame":
            for box in shape.iterchildren(f"{DRAW}text-box"):
                self.blocks(box)
        elif shape.tag in (f"{DRAW}g", f"{DRAW}a"):
            for child in shape:
                if isinstance(child.tag, str) and child.tag.startswith(DRAW):
                    self._frame(child)
        else:
            self.blocks(shape)

    def _object(self, element: _Element) -> None:
        """A formula or a chart, from the file or in place."""
        root = element[0] if len(element) else self._document.object_root(element.get(HREF))
        if root is None:
            return
        if formula := formula_text(root):
            self.flow.add_figure(Figure(kind="formula", block=0))
            self.flow.add("paragraph", formula)
        for table in root.iter(f"{TABLE}table"):
            self._table(table)

    def _list(self, element: _Element, *, depth: int, style: str | None) -> None:
        style = element.get(f"{TEXT}style-name") or style
        key = f"{style}/{depth}"
        continued = element.get(f"{TEXT}continue-numbering") == "true" or element.get(f"{TEXT}continue-list")
        if not continued or key not in self._counters:
            self._counters[key] = self._list_styles.start(style, depth) - 1
        for item in element:
            if item.tag not in (f"{TEXT}list-item", f"{TEXT}list-header"):
                continue
            marker = None
            if item.tag == f"{TEXT}list-item" and any(child.tag != f"{TEXT}list" for child in item):
                given = item.get(f"{TEXT}start-value", "")
                self._counters[key] = int(given) if given.isdigit() else self._counters[key] + 1
                marker = self._list_styles.marker(style, depth, self._counters[key])
            for child in item:
                if child.tag == f"{TEXT}list":
                    self._list(child, depth=depth + 1, style=style)
                elif child.tag in (f"{TEXT}p", f"{TEXT}h"):
                    paragraph = read_paragraph(child)
                    if child.tag == f"{TEXT}h":
                        self._paragraph(child)
                    else:
                        self.flow.add("list_item", paragraph.text, level=depth, label=marker)
                        self._anchored(paragraph)
                    marker = None

    def _table(self, table: _Element) -> None:
        rows = _rows(table)
        if len(rows) == 1 and len(_cells(rows[0])) == 1:  # a frame around text, not a table
            self.blocks(_cells(rows[0])[0])
            return
        plain: list[_Element] = []
        for row in rows:
            if next(row.iterdescendants(f"{TABLE}table"), None) is None:
                plain.append(row)
                continue
            # A row that holds tables arranges the page; its cells are read one after the other.
            self._plain_table(plain)
            plain = []
            for cell in _cells(row):
                self.blocks(cell)
        self._plain_table(plain)

    def _plain_table(self, rows: list[_Element]) -> None:
        grid: list[list[str]] = []
        spans: dict[tuple[int, int], tuple[int, int]] = {}
        frames: list[OdfParagraph] = []
        header_rows = 0
        for row in rows:
            line: list[str] = []
            for cell in row:
                if cell.tag not in (f"{TABLE}table-cell", f"{TABLE}covered-table-cell"):
                    continue
                height, width = span_of(cell)
                if height > 1 or width > 1:
                    spans[len(grid), len(line)] = (height, width)
                text = "" if cell.tag.endswith("covered-table-cell") else self._cell_text(cell, frames)
                line.extend([text] * min(repeated(cell, "number-columns-repeated"), _MAX_REPEATS))
            header_rows += row.getparent() is not None and row.getparent().tag == f"{TABLE}table-header-rows"
            grid.extend([line] * min(repeated(row, "number-rows-repeated"), _MAX_REPEATS))
        width = max(map(len, grid), default=0)
        grid = [line + [""] * (width - len(line)) for line in grid]
        height = len(grid)
        spans = {
            (row, column): (min(down, height - row), min(right, width - column))
            for (row, column), (down, right) in spans.items()
        }
        self.flow.add_table(grid, spans=spans, header_rows=header_rows if header_rows < height else 0)
        for paragraph in frames:
            self._anchored(paragraph)

    def _cell_text(self, cell: _Element, frames: list[OdfParagraph]) -> str:
        lines = []
        for element in cell.iter(f"{TEXT}p", f"{TEXT}h"):
            if next(element.iterancestors(f"{DRAW}frame", f"{OFFICE}annotation", f"{TEXT}note"), None) is not None:
                continue
            paragraph = read_paragraph(element)
            lines.append(paragraph.text)
            if paragraph.frames or paragraph.notes or paragraph.annotations:
                frames.append(paragraph)
        return "\n".join(lines)


def _rows(table: _Element) -> list[_Element]:
    rows = []
    for element in table:
        if element.tag == f"{TABLE}table-row":
            rows.append(element)
        elif element.tag in (f"{TABLE}table-header-rows", f"{TABLE}table-rows", f"{TABLE}table-row-group"):
            rows.extend(_rows(element))
    return rows


def _cells(row: _Element) -> list[_Element]:
    return [cell for cell in row if cell.tag == f"{TABLE}table-cell"]
