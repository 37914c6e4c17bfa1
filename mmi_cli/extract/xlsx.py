"""Excel workbooks: the values of every sheet as tables, with sheet and cell; text boxes, comments and pictures beside them.

Sheets are read as a stream of rows without openpyxl, whose read-only mode gives no merged cells, pads gaps cell by cell and
refuses strict files and many styles; `tests/unit/extract/test_xlsx.py` holds both to the same values.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..datamodel.content import BlockKind, Content, SheetCell
from ..datamodel.figure import Figure
from ..errors import CorruptFile, FileError
from .embedded import add_embedded
from .flow_text import FlowWriter, TextLimits
from .interface import ExtractContext
from .number_format import BUILT_IN, Formatter, formatter, show_general
from .office_chart import native_chart
from .office_package import RELATIONSHIP_EMBED, RELATIONSHIP_ID, OfficePackage
from .pictures import may_be_figure
from .sheet_table import SheetWriter, column_letters

if TYPE_CHECKING:
    from lxml.etree import _Element

_MERGE = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_NO_RESULT = re.compile(
    rb"(?:</(?:\w+:)?f>|<(?:\w+:)?f\s[^>]{0,300}/>)\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_CELL = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_XDR = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"
_CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}chart"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sheet:
    name: str
    part: str
    is_hidden: bool


def extract(path: Path, context: ExtractContext) -> Content:
    """Reads a workbook; formulas give the result that was stored with them.

    Raises:
        CorruptFile: not a workbook, or a damaged one.
        EncryptedFile: needs a password.
        LimitExceeded: unpacks to too much, or holds more than `max_cells` or `max_text_chars`.
    """
    package = OfficePackage(path, context)
    main = package.main_part()
    if main.endswith(".bin"):
        from .legacy_office import extract as extract_converted

        return extract_converted(path, context)
    return _Workbook(package, main, context).read()


class _Workbook:
    """A workbook: what its sheets share."""

    def __init__(self, package: OfficePackage, main: str, context: ExtractContext) -> None:
        self._package = package
        self._context = context
        self._flow = FlowWriter(context.settings)
        self._limits = TextLimits(context.settings)
        self._main = main
        self._strings: list[str] = []
        self._styles: list[Formatter] = []
        self._pictures: dict[str, list[int]] = {}
        """Part of a picture → numbers of the figures that show it."""

    def read(self) -> Content:
        root = self._package.xml(self._main)
        self._package.add_properties(self._flow)
        properties = next(root.iter("{*}workbookPr"), None)
        since_1904 = properties is not None and properties.get("date1904") in ("1", "true", "on")
        self._strings = list(self._shared_strings())
        self._styles = list(self._number_formats(since_1904=since_1904))
        broken: CorruptFile | None = None
        for sheet in self._sheets(root):
            try:
                self._read_sheet(sheet)
            except CorruptFile as error:
                broken = error
                self._flow.builder.add_warning("corrupt", f"sheet {sheet.name!r} was not read to its end: {error}")
        if broken is not None and not self._flow.builder.word_count:
            raise broken
        for part, figures in self._pictures.items():
            add_embedded(self._flow, self._context, part, self._package.read(part), figures=figures)
        return self._flow.builder.build()

    def _sheets(self, root: _Element) -> Iterator[_Sheet]:
        relations = self._package.relationships(self._main)
        sheets = list(root.iter("{*}sheet"))
        for element in sheets:
            relation = relations.get(element.get(RELATIONSHIP_ID) or "")
            if relation is None or relation.target not in self._package or relation.kind != "worksheet":
                continue
            hidden = element.get("state") in ("hidden", "veryHidden")
            name = element.get("name") or f"Sheet{element.get('sheetId')}"
            if hidden:
                self._flow.builder.add_warning("hidden_sheet", f"the sheet {name!r} is hidden; it was read")
            yield _Sheet(name=name, part=relation.target, is_hidden=hidden)

    def _shared_strings(self) -> Iterator[str]:
        for part in self._package.related(self._main, "sharedStrings"):
            for _, item in _stream(self._package, part, "{*}si"):
                yield _rich_text(item)
                item.clear()

    def _number_formats(self, *, since_1904: bool) -> Iterator[Formatter]:
        for part in self._package.related(self._main, "styles"):
            root = self._package.xml(part)
            codes = {**BUILT_IN}
            for element in root.iter("{*}numFmt"):
                codes[_int(element.get("numFmtId"))] = element.get("formatCode") or "General"
            made: dict[str, Formatter] = {}
            for formats in root.iter("{*}cellXfs"):
                for cell_format in formats.iter("{*}xf"):
                    code = codes.get(_int(cell_format.get("numFmtId")), "General")
                    if code not in made:
                        made[code] = formatter(code, since_1904=since_1904)
                    yield made[code]
            return

    def _read_sheet(self, sheet: _Sheet) -> None:
        data = self._package.read(sheet.part)
        merged = {}
        for match in _MERGE.finditer(data):
            left, top, right, bottom = (value.decode("ascii") for value in match.groups())
            rows, columns = int(bottom) - int(top) + 1, column_number(right) - column_number(left) + 1
            if rows > 0 and columns > 0:
                merged[int(top), column_number(left)] = (rows, columns)
        if missing := len(_NO_RESULT.findall(data)):
            self._flow.builder.add_warning(
                "no_stored_result", f"{missing} formulas of sheet {sheet.name!r} have no stored result and are left out"
            )
        label = f"{sheet.name} (hidden)" if sheet.is_hidden else sheet.name
        writer = SheetWriter(self._flow.builder, self._limits, sheet=sheet.name, label=label, merged=merged)
        try:
            number = 0
            for _, row in _stream(self._package, sheet.part, "{*}row", data):
                number = max(number + 1, _int(row.get("r")))
                writer.add_row(number, list(self._cells(row)))
                row.clear()
                while row.getprevious() is not None:
                    del row.getparent()[0]
        finally:
            writer.close()
        self._read_beside(sheet)

    def _cells(self, row: _Element) -> Iterator[tuple[int, str]]:
        column = 0
        for cell in row:
            reference = cell.get("r")
            match = _CELL.match(reference) if reference else None
            column = column_number(match.group(1)) if match else column + 1
            text = self._cell_text(cell)
            if text and not text.isspace():
                yield column, text

    def _cell_text(self, cell: _Element) -> str:
        kind = cell.get("t", "n")
        if kind == "inlineStr":
            return "".join(_rich_text(child) for child in cell if child.tag.endswith("}is"))
        value: str | None = next((child.text for child in cell if child.tag.endswith("}v")), None)
        if value is None:
            return ""
        if kind == "s":
            index = _int(value)
            return self._strings[index] if 0 <= index < len(self._strings) else ""
        if kind == "b":
            return "TRUE" if value == "1" else "FALSE"
        if kind == "d":
            return value.removesuffix("T00:00:00").replace("T", " ")
        if kind in ("str", "e"):
            return _unescape(value)
        style = _int(cell.get("s"))
        return (self._styles[style] if 0 <= style < len(self._styles) else show_general)(value)

    def _read_beside(self, sheet: _Sheet) -> None:
        """Text boxes, comments and pictures of a sheet."""
        for part in self._package.related(sheet.part, "comments"):
            for comment in self._package.xml(part).iter("{*}comment"):
                text = _rich_text(comment)
                if text.startswith("[Threaded comment]"):
                    text = text.partition("Comment:")[2]
                self._add_text("footnote", text, SheetCell(sheet.name, comment.get("ref") or "A1"), "comment")
        for part in self._package.related(sheet.part, "drawing"):
            try:
                relations = self._package.relationships(part)
                root = self._package.xml(part)
            except FileError as error:
                self._flow.builder.add_warning("corrupt", f"not read: {error}")
                continue
            for anchor in root:
                place = SheetCell(sheet.name, _anchor_cell(anchor))
                for body in anchor.iter(f"{_XDR}txBody"):
                    lines = ("".join(run.text or "" for run in line.iter(f"{_A}t")) for line in body.iter(f"{_A}p"))
                    self._add_text("paragraph", "\n".join(lines), place, None)
                for blip in anchor.iter(f"{_A}blip"):
                    relation = relations.get(blip.get(RELATIONSHIP_EMBED) or "")
                    if relation is not None and not relation.is_external and relation.target in self._package:
                        self._add_picture(relation.target, anchor)
                for reference in anchor.iter(_CHART):
                    relation = relations.get(reference.get(RELATIONSHIP_ID) or "")
                    if relation is not None and not relation.is_external and relation.target in self._package:
                        self._add_chart(relation.target, anchor)

    def _add_picture(self, part: str, anchor: _Element) -> None:
        shown = self._pictures.setdefault(part, [])
        description = _description(anchor)
        if description or may_be_figure(self._package.read(part)):
            number = self._flow.add_figure(Figure(kind="picture", block=0, source=part), label=description)
            if number is not None:
                shown.append(number)

    def _add_chart(self, part: str, anchor: _Element) -> None:
        """A chart of cells, which stand in the text already."""
        try:
            chart = native_chart(self._package.xml(part))
        except FileError as error:
            self._flow.builder.add_warning("corrupt", f"not read: {error}")
            return
        if chart is not None:
            self._flow.add_figure(Figure(kind="chart", block=0, chart=chart), label=chart.title or _description(anchor))

    def _add_text(self, kind: BlockKind, text: str, place: SheetCell, label: str | None) -> None:
        if text.strip():
            self._limits.add_characters(len(text))
            self._flow.builder.add_text_block(
                "footnote" if kind == "footnote" else "paragraph", text, place, label=label
            )


def _stream(package: OfficePackage, part: str, tag: str, data: bytes | None = None) -> Iterator[tuple[str, _Element]]:
    """The elements of that tag, one after the other as they are parsed; whoever takes one clears it."""
    from lxml import etree

    from .office_package import refuse_declarations

    data = package.read(part) if data is None else data
    refuse_declarations(data, f"{package.name}: {part}")
    try:
        yield from etree.iterparse(
            io.BytesIO(data), tag=tag, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
            remove_comments=True, remove_pis=True,
        )  # fmt: skip
    except (etree.XMLSyntaxError, ValueError) as error:
        raise CorruptFile(f"{package.name}: {part}: not well-formed XML: {error}") from None


def _rich_text(element: _Element) -> str:
    """The runs of a string; the reading aid above Japanese characters is left out."""
    pieces = []
    for text in element.iter("{*}t"):
        parent = text.getparent()
        if parent is None or not parent.tag.endswith("}rPh"):
            pieces.append(text.text or "")
    return _unescape("".join(pieces))


def _unescape(text: str) -> str:
    """`_x000D_` → the character it stands for."""
    return _ESCAPE.sub(lambda match: chr(int(match.group(1), 16)), text) if "_x" in text else text


def _description(anchor: _Element) -> str | None:
    found = next(anchor.iter(f"{_XDR}cNvPr"), None)
    return (found.get("descr") or None) if found is not None else None


def _anchor_cell(anchor: _Element) -> str:
    """The cell under the top left corner of a drawing."""
    column, row = anchor.find(f"{_XDR}from/{_XDR}col"), anchor.find(f"{_XDR}from/{_XDR}row")
    if column is None or row is None:
        return "A1"
    return f"{column_letters(_int(column.text) + 1)}{_int(row.text) + 1}"


def column_number(letters: str) -> int:
    """A → 1, AA → 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _int(text: str | None) -> int:
    try:
        return int(text or "0")
    except ValueError:
        return 0
