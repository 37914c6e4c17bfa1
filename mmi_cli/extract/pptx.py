"""PowerPoint presentations: the shapes of every slide in reading order, tables, charts' data, notes; pictures as parts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from .. import progress
from ..datamodel.content import BlockKind, Content, SlideShape
from ..datamodel.figure import Box, Figure
from ..errors import CorruptFile, FileError, LimitExceeded
from .embedded import add_embedded
from .equation import linear_equation
from .figure_captions import is_figure_caption
from .flow_text import FlowWriter
from .interface import ExtractContext
from .numbering import format_number
from .office_chart import chart_table, native_chart
from .office_package import RELATIONSHIP_EMBED, OfficePackage, parse_office_xml
from .pictures import may_be_figure
from .slide_order import Placed, reading_order
from .slide_writer import SlideWriter

if TYPE_CHECKING:
    from lxml.etree import _Element

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_DIAGRAM_DATA = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}dm"
_MARGINS = ("dt", "ftr", "sldNum", "hdr")
_TITLES = ("title", "ctrTitle")
_MAX_GROUPS = 50
"""Groups inside groups; deeper ones are a trick."""


def extract(path: Path, context: ExtractContext) -> Content:
    """Reads a presentation; hidden slides are read as well, with a warning.

    Raises:
        CorruptFile: not a presentation, or a damaged one.
        EncryptedFile: needs a password.
        LimitExceeded: unpacks to too much, or holds too much.
    """
    from pptx import Presentation

    package = OfficePackage(path, context)
    checked = package.checked()
    try:
        presentation = Presentation(checked if not isinstance(checked, Path) else str(checked))
        slides = list(presentation.slides)
    except FileError:
        raise
    except Exception as error:  # noqa: BLE001 - a damaged package makes python-pptx raise nearly anything
        raise CorruptFile(f"{context.name}: not a readable presentation: {type(error).__name__}: {error}") from None
    progress.holds(pages=len(slides))
    if len(slides) > context.settings.max_pages:
        raise LimitExceeded(
            f"{context.name}: {len(slides):,} slides; the limit is max_pages = {context.settings.max_pages:,}"
        )
    flow = FlowWriter(context.settings)
    package.add_properties(flow)
    writer = SlideWriter(context.settings)
    for key, value in flow.builder.build().metadata:
        writer.builder.add_metadata(key, value)
    reader = _Reader(writer, height=float(presentation.slide_height or 1))
    for number, slide in enumerate(slides, start=1):
        try:
            reader.read_slide(number, slide)
        except FileError:
            raise
        except Exception as error:  # noqa: BLE001 - likewise; the other slides are still worth reading
            writer.builder.add_warning(
                "corrupt", f"slide {number} was not read to its end: {type(error).__name__}: {error}"
            )
    writer.builder.link_captions(is_figure_caption)
    for part, (data, figures) in reader.files.items():
        add_embedded(FlowWriter(context.settings, writer.builder), context, part, data, figures=figures)
    return writer.builder.build()


class _Reader:
    """Walks slides; python-pptx objects are untyped, hence `Any`."""

    def __init__(self, writer: SlideWriter, *, height: float) -> None:
        self.files: dict[str, tuple[bytes, list[int]]] = {}
        """Pictures and embedded files by the name of their part, in the order they turn up, with the figures that show them."""
        self._writer = writer
        self._height = height
        self._slide: Any = None
        self._number = 0

    def read_slide(self, number: int, slide: Any) -> None:
        self._slide, self._number = slide, number
        if slide._element.get("show") in ("0", "false"):
            self._writer.builder.add_warning("hidden_slide", f"slide {number} is hidden; it was read")
        _take_choices(slide._element)
        self._shapes(slide.shapes, 0, _ON_SLIDE)
        if slide.has_notes_slide and (frame := slide.notes_slide.notes_text_frame) is not None:
            for paragraph in frame._txBody.iter(f"{_A}p"):
                self._writer.add("paragraph", paragraph_text(paragraph), SlideShape(number, "notes"), label="notes")
        for relation in slide.part.rels.values():
            if relation.reltype.endswith("/comments") and not relation.is_external:
                for text in parse_office_xml(relation.target_part.blob, "comments").iter(f"{_P}text"):
                    self._writer.add("footnote", text.text or "", SlideShape(number, "comment"), label="comment")

    def _shapes(self, shapes: Any, depth: int, scale: _Scale) -> None:
        if depth > _MAX_GROUPS:
            return
        placed = [(_placed(shape), shape) for shape in shapes]
        for shape in reading_order(placed, self._height):
            element = shape._element
            if _is_hidden(element):
                continue
            place = SlideShape(self._number, shape.name or "unnamed")
            if element.tag == f"{_P}grpSp":
                self._shapes(shape.shapes, depth + 1, _within_group(element, scale))
            elif getattr(shape, "has_table", False):
                self._table(shape.table, place)
            elif getattr(shape, "has_chart", False):
                root = parse_office_xml(shape.chart.part.blob, "chart")
                box = _box_of(shape, scale)
                if (chart := native_chart(root, box)) is not None:
                    figure = Figure(kind="chart", block=0, page=self._number, box=box, chart=chart)
                    self._writer.add_figure(figure, label=_description(element) or chart.title)
                title, rows = chart_table(root)
                self._writer.add("caption", title, place)
                self._writer.add_table(rows, place, header_rows=1, label=title or None)
            elif element.tag == f"{_P}graphicFrame":
                self._frame(element, place)
            elif getattr(shape, "has_text_frame", False):
                self._text(shape, place)
            self._pictures(shape, place, scale)

    def _text(self, shape: Any, place: SlideShape) -> None:
        placeholder = _placeholder(shape._element)
        counters: dict[int, int] = {}
        for paragraph in shape._element.iterchildren(f"{_P}txBody"):
            for line in paragraph.iterchildren(f"{_A}p"):
                text = paragraph_text(line)
                if not text.strip():
                    continue
                properties = line.find(f"{_A}pPr")
                level = int(properties.get("lvl", "0")) if properties is not None else 0
                kind, marker = _kind_of(properties, placeholder)
                if marker == "#":
                    marker = _next_number(properties, level, counters)
                else:
                    counters = {depth: count for depth, count in counters.items() if depth < level}
                level = 1 if kind in ("title", "heading") else level
                self._writer.add(kind, text, place, level=level, label=marker)

    def _table(self, table: Any, place: SlideShape) -> None:
        rows, spans = [], {}
        for row_number, row in enumerate(table.rows):
            line = []
            for column, cell in enumerate(row.cells):
                text = "" if cell.is_spanned else "\n".join(map(paragraph_text, cell._tc.iter(f"{_A}p")))
                line.append(text)
                if cell.is_merge_origin and not cell.is_spanned:
                    spans[row_number, column] = (cell.span_height, cell.span_width)
            rows.append(line)
        width = max(map(len, rows), default=0)
        rows = [line + [""] * (width - len(line)) for line in rows]
        self._writer.add_table(rows, place, spans=spans, header_rows=int(bool(table.first_row) and len(rows) > 1))

    def _frame(self, element: _Element, place: SlideShape) -> None:
        """SmartArt and embedded objects."""
        for diagram in element.iter("{http://schemas.openxmlformats.org/drawingml/2006/diagram}relIds"):
            part = self._related(diagram.get(_DIAGRAM_DATA))
            if part is not None:
                for paragraph in parse_office_xml(part.blob, "diagram").iter(f"{_A}p"):
                    self._writer.add("paragraph", paragraph_text(paragraph), place)
        for embedded in element.iter(f"{_P}oleObj"):
            part = self._related(
                embedded.get("{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id")
            )
            if part is not None:
                self.files.setdefault(str(part.partname), (part.blob, []))

    def _pictures(self, shape: Any, place: SlideShape, scale: _Scale) -> None:
        element = shape._element
        if element.tag not in (f"{_P}pic", f"{_P}sp"):
            return
        shown: list[tuple[str, bytes]] = []
        for blip in element.iter(f"{_A}blip"):
            part = self._related(blip.get(RELATIONSHIP_EMBED))
            if part is not None:
                self.files.setdefault(str(part.partname), (part.blob, []))
                shown.append((str(part.partname), part.blob))
        description = _description(element)
        if shown and (description or may_be_figure(shown[0][1])):
            name = shown[0][0]
            figure = Figure(
                kind="picture", block=0, page=self._number, box=_box_of(shape, scale), source=name.lstrip("/")
            )
            number = self._writer.add_figure(figure, label=description)
            if number is not None:
                self.files[name][1].append(number)
        elif element.tag == f"{_P}pic" and not shown:
            self._writer.add("figure", "", place, label=description)

    def _related(self, identifier: str | None) -> Any:
        relation = self._slide.part.rels.get(identifier) if identifier else None
        return None if relation is None or relation.is_external else relation.target_part


class _Scale(NamedTuple):
    """From the coordinates inside a group to points of the slide."""

    x: float
    y: float
    dx: float
    dy: float


_EMU_PER_POINT = 12_700
_ON_SLIDE = _Scale(1 / _EMU_PER_POINT, 1 / _EMU_PER_POINT, 0.0, 0.0)


def _within_group(element: _Element, outer: _Scale) -> _Scale:
    """The coordinates inside a group, which may be shown larger or smaller than it is."""
    found = next(element.iterchildren(f"{_P}grpSpPr"), None)
    frame = found.find(f"{_A}xfrm") if found is not None else None
    if frame is None:
        return outer
    try:
        (x, y), (wide, high), (inner_x, inner_y), (inner_wide, inner_high) = (
            (float(point.get(one) or 0), float(point.get(other) or 0))
            for name, one, other in (("off", "x", "y"), ("ext", "cx", "cy"), ("chOff", "x", "y"), ("chExt", "cx", "cy"))
            if (point := frame.find(f"{_A}{name}")) is not None
        )
    except ValueError:
        return outer
    across = wide / inner_wide if inner_wide else 1.0
    down = high / inner_high if inner_high else 1.0
    return _Scale(
        outer.x * across,
        outer.y * down,
        outer.dx + outer.x * (x - inner_x * across),
        outer.dy + outer.y * (y - inner_y * down),
    )


def _box_of(shape: Any, scale: _Scale) -> Box | None:
    """Where a shape stands on its slide, in points; None where the file leaves it to the layout and that says nothing."""
    try:
        left, top, wide, high = shape.left, shape.top, shape.width, shape.height
    except (AttributeError, KeyError, ValueError):
        return None
    if left is None or top is None or not wide or not high:
        return None
    x, y = left * scale.x + scale.dx, top * scale.y + scale.dy
    return round(x, 2), round(y, 2), round(x + wide * scale.x, 2), round(y + high * scale.y, 2)


def _description(element: _Element) -> str | None:
    found = next(element.iter(f"{_P}cNvPr"), None)
    return (found.get("descr") or None) if found is not None else None


def paragraph_text(paragraph: _Element) -> str:
    """Runs, fields, line breaks and equations of a DrawingML paragraph."""
    pieces: list[str] = []
    for element in paragraph:
        if element.tag in (f"{_A}r", f"{_A}fld"):
            pieces.extend(text.text or "" for text in element.iterchildren(f"{_A}t"))
        elif element.tag == f"{_A}br":
            pieces.append("\n")
        else:
            pieces.extend(f" {linear_equation(equation)} " for equation in element.iter(f"{_M}oMath"))
    return "".join(pieces).replace("\v", "\n")


def _take_choices(root: _Element) -> None:
    """Puts the shapes of the first choice (or the picture that stands in for it) in place of each alternative."""
    for alternative in list(root.iter(f"{_MC}AlternateContent")):
        parent = alternative.getparent()
        if parent is None or parent.tag not in (f"{_P}spTree", f"{_P}grpSp"):
            continue
        choice, fallback = alternative.find(f"{_MC}Choice"), alternative.find(f"{_MC}Fallback")
        has_shape = choice is not None and next(choice.iter(f"{_P}sp", f"{_P}graphicFrame"), None) is not None
        taken = choice if has_shape or fallback is None else fallback
        for element in list(taken if taken is not None else ()):
            alternative.addprevious(element)
        parent.remove(alternative)


def _placed(shape: Any) -> Placed:
    try:
        top, left = shape.top, shape.left
    except (AttributeError, KeyError, ValueError):
        top = left = None
    kind = _placeholder(shape._element)
    is_margin = kind in _MARGINS
    return Placed(float("inf") if is_margin else float(top or 0), float(left or 0), kind in _TITLES)


def _placeholder(element: _Element) -> str | None:
    """The type of a placeholder (`body` when it says none); None for other shapes."""
    found: _Element | None = next(_own(element, f"{_P}ph"), None)
    return found.get("type", "obj") if found is not None else None


def _is_hidden(element: _Element) -> bool:
    found = next(_own(element, f"{_P}cNvPr"), None)
    return found is not None and found.get("hidden") in ("1", "true")


def _own(element: _Element, tag: str) -> Iterator[_Element]:
    """Elements of that tag in the shape's own properties, not in those of shapes inside it."""
    for child in element[:1]:
        yield from child.iter(tag)


