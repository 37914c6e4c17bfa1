"""The text of one Word paragraph and what hangs on it: pictures, charts, text boxes, embedded files."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .equation import linear_equation
from .office_package import RELATIONSHIP_EMBED, RELATIONSHIP_ID

if TYPE_CHECKING:
    from lxml.etree import _Element

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
V = "{urn:schemas-microsoft-com:vml}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}chart"
_DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}relIds"
_DIAGRAM_DATA = RELATIONSHIP_ID.replace("}id", "}dm")
_CHOICE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"
_OLE_OBJECT = "{urn:schemas-microsoft-com:office:office}OLEObject"

_WRAPPERS = frozenset(
    f"{W}{name}"
    for name in ("hyperlink", "ins", "moveTo", "smartTag", "sdt", "sdtContent", "fldSimple", "customXml", "dir", "bdo", "rubyBase")
)  # fmt: skip
# Wingdings and its kin keep boxes and ticks under letters of the private use area.
_SYMBOLS = {
    ("wingdings", 0x6F): "☐", ("wingdings", 0xA8): "☐", ("wingdings", 0x71): "☐", ("wingdings", 0x72): "☐",
    ("wingdings", 0xFE): "☒", ("wingdings", 0xFD): "☒", ("wingdings", 0x78): "☒", ("wingdings", 0xFC): "✓",
    ("wingdings", 0xFB): "✗", ("wingdings", 0xE0): "→", ("wingdings", 0xDF): "←", ("wingdings", 0x6C): "•",
    ("wingdings 2", 0x52): "☒", ("wingdings 2", 0x53): "☒", ("wingdings 2", 0x54): "☒", ("wingdings 2", 0x50): "✓",
    ("wingdings 2", 0xA3): "☐", ("wingdings 2", 0x30): "☐", ("symbol", 0xB7): "•", ("symbol", 0xA3): "≤",
    ("symbol", 0xB3): "≥", ("symbol", 0xB1): "±", ("symbol", 0xB4): "×", ("symbol", 0x6D): "μ", ("symbol", 0xAE): "→",
}  # fmt: skip


@dataclass(slots=True)
class WordParagraph:
    """Text with tracked changes accepted, and references by relationship id."""

    pieces: list[str] = field(default_factory=list)
    pictures: list[tuple[str, str]] = field(default_factory=list)
    """(relationship id, alternative text)."""
    files: list[str] = field(default_factory=list)
    charts: list[str] = field(default_factory=list)
    diagrams: list[str] = field(default_factory=list)
    text_boxes: list[_Element] = field(default_factory=list)
    is_end_deleted: bool = False
    """The paragraph mark is a tracked deletion: the next paragraph goes on where this one stops."""

    formulas: int = 0
    """Equations that stand on lines of their own."""

    @property
    def is_formula(self) -> bool:
        """Whether it is nothing but such an equation."""
        return self.formulas > 0 and sum(bool(piece.strip()) for piece in self.pieces) == self.formulas

    @property
    def text(self) -> str:
        return "".join(self.pieces)

    @property
    def has_attachments(self) -> bool:
        return bool(self.pictures or self.files or self.charts or self.diagrams or self.text_boxes)


def read_paragraph(element: _Element) -> WordParagraph:
    """A `w:p`, or any element that holds runs or an equation."""
    paragraph = WordParagraph()
    if element.tag.startswith(_M):
        paragraph.pieces.append(linear_equation(element))
        return paragraph
    paragraph.is_end_deleted = element.find(f"{W}pPr/{W}rPr/{W}del") is not None
    _inline(element, paragraph)
    return paragraph


def _inline(container: _Element, paragraph: WordParagraph) -> None:
    for element in container:
        tag = element.tag
        if tag == f"{W}r":
            _run(element, paragraph)
        elif tag in _WRAPPERS:
            _inline(element, paragraph)
        elif tag == _CHOICE:
            for choice in element[:1]:
                _inline(choice, paragraph)
        elif tag in (f"{_M}oMath", f"{_M}oMathPara"):
            paragraph.pieces.append(f" {linear_equation(element)} ")
            paragraph.formulas += tag == f"{_M}oMathPara"


def _run(run: _Element, paragraph: WordParagraph) -> None:
    properties = run.find(f"{W}rPr")
    if properties is not None and is_on(properties.find(f"{W}vanish")):
        return
    for element in run:
        tag = element.tag
        if tag == f"{W}t":
            paragraph.pieces.append(element.text or "")
        elif tag == f"{W}tab" or tag == f"{W}ptab":
            paragraph.pieces.append("\t")
        elif tag in (f"{W}br", f"{W}cr"):
            paragraph.pieces.append("\n")
        elif tag == f"{W}noBreakHyphen":
            paragraph.pieces.append("-")
        elif tag == f"{W}sym":
            paragraph.pieces.append(_symbol(element))
        elif tag == f"{W}fldChar":
            paragraph.pieces.append(_form_field(element))
        elif tag in (f"{W}drawing", f"{W}pict", f"{W}object"):
            _drawing(element, paragraph)
        elif tag == f"{W}ruby":
            for base in element.iterchildren(f"{W}rubyBase"):
                _inline(base, paragraph)
        elif tag == _CHOICE:
            # The first choice is what current Word shows; the fallback says the same in the old way.
            for choice in element[:1]:
                for drawing in choice:
                    _drawing(drawing, paragraph)


def _drawing(drawing: _Element, paragraph: WordParagraph) -> None:
    """What a drawing refers to; text boxes inside text boxes are left to the outer one."""
    description = ""
    for element in drawing.iter(f"{_WP}docPr", f"{V}shape", f"{V}imagedata"):
        description = element.get("descr") or element.get("alt") or ""
        if description:
            break
    for element in _outside_text_boxes(drawing):
        tag = element.tag
        if tag == f"{A}blip":
            # an svg beside the bitmap hangs on an extension and is not looked at
            if identifier := element.get(RELATIONSHIP_EMBED):
                paragraph.pictures.append((identifier, description))
        elif tag == f"{V}imagedata":
            if identifier := element.get(RELATIONSHIP_ID):
                paragraph.pictures.append((identifier, description))
        elif tag == _OLE_OBJECT:
            if identifier := element.get(RELATIONSHIP_ID):
                paragraph.files.append(identifier)
        elif tag == _CHART:
            paragraph.charts.append(element.get(RELATIONSHIP_ID) or "")
        elif tag == _DIAGRAM:
            paragraph.diagrams.append(element.get(_DIAGRAM_DATA) or "")
        elif tag == f"{W}txbxContent":
            paragraph.text_boxes.append(element)


def _outside_text_boxes(root: _Element) -> list[_Element]:
    found, stack = [], [root]
    while stack:
        element = stack.pop()
        found.append(element)
        if element.tag == _CHOICE:
            stack.extend(element[:1])
        elif element.tag != f"{W}txbxContent":
            stack.extend(reversed(element))
    return found


def _symbol(element: _Element) -> str:
    try:
        code = int(element.get(f"{W}char") or "", 16)
    except ValueError:
        return ""
    if not 0xF000 <= code <= 0xF0FF:
        return chr(code) if 0x20 <= code < 0xD800 else ""
    font = (element.get(f"{W}font") or "").lower()
    return _SYMBOLS.get((font, code - 0xF000), "")


def _form_field(element: _Element) -> str:
    """The state of an old form's check box, or the entry chosen of its list."""
    box = element.find(f"{W}ffData/{W}checkBox")
    if box is not None:
        checked = box.find(f"{W}checked")
        return "☒" if is_on(checked if checked is not None else box.find(f"{W}default")) else "☐"
    choices = element.find(f"{W}ffData/{W}ddList")
    if choices is not None:
        entries = [entry.get(f"{W}val") or "" for entry in choices.iterchildren(f"{W}listEntry")]
        result = choices.find(f"{W}result")
        chosen = result.get(f"{W}val") or "0" if result is not None else "0"
        if chosen.isdigit() and int(chosen) < len(entries):
            return entries[int(chosen)]
    return ""


def is_on(element: _Element | None) -> bool:
    """Whether a property that is on by its presence is there and not switched off."""
    return element is not None and element.get(f"{W}val") not in ("0", "false", "off")
