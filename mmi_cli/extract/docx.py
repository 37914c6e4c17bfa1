"""Word documents: headers, body, notes, comments and footers in reading order, with pictures and embedded files as parts.

The XML is walked directly: python-docx shows neither tracked changes nor content controls, text boxes, notes or equations, and
does not open strict files.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..datamodel.content import Content
from ..datamodel.figure import Figure
from ..errors import CorruptFile, FileError
from .embedded import add_embedded
from .figure_captions import is_figure_caption
from .flow_text import FlowWriter
from .interface import ExtractContext
from .numbering import Numbering
from .office_package import RELATIONSHIP_ID, OfficePackage, Relationship
from .office_password import is_ole
from .pictures import may_be_figure
from .word_elements import block_elements, cell_span, cells_of, is_in_text_box, rows_of, skipped_columns, texts_of
from .word_paragraph import A, W, WordParagraph, is_on, read_paragraph
from .word_styles import WordStyles

if TYPE_CHECKING:
    from lxml.etree import _Element

_VAL = f"{W}val"


def extract(path: Path, context: ExtractContext) -> Content:
    """Reads a document as it stands with all tracked changes accepted.

    Raises:
        CorruptFile: not a Word document, or a damaged one.
        EncryptedFile: needs a password.
        LimitExceeded: unpacks to too much, or holds too much.
    """
    package = OfficePackage(path, context)
    if is_ole(path):  # from outside, encrypted documents of all three kinds look alike
        main = package.main_part()
        if main.startswith("xl/"):
            from .xlsx import extract as extract_workbook

            return extract_workbook(path, context)
        if main.startswith("ppt/"):
            from .pptx import extract as extract_presentation

            return extract_presentation(path, context)
    reader = _DocxReader(package, context)
    reader.read()
    return reader.flow.builder.build()


class _DocxReader:
    """One document: the state that its parts share, and where the walk stands."""

    def __init__(self, package: OfficePackage, context: ExtractContext) -> None:
        self.flow = FlowWriter(context.settings)
        self._package = package
        self._context = context
        self._main = package.main_part()
        self._styles = WordStyles(self._optional("styles"))
        self._numbering = Numbering(self._optional("numbering"))
        self._part = self._main
        self._relations: dict[str, Relationship] = {}
        self._carried = ""
        """Text of a paragraph whose end was deleted: the next one goes on with it."""
        self._files: dict[str, list[int]] = {}
        """Parts to read as files of their own, in the order they turn up → numbers of the figures that show them."""

    def read(self) -> None:
        """Everything, in the order a reader meets it."""
        root = self._package.xml(self._main)
        body = root.find(f"{W}body")
        if body is None:
            raise CorruptFile(f"{self._package.name}: no document body")
        self._package.add_properties(self.flow)
        self._read_margins("header")
        self._enter(self._main)
        self._blocks(body)
        self._flush_carried()
        self._read_notes("footnotes", "footnote")
        self._read_notes("endnotes", "endnote")
        self._read_comments()
        self._read_margins("footer")
        self.flow.builder.link_captions(is_figure_caption)
        for part, figures in self._files.items():
            add_embedded(self.flow, self._context, part, self._package.read(part), figures=figures)

    # --- blocks

    def _blocks(self, container: _Element) -> None:
        for element in block_elements(container):
            if element.tag == f"{W}p":
                self._paragraph(element)
            elif element.tag == f"{W}tbl":
                self._flush_carried()
                self._table(element)
            elif element.tag == f"{W}altChunk":
                self._collect(self._relations.get(element.get(RELATIONSHIP_ID) or ""))
            else:  # an equation between paragraphs
                self.flow.add_figure(Figure(kind="formula", block=0))
                self.flow.add("paragraph", read_paragraph(element).text)

    def _paragraph(self, element: _Element) -> None:
        paragraph = read_paragraph(element)
        text, self._carried = self._carried + paragraph.text, ""
        if paragraph.is_end_deleted:
            self._carried = text
        elif text.strip():
            if paragraph.is_formula:
                self.flow.add_figure(Figure(kind="formula", block=0))
            self._add_paragraph(element, text)
        self._attachments(paragraph)

    def _add_paragraph(self, element: _Element, text: str) -> None:
        style = self._styles.of(element)
        list_id, depth = self._numbering_of(element)
        marker = self._numbering.next_marker(list_id, depth) if list_id is not None else None
        heading_level = self._styles.heading_level(element, style)
        if style.name == "title":
            self.flow.add("title", text, level=1, label=marker)
        elif heading_level:
            self.flow.add("heading", text, level=heading_level, label=marker)
        elif list_id is not None and marker is not None:
            self.flow.add("list_item", text, level=depth, label=marker)
        elif style.name == "caption":
            self.flow.add("caption", text)
        else:
            self.flow.add("paragraph", text)

    def _numbering_of(self, element: _Element) -> tuple[str | None, int]:
        list_id, depth = self._styles.numbering(element)
        if list_id is not None and (linked := self._numbering.style_link(list_id)):
            list_id = self._styles.list_of_style(linked) or list_id
        return list_id, depth

    def _flush_carried(self) -> None:
        text, self._carried = self._carried, ""
        self.flow.add("paragraph", text)

    def _attachments(self, paragraph: WordParagraph) -> None:
        """What hangs on a paragraph: text boxes and charts are read after it, pictures and files at the end."""
        for identifier, description in paragraph.pictures:
            self._picture(self._relations.get(identifier), description)
        for identifier in paragraph.files:
            self._collect(self._relations.get(identifier))
        for identifier in paragraph.charts:
            self._chart(self._relations.get(identifier))
        for identifier in paragraph.diagrams:
            self._diagram(self._relations.get(identifier))
        for box in paragraph.text_boxes:
            self._blocks(box)

    def _collect(self, relation: Relationship | None) -> str | None:
        """Notes a part to be read at the end; its name when there is one."""
        if relation is None or relation.is_external or relation.target not in self._package:
            return None
        self._files.setdefault(relation.target, [])
        return relation.target

    def _picture(self, relation: Relationship | None, description: str) -> None:
        part = self._collect(relation)
        if part is None:
            if description and relation is not None:
                self.flow.add("figure", "", label=description)
            return
        if not description and not may_be_figure(self._package.read(part)):
            return
        number = self.flow.add_figure(Figure(kind="picture", block=0, source=part), label=description)
        if number is not None:
            self._files[part].append(number)

    def _chart(self, relation: Relationship | None) -> None:
        from .office_chart import add_chart

        if relation is not None and not relation.is_external and relation.target in self._package:
            add_chart(self.flow, self._package.xml(relation.target))

    def _diagram(self, relation: Relationship | None) -> None:
        if relation is not None and not relation.is_external and relation.target in self._package:
            for paragraph in self._package.xml(relation.target).iter(f"{A}p"):
                self.flow.add("paragraph", "".join(text.text or "" for text in paragraph.iter(f"{A}t")))

    # --- tables

    def _table(self, table: _Element) -> None:
        rows = [list(cells_of(row)) for row in rows_of(table)]
        if len(rows) == 1 and len(rows[0]) == 1:  # a frame around text, not a table
            self._blocks(rows[0][0])
            return
        header_rows = self._header_rows(table)
        plain: list[list[_Element]] = []
        for number, row in enumerate(rows):
            if not any(next(cell.iter(f"{W}tbl"), None) is not None for cell in row):
                plain.append(row)
                continue
            # A row that holds tables arranges the page; its cells are read one after the other.
            self._plain_table(plain, header_rows if number == len(plain) else 0)
            plain = []
            for cell in row:
                self._blocks(cell)
                self._flush_carried()
        self._plain_table(plain, header_rows if len(plain) == len(rows) else 0)

    def _plain_table(self, rows: list[list[_Element]], header_rows: int) -> None:
        grid: list[list[str]] = []
        spans: dict[tuple[int, int], tuple[int, int]] = {}
        open_merges: dict[int, int] = {}
        """Column → row in which the merged cell above begins."""
        attachments: list[WordParagraph] = []
        for number, row in enumerate(rows):
            line: list[str] = [""] * skipped_columns(row)
            for cell in row:
                column = len(line)
                width, merge = cell_span(cell)
                if merge == "continue" and column in open_merges:
                    top = open_merges[column]
                    height, top_width = spans.get((top, column), (1, width))
                    spans[top, column] = (height + 1, top_width)
                    line.extend([""] * width)
                    continue
                open_merges.pop(column, None)
                if merge == "restart":
                    open_merges[column] = number
                line.append(self._cell_text(cell, attachments))
                line.extend([""] * (width - 1))
                if width > 1:
                    spans[number, column] = (1, width)
            grid.append(line)
        width = max(map(len, grid), default=0)
        self.flow.limits.add_cells(width * len(grid) - sum(map(len, grid)))
        self.flow.add_table(
            [line + [""] * (width - len(line)) for line in grid],
            spans=spans,
            header_rows=header_rows if header_rows < len(grid) else 0,
        )
        for paragraph in attachments:
            self._attachments(paragraph)

    def _cell_text(self, cell: _Element, attachments: list[WordParagraph]) -> str:
        lines = []
        for element in block_elements(cell):
            paragraph = read_paragraph(element)
            if paragraph.has_attachments:
                attachments.append(paragraph)
            if paragraph.text.strip():
                marker = None
                if element.tag == f"{W}p":
                    list_id, depth = self._numbering_of(element)
                    marker = self._numbering.next_marker(list_id, depth) if list_id is not None else None
                lines.append(f"{marker} {paragraph.text}" if marker else paragraph.text)
        return "\n".join(lines)

    def _header_rows(self, table: _Element) -> int:
        count = 0
        for row in rows_of(table):
            if not is_on(row.find(f"{W}trPr/{W}tblHeader")):
                break
            count += 1
        if count:
            return count
        look = table.find(f"{W}tblPr/{W}tblLook")
        style = table.find(f"{W}tblPr/{W}tblStyle")
        if look is None or style is None or not self._styles.has_first_row(style.get(_VAL) or ""):
            return 0
        first_row = look.get(f"{W}firstRow")
        if first_row is not None:
            return int(first_row in ("1", "true", "on"))
        try:
            return int(bool(int(look.get(_VAL) or "0", 16) & 0x20))
        except ValueError:
            return 0

    # --- parts beside the body

    def _enter(self, part: str) -> None:
        self._part = part
        self._relations = self._package.relationships(part)

    def _optional(self, kind: str) -> _Element | None:
        part = next(self._package.related(self._main, kind), None)
        if part is None:
            return None
        try:
            return self._package.xml(part)
        except CorruptFile as error:
            self.flow.builder.add_warning("corrupt", f"not read: {error}")
            return None

    def _read_margins(self, kind: str) -> None:
        """Headers or footers, each text once: first pages, even pages and sections mostly repeat it."""
        seen = set()
        for part in self._package.related(self._main, kind):
            try:
                root = self._package.xml(part)
            except FileError as error:
                self.flow.builder.add_warning("corrupt", f"not read: {error}")
                continue
            self._enter(part)
            lines = []
            paragraphs = [read_paragraph(element) for element in root.iter(f"{W}p") if not is_in_text_box(element)]
            for paragraph in paragraphs:
                lines.append(paragraph.text.strip())
                for box in paragraph.text_boxes:
                    lines.extend(read_paragraph(element).text.strip() for element in box.iter(f"{W}p"))
            text = "\n".join(line for line in lines if line)
            if text not in seen:
                seen.add(text)
                self.flow.add("header" if kind == "header" else "footer", text)
            for paragraph in paragraphs:
                for identifier, _ in paragraph.pictures:
                    self._collect(self._relations.get(identifier))

    def _read_notes(self, kind: str, element_name: str) -> None:
        root = self._optional(kind)
        if root is None:
            return
        self._enter(next(self._package.related(self._main, kind)))
        for note in root.iter(f"{W}{element_name}"):
            if note.get(f"{W}type") in (None, "normal"):
                text = "\n".join(texts_of(note))
                self.flow.add("footnote", text, label=note.get(f"{W}id"))

    def _read_comments(self) -> None:
        root = self._optional("comments")
        for comment in root.iter(f"{W}comment") if root is not None else ():
            author = comment.get(f"{W}author")
            text = "\n".join(texts_of(comment))
            if text:
                self.flow.add("footnote", text, label=f"comment by {author}" if author else "comment")