def _kind_of(properties: _Element | None, placeholder: str | None) -> tuple[BlockKind, str | None]:
    """Kind of block and marker of a paragraph; the marker `#` is a number yet to be counted."""
    if placeholder in _TITLES:
        return "heading", None
    if placeholder in _MARGINS:
        return "footer", None
    if properties is not None:
        if properties.find(f"{_A}buAutoNum") is not None:
            return "list_item", "#"
        if properties.find(f"{_A}buChar") is not None:
            return "list_item", "•"
        if properties.find(f"{_A}buNone") is not None:
            return "paragraph", None
    return ("list_item", "•") if placeholder in ("body", "obj") else ("paragraph", None)


def _next_number(properties: _Element | None, level: int, counters: dict[int, int]) -> str:
    """Counts a numbered paragraph: `2.`, `b)`, `(iii)`."""
    numbering = properties.find(f"{_A}buAutoNum") if properties is not None else None
    kind = numbering.get("type", "arabicPeriod") if numbering is not None else "arabicPeriod"
    start = int(numbering.get("startAt", "1")) if numbering is not None else 1
    for deeper in [depth for depth in counters if depth > level]:
        del counters[deeper]
    counters[level] = counters.get(level, start - 1) + 1
    formats = {"alphaLc": "lowerLetter", "alphaUc": "upperLetter", "romanLc": "lowerRoman", "romanUc": "upperRoman"}
    number = format_number(counters[level], next((formats[key] for key in formats if kind.startswith(key)), "decimal"))
    if kind.endswith("ParenBoth"):
        return f"({number})"
    return number + (")" if kind.endswith("ParenR") else "." if kind.endswith("Period") else "")
